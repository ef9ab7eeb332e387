/* message_test: what eicd may say, member by member, and when to try again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/message.h"
#include "agent/uplink.h"

#define LEAF "0123456789ABCDEF0123456789ABCDEF01234567"

static const char signer[] = "{\"type\":\"signer\",\"signer_id\":\"" LEAF "\",\"chain\":\"PEM\\n\","
			     "\"staples\":{\"" LEAF "\":\"b2NzcA==\"}}";
static const char guest[] =
    "{\"type\":\"guest\",\"instance_id\":\"i-0123456789abcdef0\","
    "\"private_ip\":\"10.0.0.5\",\"public_ip\":\"\",\"mac\":\"02:00:00:00:00:05\","
    "\"hostname\":\"ip-10-0-0-5\",\"ami_id\":\"ami-1\",\"instance_type\":\"t3.micro\","
    "\"availability_zone\":\"eu-test-1a\",\"region\":\"eu-test-1\","
    "\"domain\":\"amazonaws.com\",\"account_id\":\"123456789012\",\"vpc_id\":\"vpc-1\","
    "\"subnet_id\":\"subnet-1\",\"security_groups\":[\"default\",\"web\"],"
    "\"tags\":{\"Name\":\"one\"},\"http_endpoint\":\"enabled\",\"http_tokens\":\"required\","
    "\"hop_limit\":2,\"launch_time\":1700000000,\"key_name\":\"\",\"public_key\":\"\","
    "\"user_data\":\"aGk=\",\"of_a_later_version\":1}";
static const char guest_gone[] = "{\"type\":\"guest_gone\",\"instance_id\":\"i-1\"}";
static const char key[] =
    "{\"type\":\"key\",\"instance_id\":\"i-1\",\"os_user\":\"ec2-user\","
    "\"request_id\":\"r1\",\"signer_id\":\"" LEAF "\",\"ttl_ms\":60000,\"entry\":\"#a\\nb\\n\"}";
static const char key_gone[] =
    "{\"type\":\"key_gone\",\"instance_id\":\"i-1\",\"request_id\":\"r1\"}";

static int
parse(struct arena *a, const char *text, struct message *m)
{
	arena_reset(a);
	return message_parse(a, str_of(text), 1000, m, NULL);
}

static void
test_accepted(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct message m;

	(void)state;
	assert_int_equal(parse(a, signer, &m), 0);
	assert_int_equal(m.type, MESSAGE_SIGNER);
	assert_true(str_eq_c(m.signer.id, LEAF));
	assert_true(str_eq_c(m.signer.chain, "PEM\n"));
	assert_int_equal(m.signer.n_staples, 1);
	assert_true(str_eq_c(m.signer.staples[0].base64, "b2NzcA=="));

	assert_int_equal(parse(a, guest, &m), 0);
	assert_int_equal(m.type, MESSAGE_GUEST);
	assert_true(str_eq_c(m.guest.subnet_id, "subnet-1"));
	assert_true(str_eq_c(m.guest.groups[1], "web"));
	assert_true(str_eq_c(m.guest.tags[0].key, "Name"));
	assert_true(str_eq_c(m.guest.user_data, "hi"));
	assert_true(m.guest.http_endpoint);
	assert_true(m.guest.http_tokens_required);
	assert_int_equal(m.guest.hop_limit, 2);
	assert_int_equal(m.guest.launch_s, 1700000000);

	assert_int_equal(parse(a, guest_gone, &m), 0);
	assert_int_equal(m.type, MESSAGE_GUEST_GONE);
	assert_true(str_eq_c(m.instance_id, "i-1"));

	assert_int_equal(parse(a, key, &m), 0);
	assert_int_equal(m.type, MESSAGE_KEY);
	assert_int_equal(m.key.deadline_ms, 61000);
	assert_true(str_eq_c(m.key.entry, "#a\nb\n"));

	assert_int_equal(parse(a, key_gone, &m), 0);
	assert_int_equal(m.type, MESSAGE_KEY_GONE);
	assert_true(str_eq_c(m.request_id, "r1"));

	assert_int_equal(parse(a, "{\"type\":\"synced\"}", &m), 0);
	assert_int_equal(m.type, MESSAGE_SYNCED);
	assert_int_equal(parse(a, "{\"type\":\"reset\"}", &m), 0);
	assert_int_equal(m.type, MESSAGE_RESET);
	assert_int_equal(parse(a, "{\"type\":\"of a later version\",\"x\":[1]}", &m), 0);
	assert_int_equal(m.type, MESSAGE_UNKNOWN);
	arena_free(a);
}

/* Each row replaces the first `from` of a good message by `to`. */
static const struct {
	const char *message, *from, *to;
	int r;
} refused[] = {
	{ signer, LEAF, "0123", ERR_SYNTAX },
	{ signer, "PEM\\n", "", ERR_SYNTAX },
	{ signer, "\"staples\":{\"" LEAF "\":\"b2NzcA==\"}", "\"staples\":[]", ERR_SYNTAX },
	{ signer, "b2NzcA==", "b2NzcA=", ERR_SYNTAX },
	{ signer, "b2NzcA==", "", ERR_SYNTAX },
	{ signer, "\"chain\"", "\"signer_id\"", ERR_DUP },
	{ guest, "\"i-0123456789abcdef0\"", "\"i-1\"", ERR_SYNTAX },
	{ guest, "\"i-0123456789abcdef0\"", "7", ERR_SYNTAX },
	{ guest, "\"10.0.0.5\"", "\"10.0.0.500\"", ERR_SYNTAX },
	{ guest, "\"private_ip\"", "\"private_ip_\"", ERR_SYNTAX },
	{ guest, "\"hostname\":\"ip-10-0-0-5\"", "\"hostname\":null", ERR_SYNTAX },
	{ guest, "ip-10-0-0-5", "ip\\n", ERR_SYNTAX },
	{ guest, "amazonaws.com", "", ERR_SYNTAX },
	{ guest, "[\"default\",\"web\"]", "\"default\"", ERR_SYNTAX },
	{ guest, "[\"default\",\"web\"]", "[1]", ERR_SYNTAX },
	{ guest, "[\"default\",\"web\"]", "[\"\"]", ERR_SYNTAX },
	{ guest, "{\"Name\":\"one\"}", "[]", ERR_SYNTAX },
	{ guest, "{\"Name\":\"one\"}", "{\"Name\":1}", ERR_SYNTAX },
	{ guest, "\"enabled\"", "\"on\"", ERR_RANGE },
	{ guest, "\"required\"", "true", ERR_SYNTAX },
	{ guest, "\"hop_limit\":2", "\"hop_limit\":0", ERR_RANGE },
	{ guest, "\"hop_limit\":2", "\"hop_limit\":65", ERR_RANGE },
	{ guest, "\"hop_limit\":2", "\"hop_limit\":\"2\"", ERR_SYNTAX },
	{ guest, "1700000000", "-1", ERR_RANGE },
	{ guest, "1700000000", "1.5", ERR_SYNTAX },
	{ guest, "aGk=", "aGk", ERR_SYNTAX },
	{ guest_gone, "\"i-1\"", "null", ERR_SYNTAX },
	{ guest_gone, "instance_id", "id", ERR_SYNTAX },
	{ key, "ec2-user", "a/b", ERR_SYNTAX },
	{ key, "ec2-user", "", ERR_SYNTAX },
	{ key, "60000", "-1", ERR_RANGE },
	{ key, "60000", "3600001", ERR_RANGE },
	{ key, "60000", "1e3", ERR_SYNTAX },
	{ key, "#a\\nb\\n", "#a\\nb", ERR_SYNTAX },
	{ key, "#a\\nb\\n", "#a\\n\\nb\\n", ERR_SYNTAX },
	{ key, "#a\\nb\\n", "#a\\u0000b\\n", ERR_SYNTAX },
	{ key, "\"r1\"", "\"\"", ERR_SYNTAX },
	{ key_gone, "\"r1\"", "1", ERR_SYNTAX },
	{ key_gone, "\"type\"", "\"typ\"", ERR_SYNTAX },
	{ key_gone, "\"key_gone\"", "7", ERR_SYNTAX },
	{ key_gone, "}", "} ,", ERR_SYNTAX },
	{ key_gone, "}", "", ERR_SYNTAX },
	{ key_gone, key_gone, "[]", ERR_SYNTAX },
	{ key_gone, key_gone, "", ERR_SYNTAX },
};

