/*
 * sigv4_canon: the canonical request and the string to sign, step by step.
 * The one place that knows these rules; the verifier (sigv4.c) and the signer
 * (sigv4_sign.c) both come here. Sources: wire.md 2.1, 2.2.
 */
#ifndef AWS_SIGV4_CANON_H
#define AWS_SIGV4_CANON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "codec/http.h"
#include "codec/uri.h"

#define SIGV4_MAX_TARGET_BYTES 16384 /* path and query together */
#define SIGV4_MAX_PARAMS 256         /* pairs of a query */
#define SIGV4_MAX_CANONICAL_BYTES (256u << 10)

/*
 * The pairs of a raw query, decoded as a form is ("+" is a space), which is
 * how the router reads them: what is signed is what is understood. Names may
 * repeat. ERR_SYNTAX (see uri_params_parse), ERR_TOOBIG beyond SIGV4_MAX_PARAMS.
 */
int sigv4_canon_query_parse(struct str raw, struct arena *a, const struct uri_param **ret,
    size_t *ret_n) MUST_CHECK;

/* Path: dot segments and empty segments removed, then percent-encoded once more
 * than it came (all services but S3). */
void sigv4_canon_path(struct buf *b, struct str raw);
/* Pairs encoded, sorted by name, then value. A name that equals `without`
 * (X-Amz-Signature) is left out; empty: none is. */
void sigv4_canon_query(struct buf *b, struct arena *a, const struct uri_param *params, size_t n,
    struct str without);
/* "name:value\n" for each of the names, in their order; values trimmed, runs of
 * blanks folded to one space, several fields joined by ",".
 * ERR_NOTFOUND when the request lacks one; *ret_missing names it. ERR_SYNTAX
 * for a value with a control byte. */
int sigv4_canon_headers(struct buf *b, const struct http_header *h, size_t n,
    const struct str *names, size_t n_names, struct str *ret_missing) MUST_CHECK;

/* Lower-case hex of the SHA-256 of s. */
void sigv4_canon_hash(struct str s, char ret[static 65]);

/* "AWS4-HMAC-SHA256\n" timestamp "\n" scope "\n" hash of the canonical request. */
void sigv4_canon_string_to_sign(struct buf *b, struct str amz_date, struct str scope,
    struct str canonical_request);

#endif
