/*
 * session_test: tests that the claims of a session are read back as they were written, and that
 * anything else is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/session.h"

#define ISSUED 1700000000

static struct session_tag tags[SESSION_MAX_TAGS];

static struct session
assumed(void)
{
	struct session s = { .temporary = true,
		.access_key_id = STR("ASIAIOSFODNN7EXAMPLE"),
		.issuer_key_id = STR("AKIAIOSFODNN7EXAMPLE"),
		.type = IAM_ASSUMED_ROLE,
		.account_id = STR("123456789012"),
		.entity_id = STR("AROAIOSFODNN7EXAMPLE"),
		.session_name = STR("alice@home"),
		.issued_at = ISSUED,
		.expires_at = ISSUED + 3600,
		.mfa = true,
		.mfa_at = ISSUED - 5,
		.source_identity = STR("alice"),
		.chained = true,
		.policy = STR("{\"Version\":\"2012-10-17\"}"),
		.policy_arns = { STR("arn:aws:iam::aws:policy/ReadOnlyAccess") },
		.n_policy_arns = 1,
		.tags = tags,
		.n_tags = 2 };

	tags[0] = (struct session_tag){ STR("team"), STR("blue"), true };
	tags[1] = (struct session_tag){ STR("cost"), STR(""), false };
	return s;
}

static struct session
user(void)
{
	return (struct session){ .temporary = true,
		.access_key_id = STR("ASIAIOSFODNN7EXAMPLE"),
		.issuer_key_id = STR("AKIAIOSFODNN7EXAMPLE"),
		.type = IAM_USER,
		.account_id = STR("123456789012"),
		.entity_id = STR("AIDAIOSFODNN7EXAMPLE"),
		.issued_at = ISSUED,
		.expires_at = ISSUED + 1 };
}

static struct session
root(void)
{
	struct session s = user();

	s.type = IAM_ROOT;
	s.entity_id = s.account_id;
	return s;
}

static struct session
federated(void)
{
	struct session s = user();

	s.type = IAM_FEDERATED_USER;
	s.session_name = STR("ci-job");
	s.mfa = false;
	s.mfa_at = 0;
	return s;
}

static void
assert_same(const struct session *a, const struct session *b)
{
	size_t i;

	assert_int_equal(a->temporary, b->temporary);
	assert_true(str_eq(a->access_key_id, b->access_key_id));
	assert_true(str_eq(a->issuer_key_id, b->issuer_key_id));
	assert_int_equal(a->type, b->type);
	assert_true(str_eq(a->account_id, b->account_id));
	assert_true(str_eq(a->entity_id, b->entity_id));
	assert_true(str_eq(a->session_name, b->session_name));
	assert_int_equal(a->issued_at, b->issued_at);
	assert_int_equal(a->expires_at, b->expires_at);
	assert_int_equal(a->mfa, b->mfa);
	assert_int_equal(a->mfa_at, b->mfa_at);
	assert_true(str_eq(a->source_identity, b->source_identity));
	assert_int_equal(a->chained, b->chained);
	assert_true(str_eq(a->policy, b->policy));
	assert_int_equal(a->n_policy_arns, b->n_policy_arns);
	for (i = 0; i < a->n_policy_arns; i++)
		assert_true(str_eq(a->policy_arns[i], b->policy_arns[i]));
	assert_int_equal(a->n_tags, b->n_tags);
	for (i = 0; i < a->n_tags; i++) {
		assert_true(str_eq(a->tags[i].key, b->tags[i].key));
		assert_true(str_eq(a->tags[i].value, b->tags[i].value));
		assert_int_equal(a->tags[i].transitive, b->tags[i].transitive);
	}
}

static void
written(const struct session *s, struct buf *b)
{
	buf_init(b, SESSION_MAX_CLAIMS_BYTES);
	assert_int_equal(session_write(b, s), 0);
}

static void
what_is_written_is_read(void **state)
{
	struct session rows[] = { assumed(), user(), root(), federated() }, got;
	struct arena *a = arena_new(1u << 20);
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		written(&rows[i], &b);
		assert_int_equal(session_read(buf_view(&b), a, &got), 0);
		/* No text of the session points into the claims. */
		memset(b.p, 'x', b.n);
		assert_same(&rows[i], &got);
		buf_release(&b);
	}
	arena_free(a);
}

static void
nothing_shorter_or_longer(void **state)
{
	struct session s = assumed(), got = { .temporary = false };
	struct arena *a = arena_new(16u << 20);
	struct buf b;
	size_t i;

	(void)state;
	written(&s, &b);
	for (i = 0; i < b.n; i++)
		assert_int_equal(session_read(str_head(buf_view(&b), i), a, &got), ERR_SYNTAX);
	buf_ch(&b, '\0');
	assert_int_equal(session_read(buf_view(&b), a, &got), ERR_SYNTAX);
	assert_false(got.temporary);
	buf_release(&b);
	arena_free(a);
}

