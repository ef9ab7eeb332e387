/*
 * channel_test: tests questions and answers by number, with exchanges that note what they are
 * told.
 */
#include "core_rig.h"

/* A route for rooms that need one; no test asks for its path. */
static const struct front_route no_route = { "/never", NULL, NULL };

/* Notes in `told` what it is told: "a" for asked, the status of an answer, "l" for lost. */
struct asker {
	struct exchange x;
	struct channel *k;
	char told[64];
	bool nonsense;      /* finds what core says senseless */
	struct asker *next; /* asks this one when it is lost */
};

static void
note(struct asker *a, const char *what)
{
	size_t n = strlen(a->told);

	snprintf(a->told + n, sizeof(a->told) - n, "%s", what);
}

/* Any message will do. */
static void
on_ask(void *ctx, uint64_t number, struct ipc_out *m)
{
	(void)ctx;
	words_link_text(m, number, STR("question"));
}

static void
on_asked(void *ctx)
{
	note(ctx, "a");
}

static int
on_said(void *ctx, const struct core_words *w)
{
	struct asker *a = ctx;
	char status[8];

	if (a->nonsense)
		return ERR_PEER;
	snprintf(status, sizeof(status), "%u", w->response.status);
	note(a, status);
	channel_forget(a->k, &a->x);
	return 0;
}

static void
on_lost(void *ctx)
{
	struct asker *a = ctx;

	note(a, "l");
	channel_forget(a->k, &a->x);
	if (a->next != NULL)
		channel_ask(a->k, &a->next->x);
}

static const struct exchange_ops ops = { on_ask, on_asked, on_said, on_lost };

static void
askers(struct rig *r, struct asker *a, size_t n)
{
	size_t i;

	memset(a, 0, n * sizeof(*a));
	for (i = 0; i < n; i++) {
		a[i].k = r->room.front.channel;
		a[i].x.ops = &ops;
		a[i].x.ctx = &a[i];
	}
}

static void
answers_find_their_question(void **state)
{
	struct asker a[3];
	struct ipc_in m;
	struct rig r;
	uint64_t n[3];
	size_t i;

	(void)state;
	rig_init(&r, &no_route);
	askers(&r, a, 3);
	for (i = 0; i < 3; i++)
		channel_ask(a[i].k, &a[i].x);
	assert_int_equal(channel_in_flight(a[0].k), 3);
	for (i = 0; i < 3; i++) {
		assert_string_equal(a[i].told, "a");
		n[i] = core_gets(&r, MSG_FC_UPLINK_TEXT, &m);
		assert_int_equal(n[i], a[i].x.number);
	}
	core_answers(&r, n[2], 202, "");
	core_answers(&r, n[0], 200, "");
	assert_string_equal(a[0].told, "a200");
	assert_string_equal(a[1].told, "a");
	assert_string_equal(a[2].told, "a202");
	assert_int_equal(channel_in_flight(a[0].k), 1);
	/* A second answer, and one to an asker that has left, are ignored; the channel stays
	 * open. */
	core_answers(&r, n[0], 500, "");
	channel_forget(a[1].k, &a[1].x);
	core_answers(&r, n[1], 201, "");
	assert_string_equal(a[0].told, "a200");
	assert_string_equal(a[1].told, "a");
	assert_int_equal(channel_in_flight(a[0].k), 0);
	/* A number is never used again. */
	channel_ask(a[1].k, &a[1].x);
	assert_true(a[1].x.number > n[2]);
	channel_forget(a[1].k, &a[1].x);
	rig_release(&r);
}

static void
nobody_knows_this_number(void **state)
{
	static const uint64_t numbers[] = { 0, 2, 1ULL << 60 };
	struct asker a;
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++) {
		rig_init(&r, &no_route);
		askers(&r, &a, 1);
		channel_ask(a.k, &a.x);
		core_answers(&r, numbers[i], 200, "");
		assert_string_equal(a.told, "al");
		channel_is_given_up(&r);
		rig_release(&r);
	}
	/* An asker that leaves after it was given a number, but before core was told. */
	rig_init(&r, &no_route);
	askers(&r, &a, 1);
	ipc_free(r.core);
	r.core = NULL;
	turns(&r, 2);
	channel_ask(a.k, &a.x);
	assert_string_equal(a.told, "");
	channel_forget(a.k, &a.x);
	rig_release(&r);
}

