/*
 * send_ssh_public_key_test: tests SendSSHPublicKey, from the signed request to the message for the
 * agent.
 */
#include "fixture.h"
#include "keys.h"

#include "store/store_active_key.h"

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

static struct api_response
push(struct fixture *f, const char *id, const char *user, const char *key)
{
	return fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\": \"%s\", \"InstanceOSUser\": \"%s\", \"SSHPublicKey\": \"%s\"}",
		id, user, key)
		.p);
}

static void
test_success(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_audit_event ev;
	struct api_response resp;
	char want[4096], signer[41];

	cert_name_sha1(STR("signer"), signer);
	resp = push(f, id, "ec2-user", ED25519 " me@home\\n");
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.body),
	    "{\"RequestId\":\"" REQUEST_ID "\",\"Success\":true}");
	assert_int_equal(resp.n_headers, 1);
	assert_string_equal(fixture_cstr(f, resp.headers[0].value), "application/x-amz-json-1.1");

	/* The key on its way to the agent. */
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_TEXT);
	assert_int_equal(f->sent[0].number, LINK);
	snprintf(want, sizeof(want),
	    "{\"type\":\"key\",\"instance_id\":\"%s\",\"os_user\":\"ec2-user\","
	    "\"request_id\":\"" REQUEST_ID "\",\"signer_id\":\"%s\",\"ttl_ms\":60000,"
	    "\"at_ms\":%lld,\"entry\":"
	    "\"#Timestamp=1700000060\\n#Instance=%s\\n#Caller=arn:aws:iam::" ACCOUNT
	    ":root\\n#Request=" REQUEST_ID "\\n#User=ec2-user\\n" ED25519
	    " me@home\\nc2lnbmVkIGJ5IGtleSBvZiBzaWduZXI=\\n\"}",
	    id, signer, (long long)clock_boot_ms(f->region->clock), id);
	assert_string_equal(f->sent[0].text, want);

	/* And the record. */
	fixture_audit(f, &ev);
	snprintf(want, sizeof(want),
	    "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"Root\",\"principalId\":"
	    "\"" ACCOUNT "\",\"arn\":\"arn:aws:iam::" ACCOUNT ":root\",\"accountId\":\"" ACCOUNT
	    "\",\"accessKeyId\":\"" ROOT_KEY "\"},\"eventTime\":\"2023-11-14T22:13:20Z\","
	    "\"eventSource\":\"ec2-instance-connect.amazonaws.com\",\"eventName\":"
	    "\"SendSSHPublicKey\",\"awsRegion\":\"" REGION "\",\"sourceIPAddress\":\"192.0.2.1\","
	    "\"userAgent\":\"test/1\",\"requestParameters\":{\"instanceId\":\"%s\","
	    "\"instanceOSUser\":\"ec2-user\",\"sSHPublicKey\":\"" ED25519
	    " me@home\"},\"responseElements\":{\"requestId\":\"" REQUEST_ID
	    "\",\"success\":true},\"requestID\":\"" REQUEST_ID "\",\"eventID\":\"%s\","
	    "\"readOnly\":false,\"eventType\":\"AwsApiCall\",\"managementEvent\":true,"
	    "\"recipientAccountId\":\"" ACCOUNT "\",\"eventCategory\":\"Management\","
	    "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":"
	    "\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"localhost\"}}",
	    id, fixture_cstr(f, ev.event_id));
	assert_string_equal(fixture_cstr(f, ev.record), want);
	assert_int_equal(ev.n_resources, 1);
	assert_string_equal(fixture_cstr(f, ev.resources[0].type), "AWS::EC2::Instance");
	assert_string_equal(fixture_cstr(f, ev.resources[0].name), id);
	assert_string_equal(fixture_cstr(f, ev.username), "root");
}

/* The type and message of an error; nothing went to the agent, and the record
 * tells the error. */
static void
assert_error(struct fixture *f, struct api_response *resp, uint16_t status, const char *type)
{
	struct store_audit_event ev;

	assert_status(f, resp, status);
	assert_has(f, resp, arena_fmt(f->a, "{\"__type\":\"%s\",", type).p);
	assert_int_equal(resp->n_headers, 2);
	assert_string_equal(fixture_cstr(f, resp->headers[1].name), "x-amzn-ErrorType");
	assert_string_equal(fixture_cstr(f, resp->headers[1].value), type);
	assert_int_equal(f->n_sent, 0);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code),
	    strcmp(type, "AccessDeniedException") == 0 ? "AccessDenied" : type);
}

