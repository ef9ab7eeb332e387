/* listener_test: tests addresses as text, binding, and the error messages that people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/tcp.h>
#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "net/listener.h"

static void
addresses_parse(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} rows[] = {
		{ "127.0.0.1:443", "127.0.0.1", 443 },
		{ "0.0.0.0:0", "0.0.0.0", 0 },
		{ "[::1]:8443", "::1", 8443 },
		{ "[2001:db8::1]:65535", "2001:db8::1", 65535 },
	};
	struct addr a;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(addr_parse(str_of(rows[i].text), &a), 0);
		assert_int_equal(addr_port(&a), rows[i].port);
		buf_clear(&b);
		addr_host_write(&a, &b);
		assert_true(str_eq_c(buf_view(&b), rows[i].host));
	}
	buf_release(&b);
}

static void
addresses_are_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "127.0.0.1", ERR_SYNTAX },
		{ "127.0.0.1:", ERR_SYNTAX },
		{ ":443", ERR_SYNTAX },
		{ "127.0.0.1:65536", ERR_RANGE },
		{ "127.0.0.1:+1", ERR_SYNTAX },
		{ "127.0.0.1:01", ERR_SYNTAX },
		{ "127.1:1", ERR_SYNTAX },
		{ "::1:443", ERR_SYNTAX },
		{ "[]:1", ERR_SYNTAX },
		{ "[127.0.0.1]:1", ERR_SYNTAX },
		{ "localhost:1", ERR_SYNTAX },
		{ "127.0.0.1 :1", ERR_SYNTAX },
		{ "[::1:1", ERR_SYNTAX },
	};
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(addr_parse(str_of(rows[i].text), &a), rows[i].err);
}

static void
names_resolve(void **state)
{
	struct errinfo ei = { "" };
	struct addr a;

	(void)state;
	assert_int_equal(addr_resolve(STR("localhost:443"), &a, &ei), 0);
	assert_int_equal(addr_port(&a), 443);
	assert_int_equal(addr_resolve(STR("[::1]:443"), &a, &ei), 0);
	assert_int_equal(addr_resolve(STR("no.such.name.invalid:443"), &a, &ei), ERR_NOTFOUND);
	assert_int_equal(strncmp(ei.text, "cannot resolve no.such.name.invalid", 35), 0);
	assert_int_equal(addr_resolve(STR("localhost"), &a, &ei), ERR_SYNTAX);
	assert_int_equal(addr_resolve(STR("[localhost]:1"), &a, &ei), ERR_SYNTAX);
}

/* The text of where fd listens; the caller frees. */
static char *
where(int fd)
{
	struct addr a = { .len = sizeof(a.u) };
	struct buf b;

	assert_int_equal(getsockname(fd, &a.u.sa, &a.len), 0);
	buf_init(&b, 100);
	addr_host_write(&a, &b);
	buf_ch(&b, ':');
	buf_u64(&b, addr_port(&a));
	return buf_take(&b, NULL);
}

static int
connect_to(int listener)
{
	struct addr a = { .len = sizeof(a.u) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(getsockname(listener, &a.u.sa, &a.len), 0);
	assert_int_equal(connect(fd, &a.u.sa, a.len), 0);
	return fd;
}

static void
listens_and_accepts(void **state)
{
	struct errinfo ei = { "" };
	struct addr peer;
	int fd, client, got = -1, nodelay = 0;
	socklen_t n = sizeof(nodelay);
	struct buf b;

	(void)state;
	assert_int_equal(listener_open(STR("127.0.0.1:0"), 16, &fd, &ei), 0);
	assert_int_equal(listener_accept(fd, &got, &peer), ERR_AGAIN);
	client = connect_to(fd);
	assert_int_equal(listener_accept(fd, &got, &peer), 0);
	buf_init(&b, 100);
	addr_host_write(&peer, &b);
	assert_true(str_eq_c(buf_view(&b), "127.0.0.1"));
	buf_release(&b);
	assert_int_equal(fcntl(got, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	assert_int_equal(getsockopt(got, IPPROTO_TCP, TCP_NODELAY, &nodelay, &n), 0);
	assert_true(nodelay != 0);
	close(got);
	close(client);
	close(fd);
}

static void
binding_errors_are_clear(void **state)
{
	struct errinfo ei = { "" };
	int fd, other = -1;
	char *text, want[200];

	(void)state;
	assert_int_equal(listener_open(STR("127.0.0.1:0"), 16, &fd, &ei), 0);
	text = where(fd);
	assert_int_equal(listener_open(str_of(text), 16, &other, &ei), ERR_EXISTS);
	snprintf(want, sizeof(want), "address already in use: %s", text);
	assert_string_equal(ei.text, want);
	assert_int_equal(listener_open(STR("192.0.2.77:0"), 16, &other, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.text, "not an address of this machine: 192.0.2.77:0");
	assert_int_equal(listener_open(STR("nowhere"), 16, &other, &ei), ERR_SYNTAX);
	assert_string_equal(ei.text, "not an address and port: nowhere");
	assert_int_equal(other, -1);
	xfree(text);
	close(fd);
}

static void
socket_files(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/listener_test.XXXXXX", path[64], big[200];
	struct errinfo ei = { "" };
	struct addr peer;
	struct stat st;
	int fd, client, other = -1, got;
	mode_t mask;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sock", dir);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	mask = umask(077);
	assert_int_equal(listener_unix_open(path, 0660, 4, &fd, &ei), 0);
	assert_int_equal(umask(mask), 077);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(listener_unix_open(path, 0660, 4, &other, &ei), ERR_EXISTS);
	/* The question whether it is stale has made a connection, which is gone. */
	assert_int_equal(listener_accept(fd, &got, &peer), 0);
	close(got);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listener_accept(fd, &got, &peer), 0);
	assert_int_equal(peer.len, 0);
	close(got);
	close(client);
	close(fd);
	/* Nobody listens any more: the file is replaced. */
	assert_int_equal(listener_unix_open(path, 0600, 4, &fd, &ei), 0);
	close(fd);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(listener_unix_open(big, 0600, 4, &fd, &ei), ERR_TOOBIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_parse),
		cmocka_unit_test(addresses_are_refused),
		cmocka_unit_test(names_resolve),
		cmocka_unit_test(listens_and_accepts),
		cmocka_unit_test(binding_errors_are_clear),
		cmocka_unit_test(socket_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
