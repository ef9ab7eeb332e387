/*
 * uplink: the one outbound connection to eicd: TLS, the opening of a WebSocket,
 * hello, PING and PONG, and connecting again with back-off (docs/PROTOCOL.md 2).
 *
 * A lost connection is tried again after min_ms, doubled with each attempt that
 * fails up to max_ms, less a random part of up to a half. A connection that held
 * a minute lets the pauses begin anew.
 */
#ifndef AGENT_UPLINK_H
#define AGENT_UPLINK_H

#include "base/rand.h"
#include "net/conn.h"
#include "net/tls.h"

#define UPLINK_PATH "/openeic/v1/uplink"

struct uplink_opts {
	struct loop *loop;
	struct conn_io *io;
	const struct rng *rng;
	struct tls *tls;
	struct str endpoint;    /* host:port; copied, as the next two */
	struct str server_name; /* empty: the endpoint's host */
	struct str version;
	int64_t min_ms, max_ms;
	int64_t silence_ms; /* a link that says nothing for so long is dead */
	/* Called from the loop. */
	void (*opened)(void *ctx); /* a new connection: what was said is void */
	int (*text)(void *ctx, struct str text,
	    struct errinfo *ei); /* an error
				  * closes the connection (1008) */
	void *ctx;
};

struct uplink;

/* Begins to connect at once. ERR_TOOBIG (a text). */
int uplink_new(const struct uplink_opts *o, struct uplink **ret) MUST_CHECK;
void uplink_free(struct uplink *u); /* closes; NULL is fine */

/* From the next connection on (silence_ms: at once). */
void uplink_change(struct uplink *u, struct tls *tls, int64_t min_ms, int64_t max_ms,
    int64_t silence_ms);

/* How long to wait before attempt number n (0: the first) after a loss. */
int64_t uplink_delay_ms(const struct rng *rng, unsigned n, int64_t min_ms, int64_t max_ms);

#endif
