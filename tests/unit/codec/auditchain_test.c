/*
 * auditchain_test: tests the hashes against those of Python's hashlib, and that every part of an
 * event changes its hash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "codec/auditchain.h"

#define FIRST "1075b5344b5b1356526314b1033cea2b79bf835c16fb636d10759ee45389ba75"

static void
zeros_or(const char *hex, uint8_t ret[static AUDITCHAIN_BYTES])
{
	memset(ret, 0, AUDITCHAIN_BYTES);
	if (hex != NULL)
		assert_int_equal(hex_parse(str_of(hex), ret, AUDITCHAIN_BYTES), 0);
}

static void
hashes(void **state)
{
	static const struct {
		const char *prev;
		uint64_t seq;
		struct str event_id, record;
		const char *want;
	} rows[] = {
		{ NULL, 1, { "e-1", 3 }, { "{}", 2 }, FIRST },
		{ FIRST, 0x0102030405060708, { "4a5b6c7d-0000-4000-8000-000000000001", 36 },
		    { "{\"eventVersion\":\"1.08\"}", 23 },
		    "60c284dd07aa7f5a8918768c588a41897eed075bfae668a81243ad26a1221451" },
		{ NULL, UINT64_MAX, { NULL, 0 }, { NULL, 0 },
		    "44877601a9bfc8f71d76dbaee2f6a11d0899b3f5cdaad15978247de80c7d2a44" },
	};
	uint8_t prev[AUDITCHAIN_BYTES], want[AUDITCHAIN_BYTES], got[AUDITCHAIN_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		zeros_or(rows[i].prev, prev);
		zeros_or(rows[i].want, want);
		auditchain_hash(prev, rows[i].seq, rows[i].event_id, rows[i].record, got);
		assert_memory_equal(got, want, sizeof(got));
	}
}

/* Each input counts. */
static void
differs(void **state)
{
	uint8_t prev[AUDITCHAIN_BYTES] = { 0 }, first[AUDITCHAIN_BYTES], got[AUDITCHAIN_BYTES];

	(void)state;
	zeros_or(FIRST, first);
	auditchain_hash(prev, 2, STR("e-1"), STR("{}"), got);
	assert_memory_not_equal(got, first, sizeof(got));
	auditchain_hash(prev, 1, STR("e-2"), STR("{}"), got);
	assert_memory_not_equal(got, first, sizeof(got));
	auditchain_hash(prev, 1, STR("e-1"), STR("{} "), got);
	assert_memory_not_equal(got, first, sizeof(got));
	prev[AUDITCHAIN_BYTES - 1] = 1;
	auditchain_hash(prev, 1, STR("e-1"), STR("{}"), got);
	assert_memory_not_equal(got, first, sizeof(got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes),
		cmocka_unit_test(differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
