/*
 * sigv4_test: tests the stages of SigV4 with tables, and every fault that the verifier can find.
 * Each fault is made by one change to a good request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/sigv4.h"
#include "aws/sigv4_canon.h"
#include "aws/sigv4_key.h"
#include "aws/sigv4_sign.h"
#include "base/hex.h"

#define NOW 1722518687 /* 2024-08-01T13:24:47Z */
#define N(a) (sizeof(a) / sizeof(*(a)))
#define SECRET STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
#define SIG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CRED "AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1/ec2/aws4_request"
#define HEAD "AWS4-HMAC-SHA256 "
#define GOOD HEAD "Credential=" CRED ", SignedHeaders=host;x-amz-date, Signature=" SIG

static void
authorization_grammar(void **state)
{
	static const struct {
		const char *text;
		int r;
	} rows[] = {
		{ GOOD, 0 },
		{ HEAD "Credential=a,SignedHeaders=b,Signature=c", 0 },
		{ HEAD "Signature=c,   Credential=a ,SignedHeaders=b", 0 },
		{ "  " HEAD "  Credential=a, SignedHeaders=b, Signature=c  ", 0 },
		{ "AWS3 Credential=a, SignedHeaders=b, Signature=c=", 0 },
		{ "", ERR_SYNTAX },
		{ "AWS4-HMAC-SHA256", ERR_SYNTAX },
		{ HEAD, ERR_SYNTAX },
		{ "Credential=a, SignedHeaders=b, Signature=c", ERR_SYNTAX },
		{ "Basic dXNlcjpwdw==", ERR_SYNTAX },
		{ HEAD "Credential=a, SignedHeaders=b", ERR_SYNTAX },
		{ HEAD "Credential=, SignedHeaders=b, Signature=c", ERR_SYNTAX },
		{ HEAD "Credential=a, SignedHeaders=b, Signature=c,", ERR_SYNTAX },
		{ HEAD "Credential=a,, SignedHeaders=b, Signature=c", ERR_SYNTAX },
		{ HEAD "Credential=a SignedHeaders=b Signature=c", ERR_SYNTAX },
		{ HEAD "Credential=a; SignedHeaders=b; Signature=c", ERR_SYNTAX },
		{ HEAD "credential=a, SignedHeaders=b, Signature=c", ERR_SYNTAX },
		{ HEAD "Credential=a, SignedHeaders=b, Signature=c, Other=d", ERR_SYNTAX },
		{ HEAD "Credential=a, SignedHeaders=b, Signature=c, Signature=d", ERR_DUP },
	};
	struct sigv4_auth auth;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		if (sigv4_auth_parse(str_of(rows[i].text), &auth, NULL) != rows[i].r)
			fail_msg("%s", rows[i].text);
	assert_int_equal(sigv4_auth_parse(STR(GOOD), &auth, NULL), 0);
	assert_true(str_eq(auth.algorithm, SIGV4_ALGORITHM));
	assert_true(str_eq_c(auth.credential, CRED));
	assert_true(str_eq_c(auth.signed_headers, "host;x-amz-date"));
	assert_true(str_eq_c(auth.signature, SIG));
}

static void
authorization_names_what_is_missing(void **state)
{
	struct errinfo ei;
	struct sigv4_auth auth;

	(void)state;
	assert_int_equal(sigv4_auth_parse(STR(HEAD "Credential=a"), &auth, &ei), ERR_SYNTAX);
	assert_string_equal(ei.text,
	    "Authorization header requires 'Signature' parameter. "
	    "Authorization header requires 'SignedHeaders' parameter.");
}

