/*
 * uplink: the agents that are connected, and what each is told about its
 * guests and their keys (docs/PROTOCOL.md 2). An agent speaks only for the
 * instances of its VPC, or for its own instance.
 *
 * Texts go to the outbox, so they leave after the commit. Functions that read
 * the store for a connection run inside batch_task.
 */
#ifndef API_UPLINK_H
#define API_UPLINK_H

#include "api/state.h"
#include "store/store_active_key.h"
#include "store/store_instance.h"

struct uplink;

struct uplink *uplink_new(struct api *api);
void uplink_free(struct uplink *u); /* NULL is fine */

/* What to hand to outbox_deliver: forgets each link that is closed, and passes it on. */
const struct front_port *uplink_port(const struct uplink *u);

/*
 * An agent wants to connect; front has verified its certificate against the
 * agent CA. ERR_DENIED: not one of ours, or no longer. An earlier link of the
 * same agent is closed with the commit: it connected again. When the transaction
 * fails, the earlier one stays, and the caller says uplink_closed for this one.
 */
int uplink_open(struct api *api, uint64_t link, struct str certificate_der) MUST_CHECK;
/* A text came. ERR_SYNTAX: nonsense; close the link with 1008. */
int uplink_text(struct api *api, uint64_t link, struct str text) MUST_CHECK;
/* The link is gone; all links are (front ended). */
void uplink_closed(struct api *api, uint64_t link);
void uplink_reset(struct api *api);

/* The link over which an instance is reached now; 0: none. */
uint64_t uplink_find(const struct api *api, const struct store_instance *v);

/* To the agent of the instance, when it is connected. */
int uplink_guest(struct api *api, struct arena *a, const struct store_instance *v) MUST_CHECK;
void uplink_guest_gone(struct api *api, const struct store_instance *v);
/* v->left_ms is what is left of its life. */
void uplink_key(struct api *api, uint64_t link, const struct store_active_key *v);
void uplink_key_gone(struct api *api, uint64_t link, struct str instance_id, struct str request_id);
/* To all agents: a new signer, and their live keys signed with it. */
int uplink_signer_changed(struct api *api) MUST_CHECK;

#endif
