/*
 * sigv4_auth: the grammar of what a client says about its signature, either in
 * the Authorization header or in the query of a presigned URL. It takes text
 * apart and says whether the parts have their form; whether they are right is
 * decided in sigv4.c. Sources: wire.md 2.1, 2.2.
 */
#ifndef AWS_SIGV4_AUTH_H
#define AWS_SIGV4_AUTH_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "codec/http.h"

#define SIGV4_MAX_SIGNED_HEADERS 64
#define SIGV4_ALGORITHM STR("AWS4-HMAC-SHA256")

enum sigv4_form { SIGV4_HEADER, SIGV4_PRESIGNED };

/* The fields as sent, not looked into. */
struct sigv4_auth {
	struct str algorithm;
	struct str credential;
	struct str signed_headers;
	struct str signature;
};

/*
 * "ALGORITHM Credential=..., SignedHeaders=..., Signature=..." in any order,
 * separated by "," and any number of spaces. ERR_SYNTAX with a sentence that
 * names every field that is missing; ERR_DUP for a field that came twice.
 */
int sigv4_auth_parse(struct str value, struct sigv4_auth *ret, struct errinfo *ei) MUST_CHECK;

/* The parts of a Credential. */
struct sigv4_credential {
	struct str access_key_id; /* 16 to 128 of [A-Za-z0-9_] */
	struct str date;          /* 8 digits */
	struct str region;        /* [a-z0-9-], 1 to 64 */
	struct str service;       /* [a-z0-9-], 1 to 64 */
	struct str terminator;    /* to be "aws4_request" */
	struct str scope;         /* date/region/service/terminator */
};

/* "AKID/date/region/service/terminator". ERR_SYNTAX. */
int sigv4_auth_credential_parse(struct str s, struct sigv4_credential *ret) MUST_CHECK;

/*
 * "a;b;c": lower-case header names, sorted, each once, at least one.
 * ERR_SYNTAX; ERR_DUP; ERR_TOOBIG beyond SIGV4_MAX_SIGNED_HEADERS.
 */
int sigv4_auth_names_parse(struct str s, struct str names[static SIGV4_MAX_SIGNED_HEADERS],
    size_t *ret_n) MUST_CHECK;

/* 64 lower-case hex digits. ERR_SYNTAX. */
int sigv4_auth_signature_parse(struct str s, uint8_t ret[static 32]) MUST_CHECK;

#endif
