/*
 * round_test: tests that a message is the same after it was written to JSON or IPC and read again,
 * and after it was copied, with each member at its smallest and at its largest.
 */
#include "kit.h"

#include "base/alloc.h"

static void
by_ipc(struct arena *a, const struct link_message *m, struct link_message *ret)
{
	struct ipc_out out;
	struct ipc_in in;

	link_ipc_write(&out, m);
	in = (struct ipc_in){ .type = out.type,
		.rd = rd_of(arena_str(a, buf_view(&out.body))),
		.fd = -1 };
	ipc_drop(&out);
	assert_int_equal(link_ipc_read(&in, a, ret), 0);
}

/* struct, JSON, struct, IPC, struct, and a copy of that. */
static void
go_round(struct arena *a, const struct link_message *m)
{
	struct link_message read = *m, said = *m, relayed;
	char *block;

	assert_int_equal(link_check(m->type, &m->guest, NULL), 0);
	assert_int_equal(kit_parse(a, m->type, kit_json(a, m), &read, NULL), 0);
	kit_assert_equal(m, &read);
	if (shape_of(m->type)->number == 0)
		return;
	if (m->type == LINK_KEY)
		said.key.at_ms = 0; /* it is said in JSON alone */
	by_ipc(a, &read, &relayed);
	kit_assert_equal(&said, &relayed);
	block = link_own(relayed.type, &relayed.guest);
	read = said;
	kit_assert_equal(&read, &relayed);
	xfree(block);
}

/* A copy holds when what it was made from is overwritten. */
static void
test_a_copy_is_its_own(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct link_message want = kit_message(LINK_GUEST), m;
	struct str bytes;
	struct ipc_out out;
	struct ipc_in in;
	char *block;

	(void)state;
	link_ipc_write(&out, &want);
	bytes = buf_view(&out.body);
	in = (struct ipc_in){ .type = out.type, .rd = rd_of(bytes), .fd = -1 };
	assert_int_equal(link_ipc_read(&in, a, &m), 0);
	block = link_own(LINK_GUEST, &m.guest);
	memset(out.body.p, '!', out.body.n);
	arena_reset(a);
	memset(arena_alloc(a, 4096), '!', 4096);
	kit_assert_equal(&want, &m);
	xfree(block);
	ipc_drop(&out);
	arena_free(a);
}

static void
test_ordinary(void **state)
{
	struct arena *a = arena_new(1u << 20);
	enum link_type type;

	(void)state;
	for (type = LINK_HELLO; type <= LINK_RENEWAL_REFUSED; type++) {
		struct link_message m = kit_message(type);

		arena_reset(a);
		go_round(a, &m);
	}
	arena_free(a);
}

static void
test_each_member_at_its_limits(void **state)
{
	struct arena *a = arena_new(16u << 20);
	enum link_type type;
	size_t i;

	(void)state;
	for (type = LINK_HELLO; type <= LINK_RENEWAL_REFUSED; type++) {
		const struct shape *s = shape_of(type);

		for (i = 0; i < s->n; i++) {
			struct link_message least = kit_message(type), most = least;

			arena_reset(a);
			assert_true(kit_set(a, &least, &s->members[i], KIT_MIN));
			go_round(a, &least);
			assert_true(kit_set(a, &most, &s->members[i], KIT_MAX));
			go_round(a, &most);
		}
	}
	arena_free(a);
}

/* Everything at once, which is the longest message that there can be: it fits. */
static void
test_all_members_at_their_limits(void **state)
{
	static const enum kit_size sizes[] = { KIT_MIN, KIT_MAX };
	struct arena *a = arena_new(32u << 20);
	enum link_type type;
	size_t i, k;

	(void)state;
	for (type = LINK_HELLO; type <= LINK_RENEWAL_REFUSED; type++) {
		const struct shape *s = shape_of(type);

		for (k = 0; k < COUNT(sizes); k++) {
			struct link_message m = kit_message(type);

			arena_reset(a);
			for (i = 0; i < s->n; i++)
				assert_true(kit_set(a, &m, &s->members[i], sizes[k]));
			go_round(a, &m);
		}
	}
	arena_free(a);
}

/* A member of a struct that has no row would get lost on its way in silence. */
static void
test_every_byte_has_a_row(void **state)
{
	static const size_t sizes[SHAPE_KINDS] = {
		[SHAPE_LINE] = sizeof(struct str),
		[SHAPE_UNTIL] = sizeof(int64_t),
		[SHAPE_LINES] = sizeof(struct str),
		[SHAPE_BYTES] = sizeof(struct str),
		[SHAPE_LIST] = sizeof(struct link_list),
		[SHAPE_MAP] = sizeof(struct link_map),
		[SHAPE_SWITCH] = sizeof(bool),
		[SHAPE_SMALL] = sizeof(uint8_t),
		[SHAPE_NUMBER] = sizeof(int64_t),
	};
	static const struct {
		enum link_type type;
		size_t bytes, padding;
	} rows[] = {
		{ LINK_HELLO, sizeof(struct link_hello), 7 },
		{ LINK_CLOCK, sizeof(struct link_clock), 0 },
		{ LINK_SIGNER, sizeof(struct link_signer), 7 },
		{ LINK_GUEST, sizeof(struct link_guest), 5 },
		{ LINK_GUEST_GONE, sizeof(struct link_guest_gone), 0 },
		{ LINK_KEY, sizeof(struct link_key), 0 },
		{ LINK_KEY_GONE, sizeof(struct link_key_gone), 0 },
	};
	size_t i, k, at, bare;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const struct shape *s = shape_of(rows[i].type);
		bool used[sizeof(struct link_message)] = { false };

		for (k = 0; k < s->n; k++) {
			for (at = 0; at < sizes[s->members[k].kind]; at++) {
				assert_false(used[s->members[k].at + at]);
				used[s->members[k].at + at] = true;
			}
		}
		for (bare = 0, at = 0; at < rows[i].bytes; at++)
			bare += !used[at];
		assert_int_equal(bare, rows[i].padding);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_each_member_at_its_limits),
		cmocka_unit_test(test_all_members_at_their_limits),
		cmocka_unit_test(test_a_copy_is_its_own),
		cmocka_unit_test(test_every_byte_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
