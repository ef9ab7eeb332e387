/*
 * repush_test: tests that pushing a key again replaces the earlier push, and that the number of
 * live keys is limited.
 */
#include "fixture.h"

#include "base/b64.h"
#include "store/store_active_key.h"

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

/* Live keys of somebody else, the oldest first: r-FROM and on. */
static void
keys_of(struct fixture *f, const char *id, const char *user, const char *owner, unsigned from,
    unsigned n)
{
	struct store_active_key v = { .instance_id = str_of(id),
		.os_user = str_of(user),
		.public_key = STR("ssh-ed25519 AAAA"),
		.caller_arn = STR("arn:aws:iam::" ACCOUNT ":user/somebody"),
		.owner = str_of(owner),
		.signer_id = STR("S"),
		.entry = STR("E"),
		.created_at = NOW_S,
		.expires_at = NOW_S + 60,
		.boot_id = str_of(f->region->boot_id),
		.boot_deadline_ms = BOOT_MS + 60000 };

	for (; n > 0; n--, from++) {
		v.request_id = arena_fmt(f->a, "r-%05u", from);
		v.boot_deadline_ms++;
		assert_ok(store_active_key_add(f->st, &v));
	}
}

static int64_t
count_of(struct fixture *f, const char *id, const char *owner)
{
	int64_t n;

	assert_ok(store_active_key_count_owner(f->st, str_of(id), STR(""), str_of(owner), &n));
	return n;
}

/* The key whose end was told to the agent last. */
static void
assert_gone(struct fixture *f, const char *id, const char *request_id)
{
	const char *want = arena_fmt(f->a,
	    "{\"type\":\"key_gone\",\"instance_id\":\"%s\",\"request_id\":\"%s\"}", id, request_id)
			       .p;
	size_t i;

	for (i = f->n_sent; i > 0 && strstr(f->sent[i - 1].text, "key_gone") == NULL; i--)
		;
	assert_true(i > 0);
	assert_string_equal(f->sent[i - 1].text, want);
}

/* Who fills a user of an instance keeps nobody out: each push of a bystander takes the place of the
 * oldest of the one who has most, until both have about as many. */
static void
test_most_makes_room(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	unsigned i;

	f->settings.push_rate = 0;
	keys_of(f, id, "ec2-user", "MALLORY", 0, 79);
	keys_of(f, id, "ec2-user", "CAROL", 500, 21);
	for (i = 0; i < 39; i++) {
		resp = push(f, id, "ec2-user", i, i);
		assert_status(f, &resp, 200);
		assert_gone(f, id, arena_fmt(f->a, "r-%05u", i).p);
	}
	assert_int_equal(count_of(f, id, "MALLORY"), 40);
	assert_int_equal(count_of(f, id, "CAROL"), 21);
	assert_int_equal(count_of(f, id, "arn:aws:iam::" ACCOUNT ":root"), 39);
	resp = push(f, id, "ec2-user", 39, 39);
	assert_status(f, &resp, 400);
	assert_non_null(strstr(fixture_cstr(f, resp.body), "\"__type\":\"ThrottlingException\""));
	assert_int_equal(count_of(f, id, "MALLORY"), 40);
	/* A refused push took nobody's place. */
	assert_gone(f, id, "r-00038");
}

/* Who has no more than a quarter loses nothing: it takes four to keep others out. */
static void
test_a_quarter_is_safe(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;

	f->settings.push_rate = 0;
	keys_of(f, id, "ec2-user", "A", 0, 25);
	keys_of(f, id, "ec2-user", "B", 100, 25);
	keys_of(f, id, "ec2-user", "C", 200, 25);
	keys_of(f, id, "ec2-user", "D", 300, 25);
	resp = push(f, id, "ec2-user", 1, 1);
	assert_status(f, &resp, 400);
	resp = push(f, id, "ubuntu", 1, 2);
	assert_status(f, &resp, 200);
}

/* Nor can all of an instance be filled, over however many of its users. */
static void
test_most_of_an_instance_makes_room(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	unsigned i;

	for (i = 0; i < 20; i++)
		keys_of(f, id, arena_fmt(f->a, "user%u", i).p, "MALLORY", i * 100, 100);
	resp = push(f, id, "ec2-user", 1, 1);
	assert_status(f, &resp, 200);
	assert_gone(f, id, "r-00000");
	assert_int_equal(count_of(f, id, "MALLORY"), 1999);
	assert_int_equal(count_of(f, id, "arn:aws:iam::" ACCOUNT ":root"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_key_again, fixture_setup,
		    fixture_teardown),
		cmocka_unit_test_setup_teardown(test_limit_of_a_user, fixture_setup,
		    fixture_teardown),
		cmocka_unit_test_setup_teardown(test_most_makes_room, fixture_setup,
		    fixture_teardown),
		cmocka_unit_test_setup_teardown(test_a_quarter_is_safe, fixture_setup,
		    fixture_teardown),
		cmocka_unit_test_setup_teardown(test_most_of_an_instance_makes_room, fixture_setup,
		    fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
