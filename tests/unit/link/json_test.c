/*
 * json_test: tests the messages of eicd and of agents in JSON, member by member, and the exact
 * texts that are written.
 */
#include "kit.h"

static const char signer[] =
    "{\"type\":\"signer\",\"signer_id\":\"" LEAF "\",\"chain\":\"PEM\\n\","
    "\"staples\":{\"" LEAF "\":\"b2NzcA==\"},\"algorithm\":\"RSASSA-PSS-SHA256\"}";
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

static const char clock_said[] = "{\"type\":\"clock\",\"now\":1700000000}";
static const char hello[] = "{\"type\":\"hello\",\"version\":\"0.1.0\",\"helper\":\"stock\"}";

static int
parse(struct arena *a, const char *text, struct link_message *m)
{
	arena_reset(a);
	return link_json_parse(a, str_of(text), 1000, m, NULL);
}

static void
test_accepted(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct link_message m;

	(void)state;
	assert_int_equal(parse(a, signer, &m), 0);
	assert_int_equal(m.type, LINK_SIGNER);
	assert_true(str_eq_c(m.signer.signer_id, LEAF));
	assert_true(str_eq_c(m.signer.chain, "PEM\n"));
	assert_int_equal(m.signer.staples.n, 1);
	assert_true(str_eq_c(m.signer.staples.v[0].value, "b2NzcA=="));
	assert_false(m.signer.ecdsa);

	assert_int_equal(parse(a, guest, &m), 0);
	assert_int_equal(m.type, LINK_GUEST);
	assert_true(str_eq_c(m.guest.subnet_id, "subnet-1"));
	assert_true(str_eq_c(m.guest.security_groups.v[1], "web"));
	assert_true(str_eq_c(m.guest.tags.v[0].name, "Name"));
	assert_true(str_eq_c(m.guest.user_data, "hi"));
	assert_true(m.guest.http_endpoint);
	assert_true(m.guest.http_tokens_required);
	assert_int_equal(m.guest.hop_limit, 2);
	assert_int_equal(m.guest.launched_at, 1700000000);

	assert_int_equal(parse(a, guest_gone, &m), 0);
	assert_int_equal(m.type, LINK_GUEST_GONE);
	assert_true(str_eq_c(m.guest_gone.instance_id, "i-1"));

	assert_int_equal(parse(a, key, &m), 0);
	assert_int_equal(m.type, LINK_KEY);
	assert_int_equal(m.key.deadline_ms, 61000);
	assert_true(str_eq_c(m.key.entry, "#a\nb\n"));

	assert_int_equal(parse(a, key_gone, &m), 0);
	assert_int_equal(m.type, LINK_KEY_GONE);
	assert_true(str_eq_c(m.key_gone.request_id, "r1"));

	assert_int_equal(parse(a, "{\"type\":\"synced\"}", &m), 0);
	assert_int_equal(m.type, LINK_SYNCED);
	assert_int_equal(parse(a, "{\"type\":\"reset\"}", &m), 0);
	assert_int_equal(m.type, LINK_RESET);
	assert_int_equal(link_json_parse_agent(a, str_of(hello), &m, NULL), 0);
	assert_int_equal(m.type, LINK_HELLO);
	assert_true(str_eq_c(m.hello.version, "0.1.0"));
	assert_false(m.hello.helper_openeic);
	arena_free(a);
}

