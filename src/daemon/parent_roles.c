/*
 * parent_roles: see parent_roles.h. Each child has one state with one timer:
 *
 *   DOWN      not running, started again when its back-off is over
 *   STARTING  has been told to go, must be ready in time
 *   UP        serves
 *   DRAINING  finishes what it has, must end in time
 *   GONE      ended after draining
 *
 * A child that ends before eicd was ready for the first time ends eicd: what
 * is wrong then will not be better in five seconds.
 */
#include "daemon/parent_roles.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "proc/control.h"
#include "proc/spawn.h"

#define BACKOFF_FIRST_MS 50
#define BACKOFF_MAX_MS 5000
#define HEALTHY_MS 10000
#define START_MS 60000
#define DRAIN_MS 15000
#define CONTROL_QUEUE_BYTES (1u << 20)
#define PATH_BYTES 256
/* So long after a role asked, so that both ends and those that ask again and
 * again get one channel, and a peer that has just died is seen to have. */
#define REJOIN_MS 100

enum child_state { CHILD_DOWN, CHILD_STARTING, CHILD_UP, CHILD_DRAINING, CHILD_GONE };

struct child {
	struct roles *roles;
	enum msg_role role;
	const char *name;
	enum child_state state;
	pid_t pid;
	int pidfd;
	struct ipc *control;
	struct loop_fd watch_end, watch_control;
	struct loop_timer timer;
	int64_t started_ms;
	int64_t backoff_ms;
};

/* In the order in which they are drained. */
enum { FRONT, CORE, COMPUTE, KEYD, N_CHILDREN };

/* Who talks to whom. */
static const int links[][2] = {
	{ FRONT, CORE },
	{ FRONT, KEYD },
	{ CORE, KEYD },
	{ CORE, COMPUTE },
};
#define N_LINKS (sizeof(links) / sizeof(links[0]))

struct link {
	struct child *a, *b;
	struct loop_timer rejoin; /* set: one of them asked for a new channel */
};

struct roles {
	struct roles_opts o;
	struct child children[N_CHILDREN];
	struct link links[N_LINKS];
	bool was_ready;
	bool draining;
	bool failed;
};

static const struct {
	enum msg_role role;
	const char *name;
} programs[N_CHILDREN] = {
	[FRONT] = { ROLE_FRONT, "eicd-front" },
	[CORE] = { ROLE_CORE, "eicd-core" },
	[COMPUTE] = { ROLE_COMPUTE, "eicd-compute" },
	[KEYD] = { ROLE_KEYD, "eicd-keyd" },
};

static void child_start_again(struct child *c);

static bool
runs(const struct child *c)
{
	return c->state == CHILD_STARTING || c->state == CHILD_UP || c->state == CHILD_DRAINING;
}

static void
child_kill(struct child *c, const char *why)
{
	log_warn("kill", log_c("role", c->name), log_c("why", why));
	(void)kill(c->pid, SIGKILL);
}

/* ---- the control channel ---- */

/* What could not be sent kills the child: it does not read what it is told. */
static void
check_sent(struct child *c, int r)
{
	if (r != 0 && r != ERR_CLOSED) {
		child_kill(c, err_text(r));
	} else if (ipc_pending(c->control)) {
		loop_fd_want(c->roles->o.loop, &c->watch_control, LOOP_READ | LOOP_WRITE);
	}
}

static void
roles_check_ready(struct roles *r)
{
	size_t i;

	if (r->was_ready)
		return;
	for (i = 0; i < N_CHILDREN; i++)
		if (r->children[i].state != CHILD_UP)
			return;
	r->was_ready = true;
	r->o.ready(r->o.ctx);
}

/* The link by which c talks to role; NULL: it has none. */
static struct link *
find_link(struct child *c, uint8_t role)
{
	struct link *k;
	size_t i;

	for (i = 0; i < N_LINKS; i++) {
		k = &c->roles->links[i];
		if ((k->a == c && k->b->role == role) || (k->b == c && k->a->role == role))
			return k;
	}
	return NULL;
}