static void
credential_grammar(void **state)
{
	static const char *const good[] = {
		CRED,
		"AKIAIOSFODNN7EXAMPLE/20240801/us-east-1/sts/other",
		"ABCDEFGHIJKLMNOP/00000000/r/s/t",
	};
	static const char *const bad[] = {
		"",
		"AKIAIOSFODNN7EXAMPLE",
		"AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1/ec2",
		"AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1/ec2/",
		"AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1/ec2/aws4_request/x",
		"AKIAIOSFODNN7EXAMPLE/2024080/eu-lab-1/ec2/aws4_request",
		"AKIAIOSFODNN7EXAMPLE/2024-8-1/eu-lab-1/ec2/aws4_request",
		"AKIAIOSFODNN7EXAMPLE/20240801//ec2/aws4_request",
		"AKIAIOSFODNN7EXAMPLE/20240801/EU/ec2/aws4_request",
		"AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1//aws4_request",
		"/20240801/eu-lab-1/ec2/aws4_request",
		"AKIASHORT/20240801/eu-lab-1/ec2/aws4_request",
		"AKIAIOSFODNN7 XAMPLE/20240801/eu-lab-1/ec2/aws4_request",
	};
	struct sigv4_credential c;
	size_t i;

	(void)state;
	for (i = 0; i < N(good); i++)
		assert_int_equal(sigv4_auth_credential_parse(str_of(good[i]), &c), 0);
	for (i = 0; i < N(bad); i++)
		if (sigv4_auth_credential_parse(str_of(bad[i]), &c) != ERR_SYNTAX)
			fail_msg("%s", bad[i]);
	assert_int_equal(sigv4_auth_credential_parse(STR(CRED), &c), 0);
	assert_true(str_eq_c(c.access_key_id, "AKIAIOSFODNN7EXAMPLE"));
	assert_true(str_eq_c(c.date, "20240801"));
	assert_true(str_eq_c(c.region, "eu-lab-1"));
	assert_true(str_eq_c(c.service, "ec2"));
	assert_true(str_eq_c(c.scope, "20240801/eu-lab-1/ec2/aws4_request"));
}

static void
signed_headers_grammar(void **state)
{
	static const struct {
		const char *text;
		int r;
		size_t n;
	} rows[] = {
		{ "host", 0, 1 },
		{ "host;x-amz-date", 0, 2 },
		{ "a;a-b;a.b;a_b;b", 0, 5 },
		{ "", ERR_SYNTAX, 0 },
		{ ";host", ERR_SYNTAX, 0 },
		{ "host;", ERR_SYNTAX, 0 },
		{ "host;;x", ERR_SYNTAX, 0 },
		{ "Host", ERR_SYNTAX, 0 },
		{ "host; x-amz-date", ERR_SYNTAX, 0 },
		{ "x-amz-date;host", ERR_SYNTAX, 0 },
		{ "host;host", ERR_DUP, 0 },
	};
	struct str names[SIGV4_MAX_SIGNED_HEADERS];
	struct buf b;
	size_t i, n;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		n = 0;
		if (sigv4_auth_names_parse(str_of(rows[i].text), names, &n) != rows[i].r ||
		    n != rows[i].n)
			fail_msg("%s", rows[i].text);
	}
	buf_init(&b, 4096);
	for (i = 0; i <= SIGV4_MAX_SIGNED_HEADERS; i++)
		buf_fmt(&b, "%sa%03u", i == 0 ? "" : ";", (unsigned)i);
	assert_int_equal(sigv4_auth_names_parse(buf_view(&b), names, &n), ERR_TOOBIG);
	assert_int_equal(sigv4_auth_names_parse(str_head(buf_view(&b), b.n - 5), names, &n), 0);
	assert_int_equal(n, SIGV4_MAX_SIGNED_HEADERS);
	buf_release(&b);
}

static void
signature_grammar(void **state)
{
	uint8_t sig[32];

	(void)state;
	assert_int_equal(sigv4_auth_signature_parse(STR(SIG), sig), 0);
	assert_int_equal(sig[0], 0x01);
	assert_int_equal(sig[31], 0xef);
	assert_int_equal(sigv4_auth_signature_parse(STR(SIG "0"), sig), ERR_SYNTAX);
	assert_int_equal(sigv4_auth_signature_parse(str_head(STR(SIG), 63), sig), ERR_SYNTAX);
	assert_int_equal(sigv4_auth_signature_parse(STR("0123456789ABCDEF0123456789abcdef"
							"0123456789abcdef0123456789abcdef"),
			     sig),
	    ERR_SYNTAX);
}

