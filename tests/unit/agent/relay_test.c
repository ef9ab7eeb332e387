/* relay_test: from uplink's message over a channel into the tables of imds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/feed.h"
#include "agent/relay.h"
#include "base/log.h"
#include "ipc/msg.h"

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
	o.guests = r->guests = guests_new();
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
tell(struct rig *r, const struct message *m)
{
	struct ipc_out out;

	relay_write(&out, m);
	assert_int_equal(ipc_send(r->uplink, &out, -1), 0);
	assert_int_equal(receive(r), 0);
}

static void
tell_reset(struct rig *r)
{
	struct ipc_out out;

	relay_write_reset(&out);
	assert_int_equal(ipc_send(r->uplink, &out, -1), 0);
	assert_int_equal(receive(r), 0);
}

static const struct str groups[] = { { "a", 1 }, { "b", 1 } };
static const struct guest_tag tags[] = { { { "k", 1 }, { "", 0 } } };

static struct message
guest_message(void)
{
	return (struct message){ .type = MESSAGE_GUEST,
		.guest = { .instance_id = STR(ID),
		    .private_ip = STR("10.0.0.5"),
		    .hostname = STR("h"),
		    .availability_zone = STR("eu-test-1a"),
		    .region = STR("eu-test-1"),
		    .domain = STR("amazonaws.com"),
		    .user_data = { "\0\1", 2 },
		    .groups = groups,
		    .n_groups = 2,
		    .tags = tags,
		    .n_tags = 1,
		    .http_tokens_required = true,
		    .hop_limit = 5,
		    .launch_s = 7 } };
}

static struct message
key_message(struct str request)
{
	return (struct message){ .type = MESSAGE_KEY,
		.instance_id = STR(ID),
		.key = { .os_user = STR("u"),
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
	static const struct signer_staple staples[] = { { { LEAF, 40 }, { "AA==", 4 } } };
	struct message m = guest_message();
	const struct guest_desc *d;
	struct rig r;

	(void)state;
	rig_init(&r);
	tell(&r, &m);
	d = &the_guest(&r)->desc;
	assert_true(str_eq_c(d->domain, "amazonaws.com"));
	assert_true(str_eq(d->user_data, m.guest.user_data));
	assert_int_equal(d->n_groups, 2);
	assert_true(str_eq_c(d->groups[1], "b"));
	assert_true(str_eq_c(d->tags[0].key, "k"));
	assert_false(d->http_endpoint);
	assert_true(d->http_tokens_required);
	assert_int_equal(d->hop_limit, 5);
	assert_int_equal(d->launch_s, 7);

	m = (struct message){ .type = MESSAGE_SIGNER,
		.signer = { STR(LEAF), STR("PEM"), staples, 1 } };
	tell(&r, &m);
	assert_true(str_eq_c(signers_current(r.signers)->desc.chain, "PEM"));
	assert_true(str_eq_c(signers_current(r.signers)->desc.staples[0].base64, "AA=="));

	m = key_message(STR("r1"));
	tell(&r, &m);
	assert_true(keys_live(&the_guest(&r)->keys, STR("u"), STR(LEAF), 1999));
	assert_false(keys_live(&the_guest(&r)->keys, STR("u"), STR(LEAF), 2000));

	m = (struct message){ .type = MESSAGE_KEY_GONE,
		.instance_id = STR(ID),
		.request_id = STR("r1") };
	tell(&r, &m);
	assert_int_equal(the_guest(&r)->keys.n, 0);

	m = (struct message){ .type = MESSAGE_GUEST_GONE, .instance_id = STR(ID) };
	tell(&r, &m);
	assert_null(the_guest(&r));
	rig_release(&r);
}

static void
test_a_sync_leaves_what_was_repeated(void **state)
{
	struct message guest = guest_message(), other = guest_message(), m;
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
	m = (struct message){ .type = MESSAGE_SYNCED };
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
	struct message m = guest_message();
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
	struct message m = guest_message();
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
	relay_write(&out, &m);
	ipc_put_u8(&out, 0);
	assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
	assert_int_equal(receive(&r), ERR_PEER);
	/* not imds's business */
	ipc_begin(&out, MSG_CTL_GO);
	assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
	assert_int_equal(receive(&r), ERR_PEER);
	/* a flag that is neither */
	m.guest.n_groups = 0;
	m.guest.n_tags = 0;
	relay_write(&out, &m);
	out.body.p[out.body.n - 1 - 8 - 1] = 2;
	assert_int_equal(ipc_send(r.uplink, &out, -1), 0);
	assert_int_equal(receive(&r), ERR_PEER);
	assert_null(the_guest(&r));
	rig_release(&r);
}

