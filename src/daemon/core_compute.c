/*
 * core_compute: see core_compute.h.
 */
#include "daemon/core_compute.h"

#include <poll.h>

#include "base/alloc.h"
#include "base/log.h"
#include "ipc/msg.h"
#include "region/lifecycle.h"
#include "region/task.h"

#define QUEUE_BYTES (64u << 20)
#define MAX_OUTPUT_BYTES 65536
#define MAX_REASON_BYTES 1024

struct core_compute {
	struct ipc *channel; /* NULL: none at the moment */
	struct compute_port port;
};

static int
start(void *ctx, uint64_t job, struct str verb, const struct compute_option *options, size_t n)
{
	struct core_compute *c = ctx;
	struct ipc_out m;
	size_t i;
	int r;

	if (c->channel == NULL)
		return ERR_UNAVAIL;
	ipc_begin(&m, MSG_CM_VERB);
	ipc_put_u64(&m, job);
	ipc_put_str(&m, verb);
	ipc_put_u16(&m, (uint16_t)n);
	for (i = 0; i < n; i++) {
		ipc_put_str(&m, options[i].name);
		ipc_put_str(&m, options[i].value);
	}
	if ((r = ipc_send(c->channel, &m, -1)) != 0) {
		log_warn("compute", log_e(r));
		return ERR_UNAVAIL;
	}
	return 0;
}

struct core_compute *
core_compute_new(void)
{
	struct core_compute *c = xalloc(sizeof(*c));

	c->port = (struct compute_port){ c, start };
	return c;
}

void
core_compute_free(struct core_compute *c)
{
	if (c == NULL)
		return;
	ipc_free(c->channel);
	xfree(c);
}

const struct compute_port *
core_compute_port(const struct core_compute *c)
{
	return &c->port;
}

static int
up(struct region *region, void *ctx)
{
	(void)ctx;
	return lifecycle_compute_up(region);
}

void
core_compute_attach(struct core_compute *c, struct region *region, int fd)
{
	int r;

	ipc_free(c->channel);
	c->channel = ipc_new(fd, true, QUEUE_BYTES);
	if ((r = task_run(region, up, NULL)) != 0)
		log_error("compute-up", log_e(r));
}

int
core_compute_fd(const struct core_compute *c, short *ret_events)
{
	*ret_events = 0;
	if (c->channel == NULL)
		return -1;
	*ret_events = (short)(POLLIN | (ipc_pending(c->channel) ? POLLOUT : 0));
	return ipc_fd(c->channel);
}

static int
done(struct region *region, void *ctx)
{
	return lifecycle_done(region, ctx);
}

static int
on_done(void *ctx, struct ipc_in *m)
{
	struct lifecycle_result res;
	int r;

	if ((r = ipc_get_u64(m, &res.job)) != 0 || (r = ipc_get_u32(m, &res.status)) != 0 ||
	    (r = ipc_get_str(m, MAX_OUTPUT_BYTES, &res.output)) != 0 ||
	    (r = ipc_get_str(m, MAX_REASON_BYTES, &res.reason)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	/* That is no reason to close the channel. The timer will see to the instance. */
	if ((r = task_run(ctx, done, &res)) != 0)
		log_error("job", log_i("job", (int64_t)res.job), log_e(r));
	if ((r = lifecycle_refresh(ctx)) != 0)
		log_error("refresh", log_e(r));
	return 0;
}

int
core_compute_step(struct core_compute *c, struct region *region)
{
	static const struct ipc_rule rules[] = { { MSG_MC_DONE, false, on_done } };
	uint64_t used = 0;
	struct ipc_in m;
	int r = 0;

	if (c->channel != NULL && ipc_pending(c->channel))
		r = ipc_flush(c->channel);
	while ((r == 0 || r == ERR_AGAIN) && c->channel != NULL) {
		if ((r = ipc_recv(c->channel, &m)) == ERR_AGAIN)
			return 0;
		if (r == 0)
			r = ipc_dispatch(rules, 1, &used, &m, region);
	}
	if (c->channel == NULL)
		return 0;
	log_warn("compute-lost", log_e(r));
	ipc_free(c->channel);
	c->channel = NULL;
	lifecycle_compute_down(region);
	return r;
}