static void
canonical_path(void **state)
{
	static const char *const rows[][2] = {
		{ "/", "/" },
		{ "", "/" },
		{ "/a/b", "/a/b" },
		{ "/a/../b/./c//d/", "/b/c/d/" },
		{ "/..", "/" },
		{ "/a%20b", "/a%2520b" },
		{ "/~x-._", "/~x-._" },
		{ "/a+b", "/a%2Bb" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 256);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		sigv4_canon_path(&b, str_of(rows[i][0]));
		if (!str_eq_c(buf_view(&b), rows[i][1]))
			fail_msg("%s: %.*s", rows[i][0], STR_FMT(buf_view(&b)));
	}
	buf_release(&b);
}

static void
canonical_query(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "b=2&a=1", "a=1&b=2" },
		{ "a=2&a=1&a=", "a=&a=1&a=2" },
		{ "x&B=1&a-=1&a=1", "B=1&a=1&a-=1&x=" },
		{ "a=b+c", "a=b%20c" },
		{ "a=%2f%7E", "a=%2F~" },
		{ "X-Amz-Signature=s&a=1", "a=1" },
		{ "a==", "a=%3D" },
	};
	struct arena *a = arena_new(65536);
	const struct uri_param *params;
	struct buf b;
	size_t i, n;

	(void)state;
	buf_init(&b, 256);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		assert_int_equal(sigv4_canon_query_parse(str_of(rows[i][0]), a, &params, &n), 0);
		sigv4_canon_query(&b, a, params, n, STR("X-Amz-Signature"));
		if (!str_eq_c(buf_view(&b), rows[i][1]))
			fail_msg("%s: %.*s", rows[i][0], STR_FMT(buf_view(&b)));
	}
	assert_int_equal(sigv4_canon_query_parse(STR("a=%2"), a, &params, &n), ERR_SYNTAX);
	buf_release(&b);
	arena_free(a);
}

static void
canonical_headers(void **state)
{
	static const struct http_header h[] = {
		{ { "Host", 4 }, { "h:8", 3 } },
		{ { "X-B", 3 }, { " \t a \t  b ", 10 } },
		{ { "x-b", 3 }, { "c", 1 } },
		{ { "X-Bad", 5 }, { "a\nhost:x", 8 } },
		{ { "X-None", 6 }, { "", 0 } },
	};
	const struct str names[] = { STR("host"), STR("x-b"), STR("x-none") };
	const struct str bad = STR("x-bad"), absent = STR("x-c");
	struct str missing = STR("");
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	assert_int_equal(sigv4_canon_headers(&b, h, N(h), names, N(names), &missing), 0);
	assert_true(str_eq_c(buf_view(&b), "host:h:8\nx-b:a b,c\nx-none:\n"));
	assert_int_equal(sigv4_canon_headers(&b, h, N(h), &bad, 1, &missing), ERR_SYNTAX);
	assert_int_equal(sigv4_canon_headers(&b, h, N(h), &absent, 1, &missing), ERR_NOTFOUND);
	assert_true(str_eq(missing, absent));
	buf_release(&b);
}

/* From AWS's own page on deriving a signing key. */
static void
key_derivation(void **state)
{
	static const uint8_t want[] = { 0xc4, 0xaf, 0xb1, 0xcc, 0x57, 0x71, 0xd8, 0x71, 0x76, 0x3a,
		0x39, 0x3e, 0x44, 0xb7, 0x03, 0x57, 0x1b, 0x55, 0xcc, 0x28, 0x42, 0x4d, 0x1a, 0x5e,
		0x86, 0xda, 0x6e, 0xd3, 0xc1, 0x54, 0xa4, 0xb9 };
	static const char long_secret[129] = { 'a' };
	uint8_t key[SIGV4_KEY_BYTES];

	(void)state;
	assert_int_equal(sigv4_key_derive(SECRET, STR("20150830"), STR("us-east-1"), STR("iam"),
			     key),
	    0);
	assert_memory_equal(key, want, sizeof(want));
	assert_int_equal(sigv4_key_derive(STR(""), STR("20150830"), STR("r"), STR("s"), key),
	    ERR_RANGE);
	assert_int_equal(sigv4_key_derive(str_of_n(long_secret, sizeof(long_secret)),
			     STR("20150830"), STR("r"), STR("s"), key),
	    ERR_RANGE);
	assert_memory_equal(key, want, sizeof(want));
}