static void
test_refused(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct message m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *at = strstr(refused[i].message, refused[i].from);
		char text[4096];
		int r;

		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - refused[i].message),
		    refused[i].message, refused[i].to, at + strlen(refused[i].from));
		if ((r = parse(a, text, &m)) != refused[i].r)
			print_message("row %zu: %s: %d\n", i, text, r);
		assert_int_equal(r, refused[i].r);
	}
	arena_free(a);
}

static void
test_what_is_left_out_alone(void **state)
{
	static const struct {
		const char *text;
		bool alone;
	} rows[] = {
		{ "{\"type\":\"guest\"}", true },
		{ "{\"type\":\"guest\",\"instance_id\":7}", true },
		{ "{\"type\":\"key\",\"instance_id\":\"i-1\"}", true },
		{ "{\"type\":\"key\"", false },
		{ "{\"type\":\"key\",\"os_user\":\"\\u0000\"}", false },
		{ "{\"type\":\"signer\"}", false },
		{ "{\"type\":\"guest_gone\"}", false },
		{ "{\"type\":\"key_gone\"}", false },
		{ "{\"type\":\"keys\"}", false },
		{ "{\"type\":1}", false },
		{ "{}", false },
	};
	struct arena *a = arena_new(1 << 20);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct message m = { .type = MESSAGE_KEY };

		(void)!parse(a, rows[i].text, &m);
		assert_int_equal(message_dispensable(&m), rows[i].alone);
	}
	arena_free(a);
}

