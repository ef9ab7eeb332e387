/*
 * web_identity_test: tests sts:AssumeRoleWithWebIdentity with tokens that OpenSSL signs: whom it
 * lets in, what it refuses and with which of AWS's errors, what it records, and what ends its
 * sessions. Sources: STS API reference; IAM user guide, "Available keys for AWS OIDC federation"
 * and "Logging IAM and AWS STS API calls with AWS CloudTrail" (the record of a success); RFC 7515,
 * 7517, 7518.
 */
#include "sts_kit.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "api/refusals.h"
#include "region/web_identity.h"

#define URL "token.example.com/ci"
#define ISSUER "https://" URL
#define PROVIDER IAM ":oidc-provider/" URL
#define CREATE "CreateOpenIDConnectProvider&Url=" ISSUER "&ClientIDList.member.1=sts.amazonaws.com"
#define TRUST \
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":" \
	"{\"Federated\":\"" PROVIDER "\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\"," \
	"\"Condition\":{\"StringEquals\":{\"" URL ":aud\":\"sts.amazonaws.com\"}," \
	"\"StringLike\":{\"" URL ":sub\":\"repo:org/*:main\"}}}}"
#define RS256 "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"JWT\"}"
#define ES256 "{\"alg\":\"ES256\",\"kid\":\"e1\"}"
/* The fixture's time is 1700000000. */
#define CLAIMS(more) \
	"{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1699999990," \
	"\"exp\":1700000300,\"aud\":\"sts.amazonaws.com\"" more "}"
/* {"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}} */
#define LIMIT \
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Deny%22%2C" \
	"%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D"
#define DENIED_WEB "Not authorized to perform sts:AssumeRoleWithWebIdentity"

/* Made once, as RSA keys take long. */
static EVP_PKEY *rsa, *ec;

static const char *
url64(struct fixture *f, const void *p, size_t n)
{
	char *out = arena_alloc(f->a, n * 2 + 8);
	int i, len = EVP_EncodeBlock((unsigned char *)out, p, (int)n);

	while (len > 0 && out[len - 1] == '=')
		out[--len] = '\0';
	for (i = 0; i < len; i++)
		out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
	return out;
}

static const char *
number(struct fixture *f, EVP_PKEY *key, const char *name, int bytes)
{
	unsigned char *p = arena_alloc(f->a, 512);
	BIGNUM *n = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
	if (bytes == 0)
		bytes = BN_num_bytes(n);
	assert_int_equal(BN_bn2binpad(n, p, bytes), bytes);
	BN_free(n);
	return url64(f, p, (size_t)bytes);
}

static const char *
signature(struct fixture *f, EVP_PKEY *key, const char *text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[512], raw[64];
	const unsigned char *at = der;
	size_t n = sizeof(der);
	ECDSA_SIG *sig;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, der, &n, (const unsigned char *)text, strlen(text)),
	    1);
	EVP_MD_CTX_free(ctx);
	if (key == rsa)
		return url64(f, der, n);
	assert_non_null(sig = d2i_ECDSA_SIG(NULL, &at, (long)n));
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
	ECDSA_SIG_free(sig);
	return url64(f, raw, sizeof(raw));
}

static const char *
token(struct fixture *f, const char *header, const char *claims)
{
	const char *text = arena_fmt(f->a, "%s.%s", url64(f, header, strlen(header)),
	    url64(f, claims, strlen(claims)))
			       .p;

	return arena_fmt(f->a, "%s.%s", text,
	    signature(f, strstr(header, "ES256") != NULL ? ec : rsa, text))
	    .p;
}

static void
keys_put(struct fixture *f, const char *json)
{
	struct errinfo ei = { "" };

	web_identity_free(f->region->web_identity);
	f->region->web_identity = NULL;
	if (web_identity_parse(str_of(json), &f->region->web_identity, &ei) != 0)
		fail_msg("%s", ei.text);
}

