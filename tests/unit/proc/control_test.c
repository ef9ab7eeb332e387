/* control_test: tests both sides of the control channel, and a parent that sends nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proc/control.h"

struct role {
	struct control *control;
	struct ipc *parent;
	int peers, listeners, files, reloads, drains, retires;
	uint32_t retire_ms;
	enum msg_role last_role;
	uint16_t last_number;
	char text[64];
	struct stat st;
	int err; /* what ops answer */
};

static void
take(struct role *r, struct str text, int fd)
{
	assert_int_equal(str_copy(r->text, sizeof(r->text), text), 0);
	assert_int_equal(fstat(fd, &r->st), 0);
	close(fd);
}

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct role *r = ctx;

	r->peers++;
	r->last_role = role;
	r->last_number = number;
	take(r, STR(""), fd);
	return r->err;
}

static int
on_listener(void *ctx, struct str address, int fd)
{
	struct role *r = ctx;

	r->listeners++;
	take(r, address, fd);
	return r->err;
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct role *r = ctx;

	r->files++;
	take(r, name, fd);
	return r->err;
}

static void
on_reload(void *ctx)
{
	((struct role *)ctx)->reloads++;
}

static void
on_drain(void *ctx)
{
	((struct role *)ctx)->drains++;
}

static void
on_retire(void *ctx, uint32_t ms)
{
	struct role *r = ctx;

	r->retires++;
	r->retire_ms = ms;
}

static const struct control_ops ops = { on_peer, on_listener, on_file, on_reload, on_drain,
	on_retire };
static const struct control_ops few = { .peer = on_peer };

static void
role_init(struct role *r, const struct control_ops *o)
{
	int fd[2];

	*r = (struct role){ 0 };
	assert_int_equal(ipc_pair(fd), 0);
	assert_int_equal(control_new(fd[0], o, r, &r->control), 0);
	r->parent = ipc_new(fd[1], true, 65536);
}

static void
role_release(struct role *r)
{
	control_free(r->control);
	ipc_free(r->parent);
}

static int
null_fd(void)
{
	int fd = open("/dev/null", O_RDONLY);

	assert_true(fd != -1);
	return fd;
}

static void
start_and_serve(void **state)
{
	int fd = null_fd();
	struct ipc_in m;
	struct role r;
	struct stat st;

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	role_init(&r, &ops);
	assert_int_equal(control_wait_go(r.control, 0), ERR_TIMEOUT);
	assert_int_equal(control_send_peer(r.parent, ROLE_CORE, 258, fd), 0);
	assert_int_equal(control_send_listener(r.parent, STR("127.0.0.1:443"), fd), 0);
	assert_int_equal(control_send_file(r.parent, STR("conf"), fd), 0);
	assert_int_equal(control_wait_go(r.control, 0), ERR_TIMEOUT);
	assert_int_equal(control_send(r.parent, MSG_CTL_GO), 0);
	assert_int_equal(control_send(r.parent, MSG_CTL_RELOAD), 0);
	assert_int_equal(control_wait_go(r.control, 1000), 0);
	assert_int_equal(r.peers, 1);
	assert_int_equal(r.last_role, ROLE_CORE);
	assert_int_equal(r.last_number, 258);
	assert_int_equal(r.listeners, 1);
	assert_int_equal(r.files, 1);
	assert_string_equal(r.text, "conf");
	assert_int_equal(r.st.st_rdev, st.st_rdev);
	/* What came behind CTL_GO is still there. */
	assert_int_equal(r.reloads, 0);
	assert_int_equal(control_read(r.control), 0);
	assert_int_equal(r.reloads, 1);
	assert_int_equal(control_ready(r.control), 0);
	assert_int_equal(ipc_recv(r.parent, &m), 0);
	assert_int_equal(m.type, MSG_CTL_READY);
	assert_int_equal(ipc_get_end(&m), 0);
	assert_int_equal(control_send_retire(r.parent, 70000), 0);
	assert_int_equal(control_read(r.control), 0);
	assert_int_equal(r.retires, 1);
	assert_int_equal(r.retire_ms, 70000);
	assert_int_equal(r.drains, 0);
	assert_int_equal(control_send(r.parent, MSG_CTL_DRAIN), 0);
	assert_int_equal(control_read(r.control), 0);
	assert_int_equal(r.drains, 1);
	ipc_free(r.parent);
	r.parent = NULL;
	assert_int_equal(control_read(r.control), ERR_CLOSED);
	close(fd);
	control_free(r.control);
}

static int64_t
held_ms(void *ctx)
{
	(void)ctx;
	return 1000;
}

static void
waits_for_one_peer(void **state)
{
	const struct clock held = { held_ms, held_ms, NULL };
	int fd = null_fd();
	struct role r;

	(void)state;
	role_init(&r, &ops);
	assert_int_equal(control_send_peer(r.parent, ROLE_CORE, 258, fd), 0);
	assert_int_equal(control_send(r.parent, MSG_CTL_RELOAD), 0);
	assert_int_equal(control_wait_peer(r.control, &held, ROLE_KEYD, 0), ERR_TIMEOUT);
	assert_int_equal(r.reloads, 1);
	assert_int_equal(control_send_peer(r.parent, ROLE_KEYD, 0, fd), 0);
	assert_int_equal(control_send(r.parent, MSG_CTL_RELOAD), 0);
	assert_int_equal(control_wait_peer(r.control, &held, ROLE_KEYD, 0), 0);
	assert_int_equal(r.reloads, 1);
	close(fd);
	role_release(&r);
}

