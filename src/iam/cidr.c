/*
 * cidr: see cidr.h. Pure.
 */
#include "iam/cidr.h"

#include <arpa/inet.h>

#include "base/num.h"

/* Of an IPv6 address, those that one host shares with no other. */
#define NETWORK_BYTES 8

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static int
address(struct str s, struct cidr *ret)
{
	char text[INET6_ADDRSTRLEN];

	if (str_copy(text, sizeof(text), s) != 0)
		return ERR_SYNTAX;
	ret->v4 = inet_pton(AF_INET, text, ret->addr) == 1;
	ret->bits = ret->v4 ? 32 : 128;
	return ret->v4 || inet_pton(AF_INET6, text, ret->addr) == 1 ? 0 : ERR_SYNTAX;
}

static void
unmap(struct cidr *c)
{
	if (c->v4 || c->bits < 96 || memcmp(c->addr, mapped, sizeof(mapped)) != 0)
		return;
	memmove(c->addr, c->addr + 12, 4);
	c->v4 = true;
	c->bits -= 96;
}

int
cidr_parse(struct str s, struct cidr *ret)
{
	struct cidr c = { 0 };
	size_t slash = str_index(s, '/');
	uint64_t bits;

	if (address(str_head(s, slash), &c) != 0)
		return ERR_SYNTAX;
	if (slash < s.n) {
		if (num_u64_parse(str_from(s, slash + 1), 0, c.bits, &bits) != 0)
			return ERR_SYNTAX;
		c.bits = (unsigned)bits;
	}
	unmap(&c);
	*ret = c;
	return 0;
}

bool
cidr_contains(const struct cidr *outer, const struct cidr *inner)
{
	unsigned bytes = outer->bits / 8, rest = outer->bits % 8;

	if (outer->v4 != inner->v4 || inner->bits < outer->bits ||
	    memcmp(outer->addr, inner->addr, bytes) != 0)
		return false;
	return rest == 0 || (outer->addr[bytes] ^ inner->addr[bytes]) >> (8 - rest) == 0;
}

struct str
cidr_host(struct arena *a, struct str address)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct cidr c;

	if (cidr_parse(address, &c) != 0)
		return arena_str(a, address);
	if (!c.v4)
		memset(c.addr + NETWORK_BYTES, 0, sizeof(c.addr) - NETWORK_BYTES);
	(void)inet_ntop(c.v4 ? AF_INET : AF_INET6, c.addr, text, sizeof(text));
	return arena_fmt(a, "%s%s", text, c.v4 ? "" : "/64");
}