/* ---- the verifier ---- */

#define H(name, value) \
	{ \
		{ name, sizeof(name) - 1 }, \
		{ \
			value, sizeof(value) - 1 \
		} \
	}
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* One good request, and what a row changes of it. */
struct request {
	struct http_header headers[8];
	struct sigv4_input in;
};

static void
request_init(struct request *r)
{
	*r = (struct request){
		.headers = {
			H("Host", "ec2.eu-lab-1.amazonaws.com"),
			H("X-Amz-Date", "20240801T132447Z"),
			H("Authorization", GOOD),
			H("User-Agent", "x"),
		},
		.in = { .method = STR("POST"), .target = STR("/"), .body = STR(""),
			.n_headers = 4, .now_s = NOW, .skew_s = 300,
			.region = STR("eu-lab-1") },
	};
	r->in.headers = r->headers;
}

static void
set(struct request *r, size_t i, const char *name, const char *value)
{
	r->headers[i] = (struct http_header){ str_of(name), str_of(value) };
	if (i >= r->in.n_headers)
		r->in.n_headers = i + 1;
}

static void
assert_fault(const struct request *r, enum sigv4_fault want, const char *words)
{
	struct arena *a = arena_new(2 << 20);
	struct errinfo ei = { "" };
	struct sigv4 got = { .date = STR("untouched") };
	enum sigv4_fault f = sigv4_check(&r->in, a, &got, &ei);

	if (f != want || strstr(ei.text, words) == NULL)
		fail_msg("fault %d, not %d: \"%s\", not \"%s\"", (int)f, (int)want, ei.text, words);
	if (f != SIGV4_OK)
		assert_true(str_eq_c(got.date, "untouched"));
	arena_free(a);
}

#define AUTH_OF(cred, names) HEAD "Credential=" cred ", SignedHeaders=" names ", Signature=" SIG

