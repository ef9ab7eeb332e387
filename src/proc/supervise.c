/*
 * supervise: see supervise.h. What starts and ends as one is a unit, with one back-off:
 * each process is a unit of its own, or all of them are one (together).
 */
#include "proc/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "proc/child.h"
#include "proc/control.h"
#include "proc/file.h"

#define BACKOFF_FIRST_MS 50
#define BACKOFF_MAX_MS 5000
#define HEALTHY_MS 10000
#define CONF_MAX_BYTES (1u << 20)
/* So long after a role asked for a new channel, so that both ends and those that ask
 * again and again get one channel, and a peer that has just died is seen to have. */
#define REJOIN_MS 100

struct unit {
	struct supervise *s;
	struct loop_timer again; /* set: it does not run, and is started then */
	int64_t started_ms, backoff_ms;
	bool ending; /* one of it has died, and the others have been killed */
};

/* A child and what supervise knows of it. */
struct member {
	struct child child;
	const struct supervise_row *row;
	struct unit *unit;
	bool fresh; /* spawned, and not told to go yet */
};

struct link {
	struct supervise *s;
	struct member *a, *b;
	struct loop_timer rejoin; /* set: one of them asked for a new channel */
};

struct supervise {
	struct supervise_opts o;
	struct child_opts child;
	struct buf conf;
	struct unit *units;
	struct member *members;
	struct link *links;
	size_t n_units, n_members, n_links;
	bool was_ready, draining, failed;
};

static struct member *
member_of(struct child *c)
{
	return (struct member *)((char *)c - offsetof(struct member, child));
}

/* ---- joining ---- */

/* Gives both a new end of a channel to each other. */
static void
join(struct link *k)
{
	struct child *a = &k->a->child, *b = &k->b->child;
	int pair[2];

	loop_timer_clear(k->s->o.loop, &k->rejoin);
	if (ipc_pair(pair) != 0) {
		child_kill(a, "no descriptor left");
		return;
	}
	child_sent(a, control_send_peer(a->control, b->role, b->number, pair[0]));
	child_sent(b, control_send_peer(b->control, a->role, a->number, pair[1]));
	close(pair[0]);
	close(pair[1]);
}

/* One that does not run gets its channels when it is started again. */
static void
on_rejoin_due(void *ctx)
{
	struct link *k = ctx;

	if (child_runs(&k->a->child) && child_runs(&k->b->child) && child_reads(&k->a->child) &&
	    child_reads(&k->b->child))
		join(k);
}

static bool
is(const struct child *c, enum msg_role role, uint16_t number)
{
	return c->role == role && c->number == number;
}

/* The link by which c talks to that process; NULL: it has none. */
static struct link *
find_link(struct supervise *s, const struct child *c, enum msg_role role, uint16_t number)
{
	struct link *k;
	size_t i;

	for (i = 0; i < s->n_links; i++) {
		k = &s->links[i];
		if ((&k->a->child == c && is(&k->b->child, role, number)) ||
		    (&k->b->child == c && is(&k->a->child, role, number)))
			return k;
	}
	return NULL;
}

static int
on_rejoin(void *ctx, struct child *c, enum msg_role role, uint16_t number)
{
	struct supervise *s = ctx;
	struct link *k;

	if (s->o.together || (k = find_link(s, c, role, number)) == NULL)
		return ERR_PEER;
	log_warn("rejoin", log_c("role", c->name),
	    log_c("with", (&k->a->child == c ? k->b : k->a)->child.name));
	if (!loop_timer_is_set(&k->rejoin))
		loop_timer_set(s->o.loop, &k->rejoin, REJOIN_MS);
	return 0;
}

/* ---- starting ---- */

static void
send_conf(struct supervise *s, struct child *c)
{
	int fd;

	if (file_sealed("conf", buf_view(&s->conf), &fd) != 0) {
		child_kill(c, "no descriptor left");
		return;
	}
	child_sent(c, control_send_file(c->control, STR("conf"), fd));
	close(fd);
}

static void
send_file(struct child *c, const struct supervise_file *f)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1) {
		/* The role says what it misses. */
		log_warn("open", log_c("file", f->path), log_c("why", strerror(errno)));
		return;
	}
	child_sent(c, control_send_file(c->control, str_of(f->name), fd));
	close(fd);
}

static void
send_files(struct supervise *s, struct member *m)
{
	size_t i;

	send_conf(s, &m->child);
	for (i = 0; i < SUPERVISE_FILES_MAX; i++)
		if (m->row->files[i].name != NULL)
			send_file(&m->child, &m->row->files[i]);
}