static int
setup(void **state)
{
	struct fixture *f;

	if (rsa == NULL) {
		rsa = EVP_RSA_gen(2048);
		ec = EVP_EC_gen("P-256");
	}
	fixture_setup(state);
	f = *state;
	keys_put(f,
	    arena_fmt(f->a,
		"{\"" ISSUER "\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"},"
		"{\"kty\":\"RSA\",\"kid\":\"r1\",\"use\":\"sig\",\"alg\":\"RS256\","
		"\"n\":\"%s\",\"e\":\"AQAB\"},"
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e1\",\"x\":\"%s\",\"y\":\"%s\"}]},"
		"\"https://other.example.com\":{\"keys\":[]}}",
		number(f, rsa, OSSL_PKEY_PARAM_RSA_N, 0),
		number(f, ec, OSSL_PKEY_PARAM_EC_PUB_X, 32),
		number(f, ec, OSSL_PKEY_PARAM_EC_PUB_Y, 32))
		.p);
	return 0;
}

static void
provide(struct fixture *f)
{
	struct api_response resp = fixture_iam(f, CREATE);

	assert_status(f, &resp, 200);
	trust(f, TRUST);
}

/* A request without a signature. */
static struct api_response
ask_from(struct fixture *f, const char *peer, const char *role, const char *jwt, const char *more)
{
	const char *body = arena_fmt(f->a,
	    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=%s"
	    "&RoleSessionName=job-7&WebIdentityToken=%s%s",
	    role, jwt, more)
			       .p;
	struct api_request rq = fixture_query_request(f, "sts", body);

	rq.n_headers = 2; /* the others are those of the signature */
	rq.peer_ip = str_of(peer);
	return fixture_run(f, &rq);
}

static struct api_response
ask(struct fixture *f, const char *role, const char *jwt, const char *more)
{
	return ask_from(f, "192.0.2.1", role, jwt, more);
}

static void
assert_told(struct fixture *f, struct api_response *resp, unsigned status, const char *code,
    const char *message)
{
	assert_status(f, resp, status);
	assert_has(f, resp, arena_fmt(f->a, "<Code>%s</Code><Message>%s", code, message).p);
}

/* ---- who is let in ---- */

