/*
 * feed_test: tests that messages of the uplink, sent over a channel, arrive in the tables of imds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/feed.h"
#include "base/log.h"
#include "ipc/msg.h"
#include "link/ipc.h"

#define LEAF "0123456789ABCDEF0123456789ABCDEF01234567"
#define ID "i-0123456789abcdef0"

struct rig {
	struct ipc *uplink, *imds;
	struct guests *guests;
	struct signers *signers;
	struct feed *feed;
	int64_t now;
	int synced;
};

static int64_t
now_ms(void *ctx)
{
	return ((struct rig *)ctx)->now;
}

static void
on_synced(void *ctx)
{
	((struct rig *)ctx)->synced++;
}

static void
rig_init(struct rig *r)
{
	struct feed_opts o = { .now_ms = now_ms, .synced = on_synced, .ctx = r };
	int fds[2];

	*r = (struct rig){ .now = 1000 };
	assert_int_equal(ipc_pair(fds), 0);
	r->uplink = ipc_new(fds[0], true, 16 << 20);
	r->imds = ipc_new(fds[1], true, 4096);
	o.guests = r->guests = guests_new(rand_system());
	o.signers = r->signers = signers_new();
	r->feed = feed_new(&o);
}

static void
rig_release(struct rig *r)
{
	feed_free(r->feed);
	guests_free(r->guests);
	signers_free(r->signers);
	ipc_free(r->uplink);
	ipc_free(r->imds);
}

static int
receive(struct rig *r)
{
	struct ipc_in in;

	assert_int_equal(ipc_recv(r->imds, &in), 0);
	return feed_take(r->feed, &in);
}

static void
tell(struct rig *r, const struct link_message *m)
{
	struct ipc_out out;

	link_ipc_write(&out, m);
	assert_int_equal(ipc_send(r->uplink, &out, -1), 0);
	assert_int_equal(receive(r), 0);
}

static void
tell_reset(struct rig *r)
{
	const struct link_message m = { .type = LINK_RESET };
	struct ipc_out out;

	link_ipc_write(&out, &m);
	assert_int_equal(ipc_send(r->uplink, &out, -1), 0);
	assert_int_equal(receive(r), 0);
}

static const struct str groups[] = { { "a", 1 }, { "b", 1 } };
static const struct link_pair tags[] = { { { "k", 1 }, { "", 0 } } };

static struct link_message
guest_message(void)
{
	return (struct link_message){ .type = LINK_GUEST,
		.guest = { .instance_id = STR(ID),
		    .private_ip = STR("10.0.0.5"),
		    .hostname = STR("h"),
		    .availability_zone = STR("eu-test-1a"),
		    .region = STR("eu-test-1"),
		    .domain = STR("amazonaws.com"),
		    .user_data = { "\0\1", 2 },
		    .security_groups = { groups, 2 },
		    .tags = { tags, 1 },
		    .http_tokens_required = true,
		    .hop_limit = 5,
		    .launched_at = 7 } };
}

static struct link_message
key_message(struct str request)
{
	return (struct link_message){ .type = LINK_KEY,
		.key = { .instance_id = STR(ID),
		    .os_user = STR("u"),
		    .request_id = request,
		    .signer_id = STR(LEAF),
		    .deadline_ms = 2000,
		    .entry = STR("e\n") } };
}

static struct guest *
the_guest(struct rig *r)
{
	return guests_find(r->guests, STR(ID));
}

static void
test_every_value_arrives(void **state)
{
	static const struct link_pair staples[] = { { { LEAF, 40 }, { "AA==", 4 } } };
	struct link_message m = guest_message();
	const struct link_guest *d;
	struct rig r;

	(void)state;
	rig_init(&r);
	tell(&r, &m);
	d = &the_guest(&r)->desc;
	assert_true(str_eq_c(d->domain, "amazonaws.com"));
	assert_true(str_eq(d->user_data, m.guest.user_data));
	assert_int_equal(d->security_groups.n, 2);
	assert_true(str_eq_c(d->security_groups.v[1], "b"));
	assert_true(str_eq_c(d->tags.v[0].name, "k"));
	assert_false(d->http_endpoint);
	assert_true(d->http_tokens_required);
	assert_int_equal(d->hop_limit, 5);
	assert_int_equal(d->launched_at, 7);

	m = (struct link_message){ .type = LINK_SIGNER,
		.signer = { STR(LEAF), STR("PEM"), { staples, 1 }, false } };
	tell(&r, &m);
	assert_true(str_eq_c(signers_current(r.signers)->desc.chain, "PEM"));
	assert_true(str_eq_c(signers_current(r.signers)->desc.staples.v[0].value, "AA=="));

	m = key_message(STR("r1"));
	tell(&r, &m);
	assert_true(keys_live(&the_guest(&r)->keys, STR("u"), STR(LEAF), 1999));
	assert_false(keys_live(&the_guest(&r)->keys, STR("u"), STR(LEAF), 2000));

	m = (struct link_message){ .type = LINK_KEY_GONE, .key_gone = { STR(ID), STR("r1") } };
	tell(&r, &m);
	assert_int_equal(the_guest(&r)->keys.n, 0);

	m = (struct link_message){ .type = LINK_GUEST_GONE, .guest_gone = { STR(ID) } };
	tell(&r, &m);
	assert_null(the_guest(&r));
	rig_release(&r);
}

static void
test_a_sync_leaves_what_was_repeated(void **state)
{
	struct link_message guest = guest_message(), other = guest_message(), m;
	struct rig r;

	(void)state;
	rig_init(&r);
	other.guest.instance_id = STR("i-2222222222");
	other.guest.private_ip = STR("10.0.0.6");
	tell(&r, &guest);
	tell(&r, &other);
	m = key_message(STR("r1"));
	tell(&r, &m);
	m = key_message(STR("r2"));
	tell(&r, &m);

	tell_reset(&r);
	/* Until it is synced, everything is still served. */
	assert_int_equal(the_guest(&r)->keys.n, 2);
	tell(&r, &guest);
	tell(&r, &m);
	m = key_message(STR("r3"));
	tell(&r, &m);
	assert_int_equal(r.synced, 0);
	m = (struct link_message){ .type = LINK_SYNCED };
	tell(&r, &m);
	assert_int_equal(r.synced, 1);
	assert_null(guests_find(r.guests, STR("i-2222222222")));
	assert_int_equal(the_guest(&r)->keys.n, 2);
	keys_remove(&the_guest(&r)->keys, STR("r1"));
	assert_int_equal(the_guest(&r)->keys.n, 2);
	rig_release(&r);
}

