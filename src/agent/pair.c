/*
 * pair: eic-agent's two processes; see pair.h. One state for both:
 *
 *   DOWN      neither runs; started again when the back-off is over
 *   STARTING  told to go, both must be ready in time
 *   UP        both serve
 *   ENDING    one has died, or both drain; when both are gone: DOWN, or the end
 */
#include "agent/pair.h"

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
#define START_MS 20000
#define DRAIN_MS 3000
#define CONTROL_QUEUE_BYTES 65536

enum { IMDS, UPLINK, N_CHILDREN };
enum pair_state { PAIR_DOWN, PAIR_STARTING, PAIR_UP, PAIR_ENDING };

struct child {
	struct pair *pair;
	pid_t pid; /* 0: does not run */
	int pidfd;
	bool ready;
	struct ipc *control;
	struct loop_fd watch_end, watch_control;
};

struct pair {
	struct pair_opts o;
	enum pair_state state;
	struct child children[N_CHILDREN];
	struct loop_timer timer;
	int64_t started_ms, backoff_ms;
	bool was_ready, draining;
};

static const char *const names[N_CHILDREN] = { "eic-agent-imds", "eic-agent-uplink" };

static const char *
name_of(const struct child *c)
{
	return names[c - c->pair->children];
}

static void
child_kill(struct child *c)
{
	if (c->pid != 0)
		(void)kill(c->pid, SIGKILL);
}

/* ---- telling and hearing ---- */

/* A child that cannot be told is ended; then both start anew. */
static void
check_sent(struct child *c, int r)
{
	if (r == 0)
		return;
	log_error("control", log_c("role", name_of(c)), log_e(r));
	child_kill(c);
}

static void
on_ready(struct pair *p)
{
	if (p->state != PAIR_STARTING || !p->children[IMDS].ready || !p->children[UPLINK].ready)
		return;
	p->state = PAIR_UP;
	loop_timer_clear(p->o.loop, &p->timer);
	if (!p->was_ready)
		p->o.ready(p->o.ctx);
	else
		log_info("restarted", log_i("after_ms", p->backoff_ms));
	p->was_ready = true;
}

static void
on_control(void *ctx, unsigned events)
{
	struct child *c = ctx;
	struct ipc_in m;
	int r;

	(void)events;
	while ((r = ipc_recv(c->control, &m)) == 0) {
		if (m.type != MSG_CTL_READY || ipc_get_end(&m) != 0) {
			r = ERR_PEER;
			break;
		}
		c->ready = true;
		on_ready(c->pair);
	}
	if (r == ERR_AGAIN)
		return;
	/* The end of the child follows; its pidfd tells. */
	loop_fd_del(c->pair->o.loop, &c->watch_control);
	if (r != ERR_CLOSED)
		check_sent(c, r);
}

/* ---- ending ---- */

static void
child_close(struct child *c)
{
	loop_fd_del(c->pair->o.loop, &c->watch_end);
	loop_fd_del(c->pair->o.loop, &c->watch_control);
	ipc_free(c->control);
	c->control = NULL;
	if (c->pidfd != -1)
		close(c->pidfd);
	c->pidfd = -1;
	c->pid = 0;
	c->ready = false;
}

static void
back_off(struct pair *p)
{
	if (p->backoff_ms == 0 || loop_now_ms(p->o.loop) - p->started_ms >= HEALTHY_MS)
		p->backoff_ms = BACKOFF_FIRST_MS;
	else if ((p->backoff_ms *= 2) > BACKOFF_MAX_MS)
		p->backoff_ms = BACKOFF_MAX_MS;
	p->state = PAIR_DOWN;
	loop_timer_set(p->o.loop, &p->timer, p->backoff_ms);
}

/* Goes on when neither runs any more. */
static void
both_ended(struct pair *p)
{
	if (p->children[IMDS].pid != 0 || p->children[UPLINK].pid != 0)
		return;
	loop_timer_clear(p->o.loop, &p->timer);
	if (p->draining || !p->was_ready)
		p->o.ended(p->o.ctx, !p->draining);
	else
		back_off(p);
}

static void
end_both(struct pair *p)
{
	size_t i;

	p->state = PAIR_ENDING;
	for (i = 0; i < N_CHILDREN; i++)
		child_kill(&p->children[i]);
	both_ended(p);
}

static void
on_end(void *ctx, unsigned events)
{
	struct child *c = ctx;
	struct pair *p = c->pair;
	char how[64];
	int status;

	(void)events;
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	spawn_ending(status, how, sizeof(how));
	if (p->state == PAIR_ENDING)
		log_info("ended", log_c("role", name_of(c)), log_c("how", how));
	else
		log_error("died", log_c("role", name_of(c)), log_c("how", how));
	child_close(c);
	if (p->state == PAIR_ENDING)
		both_ended(p);
	else
		end_both(p);
}

/* ---- starting ---- */