/* What an earlier version does not say, and what a later one says. */
static void
test_kinds_of_helper_and_signer(void **state)
{
	static const struct {
		const char *text;
		bool on;
	} rows[] = {
		{ "{\"type\":\"hello\",\"version\":\"0.1.0\"}", false },
		{ "{\"type\":\"hello\",\"version\":\"1\",\"helper\":\"openeic\"}", true },
		{ "{\"type\":\"signer\",\"signer_id\":\"" LEAF "\",\"chain\":\"P\",\"staples\":{}}",
		    false },
		{ "{\"type\":\"signer\",\"signer_id\":\"" LEAF
		  "\",\"chain\":\"P\",\"staples\":{},\"algorithm\":\"ECDSA-P256-SHA256\"}",
		    true },
	};
	struct arena *a = arena_new(1 << 20);
	struct link_message m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (i < 2) {
			assert_int_equal(link_json_parse_agent(a, str_of(rows[i].text), &m, NULL),
			    0);
			assert_int_equal(m.hello.helper_openeic, rows[i].on);
		} else {
			assert_int_equal(parse(a, rows[i].text, &m), 0);
			assert_int_equal(m.signer.ecdsa, rows[i].on);
		}
	}
	arena_free(a);
}

/* Nor is what the other side says of a known type. */
static void
test_unknown_types_are_ignored(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct link_message m;

	(void)state;
	assert_int_equal(parse(a, "{\"type\":\"of a later version\",\"x\":[1]}", &m), 0);
	assert_int_equal(m.type, LINK_UNKNOWN);
	assert_int_equal(parse(a, "{\"type\":\"hello\"}", &m), 0);
	assert_int_equal(m.type, LINK_UNKNOWN);
	assert_int_equal(link_json_parse_agent(a, STR("{\"type\":\"guest\"}"), &m, NULL), 0);
	assert_int_equal(m.type, LINK_UNKNOWN);
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
	{ signer, "RSASSA-PSS-SHA256", "ECDSA-P384-SHA384", ERR_RANGE },
	{ signer, "RSASSA-PSS-SHA256", "rsassa-pss-sha256", ERR_RANGE },
	{ signer, "\"RSASSA-PSS-SHA256\"", "null", ERR_SYNTAX },
	{ signer, "\"RSASSA-PSS-SHA256\"", "true", ERR_SYNTAX },
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
	{ guest, "of_a_later_version", "vpc_cidr", ERR_SYNTAX },
	{ guest, "of_a_later_version\":1", "ami_launch_index\":-1", ERR_RANGE },
	{ guest, "of_a_later_version\":1", "ami_launch_index\":2147483648", ERR_RANGE },
	{ guest, "of_a_later_version\":1", "ami_launch_index\":\"1\"", ERR_SYNTAX },
	{ guest, "of_a_later_version\":1", "security_group_ids\":\"sg-1\"", ERR_SYNTAX },
	{ guest, "of_a_later_version\":1", "security_group_ids\":[\"\"]", ERR_SYNTAX },
	{ guest, "of_a_later_version\":1", "interface_id\":\"a\\n\"", ERR_SYNTAX },
	{ clock_said, "1700000000", "null", ERR_SYNTAX },
	{ clock_said, "1700000000", "\"1700000000\"", ERR_SYNTAX },
	{ clock_said, "1700000000", "-1", ERR_RANGE },
	{ clock_said, "now", "then", ERR_SYNTAX },
	{ hello, "\"0.1.0\"", "null", ERR_SYNTAX },
	{ hello, "0.1.0", "a\\nb", ERR_SYNTAX },
	{ hello, "\"0.1.0\"", "[[[{}]]]", ERR_TOOBIG },
	{ hello, "version", "versio", ERR_SYNTAX },
	{ hello, "stock", "", ERR_RANGE },
	{ hello, "stock", "OpenEIC", ERR_RANGE },
	{ hello, "\"stock\"", "null", ERR_SYNTAX },
	{ hello, "\"stock\"", "1", ERR_SYNTAX },
	{ hello, "\"stock\"", "\"stock\",\"helper\":\"openeic\"", ERR_DUP },
	{ guest_gone, "\"i-1\"", "\"\"", ERR_SYNTAX },
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
	struct link_message m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		const char *at = strstr(refused[i].message, refused[i].from);
		char text[4096];
		int r;

		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - refused[i].message),
		    refused[i].message, refused[i].to, at + strlen(refused[i].from));
		r = refused[i].message == hello || refused[i].message == clock_said
		    ? link_json_parse_agent(a, str_of(text), &m, NULL)
		    : parse(a, text, &m);
		if (r != refused[i].r)
			print_message("row %zu: %s: %d\n", i, text, r);
		assert_int_equal(r, refused[i].r);
	}
	arena_free(a);
}

