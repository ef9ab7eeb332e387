/*
 * core_front_test: tests several fronts on one core. The test stands in for the api and the
 * region: it notes what they are asked, and answers with what was sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "api/batch.h"
#include "base/alloc.h"
#include "base/log.h"
#include "daemon/core_front.h"
#include "ipc/msg.h"
#include "region/agents.h"
#include "region/task.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OWN_BITS 40

/* ---- the api ---- */

/* Requests whose body begins with "wait" leave their batch, until there is may_resume. */
static struct {
	struct api_request left[8];
	char body[8][64];
	size_t n_left, may_resume;
	char told[4096];   /* what it was told, in order */
	uint64_t link[16]; /* those that opened */
	size_t n_links;
	int open_fails, text_fails;
} api;

static void
note(const char *what, uint64_t link, struct str s)
{
	size_t n = strlen(api.told);

	snprintf(api.told + n, sizeof(api.told) - n, "%s%u:%u%.*s ", what,
	    (unsigned)(link >> OWN_BITS), (unsigned)(link & 0xffffff), (int)s.n, s.p);
}

void
batch_run(struct api *a, const struct api_request *reqs, size_t n, struct arena *arena,
    struct api_response *ret)
{
	size_t i;

	(void)a;
	(void)arena;
	note("batch", n, STR(""));
	for (i = 0; i < n; i++) {
		ret[i] = (struct api_response){ .status = 200, .body = reqs[i].body };
		if (!str_starts(reqs[i].body, STR("wait")))
			continue;
		ret[i].status = 0;
		api.left[api.n_left] = reqs[i];
		snprintf(api.body[api.n_left], sizeof(api.body[0]), "done %.*s",
		    (int)reqs[i].body.n, reqs[i].body.p);
		api.left[api.n_left].body = str_of(api.body[api.n_left]);
		api.n_left++;
	}
}

/* The key that a request names is the first word of its body. */
struct str
batch_key(const struct api_request *req)
{
	return str_head(req->body, str_index(req->body, ' '));
}

void
batch_turn_away(struct api *a, const struct api_request *req, struct arena *arena,
    struct api_response *ret)
{
	(void)a;
	(void)req;
	(void)arena;
	*ret = (struct api_response){ .status = 503, .body = STR("turned away") };
}

size_t
batch_resume(struct api *a, struct api_request *ret, size_t max)
{
	size_t n = 0;

	(void)a;
	for (; api.may_resume > 0 && n < max; api.may_resume--)
		ret[n++] = api.left[api.n_left - api.may_resume];
	return n;
}

int
task_run(struct region *a, int (*fn)(struct region *a, void *ctx), void *ctx)
{
	return fn(a, ctx);
}

int
agents_open(struct region *a, uint64_t link, struct str certificate)
{
	(void)a;
	note("open", link, certificate);
	if (api.open_fails == 0)
		api.link[api.n_links++] = link;
	return api.open_fails;
}

int
agents_text(struct region *a, uint64_t link, struct str text)
{
	(void)a;
	note("text", link, text);
	return api.text_fails;
}

int
agents_again(struct region *a, uint64_t link, struct str text)
{
	(void)a;
	note("again", link, text);
	return api.text_fails;
}

void
agents_closed(struct region *a, uint64_t link)
{
	(void)a;
	note("closed", link, STR(""));
}

void
agents_gone(struct region *a, uint64_t first, uint64_t last)
{
	(void)a;
	note("gone", first, STR(""));
	assert_int_equal(last - first, (1ULL << OWN_BITS) - 1);
}

/* ---- fronts ---- */

static struct {
	struct core_front *core;
	uint16_t rejoined[8];
	size_t n_rejoined;
} rig;

static int
rejoin(void *ctx, uint16_t front)
{
	assert_ptr_equal(ctx, &rig);
	rig.rejoined[rig.n_rejoined++] = front;
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR + 1);
	memset(&api, 0, sizeof(api));
	memset(&rig, 0, sizeof(rig));
	rig.core = core_front_new(rejoin, &rig, rand_system());
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	core_front_free(rig.core);
	return 0;
}