/* Each time that it is asked, half a second has passed. */
static int64_t
passing_ms(void *ctx)
{
	return *(int64_t *)ctx += 500;
}

/* Other messages, as a peer may make the parent send without end, do not prolong the wait. */
static void
others_do_not_prolong_the_wait(void **state)
{
	int64_t now_ms = 0;
	const struct clock passing = { passing_ms, passing_ms, &now_ms };
	int i, fd = null_fd();
	struct role r;

	(void)state;
	role_init(&r, &ops);
	for (i = 0; i < 10; i++)
		assert_int_equal(control_send_peer(r.parent, ROLE_FRONT, 1, fd), 0);
	assert_int_equal(control_send_peer(r.parent, ROLE_KEYD, 0, fd), 0);
	assert_int_equal(control_wait_peer(r.control, &passing, ROLE_KEYD, 2000), ERR_TIMEOUT);
	assert_int_equal(r.peers, 4);
	assert_int_equal(control_wait_peer(r.control, &passing, ROLE_KEYD, 10000), 0);
	assert_int_equal(r.peers, 11);
	close(fd);
	role_release(&r);
}

static void
terminal_signals_are_not_ours(void **state)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction sa;
	struct role r;
	size_t i;

	(void)state;
	role_init(&r, &ops);
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		assert_int_equal(sigaction(ignored[i], NULL, &sa), 0);
		assert_ptr_equal(sa.sa_handler, SIG_IGN);
	}
	role_release(&r);
}

/* Each ends the channel, none the process. */
static void
nonsense_is_refused(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t bytes[8];
		uint8_t n;
		bool fd;
		bool few;
		int op_err;
		int err;
	} rows[] = {
		{ 0x9999, { 0 }, 0, false, false, 0, ERR_PEER },
		{ MSG_CTL_READY, { 0 }, 0, false, false, 0, ERR_PEER },
		{ MSG_FC_REQUEST, { 0 }, 0, false, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { ROLE_CORE, 0, 0 }, 3, false, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { 0, 0, 0 }, 3, true, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { 99, 0, 0 }, 3, true, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { ROLE_CORE, 0 }, 2, true, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { ROLE_CORE, 0, 0, 1 }, 4, true, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { 0 }, 0, true, false, 0, ERR_PEER },
		{ MSG_CTL_PEER, { ROLE_CORE, 0, 0 }, 3, true, false, ERR_FULL, ERR_FULL },
		{ MSG_CTL_LISTENER, { 0, 0, 0, 1, 'x' }, 5, false, false, 0, ERR_PEER },
		{ MSG_CTL_LISTENER, { 0, 0, 0, 2, 'x' }, 5, true, false, 0, ERR_PEER },
		{ MSG_CTL_LISTENER, { 0, 0, 0, 1, 'x' }, 5, true, true, 0, ERR_PEER },
		{ MSG_CTL_FILE, { 0, 0, 0, 0 }, 4, true, true, 0, ERR_PEER },
		{ MSG_CTL_GO, { 1 }, 1, false, false, 0, ERR_PEER },
		{ MSG_CTL_RELOAD, { 1 }, 1, false, false, 0, ERR_PEER },
		{ MSG_CTL_RELOAD, { 0 }, 0, false, true, 0, ERR_PEER },
		{ MSG_CTL_DRAIN, { 0 }, 0, false, true, 0, ERR_PEER },
		{ MSG_CTL_RETIRE, { 0, 0, 0 }, 3, false, false, 0, ERR_PEER },
		{ MSG_CTL_RETIRE, { 0, 0, 0, 1, 0 }, 5, false, false, 0, ERR_PEER },
		{ MSG_CTL_RETIRE, { 0, 0, 0, 1 }, 4, false, true, 0, ERR_PEER },
	};
	int fd = null_fd();
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ipc_out m;
		struct role r;

		role_init(&r, rows[i].few ? &few : &ops);
		r.err = rows[i].op_err;
		ipc_begin(&m, rows[i].type);
		for (k = 0; k < rows[i].n; k++)
			ipc_put_u8(&m, rows[i].bytes[k]);
		assert_int_equal(ipc_send(r.parent, &m, rows[i].fd ? fd : -1), 0);
		assert_int_equal(control_read(r.control), rows[i].err);
		assert_int_equal(r.reloads + r.drains + r.retires + r.listeners + r.files, 0);
		role_release(&r);
	}
	close(fd);
}

static void
go_drain_and_retire_come_once(void **state)
{
	struct role r;

	(void)state;
	role_init(&r, &ops);
	assert_int_equal(control_send(r.parent, MSG_CTL_DRAIN), 0);
	assert_int_equal(control_send(r.parent, MSG_CTL_DRAIN), 0);
	assert_int_equal(control_read(r.control), ERR_PEER);
	assert_int_equal(r.drains, 1);
	role_release(&r);
	role_init(&r, &ops);
	assert_int_equal(control_send_retire(r.parent, 1), 0);
	assert_int_equal(control_send_retire(r.parent, 2), 0);
	assert_int_equal(control_read(r.control), ERR_PEER);
	assert_int_equal(r.retire_ms, 1);
	role_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_and_serve),
		cmocka_unit_test(waits_for_one_peer),
		cmocka_unit_test(others_do_not_prolong_the_wait),
		cmocka_unit_test(terminal_signals_are_not_ours),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(go_drain_and_retire_come_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