static void
test_session(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *jwt = token(f, RS256, CLAIMS(",\"amr\":[\"authenticated\"]"));

	provide(f);
	resp = ask(f, ROLE, jwt, "");
	assert_status(f, &resp, 200);
	assert_has(f, &resp,
	    "<SubjectFromWebIdentityToken>repo:org/x:main</SubjectFromWebIdentityToken>"
	    "<AssumedRoleUser><AssumedRoleId>" ROLE_ID ":job-7</AssumedRoleId>"
	    "<Arn>arn:aws:sts::" ACCOUNT ":assumed-role/Admin/job-7</Arn></AssumedRoleUser>"
	    "<Provider>" PROVIDER "</Provider><Audience>sts.amazonaws.com</Audience>");
	assert_has(f, &resp, "<Expiration>2023-11-14T23:13:20Z</Expiration>");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"userIdentity\":{\"type\":\"WebIdentityUser\",\"principalId\":\"" PROVIDER
	    ":sts.amazonaws.com:repo:org/x:main\",\"userName\":\"repo:org/x:main\","
	    "\"identityProvider\":\"" PROVIDER "\"},\"eventTime\""));
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"roleArn\":\"" ROLE "\",\"roleSessionName\":\"job-7\"},"
	    "\"responseElements\":{\"credentials\":{\"accessKeyId\":\"ASIA"));
	assert_null(strstr(fixture_cstr(f, ev.record), "eyJ"));

	use(f, &resp);
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_has(f, &resp, "<Arn>arn:aws:sts::" ACCOUNT ":assumed-role/Admin/job-7</Arn>");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"webIdFederationData\":{\"federatedProvider\":\"" PROVIDER
	    "\",\"attributes\":{}},\"attributes\":{"));

	/* A token may be used again, and one of the other kind as well. */
	resp = ask(f, ROLE, jwt, "&DurationSeconds=7200");
	assert_status(f, &resp, 200);
	resp = ask(f, ROLE, token(f, ES256, CLAIMS("")), "");
	assert_status(f, &resp, 200);
	resp = ask(f, ROLE, token(f, "{\"alg\":\"RS256\"}", CLAIMS("")), "");
	assert_status(f, &resp, 200);
	resp = ask(f, ROLE, jwt, "&DurationSeconds=7201");
	assert_told(f, &resp, 400, "ValidationError",
	    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

/* Without its provider a session is over, as one whose access key is gone. */
static void
test_the_provider_ends_sessions(void **state)
{
	struct fixture *f = *state;
	struct api_response made, resp;

	provide(f);
	made = ask(f, ROLE, token(f, RS256, CLAIMS("")), "");
	assert_status(f, &made, 200);
	resp = fixture_iam(f, "DeleteOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, CREATE);
	assert_status(f, &resp, 200);
	use(f, &made);
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "<Code>InvalidClientTokenId</Code>");
}

/* ---- tokens ---- */

static const struct {
	const char *header, *claims;
	unsigned status;
	const char *code, *message;
} tokens[] = {
	{ RS256, CLAIMS(",\"x\":1"), 200, NULL, NULL },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,\"exp\":1700000001,"
	    "\"aud\":[\"sts.amazonaws.com\"]}",
	    200, NULL, NULL },
	{ RS256, CLAIMS(",\"nbf\":1700000000"), 200, NULL, NULL },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,\"exp\":1700000000,"
	    "\"aud\":\"sts.amazonaws.com\"}",
	    400, "ExpiredTokenException", "Token expired: current date/time 1700000000 must" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1700000301,"
	    "\"exp\":1700000900,\"aud\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "The token is of a time to come" },
	{ RS256, CLAIMS(",\"nbf\":1700000301"), 400, "InvalidIdentityToken",
	    "The token is of a time to come" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"aud\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "The token has no exp or no iat" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":\"1700000900\",\"aud\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "The token has no exp or no iat" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":\"other\"}",
	    400, "InvalidIdentityToken", "Incorrect token audience" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":[\"sts.amazonaws.com\",\"other\"]}",
	    400, "InvalidIdentityToken", "Incorrect token audience" },
	{ RS256, CLAIMS(",\"azp\":\"other\""), 400, "InvalidIdentityToken",
	    "Incorrect token audience" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"iat\":1,\"exp\":1700000900,"
	    "\"aud\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "The token has no sub" },
	{ RS256,
	    "{\"iss\":\"https://unknown.example.com\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken",
	    "No OpenIDConnect provider found in your account for https://unknown.example.com" },
	{ RS256,
	    "{\"iss\":\"" URL "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account for" },
	{ "{\"alg\":\"RS256\",\"kid\":\"r2\"}", CLAIMS(""), 400, "InvalidIdentityToken",
	    "Couldn&apos;t retrieve verification key from your identity provider" },
	/* A key is for its own algorithm. */
	{ "{\"alg\":\"RS256\",\"kid\":\"e1\"}", CLAIMS(""), 400, "InvalidIdentityToken",
	    "Couldn&apos;t retrieve verification key from your identity provider" },
	{ "{\"alg\":\"none\",\"kid\":\"r1\"}", CLAIMS(""), 400, "InvalidIdentityToken",
	    "The token is not signed by RS256 or ES256" },
	{ "{\"alg\":\"HS256\",\"kid\":\"r1\"}", CLAIMS(""), 400, "InvalidIdentityToken",
	    "The token is not signed by RS256 or ES256" },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"crit\":[\"exp\"]}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ "{\"kid\":\"r1\"}", CLAIMS(""), 400, "InvalidIdentityToken",
	    "The ID Token provided is not a valid JWT." },
	{ RS256, CLAIMS(",\"sub\":\"twice\""), 400, "InvalidIdentityToken",
	    "The ID Token provided is not a valid JWT." },
	{ RS256, "[]", 400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":\"sts.amazonaws.com\",\"azp\":\"sts.amazonaws.com\"}",
	    200, NULL, NULL },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":[\"other\",\"sts.amazonaws.com\"],"
	    "\"azp\":\"sts.amazonaws.com\"}",
	    200, NULL, NULL },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":\"other\",\"azp\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "Incorrect token audience" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":[\"other\",7],\"azp\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "Incorrect token audience" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"aud\":[],\"azp\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "Incorrect token audience" },
	{ RS256,
	    "{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/x:main\",\"iat\":1,"
	    "\"exp\":1700000900,\"azp\":\"sts.amazonaws.com\"}",
	    400, "InvalidIdentityToken", "Incorrect token audience" },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"jwt\"}", CLAIMS(""), 200, NULL, NULL },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"at+jwt\"}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"logout+jwt\"}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"application/jwt-x\"}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"\"}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":null}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":[\"JWT\"]}", CLAIMS(""), 400,
	    "InvalidIdentityToken", "The ID Token provided is not a valid JWT." },
	{ RS256, CLAIMS(",\"amr\":\"authenticated\""), 400, "InvalidIdentityToken",
	    "The token&apos;s amr is not a list of short texts" },
	{ RS256, CLAIMS(",\"amr\":{}"), 400, "InvalidIdentityToken",
	    "The token&apos;s amr is not a list of short texts" },
	{ RS256, CLAIMS(",\"amr\":null"), 400, "InvalidIdentityToken",
	    "The token&apos;s amr is not a list of short texts" },
	{ RS256, CLAIMS(",\"amr\":true"), 400, "InvalidIdentityToken",
	    "The token&apos;s amr is not a list of short texts" },
	{ RS256, CLAIMS(",\"amr\":[]"), 200, NULL, NULL },
	{ RS256, CLAIMS(",\"https://aws.amazon.com/tags\":{}"), 403, "IDPRejectedClaim",
	    "Session tags and source identities in tokens are not supported" },
	{ RS256, CLAIMS(",\"https://aws.amazon.com/source_identity\":\"x\""), 403,
	    "IDPRejectedClaim", "Session tags and source identities in tokens" },
};