static const struct {
	const char *user;
	bool ok;
} users[] = {
	{ "ec2-user", true }, { "_", true }, { "a", true }, { "7", true }, { "123", true },
	{ "a.b@c", true }, { "ec2.", true }, { "svc$", true }, { "9a$", true }, { "a@", true },
	{ "1234567890123456789012345678901", true },  /* 31 digits */
	{ "abcdefghijabcdefghijabcdefghij12", true }, /* 32 */
	{ "abcdefghijabcdefghijabcdefghij1$", true }, { "1bcdefghijabcdefghijabcdefghij1.", true },
	{ "", false }, { "a/../b", false }, { "../x", false }, { ".", false }, { "..", false },
	{ ".a", false }, { "-a", false }, { "@a", false }, { "$", false }, { "a$b", false },
	{ "a$$", false }, { "12$", false }, { "a b", false }, { "a%2fb", false }, { "a?b", false },
	{ "a#b", false }, { "a\\nb", false }, { "a\\tb", false }, { "\xc3\xa4", false },
	{ "root;id", false }, { "12345678901234567890123456789012", false }, /* 32 digits */
	{ "abcdefghijabcdefghijabcdefghij1.", false },                       /* 32, ends in '.' */
	{ "abcdefghijabcdefghijabcdefghij123", false },                      /* 33 */
};

static void
test_users(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	char request[64];
	size_t i;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		snprintf(request, sizeof(request), "request-%zu", i);
		f->request_id = request;
		resp = push(f, id, users[i].user, ED25519);
		if (resp.status != (users[i].ok ? 200 : 400))
			fail_msg("%s: %s", users[i].user, fixture_cstr(f, resp.body));
		if (users[i].ok)
			fixture_forget(f);
		else
			assert_error(f, &resp, 400, "InvalidArgsException");
	}
}

static const struct {
	const char *key;
	const char *line; /* as served; NULL: refused */
} keys[] = {
	{ ED25519, ED25519 },
	{ ED25519 "\\n", ED25519 },
	{ "  " ED25519 " me@home \\r\\n", ED25519 " me@home" },
	{ KEY_RSA_2048, KEY_RSA_2048 },
	{ KEY_RSA_3072, KEY_RSA_3072 },
	{ KEY_RSA_4096, KEY_RSA_4096 },
	{ KEY_RSA_1024, NULL },
	{ KEY_ECDSA_256, NULL },
	{ KEY_SK_ED25519, NULL },
	{ KEY_DSA, NULL },
	{ KEY_PRIVATE, NULL },
	{ ED25519 "\\n#Timestamp=9999999999", NULL },
	{ ED25519 "\\n" ED25519, NULL },
	{ "command=\\\"id\\\" " ED25519, NULL },
	{ "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"
	  " padpad",
	    NULL },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKB",
	    NULL }, /* 79 characters */
	{ "ssh-ed25519 !AAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo",
	    NULL },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBoAAAA",
	    NULL },
	{ "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	    NULL },
};

static void
test_keys(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_audit_event ev;
	struct api_response resp;
	char request[64];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(request, sizeof(request), "request-%zu", i);
		f->request_id = request;
		resp = push(f, id, "ec2-user", keys[i].key);
		fixture_audit(f, &ev);
		if (keys[i].line == NULL) {
			if (resp.status == 200)
				fail_msg("taken: %s", keys[i].key);
			assert_error(f, &resp, 400, "InvalidArgsException");
			/* What is not a public key of a person's is not recorded. */
			assert_null(strstr(fixture_cstr(f, ev.record), "sSHPublicKey"));
			continue;
		}
		if (resp.status != 200)
			fail_msg("%s: %s", keys[i].key, fixture_cstr(f, resp.body));
		assert_non_null(
		    strstr(f->sent[0].text, arena_fmt(f->a, "\\n%s\\nc2lnbmVk", keys[i].line).p));
		assert_non_null(strstr(fixture_cstr(f, ev.record),
		    arena_fmt(f->a, "\"sSHPublicKey\":\"%s\"}", keys[i].line).p));
		fixture_forget(f);
	}
}

