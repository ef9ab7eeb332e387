/*
 * web_identity: see web_identity.h.
 */
#include "region/web_identity.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "pki/jwk.h"

#define MAX_DEPTH 8
#define MAX_URL_BYTES 263 /* https:// and the longest URL of a provider */

struct issuer {
	char url[MAX_URL_BYTES];
	size_t n;
	struct jwk_set *keys;
};

struct web_identity {
	struct issuer issuers[WEB_IDENTITY_MAX_ISSUERS];
	size_t n;
};

static int
issuer_read(struct web_identity *w, struct str url, const struct json *v, struct errinfo *ei)
{
	struct issuer *i = &w->issuers[w->n];
	struct errinfo why = { "" };
	int r = ERR_SYNTAX;

	if (w->n == WEB_IDENTITY_MAX_ISSUERS || url.n > sizeof(i->url)) {
		err_set(ei, "too many issuers, or too long a URL");
		return ERR_TOOBIG;
	}
	if (!str_starts(url, STR("https://")))
		err_set(&why, "its name does not begin with https://");
	else
		r = jwk_set_parse(v, &i->keys, &why);
	if (r != 0) {
		err_set(ei, "issuer %zu: %s", w->n + 1, why.text);
		return r;
	}
	memcpy(i->url, url.p, url.n);
	i->n = url.n;
	w->n++;
	return 0;
}

int
web_identity_parse(struct str text, struct web_identity **ret, struct errinfo *ei)
{
	struct web_identity *w = xalloc(sizeof(*w));
	struct json_iter it = { .obj = NULL };
	const struct json *v;
	struct json *doc = NULL;
	struct str url;
	int r = 0;

	if (str_trim(text).n > 0)
		r = json_parse(text, WEB_IDENTITY_MAX_BYTES, MAX_DEPTH, &doc, ei);
	if (r == 0 && doc != NULL && json_kind(doc) != JSON_KIND_OBJECT) {
		err_set(ei, "not an object");
		r = ERR_SYNTAX;
	}
	it.obj = doc;
	while (r == 0 && doc != NULL && json_next(&it, &url, &v))
		r = issuer_read(w, url, v, ei);
	json_free(doc);
	if (r == 0)
		*ret = w;
	else
		web_identity_free(w);
	return r;
}

void
web_identity_free(struct web_identity *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n; i++)
		jwk_set_free(w->issuers[i].keys);
	xfree(w);
}

int
web_identity_verify(const struct web_identity *w, struct str issuer, struct str alg, struct str kid,
    struct str bytes, struct str signature)
{
	size_t i;

	for (i = 0; w != NULL && i < w->n; i++) {
		if (str_eq(issuer, str_of_n(w->issuers[i].url, w->issuers[i].n)))
			return jwk_verify(w->issuers[i].keys, alg, kid, bytes, signature);
	}
	return ERR_NOTFOUND;
}