/* ---- every member of every message ---- */

/* Cuts member i out of a message, or, with value, gives it that one. */
static struct str
changed(struct arena *a, const struct link_message *m, size_t i, const char *value)
{
	const struct shape *s = shape_of(m->type);
	const char *text = arena_cstr(a, kit_json(a, m)), *from, *to;
	struct str with = STR("");

	from = strstr(text, arena_fmt(a, ",\"%s\":", s->members[i].name).p);
	to = i + 1 < s->n ? strstr(text, arena_fmt(a, ",\"%s\":", s->members[i + 1].name).p)
			  : text + strlen(text) - 1;
	if (value != NULL)
		with = arena_fmt(a, ",\"%s\":%s", s->members[i].name, value);
	return arena_fmt(a, "%.*s%.*s%s", (int)(from - text), text, STR_FMT(with), to);
}

/* The error, and that it says where. */
static void
assert_refused(struct arena *a, enum link_type type, size_t i, struct str text, int want)
{
	const struct shape *s = shape_of(type);
	struct errinfo ei = { "" };
	struct link_message m;
	int r = kit_parse(a, type, text, &m, &ei);

	if (r != want)
		print_message("%s: %s: %d\n", s->name, s->members[i].name, r);
	assert_int_equal(r, want);
	assert_int_equal(m.type, type);
	assert_string_equal(ei.text,
	    arena_cstr(a, arena_fmt(a, "%s: %s: %s", s->name, s->members[i].name, err_text(want))));
}

static void
test_each_member_must_be_there_and_of_its_kind(void **state)
{
	static const char *const values[] = { NULL, "null", "true", "1.5", "[[]]", "{\"x\":[]}" };
	struct arena *a = arena_new(1u << 20);
	enum link_type type;
	size_t i, k;

	(void)state;
	for (type = LINK_HELLO; type <= LINK_RENEWAL_REFUSED; type++) {
		for (i = 0; i < shape_of(type)->n; i++) {
			for (k = 0; k < COUNT(values); k++) {
				struct link_message m = kit_message(type);

				/* Other tests have those that may be missing. */
				if (values[k] == NULL && shape_of(type)->members[i].optional)
					continue;
				arena_reset(a);
				assert_refused(a, type, i, changed(a, &m, i, values[k]),
				    ERR_SYNTAX);
			}
		}
	}
	arena_free(a);
}

static int
beyond(const struct shape_member *row, enum kit_size size)
{
	switch (row->kind) {
	case SHAPE_SMALL:
	case SHAPE_NUMBER:
	case SHAPE_UNTIL:
		return ERR_RANGE;
	case SHAPE_LINE:
	case SHAPE_LINES:
	case SHAPE_BYTES:
	case SHAPE_LIST:
	case SHAPE_MAP:
	case SHAPE_SWITCH:
	case SHAPE_KINDS:
		break;
	}
	return size == KIT_ABOVE ? ERR_TOOBIG : ERR_SYNTAX;
}

static void
test_no_member_beyond_its_limits(void **state)
{
	static const enum kit_size sizes[] = { KIT_BELOW, KIT_ABOVE };
	struct arena *a = arena_new(8u << 20);
	enum link_type type;
	size_t i, k, n = 0;

	(void)state;
	for (type = LINK_HELLO; type <= LINK_RENEWAL_REFUSED; type++) {
		const struct shape *s = shape_of(type);

		for (i = 0; i < s->n; i++) {
			for (k = 0; k < COUNT(sizes); k++) {
				struct link_message m = kit_message(type);

				arena_reset(a);
				if (!kit_set(a, &m, &s->members[i], sizes[k]))
					continue;
				assert_refused(a, type, i, kit_json(a, &m),
				    beyond(&s->members[i], sizes[k]));
				n++;
			}
		}
	}
	assert_int_equal(n, 74);
	arena_free(a);
}

