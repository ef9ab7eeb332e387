/*
 * err: the error codes of all programs.
 *
 * Every function that can fail returns 0 or one of these negative codes. Rooms from base to
 * store return codes and never log; whoever handles an error logs it once. aws/awserr decides
 * what a client is told.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum err {
	ERR_SYS = -1,          /* a system call failed; errno says why */
	ERR_AGAIN = -2,        /* would block, or more bytes are needed */
	ERR_CLOSED = -3,       /* the peer ended the connection or channel */
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
	ERR_CRYPTO = -14,      /* a signature, seal or key is wrong */
	ERR_STORE = -15,       /* the store failed; errinfo has its text */
	ERR_FULL = -16,        /* no room: a disk, a queue or a table is full */
	ERR_PEER = -17,        /* a peer process sent nonsense */
	ERR_UNAVAIL = -18,     /* a peer that is needed is not there */
	ERR_UNSUPPORTED = -19, /* known, but refused by policy or setting */
};

/* A short English text for an error code; never NULL, not even for unknown codes. */
const char *err_text(int err);

/*
 * What went wrong, for people: at most 200 bytes of text without secrets. Functions that take
 * one fill it when they return an error; callers may pass NULL.
 */
struct errinfo {
	char text[201];
};

/* Formats a text into ei. It is cut at 200 bytes, and control bytes become '?'. ei may be
 * NULL. */
void err_set(struct errinfo *ei, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
