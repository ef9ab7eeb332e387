/*
 * sigv4: verifies what can be verified without the secret; see sigv4.h. The api room calls it
 * for every request before anything else looks at the request. Pure.
 */
#include "aws/sigv4.h"

#include "aws/service.h"
#include "aws/sigv4_canon.h"
#include "base/date.h"
#include "base/num.h"

#define AMZ "x-amz-"
#define BASIC_DATE_BYTES 16 /* 20240801T132447Z */

/* The state that the stages share. */
struct check {
	const struct sigv4_input *in;
	struct arena *arena;
	struct errinfo *ei;
	struct str path;
	const struct uri_param *params;
	size_t n_params;
	struct sigv4_auth auth;
	struct sigv4_credential cred;
	struct str names[SIGV4_MAX_SIGNED_HEADERS];
	size_t n_names;
	struct str amz_date;
	struct sigv4 out;
};

static enum sigv4_fault
fault(struct check *c, enum sigv4_fault f, const char *text)
{
	err_set(c->ei, "%s", text);
	return f;
}

/* Gets the only header of this name; empty when there is none. False when there are several. */
static bool
one_header(const struct check *c, struct str name, struct str *ret)
{
	int r = http_header_find(c->in->headers, c->in->n_headers, name, ret);

	if (r == ERR_NOTFOUND)
		*ret = STR("");
	else if (r != 0)
		return false;
	*ret = str_trim(*ret);
	return true;
}

static size_t
count_param(const struct check *c, struct str name, struct str *ret)
{
	size_t i, n = 0;

	*ret = STR("");
	for (i = 0; i < c->n_params; i++)
		if (str_eq(c->params[i].name, name) && n++ == 0)
			*ret = c->params[i].value;
	return n;
}

static enum sigv4_fault
read_target(struct check *c)
{
	struct str query;

	if (c->in->method.n == 0 || str_has_ctl(c->in->method) ||
	    c->in->target.n > SIGV4_MAX_TARGET_BYTES ||
	    uri_target_split(c->in->target, &c->path, &query) != 0 ||
	    sigv4_canon_query_parse(query, c->arena, &c->params, &c->n_params) != 0)
		return fault(c, SIGV4_MALFORMED, "The request line is malformed.");
	return SIGV4_OK;
}

static enum sigv4_fault
read_presigned(struct check *c, struct str *ret_date)
{
	const struct {
		struct str name;
		struct str *place;
	} fields[] = {
		{ STR("X-Amz-Credential"), &c->auth.credential },
		{ STR("X-Amz-Signature"), &c->auth.signature },
		{ STR("X-Amz-SignedHeaders"), &c->auth.signed_headers },
		{ STR("X-Amz-Date"), ret_date },
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (count_param(c, fields[i].name, fields[i].place) == 1)
			continue;
		err_set(c->ei,
		    "AWS query-string parameters must include '%.*s' once. "
		    "Re-examine the query-string parameters.",
		    STR_FMT(fields[i].name));
		return SIGV4_MALFORMED;
	}
	if (count_param(c, STR("X-Amz-Security-Token"), &c->out.session_token) > 1)
		return fault(c, SIGV4_MALFORMED, "X-Amz-Security-Token came twice.");
	return SIGV4_OK;
}

static enum sigv4_fault
read_header_form(struct check *c, struct str authorization, struct str *ret_date)
{
	if (sigv4_auth_parse(authorization, &c->auth, c->ei) != 0)
		return SIGV4_MALFORMED;
	if (!one_header(c, STR("X-Amz-Security-Token"), &c->out.session_token))
		return fault(c, SIGV4_MALFORMED, "X-Amz-Security-Token came twice.");
	if (!one_header(c, STR("X-Amz-Date"), ret_date) ||
	    (ret_date->n == 0 && !one_header(c, STR("Date"), ret_date)))
		return fault(c, SIGV4_BAD_DATE, "The date of the request came twice.");
	if (ret_date->n == 0)
		return fault(c, SIGV4_BAD_DATE,
		    "Authorization header requires existence of "
		    "either a 'X-Amz-Date' or a 'Date' header.");
	return SIGV4_OK;
}

