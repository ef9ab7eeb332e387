/* line_test: tests that exported records are written byte by byte as expected, and read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "trail/line.h"

#define ID "0a0b0c0d-0000-4000-8000-000000000001"
#define RECORD \
	"{\"eventVersion\":\"1.08\",\"eventTime\":\"2024-08-01T13:24:47Z\",\"eventID\":\"" ID \
	"\",\"requestParameters\":{\"sSHPublicKey\":\"\\u00e4 }\\\"\"}}"
#define HEAD "{\"eventID\":\"" ID "\",\"eventTime\":\"2024-08-01T13:24:47Z\","
#define ZEROS16 "0000000000000000"
#define ZEROS ZEROS16 ZEROS16 ZEROS16 ZEROS16
/* printf of 32 zeros, 7 as 8 bytes, ID and RECORD, through sha256sum. */
#define HASH \
	"7f67e973be3e38e70ec75cbdf6ef5177" \
	"a8afe243f54b27153c36f96747064070"
#define LINE \
	"{\"eventVersion\":\"1.08\",\"eventTime\":\"2024-08-01T13:24:47Z\",\"eventID\":\"" ID \
	"\",\"requestParameters\":{\"sSHPublicKey\":\"\\u00e4 }\\\"\"},\"openeicChain\":{" \
	"\"sequence\":7,\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}"

static struct line
made(void)
{
	struct line v = { .seq = 7 };

	auditchain_hash(v.previous, 7, STR(ID), STR(RECORD), v.hash);
	return v;
}

static void
test_write(void **state)
{
	struct line v = made();
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(line_write(&b, STR(RECORD), &v), 0);
	assert_true(str_eq_c(buf_view(&b), LINE "\n"));
	buf_release(&b);
	buf_init(&b, 200);
	assert_int_equal(line_write(&b, STR(RECORD), &v), ERR_TOOBIG);
	buf_clear(&b);
	assert_int_equal(line_write(&b, STR("{}"), &v), ERR_SYNTAX);
	assert_int_equal(line_write(&b, STR("[1]"), &v), ERR_SYNTAX);
	assert_int_equal(line_write(&b, STR(""), &v), ERR_SYNTAX);
	buf_release(&b);
}

static void
test_parse(void **state)
{
	struct line v = made(), got;

	(void)state;
	assert_int_equal(line_parse(STR(LINE), &got), 0);
	assert_int_equal(got.seq, 7);
	assert_string_equal(got.event_id, ID);
	assert_int_equal(got.event_at, 1722518687);
	assert_memory_equal(got.previous, v.previous, sizeof(v.previous));
	assert_memory_equal(got.hash, v.hash, sizeof(v.hash));
}

/* No bit of a line can be changed. */
static void
test_every_bit(void **state)
{
	char text[sizeof(LINE)];
	struct line got;
	size_t i;
	int bit, r;

	(void)state;
	for (i = 0; i < sizeof(LINE) - 1; i++) {
		for (bit = 0; bit < 8; bit++) {
			memcpy(text, LINE, sizeof(LINE));
			text[i] = (char)(text[i] ^ (1 << bit));
			r = line_parse(str_of_n(text, sizeof(LINE) - 1), &got);
			if (r != ERR_SYNTAX && r != ERR_CRYPTO)
				fail_msg("byte %zu, bit %d: %d", i, bit, r);
		}
	}
}

static const char *const bad[] = {
	"",
	"{}",
	RECORD,
	LINE "\n",
	LINE " ",
	" " LINE,
	/* the member alone, twice, in other orders, with other numbers */
	",\"openeicChain\":{\"sequence\":7,\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	"{\"openeicChain\":{\"sequence\":7,\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	HEAD "\"openeicChain\":{\"sequence\":0,"
	     "\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	HEAD "\"openeicChain\":{\"sequence\":07,"
	     "\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	HEAD "\"openeicChain\":{\"sequence\":-7,"
	     "\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	HEAD "\"openeicChain\":{\"sequence\":"
	     "9223372036854775808,\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	HEAD "\"openeicChain\":{\"hash\":\"" HASH "\",\"sequence\":7,\"previousHash\":\"" ZEROS
	     "\"}}",
	/* records that are none */
	"{\"eventID\":\"" ID "\",\"openeicChain\":{\"sequence\":7,\"previousHash\":\"" ZEROS
	"\",\"hash\":\"" HASH "\"}}",
	"{\"eventID\":7,\"eventTime\":\"2024-08-01T13:24:47Z\",\"openeicChain\":{\"sequence\":7,"
	"\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	"{\"eventID\":\"" ID "\",\"eventID\":\"" ID "\",\"eventTime\":\"2024-08-01T13:24:47Z\","
	"\"openeicChain\":{\"sequence\":7,\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
	"[" HEAD "\"openeicChain\":{\"sequence\":7,"
	"\"previousHash\":\"" ZEROS "\",\"hash\":\"" HASH "\"}}",
};

static void
test_refused(void **state)
{
	struct line got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (line_parse(str_of(bad[i]), &got) != ERR_SYNTAX)
			fail_msg("taken: %s", bad[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
