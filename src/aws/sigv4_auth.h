/*
 * sigv4_auth: the grammar of the fields of a signature, in the Authorization header or in the
 * query of a presigned URL. It splits the text and checks the form of the parts; sigv4.c decides
 * whether they are right. Sources: wire.md 2.1, 2.2.
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

/* The fields as they were sent. */
struct sigv4_auth {
	struct str algorithm;
	struct str credential;
	struct str signed_headers;
	struct str signature;
};

/*
 * Parses "ALGORITHM Credential=..., SignedHeaders=..., Signature=...". The fields may come in any
 * order, with "," and any number of spaces between them. ERR_SYNTAX (a field is missing or not
 * known), ERR_DUP (a field comes twice). ei gets a sentence for the client, which names every
 * missing field.
 */
int sigv4_auth_parse(struct str value, struct sigv4_auth *ret, struct errinfo *ei) MUST_CHECK;

/* The parts of a Credential. */
struct sigv4_credential {
	struct str access_key_id; /* 16 to 128 of [A-Za-z0-9_] */
	struct str date;          /* 8 digits */
	struct str region;        /* [a-z0-9-], 1 to 64 */
	struct str service;       /* [a-z0-9-], 1 to 64 */
	struct str terminator;    /* should be "aws4_request", which is not checked here */
	struct str scope;         /* date/region/service/terminator */
};

/* Parses "AKID/date/region/service/terminator". ERR_SYNTAX. */
int sigv4_auth_credential_parse(struct str s, struct sigv4_credential *ret) MUST_CHECK;

/*
 * Parses "a;b;c": at least one lower-case name of a header, sorted, each once. ERR_SYNTAX;
 * ERR_DUP; ERR_TOOBIG (more than SIGV4_MAX_SIGNED_HEADERS).
 */
int sigv4_auth_names_parse(struct str s, struct str names[static SIGV4_MAX_SIGNED_HEADERS],
    size_t *ret_n) MUST_CHECK;

/* Parses 64 lower-case hex digits. ERR_SYNTAX. */
int sigv4_auth_signature_parse(struct str s, uint8_t ret[static 32]) MUST_CHECK;

#endif
