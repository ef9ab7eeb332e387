/*
 * agent_cert: the renewal of agents' certificates over their own links (docs/PROTOCOL.md 2,
 * decision 0057). Core asks for a new key when one is due, by its own clock; the agent makes it and
 * says the public half; keyd certifies it; the store then knows both certificates, until the agent
 * has connected with the new one (agents_open).
 */
#ifndef REGION_AGENT_CERT_H
#define REGION_AGENT_CERT_H

#include "region/state.h"

struct link;
struct link_renewal;

/* Ask the agent on this link for a new key, if one is due; and all agents of which one is due and
 * that were not asked within the last hour. Both run in a transaction. Errors are those of the
 * store. */
int agent_cert_ask(struct region *region, struct link *l) MUST_CHECK;
int agent_cert_ask_all(struct region *region) MUST_CHECK;

/* The agent has said its new key. ERR_BADSTATE: it was not asked for one, and the caller must close
 * the link. */
int agent_cert_said(struct region *region, struct link *l, const struct link_renewal *m) MUST_CHECK;

/* Is there anything for agent_cert_turn? */
bool agent_cert_busy(const struct region *region);
/*
 * Goes one step further with one agent that has said its new key: has keyd certify it, and does not
 * wait; or stores the certificate and tells it the agent. What keyd refuses, the agent is told.
 * Runs in a transaction. Errors are those of the store.
 */
int agent_cert_turn(struct region *region) MUST_CHECK;
/* Waits for what keyd is making, and drops it. */
void agent_cert_stop(struct region *region);

#endif
