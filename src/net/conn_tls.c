/*
 * conn_tls: what there is to know of a connection's TLS, in a file of its own so that
 * conn needs no TLS; see conn.h.
 */
#include "net/conn.h"
#include "net/record.h"

struct str
conn_tls_version(const struct conn *c)
{
	const struct record *r = conn_record(c);

	return r != NULL ? record_version(r) : STR("");
}

struct str
conn_tls_cipher(const struct conn *c)
{
	const struct record *r = conn_record(c);

	return r != NULL ? record_cipher(r) : STR("");
}

struct str
conn_tls_sni(const struct conn *c)
{
	const struct record *r = conn_record(c);

	return r != NULL ? record_sni(r) : STR("");
}

int
conn_tls_peer_cert(const struct conn *c, struct buf *der)
{
	const struct record *r = conn_record(c);

	return r != NULL ? record_peer_cert(r, der) : ERR_NOTFOUND;
}
