/*
 * credentials: what the uplink shows eicd. There are two: the certificate of the settings, which an
 * administrator put there, and the renewed one, whose key was made here (docs/PROTOCOL.md 2). The
 * renewed one is tried first, and whenever eicd does not take the one, the next connection is made
 * with the other: so whatever was lost where, the agent comes back if eicd takes either.
 */
#ifndef AGENT_CREDENTIALS_H
#define AGENT_CREDENTIALS_H

#include "link/link.h"
#include "net/tls.h"

/* The files as the parent gives them, PEM. renewed has a certificate and its key; it may be empty.
 */
struct credentials_files {
	struct str ca, certificate, key, renewed;
};

struct credentials;

struct credentials *credentials_new(void);
void credentials_free(struct credentials *c); /* NULL is fine */

/* Makes both anew from the files. One that cannot be used is logged and left out. If neither can
 * be, ERR_SYNTAX or ERR_CRYPTO, and everything stays as it was. */
int credentials_load(struct credentials *c, const struct credentials_files *f) MUST_CHECK;

/* What to connect with next. It lives until credentials_load. */
struct tls *credentials_tls(const struct credentials *c);
/* A connection that was made with it stands; or was not taken by eicd. */
void credentials_opened(struct credentials *c);
void credentials_refused(struct credentials *c);

/* Makes a new key, which replaces one that was not certified, and what to say of it: ret lives
 * until the next call. ERR_BADSTATE (there is no connection yet), ERR_CRYPTO. */
int credentials_renew(struct credentials *c, struct link_renewal *ret) MUST_CHECK;
/* eicd has certified the new key. Appends what `renewed` is to hold to ret_file, which the caller
 * wipes. ERR_BADSTATE (no key was made), ERR_SYNTAX (no certificate), ERR_DENIED (it is another
 * key's), ERR_CRYPTO, ERR_TOOBIG. */
int credentials_certified(struct credentials *c, struct str pem, struct buf *ret_file) MUST_CHECK;

#endif
