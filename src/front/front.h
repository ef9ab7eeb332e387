/*
 * front: what the parts of eicd-front share. The parts: accept (who comes in),
 * client (HTTP on one connection), answer (what is said), table (all clients),
 * core (the channel), uplink (agents' WebSockets), sign (keyd's signature).
 */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include "codec/http.h"
#include "net/conn.h"
#include "proc/control.h"
#include "settings/eicd.h"

#define FRONT_UPLINK_TARGET "/openeic/v1/uplink"

struct front {
	struct loop *loop;
	struct conn_io *io;
	struct tls *tls; /* for connections to come */
	struct control *control;
	struct eicd_settings settings;
	struct http_limits limits; /* from the settings */
	struct front_accept *accept;
	struct front_table *table;
	struct front_core *core;
	struct front_sign *sign;
	struct loop_timer todo; /* front.c's: what is due beside clients */
	struct buf out;         /* where answers are put together */
	size_t n_inflight;      /* clients that wait for core */
	size_t n_uplinks;
	bool draining;
};

/* A client has gone: draining, when it is under way, goes on in the next turn. */
void front_client_gone(struct front *f);

#endif
