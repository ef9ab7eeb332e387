/*
 * link_ipc_fuzz: reads a message of the link over IPC; the first byte chooses the type, the rest
 * is the body. A message that is read must be written back in the same bytes, and the tables of
 * imds must cope with it.
 */
#include <assert.h>
#include <stdint.h>

#include "agent/feed.h"
#include "base/alloc.h"
#include "base/log.h"
#include "ipc/msg.h"
#include "link/ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t
now_ms(void *ctx)
{
	(void)ctx;
	return 0;
}

static void
synced(void *ctx)
{
	(void)ctx;
}

static void
into_tables(struct ipc_in in)
{
	struct feed_opts o = { .guests = guests_new(rand_system()),
		.signers = signers_new(),
		.now_ms = now_ms,
		.synced = synced };
	struct feed *f = feed_new(&o);

	log_set_level(LOG_LEVEL_ERROR);
	(void)!feed_take(f, &in);
	feed_free(f);
	guests_free(o.guests);
	signers_free(o.signers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	struct ipc_in in = { .fd = -1 };
	struct link_message m;
	struct ipc_out out;
	struct errinfo ei;
	char *block;

	if (size == 0)
		goto out;
	in.type = (uint16_t)(MSG_UI_SIGNER + data[0] % 8);
	in.rd = rd_of(str_of_n(data + 1, size - 1));
	into_tables(in);
	if (link_ipc_read(&in, a, &m) != 0)
		goto out;
	/* Whatever the texts are: they are looked at, and copied. */
	(void)!link_check(m.type, &m.guest, &ei);
	block = link_own(m.type, &m.guest);
	link_ipc_write(&out, &m);
	assert(out.type == in.type);
	assert(str_eq(buf_view(&out.body), str_of_n(data + 1, size - 1)));
	ipc_drop(&out);
	xfree(block);
out:
	arena_free(a);
	return 0;
}