/* Each row replaces one header (by index) and names the outcome. */
static void
one_changed_header(void **state)
{
	static const struct {
		size_t i;
		const char *name, *value;
		enum sigv4_fault want;
		const char *words;
	} rows[] = {
		{ 3, "User-Agent", "y", SIGV4_OK, "" },
		{ 3, "x-amzn-trace-id", "unsigned", SIGV4_OK, "" },
		{ 2, "authorization", GOOD, SIGV4_OK, "" },
		{ 1, "x-amz-date", " 20240801T132447Z ", SIGV4_OK, "" },
		{ 2, "X-Other", "", SIGV4_MISSING_AUTH, "Authentication Token" },
		{ 2, "Authorization", "Basic x", SIGV4_MALFORMED, "not known" },
		{ 4, "Authorization", GOOD, SIGV4_MALFORMED, "several" },
		{ 2, "Authorization", AUTH_OF(CRED, "x-amz-date;host"), SIGV4_MALFORMED, "sorted" },
		{ 2, "Authorization",
		    HEAD "Credential=" CRED ", SignedHeaders=host;x-amz-date, "
			 "Signature=abc",
		    SIGV4_MALFORMED, "64" },
		{ 1, "X-Other", "", SIGV4_BAD_DATE, "existence of either" },
		{ 1, "X-Amz-Date", "2024-08-01T13:24:47Z", SIGV4_BAD_DATE, "basic" },
		{ 1, "X-Amz-Date", "20240801T252447Z", SIGV4_BAD_DATE, "basic" },
		{ 4, "X-Amz-Date", "20240801T132447Z", SIGV4_BAD_DATE, "twice" },
		{ 1, "X-Amz-Date", "20240801T131946Z", SIGV4_EXPIRED,
		    "Signature expired: 20240801T131946Z is now earlier than 20240801T131947Z" },
		{ 1, "X-Amz-Date", "20240801T131947Z", SIGV4_OK, "" },
		{ 1, "X-Amz-Date", "20240801T132947Z", SIGV4_OK, "" },
		{ 1, "X-Amz-Date", "20240801T132948Z", SIGV4_NOT_YET,
		    "Signature not yet current: 20240801T132948Z is still later than "
		    "20240801T132947Z" },
		{ 2, "Authorization", AUTH_OF(CRED, "x-amz-date"), SIGV4_HOST_UNSIGNED, "'Host'" },
		{ 2, "Authorization", AUTH_OF(CRED, "host"), SIGV4_HEADER_UNSIGNED, "X-Amz-Date" },
		{ 3, "X-Amz-Target", "a.b", SIGV4_HEADER_UNSIGNED, "X-Amz-Target" },
		{ 3, "x-amz-security-token", "t", SIGV4_HEADER_UNSIGNED, "x-amz-security-token" },
		{ 0, "X-Host", "x", SIGV4_HEADER_ABSENT, "'host'" },
		{ 2, "Authorization", AUTH_OF(CRED, "host;x-amz-date;x-foo"), SIGV4_HEADER_ABSENT,
		    "x-foo" },
		{ 2, "Authorization",
		    "AWS4-HMAC-SHA512 Credential=" CRED
		    ", SignedHeaders=host;x-amz-date, Signature=" SIG,
		    SIGV4_BAD_ALGORITHM, "algorithm" },
		{ 2, "Authorization",
		    AUTH_OF("AKIAIOSFODNN7EXAMPLE/20240801/ec2/aws4_request", "host;x-amz-date"),
		    SIGV4_BAD_CREDENTIAL, "5 slash-delimited" },
		{ 2, "Authorization",
		    AUTH_OF("AKIAIOSFODNN7EXAMPLE/20240801/us-east-1/ec2/"
			    "aws4_request",
			"host;x-amz-date"),
		    SIGV4_WRONG_SCOPE, "'us-east-1'" },
		{ 2, "Authorization",
		    AUTH_OF("AKIAIOSFODNN7EXAMPLE/20240801/us-east-1/iam/"
			    "aws4_request",
			"host;x-amz-date"),
		    SIGV4_OK, "" },
		{ 2, "Authorization",
		    AUTH_OF("AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1/s3/"
			    "aws4_request",
			"host;x-amz-date"),
		    SIGV4_WRONG_SCOPE, "This installation does not offer the service 's3'." },
		{ 2, "Authorization",
		    AUTH_OF("AKIAIOSFODNN7EXAMPLE/20240801/eu-lab-1/ec2/"
			    "aws5_request",
			"host;x-amz-date"),
		    SIGV4_WRONG_SCOPE, "terminator" },
		{ 2, "Authorization",
		    AUTH_OF("AKIAIOSFODNN7EXAMPLE/20240731/eu-lab-1/ec2/"
			    "aws4_request",
			"host;x-amz-date"),
		    SIGV4_WRONG_SCOPE, "'20240731' != '20240801'" },
	};
	struct request r;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		request_init(&r);
		set(&r, rows[i].i, rows[i].name, rows[i].value);
		assert_fault(&r, rows[i].want, rows[i].words);
	}
}

