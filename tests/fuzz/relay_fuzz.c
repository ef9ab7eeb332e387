/*
 * relay: a message of uplink as imds reads it: the first byte chooses the type,
 * the rest is the body.
 */
#include <stdint.h>

#include "agent/feed.h"
#include "base/log.h"
#include "ipc/msg.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_opts o = { .guests = guests_new(),
		.signers = signers_new(),
		.now_ms = now_ms,
		.synced = synced };
	struct feed *f = feed_new(&o);
	struct ipc_in in = { .fd = -1 };

	log_set_level(LOG_LEVEL_ERROR);
	if (size > 0) {
		in.type = (uint16_t)(MSG_UI_SIGNER + data[0] % 8);
		in.rd = rd_of(str_of_n(data + 1, size - 1));
		(void)!feed_take(f, &in);
	}
	feed_free(f);
	guests_free(o.guests);
	signers_free(o.signers);
	return 0;
}
