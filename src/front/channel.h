/*
 * channel: the channel to core, docs/PROTOCOL.md 1.2. What comes from core is
 * checked like what comes from the network: nonsense closes the channel, every
 * request that core had is answered 503, and the parent is asked for another.
 */
#ifndef FRONT_CHANNEL_H
#define FRONT_CHANNEL_H

#include "front/client.h"

#define CORE_TEXT_MAX_BYTES (1u << 20)

struct front_core;

struct front_core *core_new(struct front *f);
void core_free(struct front_core *k); /* NULL is fine */

/* A new channel; takes fd over. What the old one owed is lost (503). */
void core_attach(struct front_core *k, uint16_t number, int fd);

/* Sends, in order, as many of the requests that wait as core takes now. */
void core_send_waiting(struct front_core *k);

/* ERR_AGAIN: not now, wait in the table. */
int core_send_request(struct front_core *k, const struct client *c,
    const struct http_request *rq) MUST_CHECK;
int core_send_uplink_open(struct front_core *k, const struct client *c,
    struct str certificate) MUST_CHECK;
/* ERR_CLOSED (no core), ERR_FULL (core does not keep up). */
int core_send_uplink_text(struct front_core *k, uint64_t link, struct str text) MUST_CHECK;
void core_send_uplink_close(struct front_core *k, uint64_t link);

#endif
