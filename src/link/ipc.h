/*
 * ipc: messages of the link in the typed form in which the agent's uplink hands
 * them to its metadata service (docs/PROTOCOL.md 1.5): written on one side, read
 * on the other.
 */
#ifndef LINK_IPC_H
#define LINK_IPC_H

#include "base/arena.h"
#include "ipc/ipc.h"
#include "link/link.h"

/* Begins out and fills it with m, of a type that is in IPC: ipc_send it. */
void link_ipc_write(struct ipc_out *out, const struct link_message *m);

/*
 * Reads one whole message. Arrays live in a, texts in the channel. Nothing longer
 * or more than the channel must bear is read, but what is in the texts is not
 * looked at: see link_check. ERR_PEER.
 */
int link_ipc_read(struct ipc_in *in, struct arena *a, struct link_message *ret) MUST_CHECK;

#endif
