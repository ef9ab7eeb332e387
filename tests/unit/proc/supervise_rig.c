/*
 * supervise_rig: see supervise_rig.h.
 */
#include "supervise_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "proc/control.h"
#include "proc/file.h"

#define SAID_BYTES 4096
#define RIG_ROWS 3

/* ---- the fake spawner ---- */

static int
fake_run(void *ctx, const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd)
{
	struct rig *r = ctx;
	size_t i = r->n_fakes++;
	struct fake *f = &r->fakes[i];
	int fd;

	assert_true(i < FAKES_MAX);
	assert_memory_equal(o->path, "/libexec/", strlen("/libexec/"));
	assert_string_equal(o->argv[1], "-c");
	assert_string_equal(o->argv[2], "/etc/conf");
	assert_int_equal(o->fds[0].as, CONTROL_FD);
	for (fd = 0; fd < 8; fd++)
		f->peer[fd] = -1;
	snprintf(f->name, sizeof(f->name), "%s", o->argv[0]);
	if (i >= r->fail_from && i < r->fail_to) {
		f->reaped = true;
		errno = ENOENT;
		return ERR_SYS;
	}
	assert_true((fd = dup(o->fds[0].fd)) != -1);
	f->control = ipc_new(fd, true, 1u << 20);
	assert_true((f->ended_fd = eventfd(0, EFD_CLOEXEC)) != -1);
	assert_true((*ret_pidfd = dup(f->ended_fd)) != -1);
	*ret_pid = (pid_t)i + 1;
	return 0;
}

void
rig_end(struct fake *f, int status)
{
	uint64_t one = 1;
	size_t i;

	if (f->control == NULL)
		return;
	f->status = status;
	ipc_free(f->control);
	f->control = NULL;
	for (i = 0; i < 8; i++)
		if (f->peer[i] != -1)
			close(f->peer[i]);
	assert_int_equal(write(f->ended_fd, &one, sizeof(one)), sizeof(one));
}

static void
fake_kill(void *ctx, pid_t pid, int signal)
{
	struct rig *r = ctx;
	struct fake *f = &r->fakes[pid - 1];

	assert_false(f->reaped);
	f->killed = signal;
	rig_end(f, signal);
}

static bool
fake_reap(void *ctx, pid_t pid, bool wait, int *ret_status)
{
	struct rig *r = ctx;
	struct fake *f = &r->fakes[pid - 1];

	(void)wait;
	assert_false(f->reaped);
	if (f->control != NULL)
		return false;
	*ret_status = f->status;
	f->reaped = true;
	close(f->ended_fd);
	return true;
}

/* ---- the rig ---- */

static int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

static void
on_ready(void *ctx)
{
	((struct rig *)ctx)->ready++;
}

static void
on_renewed(void *ctx, bool done)
{
	struct rig *r = ctx;

	r->renewed++;
	r->renew_done = done;
	if (r->reload != NULL)
		supervise_reload(r->s, str_of(r->reload));
}

static void
on_ended(void *ctx, bool failed)
{
	struct rig *r = ctx;

	r->ended++;
	r->failed = failed;
}

/* Turns until nothing happens any more at this time. */
void
rig_settle(struct rig *r)
{
	int i;

	for (i = 0; i < 20; i++)
		assert_int_equal(loop_turn(r->loop, 0), 0);
}

void
rig_pass(struct rig *r, int64_t ms)
{
	r->now += ms;
	rig_settle(r);
}

/* front and core, two keyds: rows and links as eicd has them. */
const struct supervise_row rig_rows[] = {
	{ .role = ROLE_FRONT,
	    .program = "front",
	    .count = 1,
	    .listeners = true,
	    .retires = true,
	    .files = { { .name = "certificate", .path = "/dev/null" },
		{ .name = "none", .path = "/nonexistent/none" } } },
	{ .role = ROLE_CORE, .program = "core", .count = 1, .alone = true },
	{ .role = ROLE_KEYD, .program = "keyd", .count = 2 },
};
static const struct supervise_link links[] = {
	{ .a = ROLE_FRONT, .b = ROLE_CORE, .follows = true },
	{ .a = ROLE_CORE, .b = ROLE_KEYD },
};

void
rig_init(struct rig *r)
{
	*r = (struct rig){ .now = 1000 };
	r->clock = (struct clock){ held_ms, held_ms, &r->now };
	r->spawner = (struct spawner){ fake_run, fake_kill, fake_reap, r };
	assert_int_equal(loop_new(&r->clock, &r->loop), 0);
	assert_true((r->listener = open("/dev/null", O_RDONLY)) != -1);
}

struct supervise_opts
rig_opts(struct rig *r)
{
	return (struct supervise_opts){ .loop = r->loop,
		.spawner = &r->spawner,
		.rows = rig_rows,
		.n_rows = RIG_ROWS,
		.links = links,
		.n_links = 2,
		.start_ms = START_MS,
		.drain_ms = DRAIN_MS,
		.libexec_dir = "/libexec",
		.conf_path = "/etc/conf",
		.listeners = { { r->listener, "198.18.0.1:443" } },
		.n_listeners = 1,
		.ready = on_ready,
		.renewed = on_renewed,
		.ended = on_ended,
		.ctx = r };
}

