/* handle_test: tests methods, tokens and refusals, with the bytes of requests and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "imds/handle.h"

struct rig {
	struct guests *guests;
	struct signers *signers;
	struct handle_input in;
	struct http_response answer; /* of the last request */
	struct http_reader *reader;
	struct buf bytes;
	unsigned hop_limit;
};

static void
rig_init(struct rig *r, bool required, bool enabled)
{
	static const struct http_limits limits = { 1024, 8192, 64, 1 << 20 };
	struct link_guest d = fixture_guest();
	struct link_signer s = fixture_signer();
	struct link_key k = fixture_key(STR("ec2-user"), STR("r1"), 60000);
	struct guest *guest;

	d.http_tokens_required = required;
	d.http_endpoint = enabled;
	d.hop_limit = 3;
	*r = (struct rig){ .guests = guests_new(rand_system()), .signers = signers_new() };
	assert_int_equal(guests_put(r->guests, &d), 0);
	assert_int_equal(signers_put(r->signers, &s, 0), 0);
	guest = guests_find(r->guests, d.instance_id);
	assert_int_equal(keys_put(&guest->keys, &k, 0), 0);
	r->in =
	    (struct handle_input){ .guest = guest, .signers = r->signers, .rng = rand_system() };
	r->reader = http_reader_new_response(&limits);
	buf_init(&r->bytes, 1 << 20);
}

static void
rig_release(struct rig *r)
{
	guests_free(r->guests);
	signers_free(r->signers);
	http_reader_free(r->reader);
	buf_release(&r->bytes);
}

/* Reads the answer. The one to HEAD announces a body and ends without: the reader is given one. */
static void
read_answer(struct rig *r, bool is_head)
{
	enum http_outcome o;
	size_t used;

	http_reader_reset(r->reader);
	o = http_reader_feed(r->reader, buf_view(&r->bytes), &used);
	assert_int_equal(used, r->bytes.n);
	if (is_head)
		assert_memory_equal(r->bytes.p + r->bytes.n - 4, "\r\n\r\n", 4);
	while (is_head && o == HTTP_INCOMPLETE)
		o = http_reader_feed(r->reader, STR("x"), &used);
	assert_int_equal(o, HTTP_COMPLETE);
	r->answer = *http_reader_response(r->reader);
}

/* Sends one request; returns the status of the answer. */
static unsigned
ask(struct rig *r, const char *method, const char *target, const struct http_header *h, size_t n)
{
	struct http_request q = { .method = str_of(method),
		.target = str_of(target),
		.headers = h,
		.n_headers = n,
		.minor = 1,
		.keep_alive = true };

	r->in.request = &q;
	buf_clear(&r->bytes);
	assert_int_equal(handle_request(&r->in, &r->bytes, &r->hop_limit), 0);
	read_answer(r, strcmp(method, "HEAD") == 0);
	return r->answer.status;
}

static void
assert_header(const struct rig *r, const char *name, const char *expected)
{
	struct str v;

	assert_int_equal(http_header_find(r->answer.headers, r->answer.n_headers, str_of(name), &v),
	    0);
	assert_true(str_eq_c(v, expected));
}

#define TTL "X-aws-ec2-metadata-token-ttl-seconds"
#define TOKEN "x-aws-ec2-metadata-token" /* names of headers have no case */

static void
get_token(struct rig *r, const char *ttl, char ret[static TOKEN_LEN + 1])
{
	struct http_header h = { STR(TTL), str_of(ttl) };

	assert_int_equal(ask(r, "PUT", "/latest/api/token", &h, 1), 200);
	assert_int_equal(str_copy(ret, TOKEN_LEN + 1, r->answer.body), 0);
}

static unsigned
ask_with(struct rig *r, const char *method, const char *target, const char *token)
{
	struct http_header h = { STR(TOKEN), str_of(token) };

	return ask(r, method, target, &h, 1);
}

#define ID "/latest/meta-data/instance-id"
#define KEYS "/latest/meta-data/managed-ssh-keys/active-keys/ec2-user/"
#define CERT "/latest/meta-data/managed-ssh-keys/signer-cert/"

