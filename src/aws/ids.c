/*
 * ids: makes and checks identifiers; see ids.h. Pure.
 */
#include "aws/ids.h"

#include <assert.h>

#include "base/hex.h"

static const struct {
	const char *prefix;
	const char *resource_type;
} types[IDS_TYPE_COUNT] = {
	[IDS_INSTANCE] = { "i-", "instance" },
	[IDS_IMAGE] = { "ami-", "image" },
	[IDS_VPC] = { "vpc-", "vpc" },
	[IDS_SUBNET] = { "subnet-", "subnet" },
	[IDS_SECURITY_GROUP] = { "sg-", "security-group" },
	[IDS_SECURITY_GROUP_RULE] = { "sgr-", "security-group-rule" },
	[IDS_RESERVATION] = { "r-", "reservation" },
	[IDS_NETWORK_INTERFACE] = { "eni-", "network-interface" },
	[IDS_KEY_PAIR] = { "key-", "key-pair" },
	[IDS_INSTANCE_CONNECT_ENDPOINT] = { "eice-", "instance-connect-endpoint" },
};

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#define HEX_DIGITS 17
#define OLD_HEX_DIGITS 8
#define PRINCIPAL_PREFIX 4
#define KEY_DIGITS 16
#define ENTITY_DIGITS 17

const char *
ids_resource_type(enum ids_type t)
{
	assert(t < IDS_TYPE_COUNT);
	return types[t].resource_type;
}

bool
ids_arn_has_account(enum ids_type t)
{
	return t != IDS_IMAGE;
}

/* "i-". */
static struct str
prefix_of(enum ids_type t)
{
	assert(t < IDS_TYPE_COUNT);
	return str_of(types[t].prefix);
}

bool
ids_valid(enum ids_type t, struct str id)
{
	struct str prefix = prefix_of(t), digits = str_from(id, prefix.n);

	return str_starts(id, prefix) && hex_is_lower(digits) &&
	    (digits.n == HEX_DIGITS || digits.n == OLD_HEX_DIGITS);
}

int
ids_type_of(struct str id, enum ids_type *ret)
{
	size_t t;

	for (t = 0; t < IDS_TYPE_COUNT; t++) {
		if (ids_valid((enum ids_type)t, id)) {
			*ret = (enum ids_type)t;
			return 0;
		}
	}
	return ERR_NOTFOUND;
}

void
ids_new(enum ids_type t, const struct rng *rng, char ret[static IDS_MAX])
{
	struct str prefix = prefix_of(t);

	memcpy(ret, prefix.p, prefix.n);
	rand_hex(rng, ret + prefix.n, HEX_DIGITS);
}

/* How many characters stand behind the prefix. */
static size_t
principal_digits(const char *prefix)
{
	bool is_key = strcmp(prefix, "AKIA") == 0 || strcmp(prefix, "ASIA") == 0;

	return is_key ? KEY_DIGITS : ENTITY_DIGITS;
}

void
ids_principal_new(const char *prefix, const struct rng *rng, char ret[static IDS_MAX])
{
	size_t i, n = principal_digits(prefix);

	assert(strlen(prefix) == PRINCIPAL_PREFIX);
	memcpy(ret, prefix, PRINCIPAL_PREFIX);
	for (i = 0; i < n; i++)
		ret[PRINCIPAL_PREFIX + i] = base32[rand_below(rng, 32)];
	ret[PRINCIPAL_PREFIX + n] = '\0';
}

bool
ids_principal_valid(const char *prefix, struct str id)
{
	return id.n == PRINCIPAL_PREFIX + principal_digits(prefix) &&
	    str_starts(id, str_of(prefix)) && str_all_in(str_from(id, PRINCIPAL_PREFIX), base32);
}

void
ids_secret_new(const struct rng *rng, char ret[static IDS_SECRET_BYTES])
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i + 1 < IDS_SECRET_BYTES; i++)
		ret[i] = alphabet[rand_below(rng, sizeof(alphabet) - 1)];
	ret[i] = '\0';
}