/* What it needs beside its peers, and the word to begin. */
static void
go(struct supervise *s, struct member *m)
{
	struct child *c = &m->child;
	const struct supervise_listener *l;
	size_t i;

	m->fresh = false;
	send_files(s, m);
	for (i = 0; m->row->listeners && i < s->o.n_listeners; i++) {
		l = &s->o.listeners[i];
		child_sent(c, control_send_listener(c->control, str_of(l->address), l->fd));
	}
	child_sent(c, control_send(c->control, MSG_CTL_GO));
}

/* Joins those that have just been spawned with all that run, and lets them go. */
static void
launch(struct supervise *s)
{
	struct member *m;
	struct link *k;
	size_t i;

	for (i = 0; i < s->n_links; i++) {
		k = &s->links[i];
		if ((k->a->fresh || k->b->fresh) && child_runs(&k->a->child) &&
		    child_runs(&k->b->child))
			join(k);
	}
	for (i = 0; i < s->n_members; i++) {
		m = &s->members[i];
		if (m->fresh && child_runs(&m->child))
			go(s, m);
	}
}

/* Stops at the first that cannot be spawned. */
static int
unit_spawn(struct unit *u)
{
	struct supervise *s = u->s;
	struct member *m;
	size_t i;
	int r;

	u->started_ms = loop_now_ms(s->o.loop);
	for (i = 0; i < s->n_members; i++) {
		m = &s->members[i];
		if (m->unit != u)
			continue;
		if ((r = child_spawn(&m->child)) != 0)
			return r;
		m->fresh = true;
	}
	return 0;
}

/* ---- ending ---- */

static void
back_off(struct unit *u)
{
	struct loop *l = u->s->o.loop;

	u->ending = false;
	if (u->backoff_ms == 0 || loop_now_ms(l) - u->started_ms >= HEALTHY_MS)
		u->backoff_ms = BACKOFF_FIRST_MS;
	else if ((u->backoff_ms *= 2) > BACKOFF_MAX_MS)
		u->backoff_ms = BACKOFF_MAX_MS;
	loop_timer_set(l, &u->again, u->backoff_ms);
}

/* One of it is down: ends the others, and when none runs any more it is to be started
 * again. */
static void
unit_fell(struct unit *u)
{
	struct supervise *s = u->s;
	struct member *m;
	bool runs = false;
	size_t i;

	for (i = 0; i < s->n_members; i++) {
		m = &s->members[i];
		if (m->unit != u || !child_runs(&m->child))
			continue;
		runs = true;
		if (!u->ending)
			child_kill(&m->child, "another of the same unit is down");
	}
	u->ending = runs;
	if (!runs)
		back_off(u);
}

static void
on_again(void *ctx)
{
	struct unit *u = ctx;
	struct supervise *s = u->s;
	size_t i;

	if (unit_spawn(u) != 0) {
		unit_fell(u);
		return;
	}
	launch(s);
	for (i = 0; i < s->n_members; i++)
		if (s->members[i].unit == u)
			log_info("restarted", log_c("role", s->members[i].child.name),
			    log_i("pid", s->members[i].child.pid),
			    log_i("after_ms", u->backoff_ms));
}

static void
kill_all(struct supervise *s, const char *why)
{
	size_t i;

	for (i = 0; i < s->n_members; i++)
		if (child_runs(&s->members[i].child))
			child_kill(&s->members[i].child, why);
}

/* Drains the first row that has something left. True: its end is to be waited for. */
static bool
row_drain(struct supervise *s, const struct supervise_row *row)
{
	bool wait = false;
	struct child *c;
	size_t i;

	for (i = 0; i < s->n_members; i++) {
		c = &s->members[i].child;
		if (s->members[i].row != row)
			continue;
		if (c->state == CHILD_STARTING || c->state == CHILD_UP)
			child_drain(c);
		else if (c->state == CHILD_DOWN)
			c->state = CHILD_GONE;
		wait = wait || c->state == CHILD_DRAINING;
	}
	return wait;
}

/* Goes on with draining; when nothing is left, the daemon ends. */
static void
drain_next(struct supervise *s)
{
	bool wait = false;
	size_t i;

	for (i = 0; i < s->o.n_rows && (s->o.together || !wait); i++)
		if (row_drain(s, &s->o.rows[i]))
			wait = true;
	if (!wait)
		s->o.ended(s->o.ctx, s->failed);
}

static void
on_ended(void *ctx, struct child *c, const char *how)
{
	struct supervise *s = ctx;
	struct member *m = member_of(c);

	if (s->draining) {
		log_info("ended", log_c("role", c->name), log_c("how", how));
		c->state = CHILD_GONE;
		drain_next(s);
		return;
	}
	c->state = CHILD_DOWN;
	if (m->unit->ending)
		log_info("ended", log_c("role", c->name), log_c("how", how));
	else
		log_error("died", log_c("role", c->name), log_c("how", how), log_i("pid", c->pid));
	if (s->was_ready) {
		unit_fell(m->unit);
		return;
	}
	s->failed = true;
	supervise_drain(s);
	if (s->o.together)
		kill_all(s, "another could not start");
}

