/* form_test: tests the forms of text that IAM and STS require, and the tokens of paged lists. */
#include "fixture.h"

#include "api/call.h"
#include "api/form.h"
#include "api/place.h"

static const struct {
	enum field_form form;
	const char *text;
	bool good;
} rows[] = {
	{ FORM_IAM_NAME, "a", true },
	{ FORM_IAM_NAME, "Az09_+=,.@-", true },
	{ FORM_IAM_NAME, "", false },
	{ FORM_IAM_NAME, "a b", false },
	{ FORM_IAM_NAME, "a/b", false },
	{ FORM_IAM_NAME, "a:b", false },
	{ FORM_IAM_NAME, "a*", false },
	{ FORM_IAM_NAME, "\xc3\xa4", false },
	{ FORM_IAM_PATH, "/", true },
	{ FORM_IAM_PATH, "/a/", true },
	{ FORM_IAM_PATH, "/a!~/b/", true },
	{ FORM_IAM_PATH, "//b/", true },
	{ FORM_IAM_PATH, "", false },
	{ FORM_IAM_PATH, "//", false },
	{ FORM_IAM_PATH, "a/", false },
	{ FORM_IAM_PATH, "/a", false },
	{ FORM_IAM_PATH, "/a b/", false },
	{ FORM_IAM_PATH, "/a\x7f/", false },
	{ FORM_IAM_PATH, "/\xc3\xa4/", false },
	{ FORM_IAM_PATH_PREFIX, "/", true },
	{ FORM_IAM_PATH_PREFIX, "/a", true },
	{ FORM_IAM_PATH_PREFIX, "/a\x7f", true },
	{ FORM_IAM_PATH_PREFIX, "", false },
	{ FORM_IAM_PATH_PREFIX, "a", false },
	{ FORM_IAM_PATH_PREFIX, "/ ", false },
	{ FORM_IAM_POLICY_PATH, "/", true },
	{ FORM_IAM_POLICY_PATH, "/a.b/c_d+e=f,g@h-i/", true },
	{ FORM_IAM_POLICY_PATH, "", false },
	{ FORM_IAM_POLICY_PATH, "//", false },
	{ FORM_IAM_POLICY_PATH, "/a!/", false },
	{ FORM_IAM_POLICY_PATH, "/a", false },
	{ FORM_IAM_POLICY_PATH, "a/", false },
	{ FORM_IAM_WORD, "AKIA_09az", true },
	{ FORM_IAM_WORD, "", false },
	{ FORM_IAM_WORD, "AKIA-", false },
	{ FORM_IAM_ARN, "arn:aws:iam::aws:policy/X", true },
	{ FORM_IAM_ARN, "a\t\n\r\xc2\x85\xc3\xa4\xf0\x9f\x98\x80", true },
	{ FORM_IAM_ARN, "", false },
	{ FORM_IAM_ARN, "a\x7f", false },
	{ FORM_IAM_ARN, "a\x1b", false },
	{ FORM_IAM_ARN, "\xc2\x80", false },
	{ FORM_IAM_ARN, "\xef\xbf\xbe", false },
	{ FORM_IAM_ARN, "\xff", false },
	{ FORM_IAM_MARKER, "a b\xc3\xbf", true },
	{ FORM_IAM_MARKER, "", false },
	{ FORM_IAM_MARKER, "a\n", false },
	{ FORM_IAM_MARKER, "\xc4\x80", false },
	{ FORM_POLICY_DOCUMENT, "{\t\r\n }\xc3\xbf", true },
	{ FORM_POLICY_DOCUMENT, "", false },
	{ FORM_POLICY_DOCUMENT, "{\x0b}", false },
	{ FORM_POLICY_DOCUMENT, "{\xc4\x80}", false },
	{ FORM_POLICY_VERSION, "v1", true },
	{ FORM_POLICY_VERSION, "v10.a-B9", true },
	{ FORM_POLICY_VERSION, "v2.", true },
	{ FORM_POLICY_VERSION, "v", false },
	{ FORM_POLICY_VERSION, "v0", false },
	{ FORM_POLICY_VERSION, "v01", false },
	{ FORM_POLICY_VERSION, "1", false },
	{ FORM_POLICY_VERSION, "v1a", false },
	{ FORM_POLICY_VERSION, "v1.a_b", false },
	{ FORM_POLICY_VERSION, "v1.a.b", false },
	{ FORM_POLICY_VERSION, "", false },
	{ FORM_DESCRIPTION, "", true },
	{ FORM_DESCRIPTION, "a\tb\xc2\xa1", true },
	{ FORM_DESCRIPTION, "\xc2\xa0", false },
	{ FORM_DESCRIPTION, "a\x7f", false },
	{ FORM_TAG_KEY, "a b_.:/=+-@9", true },
	{ FORM_TAG_KEY, "K\xc3\xb6nig \xe4\xb8\xad", true },
	{ FORM_TAG_KEY, "", false },
	{ FORM_TAG_KEY, "a!", false },
	{ FORM_TAG_KEY, "a\n", false },
	{ FORM_TAG_KEY, "a\"", false },
	{ FORM_TAG_KEY, "\xe2\x80\x8f", false }, /* U+200F */
	{ FORM_TAG_KEY, "\xe2\x80\xae", false }, /* U+202E */
	{ FORM_TAG_KEY, "\xef\xbb\xbf", false }, /* U+FEFF */
	{ FORM_TAG_KEY, "\xee\x80\x80", false }, /* U+E000 */
	{ FORM_TAG_KEY, "\xc2\x85", false },
	{ FORM_TAG_VALUE, "", true },
	{ FORM_TAG_VALUE, "a*", false },
	{ FORM_MFA_CODE, "123456", true },
	{ FORM_MFA_CODE, "", false },
	{ FORM_MFA_CODE, "12345a", false },
	{ FORM_SERIAL, "arn:aws:iam::123456789012:mfa/x+=,.@-", true },
	{ FORM_SERIAL, "GAHT12345678", true },
	{ FORM_SERIAL, "", false },
	{ FORM_SERIAL, "a b", false },
	{ FORM_SERIAL, "a*", false },
	{ FORM_EXTERNAL_ID, "", true },
	{ FORM_EXTERNAL_ID, "a:/=+,.@-_", true },
	{ FORM_EXTERNAL_ID, "a b", false },
	{ FORM_EXTERNAL_ID, "a\\b", false },
	{ FORM_STS_NAME, "", true },
	{ FORM_STS_NAME, "a_+=,.@-", true },
	{ FORM_STS_NAME, "a/b", false },
	{ FORM_STS_WORD, "", true },
	{ FORM_STS_WORD, "a_1", true },
	{ FORM_STS_WORD, "a-1", false },
	{ FORM_STS_CODE, "", true },
	{ FORM_STS_CODE, "123", true },
	{ FORM_STS_CODE, "12a", false },
	{ FORM_STS_SERIAL, "", true },
	{ FORM_STS_SERIAL, "arn:aws:iam::123456789012:mfa/x+=,.@-", true },
	{ FORM_STS_SERIAL, "a b", false },
	{ FORM_ACCOUNT_ALIAS, "abc", true },
	{ FORM_ACCOUNT_ALIAS, "a-b-c", true },
	{ FORM_ACCOUNT_ALIAS, "ab", false },
	{ FORM_ACCOUNT_ALIAS, "-ab", false },
	{ FORM_ACCOUNT_ALIAS, "ab-", false },
	{ FORM_ACCOUNT_ALIAS, "a--b", false },
	{ FORM_ACCOUNT_ALIAS, "aBc", false },
};

