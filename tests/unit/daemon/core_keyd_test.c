/* core_keyd_test: what core does about a keyd that dies, is late or lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "daemon/core_keyd.h"
#include "ipc/msg.h"

struct rig {
	struct core_keyd *keyd;
	struct ipc *peer;	/* keyd's end */
	bool bring;		/* wait brings a channel, with an answer in it */
	int waits, rejoins;
};

/* A reply that is there before the question saves a second process. */
static void
reply(struct rig *r, uint8_t valid)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_KD_REPLY);
	ipc_put_u8(&m, 1);
	ipc_put_u8(&m, valid);
	assert_int_equal(ipc_send(r->peer, &m, -1), 0);
}

static void
attach(struct rig *r)
{
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	ipc_free(r->peer);
	r->peer = ipc_new(fd[1], true, 65536);
	core_keyd_attach(r->keyd, fd[0]);
}

static int
on_wait(void *ctx, int timeout_ms)
{
	struct rig *r = ctx;

	assert_true(timeout_ms > 0);
	r->waits++;
	if (!r->bring)
		return ERR_TIMEOUT;
	attach(r);
	reply(r, 1);
	return 0;
}

static void
on_rejoin(void *ctx)
{
	((struct rig *)ctx)->rejoins++;
}

static void
rig_init(struct rig *r)
{
	const struct core_keyd_parent p = { on_wait, on_rejoin, r };

	*r = (struct rig){ .keyd = core_keyd_new() };
	core_keyd_set_parent(r->keyd, &p);
	attach(r);
}

static void
rig_release(struct rig *r)
{
	core_keyd_free(r->keyd);
	ipc_free(r->peer);
}

static int
ask(struct rig *r, bool *ret)
{
	static const uint8_t signature[32];
	const struct keyd_verify v = { .sealed_secret = STR("s"), .date = STR("20250101"),
		.region = STR("r"), .service = STR("ec2"), .string_to_sign = STR("x"),
		.signature = signature };
	const struct keyd_port *p = core_keyd_port(r->keyd);

	return p->verify(p->ctx, &v, ret);
}

static void
one_that_died_is_waited_for(void **state)
{
	bool valid = false;
	struct rig r;

	(void)state;
	rig_init(&r);
	r.bring = true;
	ipc_free(r.peer);
	r.peer = NULL;
	assert_int_equal(ask(&r, &valid), 0);
	assert_true(valid);
	assert_int_equal(r.waits, 1);
	assert_int_equal(r.rejoins, 0);
	rig_release(&r);
}

/* The others of a batch do not wait as the first one did. */
static void
only_one_waits_in_vain(void **state)
{
	bool valid = false;
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	ipc_free(r.peer);
	r.peer = NULL;
	for (i = 0; i < 64; i++)
		assert_int_equal(ask(&r, &valid), ERR_UNAVAIL);
	assert_int_equal(r.waits, 1);
	attach(&r);
	reply(&r, 1);
	assert_int_equal(ask(&r, &valid), 0);
	assert_true(valid);
	rig_release(&r);
}

static void
a_late_reply_costs_the_channel_and_no_more(void **state)
{
	bool valid = true;
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	r.bring = true;
	assert_int_equal(ask(&r, &valid), ERR_TIMEOUT);
	assert_int_equal(r.rejoins, 1);
	for (i = 0; i < 64; i++)
		assert_int_equal(ask(&r, &valid), ERR_UNAVAIL);
	assert_int_equal(r.waits, 0);
	assert_int_equal(r.rejoins, 1);
	attach(&r);
	reply(&r, 0);
	assert_int_equal(ask(&r, &valid), 0);
	assert_false(valid);
	rig_release(&r);
}

static void
nonsense_costs_the_channel_and_no_more(void **state)
{
	bool valid = true;
	struct rig r;

	(void)state;
	rig_init(&r);
	reply(&r, 2);
	assert_int_equal(ask(&r, &valid), ERR_PEER);
	assert_int_equal(r.rejoins, 1);
	assert_int_equal(ask(&r, &valid), ERR_UNAVAIL);
	assert_int_equal(r.waits, 0);
	attach(&r);
	reply(&r, 1);
	assert_int_equal(ask(&r, &valid), 0);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_died_is_waited_for),
		cmocka_unit_test(only_one_waits_in_vain),
		cmocka_unit_test(a_late_reply_costs_the_channel_and_no_more),
		cmocka_unit_test(nonsense_costs_the_channel_and_no_more),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
