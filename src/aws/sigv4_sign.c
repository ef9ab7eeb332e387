/*
 * sigv4_sign: signs requests; see sigv4_sign.h.
 */
#include "aws/sigv4_sign.h"

#include "aws/sigv4.h"
#include "aws/sigv4_canon.h"
#include "aws/sigv4_key.h"
#include "base/date.h"
#include "base/hex.h"
#include "base/secret.h"

/* What signing in a header and presigning have in common. */
struct signing {
	const struct sigv4_sign *s;
	struct arena *arena;
	struct str amz_date;
	struct str scope;
	struct http_header *headers; /* as signed */
	size_t n_headers;
	struct str names[SIGV4_MAX_SIGNED_HEADERS]; /* lower case, sorted, each once */
	size_t n_names;
	struct str signed_headers;
};

static int
name_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str
lower_case(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	size_t i;

	for (i = 0; i < s.n; i++)
		p[i] = str_lower(p[i]);
	return str_of_n(p, s.n);
}

/* Fills names and signed_headers from headers. */
static int
list_names(struct signing *g)
{
	struct buf b;
	size_t i;
	int r;

	if (g->n_headers == 0)
		return ERR_SYNTAX;
	if (g->n_headers > SIGV4_MAX_SIGNED_HEADERS)
		return ERR_TOOBIG;
	for (i = 0; i < g->n_headers; i++)
		g->names[i] = lower_case(g->arena, g->headers[i].name);
	qsort(g->names, g->n_headers, sizeof(*g->names), name_cmp);
	buf_init(&b, SIGV4_MAX_CANONICAL_BYTES);
	for (i = 0; i < g->n_headers; i++) {
		if (i > 0 && str_eq(g->names[i], g->names[g->n_names - 1]))
			continue;
		if (i > 0)
			buf_ch(&b, ';');
		buf_str(&b, g->names[i]);
		g->names[g->n_names++] = g->names[i];
	}
	g->signed_headers = arena_str(g->arena, buf_view(&b));
	r = buf_err(&b);
	buf_release(&b);
	return r;
}

/* Makes the date, the scope, and the list of headers with those that signing adds. */
static int
start(struct signing *g, bool presigned)
{
	const struct sigv4_sign *s = g->s;
	struct buf b;

	buf_init(&b, 16);
	date_basic_write(&b, s->at_s);
	g->amz_date = arena_str(g->arena, buf_view(&b));
	buf_release(&b);
	g->scope = arena_fmt(g->arena, "%.8s/%.*s/%.*s/aws4_request", g->amz_date.p,
	    STR_FMT(s->region), STR_FMT(s->service));
	g->headers = arena_array(g->arena, s->n_headers + 2, sizeof(*g->headers));
	for (; g->n_headers < s->n_headers; g->n_headers++)
		g->headers[g->n_headers] = s->headers[g->n_headers];
	if (!presigned) {
		g->headers[g->n_headers++] = (struct http_header){ STR("X-Amz-Date"), g->amz_date };
		if (s->session_token.n > 0)
			g->headers[g->n_headers++] =
			    (struct http_header){ STR("X-Amz-Security-Token"), s->session_token };
	}
	return list_names(g);
}

static int
canonical_request(const struct signing *g, struct str target, struct buf *b)
{
	const struct uri_param *params;
	struct str path, query, missing;
	size_t n_params;
	char hash[65];
	int r;

	if (target.n > SIGV4_MAX_TARGET_BYTES)
		return ERR_TOOBIG;
	if ((r = uri_target_split(target, &path, &query)) != 0 ||
	    (r = sigv4_canon_query_parse(query, g->arena, &params, &n_params)) != 0)
		return r;
	buf_str(b, g->s->method);
	buf_ch(b, '\n');
	sigv4_canon_path(b, path);
	buf_ch(b, '\n');
	sigv4_canon_query(b, g->arena, params, n_params, STR(""));
	buf_ch(b, '\n');
	if ((r = sigv4_canon_headers(b, g->headers, g->n_headers, g->names, g->n_names,
		 &missing)) != 0)
		return r;
	buf_ch(b, '\n');
	buf_str(b, g->signed_headers);
	buf_ch(b, '\n');
	sigv4_canon_hash(g->s->body, hash);
	buf_c(b, hash);
	return buf_err(b);
}

