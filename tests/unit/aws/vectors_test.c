/*
 * vectors_test: tests SigV4 with requests that botocore and the AWS CLI signed
 * (tests/vectors/sigv4). Each goes through the HTTP reader and sigv4_check; the canonical request,
 * the string to sign and the signature must be the same as theirs. Then our own signer signs each
 * again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "aws/route.h"
#include "aws/sigv4.h"
#include "aws/sigv4_canon.h"
#include "aws/sigv4_key.h"
#include "aws/sigv4_sign.h"
#include "base/hex.h"
#include "base/num.h"
#include "base/rd.h"

#define DIR VECTORS "/sigv4/"
#define SECRET STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
#define TOKEN "AQoDYXdzEJr//////////wEaDEXAMPLE+token/with=all==the+signs=="
#define VECTORS_AT_LEAST 34

struct vector {
	struct str name, region, service;
	int64_t now_s;
	struct http_reader *reader;
	const struct http_request *req;
	struct arena *arena;
};

/* The whole file, in b; false when there is none. */
static bool
slurp(struct buf *b, struct str name, const char *suffix)
{
	char path[512], block[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), DIR "%.*s%s", STR_FMT(name), suffix);
	buf_init(b, 65536);
	if ((f = fopen(path, "rb")) == NULL)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(b, block, n);
	fclose(f);
	assert_int_equal(buf_err(b), 0);
	return true;
}

static struct sigv4_input
input_of(const struct vector *v)
{
	return (struct sigv4_input){ .method = v->req->method,
		.target = v->req->target,
		.headers = v->req->headers,
		.n_headers = v->req->n_headers,
		.body = v->req->body,
		.now_s = v->now_s,
		.skew_s = 300,
		.region = v->region,
		.service = v->service };
}

static void
assert_file(struct str name, const char *suffix, struct str got)
{
	struct buf want;

	if (slurp(&want, name, suffix)) {
		if (!str_eq(buf_view(&want), got))
			fail_msg("%.*s%s: got\n%.*s", STR_FMT(name), suffix, STR_FMT(got));
	} else if (!str_starts(name, STR("cli-"))) {
		fail_msg("%.*s%s is missing", STR_FMT(name), suffix);
	}
	buf_release(&want);
}

static void
verifies(const struct vector *v)
{
	struct sigv4_input in = input_of(v);
	uint8_t key[SIGV4_KEY_BYTES];
	struct errinfo ei = { "" };
	struct sigv4 got;
	enum sigv4_fault f;

	if ((f = sigv4_check(&in, v->arena, &got, &ei)) != SIGV4_OK)
		fail_msg("%.*s: fault %d: %s", STR_FMT(v->name), (int)f, ei.text);
	assert_file(v->name, ".creq", got.canonical_request);
	assert_file(v->name, ".sts", got.string_to_sign);
	assert_true(str_eq_c(got.access_key_id, "AKIAIOSFODNN7EXAMPLE"));
	assert_true(str_eq(got.region, v->region));
	assert_true(str_eq(got.service, v->service));
	assert_true(got.signed_at_s == v->now_s);
	assert_true(str_eq_c(got.session_token, str_ends(v->name, STR("-token")) ? TOKEN : ""));
	assert_int_equal(sigv4_key_derive(SECRET, got.date, got.region, got.service, key), 0);
	if (!sigv4_key_verify(key, got.string_to_sign, got.signature))
		fail_msg("%.*s: wrong signature", STR_FMT(v->name));
	got.signature[31] ^= 1;
	assert_false(sigv4_key_verify(key, got.string_to_sign, got.signature));
}

/* A body that was changed on the way has another string to sign. */
static void
notices_another_body(const struct vector *v)
{
	struct sigv4_input in = input_of(v);
	uint8_t key[SIGV4_KEY_BYTES];
	struct sigv4 got;
	struct buf body;
	enum sigv4_fault f;

	buf_init(&body, 65536);
	buf_str(&body, v->req->body);
	buf_ch(&body, '\n');
	in.body = buf_view(&body);
	f = sigv4_check(&in, v->arena, &got, NULL);
	if (f == SIGV4_OK) {
		assert_int_equal(sigv4_key_derive(SECRET, got.date, got.region, got.service, key),
		    0);
		assert_false(sigv4_key_verify(key, got.string_to_sign, got.signature));
	} else {
		assert_int_equal(f, SIGV4_WRONG_BODY);
	}
	buf_release(&body);
}

/* Picks the headers that the vector signed and that our signer does not add. */
static size_t
signed_headers(const struct vector *v, struct str list, struct http_header *ret)
{
	static const char *const added[] = { "x-amz-date", "x-amz-security-token" };
	struct str names[SIGV4_MAX_SIGNED_HEADERS];
	size_t n_names, i, k, n = 0;

	assert_int_equal(sigv4_auth_names_parse(list, names, &n_names), 0);
	for (i = 0; i < v->req->n_headers; i++) {
		for (k = 0; k < n_names; k++)
			if (str_eq_nocase(names[k], v->req->headers[i].name))
				break;
		if (k < n_names && !str_eq_c(names[k], added[0]) && !str_eq_c(names[k], added[1]))
			ret[n++] = v->req->headers[i];
	}
	return n;
}

