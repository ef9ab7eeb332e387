/* ipc_test: tests the exact bytes of each message over IPC, and what is refused as nonsense. */
#include "kit.h"

#include "ipc/msg.h"

/* Every field's bytes in the order of docs/PROTOCOL.md 1.5. */
#define S(n, text) "\0\0\0" n text
/* clang-format off */
static const char signer_bytes[] = S("\x28", LEAF) S("\3", "PEM")
    "\0\1" S("\x28", LEAF) S("\4", "AA==") "\1";
static const char guest_bytes[] = S("\x13", ID)
    S("\1", "1") S("\1", "2") S("\1", "3") S("\1", "4") S("\1", "5") S("\1", "6") S("\1", "7")
    S("\1", "8") S("\1", "9") S("\1", "a") S("\1", "b") S("\1", "c") S("\1", "d") S("\1", "e")
    S("\1", "f") S("\1", "g") S("\1", "h") S("\1", "i") S("\1", "j")
    S("\2", "\0\1")
    "\0\2" S("\1", "a") S("\1", "b") "\0\1" S("\1", "c")
    "\0\1" S("\1", "k") S("\0", "")
    "\0\1\5" "\0\0\0\0\0\0\0\7" "\0\0\0\0\0\0\0\x0c";
static const char key_bytes[] = S("\x13", ID) S("\1", "u") S("\2", "r1") S("\x28", LEAF)
    "\0\0\0\0\0\0\x07\xd0" S("\2", "e\n");
static const char gone_bytes[] = S("\x13", ID);
static const char key_gone_bytes[] = S("\x13", ID) S("\2", "r1");
/* clang-format on */

#define BYTES(text) \
	{ \
		text, sizeof(text) - 1 \
	}
static const struct {
	uint16_t number;
	struct str bytes;
} written[] = {
	[LINK_SIGNER] = { 0x0501, BYTES(signer_bytes) },
	[LINK_GUEST] = { 0x0502, BYTES(guest_bytes) },
	[LINK_GUEST_GONE] = { 0x0503, BYTES(gone_bytes) },
	[LINK_KEY] = { 0x0504, BYTES(key_bytes) },
	[LINK_KEY_GONE] = { 0x0505, BYTES(key_gone_bytes) },
	[LINK_SYNCED] = { 0x0506, { "", 0 } },
	[LINK_RESET] = { 0x0507, { "", 0 } },
};

/* What these bytes say. */
static struct link_message
message(enum link_type type)
{
	static const struct link_pair staples[] = { { { LEAF, 40 }, { "AA==", 4 } } };
	static const struct link_pair tags[] = { { { "k", 1 }, { "", 0 } } };
	static const struct str groups[] = { { "a", 1 }, { "b", 1 } }, group_ids[] = { { "c", 1 } };
	struct link_message m = kit_message(type);
	struct link_guest *d = &m.guest;
	struct str *texts[] = { &d->private_ip, &d->public_ip, &d->mac, &d->hostname, &d->ami_id,
		&d->instance_type, &d->availability_zone, &d->region, &d->domain, &d->account_id,
		&d->vpc_id, &d->subnet_id, &d->key_name, &d->public_key, &d->availability_zone_id,
		&d->reservation_id, &d->interface_id, &d->subnet_cidr, &d->vpc_cidr };
	size_t i;

	if (type == LINK_SIGNER)
		m.signer = (struct link_signer){ STR(LEAF), STR("PEM"), { staples, 1 }, true };
	if (type == LINK_KEY) {
		m.key.os_user = STR("u");
		m.key.deadline_ms = 2000;
		m.key.entry = STR("e\n");
	}
	if (type != LINK_GUEST)
		return m;
	for (i = 0; i < COUNT(texts); i++)
		*texts[i] = (struct str){ &"123456789abcdefghij"[i], 1 };
	d->security_groups = (struct link_list){ groups, 2 };
	d->security_group_ids = (struct link_list){ group_ids, 1 };
	d->tags = (struct link_map){ tags, 1 };
	d->http_endpoint = false;
	d->http_tokens_required = true;
	d->hop_limit = 5;
	d->launched_at = 7;
	d->user_data = (struct str){ "\0\1", 2 };
	return m;
}

static void
test_the_bytes(void **state)
{
	enum link_type type;
	struct ipc_out out;

	(void)state;
	for (type = LINK_SIGNER; type <= LINK_RESET; type++) {
		struct link_message m = message(type);

		link_ipc_write(&out, &m);
		assert_int_equal(out.type, written[type].number);
		assert_int_equal(out.body.n, written[type].bytes.n);
		assert_memory_equal(out.body.p, written[type].bytes.p, written[type].bytes.n);
		ipc_drop(&out);
	}
}

static int
read_bytes(struct arena *a, uint16_t number, struct str bytes, struct link_message *ret)
{
	struct ipc_in in = { .type = number, .rd = rd_of(bytes), .fd = -1 };

	arena_reset(a);
	return link_ipc_read(&in, a, ret);
}

