/*
 * oidc_provider_test: tests OpenID Connect providers: what is stored and shown, what is refused,
 * and what the decision is made on. Source of the forms and of what is idempotent: IAM API
 * reference; of the quotas: IAM user guide, "IAM and STS quotas".
 */
#include "fixture.h"

#define URL "token.example.com/ci"
#define ARN "arn:aws:iam::" ACCOUNT ":oidc-provider/" URL
#define PRINT "990f4193972f2becf12ddeda5237f9c952f20d9e"
#define OF "&OpenIDConnectProviderArn=" ARN
#define CREATE "CreateOpenIDConnectProvider&Url=https://" URL

static void
put(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
}

static void
assert_shown(struct fixture *f, const char *ids, const char *prints, const char *tags)
{
	struct api_response resp = fixture_iam(f, "GetOpenIDConnectProvider" OF);

	fixture_assert_iam(f, &resp, "GetOpenIDConnectProvider",
	    arena_fmt(f->a,
		"<Url>" URL "</Url><ClientIDList>%s</ClientIDList>"
		"<ThumbprintList>%s</ThumbprintList>"
		"<CreateDate>2023-11-14T22:13:20Z</CreateDate>%s",
		ids, prints, tags)
		.p);
}

static void
test_life(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	resp = fixture_iam(f, "ListOpenIDConnectProviders");
	fixture_assert_iam(f, &resp, "ListOpenIDConnectProviders",
	    "<OpenIDConnectProviderList></OpenIDConnectProviderList>");
	resp = fixture_iam(f,
	    CREATE "&ClientIDList.member.1=sts.amazonaws.com&ClientIDList.member.2=a%20b"
		   "&ClientIDList.member.3=a%20b&ThumbprintList.member.1=" PRINT
		   "&Tags.member.1.Key=Team&Tags.member.1.Value=web");
	fixture_assert_iam(f, &resp, "CreateOpenIDConnectProvider",
	    "<OpenIDConnectProviderArn>" ARN "</OpenIDConnectProviderArn><Tags><member>"
	    "<Key>Team</Key><Value>web</Value></member></Tags>");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"url\":\"https://" URL "\",\"clientIDList\":["
	    "\"sts.amazonaws.com\",\"a b\",\"a b\"],\"thumbprintList\":[\"" PRINT "\"],"
	    "\"tags\":[{\"key\":\"Team\",\"value\":\"web\"}]},\"responseElements\":{"
	    "\"openIDConnectProviderArn\":\"" ARN "\""));
	assert_shown(f, "<member>sts.amazonaws.com</member><member>a b</member>",
	    "<member>" PRINT "</member>",
	    "<Tags><member><Key>Team</Key><Value>web</Value></member></Tags>");
	resp = fixture_iam(f, "ListOpenIDConnectProviders");
	fixture_assert_iam(f, &resp, "ListOpenIDConnectProviders",
	    "<OpenIDConnectProviderList><member><Arn>" ARN
	    "</Arn></member></OpenIDConnectProviderList>");

	put(f, "AddClientIDToOpenIDConnectProvider" OF "&ClientID=c");
	put(f, "AddClientIDToOpenIDConnectProvider" OF "&ClientID=c");
	put(f, "RemoveClientIDFromOpenIDConnectProvider" OF "&ClientID=a%20b");
	put(f, "RemoveClientIDFromOpenIDConnectProvider" OF "&ClientID=sts");
	put(f, "UntagOpenIDConnectProvider" OF "&TagKeys.member.1=Team");
	put(f,
	    "UpdateOpenIDConnectProviderThumbprint" OF
	    "&ThumbprintList.member.1=0123456789012345678901234567890123456789");
	assert_shown(f, "<member>sts.amazonaws.com</member><member>c</member>",
	    "<member>0123456789012345678901234567890123456789</member>", "");
	put(f, "TagOpenIDConnectProvider" OF "&Tags.member.1.Key=a&Tags.member.1.Value=b");
	resp = fixture_iam(f, "ListOpenIDConnectProviderTags" OF);
	fixture_assert_iam(f, &resp, "ListOpenIDConnectProviderTags",
	    "<Tags><member><Key>a</Key><Value>b</Value></member></Tags>"
	    "<IsTruncated>false</IsTruncated>");

	put(f, "DeleteOpenIDConnectProvider" OF);
	/* "It does not fail or return an error if you call the operation for a provider that does
	 * not exist." (IAM API reference) */
	put(f, "DeleteOpenIDConnectProvider" OF);
	put(f, CREATE);
	assert_shown(f, "", "", "");
}

