/*
 * cidr: blocks of IP addresses, for the IpAddress operators, and which addresses are one host.
 */
#ifndef IAM_CIDR_H
#define IAM_CIDR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct cidr {
	uint8_t addr[16]; /* an IPv4 address has the first four bytes */
	unsigned bits;    /* the length of the prefix */
	bool v4;
};

/* Reads "10.0.1.0/31", "2001:db8::/32", or a single address. IPv4 mapped into IPv6 becomes IPv4.
 * ERR_SYNTAX. */
int cidr_parse(struct str s, struct cidr *ret) MUST_CHECK;
/* Does all of inner lie in outer? */
bool cidr_contains(const struct cidr *outer, const struct cidr *inner);
/*
 * The name under which who asks from this address is counted, in the arena, before anything else is
 * known of it: an IPv4 address, as such also when it is mapped into IPv6, and of an IPv6 address
 * its /64, "2001:db8:0:1::/64", since one host has all addresses of it. What is no address is
 * counted as it stands.
 */
struct str cidr_host(struct arena *a, struct str address);

#endif