static void
on_ready(void *ctx, struct child *c)
{
	struct supervise *s = ctx;
	size_t i;

	(void)c;
	for (i = 0; i < s->n_members; i++)
		if (s->members[i].child.state != CHILD_UP)
			return;
	if (!s->was_ready)
		s->o.ready(s->o.ctx);
	s->was_ready = true;
}

/* ---- all of them ---- */

static const struct child_events events = { on_ready, on_rejoin, on_ended };

static void
make_members(struct supervise *s)
{
	const struct supervise_row *row;
	struct member *m;
	size_t i;
	unsigned n;

	for (i = 0; i < s->o.n_rows; i++)
		s->n_members += s->o.rows[i].count;
	s->n_units = s->o.together ? 1 : s->n_members;
	s->members = xarray(s->n_members, sizeof(*s->members));
	s->units = xarray(s->n_units, sizeof(*s->units));
	for (i = 0; i < s->n_units; i++) {
		s->units[i].s = s;
		loop_timer_init(&s->units[i].again, on_again, &s->units[i]);
	}
	m = s->members;
	for (i = 0; i < s->o.n_rows; i++) {
		row = &s->o.rows[i];
		for (n = 0; n < row->count; n++, m++) {
			child_init(&m->child, &s->child, row->role, row->program, (uint16_t)n);
			m->child.keep_stdout = row->keep_stdout;
			m->row = row;
			m->unit = &s->units[s->o.together ? 0 : m - s->members];
		}
	}
}

static void
add_link(struct supervise *s, struct member *a, struct member *b)
{
	struct link *k = &s->links[s->n_links++];

	*k = (struct link){ .s = s, .a = a, .b = b };
	loop_timer_init(&k->rejoin, on_rejoin_due, k);
}

static void
make_links(struct supervise *s)
{
	const struct supervise_link *l;
	size_t i, a, b;

	s->links = xarray(s->n_members * s->n_members, sizeof(*s->links));
	for (i = 0; i < s->o.n_links; i++) {
		l = &s->o.links[i];
		for (a = 0; a < s->n_members; a++)
			for (b = 0; b < s->n_members; b++)
				if (s->members[a].child.role == l->a &&
				    s->members[b].child.role == l->b)
					add_link(s, &s->members[a], &s->members[b]);
	}
}

int
supervise_new(const struct supervise_opts *o, struct str conf, struct supervise **ret)
{
	struct supervise *s = xalloc(sizeof(*s));
	size_t i;
	int r = 0;

	s->o = *o;
	s->child = (struct child_opts){ .loop = o->loop,
		.spawner = o->spawner,
		.events = &events,
		.ctx = s,
		.libexec_dir = o->libexec_dir,
		.conf_path = o->conf_path,
		.start_ms = o->start_ms,
		.drain_ms = o->drain_ms };
	buf_init(&s->conf, CONF_MAX_BYTES);
	buf_str(&s->conf, conf);
	make_members(s);
	make_links(s);
	for (i = 0; r == 0 && i < s->n_units; i++)
		r = unit_spawn(&s->units[i]);
	if (r != 0) {
		supervise_free(s);
		return r;
	}
	launch(s);
	*ret = s;
	return 0;
}

void
supervise_free(struct supervise *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n_members; i++)
		child_release(&s->members[i].child);
	for (i = 0; i < s->n_links; i++)
		loop_timer_clear(s->o.loop, &s->links[i].rejoin);
	for (i = 0; i < s->n_units; i++)
		loop_timer_clear(s->o.loop, &s->units[i].again);
	buf_release(&s->conf);
	xfree(s->members);
	xfree(s->links);
	xfree(s->units);
	xfree(s);
}

void
supervise_reload(struct supervise *s, struct str conf)
{
	struct member *m;
	size_t i;

	if (s->draining)
		return;
	buf_clear(&s->conf);
	buf_str(&s->conf, conf);
	for (i = s->n_members; i-- > 0;) {
		m = &s->members[i];
		if (!child_runs(&m->child))
			continue;
		send_files(s, m);
		child_sent(&m->child, control_send(m->child.control, MSG_CTL_RELOAD));
	}
}

void
supervise_drain(struct supervise *s)
{
	size_t i;

	if (s->draining) {
		kill_all(s, "asked to end at once");
		return;
	}
	s->draining = true;
	for (i = 0; i < s->n_units; i++)
		loop_timer_clear(s->o.loop, &s->units[i].again);
	drain_next(s);
}