/* Finds the fields of the signature, in the header or in the query, and parses them. */
static enum sigv4_fault
read_auth(struct check *c, struct str *ret_date)
{
	struct str authorization;
	bool presigned = count_param(c, STR("X-Amz-Algorithm"), &c->auth.algorithm) > 0;
	enum sigv4_fault f;

	if (!one_header(c, STR("Authorization"), &authorization))
		return fault(c, SIGV4_MALFORMED, "There are several Authorization headers.");
	if (presigned && authorization.n > 0)
		return fault(c, SIGV4_MALFORMED,
		    "Found both 'X-Amz-Algorithm' as a query-string "
		    "param and 'Authorization' as HTTP header.");
	if (!presigned && authorization.n == 0)
		return fault(c, SIGV4_MISSING_AUTH, "Request is missing Authentication Token");
	c->out.form = presigned ? SIGV4_PRESIGNED : SIGV4_HEADER;
	f = presigned ? read_presigned(c, ret_date) : read_header_form(c, authorization, ret_date);
	if (f != SIGV4_OK)
		return f;
	if (sigv4_auth_signature_parse(c->auth.signature, c->out.signature) != 0)
		return fault(c, SIGV4_MALFORMED, "The Signature is not 64 lower-case hex digits.");
	if (sigv4_auth_names_parse(c->auth.signed_headers, c->names, &c->n_names) != 0)
		return fault(c, SIGV4_MALFORMED,
		    "SignedHeaders are not lower-case names, sorted, "
		    "each once, with ';' between them.");
	return SIGV4_OK;
}

static struct str
basic_date(struct arena *a, int64_t at_s)
{
	struct buf b;
	struct str r;

	buf_init(&b, BASIC_DATE_BYTES);
	date_basic_write(&b, at_s);
	r = arena_str(a, buf_view(&b));
	buf_release(&b);
	return r;
}

/* Gets how long the signature is good, counted from when it was made. */
static enum sigv4_fault
read_expires(struct check *c, int64_t *ret_s)
{
	struct str text;
	size_t n;

	if (c->out.form == SIGV4_HEADER) {
		*ret_s = c->in->skew_s;
		return SIGV4_OK;
	}
	n = count_param(c, STR("X-Amz-Expires"), &text);
	if (n == 0) {
		*ret_s = SIGV4_DEFAULT_EXPIRES_S;
		return SIGV4_OK;
	}
	if (n > 1 || num_i64_parse(text, 1, SIGV4_MAX_EXPIRES_S, ret_s) != 0)
		return fault(c, SIGV4_MALFORMED,
		    "X-Amz-Expires is not a number of seconds "
		    "from 1 to 604800.");
	return SIGV4_OK;
}

/* Parses an HTTP date, also with the time zone as in mail ("-0000"), which some clients send. */
static int
http_date_parse(struct str date, int64_t *ret_at_s)
{
	char text[30];

	if (date.n == 31 && (str_ends(date, STR(" -0000")) || str_ends(date, STR(" +0000")))) {
		memcpy(text, date.p, 26);
		memcpy(text + 26, "GMT", 4);
		return date_http_parse(str_of(text), ret_at_s);
	}
	return date_http_parse(date, ret_at_s);
}

