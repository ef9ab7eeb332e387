/*
 * credentials: what the uplink shows eicd. There are up to three: the renewed certificate, whose
 * key was made here (docs/PROTOCOL.md 2); the renewed one before, with which the agent was
 * connected when it had that made; and that of the settings, which an administrator put there. They
 * are tried in this order and round again, the next one whenever eicd does not take the one: so an
 * agent whose last renewal eicd has lost comes back with the certificate that it had before.
 */
#ifndef AGENT_CREDENTIALS_H
#define AGENT_CREDENTIALS_H

#include "link/link.h"
#include "net/tls.h"

/* The files as the parent gives them, PEM. renewed has a key and its certificate, and it may have
 * those before behind them; it may be empty. */
struct credentials_files {
	struct str ca, certificate, key, renewed;
};

struct credentials;

struct credentials *credentials_new(void);
void credentials_free(struct credentials *c); /* NULL is fine */

/* Makes all anew from the files. One that cannot be used is logged and left out. If none can be,
 * ERR_SYNTAX or ERR_CRYPTO, and everything stays as it was. */
int credentials_load(struct credentials *c, const struct credentials_files *f) MUST_CHECK;
/* Whether the last credentials_load was the first that had the pair that was certified last. */
bool credentials_renewed(const struct credentials *c);

/* What to connect with next. It lives until credentials_load. */
struct tls *credentials_tls(const struct credentials *c);
/* A connection is being made with it. It then stands, or was not taken by eicd; both are of that
 * connection, whatever credentials_load has brought meanwhile. */
void credentials_connecting(struct credentials *c);
void credentials_opened(struct credentials *c);
void credentials_refused(struct credentials *c);

/* Makes a new key, which replaces one that was not certified, and what to say of it: ret lives
 * until the next call. now_ms is of a clock that never goes back. ERR_BADSTATE (there is no
 * connection yet), ERR_AGAIN (within the minute after a key was certified, unless its pair came by
 * credentials_load since: it is being kept), ERR_CRYPTO. */
int credentials_renew(struct credentials *c, int64_t now_ms, struct link_renewal *ret) MUST_CHECK;
/* eicd has certified the new key. Appends what `renewed` is to hold to ret_file, which the caller
 * wipes: the new pair, and behind it that of the last connection, if that was a renewed one.
 * ERR_BADSTATE (no key was made), ERR_SYNTAX (no certificate), ERR_DENIED (it is another key's),
 * ERR_CRYPTO, ERR_TOOBIG. */
int credentials_certified(struct credentials *c, struct str pem, int64_t now_ms,
    struct buf *ret_file) MUST_CHECK;

#endif
