/* digest_test: tests the text of a digest that is signed, and the line that is exported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "trail/digest.h"

#define ONES \
	"01010101010101010101010101010101" \
	"01010101010101010101010101010101"
#define TWOS \
	"02020202020202020202020202020202" \
	"02020202020202020202020202020202"
#define FINGERPRINT "0123456789abcdef"

#define TEXT(seq, previous) \
	"{\"version\":1,\"awsAccountId\":\"123456789012\",\"awsRegion\":\"xx-test-1\"," \
	"\"digestSequence\":" seq ",\"digestStartTime\":\"2024-08-01T12:24:47Z\"," \
	"\"digestEndTime\":\"2024-08-01T13:24:47Z\",\"digestInterval\":3600," \
	"\"firstSequence\":4,\"lastSequence\":9,\"eventCount\":6,\"firstPreviousHash\":\"" ONES \
	"\",\"lastHash\":\"" TWOS "\",\"previousDigestSignature\":" previous \
	",\"certificateFingerprint\":\"" FINGERPRINT \
	"\",\"signatureAlgorithm\":\"RSASSA-PSS-SHA256\"}"
#define LINE \
	"{\"openeicDigest\":{\"digest\":\"{\\\"a\\\":1}\",\"signature\":\"c2ln\"," \
	"\"certificates\":[\"b25l\",\"dHdv\"]}}"

static struct digest
made(void)
{
	struct digest d = { .account_id = STR("123456789012"),
		.region = STR("xx-test-1"),
		.seq = 2,
		.start_at = 1722515087,
		.end_at = 1722518687,
		.interval_s = 3600,
		.first_seq = 4,
		.last_seq = 9,
		.previous_signature = STR("before"),
		.fingerprint = STR(FINGERPRINT) };

	memset(d.first_previous, 1, sizeof(d.first_previous));
	memset(d.last_hash, 2, sizeof(d.last_hash));
	return d;
}

static void
test_text(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct digest d = made(), got;
	struct buf b;

	(void)state;
	buf_init(&b, DIGEST_MAX_TEXT_BYTES);
	assert_int_equal(digest_write(&b, &d), 0);
	assert_true(str_eq_c(buf_view(&b), TEXT("2", "\"YmVmb3Jl\"")));
	assert_int_equal(digest_parse(buf_view(&b), a, &got), 0);
	assert_int_equal(got.seq, 2);
	assert_int_equal(got.start_at, d.start_at);
	assert_int_equal(got.end_at, d.end_at);
	assert_int_equal(got.interval_s, 3600);
	assert_int_equal(got.first_seq, 4);
	assert_int_equal(got.last_seq, 9);
	assert_memory_equal(got.first_previous, d.first_previous, sizeof(d.first_previous));
	assert_memory_equal(got.last_hash, d.last_hash, sizeof(d.last_hash));
	assert_true(str_eq_c(got.previous_signature, "before"));
	assert_true(str_eq_c(got.fingerprint, FINGERPRINT));
	buf_clear(&b);
	d.previous_signature = STR("");
	assert_int_equal(digest_write(&b, &d), 0);
	assert_true(str_eq_c(buf_view(&b), TEXT("2", "null")));
	assert_int_equal(digest_parse(buf_view(&b), a, &got), 0);
	assert_int_equal(got.previous_signature.n, 0);
	buf_release(&b);
	arena_free(a);
}

static const char *const bad_texts[] = {
	"",
	"{}",
	TEXT("0", "null"),
	TEXT("-1", "null"),
	TEXT("2.0", "null"),
	TEXT("02", "null"),
	TEXT("\"2\"", "null"),
	TEXT("2", "\"\""),
	TEXT("2", "\"YmVmb3Jl"),
	TEXT("2", "\"YmVmb3J\""),
	TEXT("2", "7"),
	TEXT("2", "null") " ",
	" " TEXT("2", "null"),
	TEXT("2", "null") "{}",
	/* the same values in another form: one digest has one text */
	TEXT("2", " null"),
	TEXT("2", "null,\"extra\":1"),
	TEXT("2,\"digestSequence\":2", "null"),
};

static void
test_bad_texts(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct digest got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_texts) / sizeof(bad_texts[0]); i++) {
		if (digest_parse(str_of(bad_texts[i]), a, &got) != ERR_SYNTAX)
			fail_msg("taken: %s", bad_texts[i]);
	}
	arena_free(a);
}

static void
test_line(void **state)
{
	struct digest_line l = { .text = STR("{\"a\":1}"),
		.signature = STR("sig"),
		.certificates = { STR("one"), STR("two") },
		.n_certificates = 2 };
	struct arena *a = arena_new(1u << 20);
	struct digest_line got;
	struct buf b;

	(void)state;
	buf_init(&b, DIGEST_MAX_LINE_BYTES);
	assert_int_equal(digest_line_write(&b, &l), 0);
	assert_true(str_eq_c(buf_view(&b), LINE "\n"));
	assert_true(digest_line_is(buf_view(&b)));
	assert_false(digest_line_is(STR("{\"eventVersion\":\"1.08\"}")));
	assert_int_equal(digest_line_parse(STR(LINE), a, &got), 0);
	assert_true(str_eq(got.text, l.text));
	assert_true(str_eq(got.signature, l.signature));
	assert_int_equal(got.n_certificates, 2);
	assert_true(str_eq_c(got.certificates[0], "one"));
	assert_true(str_eq_c(got.certificates[1], "two"));
	buf_release(&b);
	arena_free(a);
}

static const char *const bad_lines[] = {
	"",
	"{}",
	"[]",
	LINE " x",
	"{\"openeicDigest\":{}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2ln\",\"certificates\":[]}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2ln\",\"certificates\":\"b25l\"}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2ln\",\"certificates\":[1]}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2l\",\"certificates\":[\"b25l\"]}}",
	"{\"openeicDigest\":{\"digest\":7,\"signature\":\"c2ln\",\"certificates\":[\"b25l\"]}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"certificates\":[\"b25l\"]}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2ln\",\"certificates\":[\"b25l\"],"
	"\"more\":1}}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2ln\",\"certificates\":[\"b25l\"]},"
	"\"more\":1}",
	"{\"openeicDigest\":{\"digest\":\"x\",\"signature\":\"c2ln\",\"certificates\":[\"b25l\","
	"\"b25l\",\"b25l\",\"b25l\"]}}",
};

static void
test_bad_lines(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct digest_line got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		if (digest_line_parse(str_of(bad_lines[i]), a, &got) != ERR_SYNTAX)
			fail_msg("taken: %s", bad_lines[i]);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_bad_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
