/*
 * ports: the other processes as core sees them. eicd-core fills these structs with functions that
 * speak ipc; a test fills them with its own. Each function of a port gets the port's ctx as its
 * first argument. Neither this room nor one above it opens a connection.
 */
#ifndef REGION_PORTS_H
#define REGION_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct digest;

struct keyd_verify {
	struct str sealed_secret;
	struct str date; /* of the credential scope */
	struct str region;
	struct str service;
	struct str string_to_sign;
	const uint8_t *signature; /* 32 bytes */
};

struct keyd_ocsp {
	struct str sealed_issuer_key;
	struct str issuer_der;
	struct str subject_der;
};

/* A response, which keyd makes for now and for as long as the settings say. */
struct keyd_staple {
	struct buf der; /* the caller initialises and releases it */
	int64_t this_update_s, next_update_s;
};

/* keyd accepts nothing that is longer, so whoever has it from a client checks first. */
#define PORTS_MAX_TOKEN_BYTES 12365   /* claims, the secret, and 37 bytes of seal */
#define PORTS_MAX_MESSAGE_BYTES 16384 /* an authorization message; 37 more when sealed */

/* A request signed with temporary credentials. */
struct keyd_verify_session {
	struct str token; /* the session token, decoded from base64 */
	struct str date, region, service, string_to_sign;
	const uint8_t *signature; /* 32 bytes */
};

/*
 * What eicd-keyd-hash can be asked: questions that take long. One-time codes are those of RFC 6238
 * with HMAC-SHA-1, 6 digits, and steps of 30 s counted from 1970.
 */
enum keyd_hash_kind {
	/* Make a private key of the kind key_kind (pki/privkey.h), and certify it by profile
	 * (CERT_SIGNER or CERT_AUDIT, pki/cert.h): sealed is the issuer's key, certificate its
	 * certificate, and text REGION.DOMAIN, the end of the name. The answer has the sealed key
	 * in first, the certificate (DER) in second, and its times, which keyd chooses. */
	KEYD_NEW_KEY,
	/* Sign digest with the key sealed, whose certificate is given. Its end, its interval and
	 * its fingerprint are not looked at, but are keyd's. The answer has its text in first and
	 * the signature in second. If digest is not the next one behind the last that keyd signed,
	 * they are of that last one. */
	KEYD_SIGN_DIGEST,
	/* Make the seed of a virtual MFA device. The answer has it in base32 in first, which is
	 * shown once, and its sealed form in second. */
	KEYD_NEW_TOTP,
	/* Look for the code text (6 digits) of the sealed seed in the steps from first_step to
	 * last_step, at most 2,880 (a day). The answer has in step the first one that has this
	 * code, or 0 if none has. */
	KEYD_CHECK_TOTP,
	/* Hash the password text. The answer has a salted hash, sealed, in first. */
	KEYD_NEW_PASSWORD,
	/* Compare the password text with the sealed hash. The answer is in right. */
	KEYD_CHECK_PASSWORD,
	/* Certify the next key of the agent text: sealed is the key of the agents' authority,
	 * certificate its certificate, present names the agent's present certificate, and
	 * public_key and proof are what the agent said (pki/possession.h). The answer has the
	 * certificate (DER) in first, and its end, which keyd chooses. */
	KEYD_CERTIFY_AGENT,
};

struct keyd_hash {
	enum keyd_hash_kind kind;
	struct str sealed, text;
	uint64_t first_step, last_step;
	uint8_t profile, key_kind;
	struct str certificate;      /* DER */
	const struct digest *digest; /* trail/digest.h */
	struct str present, public_key, proof;
};

struct keyd_hash_answer {
	struct buf first, second; /* hash_finish initialises them, and its caller wipes them */
	bool right;
	uint64_t step;
	int64_t not_before_s, not_after_s;
};

/* A question that keyd was asked and that is not finished. */
struct keyd_question;

/*
 * The keyds, which hold the secrets. What they return is appended to the buffers. Every function
 * may return ERR_UNAVAIL (the keyd is not there), ERR_TIMEOUT, ERR_PEER (its reply was nonsense),
 * ERR_TOOBIG (the reply does not fit into the buffer) or ERR_CRYPTO (keyd could not do it, because
 * a seal does not open, for example).
 *
 * What most requests ask is begun and finished, so that core can do something else while keyd
 * works. begin never fails and copies what it is given; finish tells what went wrong. Each question
 * that was begun must be finished once, in any order. finish waits if the answer is not there yet.
 */
