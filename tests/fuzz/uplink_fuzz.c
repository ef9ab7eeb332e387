/*
 * uplink: a text message of eicd, and its way over the channel into the tables:
 * what the parser takes, the tables take too.
 */
#include <assert.h>
#include <stdint.h>

#include "agent/message.h"
#include "agent/relay.h"
#include "imds/guests.h"
#include "imds/signers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
apply(const struct message *m)
{
	struct guests *guests = guests_new();
	struct signers *signers = signers_new();
	struct keys keys = { 0 };

	if (m->type == MESSAGE_GUEST)
		assert(guests_put(guests, &m->guest) == 0);
	if (m->type == MESSAGE_SIGNER)
		assert(signers_put(signers, &m->signer, 0) == 0);
	if (m->type == MESSAGE_KEY)
		assert(keys_put(&keys, &m->key, 0) == 0);
	keys_release(&keys);
	guests_free(guests);
	signers_free(signers);
}

/* Over the channel and back: the same type comes out. */
static void
relay(struct arena *a, const struct message *m)
{
	struct ipc_out out;
	struct ipc_in in;
	struct message again;

	relay_write(&out, m);
	in = (struct ipc_in){ .type = out.type, .rd = rd_of(buf_view(&out.body)), .fd = -1 };
	assert(relay_read(&in, a, &again) == 0);
	assert(again.type == m->type);
	apply(&again);
	ipc_drop(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(8 << 20);
	struct errinfo ei;
	struct message m;

	if (message_parse(a, str_of_n(data, size), 1000, &m, &ei) == 0 && m.type != MESSAGE_UNKNOWN)
		relay(a, &m);
	arena_free(a);
	return 0;
}
