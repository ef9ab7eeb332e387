/*
 * err: the one list of error codes of the whole program.
 *
 * Every function that can fail returns 0 or a negative code from this list.
 * Rooms from base to store return codes and never log; whoever handles an
 * error logs it once. What a client is told is decided in aws/awserr.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum err {
	ERR_SYS = -1,          /* a system call failed; errno says why */
	ERR_AGAIN = -2,        /* would block, or more bytes are needed */
	ERR_CLOSED = -3,       /* the peer ended the connection in order */
	ERR_TIMEOUT = -4,      /* a deadline passed */
	ERR_TOOBIG = -5,       /* a stated limit was exceeded */
	ERR_SYNTAX = -6,       /* bytes do not follow their grammar */
	ERR_RANGE = -7,        /* well-formed, but outside the allowed range */
	ERR_DUP = -8,          /* something that must be unique came twice */
	ERR_NOTFOUND = -9,     /* no such thing */
	ERR_EXISTS = -10,      /* there is one already */
	ERR_BADSTATE = -11,    /* not possible in the present state */
	ERR_DENIED = -12,      /* not allowed */
	ERR_EXPIRED = -13,     /* its time is over, or has not come */
	ERR_CRYPTO = -14,      /* a signature, seal or key is not right */
	ERR_STORE = -15,       /* the store failed; errinfo holds its text */
	ERR_FULL = -16,        /* no room: disk or quota */
	ERR_PEER = -17,        /* a peer process sent nonsense */
	ERR_UNAVAIL = -18,     /* a peer that is needed is not there */
	ERR_UNSUPPORTED = -19, /* known, but refused by policy or setting */
};

/* A short English text for an err code; never NULL, also for unknown codes. */
const char *err_text(int err);

/*
 * What went wrong, for people: at most 200 bytes of text without secrets.
 * Filled beside an error code by functions that take one; may be NULL there.
 */
struct errinfo {
	char text[201];
};

/* Formats into ei (cut at 200 bytes, control bytes become '?'). ei may be NULL. */
void err_set(struct errinfo *ei, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
