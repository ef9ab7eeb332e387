/*
 * cidr: blocks of IP addresses, for IpAddress conditions.
 */
#ifndef IAM_CIDR_H
#define IAM_CIDR_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct cidr {
	uint8_t addr[16]; /* of IPv4: the first four */
	unsigned bits;    /* of the prefix */
	bool v4;
};

/*
 * "10.0.1.0/31", "2001:db8::/32", or an address alone, which is the block of it.
 * IPv4 mapped into IPv6 becomes IPv4. ERR_SYNTAX.
 */
int cidr_parse(struct str s, struct cidr *ret) MUST_CHECK;
/* True when all of inner lies in outer. */
bool cidr_contains(const struct cidr *outer, const struct cidr *inner);

#endif