/* ---- what is written ---- */

/* The order of the members, and that of the types, stands here once more. */
static const char *const written[] = {
	[LINK_HELLO] = "{\"type\":\"hello\",\"version\":\"0.1.0\",\"helper\":\"openeic\"}",
	[LINK_CLOCK] = "{\"type\":\"clock\",\"now\":1700000000}",
	[LINK_SIGNER] = "{\"type\":\"signer\",\"signer_id\":\"" LEAF "\",\"chain\":\"PEM\\n\","
			"\"staples\":{\"" LEAF "\":\"b2NzcDE=\",\"" ISSUER
			"\":\"b2NzcDI=\"},\"algorithm\":\"ECDSA-P256-SHA256\"}",
	[LINK_GUEST] =
	    "{\"type\":\"guest\",\"instance_id\":\"" ID "\",\"private_ip\":\"10.0.0.5\","
	    "\"public_ip\":\"198.18.0.7\",\"mac\":\"02:00:00:00:00:05\","
	    "\"hostname\":\"ip-10-0-0-5\",\"ami_id\":\"ami-1\",\"instance_type\":\"t3.micro\","
	    "\"availability_zone\":\"eu-test-1a\",\"region\":\"eu-test-1\","
	    "\"domain\":\"amazonaws.com\",\"account_id\":\"123456789012\",\"vpc_id\":\"vpc-1\","
	    "\"subnet_id\":\"subnet-1\",\"security_groups\":[\"default\",\"web\"],"
	    "\"tags\":{\"Name\":\"one\",\"empty\":\"\"},\"http_endpoint\":\"enabled\","
	    "\"http_tokens\":\"optional\",\"hop_limit\":2,\"launch_time\":1700000000,"
	    "\"key_name\":\"mine\",\"public_key\":\"ssh-ed25519 AAAA \\\"me\\\"\","
	    "\"user_data\":\"AAH/\",\"availability_zone_id\":\"eut1-az2\","
	    "\"reservation_id\":\"r-1\",\"ami_launch_index\":12,\"interface_id\":\"eni-1\","
	    "\"security_group_ids\":[\"sg-1\",\"sg-2\"],\"subnet_cidr\":\"10.0.0.0/24\","
	    "\"vpc_cidr\":\"10.0.0.0/16\"}",
	[LINK_GUEST_GONE] = "{\"type\":\"guest_gone\",\"instance_id\":\"" ID "\"}",
	[LINK_KEY] = "{\"type\":\"key\",\"instance_id\":\"" ID "\",\"os_user\":\"ec2-user\","
		     "\"request_id\":\"r1\",\"signer_id\":\"" LEAF "\",\"ttl_ms\":60000,"
		     "\"at_ms\":7000,\"entry\":\"#a\\nb\\n\"}",
	[LINK_KEY_GONE] =
	    "{\"type\":\"key_gone\",\"instance_id\":\"" ID "\",\"request_id\":\"r1\"}",
	[LINK_SYNCED] = "{\"type\":\"synced\"}",
	[LINK_RESET] = "{\"type\":\"reset\"}",
	[LINK_RENEW] = "{\"type\":\"renew\",\"left_s\":864000}",
	[LINK_RENEWAL] = "{\"type\":\"renewal\",\"public_key\":\"MAAA"
			 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			 "AA==\",\"proof\":\"MTIzNDU2Nzg=\"}",
	[LINK_CERTIFICATE] = "{\"type\":\"certificate\",\"certificate\":\"PEM\\n\"}",
	[LINK_RENEWAL_REFUSED] = "{\"type\":\"renewal_refused\",\"reason\":\"not now\"}",
};