/* What a refusal says of its cause, for keys that look right to those who push them. */
static void
test_causes(void **state)
{
	static const struct {
		const char *key, *message;
	} rows[] = {
		{ "\xef\xbb\xbf" ED25519,
		    "SSHPublicKey begins with a byte order mark (U+FEFF): save the file as UTF-8 "
		    "without one" },
		{ "\xef\xbb\xbf" KEY_PRIVATE,
		    "SSHPublicKey holds a private key. It was not used and not recorded; send the "
		    "public key, and consider this private key exposed" },
		{ KEY_ECDSA_256,
		    "SSHPublicKey is ecdsa-sha2-nistp256, which this installation takes only with "
		    "its setting allow_ecdsa_keys = yes: use ED25519, or RSA of 2048, 3072 or 4096 "
		    "bits" },
		{ KEY_SK_ED25519,
		    "SSHPublicKey is sk-ssh-ed25519@openssh.com, which this installation takes "
		    "only with its setting allow_ecdsa_keys = yes: use ED25519, or RSA of 2048, "
		    "3072 or 4096 bits" },
		{ KEY_RSA_1024,
		    "SSHPublicKey is ssh-rsa of 1024 bits: RSA of 2048, 3072 or 4096 bits and "
		    "ED25519 are supported" },
		{ KEY_DSA, "SSHPublicKey is of a type that is not supported: use RSA or ED25519" },
		{ "command=\\\"id\\\" " ED25519,
		    "SSHPublicKey is not a public key in OpenSSH or SSH2 (RFC 4716) form" },
	};
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = push(f, id, "ec2-user", rows[i].key);
		assert_error(f, &resp, 400, "InvalidArgsException");
		assert_has(f, &resp, arena_fmt(f->a, "\"Message\":\"%s\"}", rows[i].message).p);
	}
}

static void
test_private_key(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_audit_event ev;
	struct api_response resp;

	resp = push(f, id, "ec2-user", KEY_PRIVATE);
	assert_error(f, &resp, 400, "InvalidArgsException");
	assert_has(f, &resp, "private key");
	assert_has_not(f, &resp, "OPENSSH");
	fixture_audit(f, &ev);
	assert_null(strstr(fixture_cstr(f, ev.record), "OPENSSH"));
	assert_null(strstr(fixture_cstr(f, ev.record), "b3BlbnNza"));
	/* It was not signed, nor kept. */
	assert_int_equal(f->keyd_signed, 0);
}

static void
test_rfc4716(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;

	resp = push(f, id, "ec2-user", KEY_RSA_2048_SSH2);
	assert_status(f, &resp, 200);
	/* One line, whose type and number are those of the OpenSSH form. */
	assert_non_null(strstr(f->sent[0].text,
	    arena_fmt(f->a, "\\n%.*s", (int)strlen(KEY_RSA_2048) - 8, KEY_RSA_2048).p));
	assert_null(strstr(f->sent[0].text, "BEGIN"));
}

static void
test_ecdsa_by_setting(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;

	f->settings.allow_ecdsa_keys = true;
	resp = push(f, id, "ec2-user", KEY_ECDSA_256);
	assert_status(f, &resp, 200);
	f->request_id = "another";
	resp = push(f, id, "ec2-user", KEY_SK_ED25519);
	assert_status(f, &resp, 200);
}

static void
test_too_long(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	char key[4098];

	memset(key, 'x', 4097);
	key[4097] = '\0';
	memcpy(key, ED25519 " ", strlen(ED25519 " "));
	resp = push(f, id, "ec2-user", key);
	assert_error(f, &resp, 400, "InvalidArgsException");
	assert_has(f, &resp, "length 4097 is not between 80 and 4096");
	key[4096] = '\0';
	resp = push(f, id, "ec2-user", key);
	assert_status(f, &resp, 200);
}

static struct api_response
push_zone(struct fixture *f, const char *id, const char *zone)
{
	return fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\",\"SSHPublicKey\":\"" ED25519
		"\",\"AvailabilityZone\":\"%s\"}",
		id, zone)
		.p);
}