/* ---- the bytes ---- */

/* Every field's bytes in the order of docs/PROTOCOL.md 1.5. */
#define S(n, text) "\0\0\0" n text
/* clang-format off */
static const char signer_bytes[] = S("\x28", LEAF) S("\3", "PEM")
    "\0\1" S("\x28", LEAF) S("\4", "AA==");
static const char guest_bytes[] = S("\x13", ID)
    S("\1", "1") S("\1", "2") S("\1", "3") S("\1", "4") S("\1", "5") S("\1", "6") S("\1", "7")
    S("\1", "8") S("\1", "9") S("\1", "a") S("\1", "b") S("\1", "c") S("\1", "d") S("\1", "e")
    S("\2", "\0\1")
    "\0\2" S("\1", "a") S("\1", "b")
    "\0\1" S("\1", "k") S("\0", "")
    "\0\1\5" "\0\0\0\0\0\0\0\7";
static const char key_bytes[] = S("\x13", ID) S("\1", "u") S("\2", "r1") S("\x28", LEAF)
    "\0\0\0\0\0\0\x07\xd0" S("\2", "e\n");
static const char gone_bytes[] = S("\x13", ID);
static const char key_gone_bytes[] = S("\x13", ID) S("\2", "r1");
/* clang-format on */

static void
assert_bytes(const struct message *m, uint16_t type, const char *bytes, size_t n)
{
	struct ipc_out out;

	relay_write(&out, m);
	assert_int_equal(out.type, type);
	assert_int_equal(out.body.n, n);
	assert_memory_equal(out.body.p, bytes, n);
	ipc_drop(&out);
}

static void
test_the_bytes(void **state)
{
	static const struct signer_staple staples[] = { { { LEAF, 40 }, { "AA==", 4 } } };
	struct message m = guest_message();
	struct guest_desc *d = &m.guest;
	struct str *texts[] = { &d->private_ip, &d->public_ip, &d->mac, &d->hostname, &d->ami_id,
		&d->instance_type, &d->availability_zone, &d->region, &d->domain, &d->account_id,
		&d->vpc_id, &d->subnet_id, &d->key_name, &d->public_key };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = (struct str){ "123456789abcde" + i, 1 };
	assert_bytes(&m, 0x0502, guest_bytes, sizeof(guest_bytes) - 1);
	m = (struct message){ .type = MESSAGE_SIGNER,
		.signer = { STR(LEAF), STR("PEM"), staples, 1 } };
	assert_bytes(&m, 0x0501, signer_bytes, sizeof(signer_bytes) - 1);
	m = key_message(STR("r1"));
	assert_bytes(&m, 0x0504, key_bytes, sizeof(key_bytes) - 1);
	m = (struct message){ .type = MESSAGE_GUEST_GONE, .instance_id = STR(ID) };
	assert_bytes(&m, 0x0503, gone_bytes, sizeof(gone_bytes) - 1);
	m = (struct message){ .type = MESSAGE_KEY_GONE,
		.instance_id = STR(ID),
		.request_id = STR("r1") };
	assert_bytes(&m, 0x0505, key_gone_bytes, sizeof(key_gone_bytes) - 1);
	m = (struct message){ .type = MESSAGE_SYNCED };
	assert_bytes(&m, 0x0506, "", 0);
	m = (struct message){ .type = MESSAGE_RESET };
	assert_bytes(&m, 0x0507, "", 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_bytes),
		cmocka_unit_test(test_every_value_arrives),
		cmocka_unit_test(test_a_sync_leaves_what_was_repeated),
		cmocka_unit_test(test_what_the_tables_refuse_is_left_out),
		cmocka_unit_test(test_nonsense_ends_the_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