static void
test_written(void **state)
{
	struct arena *a = arena_new(1u << 20);
	enum link_type type;

	(void)state;
	for (type = LINK_HELLO; type <= LINK_RENEWAL_REFUSED; type++) {
		struct link_message m = kit_message(type);

		arena_reset(a);
		assert_string_equal(arena_cstr(a, kit_json(a, &m)), written[type]);
	}
	arena_free(a);
}

/* What is optional and empty is not written, so that a message is that of an earlier version. */
static void
test_what_is_empty_is_not_written(void **state)
{
	struct arena *a = arena_new(1u << 20);
	struct link_message m = kit_message(LINK_GUEST), got;
	struct str text;

	(void)state;
	m.guest.availability_zone_id = m.guest.reservation_id = m.guest.interface_id = STR("");
	m.guest.subnet_cidr = m.guest.vpc_cidr = STR("");
	m.guest.ami_launch_index = 0;
	m.guest.security_group_ids.n = 0;
	text = kit_json(a, &m);
	assert_true(str_ends(text, STR("\"user_data\":\"AAH/\"}")));
	assert_int_equal(kit_parse(a, LINK_GUEST, text, &got, NULL), 0);
	kit_assert_equal(&m, &got);
	arena_free(a);
}

static void
test_written_into_too_little(void **state)
{
	struct link_message m = kit_message(LINK_GUEST);
	struct buf b;

	(void)state;
	buf_init(&b, strlen(written[LINK_GUEST]) - 1);
	assert_int_equal(link_json_write(&m, NOW, &b), ERR_TOOBIG);
	buf_release(&b);
}

/* ---- the whole ---- */

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
	for (i = 0; i < COUNT(rows); i++) {
		struct link_message m = { .type = LINK_KEY };

		(void)!parse(a, rows[i].text, &m);
		assert_int_equal(link_dispensable(m.type), rows[i].alone);
	}
	arena_free(a);
}

static void
test_a_message_that_is_too_long(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct errinfo ei = { "" };
	struct link_message m;
	struct buf b;

	(void)state;
	buf_init(&b, LINK_MAX_BYTES + 64);
	buf_c(&b, "{\"type\":\"");
	while (b.n <= LINK_MAX_AGENT_BYTES)
		buf_ch(&b, 'x');
	buf_c(&b, "\"}");
	assert_int_equal(link_json_parse_agent(a, buf_view(&b), &m, &ei), ERR_TOOBIG);
	assert_int_equal(link_json_parse(a, buf_view(&b), 0, &m, &ei), 0);
	b.n -= 2;
	while (b.n <= LINK_MAX_BYTES)
		buf_ch(&b, 'x');
	buf_c(&b, "\"}");
	assert_int_equal(link_json_parse(a, buf_view(&b), 0, &m, &ei), ERR_TOOBIG);
	buf_release(&b);
	arena_free(a);
}

static void
test_what_is_wrong_is_said_without_values(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct errinfo ei = { "" };
	struct link_message m;

	(void)state;
	assert_int_equal(
	    link_json_parse(a,
		STR("{\"type\":\"key_gone\",\"instance_id\":\"secret\",\"request_id\":[]}"), 0, &m,
		&ei),
	    ERR_SYNTAX);
	assert_non_null(strstr(ei.text, "key_gone: request_id: "));
	assert_null(strstr(ei.text, "secret"));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_kinds_of_helper_and_signer),
		cmocka_unit_test(test_unknown_types_are_ignored),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_each_member_must_be_there_and_of_its_kind),
		cmocka_unit_test(test_no_member_beyond_its_limits),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_what_is_empty_is_not_written),
		cmocka_unit_test(test_written_into_too_little),
		cmocka_unit_test(test_what_is_left_out_alone),
		cmocka_unit_test(test_a_message_that_is_too_long),
		cmocka_unit_test(test_what_is_wrong_is_said_without_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