static void
test_read(void **state)
{
	struct arena *a = arena_new(1u << 20);
	enum link_type type;

	(void)state;
	for (type = LINK_SIGNER; type <= LINK_RESET; type++) {
		struct link_message want = message(type), got;

		if (type == LINK_KEY)
			want.key.at_ms = 0; /* it is said in JSON alone */
		assert_int_equal(read_bytes(a, written[type].number, written[type].bytes, &got), 0);
		kit_assert_equal(&want, &got);
	}
	arena_free(a);
}

/* Cut short at any byte, or one byte too long. */
static void
test_only_whole(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct link_message m;
	enum link_type type;
	struct buf b;
	size_t n;

	(void)state;
	for (type = LINK_SIGNER; type <= LINK_RESET; type++) {
		for (n = 0; n < written[type].bytes.n; n++)
			assert_int_equal(read_bytes(a, written[type].number,
					     str_head(written[type].bytes, n), &m),
			    ERR_PEER);
		buf_init(&b, 4096);
		buf_str(&b, written[type].bytes);
		buf_ch(&b, '\0');
		assert_int_equal(read_bytes(a, written[type].number, buf_view(&b), &m), ERR_PEER);
		buf_release(&b);
	}
	arena_free(a);
}

/* A byte at a place, counted from the end, that makes nonsense of a message. */
static void
test_nonsense(void **state)
{
	static const struct {
		enum link_type type;
		size_t from_end;
		char byte;
		int r;
	} rows[] = {
		{ LINK_GUEST, 1, '\x7f', 0 },
		{ LINK_GUEST, 8, '\x80', ERR_PEER },  /* a number below nothing */
		{ LINK_GUEST, 16, '\x80', ERR_PEER }, /* and a time */
		{ LINK_GUEST, 17, '\xff', 0 },        /* what a hop limit may be is link_check's */
		{ LINK_GUEST, 18, '\2', ERR_PEER },   /* a switch that is neither */
		{ LINK_GUEST, 19, '\xff', ERR_PEER },
		{ LINK_GUEST, 29, '\x41', ERR_PEER }, /* more tags than there may be */
		{ LINK_GUEST, 30, '\1', ERR_PEER },
		{ LINK_GUEST, 37, '\1', ERR_PEER }, /* and ids of groups, and groups */
		{ LINK_GUEST, 48, '\1', ERR_PEER },
		{ LINK_KEY, 14, '\x80', ERR_PEER }, /* a deadline below nothing */
		{ LINK_KEY, 3, '\3', ERR_PEER },    /* a text longer than the message */
		{ LINK_KEY, 3, '\1', ERR_PEER },
	};
	struct arena *a = arena_new(1u << 20);
	struct link_message m;
	struct buf b;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		buf_init(&b, 4096);
		buf_str(&b, written[rows[i].type].bytes);
		b.p[b.n - rows[i].from_end] = rows[i].byte;
		r = read_bytes(a, written[rows[i].type].number, buf_view(&b), &m);
		if (r != rows[i].r)
			print_message("row %zu\n", i);
		assert_int_equal(r, rows[i].r);
		buf_release(&b);
	}
	arena_free(a);
}

/* As many as there may be are read, and one more is not. */
static void
test_counts(void **state)
{
	static const struct {
		enum link_type type;
		const char *member;
		size_t max;
	} rows[] = {
		{ LINK_SIGNER, "staples", LINK_MAX_STAPLES },
		{ LINK_GUEST, "security_groups", LINK_MAX_GROUPS },
		{ LINK_GUEST, "tags", LINK_MAX_TAGS },
	};
	struct arena *a = arena_new(8u << 20), *read = arena_new(1u << 20);
	struct ipc_out out;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const struct shape *s = shape_of(rows[i].type);
		struct link_message m = kit_message(rows[i].type), got;

		for (k = 0; strcmp(s->members[k].name, rows[i].member) != 0; k++)
			;
		assert_int_equal(s->members[k].max, rows[i].max);
		assert_true(kit_set(a, &m, &s->members[k], KIT_MAX));
		link_ipc_write(&out, &m);
		assert_int_equal(read_bytes(read, out.type, buf_view(&out.body), &got), 0);
		ipc_drop(&out);
		assert_true(kit_set(a, &m, &s->members[k], KIT_ABOVE));
		link_ipc_write(&out, &m);
		assert_int_equal(read_bytes(read, out.type, buf_view(&out.body), &got), ERR_PEER);
		ipc_drop(&out);
	}
	arena_free(read);
	arena_free(a);
}

static void
test_other_numbers(void **state)
{
	static const uint16_t numbers[] = { 0, 1, MSG_CTL_GO, 0x0500, 0x0508, 0xffff };
	struct arena *a = arena_new(1u << 20);
	struct link_message m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++)
		assert_int_equal(read_bytes(a, numbers[i], STR(""), &m), ERR_PEER);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_bytes),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_only_whole),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_other_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