static int
child_start(struct child *c)
{
	const struct pair_opts *o = &c->pair->o;
	const char *argv[] = { name_of(c), "-c", o->conf_path, NULL }; /* for who reads ps */
	char path[SETTINGS_PATH_BYTES + 32];
	struct spawn_fd fd;
	struct spawn_opts so = { .path = path, .argv = argv, .fds = &fd, .n_fds = 1 };
	int pair[2], r;

	snprintf(path, sizeof(path), "%s/%s", o->settings->libexec_dir, name_of(c));
	if ((r = ipc_pair(pair)) != 0)
		return r;
	fd = (struct spawn_fd){ pair[1], CONTROL_FD };
	r = spawn_run(&so, &c->pid, &c->pidfd);
	close(pair[1]);
	if (r != 0) {
		log_error("spawn", log_c("program", path), log_c("why", strerror(errno)));
		close(pair[0]);
		c->pid = 0;
		return r;
	}
	c->control = ipc_new(pair[0], true, CONTROL_QUEUE_BYTES);
	if ((r = loop_fd_add(o->loop, &c->watch_end, c->pidfd, LOOP_READ, on_end, c)) != 0)
		return r;
	return loop_fd_add(o->loop, &c->watch_control, pair[0], LOOP_READ, on_control, c);
}

static void
send_file(struct child *c, const char *name, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1) {
		/* The child says what it misses, and ends. */
		log_error("open", log_c("file", path), log_c("why", strerror(errno)));
		return;
	}
	check_sent(c, control_send_file(c->control, str_of(name), fd));
	close(fd);
}

static void
send_files(struct pair *p)
{
	struct child *imds = &p->children[IMDS], *uplink = &p->children[UPLINK];
	const struct agent_settings *s = p->o.settings;

	send_file(imds, "conf", p->o.conf_path);
	send_file(uplink, "conf", p->o.conf_path);
	send_file(uplink, "ca", s->ca);
	send_file(uplink, "certificate", s->certificate);
	send_file(uplink, "key", s->key);
}

static int
send_peers(struct pair *p)
{
	struct child *imds = &p->children[IMDS], *uplink = &p->children[UPLINK];
	int pair[2], r;

	if ((r = ipc_pair(pair)) != 0)
		return r;
	if ((r = control_send_peer(imds->control, ROLE_UPLINK, 0, pair[0])) == 0)
		r = control_send_peer(uplink->control, ROLE_IMDS, 0, pair[1]);
	close(pair[0]);
	close(pair[1]);
	return r;
}

static int
start_both(struct pair *p)
{
	struct child *imds = &p->children[IMDS];
	size_t i;
	int r;

	for (i = 0; i < N_CHILDREN; i++) {
		if ((r = child_start(&p->children[i])) != 0)
			return r;
	}
	send_files(p);
	if ((r = send_peers(p)) != 0)
		return r;
	for (i = 0; i < p->o.n_listeners; i++) {
		r = control_send_listener(imds->control, STR("metadata"), p->o.listeners[i]);
		if (r != 0)
			return r;
	}
	for (i = 0; i < N_CHILDREN; i++) {
		if ((r = control_send(p->children[i].control, MSG_CTL_GO)) != 0)
			return r;
	}
	return 0;
}

static void
on_timer(void *ctx)
{
	struct pair *p = ctx;
	int r;

	switch (p->state) {
	case PAIR_DOWN:
		p->state = PAIR_STARTING;
		p->started_ms = loop_now_ms(p->o.loop);
		loop_timer_set(p->o.loop, &p->timer, START_MS);
		if ((r = start_both(p)) != 0) {
			log_error("start", log_e(r));
			end_both(p);
		}
		break;
	case PAIR_STARTING:
		log_error("start", log_c("why", "not ready in time"));
		end_both(p);
		break;
	case PAIR_ENDING:
		end_both(p);
		break;
	case PAIR_UP:
		break;
	}
}

/* ---- life ---- */

struct pair *
pair_new(const struct pair_opts *o)
{
	struct pair *p = xalloc(sizeof(*p));
	size_t i;

	p->o = *o;
	for (i = 0; i < N_CHILDREN; i++) {
		p->children[i].pair = p;
		p->children[i].pidfd = -1;
	}
	loop_timer_init(&p->timer, on_timer, p);
	loop_timer_set(o->loop, &p->timer, 0);
	return p;
}

void
pair_free(struct pair *p)
{
	struct child *c;
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < N_CHILDREN; i++) {
		c = &p->children[i];
		if (c->pid != 0) {
			child_kill(c);
			(void)waitpid(c->pid, NULL, 0);
		}
		child_close(c);
	}
	loop_timer_clear(p->o.loop, &p->timer);
	xfree(p);
}

void
pair_reload(struct pair *p)
{
	size_t i;

	if (p->state != PAIR_UP)
		return;
	send_files(p);
	for (i = 0; i < N_CHILDREN; i++)
		check_sent(&p->children[i], control_send(p->children[i].control, MSG_CTL_RELOAD));
}

void
pair_drain(struct pair *p)
{
	size_t i;

	if (p->draining || p->state != PAIR_UP) {
		p->draining = true;
		end_both(p);
		return;
	}
	p->draining = true;
	p->state = PAIR_ENDING;
	loop_timer_set(p->o.loop, &p->timer, DRAIN_MS);
	for (i = 0; i < N_CHILDREN; i++)
		check_sent(&p->children[i], control_send(p->children[i].control, MSG_CTL_DRAIN));
}
