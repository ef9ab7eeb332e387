/*
 * agents: the agents that are connected, and what each of them is told about its guests and their
 * keys (docs/PROTOCOL.md 2). An agent speaks only for the instances of its VPC, or for its own
 * instance.
 *
 * Texts go to the outbox, so they leave after the commit. Functions that read the store must run
 * inside task_run.
 */
#ifndef REGION_AGENTS_H
#define REGION_AGENTS_H

#include "region/signer.h"
#include "region/state.h"
#include "store/store_active_key.h"
#include "store/store_instance.h"

struct agents;

struct agents *agents_new(struct region *region);
void agents_free(struct agents *u); /* NULL is fine */

/* The port to hand to outbox_deliver. It passes everything on to front, and forgets each link that
 * is closed. */
const struct front_port *agents_port(const struct agents *u);

/*
 * An agent wants to connect, and front has verified its certificate against the agent CA. Earlier
 * links of the same agent are closed with the commit, because the agent has connected again. If the
 * transaction fails they stay, and the caller must call agents_closed for this link. ERR_DENIED
 * (not one of our agents, or no longer), ERR_FULL (too many links), or an error of the store.
 */
int agents_open(struct region *region, uint64_t link_number, struct str certificate_der) MUST_CHECK;
/*
 * A text has come from the agent. A text on a link that is closed already is ignored. ERR_SYNTAX
 * (it is no message) and ERR_BADSTATE (a new key that was not asked for): the caller must close the
 * link with 1008; or an error of the store or of keyd_port.
 */
int agents_text(struct region *region, uint64_t link_number, struct str text) MUST_CHECK;
/*
 * The agent connected while an earlier core ran, and said text to that one first. It is told
 * everything anew, after a `reset`, so that it drops what is no longer true. Errors as agents_text.
 */
int agents_again(struct region *region, uint64_t link_number, struct str text) MUST_CHECK;
/* Closes the links whose certificate is none of its agent any more, because it was revoked or
 * replaced by somebody else than the agent (eicd agents). Errors are those of the store. */
int agents_check(struct region *region) MUST_CHECK;

/* The link is gone; and all links from first to last are gone, because their front has ended. */
void agents_closed(struct region *region, uint64_t link_number);
void agents_gone(struct region *region, uint64_t first, uint64_t last);

/* The link over which this instance is reached now, or 0. */
uint64_t agents_find(const struct region *region, const struct store_instance *v);

size_t agents_count(const struct region *region); /* that are connected */

/* The kind of signer whose entries are read at the other end of a link, by what its agent said in
 * hello. */
enum signer_kind agents_signer(const struct region *region, uint64_t link_number);

/* Tell the agent of the instance, if it is connected, that the guest is there or has changed, and
 * that it is gone. Errors are those of the store. */
int agents_guest(struct region *region, struct arena *a, const struct store_instance *v) MUST_CHECK;
void agents_guest_gone(struct region *region, const struct store_instance *v);
/* Tells the agent on this link a key, and that the key is gone. v->left_ms is what is left of the
 * key's life. entry and signer_id of v must be set. */
void agents_key(struct region *region, uint64_t link_number, const struct store_active_key *v);
void agents_key_gone(struct region *region, uint64_t link_number, struct str instance_id,
    struct str request_id);
/* Logs, once a minute for each link, that v goes to an agent whose clock is not ours: its host may
 * refuse the key as one that has ended, or is from the future. */
void agents_clock_warn(struct region *region, uint64_t link_number,
    const struct store_active_key *v);
/* Tells all agents the new signer, and their live keys signed with it. Errors are those of the
 * store and of keyd_port. */
int agents_signer_changed(struct region *region) MUST_CHECK;

#endif