static enum sigv4_fault
check_date(struct check *c, struct str date)
{
	int64_t now = c->in->now_s, at, expires;
	enum sigv4_fault f;

	if (date_basic_parse(date, &at) != 0 &&
	    (c->out.form == SIGV4_PRESIGNED || http_date_parse(date, &at) != 0))
		return fault(c, SIGV4_BAD_DATE, "Date must be in ISO-8601 'basic format'.");
	if ((f = read_expires(c, &expires)) != SIGV4_OK)
		return f;
	c->amz_date = basic_date(c->arena, at);
	c->out.signed_at_s = at;
	c->out.expires_at_s = at + expires;
	if (now - at > expires || (c->out.form == SIGV4_PRESIGNED && now - at == expires)) {
		err_set(c->ei, "Signature expired: %.*s is now earlier than %.*s",
		    STR_FMT(c->amz_date), STR_FMT(basic_date(c->arena, now - expires)));
		return SIGV4_EXPIRED;
	}
	if (at - now > c->in->skew_s) {
		err_set(c->ei, "Signature not yet current: %.*s is still later than %.*s",
		    STR_FMT(c->amz_date), STR_FMT(basic_date(c->arena, now + c->in->skew_s)));
		return SIGV4_NOT_YET;
	}
	return SIGV4_OK;
}

static bool
is_signed(const struct check *c, struct str name)
{
	size_t i;

	for (i = 0; i < c->n_names; i++)
		if (str_eq_nocase(c->names[i], name))
			return true;
	return false;
}

static enum sigv4_fault
check_signed_headers(struct check *c)
{
	const struct http_header *h = c->in->headers;
	struct str ignored;
	size_t i;

	if (!is_signed(c, STR("host")))
		return fault(c, SIGV4_HOST_UNSIGNED,
		    "'Host' must be a 'SignedHeader' in the AWS "
		    "Authorization.");
	for (i = 0; i < c->in->n_headers; i++) {
		if (!str_eq_nocase(str_head(h[i].name, sizeof(AMZ) - 1), STR(AMZ)) ||
		    is_signed(c, h[i].name))
			continue;
		err_set(c->ei, "'%.*s' must be a 'SignedHeader' in the AWS Authorization.",
		    STR_FMT(str_head(h[i].name, 64)));
		return SIGV4_HEADER_UNSIGNED;
	}
	for (i = 0; i < c->n_names; i++) {
		if (http_header_find(h, c->in->n_headers, c->names[i], &ignored) != ERR_NOTFOUND)
			continue;
		err_set(c->ei, "SignedHeaders names '%.*s', which the request does not have.",
		    STR_FMT(str_head(c->names[i], 64)));
		return SIGV4_HEADER_ABSENT;
	}
	return SIGV4_OK;
}

static enum sigv4_fault
check_scope(struct check *c)
{
	const struct sigv4_credential *cred = &c->cred;
	enum service s = SERVICE_COUNT;
	bool known = service_find(cred->service, &s) == 0;

	if (c->in->region.n > 0 && !str_eq(cred->region, c->in->region) &&
	    !(known && service_info(s)->global)) {
		err_set(c->ei, "Credential should be scoped to a valid region, not '%.*s'.",
		    STR_FMT(cred->region));
		return SIGV4_WRONG_SCOPE;
	}
	if (c->in->service.n == 0 && !known) {
		err_set(c->ei, "This installation does not offer the service '%.*s'.",
		    STR_FMT(cred->service));
		return SIGV4_WRONG_SCOPE;
	}
	if (c->in->service.n > 0 && !str_eq(cred->service, c->in->service)) {
		err_set(c->ei,
		    "Credential should be scoped to a service of this endpoint, "
		    "not '%.*s'.",
		    STR_FMT(cred->service));
		return SIGV4_WRONG_SCOPE;
	}
	if (!str_eq_c(cred->terminator, "aws4_request")) {
		err_set(c->ei,
		    "Credential should be scoped with a valid terminator: "
		    "'aws4_request', not '%.*s'.",
		    STR_FMT(cred->terminator));
		return SIGV4_WRONG_SCOPE;
	}
	if (!str_eq(cred->date, str_head(c->amz_date, 8))) {
		err_set(c->ei,
		    "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
		    "version of date from HTTP: '%.*s' != '%.8s'.",
		    STR_FMT(cred->date), c->amz_date.p);
		return SIGV4_WRONG_SCOPE;
	}
	return SIGV4_OK;
}

