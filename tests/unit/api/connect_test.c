/*
 * connect_test: SendSSHPublicKey, from the signed request to the agent.
 */
#include "fixture.h"

#include "store/store_active_key.h"

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

static struct api_response
push(struct fixture *f, const char *id, const char *user, const char *key)
{
	return fixture_push(
	    f, arena_fmt(f->a,
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
	assert_string_equal(
	    fixture_cstr(f, resp.body), "{\"RequestId\":\"" REQUEST_ID "\",\"Success\":true}");
	assert_int_equal(resp.n_headers, 1);
	assert_string_equal(fixture_cstr(f, resp.headers[0].value), "application/x-amz-json-1.1");

	/* The key on its way to the agent. */
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_TEXT);
	assert_int_equal(f->sent[0].number, LINK);
	snprintf(want, sizeof(want),
	    "{\"type\":\"key\",\"instance_id\":\"%s\",\"os_user\":\"ec2-user\","
	    "\"request_id\":\"" REQUEST_ID "\",\"signer_id\":\"%s\",\"ttl_ms\":60000,\"entry\":"
	    "\"#Timestamp=1700000060\\n#Instance=%s\\n#Caller=arn:aws:iam::" ACCOUNT
	    ":root\\n#Request=" REQUEST_ID "\\n" ED25519
	    " me@home\\nc2lnbmVkIGJ5IGtleSBvZiBzaWduZXI=\\n\"}",
	    id, signer, id);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_success, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