static void
test_tokens(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i, before;

	f->settings.api_rate = f->settings.api_burst = 1000000;
	provide(f);
	for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		before = fixture_audit(f, NULL);
		resp = ask(f, ROLE, token(f, tokens[i].header, tokens[i].claims), "");
		if (tokens[i].code == NULL) {
			assert_status(f, &resp, 200);
			continue;
		}
		assert_told(f, &resp, tokens[i].status, tokens[i].code, tokens[i].message);
		/* It is nobody's: there is no record of it. */
		assert_int_equal(fixture_audit(f, NULL), before);
	}
}

/* A token of the genuine issuer, and one bit of it is another; or a part is missing. */
static void
test_damaged_tokens(void **state)
{
	static const char *const headers[] = { RS256, ES256 };
	struct fixture *f = *state;
	struct api_response resp;
	char *jwt, *dot, was;
	size_t i, k, n;

	f->settings.api_rate = f->settings.api_burst = 1000000;
	provide(f);
	for (i = 0; i < 2; i++) {
		jwt = arena_cstr(f->a, str_of(token(f, headers[i], CLAIMS(""))));
		n = strlen(jwt);
		for (k = 0; k + 1 < n; k += 7) {
			was = jwt[k];
			if (was == '.')
				continue;
			jwt[k] = was == 'A' ? 'B' : 'A';
			resp = ask(f, ROLE, jwt, "");
			assert_status(f, &resp, 400);
			assert_has(f, &resp, "<Code>InvalidIdentityToken</Code>");
			jwt[k] = was;
		}
		dot = strrchr(jwt, '.');
		dot[1] = '\0';
		resp = ask(f, ROLE, jwt, "");
		assert_told(f, &resp, 400, "InvalidIdentityToken",
		    "The signature of the token is not that of its issuer");
		*dot = '\0';
		resp = ask(f, ROLE, jwt, "");
		assert_told(f, &resp, 400, "InvalidIdentityToken", "The ID Token provided");
	}
}