struct keyd_port {
	void *ctx;
	struct keyd_question *(*verify_begin)(void *ctx, const struct keyd_verify *v);
	int (*verify_finish)(void *ctx, struct keyd_question *q, bool *ret_valid) MUST_CHECK;
	/* The signature of an entry (blob_write_signed) that expires within the longest life of a
	 * pushed key. ERR_CRYPTO for anything else. */
	struct keyd_question *(
	    *sign_entry_begin)(void *ctx, struct str sealed_key, struct str bytes);
	int (*sign_entry_finish)(void *ctx, struct keyd_question *q,
	    struct buf *ret_signature) MUST_CHECK;
	int (*ocsp)(void *ctx, const struct keyd_ocsp *v, struct keyd_staple *ret) MUST_CHECK;
	/* A secret access key, which is shown once, and its sealed form for the store. */
	int (*new_secret)(void *ctx, struct buf *ret_secret, struct buf *ret_sealed) MUST_CHECK;
	/*
	 * Temporary credentials: a new secret, and a token in which the secret and the claims
	 * (aws/claims.h; those of a session that begins now) are sealed together. Nobody else can
	 * read or change the token, and every keyd with the same key-encryption key can verify
	 * requests with it.
	 */
	int (*new_session)(void *ctx, struct str claims, struct buf *ret_secret,
	    struct buf *ret_token) MUST_CHECK;
	/* *ret_opened: the token is one of ours, and ret_claims has what was sealed in it, however
	 * old it is. *ret_valid: it was opened and the signature is right. */
	struct keyd_question *(
	    *verify_session_begin)(void *ctx, const struct keyd_verify_session *v);
	int (*verify_session_finish)(void *ctx, struct keyd_question *q, bool *ret_opened,
	    bool *ret_valid, struct buf *ret_claims) MUST_CHECK;
	/* For encoded authorization messages (docs/decisions/0011). open_message returns ERR_CRYPTO
	 * for what is not one of ours. */
	int (*seal_message)(void *ctx, struct str plain, struct buf *ret_sealed) MUST_CHECK;
	int (*open_message)(void *ctx, struct str sealed, struct buf *ret_plain) MUST_CHECK;
	/*
	 * The questions of eicd-keyd-hash. hash_ready says whether hash_finish would return at
	 * once, also because the question has failed; a caller that must not wait calls it again
	 * and again. asked is what hash_begin was given.
	 */
	struct keyd_question *(*hash_begin)(void *ctx, const struct keyd_hash *v);
	bool (*hash_ready)(void *ctx, struct keyd_question *q);
	int (*hash_finish)(void *ctx, struct keyd_question *q, const struct keyd_hash *asked,
	    struct keyd_hash_answer *ret) MUST_CHECK;
};

struct compute_option {
	struct str name;
	struct str value;
};

/* eicd-compute. lifecycle_done is told how a job ended. */
struct compute_port {
	void *ctx;
	/* ERR_UNAVAIL: compute is not there. lifecycle_sweep gives the job again when it is. */
	int (*start)(void *ctx, uint64_t job, struct str verb, const struct compute_option *options,
	    size_t n) MUST_CHECK;
};

/* The connections of agents, which front holds. Nothing is returned, because failures do not
 * matter: a link that is lost is reported as closed, and the agent connects again. */
struct front_port {
	void *ctx;
	void (*text)(void *ctx, uint64_t link, struct str text);
	void (*close)(void *ctx, uint64_t link, uint16_t code, struct str reason);
};

/* How far the export of the audit trail has come. */
struct export_position {
	int64_t seq;             /* of the last record that is exported; 0: none */
	uint8_t hash[32];        /* of that record */
	int64_t digest_seq;      /* of the last digest that is exported; 0: none */
	int64_t digest_last_seq; /* the last record that this digest covers */
};

/*
 * Where exported lines go (trail/line.h, trail/digest.h). If a function returns an error, nothing
 * of the line was taken: ERR_AGAIN (no room for now), ERR_FULL (no space), ERR_CLOSED (nobody
 * reads), ERR_SYS. position may also return ERR_SYNTAX, for a file that holds something else.
 */
struct export_port {
	void *ctx;
	/* The port cannot say how far it has come: whoever exports must remember it. */
	bool forgets;
	int (*position)(void *ctx, struct export_position *ret) MUST_CHECK;
	int (*record)(void *ctx, struct str line) MUST_CHECK;
	int (*digest)(void *ctx, struct str line) MUST_CHECK;
	/* Makes durable what was taken. Also returns ERR_NOTFOUND, as watch does. */
	int (*sync)(void *ctx) MUST_CHECK;
	/* Checks that what was taken is still there. ERR_NOTFOUND: somebody removed or replaced it,
	 * and the position must be asked for again. May be NULL. */
	int (*watch)(void *ctx) MUST_CHECK;
	/* The file, call and reason of the last error, or "". May be NULL. */
	const char *(*why)(void *ctx);
};

/* What is kept on which file system. */
enum machine_disk {
	MACHINE_DATABASE,
	MACHINE_EXPORT, /* of the audit trail */
	MACHINE_DISKS,
};

struct machine_space {
	int64_t free_bytes; /* for users other than root */
	int64_t size_bytes; /* 0: not known */
};

/* What core is told of the machine that it runs on. */
struct machine_port {
	void *ctx;
	/* ERR_NOTFOUND (there is none: the trail is not exported to a file), ERR_SYS. */
	int (*space)(void *ctx, enum machine_disk disk, struct machine_space *ret) MUST_CHECK;
	/* The certificate by which the API is served, in PEM; empty: it is not known. */
	struct str (*certificate)(void *ctx);
};

#endif