static struct ipc *
front(uint16_t number)
{
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	core_front_attach(rig.core, number, fd[1]);
	return ipc_new(fd[0], true, 64u << 20);
}

/* One round of core's loop; how many channels it has. */
static size_t
step(void)
{
	struct pollfd fds[CORE_FRONT_CHANNELS_MAX];
	size_t n = core_front_poll(rig.core, fds);
	bool more = true;

	while (more)
		assert_int_equal(core_front_step(rig.core, NULL, NULL, &more), 0);
	return n;
}

static void
told(const char *want)
{
	assert_string_equal(api.told, want);
	api.told[0] = '\0';
}

static void
says(struct ipc *f, struct ipc_out *m)
{
	assert_int_equal(ipc_send(f, m, -1), 0);
}

static void
ask(struct ipc *f, uint64_t number, struct str body)
{
	struct ipc_out m;
	int i;

	ipc_begin(&m, MSG_FC_REQUEST);
	ipc_put_u64(&m, number);
	ipc_put_str(&m, STR("id"));
	ipc_put_str(&m, STR("198.18.0.1"));
	ipc_put_u16(&m, 1234);
	for (i = 0; i < 5; i++)
		ipc_put_str(&m, STR("x"));
	ipc_put_u16(&m, 0);
	ipc_put_str(&m, body);
	says(f, &m);
}

static void
about_old_link(struct ipc *f, uint16_t type, uint64_t number, const char *text, struct str said)
{
	struct ipc_out m;

	ipc_begin(&m, type);
	ipc_put_u64(&m, number);
	if (type == MSG_FC_UPLINK_OPEN) {
		ipc_put_str(&m, STR("id"));
		ipc_put_str(&m, STR("198.18.0.1"));
	}
	if (type != MSG_FC_UPLINK_CLOSE)
		ipc_put_str(&m, str_of(text));
	if (type == MSG_FC_UPLINK_OPEN)
		ipc_put_str(&m, said);
	says(f, &m);
}

static void
about_link(struct ipc *f, uint16_t type, uint64_t number, const char *text)
{
	about_old_link(f, type, number, text, STR(""));
}

/* The next message of core. */
static uint64_t
hears(struct ipc *f, uint16_t type, struct ipc_in *m)
{
	uint64_t number;

	assert_int_equal(ipc_recv(f, m), 0);
	assert_int_equal(m->type, type);
	assert_int_equal(ipc_get_u64(m, &number), 0);
	return number;
}

static void
hears_answer(struct ipc *f, uint64_t number, const char *body)
{
	struct ipc_in m;
	uint16_t status, n;
	struct str s;

	assert_int_equal(hears(f, MSG_CF_RESPONSE, &m), number);
	assert_int_equal(ipc_get_u16(&m, &status), 0);
	assert_int_equal(ipc_get_u16(&m, &n), 0);
	assert_int_equal(ipc_get_str(&m, 1000, &s), 0);
	assert_true(str_eq_c(s, body));
}

static void
hears_nothing(struct ipc *f)
{
	struct ipc_in m;

	assert_int_equal(ipc_recv(f, &m), ERR_AGAIN);
}

static void
is_closed(struct ipc *f)
{
	struct ipc_in m;

	assert_int_equal(ipc_recv(f, &m), ERR_CLOSED);
}

/* ---- tests ---- */

/* The same numbers on both, and one batch. */
static void
two_fronts(void **state)
{
	struct ipc *a = front(0), *b = front(1);

	(void)state;
	ask(a, 1, STR("from a"));
	ask(b, 1, STR("from b"));
	ask(b, 2, STR("more of b"));
	assert_int_equal(step(), 2);
	told("batch0:3 ");
	hears_answer(a, 1, "from a");
	hears_nothing(a);
	hears_answer(b, 1, "from b");
	hears_answer(b, 2, "more of b");
	ipc_free(a);
	ipc_free(b);
}