static void
test_token_put(void **state)
{
	static const struct {
		const char *target, *name, *value, *name2, *value2;
		unsigned status;
	} rows[] = {
		{ "/latest/api/token", TTL, "5", NULL, NULL, 200 },
		{ "/latest/api/token", "x-AWS-ec2-metadata-token-TTL-seconds", "1", NULL, NULL,
		    200 },
		{ "/latest/api/token", TTL, "21600", NULL, NULL, 200 },
		{ "/latest/api/token", TTL, "21601", NULL, NULL, 400 },
		{ "/latest/api/token", TTL, "0", NULL, NULL, 400 },
		{ "/latest/api/token", TTL, "-1", NULL, NULL, 400 },
		{ "/latest/api/token", TTL, "5s", NULL, NULL, 400 },
		{ "/latest/api/token", TTL, "", NULL, NULL, 400 },
		{ "/latest/api/token", TTL, "5", TTL, "6", 400 },
		{ "/latest/api/token", NULL, NULL, NULL, NULL, 400 },
		{ "/latest/api/token", TTL, "5", "X-Forwarded-For", "10.0.0.9", 403 },
		{ "/latest/api/token", TTL, "5", "x-forwarded-for", "", 403 },
		{ "/2021-03-23/api/token", TTL, "5", NULL, NULL, 403 },
		{ "/latest/meta-data/instance-id", TTL, "5", NULL, NULL, 405 },
	};
	struct http_header h[2];
	struct rig r;
	size_t i, n;

	(void)state;
	rig_init(&r, true, true);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		h[0] = (struct http_header){ str_of(rows[i].name), str_of(rows[i].value) };
		h[1] = (struct http_header){ str_of(rows[i].name2), str_of(rows[i].value2) };
		n = rows[i].name2 != NULL ? 2 : rows[i].name != NULL ? 1 : 0;
		assert_int_equal(ask(&r, "PUT", rows[i].target, h, n), rows[i].status);
		assert_int_equal(r.hop_limit, 3);
		if (rows[i].status == 200) {
			assert_int_equal(r.answer.body.n, TOKEN_LEN);
			assert_header(&r, TTL, rows[i].value);
			assert_header(&r, "Content-Type", "text/plain");
		}
	}
	rig_release(&r);
}

static void
test_tokens_required(void **state)
{
	char token[TOKEN_LEN + 1];
	struct rig r;

	(void)state;
	rig_init(&r, true, true);
	assert_int_equal(ask(&r, "GET", ID, NULL, 0), 401);
	get_token(&r, "5", token);
	assert_int_equal(ask_with(&r, "GET", ID, token), 200);
	assert_int_equal(r.hop_limit, 0);
	assert_true(str_eq_c(r.answer.body, "i-0123456789abcdef0"));
	assert_int_equal(ask_with(&r, "GET", ID "/", token), 200);
	assert_int_equal(ask_with(&r, "GET", "/latest/meta-data/nothing", token), 404);
	assert_int_equal(ask_with(&r, "GET", ID, "no token"), 401);
	assert_int_equal(ask_with(&r, "GET", ID, ""), 401);
	r.in.now_ms = 5000;
	assert_int_equal(ask_with(&r, "GET", ID, token), 401);
	rig_release(&r);
}

static void
test_tokens_optional(void **state)
{
	struct http_header twice[2];
	char token[TOKEN_LEN + 1];
	struct rig r;

	(void)state;
	rig_init(&r, false, true);
	assert_int_equal(ask(&r, "GET", ID, NULL, 0), 200);
	assert_int_equal(ask(&r, "GET", ID "?a=b", NULL, 0), 200);
	assert_int_equal(ask_with(&r, "GET", ID, "no token"), 401);
	get_token(&r, "5", token);
	twice[0] = twice[1] = (struct http_header){ STR(TOKEN), str_of(token) };
	assert_int_equal(ask(&r, "GET", ID, twice, 2), 401);
	rig_release(&r);
}

static void
test_local_socket_needs_no_token(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, true, true);
	r.in.local = true;
	assert_int_equal(ask(&r, "GET", ID, NULL, 0), 200);
	assert_int_equal(ask_with(&r, "GET", ID, "no token"), 401);
	rig_release(&r);
}

static void
test_disabled(void **state)
{
	struct http_header h = { STR(TTL), STR("5") };
	struct rig r;

	(void)state;
	rig_init(&r, false, false);
	assert_int_equal(ask(&r, "GET", ID, NULL, 0), 403);
	assert_int_equal(ask(&r, "HEAD", ID, NULL, 0), 403);
	assert_int_equal(ask(&r, "PUT", "/latest/api/token", &h, 1), 403);
	rig_release(&r);
}