/* No keys of the issuer: none of its tokens is taken. */
static void
test_no_keys(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *jwt = token(f, RS256, CLAIMS(""));

	provide(f);
	keys_put(f, "");
	resp = ask(f, ROLE, jwt, "");
	assert_told(f, &resp, 400, "InvalidIdentityToken",
	    "Couldn&apos;t retrieve verification key");
	web_identity_free(f->region->web_identity);
	f->region->web_identity = NULL;
	resp = ask(f, ROLE, jwt, "");
	assert_told(f, &resp, 400, "InvalidIdentityToken",
	    "Couldn&apos;t retrieve verification key");
}

/* ---- trust ---- */

#define STATEMENT(effect, principal, more) \
	"{\"Effect\":\"" effect "\",\"Principal\":" principal \
	",\"Action\":\"sts:AssumeRole*\"" more "}"
#define POLICY(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
#define FEDERATED "{\"Federated\":\"" PROVIDER "\"}"
#define IF(key, value) ",\"Condition\":{\"StringEquals\":{\"" key "\":\"" value "\"}}"

static void
test_trust(void **state)
{
	static const struct {
		const char *policy;
		unsigned status;
	} rows[] = {
		{ POLICY(STATEMENT("Allow", FEDERATED, "")), 200 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF(URL ":sub", "repo:org/x:main"))), 200 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF(URL ":aud", "sts.amazonaws.com"))), 200 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF("aws:FederatedProvider", PROVIDER))),
		    200 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF("sts:RoleSessionName", "job-7"))), 200 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF(URL ":sub", "repo:org/y:main"))), 403 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF("other:sub", "repo:org/x:main"))), 403 },
		{ POLICY(STATEMENT("Allow", FEDERATED, IF("aws:PrincipalAccount", ACCOUNT))), 403 },
		{ POLICY(STATEMENT("Allow", "{\"Federated\":\"" PROVIDER "2\"}", "")), 403 },
		{ POLICY(STATEMENT("Allow", "{\"Service\":\"ec2.amazonaws.com\"}", "")), 403 },
		{ POLICY(STATEMENT("Allow", "{\"CanonicalUser\":\"" PROVIDER "\"}", "")), 403 },
		/* A policy for users and roles does not open to tokens. */
		{ POLICY(STATEMENT("Allow", "\"*\"", "")), 403 },
		{ POLICY(STATEMENT("Allow", "{\"AWS\":\"*\"}", "")), 403 },
		{ POLICY(STATEMENT("Allow", "{\"AWS\":\"" ACCOUNT "\"}", "")), 403 },
		{ POLICY(STATEMENT("Allow", FEDERATED, "") "," STATEMENT("Deny", "\"*\"", "")),
		    403 },
		{ POLICY(STATEMENT("Allow", FEDERATED, "") "," STATEMENT("Deny", FEDERATED, "")),
		    403 },
		{ "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
		  "\"Principal\":" FEDERATED ",\"Action\":\"sts:AssumeRole\"}}",
		    403 },
	};
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *jwt = token(f, RS256, CLAIMS(""));
	size_t i;

	f->settings.api_rate = f->settings.api_burst = 1000000;
	provide(f);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		trust(f, rows[i].policy);
		/* Each is the first of its kind. */
		f->boot_ms += REFUSALS_INTERVAL_MS;
		while (batch_tell(f->api, true))
			;
		resp = ask(f, ROLE, jwt, "&Policy=" LIMIT);
		if (resp.status != rows[i].status)
			print_message("row %zu\n", i);
		assert_status(f, &resp, rows[i].status);
		fixture_audit(f, &ev);
		if (rows[i].status == 200) {
			assert_non_null(
			    strstr(fixture_cstr(f, ev.record), ",\"policy\":\"{\\\"Version"));
			continue;
		}
		assert_told(f, &resp, 403, "AccessDenied", DENIED_WEB "</Message>");
		assert_string_equal(fixture_cstr(f, ev.error_code), "AccessDenied");
		assert_non_null(strstr(fixture_cstr(f, ev.record),
		    "\"requestParameters\":{\"roleArn\":\"" ROLE
		    "\",\"roleSessionName\":\"job-7\"},\"responseElements\":null"));
	}
	/* A role that is not there is denied in the same words. */
	resp = ask(f, IAM ":role/Nobody", jwt, "");
	assert_told(f, &resp, 403, "AccessDenied", DENIED_WEB "</Message>");
}