static void
senseless_to_the_asker(void **state)
{
	struct asker a[2];
	struct rig r;

	(void)state;
	rig_init(&r, &no_route);
	askers(&r, a, 2);
	a[0].nonsense = true;
	channel_ask(a[0].k, &a[0].x);
	channel_ask(a[1].k, &a[1].x);
	core_answers(&r, a[0].x.number, 200, "");
	assert_string_equal(a[0].told, "al");
	assert_string_equal(a[1].told, "al");
	channel_is_given_up(&r);
	rig_release(&r);
}

/* When core dies, questions it was sent are lost. Those that waited, and those asked during the
 * loss, go to the next core, in order. */
static void
core_dies(void **state)
{
	struct asker a[4];
	struct ipc_in m;
	struct rig r;

	(void)state;
	rig_init(&r, &no_route);
	askers(&r, a, 4);
	a[0].next = &a[3];
	channel_ask(a[0].k, &a[0].x);
	channel_ask(a[1].k, &a[1].x);
	ipc_free(r.core);
	r.core = NULL;
	turns(&r, 2);
	assert_string_equal(a[0].told, "al");
	assert_string_equal(a[1].told, "al");
	channel_ask(a[2].k, &a[2].x);
	assert_int_equal(channel_in_flight(a[0].k), 2);
	assert_string_equal(a[2].told, "");
	new_core(&r);
	assert_int_equal(core_gets(&r, MSG_FC_UPLINK_TEXT, &m), a[3].x.number);
	assert_int_equal(core_gets(&r, MSG_FC_UPLINK_TEXT, &m), a[2].x.number);
	assert_string_equal(a[2].told, "a");
	assert_int_equal(ipc_recv(r.parent, &m), ERR_AGAIN); /* its end is not our fault */
	channel_forget(a[2].k, &a[2].x);
	channel_forget(a[3].k, &a[3].x);
	rig_release(&r);
}

/* Only one question waits in the channel's own queue; the rest follow when core reads on. */
static void
core_does_not_read(void **state)
{
	struct asker *a = xalloc(2000 * sizeof(*a));
	struct ipc_in m;
	struct rig r;
	size_t i, n = 0;

	(void)state;
	rig_init(&r, &no_route);
	askers(&r, a, 2000);
	for (i = 0; i < 2000; i++)
		channel_ask(a[i].k, &a[i].x);
	for (i = 0; i < 2000 && a[i].told[0] != '\0'; i++)
		;
	assert_true(i > 1 && i < 2000);
	/* Core is not asked for one that leaves the queue. */
	channel_forget(a[1999].k, &a[1999].x);
	while (n < 1999) {
		if (ipc_recv(r.core, &m) == 0)
			n++;
		else
			turns(&r, 1);
	}
	turns(&r, 2);
	core_gets_nothing(&r);
	for (i = 0; i < 1999; i++) {
		assert_string_equal(a[i].told, "a");
		channel_forget(a[i].k, &a[i].x);
	}
	rig_release(&r);
	xfree(a);
}

/* A text that finds no room in a channel is refused, and the channel stays. A message that core
 * must get closes a channel that has no room for it. */
static void
must_be_told(void **state)
{
	struct buf big;
	struct ipc_out m;
	struct asker a;
	struct rig r;
	int e;

	(void)state;
	rig_init(&r, &no_route);
	askers(&r, &a, 1);
	channel_ask(a.k, &a.x);
	buf_init(&big, 1u << 20);
	(void)buf_reserve(&big, 1u << 20);
	buf_commit(&big, 1u << 20);
	do
		words_link_text(&m, 1, buf_view(&big));
	while ((e = channel_send(a.k, &m)) == 0);
	assert_int_equal(e, ERR_FULL);
	turns(&r, 2);
	assert_string_equal(a.told, "a");
	words_link_text(&m, 1, buf_view(&big));
	channel_tell(a.k, &m);
	turns(&r, 2);
	assert_string_equal(a.told, "al");
	channel_is_given_up(&r);
	words_link_text(&m, 1, buf_view(&big));
	assert_int_equal(channel_send(a.k, &m), ERR_CLOSED);
	words_link_text(&m, 1, buf_view(&big));
	channel_tell(a.k, &m); /* no core: nobody must know */
	buf_release(&big);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_find_their_question),
		cmocka_unit_test(nobody_knows_this_number),
		cmocka_unit_test(senseless_to_the_asker),
		cmocka_unit_test(core_dies),
		cmocka_unit_test(core_does_not_read),
		cmocka_unit_test(must_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
