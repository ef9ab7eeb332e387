/*
 * ids: identifiers that AWS makes: resources ("i-" and 17 hex digits, or 8 in
 * ids of old), access keys and principals ("AKIA" and 16 characters).
 */
#ifndef AWS_IDS_H
#define AWS_IDS_H

#include "base/err.h"
#include "base/rand.h"
#include "base/str.h"

#define IDS_MAX 32 /* longest id and a NUL */

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

/* "i-", and the resource type of tags and ARNs: "instance". */
const char *ids_prefix(enum ids_type t);
const char *ids_resource_type(enum ids_type t);

/* Prefix and 8 or 17 lower-case hex digits. */
bool ids_valid(enum ids_type t, struct str id);
/* Which type an id is of. ERR_NOTFOUND when of none, or not valid. */
int ids_type_of(struct str id, enum ids_type *ret) MUST_CHECK;
/* A new one: prefix and 17 digits. */
void ids_new(enum ids_type t, const struct rng *rng, char ret[static IDS_MAX]);

/* prefix (4 letters: AKIA, ASIA, AIDA, AROA, ...) and 16 of [A-Z2-7]. */
void ids_principal_new(const char *prefix, const struct rng *rng, char ret[static IDS_MAX]);
bool ids_principal_valid(const char *prefix, struct str id);

/* A new secret access key: 40 of [A-Za-z0-9+/] and a NUL. The caller wipes it. */
#define IDS_SECRET_BYTES 41
void ids_secret_new(const struct rng *rng, char ret[static IDS_SECRET_BYTES]);

#endif
