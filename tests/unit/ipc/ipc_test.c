/* ipc_test: tests framing, typed fields, descriptors, and what a hostile peer may send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "ipc/ipc.h"

struct pair {
	struct ipc *a, *b;
};

static struct pair
pair_new(bool nonblock)
{
	struct pair p;
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	p.a = ipc_new(fd[0], nonblock, 4 << 20);
	p.b = ipc_new(fd[1], nonblock, 4 << 20);
	return p;
}

static void
pair_free(struct pair *p)
{
	ipc_free(p->a);
	ipc_free(p->b);
}

static void
fields_come_back(void **state)
{
	struct pair p = pair_new(false);
	struct ipc_out out;
	struct ipc_in in;
	struct str s;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	(void)state;
	ipc_begin(&out, 0x1234);
	ipc_put_u8(&out, 0xfe);
	ipc_put_u16(&out, 0xfedc);
	ipc_put_u32(&out, 0xfedcba98);
	ipc_put_u64(&out, UINT64_C(0xfedcba9876543210));
	ipc_put_str(&out, STR("a\0b"));
	ipc_put_str(&out, STR(""));
	assert_int_equal(ipc_send(p.a, &out, -1), 0);
	assert_int_equal(ipc_recv(p.b, &in), 0);
	assert_int_equal(in.type, 0x1234);
	assert_int_equal(in.fd, -1);
	assert_int_equal(ipc_get_u8(&in, &u8), 0);
	assert_int_equal(ipc_get_u16(&in, &u16), 0);
	assert_int_equal(ipc_get_u32(&in, &u32), 0);
	assert_int_equal(ipc_get_u64(&in, &u64), 0);
	assert_int_equal(u8, 0xfe);
	assert_int_equal(u16, 0xfedc);
	assert_true(u32 == 0xfedcba98 && u64 == UINT64_C(0xfedcba9876543210));
	assert_int_equal(ipc_get_str(&in, 2, &s), ERR_PEER); /* longer than allowed */
	assert_int_equal(ipc_get_str(&in, 3, &s), 0);
	assert_true(str_eq(s, STR("a\0b")));
	assert_int_equal(ipc_get_end(&in), ERR_PEER); /* not at the end yet */
	assert_int_equal(ipc_get_str(&in, 3, &s), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(ipc_get_end(&in), 0);
	assert_int_equal(ipc_get_u8(&in, &u8), ERR_PEER);
	pair_free(&p);
}

/* Larger than a packet and than the socket's buffer: queued, cut, joined. */
static void
a_large_message_is_joined(void **state)
{
	struct pair p = pair_new(true);
	struct ipc_out out;
	struct ipc_in in;
	size_t n = 3000001, i;
	char *big = xalloc(n);
	struct str s;
	int r;

	(void)state;
	for (i = 0; i < n; i++)
		big[i] = (char)(i * 31 >> 3);
	ipc_begin(&out, 1);
	ipc_put_str(&out, str_of_n(big, n));
	assert_int_equal(ipc_send(p.a, &out, -1), 0);
	assert_true(ipc_pending(p.a));
	while ((r = ipc_recv(p.b, &in)) == ERR_AGAIN)
		assert_true(ipc_flush(p.a) != ERR_CLOSED);
	assert_int_equal(r, 0);
	assert_int_equal(ipc_get_str(&in, n, &s), 0);
	assert_memory_equal(s.p, big, n);
	assert_int_equal(ipc_get_end(&in), 0);
	assert_false(ipc_pending(p.a));
	xfree(big);
	pair_free(&p);
}

static void
limits_are_kept(void **state)
{
	struct pair p = pair_new(true);
	struct ipc_out out;
	char *big = xalloc(IPC_MAX_BYTES);
	int i, r = 0;

	(void)state;
	ipc_begin(&out, 1);
	ipc_put_str(&out, str_of_n(big, IPC_MAX_BYTES)); /* and its length on top */
	assert_int_equal(ipc_send(p.a, &out, -1), ERR_TOOBIG);
	for (i = 0; i < 100 && r == 0; i++) {
		ipc_begin(&out, 1);
		ipc_put_str(&out, str_of_n(big, 1 << 20));
		r = ipc_send(p.a, &out, -1);
	}
	assert_int_equal(r, ERR_FULL);
	assert_int_equal(ipc_flush(p.a), ERR_AGAIN);
	xfree(big);
	pair_free(&p);
}

