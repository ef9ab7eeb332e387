/*
 * link_json_fuzz: reads a text message of the link. A message that is read must be within all
 * limits, must be the same after JSON, IPC and a copy, and must be accepted by the tables of imds.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "imds/guests.h"
#include "imds/signers.h"
#include "link/ipc.h"
#include "link/json.h"

#define NOW_MS 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A message in JSON, in the arena: two messages of the same text are the same. */
static struct str
text_of(struct arena *a, const struct link_message *m)
{
	struct str text;
	struct buf b;

	buf_init(&b, 8 * LINK_MAX_BYTES);
	if (link_json_write(m, NOW_MS, &b) != 0)
		abort();
	text = arena_str(a, buf_view(&b));
	buf_release(&b);
	return text;
}

static void
by_json(struct arena *a, struct str text)
{
	struct link_message m;

	if (text.n > LINK_MAX_BYTES)
		return;
	if (link_json_parse(a, text, NOW_MS, &m, NULL) != 0)
		abort();
	assert(str_eq(text, text_of(a, &m)));
}

static void
by_ipc(struct arena *a, const struct link_message *m, struct str text)
{
	struct link_message read;
	struct ipc_out out;
	struct ipc_in in;
	char *block;

	link_ipc_write(&out, m);
	in = (struct ipc_in){ .type = out.type, .rd = rd_of(buf_view(&out.body)), .fd = -1 };
	if (link_ipc_read(&in, a, &read) != 0)
		abort();
	block = link_own(read.type, &read.guest);
	ipc_drop(&out);
	assert(str_eq(text, text_of(a, &read)));
	xfree(block);
}

static void
into_tables(const struct link_message *m)
{
	struct guests *guests = guests_new(rand_system());
	struct signers *signers = signers_new();
	struct keys keys = { 0 };

	if ((m->type == LINK_GUEST && guests_put(guests, &m->guest) != 0) ||
	    (m->type == LINK_SIGNER && signers_put(signers, &m->signer, 0) != 0) ||
	    (m->type == LINK_KEY && keys_put(&keys, &m->key, 0) != 0))
		abort();
	keys_release(&keys);
	guests_free(guests);
	signers_free(signers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 << 20);
	struct link_message m;
	struct errinfo ei;
	struct str text;

	if (link_json_parse_agent(a, str_of_n(data, size), &m, &ei) == 0 && m.type != LINK_UNKNOWN)
		assert(m.type == LINK_HELLO || m.type == LINK_CLOCK || m.type == LINK_RENEWAL);
	if (link_json_parse(a, str_of_n(data, size), NOW_MS, &m, &ei) == 0 &&
	    m.type != LINK_UNKNOWN) {
		assert(link_check(m.type, &m.guest, &ei) == 0);
		text = text_of(a, &m);
		by_json(a, text);
		/* What is about the agent's certificate has no IPC form. */
		if (m.type < LINK_RENEW)
			by_ipc(a, &m, text);
		into_tables(&m);
	}
	arena_free(a);
	return 0;
}
