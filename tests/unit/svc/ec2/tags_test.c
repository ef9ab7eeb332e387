/* tags_test: tests which keys and values a tag may have, and resources that are named twice. */
#include "fixture.h"

#define LAUNCH "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1"

/* Percent-encoded keys and values. */
static const struct {
	const char *key, *value;
	bool good;
} rows[] = {
	{ "a", "1", true },
	{ "a", "", true },
	{ "K%C3%B6nig%20of_.%3A%2F%3D%2B-%40", "%E2%82%AC%20x", true },
	{ "a%22%3C%5C", "%27%3E%26", true },
	{ "a", "a%0Ab", false },
	{ "a", "a%0Db", false },
	{ "a", "%09", false },
	{ "a", "%1B%5B2J", false },
	{ "a", "%7F", false },
	{ "a%0Ab", "1", false },
	{ "%01", "1", false },
	{ "%7F", "1", false },
};

static void
assert_answer(struct fixture *f, struct api_response *resp, size_t row)
{
	if (rows[row].good) {
		assert_status(f, resp, 200);
		return;
	}
	if (resp->status != 400)
		fail_msg("row %zu: status %u", row, resp->status);
	assert_has(f, resp, "<Code>InvalidParameterValue</Code>");
	assert_has(f, resp, "contains characters that are not allowed");
}

static void
test_characters(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	struct store_tag *tags;
	size_t i, n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f,
		    arena_fmt(f->a, "CreateTags&ResourceId.1=%s&Tag.1.Key=%s&Tag.1.Value=%s", id,
			rows[i].key, rows[i].value)
			.p);
		assert_answer(f, &resp, i);
		resp = fixture_ec2(f,
		    arena_fmt(f->a,
			LAUNCH "&DryRun=%s&TagSpecification.1"
			       ".ResourceType=instance&TagSpecification.1.Tag.1.Key=%s"
			       "&TagSpecification.1.Tag.1.Value=%s",
			rows[i].good ? "true" : "false", rows[i].key, rows[i].value)
			.p);
		if (rows[i].good)
			assert_status(f, &resp, 412);
		else
			assert_answer(f, &resp, i);
	}
	/* None of the bad ones is there. */
	assert_ok(store_tag_list(f->st, f->a, str_of(id), &tags, &n));
	assert_int_equal(n, 3);
}

/* Not UTF-8 at all: refused before it is a parameter. */
static void
test_not_utf8(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp = fixture_ec2(f,
	    arena_fmt(f->a, "CreateTags&ResourceId.1=%s&Tag.1.Key=a&Tag.1.Value=%%FF", id).p);

	assert_status(f, &resp, 400);
}

/* Each resource is decided on, changed and recorded once. */
static void
test_named_twice(void **state)
{
	static const char *const actions[] = { "CreateTags", "DeleteTags" };
	struct fixture *f = *state;
	const char *a = fixture_launch(f, ""), *b = fixture_launch(f, "");
	struct store_audit_event ev;
	struct api_response resp;
	size_t i;

	for (i = 0; i < 2; i++) {
		resp = fixture_ec2(f,
		    arena_fmt(f->a,
			"%s&ResourceId.1=%s&ResourceId.2=%s"
			"&ResourceId.3=%s&ResourceId.4=%s&Tag.1.Key=k&Tag.1.Value=v",
			actions[i], a, a, b, a)
			.p);
		assert_status(f, &resp, 200);
		fixture_audit(f, &ev);
		assert_int_equal(ev.n_resources, 2);
		assert_string_equal(fixture_cstr(f, ev.resources[0].name), a);
		assert_string_equal(fixture_cstr(f, ev.resources[1].name), b);
	}
	/* Agents have no part in it. */
	assert_int_equal(f->n_sent, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_characters),
		TEST(test_not_utf8),
		TEST(test_named_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
