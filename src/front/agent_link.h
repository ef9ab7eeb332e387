/*
 * agent_link: the WebSocket of an agent, docs/PROTOCOL.md 2. Text messages both
 * ways between the agent and core; PING, and the end of a silent or slow agent.
 */
#ifndef FRONT_AGENT_LINK_H
#define FRONT_AGENT_LINK_H

#include "codec/ws.h"
#include "front/client.h"

/* What an agent has not read yet: the largest sync (every guest and live key at
 * once) must find room. One that takes nothing of it for agent_silence is dropped. */
#define UPLINK_QUEUE_BYTES (64u << 20)

/* Core accepts the request that c waits for: answers 101 and begins. */
void uplink_start(struct client *c);
void uplink_free(struct front_uplink *u); /* NULL is fine */

/* Each of these may end the uplink, which is then gone. */
void uplink_data(struct front_uplink *u, char *p, size_t n);
void uplink_send_text(struct front_uplink *u, struct str text);
void uplink_tick(struct front_uplink *u);
/* Says why, tells core (unless it knows: client.sent false), closes. */
void uplink_end(struct front_uplink *u, uint16_t code, struct str reason);

#endif