static void
test_methods(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, false, true);
	assert_int_equal(ask(&r, "HEAD", KEYS, NULL, 0), 200);
	assert_header(&r, "Content-Length", "62");
	assert_int_equal(sizeof(ENTRY_OF("1")) - 1, 62);
	assert_int_equal(ask(&r, "HEAD", KEYS "x", NULL, 0), 404);
	assert_int_equal(ask(&r, "POST", ID, NULL, 0), 405);
	assert_header(&r, "Allow", "GET, HEAD");
	assert_int_equal(ask(&r, "DELETE", ID, NULL, 0), 405);
	assert_int_equal(ask(&r, "GET", "/latest/api/token", NULL, 0), 405);
	assert_header(&r, "Allow", "PUT");
	assert_int_equal(ask(&r, "GET", ID "#x", NULL, 0), 400);
	assert_int_equal(ask(&r, "GET", ID "%zz", NULL, 0), 400);
	assert_int_equal(ask(&r, "GET", "/latest/user-data", NULL, 0), 200);
	assert_header(&r, "Content-Type", "application/octet-stream");
	rig_release(&r);
}

static void
test_a_rotation_splits_no_lookup(void **state)
{
	struct link_signer two = fixture_signer();
	struct link_key again = fixture_key(STR("ec2-user"), STR("r1"), 60000);
	char old[TOKEN_LEN + 1], between[TOKEN_LEN + 1], new[TOKEN_LEN + 1];
	struct rig r;

	(void)state;
	rig_init(&r, true, true);
	get_token(&r, "21600", old);
	two.signer_id = STR(LEAF_2);
	two.chain = STR(CHAIN_2);
	assert_int_equal(signers_put(r.signers, &two, 0), 0);

	/* The new chain is there, the keys under it are not yet. */
	get_token(&r, "5", between);
	assert_int_equal(ask_with(&r, "GET", CERT, between), 200);
	assert_true(str_eq_c(r.answer.body, CHAIN));
	assert_int_equal(ask_with(&r, "GET", KEYS, between), 200);

	again.signer_id = STR(LEAF_2);
	again.entry = STR(ENTRY_OF("2"));
	assert_int_equal(keys_put(&r.in.guest->keys, &again, 0), 0);
	get_token(&r, "5", new);
	assert_int_equal(ask_with(&r, "GET", CERT, new), 200);
	assert_true(str_eq_c(r.answer.body, CHAIN_2));
	assert_int_equal(ask_with(&r, "GET", KEYS, new), 200);
	assert_true(str_eq_c(r.answer.body, ENTRY_OF("2")));

	/* What began before goes on with what it saw first. */
	assert_int_equal(ask_with(&r, "GET", CERT, old), 200);
	assert_true(str_eq_c(r.answer.body, CHAIN));
	assert_int_equal(ask_with(&r, "GET", KEYS, old), 200);
	assert_true(str_eq_c(r.answer.body, ENTRY_OF("1")));
	assert_int_equal(ask_with(&r, "GET", CERT, between), 200);
	assert_true(str_eq_c(r.answer.body, CHAIN));

	/* But not longer than the old signer is kept. */
	r.in.now_ms = 60000;
	assert_int_equal(ask_with(&r, "GET", CERT, old), 200);
	assert_true(str_eq_c(r.answer.body, CHAIN_2));
	rig_release(&r);
}

static void
test_too_small_a_buffer(void **state)
{
	struct http_request q = { .method = STR("GET"), .target = STR(ID), .keep_alive = true };
	struct buf out;
	unsigned hops;
	struct rig r;

	(void)state;
	rig_init(&r, false, true);
	r.in.request = &q;
	buf_init(&out, 20);
	assert_int_equal(handle_request(&r.in, &out, &hops), ERR_TOOBIG);
	buf_release(&out);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token_put),
		cmocka_unit_test(test_tokens_required),
		cmocka_unit_test(test_tokens_optional),
		cmocka_unit_test(test_local_socket_needs_no_token),
		cmocka_unit_test(test_disabled),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_a_rotation_splits_no_lookup),
		cmocka_unit_test(test_too_small_a_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
