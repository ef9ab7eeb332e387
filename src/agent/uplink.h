/*
 * uplink: the one outbound connection to eicd (docs/PROTOCOL.md 2): TLS, the opening handshake
 * of the WebSocket, hello, telling the time, and connecting again with back-off.
 *
 * After a loss it connects again after min_ms. The pause doubles with each attempt, up to
 * max_ms, and is shortened by a random part of up to a half. After a connection that eicd has
 * served (uplink_serves), the pauses begin at min_ms again.
 */
#ifndef AGENT_UPLINK_H
#define AGENT_UPLINK_H

#include "base/clock.h"
#include "base/rand.h"
#include "link/link.h"
#include "net/conn.h"
#include "net/tls.h"

struct uplink_opts {
	struct loop *loop;
	struct conn_io *io;
	const struct rng *rng;
	const struct clock *clock; /* of it eicd is told the wall clock */
	struct tls *tls;
	struct str endpoint;     /* host:port; copied, like the next two */
	struct str server_name;  /* the name in eicd's certificate; empty: the endpoint's host */
	struct link_hello hello; /* sent first on every connection */
	int64_t min_ms, max_ms;
	int64_t silence_ms; /* a connection on which nothing comes for so long is dead */
	/* Called from the loop. */
	void (*connecting)(void *ctx); /* a connection is being made with tls as it is now */
	void (*opened)(void *ctx);     /* a new connection, on which eicd sends everything again */
	void (*unresolved)(void *ctx); /* no address was found for endpoint; may be NULL */
	/* eicd does not take this certificate: it answered the opening with 403, or TLS ended the
	 * connection before. Any other loss says nothing of the certificate. uplink_change may be
	 * called here, for the next attempt. */
	void (*refused)(void *ctx);
	/* eicd has revoked this agent (LINK_CODE_REVOKED). */
	void (*revoked)(void *ctx);
	/* A text message from eicd. An error closes the connection (1008), with ei as reason. */
	int (*text)(void *ctx, struct str text, struct errinfo *ei);
	/* eicd has said what its boot clock shows; it is the one of a key's at_ms. */
	void (*time)(void *ctx, int64_t boot_ms);
	void *ctx;
};

struct uplink;

/* Begins to connect in the loop's next turn. loop, io, rng and clock outlive the uplink, and so
 * does tls unless uplink_change replaces it. ERR_TOOBIG when endpoint or server_name is too long;
 * for hello the errors of link_check. */
int uplink_new(const struct uplink_opts *o, struct uplink **ret) MUST_CHECK;
void uplink_free(struct uplink *u); /* closes; NULL is fine */

/* eicd has told everything (LINK_SYNCED): it serves this connection, so the next loss is no sign
 * that it is overloaded or refuses this agent. */
void uplink_serves(struct uplink *u);

/* Changes the options: silence_ms at once, the others from the next connection on. The tls
 * from before is not used any more. */
void uplink_change(struct uplink *u, struct tls *tls, int64_t min_ms, int64_t max_ms,
    int64_t silence_ms);

/* Says m on a connection that stands. ERR_CLOSED (there is none), ERR_FULL (too much waits to be
 * sent), ERR_TOOBIG. */
int uplink_say(struct uplink *u, const struct link_message *m) MUST_CHECK;
/* Ends the connection that stands, if there is one, and makes another at once. */
void uplink_reconnect(struct uplink *u);

/* Stops (false) and resumes taking what eicd sends, as long as this connection lasts. What has been
 * read already may still be handed on. */
void uplink_read_want(struct uplink *u, bool want);

/* How long to wait before attempt n after a loss; the first is 0. In milliseconds. */
int64_t uplink_delay_ms(const struct rng *rng, unsigned n, int64_t min_ms, int64_t max_ms);

#endif