static void
claimed_body_hash(void **state)
{
	static const char auth[] = AUTH_OF(CRED, "host;x-amz-content-sha256;x-amz-date");
	static const struct {
		const char *value;
		enum sigv4_fault want;
	} rows[] = {
		{ EMPTY_SHA256, SIGV4_OK },
		{ "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
		    SIGV4_WRONG_BODY },
		{ SIG, SIGV4_WRONG_BODY },
		{ "UNSIGNED-PAYLOAD", SIGV4_WRONG_BODY },
		{ "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", SIGV4_WRONG_BODY },
		{ "", SIGV4_WRONG_BODY },
	};
	struct request r;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		request_init(&r);
		set(&r, 2, "Authorization", auth);
		set(&r, 4, "X-Amz-Content-SHA256", rows[i].value);
		assert_fault(&r, rows[i].want, rows[i].want == SIGV4_OK ? "" : "SHA-256");
	}
	request_init(&r);
	set(&r, 2, "Authorization", auth);
	set(&r, 4, "X-Amz-Content-SHA256", EMPTY_SHA256);
	set(&r, 5, "X-Amz-Content-SHA256", EMPTY_SHA256);
	assert_fault(&r, SIGV4_WRONG_BODY, "SHA-256");
	r.in.n_headers = 5;
	r.in.body = STR("x");
	assert_fault(&r, SIGV4_WRONG_BODY, "SHA-256");
}

static void
request_line(void **state)
{
	static char long_target[SIGV4_MAX_TARGET_BYTES + 2];
	static const struct {
		const char *method, *target;
		enum sigv4_fault want;
	} rows[] = {
		{ "POST", "/?a=b", SIGV4_OK },
		{ "POST", "/?a=%zz", SIGV4_MALFORMED },
		{ "POST", "/?=b", SIGV4_MALFORMED },
		{ "POST", "http://x/", SIGV4_MALFORMED },
		{ "POST", "*", SIGV4_MALFORMED },
		{ "POST", "", SIGV4_MALFORMED },
		{ "", "/", SIGV4_MALFORMED },
		{ "GET\nx", "/", SIGV4_MALFORMED },
		{ "POST", long_target, SIGV4_MALFORMED },
	};
	struct request r;
	size_t i;

	(void)state;
	memset(long_target, '/', sizeof(long_target) - 1);
	for (i = 0; i < N(rows); i++) {
		request_init(&r);
		r.in.method = str_of(rows[i].method);
		r.in.target = str_of(rows[i].target);
		assert_fault(&r, rows[i].want, "");
	}
}

static void
expected_service(void **state)
{
	struct request r;

	(void)state;
	request_init(&r);
	r.in.service = STR("ec2");
	assert_fault(&r, SIGV4_OK, "");
	r.in.service = STR("sts");
	assert_fault(&r, SIGV4_WRONG_SCOPE, "'ec2'");
	r.in.service = STR("");
	r.in.region = STR("");
	assert_fault(&r, SIGV4_OK, "");
}

/* "Date" as HTTP and as mail writes it; X-Amz-Date wins. */
static void
date_header(void **state)
{
	static const struct {
		const char *date;
		enum sigv4_fault want;
	} rows[] = {
		{ "Thu, 01 Aug 2024 13:24:47 GMT", SIGV4_OK },
		{ "Thu, 01 Aug 2024 13:24:47 -0000", SIGV4_OK },
		{ "Thu, 01 Aug 2024 13:24:47 +0000", SIGV4_OK },
		{ "20240801T132447Z", SIGV4_OK },
		{ "Thu, 01 Aug 2024 13:24:47 +0200", SIGV4_BAD_DATE },
		{ "Thu, 01 Aug 2024 13:24:47 CEST", SIGV4_BAD_DATE },
		{ "Thu, 01 Aug 2024 12:24:47 GMT", SIGV4_EXPIRED },
		{ "now", SIGV4_BAD_DATE },
	};
	struct request r;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		request_init(&r);
		set(&r, 1, "Date", rows[i].date);
		set(&r, 2, "Authorization", AUTH_OF(CRED, "date;host"));
		assert_fault(&r, rows[i].want, "");
	}
	request_init(&r);
	set(&r, 3, "Date", "Thu, 01 Aug 2024 12:24:47 GMT");
	assert_fault(&r, SIGV4_OK, "");
}

/* ---- presigned ---- */

