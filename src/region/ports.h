/*
 * ports: the other processes as core sees them. eicd-core fills these structs
 * with functions that speak ipc; a test fills them with its own. A port's
 * functions take its ctx first. Nothing in this room, nor above it, opens a connection.
 */
#ifndef REGION_PORTS_H
#define REGION_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct keyd_verify {
	struct str sealed_secret;
	struct str date; /* of the credential scope */
	struct str region;
	struct str service;
	struct str string_to_sign;
	const uint8_t *signature; /* 32 bytes */
};

struct keyd_issue {
	struct str sealed_issuer_key;
	struct str issuer_der; /* empty: self-signed */
	uint8_t profile;       /* pki/cert.h */
	struct str common_name;
	struct str sans;
	struct str public_key; /* SPKI DER */
	int64_t not_before_s, not_after_s;
};

struct keyd_ocsp {
	struct str sealed_issuer_key;
	struct str issuer_der;
	struct str subject_der;
	int64_t this_update_s, next_update_s;
};

/* keyd takes nothing that is longer: who has it from a client looks first. */
#define PORTS_MAX_TOKEN_BYTES 12365   /* claims, the secret, the seal around them */
#define PORTS_MAX_MESSAGE_BYTES 16384 /* an authorization message; sealed: 37 more */
#define PORTS_MAX_PASSWORD_BYTES 512

/* A request signed with temporary credentials. */
struct keyd_verify_session {
	struct str token; /* the session token's bytes, base64 undone */
	struct str date, region, service, string_to_sign;
	const uint8_t *signature; /* 32 bytes */
};

/* RFC 6238: HMAC-SHA-1, 6 digits, steps of 30 s counted from 1970. */
struct keyd_check_totp {
	struct str sealed_seed;
	struct str code;                /* 6 digits */
	uint64_t first_step, last_step; /* at most 2,880 steps (a day) */
};

/* A question that is under way at keyd. */
struct keyd_question;

/*
 * keyd, which holds the secrets. What comes out is appended to the buffers.
 * Errors of all: ERR_UNAVAIL (not there), ERR_TIMEOUT, ERR_PEER (its reply was
 * nonsense), ERR_CRYPTO (it could not: a seal that does not open, and so on).
 *
 * What every request asks is begun and finished: between the two keyd works, and core
 * does something else. begin never fails, it copies what it is given, and finish tells
 * what went wrong. Each question that was begun is finished, once, in any order.
 */
struct keyd_port {
	void *ctx;
	struct keyd_question *(*verify_begin)(void *ctx, const struct keyd_verify *v);
	int (*verify_finish)(void *ctx, struct keyd_question *q, bool *ret_valid) MUST_CHECK;
	struct keyd_question *(
	    *sign_blob_begin)(void *ctx, struct str sealed_key, struct str bytes);
	int (*sign_blob_finish)(void *ctx, struct keyd_question *q,
	    struct buf *ret_signature) MUST_CHECK;
	int (*new_key)(void *ctx, uint8_t kind, struct buf *ret_sealed,
	    struct buf *ret_public) MUST_CHECK;
	int (*issue)(void *ctx, const struct keyd_issue *v, struct buf *ret_der) MUST_CHECK;
	int (*ocsp)(void *ctx, const struct keyd_ocsp *v, struct buf *ret_der) MUST_CHECK;
	/* A secret access key, to be shown once, and what the store keeps of it. */
	int (*new_secret)(void *ctx, struct buf *ret_secret, struct buf *ret_sealed) MUST_CHECK;
	/*
	 * Temporary credentials: a new secret, and a token in which secret and
	 * claims are sealed together: nobody else can read or change it, and every
	 * keyd with the same key-encryption key can verify with it.
	 */
	int (*new_session)(void *ctx, struct str claims, struct buf *ret_secret,
	    struct buf *ret_token) MUST_CHECK;
	/* *ret_opened: the token is one of ours, and ret_claims is what was sealed in
	 * it, whatever its age; *ret_valid: and the signature is right. */
	struct keyd_question *(
	    *verify_session_begin)(void *ctx, const struct keyd_verify_session *v);
	int (*verify_session_finish)(void *ctx, struct keyd_question *q, bool *ret_opened,
	    bool *ret_valid, struct buf *ret_claims) MUST_CHECK;
	/* For encoded authorization messages. open: ERR_CRYPTO for what is not ours. */
	int (*seal_message)(void *ctx, struct str plain, struct buf *ret_sealed) MUST_CHECK;
	int (*open_message)(void *ctx, struct str sealed, struct buf *ret_plain) MUST_CHECK;
	/* The seed of a virtual MFA device, base32, to be shown once, and sealed. */
	int (*new_totp)(void *ctx, struct buf *ret_base32, struct buf *ret_sealed) MUST_CHECK;
	/* *ret_step: the first step of the range whose code it is; 0: of none. */
	int (
	    *check_totp)(void *ctx, const struct keyd_check_totp *v, uint64_t *ret_step) MUST_CHECK;
	/* A password of a login profile: what is kept is a salted hash, sealed. */
	int (*new_password)(void *ctx, struct str password, struct buf *ret_sealed) MUST_CHECK;
	int (*check_password)(void *ctx, struct str sealed, struct str password,
	    bool *ret_right) MUST_CHECK;
};

struct compute_option {
	struct str name;
	struct str value;
};

/* eicd-compute. What becomes of a job is told by lifecycle_done. */
struct compute_port {
	void *ctx;
	/* ERR_UNAVAIL: not there; what it should have done is asked again when it is. */
	int (*start)(void *ctx, uint64_t job, struct str verb, const struct compute_option *options,
	    size_t n) MUST_CHECK;
};

/* The connections of agents, which front holds. Failures do not matter: a link
 * that is lost is reported as closed, and the agent connects again. */
struct front_port {
	void *ctx;
	void (*text)(void *ctx, uint64_t link, struct str text);
	void (*close)(void *ctx, uint64_t link, uint16_t code, struct str reason);
};

/* How far the export of the audit trail has come. */
struct export_position {
	int64_t seq;             /* of the last record that is in it; 0: none */
	uint8_t hash[32];        /* of that record */
	int64_t digest_seq;      /* of the last digest; 0: none */
	int64_t digest_last_seq; /* the last record that it covers */
};

/*
 * Where exported lines go (trail/line.h, trail/digest.h). Errors, with which
 * nothing of the line was taken: ERR_AGAIN (no room for now), ERR_FULL (no space),
 * ERR_CLOSED (nobody reads), ERR_SYS. position: ERR_SYNTAX too, for a file that
 * holds something else.
 */
struct export_port {
	void *ctx;
	/* It cannot say itself how far it has come: whoever exports remembers. */
	bool forgets;
	int (*position)(void *ctx, struct export_position *ret) MUST_CHECK;
	int (*record)(void *ctx, struct str line) MUST_CHECK;
	int (*digest)(void *ctx, struct str line) MUST_CHECK;
	/* What was taken is durable. ERR_NOTFOUND as watch. */
	int (*sync)(void *ctx) MUST_CHECK;
	/* Is what was taken still there? ERR_NOTFOUND: somebody removed or replaced it;
	 * the position has to be asked for anew. May be NULL. */
	int (*watch)(void *ctx) MUST_CHECK;
	/* File, call and reason of the last error, or "". May be NULL. */
	const char *(*why)(void *ctx);
};

#endif