/* A front that asks much does not hold up one that asks little. */
static void
fair(void **state)
{
	struct ipc *a = front(0), *b = front(1);
	struct ipc_in m;
	int i, before = 0;

	(void)state;
	for (i = 1; i <= 200; i++)
		ask(a, (uint64_t)i, STR("a"));
	ask(b, 1, STR("b"));
	(void)step();
	hears_answer(b, 1, "b");
	/* It was in the first batch of 64, though 200 came before it. */
	assert_memory_equal(api.told, "batch0:64 ", 10);
	while (ipc_recv(a, &m) == 0)
		before++;
	assert_int_equal(before, 200);
	ipc_free(a);
	ipc_free(b);
}

/* When too many wait, those who ask most are told so, at once. */
static void
turned_away(void **state)
{
	struct pollfd fds[CORE_FRONT_CHANNELS_MAX];
	struct ipc *a = front(0), *b = front(1);
	size_t i, n = 0, away = 0;
	struct ipc_in m;
	struct str body;
	bool more = true;

	(void)state;
	for (i = 1; i <= 3000; i++)
		ask(a, i, STR("a"));
	while (more || ipc_pending(a)) {
		(void)core_front_poll(rig.core, fds);
		assert_int_equal(core_front_step(rig.core, NULL, NULL, &more), 0);
		(void)!ipc_flush(a);
		while (ipc_recv(a, &m) == 0) {
			n++;
			body = str_from(m.rd.rest, m.rd.rest.n - 1);
			away += str_eq_c(body, "y");
		}
	}
	assert_int_equal(n, 3000);
	assert_in_range(away, 100, 2000);
	ask(b, 1, STR("b"));
	(void)step();
	hears_answer(b, 1, "b");
	ipc_free(a);
	ipc_free(b);
}

/* What a front does not take, it is not given without end: it is asked for no more. */
static void
answers_are_not_taken(void **state)
{
	char *big = xalloc(1u << 20);
	struct ipc *a = front(0), *b = front(1);
	struct ipc_in m;
	uint64_t i;

	(void)state;
	for (i = 1; i <= 40; i++)
		ask(a, i, str_of_n(big, 1u << 20));
	for (i = 0; i < 1000; i++) {
		(void)step();
		(void)!ipc_flush(a);
	}
	assert_true(ipc_pending(a));
	ask(b, 1, STR("b"));
	(void)step();
	hears_answer(b, 1, "b");
	/* When it takes them, it is heard again. */
	for (i = 0; i < 40;) {
		i += ipc_recv(a, &m) == 0;
		(void)step();
		(void)!ipc_flush(a);
	}
	assert_int_equal(rig.n_rejoined, 0);
	ipc_free(a);
	ipc_free(b);
	xfree(big);
}