static enum sigv4_fault
check_target(struct str target, int64_t now_s, struct arena *a, struct sigv4 *ret)
{
	static const struct http_header host[] = { H("Host", "eice-1.example") };
	struct sigv4_input in = { .method = STR("GET"),
		.target = target,
		.headers = host,
		.n_headers = 1,
		.now_s = now_s,
		.skew_s = 300,
		.region = STR("eu-lab-1") };

	return sigv4_check(&in, a, ret, NULL);
}

static struct str
presign(struct arena *a, int64_t expires_s, struct str token)
{
	static const struct http_header host[] = { H("Host", "eice-1.example") };
	struct sigv4_sign s = { .access_key_id = STR("AKIAIOSFODNN7EXAMPLE"),
		.secret = SECRET,
		.session_token = token,
		.region = STR("eu-lab-1"),
		.service = STR("ec2-instance-connect"),
		.at_s = NOW,
		.method = STR("GET"),
		.target = STR("/openTunnel?remotePort=22"),
		.headers = host,
		.n_headers = 1 };
	struct str target = STR("");

	assert_int_equal(sigv4_sign_presign(&s, expires_s, a, &target), 0);
	return target;
}

static void
presigned_window(void **state)
{
	static const struct {
		int64_t expires_s, after_s;
		enum sigv4_fault want;
	} rows[] = {
		{ 60, 0, SIGV4_OK },
		{ 60, 59, SIGV4_OK },
		{ 60, 60, SIGV4_EXPIRED },
		{ 60, -300, SIGV4_OK },
		{ 60, -301, SIGV4_NOT_YET },
		{ 0, 899, SIGV4_OK },
		{ 0, 900, SIGV4_EXPIRED },
		{ 604800, 604799, SIGV4_OK },
		{ 604800, 604800, SIGV4_EXPIRED },
	};
	struct arena *a = arena_new(8 << 20);
	uint8_t key[SIGV4_KEY_BYTES];
	struct sigv4 got;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		assert_int_equal(check_target(presign(a, rows[i].expires_s, STR("")),
				     NOW + rows[i].after_s, a, &got),
		    rows[i].want);
	assert_int_equal(check_target(presign(a, 60, STR("a+/=")), NOW, a, &got), SIGV4_OK);
	assert_int_equal(got.form, SIGV4_PRESIGNED);
	assert_true(got.expires_at_s == NOW + 60);
	assert_true(str_eq_c(got.session_token, "a+/="));
	assert_int_equal(sigv4_key_derive(SECRET, got.date, got.region, got.service, key), 0);
	assert_true(sigv4_key_verify(key, got.string_to_sign, got.signature));
	arena_free(a);
}

/* Signed in both ways is signed in neither. */
static void
both_forms(void **state)
{
	struct arena *a = arena_new(2 << 20);
	struct request r;

	(void)state;
	request_init(&r);
	r.in.method = STR("GET");
	r.in.target = presign(a, 60, STR(""));
	assert_fault(&r, SIGV4_MALFORMED, "Found both");
	arena_free(a);
}

