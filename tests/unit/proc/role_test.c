/*
 * role_test: tests how a role begins, step by step, with a simulated parent. Each case runs in a
 * child of its own, which drops its privileges as a role does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "proc/file.h"
#include "proc/role.h"

struct values {
	int64_t level;
	int64_t fixed;
};

static const char *const words[] = { "debug", "info", "warn", "error", NULL };
static const struct setting rows[] = {
	{ .section = "s",
	    .name = "level",
	    .type = SETTING_ENUM,
	    .offset = offsetof(struct values, level),
	    .words = words,
	    .dflt = "info",
	    .reloadable = true,
	    .text = "A level." },
	{ .section = "s",
	    .name = "fixed",
	    .type = SETTING_INT,
	    .offset = offsetof(struct values, fixed),
	    .min = 0,
	    .max = 9,
	    .dflt = "1",
	    .unit = "",
	    .text = "A number." },
};
static const struct settings_table table = { rows, 2, sizeof(struct values), NULL };

struct process {
	struct values v;
	struct role *role;
	char said[64]; /* what happened, a letter each */
	char fail_at;
	struct role_confine confine;
};

static int
step(struct process *p, char c)
{
	size_t n = strlen(p->said);

	if (n + 1 < sizeof(p->said))
		p->said[n] = c;
	return c == p->fail_at ? ERR_DENIED : 0;
}

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	(void)role;
	(void)number;
	close(fd);
	return step(ctx, 'P');
}

static int
on_file(void *ctx, struct str name, int fd)
{
	close(fd);
	return step(ctx, str_eq_c(name, "key") ? 'F' : '?');
}

static void
on_reload(void *ctx)
{
	(void)step(ctx, 'R');
}

static void
on_drain(void *ctx)
{
	(void)step(ctx, 'D');
}

static int
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct process *p = ctx;

	(void)ei;
	assert_int_equal(geteuid(), 0);
	*ret = p->confine;
	return step(p, 'p');
}

static int
open_step(void *ctx, struct errinfo *ei)
{
	struct process *p = ctx;

	(void)ei;
	assert_int_equal(geteuid(), p->confine.user == NULL ? 0 : 64010);
	/* Every call is still allowed. */
	assert_int_equal(access("/", F_OK), 0);
	return step(p, 'o');
}

static int
begin(void *ctx, struct errinfo *ei)
{
	(void)ei;
	return step(ctx, 'b');
}

static const struct control_ops all = {
	.peer = on_peer,
	.file = on_file,
	.reload = on_reload,
	.drain = on_drain,
};
static const struct control_ops few = { .drain = on_drain };

static void
tell(struct ipc *parent, char what)
{
	int fd = open("/dev/null", O_RDONLY), r = 0;

	switch (what) {
	case 'P':
		r = control_send_peer(parent, ROLE_CORE, 0, fd);
		break;
	case 'L':
		r = control_send_listener(parent, STR("198.18.0.1:1"), fd);
		break;
	case 'F':
		r = control_send_file(parent, STR("key"), fd);
		break;
	case 'c': /* a configuration, one that cannot be read, another */
	case 'x':
	case 'd':
		close(fd);
		assert_int_equal(file_sealed("conf",
				     what == 'c'       ? STR("[s]\nlevel = warn\nfixed = 3\n")
					 : what == 'x' ? STR("[s]\nfixed = 10\n")
						       : STR("[s]\nlevel = error\nfixed = 4\n"),
				     &fd),
		    0);
		r = control_send_file(parent, STR("conf"), fd);
		break;
	case 'R':
		r = control_send(parent, MSG_CTL_RELOAD);
		break;
	case 'D':
		r = control_send(parent, MSG_CTL_DRAIN);
		break;
	case 'G':
		r = control_send(parent, MSG_CTL_GO);
		break;
	}
	assert_int_equal(r, 0);
	close(fd);
}

struct row {
	const char *told; /* before and behind CTL_GO */
	const char *said;
	const struct control_ops *ops;
	const char *user;
	bool seccomp;
	char fail_at;
	int err;
	struct values v;
};