/* Makes the signature, in hex, of the request with this target. */
static int
sign(const struct signing *g, struct str target, struct str *ret_hex)
{
	uint8_t key[SIGV4_KEY_BYTES] = { 0 }, signature[32];
	struct buf request, text;
	int r;

	buf_init(&request, SIGV4_MAX_CANONICAL_BYTES);
	buf_init(&text, SIGV4_MAX_CANONICAL_BYTES);
	if ((r = canonical_request(g, target, &request)) != 0)
		goto out;
	sigv4_canon_string_to_sign(&text, g->amz_date, g->scope, buf_view(&request));
	if ((r = sigv4_key_derive(g->s->secret, str_head(g->amz_date, 8), g->s->region,
		 g->s->service, key)) != 0 ||
	    (r = sigv4_key_sign(key, buf_view(&text), signature)) != 0)
		goto out;
	buf_clear(&text);
	hex_write(&text, signature, sizeof(signature));
	*ret_hex = arena_str(g->arena, buf_view(&text));
out:
	secret_wipe(key, sizeof(key));
	buf_release(&text);
	buf_release(&request);
	return r;
}

int
sigv4_sign_header(const struct sigv4_sign *s, struct arena *a, struct sigv4_signed *ret)
{
	struct signing g = { .s = s, .arena = a };
	struct str hex;
	int r;

	if ((r = start(&g, false)) != 0 || (r = sign(&g, s->target, &hex)) != 0)
		return r;
	ret->amz_date = g.amz_date;
	ret->authorization = arena_fmt(a,
	    "AWS4-HMAC-SHA256 Credential=%.*s/%.*s, "
	    "SignedHeaders=%.*s, Signature=%.*s",
	    STR_FMT(s->access_key_id), STR_FMT(g.scope), STR_FMT(g.signed_headers), STR_FMT(hex));
	return 0;
}

static void
add_param(struct buf *b, const char *name, struct str value)
{
	buf_ch(b, '&');
	buf_c(b, name);
	buf_ch(b, '=');
	uri_encode(b, value);
}

int
sigv4_sign_presign(const struct sigv4_sign *s, int64_t expires_s, struct arena *a,
    struct str *ret_target)
{
	struct signing g = { .s = s, .arena = a };
	struct str hex;
	struct buf b;
	int r;

	if (expires_s < 0 || expires_s > SIGV4_MAX_EXPIRES_S)
		return ERR_RANGE;
	buf_init(&b, SIGV4_MAX_TARGET_BYTES);
	if ((r = start(&g, true)) != 0)
		goto out;
	buf_str(&b, s->target);
	buf_c(&b, str_index(s->target, '?') == s->target.n ? "?" : "&");
	buf_c(&b, "X-Amz-Algorithm=AWS4-HMAC-SHA256");
	add_param(&b, "X-Amz-Credential",
	    arena_fmt(a, "%.*s/%.*s", STR_FMT(s->access_key_id), STR_FMT(g.scope)));
	add_param(&b, "X-Amz-Date", g.amz_date);
	if (expires_s > 0)
		add_param(&b, "X-Amz-Expires", arena_fmt(a, "%lld", (long long)expires_s));
	add_param(&b, "X-Amz-SignedHeaders", g.signed_headers);
	if (s->session_token.n > 0)
		add_param(&b, "X-Amz-Security-Token", s->session_token);
	if ((r = buf_err(&b)) != 0 || (r = sign(&g, buf_view(&b), &hex)) != 0)
		goto out;
	add_param(&b, "X-Amz-Signature", hex);
	if ((r = buf_err(&b)) == 0)
		*ret_target = arena_str(a, buf_view(&b));
out:
	buf_release(&b);
	return r;
}