static void
links_do_not_meet(void **state)
{
	struct ipc *a = front(0), *b = front(1);
	const struct front_port *port = core_front_port(rig.core);
	struct ipc_in m;
	struct str s;

	(void)state;
	about_link(a, MSG_FC_UPLINK_OPEN, 5, "A");
	about_link(b, MSG_FC_UPLINK_OPEN, 5, "B");
	(void)step();
	told("open1:5A open2:5B ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 5);
	assert_int_equal(hears(b, MSG_CF_UPLINK_ACCEPT, &m), 5);
	assert_true(api.link[0] != api.link[1]);
	port->text(port->ctx, api.link[1], STR("key"));
	hears_nothing(a);
	assert_int_equal(hears(b, MSG_CF_UPLINK_TEXT, &m), 5);
	assert_int_equal(ipc_get_str(&m, 100, &s), 0);
	assert_true(str_eq_c(s, "key"));
	about_link(b, MSG_FC_UPLINK_TEXT, 5, "hello");
	about_link(a, MSG_FC_UPLINK_CLOSE, 5, "");
	(void)step();
	told("closed1:5 text2:5hello ");
	port->close(port->ctx, api.link[1], 1000, STR("bye"));
	assert_int_equal(hears(b, MSG_CF_UPLINK_CLOSE, &m), 5);
	ipc_free(a);
	ipc_free(b);
}

/* When a front ends, so do its links, but not those of the other; messages to its links are
 * dropped. */
static void
one_ends(void **state)
{
	struct ipc *a = front(0), *b = front(1);
	const struct front_port *port = core_front_port(rig.core);
	struct ipc_in m;

	(void)state;
	about_link(a, MSG_FC_UPLINK_OPEN, 1, "A");
	about_link(b, MSG_FC_UPLINK_OPEN, 1, "B");
	(void)step();
	(void)hears(b, MSG_CF_UPLINK_ACCEPT, &m);
	api.told[0] = '\0';
	ipc_free(a);
	(void)step();
	told("gone1:0 ");
	assert_int_equal(step(), 1);
	told("");
	port->text(port->ctx, api.link[0], STR("lost"));
	port->close(port->ctx, api.link[0], 1000, STR("lost"));
	hears_nothing(b);
	assert_int_equal(rig.n_rejoined, 0); /* an end is nobody's fault */
	/* The same front again: other links, even with the same numbers. */
	a = front(0);
	about_link(a, MSG_FC_UPLINK_OPEN, 1, "A");
	(void)step();
	told("open3:1A ");
	ipc_free(a);
	ipc_free(b);
}

/* A front that has shut down its sending side gets all its answers, however slowly it reads. */
static void
half_closed(void **state)
{
	char *big = xalloc(1u << 20);
	struct ipc *a = front(0);
	struct ipc_in m;
	int i, n = 0, e;

	(void)state;
	for (i = 1; i <= 4; i++) {
		ask(a, (uint64_t)i, str_of_n(big, 1u << 20));
		while (ipc_pending(a)) {
			(void)step();
			(void)!ipc_flush(a);
		}
	}
	assert_int_equal(shutdown(ipc_fd(a), SHUT_WR), 0);
	(void)step();
	assert_true(core_front_pending(rig.core));
	for (i = 0; i < 10000 && (e = ipc_recv(a, &m)) != ERR_CLOSED; i++) {
		n += e == 0;
		(void)step();
	}
	assert_int_equal(n, 4);
	assert_false(core_front_pending(rig.core));
	assert_int_equal(step(), 0);
	assert_int_equal(rig.n_rejoined, 0);
	ipc_free(a);
	xfree(big);
}

/* A request that leaves its batch is answered later, by its number, and is first in its batch. */
static void
answered_later(void **state)
{
	struct ipc *a = front(0), *b = front(1);

	(void)state;
	ask(a, 1, STR("wait a"));
	ask(a, 2, STR("a"));
	ask(b, 1, STR("wait b"));
	(void)step();
	told("batch0:3 ");
	hears_answer(a, 2, "a");
	hears_nothing(a);
	hears_nothing(b);
	ask(b, 2, STR("b"));
	(void)step();
	hears_answer(b, 2, "b");
	api.told[0] = '\0';
	ask(b, 3, STR("more"));
	api.may_resume = 2;
	(void)step();
	told("batch0:3 ");
	hears_answer(a, 1, "done wait a");
	hears_answer(b, 1, "done wait b");
	hears_answer(b, 3, "more");
	ipc_free(a);
	ipc_free(b);
}

/* A front that goes, or is given up, gets nothing, and nor does the next one in its place. One
 * that only says no more is answered all that it is owed. */
static void
gone_meanwhile(void **state)
{
	struct pollfd fds[CORE_FRONT_CHANNELS_MAX];
	struct ipc *a = front(0), *b = front(1), *c;

	(void)state;
	ask(a, 1, STR("wait a"));
	ask(b, 1, STR("wait b"));
	(void)step();
	about_link(a, MSG_FC_UPLINK_OPEN, 0, "nonsense");
	assert_int_equal(shutdown(ipc_fd(b), SHUT_WR), 0);
	(void)step();
	is_closed(a);
	ipc_free(a);
	c = front(0);
	assert_int_equal(step(), 2);
	/* It is waited for nothing from b, whose end would be heard again and again. */
	assert_int_equal(core_front_poll(rig.core, fds), 2);
	assert_true((fds[0].fd == -1) != (fds[1].fd == -1));
	hears_nothing(b);
	assert_true(core_front_open(rig.core));
	api.may_resume = 2;
	(void)step();
	hears_nothing(c);
	hears_answer(b, 1, "done wait b");
	is_closed(b);
	ipc_free(b);
	/* One that is gone altogether is not kept. */
	ask(c, 1, STR("wait c"));
	(void)step();
	ipc_free(c);
	(void)step();
	api.may_resume = 1;
	(void)step();
	assert_int_equal(step(), 0);
	assert_false(core_front_open(rig.core));
}

/* Nonsense of one closes its channel, asks for another, and leaves the others. */
static void
nonsense(void **state)
{
	static const struct {
		uint16_t type;
		uint64_t number;
	} rows[] = {
		{ MSG_FC_UPLINK_OPEN, 0 },
		{ MSG_FC_UPLINK_OPEN, 1ULL << OWN_BITS },
		{ MSG_FC_UPLINK_TEXT, UINT64_MAX },
		{ MSG_FC_UPLINK_CLOSE, 0 },
		{ MSG_FC_REQUEST, 1 }, /* without its fields */
		{ MSG_CF_RESPONSE, 1 },
	};
	struct ipc *a, *b = front(3);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		a = front(2);
		ask(a, 7, STR("good"));
		about_link(a, rows[i].type, rows[i].number, "x");
		(void)step();
		hears_answer(a, 7, "good"); /* what came before was good */
		is_closed(a);
		assert_int_equal(rig.n_rejoined, 1);
		assert_int_equal(rig.rejoined[0], 2);
		rig.n_rejoined = 0;
		ask(b, i + 1, STR("still"));
		(void)step();
		hears_answer(b, i + 1, "still");
		ipc_free(a);
	}
	ipc_free(b);
}