static void
signs_alike(const struct vector *v)
{
	struct http_header headers[SIGV4_MAX_SIGNED_HEADERS];
	struct sigv4_sign s = { .access_key_id = STR("AKIAIOSFODNN7EXAMPLE"),
		.secret = SECRET,
		.region = v->region,
		.service = v->service,
		.at_s = v->now_s,
		.method = v->req->method,
		.target = v->req->target,
		.body = v->req->body,
		.headers = headers };
	struct str authorization, date;
	struct sigv4_signed got;
	struct sigv4_auth auth;

	if (http_header_find(v->req->headers, v->req->n_headers, STR("Authorization"),
		&authorization) != 0 ||
	    http_header_find(v->req->headers, v->req->n_headers, STR("X-Amz-Date"), &date) != 0)
		return; /* presigned, or with another date: see sign_test */
	assert_int_equal(sigv4_auth_parse(authorization, &auth, NULL), 0);
	s.n_headers = signed_headers(v, auth.signed_headers, headers);
	if (str_ends(v->name, STR("-token")))
		s.session_token = STR(TOKEN);
	assert_int_equal(sigv4_sign_header(&s, v->arena, &got), 0);
	assert_true(str_eq(got.amz_date, date));
	if (!str_eq(got.authorization, authorization))
		fail_msg("%.*s: %.*s", STR_FMT(v->name), STR_FMT(got.authorization));
}

/* What the CLI sends reaches the operation that was asked for. */
static void
routes(const struct vector *v)
{
	static const char *const operations[][2] = {
		{ "cli-create-tags", "CreateTags" },
		{ "cli-create-user", "CreateUser" },
		{ "cli-describe-instances", "DescribeInstances" },
		{ "cli-filters", "DescribeInstances" },
		{ "cli-get-caller-identity", "GetCallerIdentity" },
		{ "cli-get-caller-identity-token", "GetCallerIdentity" },
		{ "cli-list-users", "ListUsers" },
		{ "cli-lookup-events", "LookupEvents" },
		{ "cli-run-instances", "RunInstances" },
		{ "cli-send-ssh-public-key", "SendSSHPublicKey" },
	};
	struct route_input in = { .method = v->req->method,
		.target = v->req->target,
		.headers = v->req->headers,
		.n_headers = v->req->n_headers,
		.body = v->req->body,
		.scope_service = v->service };
	struct route got = { .operation = STR("") };
	struct str value;
	size_t i;

	if (!str_starts(v->name, STR("cli-")))
		return;
	for (i = 0; !str_eq_c(v->name, operations[i][0]); i++)
		assert_true(i + 1 < sizeof(operations) / sizeof(*operations));
	assert_int_equal(route_find(&in, v->arena, &got, NULL), AWSERR_NONE);
	assert_true(str_eq_c(got.operation, operations[i][1]));
	assert_true(str_eq(service_info(got.service)->name, v->service));
	if (str_eq_c(v->name, "cli-run-instances")) {
		assert_int_equal(query_str(got.params, "TagSpecification.1.Tag.1.Value", &value),
		    0);
		assert_true(str_eq_c(value, "a b+c/d=e&f~\xc3\xa9"));
	}
}

/* "name moment region service" */
static bool
next_row(struct str *index, struct vector *v)
{
	struct rd rd = rd_of(*index);
	struct str now;

	if (index->n == 0)
		return false;
	assert_int_equal(rd_until(&rd, ' ', 64, &v->name), 0);
	assert_int_equal(rd_until(&rd, ' ', 20, &now), 0);
	assert_int_equal(rd_until(&rd, ' ', 64, &v->region), 0);
	assert_int_equal(rd_until(&rd, '\n', 64, &v->service), 0);
	assert_int_equal(num_i64_parse(now, 0, INT64_MAX, &v->now_s), 0);
	*index = rd.rest;
	return true;
}

static void
each(void (*fn)(const struct vector *v))
{
	static const struct http_limits limits = { 16384, 65536, 100, 65536 };
	struct vector v = { .arena = arena_new(8 << 20) };
	struct buf index, raw;
	struct str rest;
	size_t used, n = 0;

	assert_true(slurp(&index, STR("index"), ""));
	for (rest = buf_view(&index); next_row(&rest, &v); n++) {
		assert_true(slurp(&raw, v.name, ".req"));
		v.reader = http_reader_new_request(&limits);
		if (http_reader_feed(v.reader, buf_view(&raw), &used) != HTTP_COMPLETE)
			fail_msg("%.*s is not HTTP", STR_FMT(v.name));
		assert_int_equal(used, raw.n);
		v.req = http_reader_request(v.reader);
		fn(&v);
		http_reader_free(v.reader);
		buf_release(&raw);
		arena_reset(v.arena);
	}
	assert_true(n >= VECTORS_AT_LEAST);
	buf_release(&index);
	arena_free(v.arena);
}

static void
every_vector_verifies(void **state)
{
	(void)state;
	each(verifies);
}

static void
no_vector_stands_another_body(void **state)
{
	(void)state;
	each(notices_another_body);
}

static void
every_vector_is_signed_alike(void **state)
{
	(void)state;
	each(signs_alike);
}

static void
every_cli_request_is_routed(void **state)
{
	(void)state;
	each(routes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_verifies),
		cmocka_unit_test(no_vector_stands_another_body),
		cmocka_unit_test(every_vector_is_signed_alike),
		cmocka_unit_test(every_cli_request_is_routed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
