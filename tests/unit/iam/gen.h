/*
 * gen: makes policies and requests of bytes. The vocabulary is so small that they often match. The
 * same bytes make the same case; missing bytes are 0. All policies are valid, and have nothing in
 * them that the user guide leaves open.
 */
#ifndef TESTS_IAM_GEN_H
#define TESTS_IAM_GEN_H

#include <stdint.h>

#include "base/arena.h"
#include "iam/iam.h"

#define GEN_MAX_BYTES 512 /* bytes behind do not change a thing */
#define GEN_POLICIES 6
#define GEN_STATEMENTS 4

struct gen_policy {
	enum iam_policy_type type;
	struct str name;
	const char *version;                   /* NULL: the document has none */
	struct str statements[GEN_STATEMENTS]; /* JSON */
	size_t n;
};

struct gen_policies {
	struct gen_policy v[GEN_POLICIES];
	size_t n;
	/* One more statement of an identity policy, as Allow and as Deny. */
	struct str more_allow, more_deny;
};

/* All of *ret lives in the arena. */
void gen_policies_make(struct arena *a, const uint8_t *bytes, size_t n, struct gen_policies *ret);
/* The same bytes make many requests: one for each number. */
void gen_request_make(struct arena *a, const uint8_t *bytes, size_t n, unsigned number,
    struct iam_principal *ret_principal, struct iam_request *ret);

/* The whole document; reversed: with the statements in the opposite order. */
struct str gen_document(struct arena *a, const struct gen_policy *p, bool reversed);

#endif
