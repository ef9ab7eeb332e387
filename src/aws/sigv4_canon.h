/*
 * sigv4_canon: the canonical request and the string to sign, step by step. Only this file knows
 * these rules; the verifier (sigv4.c) and the signer (sigv4_sign.c) both use it. Sources: wire.md
 * 2.1, 2.2.
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
 * Parses the pairs of a raw query, decoded as a form ("+" is a space). The router (aws/route.h)
 * reads them in the same way, so what is signed is what is acted upon. Names may repeat.
 * ERR_SYNTAX (see uri_params_parse); ERR_TOOBIG (more than SIGV4_MAX_PARAMS).
 */
int sigv4_canon_query_parse(struct str raw, struct arena *a, const struct uri_param **ret,
    size_t *ret_n) MUST_CHECK;

/* These append; an overfull buffer is told by buf_err. */
/* The path without dot segments and empty segments, and then percent-encoded once more, as for
 * all services but S3. */
void sigv4_canon_path(struct buf *b, struct str raw);
/* The pairs encoded and sorted by name, then by value. Pairs with the name `without`
 * (X-Amz-Signature) are left out; if it is empty, none are. */
void sigv4_canon_query(struct buf *b, struct arena *a, const struct uri_param *params, size_t n,
    struct str without);
/* "name:value\n" for each of the names, in their order. Values are trimmed, runs of blanks become
 * one space, and several headers of one name are joined by ",". ERR_NOTFOUND when the request
 * lacks one, which *ret_missing names; ERR_SYNTAX when a value has a control byte. */
int sigv4_canon_headers(struct buf *b, const struct http_header *h, size_t n,
    const struct str *names, size_t n_names, struct str *ret_missing) MUST_CHECK;

/* Writes the SHA-256 of s in lower-case hex, and a NUL. */
void sigv4_canon_hash(struct str s, char ret[static 65]);

/* Appends "AWS4-HMAC-SHA256\n", amz_date, "\n", scope, "\n" and the hash of the canonical
 * request. */
void sigv4_canon_string_to_sign(struct buf *b, struct str amz_date, struct str scope,
    struct str canonical_request);

#endif