/* The head: version, kind, flags; and the ends of lists. */
static void
bytes_have_ranges(void **state)
{
	static const struct {
		size_t at; /* from the start, or from the end */
		bool from_end;
		uint8_t good, bad;
	} rows[] = {
		{ 0, false, 1, 0 }, { 0, false, 1, 2 }, { 1, false, IAM_ASSUMED_ROLE, 4 },
		{ 1, false, IAM_ASSUMED_ROLE, IAM_USER }, { 2, false, 3, 4 }, { 2, false, 3, 255 },
		{ 2, false, 3, 2 },    /* a time of MFA without MFA */
		{ 3, false, 0, 0x80 }, /* times are not negative */
		{ 11, false, 0, 0x80 }, { 19, false, 0, 0x80 },
		{ 1, true, 0, 2 }, /* transitive or not */
	};
	struct arena *a = arena_new(1u << 20);
	struct session s = assumed(), got;
	struct buf b;
	size_t i;
	char *p;

	(void)state;
	written(&s, &b);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		p = rows[i].from_end ? b.p + b.n - rows[i].at : b.p + rows[i].at;
		assert_int_equal((uint8_t)*p, rows[i].good);
		*p = (char)rows[i].bad;
		assert_int_equal(session_read(buf_view(&b), a, &got), ERR_SYNTAX);
		*p = (char)rows[i].good;
	}
	assert_int_equal(session_read(buf_view(&b), a, &got), 0);
	buf_release(&b);
	arena_free(a);
}

static void
unsound_sessions_are_not_read(void **state)
{
	struct session rows[17], got;
	struct arena *a = arena_new(1u << 20);
	struct buf b;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		rows[i] = assumed();
	rows[n++].access_key_id = STR("AKIAIOSFODNN7EXAMPLE");
	rows[n++].access_key_id = STR("");
	rows[n++].issuer_key_id = STR("");
	rows[n++].account_id = STR("12345678901");
	rows[n++].entity_id = STR("AIDAIOSFODNN7EXAMPLE");
	rows[n++].entity_id = STR("");
	rows[n++].session_name = STR("");
	rows[n++].expires_at = ISSUED;
	rows[n++].mfa_at = 0;
	rows[n] = user();
	rows[n++].session_name = STR("name");
	rows[n] = user();
	rows[n++].chained = true;
	rows[n] = user();
	rows[n++].entity_id = STR("123456789012");
	rows[n] = root();
	rows[n++].entity_id = STR("999999999999");
	rows[n] = federated();
	rows[n++].session_name = STR("");
	rows[n] = federated();
	rows[n++].entity_id = STR("123456789012");
	rows[n] = federated();
	rows[n++].chained = true;
	rows[n] = federated();
	rows[n].mfa = true;
	rows[n++].mfa_at = ISSUED;
	assert_int_equal(n, sizeof(rows) / sizeof(*rows));
	for (i = 0; i < n; i++) {
		written(&rows[i], &b);
		assert_int_equal(session_read(buf_view(&b), a, &got), ERR_SYNTAX);
		buf_release(&b);
	}
	arena_free(a);
}

static void
claims_are_bounded(void **state)
{
	static char text[SESSION_MAX_CLAIMS_BYTES];
	struct arena *a = arena_new(1u << 20);
	struct session s = assumed(), got;
	struct buf b;
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text));
	buf_init(&b, 2 * SESSION_MAX_CLAIMS_BYTES);
	s.policy = str_of_n(text, 8193);
	assert_int_equal(session_write(&b, &s), ERR_TOOBIG);
	s.policy = str_of_n(text, 2048);
	s.n_tags = SESSION_MAX_TAGS;
	for (i = 0; i < s.n_tags; i++)
		tags[i] = (struct session_tag){ str_of_n(text, 128), str_of_n(text, 256), true };
	assert_int_equal(session_write(&b, &s), ERR_TOOBIG);
	s.n_tags = SESSION_MAX_TAGS + 1;
	assert_int_equal(session_write(&b, &s), ERR_TOOBIG);
	s.n_tags = 25;
	s.n_policy_arns = SESSION_MAX_POLICIES + 1;
	assert_int_equal(session_write(&b, &s), ERR_TOOBIG);
	assert_int_equal(b.n, 0);
	s.n_policy_arns = 0;
	assert_int_equal(session_write(&b, &s), 0);
	assert_int_equal(session_read(buf_view(&b), a, &got), 0);
	assert_same(&s, &got);
	buf_release(&b);
	/* One byte less than it takes. */
	buf_init(&b, 100);
	s = user();
	assert_int_equal(session_write(&b, &s), ERR_TOOBIG);
	buf_release(&b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(nothing_shorter_or_longer),
		cmocka_unit_test(bytes_have_ranges),
		cmocka_unit_test(unsound_sessions_are_not_read),
		cmocka_unit_test(claims_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