/* In the child. The control channel is descriptor 3 there, as in a role. */
static void
run(const struct row *row)
{
	struct process p = { .fail_at = row->fail_at, .confine = { .user = row->user } };
	struct role_opts o = { .settings = &table,
		.values = &p.v,
		.log_level = &p.v.level,
		.ops = row->ops,
		.prepare = prepare,
		.open = open_step,
		.begin = begin,
		.ctx = &p };
	struct ipc *parent;
	struct ipc_in m;
	int fd[2], e;
	size_t i;

	if (row->seccomp)
		p.confine.calls[0] = &seccomp_base;
	assert_int_equal(ipc_pair(fd), 0);
	assert_int_not_equal(fd[1], CONTROL_FD);
	parent = ipc_new(fd[1], true, 65536);
	if (fd[0] != CONTROL_FD) {
		assert_int_equal(dup2(fd[0], CONTROL_FD), CONTROL_FD);
		close(fd[0]);
	}
	assert_int_equal(role_new(&o, &p.role), 0);
	for (i = 0; row->told[i] != '\0'; i++)
		tell(parent, row->told[i]);
	e = role_start(p.role);
	assert_int_equal(e, row->err);
	assert_int_equal(ipc_recv(parent, &m), e == 0 ? 0 : ERR_AGAIN);
	if (e == 0) {
		assert_int_equal(m.type, MSG_CTL_READY);
		assert_int_equal(control_read(role_control(p.role)), 0);
	}
	assert_string_equal(p.said, row->said);
	assert_int_equal(p.v.level, row->v.level);
	assert_int_equal(p.v.fixed, row->v.fixed);
	role_free(p.role);
	ipc_free(parent);
	_exit(0);
}

static void
each_begins_in_order(void **state)
{
	static const struct row table_of_cases[] = {
		{ "PcFG", "PFpob", &all, NULL, false, 0, 0, { 2, 3 } },
		{ "PcFG", "PFpob", &all, "64010", true, 0, 0, { 2, 3 } },
		{ "cG", "pob", &few, NULL, false, 0, 0, { 2, 3 } },
		/* The last configuration before CTL_GO counts, and later what is reloadable. */
		{ "cdG", "pob", &few, NULL, false, 0, 0, { 3, 4 } },
		{ "cGdR", "pobR", &all, NULL, false, 0, 0, { 3, 3 } },
		{ "cGdRcFRD", "pobRFRD", &all, NULL, false, 0, 0, { 2, 3 } },
		{ "cGd", "pob", &all, NULL, false, 0, 0, { 2, 3 } },
		{ "cGxR", "pobR", &all, NULL, false, 0, 0, { 2, 3 } },
		/* What is not good enough to begin with. */
		{ "PG", "P", &all, NULL, false, 0, ERR_PEER, { 0, 0 } },
		{ "xG", "", &all, NULL, false, 0, ERR_PEER, { 0, 0 } },
		{ "cxG", "", &all, NULL, false, 0, ERR_PEER, { 0, 0 } },
		{ "cPG", "", &few, NULL, false, 0, ERR_PEER, { 0, 0 } },
		{ "cFG", "", &few, NULL, false, 0, ERR_PEER, { 0, 0 } },
		{ "cLG", "", &all, NULL, false, 0, ERR_PEER, { 0, 0 } },
		{ "cPG", "P", &all, NULL, false, 'P', ERR_DENIED, { 0, 0 } },
		{ "cG", "p", &all, "nobody-by-this-name", false, 0, ERR_NOTFOUND, { 2, 3 } },
		{ "cG", "p", &all, "0", false, 0, ERR_RANGE, { 2, 3 } },
		/* A step that fails is the last. */
		{ "cG", "p", &all, NULL, false, 'p', ERR_DENIED, { 2, 3 } },
		{ "cG", "po", &all, NULL, false, 'o', ERR_DENIED, { 2, 3 } },
		{ "cG", "pob", &all, NULL, false, 'b', ERR_DENIED, { 2, 3 } },
	};
	size_t i;
	int status;
	pid_t pid;

	(void)state;
	for (i = 0; i < sizeof(table_of_cases) / sizeof(table_of_cases[0]); i++) {
		pid = fork();
		assert_true(pid != -1);
		if (pid == 0)
			run(&table_of_cases[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0)
			fail_msg("case %zu: status %d", i, status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_begins_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