static void
a_descriptor_travels(void **state)
{
	struct pair p = pair_new(false);
	struct ipc_out out;
	struct ipc_in in;
	int fd[2], got, dropped;
	char c;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	ipc_begin(&out, 1);
	assert_int_equal(ipc_send(p.a, &out, fd[1]), 0);
	ipc_begin(&out, 2);
	assert_int_equal(ipc_send(p.a, &out, fd[1]), 0);
	close(fd[1]);
	assert_int_equal(ipc_recv(p.b, &in), 0);
	got = ipc_take_fd(p.b, &in);
	assert_true(got >= 0);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(got, "x", 1), 1);
	assert_int_equal(read(fd[0], &c, 1), 1);
	assert_int_equal(c, 'x');
	close(got);
	assert_int_equal(ipc_recv(p.b, &in), 0);
	dropped = in.fd; /* not taken: closed with the channel */
	assert_int_equal(fcntl(dropped, F_GETFD), FD_CLOEXEC);
	pair_free(&p);
	assert_int_equal(fcntl(dropped, F_GETFD), -1);
	assert_int_equal(read(fd[0], &c, 1), 0);
	close(fd[0]);
}

static void
the_end_of_a_peer_is_told(void **state)
{
	struct pair p = pair_new(false);
	struct ipc_out out;
	struct ipc_in in;

	(void)state;
	assert_int_equal(ipc_recv_wait(p.b, &in, 1), ERR_TIMEOUT);
	ipc_free(p.a);
	p.a = NULL;
	assert_int_equal(ipc_recv_wait(p.b, &in, 1000), ERR_CLOSED);
	ipc_begin(&out, 1);
	assert_int_equal(ipc_send(p.b, &out, -1), ERR_CLOSED);
	pair_free(&p);
}

/* Raw packets that no honest peer sends. */
static void
nonsense_closes_the_channel(void **state)
{
	static const struct {
		const char *first, *second;
		size_t n1, n2;
	} rows[] = {
		{ "x", NULL, 1, 0 },                                /* no header */
		{ "\0\1\1\0\0\0\0", NULL, 7, 0 },                   /* short header */
		{ "\0\1\2\0\0\0\0\0", NULL, 8, 0 },                 /* last is 2 */
		{ "\0\1\1\1\0\0\0\0", NULL, 8, 0 },                 /* reserved byte */
		{ "\0\1\1\0\377\0\0\0", NULL, 8, 0 },               /* too long */
		{ "\0\1\1\0\0\0\0\0x", NULL, 9, 0 },                /* more than told */
		{ "\0\1\1\0\0\0\0\2x", NULL, 9, 0 },                /* less than told */
		{ "\0\1\0\0\0\0\0\0", NULL, 8, 0 },                 /* empty piece */
		{ "\0\1\0\0\0\0\0\2x", "\0\2\1\0\0\0\0\2y", 9, 9 }, /* type changes */
		{ "\0\1\0\0\0\0\0\2x", "\0\1\1\0\0\0\0\3y", 9, 9 }, /* total changes */
	};
	struct pair p;
	struct ipc_in in;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		p = pair_new(false);
		assert_int_equal(send(ipc_fd(p.a), rows[i].first, rows[i].n1, 0), rows[i].n1);
		if (rows[i].second != NULL)
			assert_int_equal(send(ipc_fd(p.a), rows[i].second, rows[i].n2, 0),
			    rows[i].n2);
		assert_int_equal(ipc_recv(p.b, &in), ERR_PEER);
		assert_int_equal(ipc_recv(p.b, &in), ERR_PEER); /* and stays dead */
		pair_free(&p);
	}
}

static int
note(void *ctx, struct ipc_in *m)
{
	*(int *)ctx += m->type;
	return 0;
}

static void
the_permit_table_refuses(void **state)
{
	static const struct ipc_rule rules[] = { { 5, true, note }, { 7, false, note } };
	struct ipc_in m = { .type = 5, .fd = -1 };
	uint64_t used = 0;
	int sum = 0;

	(void)state;
	assert_int_equal(ipc_dispatch(rules, 2, &used, &m, &sum), 0);
	assert_int_equal(ipc_dispatch(rules, 2, &used, &m, &sum), ERR_PEER); /* once */
	m.type = 7;
	assert_int_equal(ipc_dispatch(rules, 2, &used, &m, &sum), 0);
	assert_int_equal(ipc_dispatch(rules, 2, &used, &m, &sum), 0);
	m.type = 6;
	assert_int_equal(ipc_dispatch(rules, 2, &used, &m, &sum), ERR_PEER);
	assert_int_equal(sum, 19);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(a_large_message_is_joined),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(a_descriptor_travels),
		cmocka_unit_test(the_end_of_a_peer_is_told),
		cmocka_unit_test(nonsense_closes_the_channel),
		cmocka_unit_test(the_permit_table_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
