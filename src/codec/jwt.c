/*
 * jwt: see jwt.h.
 */
#include "codec/jwt.h"

#include "base/b64.h"

#define MAX_DEPTH 8

/* Cuts what stands before the next dot off rest. False: there is no dot. */
static bool
part(struct str *rest, struct str *ret)
{
	size_t dot = str_index(*rest, '.');

	if (dot == rest->n)
		return false;
	*ret = str_head(*rest, dot);
	*rest = str_from(*rest, dot + 1);
	return true;
}

static int
object_parse(struct str part, struct json **ret)
{
	struct json *v = NULL;
	struct buf b;
	int r;

	buf_init(&b, JWT_MAX_BYTES);
	if ((r = b64_url_parse(part, &b)) == 0 &&
	    (r = json_parse(buf_view(&b), JWT_MAX_BYTES, MAX_DEPTH, &v, NULL)) == 0 &&
	    json_kind(v) != JSON_KIND_OBJECT)
		r = ERR_SYNTAX;
	buf_release(&b);
	if (r == 0)
		*ret = v;
	else
		json_free(v);
	return r;
}

/* Other types are of other uses: an access token (RFC 9068), or one for a logout, is signed with
 * the same keys. */
static bool
type_fits(const struct json *typ)
{
	struct str s;

	return typ == NULL || (json_str(typ, &s) == 0 && str_eq_nocase(s, STR("JWT")));
}

static int
header_read(struct str part, struct arena *a, struct jwt *ret)
{
	struct str alg, kid = STR("");
	struct json *v = NULL;
	int r;

	if ((r = object_parse(part, &v)) != 0)
		return r;
	if (json_str(json_get(v, "alg"), &alg) != 0 || json_get(v, "crit") != NULL ||
	    !type_fits(json_get(v, "typ")) ||
	    (json_get(v, "kid") != NULL && json_str(json_get(v, "kid"), &kid) != 0)) {
		r = ERR_SYNTAX;
	} else {
		ret->alg = arena_str(a, alg);
		ret->kid = arena_str(a, kid);
	}
	json_free(v);
	return r;
}

int
jwt_parse(struct str token, struct arena *a, struct jwt *ret)
{
	struct str rest = token, header, claims;
	struct jwt t = { .claims = NULL };
	struct buf signature;
	int r;

	if (token.n > JWT_MAX_BYTES)
		return ERR_TOOBIG;
	if (!part(&rest, &header) || !part(&rest, &claims))
		return ERR_SYNTAX;
	t.signed_bytes = str_head(token, header.n + 1 + claims.n);
	buf_init(&signature, JWT_MAX_BYTES);
	if ((r = b64_url_parse(rest, &signature)) == 0 && (r = header_read(header, a, &t)) == 0)
		r = object_parse(claims, &t.claims);
	t.signature = arena_str(a, buf_view(&signature));
	buf_release(&signature);
	if (r == 0)
		*ret = t;
	return r;
}
