/*
 * supervise: see supervise.h. Processes that start and end as one are a unit and share one
 * back-off. Each process is a unit of its own, or, with `together`, all of them are one.
 */
#include "proc/supervise.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/log.h"
#include "proc/control.h"
#include "proc/file.h"
#include "proc/supervise_state.h"

#define BACKOFF_FIRST_MS 50
#define BACKOFF_MAX_MS 5000
#define HEALTHY_MS 10000
#define CONF_MAX_BYTES (1u << 20)
/* Plenty: a row has at most SUPERVISE_FILES_MAX paths. */
#define ROWS_MAX_BYTES (1u << 20)
/* How long to wait before making the new channel that a role asked for. When both ends ask, or
 * one asks several times, only one channel is made, and a peer that has just died is noticed
 * first. */
#define REJOIN_MS 100
#define KEEP_EVERY_MS 5000
#define KEPT_MODE 0600

static struct member *
member_of(struct child *c)
{
	return (struct member *)((char *)c - offsetof(struct member, child));
}

/* ---- joining ---- */

void
supervise_join(struct link *k)
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

/* Makes the new channel if both ends run. Otherwise it is made when the one that does not run is
 * started again. */
static void
on_rejoin_due(void *ctx)
{
	struct link *k = ctx;

	if (child_runs(&k->a->child) && child_runs(&k->b->child) && child_reads(&k->a->child) &&
	    child_reads(&k->b->child))
		supervise_join(k);
}

static bool
is(const struct child *c, enum msg_role role, uint16_t number)
{
	return c->role == role && c->number == number;
}