static void
refused_and_failed(void **state)
{
	struct ipc *a = front(0);
	struct ipc_in m;
	uint16_t code;

	(void)state;
	api.open_fails = ERR_DENIED;
	about_link(a, MSG_FC_UPLINK_OPEN, 1, "A");
	(void)step();
	told("open1:1A closed1:1 ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_REFUSE, &m), 1);
	assert_int_equal(ipc_get_u16(&m, &code), 0);
	assert_int_equal(code, 403);
	api.open_fails = 0;
	api.text_fails = ERR_SYNTAX;
	about_link(a, MSG_FC_UPLINK_OPEN, 2, "A");
	about_link(a, MSG_FC_UPLINK_TEXT, 2, "?");
	(void)step();
	told("open1:2A text1:2? closed1:2 ");
	(void)hears(a, MSG_CF_UPLINK_ACCEPT, &m);
	assert_int_equal(hears(a, MSG_CF_UPLINK_CLOSE, &m), 2);
	assert_int_equal(ipc_get_u16(&m, &code), 0);
	assert_int_equal(code, 1008);
	ipc_free(a);
}

/* A link that an earlier core had accepted is accepted first, then it is as if its
 * agent said again what it had said. */
static void
opened_again(void **state)
{
	struct ipc *a = front(0);
	struct ipc_in m;
	uint16_t code;

	(void)state;
	about_old_link(a, MSG_FC_UPLINK_OPEN, 9, "A", STR("hello"));
	(void)step();
	told("open1:9A again1:9hello ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 9);
	hears_nothing(a);
	api.text_fails = ERR_SYS;
	about_old_link(a, MSG_FC_UPLINK_OPEN, 10, "A", STR("hello"));
	(void)step();
	told("open1:10A again1:10hello closed1:10 ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 10);
	assert_int_equal(hears(a, MSG_CF_UPLINK_CLOSE, &m), 10);
	assert_int_equal(ipc_get_u16(&m, &code), 0);
	assert_int_equal(code, 1011);
	api.open_fails = ERR_DENIED;
	about_old_link(a, MSG_FC_UPLINK_OPEN, 11, "A", STR("hello"));
	(void)step();
	told("open1:11A closed1:11 ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_REFUSE, &m), 11);
	hears_nothing(a);
	ipc_free(a);
}

/* More channels than there is room for: the oldest go. */
static void
too_many(void **state)
{
	struct ipc *all[CORE_FRONT_CHANNELS_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		all[i] = front((uint16_t)i);
	assert_int_equal(step(), CORE_FRONT_CHANNELS_MAX);
	all[i] = front((uint16_t)i);
	(void)step();
	assert_int_equal(rig.n_rejoined, 1);
	assert_int_equal(rig.rejoined[0], 0);
	is_closed(all[0]);
	(void)step();
	ask(all[i], 1, STR("last"));
	(void)step();
	hears_answer(all[i], 1, "last");
	for (i = 0; i < COUNT(all); i++)
		ipc_free(all[i]);
}

/* A front that is given channels without end, as a stolen one may ask for, loses its own. */
static void
one_that_asks_for_more(void **state)
{
	struct ipc *others[CORE_FRONT_CHANNELS_MAX - 2], *mine[64], *late;
	size_t i, n = COUNT(others);

	(void)state;
	for (i = 0; i < n; i++)
		others[i] = front((uint16_t)i);
	assert_int_equal(step(), n);
	for (i = 0; i < COUNT(mine); i++) {
		mine[i] = front(500);
		(void)step();
		(void)step();
	}
	assert_int_equal(step(), CORE_FRONT_CHANNELS_MAX);
	for (i = 0; i < COUNT(mine) - 2; i++)
		is_closed(mine[i]);
	ask(mine[i], 1, STR("mine"));
	(void)step();
	hears_answer(mine[i], 1, "mine");
	/* All places are taken: one of the two makes room, not one that is there for longest. */
	late = front(600);
	(void)step();
	assert_int_equal(step(), CORE_FRONT_CHANNELS_MAX);
	is_closed(mine[COUNT(mine) - 2]);
	ipc_free(late);
	(void)step();
	/* Several that come between two steps are one. */
	for (i = 0; i < COUNT(mine); i++) {
		ipc_free(mine[i]);
		mine[i] = front(500);
	}
	(void)step();
	(void)step();
	for (i = 0; i < COUNT(mine) - 1; i++)
		is_closed(mine[i]);
	for (i = 0; i < n; i++) {
		ask(others[i], 1, STR("still"));
		(void)step();
		hears_answer(others[i], 1, "still");
	}
	assert_int_equal(rig.n_rejoined, 0);
	for (i = 0; i < n; i++)
		ipc_free(others[i]);
	for (i = 0; i < COUNT(mine); i++)
		ipc_free(mine[i]);
}

/* Links have numbers of their own however many channels came before. */
static void
channels_without_end(void **state)
{
	const struct front_port *port = core_front_port(rig.core);
	struct ipc *a, *b = front(1);
	struct ipc_in m;
	uint64_t first;
	int i;

	(void)state;
	about_link(b, MSG_FC_UPLINK_OPEN, 5, "B");
	(void)step();
	assert_int_equal(hears(b, MSG_CF_UPLINK_ACCEPT, &m), 5);
	first = api.link[0];
	for (i = 0; i < 5000; i++) {
		a = front(0);
		(void)step();
		about_link(a, MSG_FC_UPLINK_OPEN, 5, "A");
		api.n_links = 0;
		(void)step();
		assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 5);
		assert_true(api.link[0] != first);
		assert_in_range(api.link[0] >> OWN_BITS, 1, 4095);
		api.told[0] = '\0';
		ipc_free(a);
	}
	port->text(port->ctx, first, STR("key"));
	assert_int_equal(hears(b, MSG_CF_UPLINK_TEXT, &m), 5);
	ipc_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_fronts, setup, teardown),
		cmocka_unit_test_setup_teardown(fair, setup, teardown),
		cmocka_unit_test_setup_teardown(turned_away, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_are_not_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(links_do_not_meet, setup, teardown),
		cmocka_unit_test_setup_teardown(one_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(half_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(answered_later, setup, teardown),
		cmocka_unit_test_setup_teardown(gone_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(refused_and_failed, setup, teardown),
		cmocka_unit_test_setup_teardown(opened_again, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_asks_for_more, setup, teardown),
		cmocka_unit_test_setup_teardown(channels_without_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