void
rig_release(struct rig *r)
{
	size_t i;

	supervise_free(r->s);
	/* Nobody is left behind, and nobody is waited for twice. */
	for (i = 0; i < r->n_fakes; i++) {
		assert_true(r->fakes[i].reaped);
		assert_null(r->fakes[i].control);
	}
	loop_free(r->loop);
	close(r->listener);
}

/* ---- what the fakes say and hear ---- */

void
rig_say(struct rig *r, size_t i, uint16_t type, const uint8_t *body, size_t n)
{
	struct ipc_out m;
	size_t k;

	ipc_begin(&m, type);
	for (k = 0; k < n; k++)
		ipc_put_u8(&m, body[k]);
	assert_int_equal(ipc_send(r->fakes[i].control, &m, -1), 0);
	rig_settle(r);
}

void
rig_ready(struct rig *r, size_t i)
{
	rig_say(r, i, MSG_CTL_READY, NULL, 0);
}

static void
hear_peer(struct fake *f, struct ipc_in *m, struct buf *b)
{
	uint16_t number;
	uint8_t role;

	assert_int_equal(ipc_get_u8(m, &role), 0);
	assert_int_equal(ipc_get_u16(m, &number), 0);
	assert_int_equal(ipc_get_end(m), 0);
	if (f->peer[role] != -1)
		close(f->peer[role]);
	f->peer[role] = ipc_take_fd(f->control, m);
	assert_true(f->peer[role] != -1);
	buf_fmt(b, "peer %u.%u ", (unsigned)role, (unsigned)number);
}

/* The name, and of a `conf` its text. */
static void
hear_file(struct fake *f, struct ipc_in *m, struct buf *b)
{
	int fd = ipc_take_fd(f->control, m);
	struct str name;
	struct buf text;

	assert_int_equal(ipc_get_str(m, 100, &name), 0);
	buf_str(b, name);
	if (str_eq_c(name, "conf")) {
		buf_init(&text, 4096);
		assert_int_equal(file_read_fd(fd, &text), 0);
		buf_ch(b, '=');
		buf_str(b, buf_view(&text));
		buf_release(&text);
		assert_int_equal(fcntl(fd, F_GET_SEALS),
		    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	}
	buf_ch(b, ' ');
	close(fd);
}

/* Everything that a fake has been told since the last time, in words. */
void
rig_heard(struct rig *r, size_t i, const char *want)
{
	struct fake *f = &r->fakes[i];
	struct ipc_in m;
	struct buf b;
	int e;

	buf_init(&b, SAID_BYTES);
	while ((e = ipc_recv(f->control, &m)) == 0) {
		if (m.type == MSG_CTL_PEER)
			hear_peer(f, &m, &b);
		else if (m.type == MSG_CTL_FILE)
			hear_file(f, &m, &b);
		else
			buf_c(&b,
			    m.type == MSG_CTL_RETIRE         ? "retire "
				: m.type == MSG_CTL_GO       ? "go "
				: m.type == MSG_CTL_RELOAD   ? "reload "
				: m.type == MSG_CTL_DRAIN    ? "drain "
				: m.type == MSG_CTL_LISTENER ? "listener "
							     : "? ");
	}
	assert_int_equal(e, ERR_AGAIN);
	buf_ch(&b, '\0');
	assert_string_equal(b.p, want);
	buf_release(&b);
}

/* All of them serve. */
void
rig_start(struct rig *r)
{
	struct supervise_opts o;
	size_t i;

	rig_init(r);
	o = rig_opts(r);
	assert_int_equal(supervise_new(&o, STR("one"), &r->s), 0);
	rig_settle(r);
	assert_int_equal(r->n_fakes, N);
	for (i = 0; i < N; i++) {
		assert_int_equal(r->ready, 0);
		rig_ready(r, i);
	}
	assert_int_equal(r->ready, 1);
}

int
rig_renew(struct rig *r, const char *conf, uint32_t retire_ms)
{
	/* On the heap, so that a build with sanitizers reports who reads them later. */
	struct supervise_row *rows = xalloc(sizeof(*rows) * RIG_ROWS);
	char *libexec = str_dup(STR("/libexec")), *path = str_dup(STR("/dev/null"));
	int ret;

	memcpy(rows, rig_rows, sizeof(*rows) * RIG_ROWS);
	rows[0].files[0].path = path;
	ret = supervise_renew(r->s, rows, libexec, str_of(conf), retire_ms);
	memset(rows, 0x5a, sizeof(*rows) * RIG_ROWS);
	memset(libexec, 'x', strlen(libexec));
	memset(path, 'x', strlen(path));
	xfree(rows);
	xfree(libexec);
	xfree(path);
	return ret;
}

void
rig_hear_start(struct rig *r)
{
	rig_heard(r, FRONT, "peer 3.0 conf=one certificate listener go ");
	rig_heard(r, CORE, "peer 2.0 peer 4.0 peer 4.1 conf=one go ");
	rig_heard(r, KEYD, "peer 3.0 conf=one go ");
	rig_heard(r, KEYD1, "peer 3.0 conf=one go ");
}