static void
test_instance(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, ""), *stop;
	struct api_response resp;

	resp = push(f, "i-0000000000000000f", "ec2-user", ED25519);
	assert_error(f, &resp, 400, "EC2InstanceNotFoundException");
	resp = push(f, "i-0123456", "ec2-user", ED25519);
	assert_error(f, &resp, 400, "InvalidArgsException");
	resp = push(f, "i-0123456G", "ec2-user", ED25519);
	assert_error(f, &resp, 400, "InvalidArgsException");

	resp = push_zone(f, id, "xx-test-1b");
	assert_error(f, &resp, 400, "EC2InstanceNotFoundException");
	resp = push_zone(f, id, "xx-test");
	assert_error(f, &resp, 400, "InvalidArgsException");
	resp = push_zone(f, id, ZONE);
	assert_status(f, &resp, 200);
	fixture_forget(f);

	/* Another account's key finds nothing. */
	f->access_key = OTHER_KEY;
	resp = push(f, id, "ec2-user", ED25519);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "EC2InstanceNotFoundException");
	f->access_key = ROOT_KEY;

	stop = arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p;
	fixture_ec2(f, stop);
	fixture_forget(f);
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "EC2InstanceStateInvalidException");
	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "EC2InstanceNotFoundException");
}

static void
test_agent_gone(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	uint64_t link = LINK + 1;

	agents_closed(f->region, LINK);
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "EC2InstanceUnavailableException");
	/* Connected, but it has not been told about its guests yet. */
	assert_ok(task_run(f->region, fixture_open, &link));
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "EC2InstanceUnavailableException");
	assert_ok(task_run(f->region, fixture_hello, &link));
	fixture_forget(f);
	resp = push(f, id, "ec2-user", ED25519);
	assert_status(f, &resp, 200);
	assert_int_equal(f->sent[0].number, link);
}

static void
test_denied(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_audit_event ev;
	struct api_response resp;
	char *want;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "AccessDeniedException");
	want = arena_cstr(f->a,
	    arena_fmt(f->a,
		"User: arn:aws:iam::" ACCOUNT ":user/eve is not authorized to perform: "
		"ec2-instance-connect:SendSSHPublicKey on resource: arn:aws:ec2:" REGION ":" ACCOUNT
		":instance/%s because no identity-based policy allows the "
		"ec2-instance-connect:SendSSHPublicKey action",
		id));
	assert_has(f, &resp, want);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "AccessDenied");
	assert_string_equal(fixture_cstr(f, ev.username), "eve");
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":null,\"responseElements\":null"));
	assert_non_null(strstr(fixture_cstr(f, ev.record), want));
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "{\"type\":\"IAMUser\",\"principalId\":\"AIDACKCEVSQ6C2EXAMPLE\""));

	/* One that does not exist is refused in the same words. */
	resp = push(f, "i-0000000000000000f", "ec2-user", ED25519);
	assert_error(f, &resp, 400, "AccessDeniedException");
}

static void
test_throttled(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	char request[64];
	int i;

	f->settings.push_rate = 2;
	f->settings.push_burst = 3;
	for (i = 0; i < 3; i++) {
		snprintf(request, sizeof(request), "request-%d", i);
		f->request_id = request;
		resp = push(f, id, "ec2-user", ED25519);
		assert_status(f, &resp, 200);
	}
	fixture_forget(f);
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "ThrottlingException");
	/* Other actions have their own bucket. */
	resp = fixture_ec2(f, "DescribeInstances");
	assert_status(f, &resp, 200);
	f->boot_ms += 499;
	f->request_id = "early";
	resp = push(f, id, "ec2-user", ED25519);
	assert_error(f, &resp, 400, "ThrottlingException");
	f->boot_ms += 1;
	f->request_id = "later";
	resp = push(f, id, "ec2-user", ED25519);
	assert_status(f, &resp, 200);
	f->settings.push_rate = 0;
	f->request_id = "no limit";
	resp = push(f, id, "ec2-user", ED25519);
	assert_status(f, &resp, 200);
}

