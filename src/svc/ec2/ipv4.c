/*
 * ipv4: see ipv4.h.
 */
#include "svc/ec2/ipv4.h"

#include <arpa/inet.h>

int
ipv4_parse(struct str s, uint32_t *ret)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr a;

	if (str_copy(text, sizeof(text), s) != 0 || inet_pton(AF_INET, text, &a) != 1)
		return ERR_SYNTAX;
	*ret = ntohl(a.s_addr);
	return 0;
}

static struct str
write_with(struct arena *a, struct str before, uint32_t ip, char sep, struct str after)
{
	return arena_fmt(a, "%.*s%u%c%u%c%u%c%u%.*s", STR_FMT(before), ip >> 24, sep,
	    (ip >> 16) & 255, sep, (ip >> 8) & 255, sep, ip & 255, STR_FMT(after));
}

struct str
ipv4_text(struct arena *a, uint32_t ip)
{
	return write_with(a, STR(""), ip, '.', STR(""));
}

struct str
ipv4_dashed(struct arena *a, struct str prefix, uint32_t ip, struct str suffix)
{
	return write_with(a, prefix, ip, '-', suffix);
}