static enum sigv4_fault
check_credential(struct check *c)
{
	if (!str_eq(c->auth.algorithm, SIGV4_ALGORITHM))
		return fault(c, SIGV4_BAD_ALGORITHM,
		    "Unsupported AWS 'algorithm': only "
		    "AWS4-HMAC-SHA256 is supported.");
	if (sigv4_auth_credential_parse(c->auth.credential, &c->cred) != 0)
		return fault(c, SIGV4_BAD_CREDENTIAL,
		    "Credential must have exactly 5 "
		    "slash-delimited elements, e.g. keyid/date/region/service/term.");
	return check_scope(c);
}

static enum sigv4_fault
check_body(struct check *c, const char *hash)
{
	struct str claimed;

	if (http_header_find(c->in->headers, c->in->n_headers, STR("X-Amz-Content-SHA256"),
		&claimed) == ERR_NOTFOUND)
		return SIGV4_OK;
	if (!one_header(c, STR("X-Amz-Content-SHA256"), &claimed) || !str_eq_c(claimed, hash))
		return fault(c, SIGV4_WRONG_BODY,
		    "The value of X-Amz-Content-SHA256 is not the "
		    "SHA-256 of the body; unsigned and streamed bodies are not supported.");
	return SIGV4_OK;
}

static enum sigv4_fault
write_strings(struct check *c, const char *hash)
{
	enum sigv4_fault f = SIGV4_OK;
	struct str missing = STR("");
	struct buf b;
	int r;

	buf_init(&b, SIGV4_MAX_CANONICAL_BYTES);
	buf_str(&b, c->in->method);
	buf_ch(&b, '\n');
	sigv4_canon_path(&b, c->path);
	buf_ch(&b, '\n');
	sigv4_canon_query(&b, c->arena, c->params, c->n_params,
	    c->out.form == SIGV4_PRESIGNED ? STR("X-Amz-Signature") : STR(""));
	buf_ch(&b, '\n');
	r = sigv4_canon_headers(&b, c->in->headers, c->in->n_headers, c->names, c->n_names,
	    &missing);
	buf_ch(&b, '\n');
	buf_str(&b, c->auth.signed_headers);
	buf_ch(&b, '\n');
	buf_c(&b, hash);
	if (r != 0 || buf_err(&b) != 0) {
		f = fault(c, SIGV4_MALFORMED, "The request is malformed or too long.");
		goto out;
	}
	c->out.canonical_request = arena_str(c->arena, buf_view(&b));
	buf_clear(&b);
	sigv4_canon_string_to_sign(&b, c->amz_date, c->cred.scope, c->out.canonical_request);
	c->out.string_to_sign = arena_str(c->arena, buf_view(&b));
out:
	buf_release(&b);
	return f;
}

enum sigv4_fault
sigv4_check(const struct sigv4_input *in, struct arena *a, struct sigv4 *ret, struct errinfo *ei)
{
	struct check c = { .in = in, .arena = a, .ei = ei };
	struct str date = STR("");
	enum sigv4_fault f;
	char hash[65];

	if ((f = read_target(&c)) != SIGV4_OK || (f = read_auth(&c, &date)) != SIGV4_OK ||
	    (f = check_date(&c, date)) != SIGV4_OK || (f = check_signed_headers(&c)) != SIGV4_OK ||
	    (f = check_credential(&c)) != SIGV4_OK)
		return f;
	sigv4_canon_hash(in->body, hash);
	if ((f = check_body(&c, hash)) != SIGV4_OK || (f = write_strings(&c, hash)) != SIGV4_OK)
		return f;
	c.out.access_key_id = c.cred.access_key_id;
	c.out.date = c.cred.date;
	c.out.region = c.cred.region;
	c.out.service = c.cred.service;
	*ret = c.out;
	return SIGV4_OK;
}
