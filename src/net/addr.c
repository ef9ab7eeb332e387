/*
 * addr: addresses as text and as the kernel's form; see addr.h.
 */
#include "net/addr.h"

#include <arpa/inet.h>
#include <netdb.h>

#include "base/num.h"

#define HOST_MAX 253u

/* Splits "host:port" or "[host]:port". */
static int
split(struct str text, struct str *ret_host, uint16_t *ret_port, bool *ret_brackets)
{
	struct str host, port;
	uint64_t v;
	size_t at;
	int r;

	for (at = text.n; at > 0 && text.p[at - 1] != ':'; at--)
		;
	if (at == 0)
		return ERR_SYNTAX;
	host = str_head(text, at - 1);
	port = str_from(text, at);
	*ret_brackets = host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	if (*ret_brackets)
		host = str_head(str_from(host, 1), host.n - 2);
	if (host.n == 0 || host.n > HOST_MAX)
		return ERR_SYNTAX;
	if ((r = num_u64_parse(port, 0, UINT16_MAX, &v)) != 0)
		return r;
	*ret_host = host;
	*ret_port = (uint16_t)v;
	return 0;
}

static int
from_numbers(struct str host, uint16_t port, bool brackets, struct addr *ret)
{
	struct addr a = { .len = 0 };
	char text[INET6_ADDRSTRLEN];

	if (str_copy(text, sizeof(text), host) != 0)
		return ERR_SYNTAX;
	if (brackets) {
		a.u.in6.sin6_family = AF_INET6;
		a.u.in6.sin6_port = htons(port);
		a.len = sizeof(a.u.in6);
		if (inet_pton(AF_INET6, text, &a.u.in6.sin6_addr) != 1)
			return ERR_SYNTAX;
	} else {
		a.u.in.sin_family = AF_INET;
		a.u.in.sin_port = htons(port);
		a.len = sizeof(a.u.in);
		if (inet_pton(AF_INET, text, &a.u.in.sin_addr) != 1)
			return ERR_SYNTAX;
	}
	*ret = a;
	return 0;
}

int
addr_parse(struct str text, struct addr *ret)
{
	struct str host;
	uint16_t port;
	bool brackets;
	int r;

	if ((r = split(text, &host, &port, &brackets)) != 0)
		return r;
	return from_numbers(host, port, brackets, ret);
}

int
addr_resolve(struct str text, struct addr *ret, struct errinfo *ei)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found = NULL;
	char name[HOST_MAX + 1];
	struct str host;
	uint16_t port;
	bool brackets;
	int r;

	if ((r = split(text, &host, &port, &brackets)) != 0) {
		err_set(ei, "not host:port: %.*s", STR_FMT(text));
		return r;
	}
	if (from_numbers(host, port, brackets, ret) == 0)
		return 0;
	if (brackets || str_copy(name, sizeof(name), host) != 0) {
		err_set(ei, "not an address: %.*s", STR_FMT(host));
		return ERR_SYNTAX;
	}
	if ((r = getaddrinfo(name, NULL, &hints, &found)) != 0 ||
	    found->ai_addrlen > sizeof(ret->u)) {
		err_set(ei, "cannot resolve %s: %s", name, gai_strerror(r));
		r = ERR_NOTFOUND;
		goto out;
	}
	memset(ret, 0, sizeof(*ret));
	memcpy(&ret->u, found->ai_addr, found->ai_addrlen);
	ret->len = found->ai_addrlen;
	if (ret->u.sa.sa_family == AF_INET6)
		ret->u.in6.sin6_port = htons(port);
	else
		ret->u.in.sin_port = htons(port);
out:
	if (found != NULL)
		freeaddrinfo(found);
	return r;
}

void
addr_host_write(const struct addr *a, struct buf *b)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (a->len == 0)
		return;
	if (a->u.sa.sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &a->u.in6.sin6_addr, text, sizeof(text));
	else if (a->u.sa.sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &a->u.in.sin_addr, text, sizeof(text));
	buf_c(b, text);
}

uint16_t
addr_port(const struct addr *a)
{
	if (a->len == 0)
		return 0;
	if (a->u.sa.sa_family == AF_INET6)
		return ntohs(a->u.in6.sin6_port);
	return a->u.sa.sa_family == AF_INET ? ntohs(a->u.in.sin_port) : 0;
}
