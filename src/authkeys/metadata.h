/*
 * metadata: a client of the metadata service. It uses HTTP/1.1, sends several questions at once
 * over one connection, and keeps one deadline for everything. When the service is busy (it takes
 * no connection on the Unix socket, ends one without an answer, or answers 503), the question is
 * asked again, up to 15 times, after pauses that grow from 10 to 160 ms.
 */
#ifndef AUTHKEYS_METADATA_H
#define AUTHKEYS_METADATA_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#define METADATA_MAX_BODY (1u << 20)

struct metadata_opts {
	struct str socket;  /* Unix socket, used when somebody listens there; or empty */
	struct str address; /* IP address and port, used otherwise */
	const struct clock *clock;
	int64_t deadline_ms; /* boot clock */
};

struct metadata;

/* Connects. ERR_SYNTAX, ERR_RANGE or ERR_TOOBIG (the address), ERR_TIMEOUT, ERR_UNAVAIL (no
 * service there), ERR_SYS. */
int metadata_open(const struct metadata_opts *o, struct metadata **ret) MUST_CHECK;
void metadata_close(struct metadata *m); /* NULL is fine */

/* True when it uses the Unix socket, behind which can only be this host's agent. */
bool metadata_is_local(const struct metadata *m);

struct metadata_answer {
	uint16_t status;
	struct str body; /* in the arena */
};

/*
 * Gets a session token that is good for 5 seconds, and uses it for what is asked from then on.
 * ERR_DENIED when the service gives none; else as metadata_ask.
 */
int metadata_token(struct metadata *m) MUST_CHECK;

/*
 * GETs all n paths without waiting for answers in between. ret has
 * n places. ERR_TIMEOUT, ERR_CLOSED, ERR_UNAVAIL (cannot connect again, or it is busy), ERR_SYNTAX
 * (not HTTP, or an answer is too big), ERR_TOOBIG (the paths), ERR_SYS.
 */
int metadata_ask(struct metadata *m, struct arena *a, const struct str *paths, size_t n,
    struct metadata_answer *ret) MUST_CHECK;

#endif
