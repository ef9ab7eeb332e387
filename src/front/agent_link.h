/*
 * agent_link: the WebSocket of an agent (docs/PROTOCOL.md 2). It passes text messages between
 * the agent and core, both ways. It is a stream (front/stream.h).
 */
#ifndef FRONT_AGENT_LINK_H
#define FRONT_AGENT_LINK_H

#include "front/client.h"

/* The most that may be queued for an agent. The largest sync, with every guest and live key,
 * must fit. An agent that takes nothing of it for agent_silence (a setting) is dropped. */
#define AGENT_LINK_QUEUE_BYTES (64u << 20)

/* The path for agents. A request must be a WebSocket handshake (else 400), on a connection
 * with an agent's certificate (else 403), and there must be fewer links than max_connections
 * (else 503). */
extern const struct front_route agent_link_route;

/* The route's second half: asks core whether c, whose request waits, may become the link of
 * the agent with this certificate (DER, copied). */
void agent_link_ask(struct client *c, struct str certificate);

#endif