/* The link between c and the process of this role and number, or NULL. */
static struct link *
find_link(struct supervise *s, const struct child *c, enum msg_role role, uint16_t number)
{
	struct link *k;
	size_t i;

	for (i = 0; i < s->n_links; i++) {
		k = s->links[i];
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

/* Sends a file that only this message's receiver has, and nobody can change. */
static void
send_bytes(struct child *c, const char *name, struct str bytes)
{
	int fd;

	if (file_sealed(name, bytes, &fd) != 0) {
		child_kill(c, "no descriptor left");
		return;
	}
	child_sent(c, control_send_file(c->control, str_of(name), fd));
	close(fd);
}

static void
send_files(struct member *m)
{
	struct str bytes;
	size_t i;

	send_bytes(&m->child, "conf", buf_view(&m->generation->conf));
	for (i = 0; i < SUPERVISE_FILES_MAX; i++)
		if (m->row->files[i].name != NULL &&
		    handed_get(m->generation->files, m->row, i, &bytes))
			send_bytes(&m->child, m->row->files[i].name, bytes);
}

static const struct supervise_file *
kept_file(const struct member *m, struct str name, size_t *ret_i)
{
	const struct supervise_file *f;
	size_t i;

	for (i = 0; i < SUPERVISE_FILES_MAX; i++) {
		f = &m->row->files[i];
		if (f->name != NULL && f->kept && str_eq_c(name, f->name)) {
			*ret_i = i;
			return f;
		}
	}
	return NULL;
}

/* Nobody has a reason to ask often, and each time the disk has to be waited for. */
static bool
kept_lately(struct supervise *s)
{
	int64_t now_ms = loop_now_ms(s->o.loop);

	if (s->kept_ms != 0 && now_ms - s->kept_ms < KEEP_EVERY_MS)
		return true;
	s->kept_ms = now_ms;
	return false;
}

/* The bytes are the role's business: they are not looked at here. */
static int
on_keep(void *ctx, struct child *c, struct str name, struct str bytes)
{
	const struct file_owner me = { geteuid(), getegid() };
	struct supervise *s = ctx;
	struct member *m = member_of(c);
	const struct supervise_file *f;
	size_t i;

	if ((f = kept_file(m, name, &i)) == NULL)
		return ERR_PEER;
	if (m->generation != s->current || s->draining)
		return 0;
	if (kept_lately(s)) {
		log_warn("keep", log_c("file", f->path), log_c("why", "too soon after the last"));
		return 0;
	}
	if (file_replace(f->path, KEPT_MODE, me, bytes) != 0) {
		log_error("keep", log_c("file", f->path), log_c("why", strerror(errno)));
		return 0;
	}
	handed_keep(m->generation->files, m->row, i, bytes);
	send_files(m);
	child_sent(c, control_send(c->control, MSG_CTL_RELOAD));
	return 0;
}

/* Sends m what it needs beside its peers, and CTL_GO. */
static void
go(struct supervise *s, struct member *m)
{
	struct child *c = &m->child;
	const struct supervise_listener *l;
	size_t i;

	m->fresh = false;
	m->set = handed_set(m->generation->files, m->row);
	send_files(m);
	for (i = 0; m->row->listeners && i < s->o.n_listeners; i++) {
		l = &s->o.listeners[i];
		child_sent(c, control_send_listener(c->control, str_of(l->address), l->fd));
	}
	child_sent(c, control_send(c->control, MSG_CTL_GO));
}

void
supervise_launch(struct supervise *s)
{
	struct member *m;
	struct link *k;
	size_t i;

	for (i = 0; i < s->n_links; i++) {
		k = s->links[i];
		if (k->a->held || k->b->held || !(k->a->fresh || k->b->fresh) ||
		    !child_runs(&k->a->child) || !child_runs(&k->b->child))
			continue;
		if (!k->early)
			supervise_join(k);
		k->early = false;
	}
	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
		if (m->fresh && !m->held && child_runs(&m->child))
			go(s, m);
	}
}

/* Spawns all processes of u. Stops at the first that cannot be spawned. */
static int
unit_spawn(struct unit *u)
{
	struct supervise *s = u->s;
	struct member *m;
	size_t i;
	int r;

	u->started_ms = loop_now_ms(s->o.loop);
	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
		if (m->unit != u)
			continue;
		if ((r = child_spawn(&m->child)) != 0)
			return r;
		m->fresh = true;
		m->ready = false;
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

/* One process of u is down: kills the others. When none runs any more, sets the timer that
 * starts them again. */
static void
unit_fell(struct unit *u)
{
	struct supervise *s = u->s;
	struct member *m;
	bool runs = false;
	size_t i;

	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
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
	supervise_launch(s);
	for (i = 0; i < s->n_members; i++)
		if (s->members[i]->unit == u)
			log_info("restarted", log_c("role", s->members[i]->child.name),
			    log_i("pid", s->members[i]->child.pid),
			    log_i("after_ms", u->backoff_ms));
}

static void
kill_all(struct supervise *s, const char *why)
{
	size_t i;

	for (i = 0; i < s->n_members; i++)
		if (child_runs(&s->members[i]->child))
			child_kill(&s->members[i]->child, why);
}

/* Drains m. One that is held is killed, as it waits for CTL_GO and would not react. */
static void
drain(struct member *m)
{
	child_drain(&m->child);
	if (m->held)
		child_kill(&m->child, "not needed any more");
}

/* Drains all processes of a role. True when some have not ended yet. */
static bool
row_drain(struct supervise *s, enum msg_role role)
{
	bool wait = false;
	struct child *c;
	size_t i;

	for (i = 0; i < s->n_members; i++) {
		c = &s->members[i]->child;
		if (c->role != role)
			continue;
		if (c->state == CHILD_STARTING || c->state == CHILD_UP)
			drain(s->members[i]);
		else if (c->state == CHILD_DOWN)
			c->state = CHILD_GONE;
		wait = wait || c->state == CHILD_DRAINING;
	}
	return wait;
}

/* Drains the next rows, one after the other or all together. Calls o.ended when all processes
 * have ended. */
static void
drain_next(struct supervise *s)
{
	bool wait = false;
	size_t i;

	for (i = 0; i < s->o.n_rows && (s->o.together || !wait); i++)
		if (row_drain(s, s->current->rows[i].role))
			wait = true;
	if (!wait)
		s->o.ended(s->o.ctx, s->failed);
}

/* ---- generations ---- */

static bool
all_up(const struct supervise *s, const struct generation *g)
{
	const struct member *m;
	size_t i;

	for (i = 0; i < s->n_members; i++) {
		m = s->members[i];
		if (m->generation == g && !m->held && m->child.state != CHILD_UP)
			return false;
	}
	return true;
}

static bool
any_held(const struct supervise *s)
{
	size_t i;

	for (i = 0; i < s->n_members; i++)
		if (s->members[i]->held)
			return true;
	return false;
}

static void
generation_free(struct generation *g)
{
	handed_free(g->files);
	arena_free(g->arena);
	buf_release(&g->conf);
	xfree(g);
}

static bool
has_members(const struct supervise *s, const struct generation *g)
{
	size_t i;

	for (i = 0; i < s->n_members; i++)
		if (s->members[i]->generation == g)
			return true;
	return false;
}

static void
member_free(struct supervise *s, struct member *m)
{
	struct generation *g = m->generation;

	if (--m->unit->members == 0) {
		loop_timer_clear(s->o.loop, &m->unit->again);
		xfree(m->unit);
	}
	xfree(m);
	if (g != s->current && g != s->next && !has_members(s, g))
		generation_free(g);
}

void
supervise_sweep(struct supervise *s)
{
	struct member *m;
	struct link *k;
	size_t i, n;

	for (i = 0, n = 0; i < s->n_links; i++) {
		k = s->links[i];
		if (k->a->child.state != CHILD_GONE && k->b->child.state != CHILD_GONE) {
			s->links[n++] = k;
			continue;
		}
		loop_timer_clear(s->o.loop, &k->rejoin);
		xfree(k);
	}
	s->n_links = n;
	for (i = s->n_members; i-- > 0;) {
		m = s->members[i];
		if (m->child.state != CHILD_GONE)
			continue;
		s->n_members--;
		memmove(s->members + i, s->members + i + 1,
		    (s->n_members - i) * sizeof(struct member *));
		member_free(s, m);
	}
}

/* m has ended, and with it the channels that it was given early: they must be made again. */
static void
unjoin(struct supervise *s, const struct member *m)
{
	size_t i;

	for (i = 0; i < s->n_links; i++)
		if (s->links[i]->a == m || s->links[i]->b == m)
			s->links[i]->early = false;
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
	if (m->generation != s->current) {
		renew_ended(s, m, how);
		return;
	}
	c->state = CHILD_DOWN;
	unjoin(s, m);
	if (!m->ready && !m->fresh && !m->unit->ending)
		handed_bad(m->generation->files, m->row, m->set);
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
	struct member *m = member_of(c);

	m->ready = true;
	handed_good(m->generation->files, m->row, m->set);
	if (s->next != NULL && all_up(s, s->next))
		renew_commit(s);
	if (!all_up(s, s->current))
		return;
	if (!s->was_ready)
		s->o.ready(s->o.ctx);
	s->was_ready = true;
	if (s->renewing && s->next == NULL && !any_held(s)) {
		s->renewing = false;
		log_info("renewed", log_i("processes", (int64_t)s->n_members));
	}
}

/* ---- all of them ---- */

static const struct child_events events = { .ready = on_ready,
	.rejoin = on_rejoin,
	.keep = on_keep,
	.ended = on_ended };

/* The smallest number that no process of this role has. */
static uint16_t
free_number(const struct supervise *s, enum msg_role role)
{
	uint16_t n = 0;
	size_t i = 0;

	while (i < s->n_members) {
		if (is(&s->members[i]->child, role, n)) {
			n++;
			i = 0;
		} else {
			i++;
		}
	}
	return n;
}

static struct unit *
unit_new(struct supervise *s)
{
	struct unit *u = xalloc(sizeof(*u));

	u->s = s;
	loop_timer_init(&u->again, on_again, u);
	return u;
}

/* Adds a process of row to g and to unit; NULL: to a unit of its own. */
static struct member *
add_member(struct supervise *s, struct generation *g, const struct supervise_row *row,
    struct unit *unit)
{
	struct member *m = xalloc(sizeof(*m));

	child_init(&m->child, &g->child, row->role, row->program, free_number(s, row->role));
	m->child.keep_stdout = row->keep_stdout;
	m->row = row;
	m->generation = g;
	m->unit = unit != NULL ? unit : unit_new(s);
	m->unit->members++;
	s->members = array_room(s->members, s->n_members, &s->cap_members, sizeof(struct member *));
	s->members[s->n_members++] = m;
	return m;
}

static void
add_link(struct supervise *s, struct member *a, struct member *b, bool follows)
{
	struct link *k = xalloc(sizeof(*k));

	*k = (struct link){ .s = s, .a = a, .b = b, .follows = follows };
	loop_timer_init(&k->rejoin, on_rejoin_due, k);
	s->links = array_room(s->links, s->n_links, &s->cap_links, sizeof(struct link *));
	s->links[s->n_links++] = k;
}

/* Makes the links of g's members with each other and, where a link follows, with those of other
 * generations. */
static void
make_links(struct supervise *s, const struct generation *g)
{
	const struct supervise_link *l;
	struct member *a, *b;
	size_t i, m, n;

	for (i = 0; i < s->o.n_links; i++) {
		l = &s->o.links[i];
		for (m = 0; m < s->n_members; m++) {
			for (n = 0; n < s->n_members; n++) {
				a = s->members[m];
				b = s->members[n];
				if (a->child.role != l->a || b->child.role != l->b)
					continue;
				if ((a->generation == g && b->generation == g) ||
				    (l->follows && b->generation == g) ||
				    (l->follows && a->generation == g &&
					b->generation == s->current))
					add_link(s, a, b, l->follows);
			}
		}
	}
}

static const char *
copy(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_cstr(a, str_of(text));
}

/* Copies n rows and all that they point to. */
static const struct supervise_row *
copy_rows(struct arena *a, const struct supervise_row *rows, size_t n)
{
	struct supervise_row *ret = arena_array(a, n, sizeof(*ret));
	struct supervise_file *f;
	size_t i, k;

	for (i = 0; i < n; i++) {
		ret[i] = rows[i];
		ret[i].program = copy(a, rows[i].program);
		for (k = 0; k < SUPERVISE_FILES_MAX; k++) {
			f = &ret[i].files[k];
			f->name = copy(a, f->name);
			f->path = copy(a, f->path);
		}
	}
	return ret;
}

static struct generation *
generation_new(struct supervise *s, const struct supervise_row *rows, const char *libexec_dir,
    struct str conf)
{
	struct generation *g = xalloc(sizeof(*g));
	struct unit *unit = s->o.together ? unit_new(s) : NULL;
	unsigned n;
	size_t i;

	g->arena = arena_new(ROWS_MAX_BYTES);
	g->rows = copy_rows(g->arena, rows, s->o.n_rows);
	g->files = handed_new(g->rows, s->o.n_rows);
	g->child = (struct child_opts){ .loop = s->o.loop,
		.spawner = s->o.spawner,
		.events = &events,
		.ctx = s,
		.libexec_dir = copy(g->arena, libexec_dir),
		.conf_path = s->o.conf_path,
		.start_ms = s->o.start_ms,
		.drain_ms = s->o.drain_ms };
	buf_init(&g->conf, CONF_MAX_BYTES);
	buf_str(&g->conf, conf);
	for (i = 0; i < s->o.n_rows; i++)
		for (n = 0; n < g->rows[i].count; n++)
			(void)add_member(s, g, &g->rows[i], unit);
	make_links(s, g);
	return g;
}

/* Spawns all processes of g. Stops at the first that cannot be spawned. */
static int
generation_spawn(struct supervise *s, const struct generation *g)
{
	size_t i;
	int r;

	for (i = 0; i < s->n_members; i++)
		if (s->members[i]->generation == g && s->members[i]->child.state == CHILD_DOWN &&
		    (r = unit_spawn(s->members[i]->unit)) != 0)
			return r;
	return 0;
}

int
supervise_new(const struct supervise_opts *o, struct str conf, struct supervise **ret)
{
	struct supervise *s = xalloc(sizeof(*s));
	int r;

	s->o = *o;
	s->current = generation_new(s, o->rows, o->libexec_dir, conf);
	if ((r = generation_spawn(s, s->current)) != 0) {
		supervise_free(s);
		return r;
	}
	supervise_launch(s);
	*ret = s;
	return 0;
}

int
supervise_renew(struct supervise *s, const struct supervise_row *rows, const char *libexec_dir,
    struct str conf, uint32_t retire_ms)
{
	size_t i;

	if (s->draining || s->renewing || !s->was_ready || !all_up(s, s->current))
		return ERR_BADSTATE;
	s->next = generation_new(s, rows, libexec_dir, conf);
	s->renewing = true;
	s->retire_ms = retire_ms;
	for (i = 0; i < s->n_members; i++)
		if (s->members[i]->generation == s->next)
			s->members[i]->held = s->members[i]->row->alone;
	if (generation_spawn(s, s->next) != 0)
		renew_abandon(s);
	else
		supervise_launch(s);
	return 0;
}

void
supervise_free(struct supervise *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n_members; i++)
		child_release(&s->members[i]->child);
	supervise_sweep(s);
	if (s->next != NULL)
		generation_free(s->next);
	generation_free(s->current);
	xfree(s->members);
	xfree(s->links);
	xfree(s);
}

void
supervise_reload(struct supervise *s, struct str conf)
{
	struct member *m;
	size_t i;

	if (s->draining)
		return;
	buf_clear(&s->current->conf);
	buf_str(&s->current->conf, conf);
	handed_read(s->current->files);
	for (i = s->n_members; i-- > 0;) {
		m = s->members[i];
		/* One that is held gets the configuration with its CTL_GO. */
		if (m->generation != s->current || m->held || !child_runs(&m->child))
			continue;
		send_files(m);
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
	for (i = 0; i < s->n_members; i++)
		loop_timer_clear(s->o.loop, &s->members[i]->unit->again);
	drain_next(s);
}