static int
on_rejoin(struct child *c, struct ipc_in *m)
{
	uint16_t number;
	struct link *k;
	uint8_t role;

	if (ipc_get_u8(m, &role) != 0 || ipc_get_u16(m, &number) != 0 || ipc_get_end(m) != 0 ||
	    number != 0 || (k = find_link(c, role)) == NULL)
		return ERR_PEER;
	log_warn("rejoin", log_c("role", c->name), log_c("with", (k->a == c ? k->b : k->a)->name));
	if (!loop_timer_is_set(&k->rejoin))
		loop_timer_set(c->roles->o.loop, &k->rejoin, REJOIN_MS);
	return 0;
}

static void
on_message(struct child *c, struct ipc_in *m)
{
	if (m->type == MSG_CTL_REJOIN && on_rejoin(c, m) == 0)
		return;
	if (m->type != MSG_CTL_READY || ipc_get_end(m) != 0) {
		child_kill(c, "nonsense on the control channel");
	} else if (c->state == CHILD_STARTING) {
		c->state = CHILD_UP;
		loop_timer_clear(c->roles->o.loop, &c->timer);
		roles_check_ready(c->roles);
	}
}

static void
on_control(void *ctx, unsigned events)
{
	struct child *c = ctx;
	struct ipc_in m;
	int r = 0;

	if ((events & LOOP_WRITE) != 0 && ipc_flush(c->control) == 0)
		loop_fd_want(c->roles->o.loop, &c->watch_control, LOOP_READ);
	while (r == 0)
		if ((r = ipc_recv(c->control, &m)) == 0)
			on_message(c, &m);
	/* The end of the channel is followed by the end of the child; pidfd tells. */
	if (r != ERR_AGAIN)
		loop_fd_del(c->roles->o.loop, &c->watch_control);
}

/* ---- starting ---- */

static int
child_spawn(struct child *c)
{
	const struct roles_opts *o = &c->roles->o;
	char path[PATH_BYTES];
	const char *argv[] = { c->name, "-c", o->conf_path, NULL };
	int pair[2] = { -1, -1 }, r;
	struct spawn_fd fds[2];
	struct spawn_opts so = { .path = path, .argv = argv, .fds = fds, .n_fds = 1 };

	snprintf(path, sizeof(path), "%s/%s", o->settings->libexec_dir, c->name);
	if ((r = ipc_pair(pair)) != 0)
		return r;
	fds[0] = (struct spawn_fd){ pair[1], CONTROL_FD };
	if (c->role == ROLE_CORE && strcmp(o->settings->audit_export, "-") == 0)
		fds[so.n_fds++] = (struct spawn_fd){ STDOUT_FILENO, STDOUT_FILENO };
	r = spawn_run(&so, &c->pid, &c->pidfd);
	close(pair[1]);
	if (r != 0) {
		log_error("spawn", log_c("program", path), log_c("why", strerror(errno)));
		close(pair[0]);
		return r;
	}
	c->control = ipc_new(pair[0], true, CONTROL_QUEUE_BYTES);
	c->state = CHILD_STARTING;
	c->started_ms = loop_now_ms(o->loop);
	loop_timer_set(o->loop, &c->timer, START_MS);
	return 0;
}

static void on_end(void *ctx, unsigned events);

static int
child_watch(struct child *c)
{
	struct loop *l = c->roles->o.loop;
	int r;

	if ((r = loop_fd_add(l, &c->watch_end, c->pidfd, LOOP_READ, on_end, c)) != 0)
		return r;
	return loop_fd_add(l, &c->watch_control, ipc_fd(c->control), LOOP_READ, on_control, c);
}