static void
test_bodies(void **state)
{
	static const struct {
		const char *body;
		const char *type;
		const char *message;
	} rows[] = {
		{ "", "SerializationException", "" },
		{ "null", "SerializationException", "" },
		{ "[]", "SerializationException", "" },
		{ "{\"InstanceId\":", "SerializationException", "" },
		{ "{\"InstanceId\":\"i-01234567\",\"InstanceId\":\"i-01234567\"}",
		    "SerializationException", "" },
		{ "{\"InstanceId\":7}", "SerializationException",
		    "The value of InstanceId is of another type" },
		{ "{}", "InvalidArgsException",
		    "The request must contain the parameter InstanceId" },
		{ "{\"InstanceId\":null}", "InvalidArgsException",
		    "The request must contain the parameter InstanceId" },
		{ "{\"InstanceId\":\"i-0123456789\"}", "InvalidArgsException",
		    "The request must contain the parameter InstanceOSUser" },
		{ "{\"InstanceId\":\"i-0123456789\",\"InstanceOSUser\":\"a b\"}",
		    "InvalidArgsException",
		    "InstanceOSUser is invalid: it does not have the form [A-Za-z0-9_]" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_push(f, rows[i].body);
		assert_error(f, &resp, 400, rows[i].type);
		assert_has(f, &resp, rows[i].message);
	}
	/* Members that are not known are left alone. */
	resp = fixture_push(f,
	    "{\"InstanceId\":\"i-0123456789\",\"InstanceOSUser\":\"u\",\"New\":{\"a\":[1]},"
	    "\"SSHPublicKey\":\"" ED25519 "\"}");
	assert_error(f, &resp, 400, "EC2InstanceNotFoundException");
}

static void
test_keyd_gone(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	size_t before = fixture_audit(f, NULL);

	/* Nobody can say who asks: nothing is recorded. */
	f->keyd_error = ERR_UNAVAIL;
	log_set_level(LOG_LEVEL_ERROR + 1);
	resp = push(f, id, "ec2-user", ED25519);
	assert_status(f, &resp, 500);
	assert_has(f, &resp, "\"ServiceException\"");
	assert_int_equal(f->n_sent, 0);
	assert_int_equal(fixture_audit(f, NULL), before);
	f->keyd_error = 0;
	resp = push(f, id, "ec2-user", ED25519);
	assert_status(f, &resp, 200);
}

/* Kept as it was sent, for an agent that connects later. */
static void
test_kept(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_active_key_now now = { .boot_ms = BOOT_MS + 1000,
		.wall_ms = (NOW_S + 1) * INT64_C(1000),
		.lifetime_ms = 60000 };
	struct api_response resp = push(f, id, "ec2-user", ED25519);
	struct store_active_key *v;
	size_t n;

	assert_status(f, &resp, 200);
	now.boot_id = str_of(f->region->boot_id);
	assert_ok(store_active_key_list(f->st, f->a, str_of(id), &now, &v, &n));
	assert_int_equal(n, 1);
	assert_string_equal(fixture_cstr(f, v[0].os_user), "ec2-user");
	assert_string_equal(fixture_cstr(f, v[0].public_key), ED25519);
	assert_int_equal(v[0].expires_at, NOW_S + 60);
	assert_int_equal(v[0].boot_deadline_ms, BOOT_MS + 60000);
	assert_int_equal(v[0].left_ms, 59000);
}

/* A key does not outlive a stop: the instance that starts again is another boot. */
static void
test_stop_ends_keys(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_active_key_now now = { .boot_ms = BOOT_MS, .lifetime_ms = 60000 };
	struct api_response resp = push(f, id, "ec2-user", ED25519);
	struct store_active_key *v;
	size_t n;

	assert_status(f, &resp, 200);
	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	now.boot_id = str_of(f->region->boot_id);
	assert_ok(store_active_key_list(f->st, f->a, str_of(id), &now, &v, &n));
	assert_int_equal(n, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_success),
		TEST(test_users),
		TEST(test_keys),
		TEST(test_causes),
		TEST(test_private_key),
		TEST(test_rfc4716),
		TEST(test_ecdsa_by_setting),
		TEST(test_too_long),
		TEST(test_instance),
		TEST(test_agent_gone),
		TEST(test_denied),
		TEST(test_throttled),
		TEST(test_bodies),
		TEST(test_keyd_gone),
		TEST(test_kept),
		TEST(test_stop_ends_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
