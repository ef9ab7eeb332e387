/*
 * metadata: asking the metadata service: HTTP/1.1 over one connection, several
 * questions at once, everything within one deadline.
 */
#ifndef AUTHKEYS_METADATA_H
#define AUTHKEYS_METADATA_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#define METADATA_MAX_BODY (1u << 20)
#define METADATA_MAX_ASKS 16

struct metadata_opts {
	struct str socket;  /* Unix socket, asked when it is there; or empty */
	struct str address; /* IP address and port */
	const struct clock *clock;
	int64_t deadline_ms; /* boot clock */
};

struct metadata;

/* Connects. ERR_SYNTAX (address), ERR_TIMEOUT, ERR_UNAVAIL (nobody there), ERR_SYS. */
int metadata_open(const struct metadata_opts *o, struct metadata **ret) MUST_CHECK;
void metadata_close(struct metadata *m); /* NULL is fine */

/* Does it speak over the Unix socket, which only this host's agent can own? */
bool metadata_is_local(const struct metadata *m);

struct metadata_answer {
	uint16_t status;
	struct str body; /* in the arena */
};

/*
 * Gets a session token, good for a few seconds, for what is asked from then on.
 * ERR_DENIED: the service gives none; else as metadata_ask.
 */
int metadata_token(struct metadata *m) MUST_CHECK;

/*
 * GETs all n paths (at most METADATA_MAX_ASKS), without waiting in between.
 * ERR_TIMEOUT, ERR_CLOSED, ERR_SYNTAX (not HTTP, or too big), ERR_SYS.
 */
int metadata_ask(struct metadata *m, struct arena *a, const struct str *paths, size_t n,
    struct metadata_answer *ret) MUST_CHECK;

#endif
