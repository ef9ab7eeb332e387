/*
 * agents: the agents that are connected, and what each is told about its
 * guests and their keys (docs/PROTOCOL.md 2). An agent speaks only for the
 * instances of its VPC, or for its own instance.
 *
 * Texts go to the outbox, so they leave after the commit. Functions that read
 * the store for a connection run inside task_run.
 */
#ifndef REGION_AGENTS_H
#define REGION_AGENTS_H

#include "region/state.h"
#include "store/store_active_key.h"
#include "store/store_instance.h"

struct agents;

struct agents *agents_new(struct region *region);
void agents_free(struct agents *u); /* NULL is fine */

/* What to hand to outbox_deliver: forgets each link that is closed, and passes it on. */
const struct front_port *agents_port(const struct agents *u);

/*
 * An agent wants to connect; front has verified its certificate against the
 * agent CA. ERR_DENIED: not one of ours, or no longer. An earlier link of the
 * same agent is closed with the commit: it connected again. When the transaction
 * fails, the earlier one stays, and the caller says agents_closed for this one.
 */
int agents_open(struct region *region, uint64_t link, struct str certificate_der) MUST_CHECK;
/* A text came. ERR_SYNTAX: nonsense; close the link with 1008. */
int agents_text(struct region *region, uint64_t link, struct str text) MUST_CHECK;
/*
 * The agent is connected since an earlier core, to which it first said text: it is told
 * everything anew, behind a `reset`, so that it drops what is not so any more. As
 * agents_text.
 */
int agents_again(struct region *region, uint64_t link, struct str text) MUST_CHECK;
/* The link is gone; all links from first to last are (their front ended). */
void agents_closed(struct region *region, uint64_t link);
void agents_gone(struct region *region, uint64_t first, uint64_t last);

/* The link over which an instance is reached now; 0: none. */
uint64_t agents_find(const struct region *region, const struct store_instance *v);

/* To the agent of the instance, when it is connected. */
int agents_guest(struct region *region, struct arena *a, const struct store_instance *v) MUST_CHECK;
void agents_guest_gone(struct region *region, const struct store_instance *v);
/* v->left_ms is what is left of its life. */
void agents_key(struct region *region, uint64_t link, const struct store_active_key *v);
void agents_key_gone(struct region *region, uint64_t link, struct str instance_id,
    struct str request_id);
/* To all agents: a new signer, and their live keys signed with it. */
int agents_signer_changed(struct region *region) MUST_CHECK;

#endif