/* Gives both a new end of a channel to each other. */
static void
join(struct link *k)
{
	struct child *a = k->a, *b = k->b;
	int pair[2];

	loop_timer_clear(a->roles->o.loop, &k->rejoin);
	if (ipc_pair(pair) != 0) {
		child_kill(a, "no descriptor left");
		return;
	}
	check_sent(a, control_send_peer(a->control, b->role, 0, pair[0]));
	check_sent(b, control_send_peer(b->control, a->role, 0, pair[1]));
	close(pair[0]);
	close(pair[1]);
}

static bool
reads_control(struct child *c)
{
	if (!ipc_pending(c->control))
		return true;
	child_kill(c, "does not read its control channel");
	return false;
}

/* One that does not run gets its channels when it is started again. */
static void
on_rejoin_due(void *ctx)
{
	struct link *k = ctx;

	if (runs(k->a) && runs(k->b) && reads_control(k->a) && reads_control(k->b))
		join(k);
}

static void
send_file(struct child *c, const char *name, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1) {
		log_warn("open", log_c("file", path), log_c("why", strerror(errno)));
		return;
	}
	check_sent(c, control_send_file(c->control, str_of(name), fd));
	close(fd);
}

static void
send_files(struct child *c)
{
	const struct roles_opts *o = &c->roles->o;

	send_file(c, "conf", o->conf_path);
	if (c->role == ROLE_FRONT) {
		send_file(c, "tls_certificate", o->settings->tls_certificate);
		send_file(c, "agent_ca", o->settings->agent_ca);
	} else if (c->role == ROLE_KEYD) {
		send_file(c, "tls_key", o->settings->tls_key);
	}
}

/* What a role needs beside its peers, and the word to begin. */
static void
child_go(struct child *c)
{
	const struct roles_opts *o = &c->roles->o;
	size_t i;

	send_files(c);
	for (i = 0; c->role == ROLE_FRONT && i < o->n_listeners; i++)
		check_sent(c,
		    control_send_listener(c->control, str_of(o->listeners[i].address),
			o->listeners[i].fd));
	check_sent(c, control_send(c->control, MSG_CTL_GO));
}

/* ---- ending ---- */

static void
child_close(struct child *c)
{
	struct loop *l = c->roles->o.loop;

	loop_fd_del(l, &c->watch_end);
	loop_fd_del(l, &c->watch_control);
	loop_timer_clear(l, &c->timer);
	ipc_free(c->control);
	c->control = NULL;
	if (c->pidfd != -1)
		close(c->pidfd);
	c->pidfd = -1;
}

/* Tells the next one to drain; when none is left, eicd ends. */
static void
roles_drain_next(struct roles *r)
{
	struct child *c;
	size_t i;

	for (i = 0; i < N_CHILDREN; i++) {
		c = &r->children[i];
		if (c->state == CHILD_DRAINING)
			return;
		if (runs(c)) {
			c->state = CHILD_DRAINING;
			loop_timer_set(r->o.loop, &c->timer, DRAIN_MS);
			check_sent(c, control_send(c->control, MSG_CTL_DRAIN));
			return;
		}
		loop_timer_clear(r->o.loop, &c->timer);
		c->state = CHILD_GONE;
	}
	r->o.ended(r->o.ctx, r->failed);
}

static void
child_back_off(struct child *c)
{
	int64_t lived = loop_now_ms(c->roles->o.loop) - c->started_ms;

	if (lived >= HEALTHY_MS || c->backoff_ms == 0)
		c->backoff_ms = BACKOFF_FIRST_MS;
	else if ((c->backoff_ms *= 2) > BACKOFF_MAX_MS)
		c->backoff_ms = BACKOFF_MAX_MS;
	c->state = CHILD_DOWN;
	loop_timer_set(c->roles->o.loop, &c->timer, c->backoff_ms);
}