/* Each row replaces a piece of a good target. */
static void
presigned_faults(void **state)
{
	static const struct {
		const char *from, *to;
		enum sigv4_fault want;
	} rows[] = {
		{ "X-Amz-Expires=60", "X-Amz-Expires=0", SIGV4_MALFORMED },
		{ "X-Amz-Expires=60", "X-Amz-Expires=604801", SIGV4_MALFORMED },
		{ "X-Amz-Expires=60", "X-Amz-Expires=6&X-Amz-Expires=60", SIGV4_MALFORMED },
		{ "X-Amz-Expires=60", "X-Amz-Expires=+6", SIGV4_MALFORMED },
		{ "X-Amz-Date=2", "X-Amz-Dat=2", SIGV4_MALFORMED },
		{ "X-Amz-Date=2", "X-Amz-Date=1&X-Amz-Date=2", SIGV4_MALFORMED },
		{ "X-Amz-Date=2", "X-Amz-Date=x2", SIGV4_BAD_DATE },
		{ "X-Amz-Signature=", "X-Amz-Signatur=", SIGV4_MALFORMED },
		{ "X-Amz-Signature=", "X-Amz-Signature=A", SIGV4_MALFORMED },
		{ "X-Amz-Credential=", "X-Amz-Credentia=", SIGV4_MALFORMED },
		{ "X-Amz-Credential=", "X-Amz-Credential=%2F", SIGV4_BAD_CREDENTIAL },
		{ "X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=", SIGV4_MALFORMED },
		{ "X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=x-a", SIGV4_HOST_UNSIGNED },
		{ "X-Amz-Algorithm=AWS4", "X-Amz-Algorithm=AWS3", SIGV4_BAD_ALGORITHM },
		{ "X-Amz-Algorithm=AWS4", "X-Amz-Algorith=AWS4", SIGV4_MISSING_AUTH },
		{ "X-Amz-Security-Token=t", "X-Amz-Security-Token=t&X-Amz-Security-Token=u",
		    SIGV4_MALFORMED },
		{ "eu-lab-1", "us-east-1", SIGV4_WRONG_SCOPE },
	};
	struct arena *a = arena_new(8 << 20);
	struct str good = presign(a, 60, STR("t"));
	const char *at;
	struct buf b;
	struct sigv4 got;
	size_t i;

	(void)state;
	buf_init(&b, 4096);
	for (i = 0; i < N(rows); i++) {
		at = memmem(good.p, good.n, rows[i].from, strlen(rows[i].from));
		assert_non_null(at);
		buf_clear(&b);
		buf_add(&b, good.p, (size_t)(at - good.p));
		buf_c(&b, rows[i].to);
		buf_str(&b, str_from(good, (size_t)(at - good.p) + strlen(rows[i].from)));
		if (check_target(buf_view(&b), NOW, a, &got) != rows[i].want)
			fail_msg("%s -> %s", rows[i].from, rows[i].to);
	}
	buf_release(&b);
	arena_free(a);
}

/* What the signer refuses. */
static void
signer_limits(void **state)
{
	static const struct http_header host[] = { H("Host", "h") };
	const struct sigv4_sign good = { .access_key_id = STR("A"),
		.secret = SECRET,
		.region = STR("r"),
		.service = STR("s"),
		.method = STR("GET"),
		.target = STR("/"),
		.headers = host,
		.n_headers = 1 };
	struct arena *a = arena_new(2 << 20);
	struct sigv4_signed got;
	struct sigv4_sign s = good;
	struct str target;

	(void)state;
	assert_int_equal(sigv4_sign_header(&s, a, &got), 0);
	s.target = STR("x");
	assert_int_equal(sigv4_sign_header(&s, a, &got), ERR_SYNTAX);
	s = good;
	s.secret = STR("");
	assert_int_equal(sigv4_sign_header(&s, a, &got), ERR_RANGE);
	s = good;
	s.n_headers = 0;
	assert_int_equal(sigv4_sign_presign(&s, 60, a, &target), ERR_SYNTAX);
	s = good;
	assert_int_equal(sigv4_sign_presign(&s, -1, a, &target), ERR_RANGE);
	assert_int_equal(sigv4_sign_presign(&s, SIGV4_MAX_EXPIRES_S + 1, a, &target), ERR_RANGE);
	assert_int_equal(sigv4_sign_presign(&s, SIGV4_MAX_EXPIRES_S, a, &target), 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(authorization_grammar),
		cmocka_unit_test(authorization_names_what_is_missing),
		cmocka_unit_test(credential_grammar),
		cmocka_unit_test(signed_headers_grammar),
		cmocka_unit_test(signature_grammar),
		cmocka_unit_test(canonical_path),
		cmocka_unit_test(canonical_query),
		cmocka_unit_test(canonical_headers),
		cmocka_unit_test(key_derivation),
		cmocka_unit_test(one_changed_header),
		cmocka_unit_test(claimed_body_hash),
		cmocka_unit_test(request_line),
		cmocka_unit_test(expected_service),
		cmocka_unit_test(date_header),
		cmocka_unit_test(presigned_window),
		cmocka_unit_test(both_forms),
		cmocka_unit_test(presigned_faults),
		cmocka_unit_test(signer_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
