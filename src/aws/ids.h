/*
 * ids: identifiers in the forms of AWS: of resources ("i-" and 17 hex digits, or 8 in old ids),
 * of access keys ("AKIA" and 16 characters) and of principals ("AIDA" and 17).
 */
#ifndef AWS_IDS_H
#define AWS_IDS_H

#include "base/err.h"
#include "base/rand.h"
#include "base/str.h"

#define IDS_MAX 32 /* enough for the longest id and a NUL */

enum ids_type {
	IDS_INSTANCE,
	IDS_IMAGE,
	IDS_VPC,
	IDS_SUBNET,
	IDS_SECURITY_GROUP,
	IDS_SECURITY_GROUP_RULE,
	IDS_RESERVATION,
	IDS_NETWORK_INTERFACE,
	IDS_KEY_PAIR,
	IDS_INSTANCE_CONNECT_ENDPOINT,
	IDS_TYPE_COUNT,
};

/* The resource type in tags and ARNs, such as "instance". */
const char *ids_resource_type(enum ids_type t);

/* Does the ARN of such a resource name an account? That of an image does not. Source: service
 * authorization reference, "Resource types defined by Amazon EC2". */
bool ids_arn_has_account(enum ids_type t);

/* True for the prefix of t and 8 or 17 lower-case hex digits. */
bool ids_valid(enum ids_type t, struct str id);
/* Finds the type of an id. ERR_NOTFOUND when it is not valid for any. */
int ids_type_of(struct str id, enum ids_type *ret) MUST_CHECK;
/* Makes a new id: prefix, 17 random digits and a NUL. */
void ids_new(enum ids_type t, const struct rng *rng, char ret[static IDS_MAX]);

/* Makes and checks an id of an access key (prefix is AKIA or ASIA, and 16 of [A-Z2-7] follow) or of
 * anything else in IAM (AIDA, AROA, ..., and 17). Entities of an earlier version may have 16. */
void ids_principal_new(const char *prefix, const struct rng *rng, char ret[static IDS_MAX]);
bool ids_principal_valid(const char *prefix, struct str id);

/* Makes a new secret access key: 40 of [A-Za-z0-9+/] and a NUL. The caller wipes it. */
#define IDS_SECRET_BYTES 41
void ids_secret_new(const struct rng *rng, char ret[static IDS_SECRET_BYTES]);

#endif