static void
on_end(void *ctx, unsigned events)
{
	struct child *c = ctx;
	struct roles *r = c->roles;
	char how[64];
	int status;

	(void)events;
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	child_close(c);
	spawn_ending(status, how, sizeof(how));
	if (r->draining) {
		log_info("ended", log_c("role", c->name), log_c("how", how));
		c->state = CHILD_GONE;
		roles_drain_next(r);
		return;
	}
	log_error("died", log_c("role", c->name), log_c("how", how), log_i("pid", c->pid));
	if (!r->was_ready) {
		r->failed = true;
		c->state = CHILD_GONE;
		roles_drain(r);
		return;
	}
	child_back_off(c);
}

static void
on_timer(void *ctx)
{
	struct child *c = ctx;

	switch (c->state) {
	case CHILD_DOWN:
		child_start_again(c);
		break;
	case CHILD_STARTING:
		child_kill(c, "not ready in time");
		break;
	case CHILD_DRAINING:
		child_kill(c, "not drained in time");
		break;
	case CHILD_UP:
	case CHILD_GONE:
		break;
	}
}

static void
child_start_again(struct child *c)
{
	struct link *k;
	size_t i;

	if (child_spawn(c) != 0 || child_watch(c) != 0) {
		if (runs(c)) {
			child_kill(c, "cannot be watched");
			(void)waitpid(c->pid, NULL, 0);
		}
		child_close(c);
		child_back_off(c);
		return;
	}
	for (i = 0; i < N_LINKS; i++) {
		k = &c->roles->links[i];
		if ((k->a == c && runs(k->b)) || (k->b == c && runs(k->a)))
			join(k);
	}
	child_go(c);
	log_info("restarted", log_c("role", c->name), log_i("pid", c->pid),
	    log_i("after_ms", c->backoff_ms));
}

/* ---- all of them ---- */

int
roles_start(const struct roles_opts *o, struct roles **ret)
{
	struct roles *r = xalloc(sizeof(*r));
	struct child *c;
	size_t i;
	int err = 0;

	r->o = *o;
	for (i = 0; i < N_CHILDREN; i++) {
		c = &r->children[i];
		c->roles = r;
		c->role = programs[i].role;
		c->name = programs[i].name;
		c->pidfd = -1;
		loop_timer_init(&c->timer, on_timer, c);
	}
	for (i = 0; i < N_LINKS; i++) {
		r->links[i].a = &r->children[links[i][0]];
		r->links[i].b = &r->children[links[i][1]];
		loop_timer_init(&r->links[i].rejoin, on_rejoin_due, &r->links[i]);
	}
	for (i = 0; err == 0 && i < N_CHILDREN; i++)
		if ((err = child_spawn(&r->children[i])) == 0)
			err = child_watch(&r->children[i]);
	if (err != 0) {
		roles_free(r);
		return err;
	}
	for (i = 0; i < N_LINKS; i++)
		join(&r->links[i]);
	for (i = 0; i < N_CHILDREN; i++)
		child_go(&r->children[i]);
	*ret = r;
	return 0;
}

void
roles_free(struct roles *r)
{
	struct child *c;
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < N_CHILDREN; i++) {
		c = &r->children[i];
		if (runs(c)) {
			(void)kill(c->pid, SIGKILL);
			(void)waitpid(c->pid, NULL, 0);
		}
		child_close(c);
	}
	for (i = 0; i < N_LINKS; i++)
		loop_timer_clear(r->o.loop, &r->links[i].rejoin);
	xfree(r);
}

void
roles_reload(struct roles *r)
{
	struct child *c;
	size_t i;

	/* keyd before front: a new key before the certificate that needs it. */
	for (i = N_CHILDREN; i-- > 0 && !r->draining;) {
		c = &r->children[i];
		if (!runs(c))
			continue;
		send_files(c);
		check_sent(c, control_send(c->control, MSG_CTL_RELOAD));
	}
}

void
roles_drain(struct roles *r)
{
	size_t i;

	if (r->draining) {
		for (i = 0; i < N_CHILDREN; i++)
			if (runs(&r->children[i]))
				child_kill(&r->children[i], "asked to end at once");
		return;
	}
	r->draining = true;
	roles_drain_next(r);
}