static void
test_refused(void **state)
{
	static const struct {
		const char *body;
		unsigned status;
		const char *code, *message;
	} rows[] = {
		{ CREATE, 409, "EntityAlreadyExists",
		    "Provider with url https://" URL " already exists." },
		{ "CreateOpenIDConnectProvider&Url=http://x.example.com", 400, "InvalidInput",
		    "Invalid Open ID Connect Provider URL" },
		{ "CreateOpenIDConnectProvider&Url=https://", 400, "InvalidInput",
		    "Invalid Open ID Connect Provider URL" },
		{ "CreateOpenIDConnectProvider&Url=https:///x", 400, "InvalidInput",
		    "Invalid Open ID Connect Provider URL" },
		{ "CreateOpenIDConnectProvider&Url=https://X.example.com", 400, "InvalidInput",
		    "Invalid Open ID Connect Provider URL" },
		{ "CreateOpenIDConnectProvider&Url=https://x.example.com/*", 400, "InvalidInput",
		    "Invalid Open ID Connect Provider URL" },
		{ "CreateOpenIDConnectProvider&Url=https://x.example.com/?a", 400, "InvalidInput",
		    "Invalid Open ID Connect Provider URL" },
		{ "CreateOpenIDConnectProvider&Url=https://y.example.com"
		  "&ThumbprintList.member.1=z90f4193972f2becf12ddeda5237f9c952f20d9e",
		    400, "InvalidInput", "A thumbprint consists of 40 hexadecimal digits." },
		{ "CreateOpenIDConnectProvider&Url=https://y.example.com"
		  "&ThumbprintList.member.1=" PRINT "&ThumbprintList.member.2=" PRINT
		  "&ThumbprintList.member.3=" PRINT "&ThumbprintList.member.4=" PRINT
		  "&ThumbprintList.member.5=" PRINT "&ThumbprintList.member.6=" PRINT,
		    400, "InvalidInput", "Thumbprint list must contain at most 5 entries." },
		{ "GetOpenIDConnectProvider" OF "x", 404, "NoSuchEntity",
		    "OpenIDConnect Provider not found for arn " ARN "x" },
		{ "AddClientIDToOpenIDConnectProvider" OF "x&ClientID=c", 404, "NoSuchEntity",
		    "OpenIDConnect Provider not found for arn " ARN "x" },
		{ "UpdateOpenIDConnectProviderThumbprint" OF "x&ThumbprintList.member.1=" PRINT,
		    404, "NoSuchEntity", "OpenIDConnect Provider not found for arn " ARN "x" },
		{ "AddClientIDToOpenIDConnectProvider" OF "&ClientID=101", 409, "LimitExceeded",
		    "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100" },
		{ "CreateOpenIDConnectProvider&Url=https://z.example.com", 409, "LimitExceeded",
		    "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	f->settings.api_rate = 0;
	put(f, CREATE);
	for (i = 0; i < 100; i++)
		put(f,
		    arena_fmt(f->a, "AddClientIDToOpenIDConnectProvider" OF "&ClientID=%zu", i).p);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strstr(rows[i].body, "z.example.com") != NULL) {
			for (size_t k = 1; k < 100; k++)
				put(f,
				    arena_fmt(f->a,
					"CreateOpenIDConnectProvider&Url=https://p%zu.example.com",
					k)
					.p);
		}
		resp = fixture_iam(f, rows[i].body);
		fixture_assert_iam_error(f, &resp, rows[i].status, rows[i].code, rows[i].message);
	}
}

/* Who may not is told nothing of what there is. */
static void
test_denied(void **state)
{
	static const char *const bodies[] = { "GetOpenIDConnectProvider" OF,
		"DeleteOpenIDConnectProvider" OF, "GetOpenIDConnectProvider" OF "x",
		"DeleteOpenIDConnectProvider" OF "x",
		"TagOpenIDConnectProvider" OF "&Tags.member.1.Key=a&Tags.member.1.Value=b",
		("CreateOpenIDConnectProvider&Url=https://" URL), "ListOpenIDConnectProviders" };
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	put(f, CREATE);
	resp = fixture_iam(f,
	    "GetOpenIDConnectProvider&OpenIDConnectProviderArn="
	    "arn:aws:iam::210987654321:oidc-provider/" URL);
	assert_status(f, &resp, 403);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		resp = fixture_iam(f, bodies[i]);
		assert_status(f, &resp, 403);
		assert_has(f, &resp,
		    arena_fmt(f->a,
			"is not authorized to perform: iam:%.*s on resource: arn:aws:iam::" ACCOUNT
			":oidc-provider/",
			(int)strcspn(bodies[i], "&"), bodies[i])
			.p);
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_refused),
		TEST(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