static void
test_forms(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (form_matches(rows[i].form, str_of(rows[i].text)) != rows[i].good)
			fail_msg("row %zu: \"%s\"", i, rows[i].text);
		assert_non_null(form_pattern(rows[i].form));
	}
	/* No form allows a NUL. */
	for (i = FORM_IAM_NAME; i < FORM_COUNT; i++)
		assert_false(form_matches((enum field_form)i, STR("ab\0c")));
	assert_null(form_pattern(FORM_INSTANCE_ID));
}

static void
test_places(void **state)
{
	static const char *const bad[] = {
		"",
		"=",
		"x",
		"MTpBOg==", /* 1:A: */
		"MTpBOmI",  /* 1:A:b without its padding */
		"MjpBOmI=", /* 2:A:b */
		"MTpCOmI=", /* 1:B:b */
		"MTpBCg==",
		"MTpBOgE=", /* a control */
		"MTpBOmI= ",
	};
	struct call c = { .arena = arena_new(1u << 20), .operation = STR("A") };
	struct str place, token;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(place_of(&c, str_of(bad[i]), &place), ERR_SYNTAX);
	assert_ok(place_of(&c, STR("MTpBOmI="), &place));
	assert_true(str_eq_c(place, "b"));
	token = place_token(&c, STR("arn:aws:iam::123456789012:policy/x:y"));
	assert_ok(place_of(&c, token, &place));
	assert_true(str_eq_c(place, "arn:aws:iam::123456789012:policy/x:y"));
	c.operation = STR("B");
	assert_int_equal(place_of(&c, token, &place), ERR_SYNTAX);
	arena_free(c.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
