/*
 * state: what belongs to the region as such and not to a request: the store, the clock, the ports
 * to other processes, the region's names, and the state of what core does without a request. A
 * request's act (api/call.h) can reach all of it. Nothing in this room knows a request, a call or a
 * service.
 */
#ifndef REGION_STATE_H
#define REGION_STATE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/rand.h"
#include "region/outbox.h"
#include "region/ports.h"
#include "settings/eicd.h"
#include "store/store.h"

struct agents;
struct exporter;
struct lifecycle;
struct signer;
struct watch;
struct web_identity;

struct region {
	/* Borrowed; they outlive the region (region.h). */
	struct store *store;
	const struct eicd_settings *settings; /* may change between two uses */
	const struct clock *clock;
	const struct rng *rng;
	const struct keyd_port *keyd;
	const struct compute_port *compute;
	const struct front_port *front;
	const struct export_port *export;   /* NULL: the audit trail is not exported */
	const struct machine_port *machine; /* NULL: nothing is known of it */

	struct arena *arena; /* holds what lives as long as the region */
	struct str name;     /* "xx-lab-1" */
	struct str domain;   /* the end of the names of its services */
	char boot_id[37];
	struct outbox *outbox;
	struct signer *signer;
	/* A renewed signer is durable: it must still be read, and then be told to the agents. */
	bool reload_due, tell_due;
	/* Another process has changed the store: may all agents still be connected? */
	bool agents_due;
	/* The keys that keyd is making for the next signer of each kind and for digests (later.h),
	 * or NULL. */
	struct keyd_question *signer_keys[2], *notary_key;
	/* The digest that keyd is signing, or NULL, and when it was asked for (wall clock). */
	struct keyd_question *digest_signature;
	int64_t digest_asked_at;
	struct agents *agents;
	struct lifecycle *lifecycle;
	struct exporter *exporter;
	struct watch *watch;
	/* The keys of issuers of tokens; NULL: none. Owned: whoever sets it frees the one before.
	 */
	struct web_identity *web_identity;
};

/* Reads a value of the store's meta table, which then lives as long as the region. Errors,
 * explained in ei: ERR_NOTFOUND, or an error of the store. */
int state_meta(struct region *region, struct str name, struct str *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