static void
test_a_message_that_is_too_long(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct errinfo ei = { "" };
	struct message m;
	struct buf b;

	(void)state;
	buf_init(&b, MESSAGE_MAX_BYTES + 64);
	buf_c(&b, "{\"type\":\"");
	while (b.n <= MESSAGE_MAX_BYTES)
		buf_ch(&b, 'x');
	buf_c(&b, "\"}");
	assert_int_equal(message_parse(a, buf_view(&b), 0, &m, &ei), ERR_TOOBIG);
	buf_release(&b);
	arena_free(a);
}

static void
test_what_is_wrong_is_said_without_values(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct errinfo ei = { "" };
	struct message m;

	(void)state;
	assert_int_equal(
	    message_parse(a,
		STR("{\"type\":\"key_gone\",\"instance_id\":\"secret\",\"request_id\":[]}"), 0, &m,
		&ei),
	    ERR_SYNTAX);
	assert_non_null(strstr(ei.text, "key_gone: request_id: "));
	assert_null(strstr(ei.text, "secret"));
	arena_free(a);
}

/* ---- pauses ---- */

static void
test_pauses_double_up_to_the_longest(void **state)
{
	static const struct {
		unsigned attempt;
		int64_t min_ms, max_ms, longest;
	} rows[] = {
		{ 0, 250, 10000, 250 },
		{ 1, 250, 10000, 500 },
		{ 5, 250, 10000, 8000 },
		{ 6, 250, 10000, 10000 },
		{ 4000000000u, 250, 10000, 10000 },
		{ 0, 250, 100, 100 },
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t least = INT64_MAX, most = 0;

		for (k = 0; k < 1000; k++) {
			int64_t d = uplink_delay_ms(rand_system(), rows[i].attempt, rows[i].min_ms,
			    rows[i].max_ms);

			least = d < least ? d : least;
			most = d > most ? d : most;
		}
		assert_in_range(least, rows[i].longest / 2, rows[i].longest * 6 / 10);
		assert_in_range(most, rows[i].longest * 9 / 10, rows[i].longest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_what_is_left_out_alone),
		cmocka_unit_test(test_a_message_that_is_too_long),
		cmocka_unit_test(test_what_is_wrong_is_said_without_values),
		cmocka_unit_test(test_pauses_double_up_to_the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
