/*
 * addr: an IPv4 or IPv6 address with a port, as text and in the kernel's form.
 */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} u;
	socklen_t len; /* 0: no address (a peer on a Unix socket) */
};

/* Parses "192.0.2.1:443" or "[2001:db8::1]:443": numbers only, port 0..65535. ERR_SYNTAX;
 * ERR_RANGE for the port. */
int addr_parse(struct str text, struct addr *ret) MUST_CHECK;
/*
 * As addr_parse, but the host may also be a name: then *ret is the first address that the
 * system's resolver gives, and the call blocks for it. ERR_SYNTAX, ERR_RANGE, ERR_NOTFOUND
 * (the name does not resolve); ei says why.
 */
int addr_resolve(struct str text, struct addr *ret, struct errinfo *ei) MUST_CHECK;

/* Both take an address of len 0: then nothing is written, and the port is 0. */
void addr_host_write(const struct addr *a, struct buf *b); /* without port and brackets */
uint16_t addr_port(const struct addr *a);

#endif
