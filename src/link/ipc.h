/*
 * ipc: messages of the link in their IPC form. eic-agent-uplink writes them, and
 * eic-agent-imds reads them (docs/PROTOCOL.md 1.5).
 */
#ifndef LINK_IPC_H
#define LINK_IPC_H

#include "base/arena.h"
#include "ipc/ipc.h"
#include "link/link.h"

/* Begins out and fills it with m; the caller sends it with ipc_send. m may be of any type
 * but LINK_HELLO, LINK_CLOCK and LINK_UNKNOWN, which have no IPC form. */
void link_ipc_write(struct ipc_out *out, const struct link_message *m);

/*
 * Reads one whole message. Arrays live in a, texts in the channel. ERR_PEER when it does
 * not parse, when a text is longer than LINK_MAX_BYTES, or when a list or map has more
 * entries than its message allows. Nothing else about the members is checked: see link_check.
 */
int link_ipc_read(struct ipc_in *in, struct arena *a, struct link_message *ret) MUST_CHECK;

#endif