static void
test_what_the_tables_refuse_is_left_out(void **state)
{
	struct link_message m = guest_message();
	struct rig r;

	(void)state;
	rig_init(&r);
	log_set_level(LOG_LEVEL_ERROR);
	m.guest.domain = STR("");
	tell(&r, &m);
	assert_null(the_guest(&r));
	m = key_message(STR("r1")); /* of a guest that is not there */
	tell(&r, &m);
	rig_release(&r);
}

static void
test_nonsense_ends_the_channel(void **state)
{
	static const uint16_t types[] = { MSG_UI_SIGNER, MSG_UI_GUEST, MSG_UI_GUEST_GONE,
		MSG_UI_KEY, MSG_UI_KEY_GONE };
	struct link_message m = guest_message();
	struct ipc_out out;
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r);
	/* too short, for each type */
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ipc_begin(&out, types[i]);
		assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
		assert_int_equal(receive(&r), ERR_PEER);
	}
	/* too long */
	link_ipc_write(&out, &m);
	ipc_put_u8(&out, 0);
	assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
	assert_int_equal(receive(&r), ERR_PEER);
	/* not imds's business */
	ipc_begin(&out, MSG_CTL_GO);
	assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
	assert_int_equal(receive(&r), ERR_PEER);
	/* a flag that is neither */
	m.guest.security_groups.n = 0;
	m.guest.tags.n = 0;
	link_ipc_write(&out, &m);
	out.body.p[out.body.n - 1 - 8 - 8 - 1] = 2;
	assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
	assert_int_equal(receive(&r), ERR_PEER);
	assert_null(the_guest(&r));
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_value_arrives),
		cmocka_unit_test(test_a_sync_leaves_what_was_repeated),
		cmocka_unit_test(test_what_the_tables_refuse_is_left_out),
		cmocka_unit_test(test_nonsense_ends_the_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
