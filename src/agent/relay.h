/*
 * relay: the values of message in the typed form in which eic-agent-uplink hands
 * them to eic-agent-imds (docs/PROTOCOL.md 1.5): written on one side, read on
 * the other.
 */
#ifndef AGENT_RELAY_H
#define AGENT_RELAY_H

#include "agent/message.h"
#include "ipc/ipc.h"

/* The message for m, begun and filled: ipc_send it. Not for MESSAGE_UNKNOWN. */
void relay_write(struct ipc_out *out, const struct message *m);
void relay_write_reset(struct ipc_out *out);

/*
 * Reads m, of a type that relay_write makes. Arrays live in a, texts in the
 * channel. ERR_PEER.
 */
int relay_read(struct ipc_in *in, struct arena *a, struct message *ret) MUST_CHECK;

#endif
