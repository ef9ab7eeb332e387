/*
 * agent_link: the WebSocket of an agent, docs/PROTOCOL.md 2: text messages both ways
 * between the agent and core, as a stream of its client.
 */
#ifndef FRONT_AGENT_LINK_H
#define FRONT_AGENT_LINK_H

#include "front/client.h"

/* What an agent has not read yet: the largest sync (every guest and live key at
 * once) must find room. One that takes nothing of it for agent_silence is dropped. */
#define AGENT_LINK_QUEUE_BYTES (64u << 20)

/* The path, and that it takes a certificate of an agent (403) and a WebSocket (400). */
extern const struct front_route agent_link_route;

/* What the route does once the certificate (DER) is known: asks core whether c, whose
 * request waits, may be a link. */
void agent_link_ask(struct client *c, struct str certificate);

#endif
