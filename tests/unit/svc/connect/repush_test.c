/*
 * repush_test: tests that pushing a key again replaces the earlier push, and that the number of
 * live keys is limited.
 */
#include "fixture.h"

#include "base/b64.h"

/* An Ed25519 public key whose last bytes are n. */
static const char *
public_key(struct fixture *f, unsigned n)
{
	uint8_t blob[51] = { 0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0,
		0, 0, 32 };
	struct buf b;
	char *text;

	blob[49] = (uint8_t)(n >> 8);
	blob[50] = (uint8_t)n;
	buf_init(&b, 256);
	buf_c(&b, "ssh-ed25519 ");
	b64_write(&b, blob, sizeof(blob));
	text = arena_cstr(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

static struct api_response
push(struct fixture *f, const char *id, const char *user, unsigned key, unsigned request)
{
	f->request_id = arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-%012u", request).p;
	return fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\": \"%s\", \"InstanceOSUser\": \"%s\", \"SSHPublicKey\": \"%s\"}",
		id, user, public_key(f, key))
		.p);
}

static void
test_same_key_again(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	char want[256];

	resp = push(f, id, "ec2-user", 1, 1);
	assert_status(f, &resp, 200);
	resp = push(f, id, "ubuntu", 1, 2); /* another user's is another key */
	assert_status(f, &resp, 200);
	assert_int_equal(f->n_sent, 2);
	resp = push(f, id, "ec2-user", 1, 3);
	assert_status(f, &resp, 200);
	assert_int_equal(f->n_sent, 4); /* first the new one, then the end of the old */
	assert_non_null(strstr(f->sent[2].text, "\"type\":\"key\""));
	assert_non_null(strstr(f->sent[2].text, "-000000000003\""));
	snprintf(want, sizeof(want),
	    "{\"type\":\"key_gone\",\"instance_id\":\"%s\","
	    "\"request_id\":\"0a0b0c0d-0000-4000-8000-000000000001\"}",
	    id);
	assert_string_equal(f->sent[3].text, want);
}

static void
test_limit_of_a_user(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	unsigned i;

	f->settings.push_rate = 0;
	for (i = 0; i < 100; i++) {
		resp = push(f, id, "ec2-user", i, i);
		assert_status(f, &resp, 200);
	}
	resp = push(f, id, "ec2-user", 100, 100);
	assert_status(f, &resp, 400);
	assert_non_null(strstr(fixture_cstr(f, resp.body), "\"__type\":\"ThrottlingException\""));
	assert_int_equal(f->n_sent, 100);
	resp = push(f, id, "ec2-user", 7, 101); /* one that is there makes no more */
	assert_status(f, &resp, 200);
	resp = push(f, id, "ubuntu", 100, 102);
	assert_status(f, &resp, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_key_again, fixture_setup,
		    fixture_teardown),
		cmocka_unit_test_setup_teardown(test_limit_of_a_user, fixture_setup,
		    fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