/* ---- who is of the issuer, and not of us ---- */

#define OUTSIDER(i) \
	token(f, RS256, \
	    arena_fmt(f->a, \
		"{\"iss\":\"" ISSUER "\",\"sub\":\"repo:eve/%d:main\",\"iat\":1," \
		"\"exp\":1700000300,\"aud\":\"sts.amazonaws.com\"}", \
		(i)) \
		.p)

/* Whatever subject, address and parameters they choose, of all there are a few records. */
static void
test_denials_are_counted(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	size_t before;
	int i;

	f->settings.api_rate = f->settings.api_burst = 1000000;
	provide(f);
	before = fixture_audit(f, NULL);
	for (i = 0; i < 20; i++) {
		resp = ask(f, ROLE, OUTSIDER(i),
		    arena_fmt(f->a, "&DurationSeconds=%d&Policy=%s", 900 + i, LIMIT).p);
		assert_told(f, &resp, 403, "AccessDenied", DENIED_WEB "</Message>");
	}
	assert_int_equal(fixture_audit(f, &ev), before + REFUSALS_IN_FULL);
	assert_null(strstr(fixture_cstr(f, ev.record), "olicy\":"));
	for (i = 0; i < 60; i++) {
		(void)ask_from(f, arena_fmt(f->a, "198.18.0.%d", i).p, ROLE, OUTSIDER(i), "");
	}
	while (batch_tell(f->api, true))
		;
	/* 15 addresses once and the others as one kind; the two counts. */
	assert_int_equal(fixture_audit(f, &ev),
	    before + REFUSALS_IN_FULL + REFUSALS_KINDS - 1 + REFUSALS_IN_FULL + 2);
	assert_non_null(strstr(fixture_cstr(f, ev.record), "\"callCount\":42,"));
	assert_non_null(strstr(fixture_cstr(f, ev.record), ",\"others\":true}"));
	/* A job of ours is not hidden by them. */
	before = fixture_audit(f, NULL);
	resp = ask(f, ROLE, token(f, RS256, CLAIMS("")), "");
	assert_status(f, &resp, 200);
	assert_int_equal(fixture_audit(f, NULL), before + 1);
}

/* Sessions of all subjects have one share, and who is denied takes nothing of it. */
static void
test_subjects_are_one(void **state)
{
	struct fixture *f = *state;
	struct api_response first, second, resp;
	int i;

	provide(f);
	f->settings.api_rate = 1;
	f->settings.api_burst = 5;
	first = ask(f, ROLE, token(f, RS256, CLAIMS("")), "");
	assert_status(f, &first, 200);
	assert_int_equal(first.principal.n, 0);
	second = ask(f, ROLE,
	    token(f, RS256,
		"{\"iss\":\"" ISSUER "\",\"sub\":\"repo:org/y:main\",\"iat\":1,"
		"\"exp\":1700000300,\"aud\":\"sts.amazonaws.com\"}"),
	    "");
	assert_status(f, &second, 200);
	for (i = 0; i < 20; i++)
		resp = ask_from(f, "198.18.0.1", ROLE, OUTSIDER(i), "");
	assert_told(f, &resp, 400, "Throttling", "");
	use(f, &first);
	for (i = 0; i < 5; i++) {
		resp = fixture_sts(f, "GetCallerIdentity");
		assert_status(f, &resp, 200);
	}
	use(f, &second);
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_told(f, &resp, 400, "Throttling", "");
}

