/*
 * empty_lists_test: tests the lists of what no account has here: that they are empty in the form
 * that clients read, and that one has to be allowed to see that.
 */
#include "fixture.h"

#define END "<IsTruncated>false</IsTruncated>"

/* Source of the forms: IAM API reference, response elements of each action. */
static const struct {
	const char *action, *more, *result, *resource;
} rows[] = {
	{ "ListSSHPublicKeys", "&UserName=eve", "<SSHPublicKeys></SSHPublicKeys>" END, "user/eve" },
	{ "ListSigningCertificates", "&UserName=eve&MaxItems=5",
	    "<Certificates></Certificates>" END, "user/eve" },
	{ "ListServiceSpecificCredentials",
	    "&UserName=eve&ServiceName=codecommit.amazonaws.com&AllUsers=false",
	    "<ServiceSpecificCredentials></ServiceSpecificCredentials>" END, "user/eve" },
	{ "ListServerCertificates", "&PathPrefix=/x/",
	    "<ServerCertificateMetadataList></ServerCertificateMetadataList>" END,
	    "server-certificate/" },
	{ "ListSAMLProviders", "", "<SAMLProviderList></SAMLProviderList>", "saml-provider/*" },
};

static void
test_empty(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, arena_fmt(f->a, "%s%s", rows[i].action, rows[i].more).p);
		fixture_assert_iam(f, &resp, rows[i].action, rows[i].result);
		fixture_audit(f, &ev);
		assert_string_equal(fixture_cstr(f, ev.event_name), rows[i].action);
		assert_true(ev.read_only);
	}
	/* Without a name they are the caller's, here the root's. */
	resp = fixture_iam(f, "ListSSHPublicKeys");
	fixture_assert_iam(f, &resp, "ListSSHPublicKeys", rows[0].result);
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	resp = fixture_iam(f, "ListSSHPublicKeys&UserName=nobody");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name nobody cannot be found.");
	resp = fixture_iam(f, "ListSigningCertificates&Marker=x");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>ValidationError</Code>");
	resp = fixture_iam(f, "ListServerCertificates&PathPrefix=x");
	assert_status(f, &resp, 400);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, arena_fmt(f->a, "%s%s", rows[i].action, rows[i].more).p);
		assert_status(f, &resp, 403);
		assert_has(f, &resp,
		    arena_fmt(f->a,
			"is not authorized to perform: iam:%s on resource: arn:aws:iam::" ACCOUNT
			":%s because",
			rows[i].action, rows[i].resource)
			.p);
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