/* ---- who has no token ---- */

/* No limit for principals is none for them, and many addresses fill no bucket of a principal. */
static void
test_strangers_are_apart(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	int i;

	provide(f);
	f->settings.api_rate = 0;
	for (i = 0; i < 200; i++) {
		resp = ask(f, ROLE, "x.y.z", "");
		assert_told(f, &resp, 400, "InvalidIdentityToken", "The ID Token provided");
	}
	resp = ask(f, ROLE, "x.y.z", "");
	assert_told(f, &resp, 400, "Throttling", "");
	resp = ask_from(f, "198.18.0.1", ROLE, token(f, RS256, CLAIMS("")), "");
	assert_status(f, &resp, 200);

	f->settings.api_rate = f->settings.api_burst = 1;
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_status(f, &resp, 200);
	/* More than a table has. Each comes later than what root did. */
	f->boot_ms++;
	for (i = 0; i < 12000; i++)
		(void)ask_from(f, arena_fmt(f->a, "198.18.%d.%d", i / 250, i % 250).p, ROLE,
		    "x.y.z", "");
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_told(f, &resp, 400, "Throttling", "");
}

static void
test_strangers(void **state)
{
	struct fixture *f = *state;
	struct api_request rq;
	struct api_response resp;
	size_t i, before;

	provide(f);
	before = fixture_audit(f, NULL);
	f->settings.api_rate = 1;
	f->settings.api_burst = 5;
	for (i = 0; i < 5; i++) {
		resp = ask(f, ROLE, "x.y.z", "");
		assert_told(f, &resp, 400, "InvalidIdentityToken", "The ID Token provided");
	}
	resp = ask(f, ROLE, "x.y.z", "");
	assert_told(f, &resp, 400, "Throttling", "");
	assert_int_equal(fixture_audit(f, NULL), before);
	f->settings.api_rate = f->settings.api_burst = 1000000;
	f->boot_ms += 1000;

	resp = ask(f, "arn:aws:iam::210987654321:role/Admin", token(f, RS256, CLAIMS("")), "");
	assert_told(f, &resp, 400, "InvalidIdentityToken", "No OpenIDConnect provider found");
	resp = ask(f, "arn:aws:iam::" ACCOUNT ":user/Admin", token(f, RS256, CLAIMS("")), "");
	assert_told(f, &resp, 400, "ValidationError", "");
	resp = ask(f, ROLE, "abcd", "&ProviderId=www.amazon.com");
	assert_status(f, &resp, 400);
	/* No other action is called without a signature, and this one not with one. */
	rq = fixture_query_request(f, "sts",
	    "Action=GetCallerIdentity&Version=2011-06-15&x=AssumeRoleWithWebIdentity");
	rq.n_headers = 2;
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "<Code>MissingAuthenticationToken</Code>");
	resp = fixture_sts(f,
	    "AssumeRoleWithWebIdentity&RoleArn=" ROLE
	    "&RoleSessionName=job-7&WebIdentityToken=abcd");
	assert_told(f, &resp, 403, "AccessDenied",
	    "AssumeRoleWithWebIdentity is called without credentials");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session),
		TEST(test_the_provider_ends_sessions),
		TEST(test_tokens),
		TEST(test_damaged_tokens),
		TEST(test_no_keys),
		TEST(test_trust),
		TEST(test_denials_are_counted),
		TEST(test_subjects_are_one),
		TEST(test_strangers),
		TEST(test_strangers_are_apart),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	return r;
}
