/*
 * sigv4_canon: the canonical request and the string to sign; see sigv4_canon.h. Pure.
 */
#include "aws/sigv4_canon.h"

#include <assert.h>
#include <openssl/evp.h>

#include "aws/sigv4_auth.h"
#include "base/hex.h"

int
sigv4_canon_query_parse(struct str raw, struct arena *a, const struct uri_param **ret,
    size_t *ret_n)
{
	return uri_params_parse(a, raw, URI_PLUS_IS_SPACE | URI_ALLOW_DUP, SIGV4_MAX_PARAMS, ret,
	    ret_n);
}

void
sigv4_canon_path(struct buf *b, struct str raw)
{
	struct buf normal;

	buf_init(&normal, raw.n + 1);
	uri_path_normalise(&normal, raw);
	uri_encode_path(b, buf_view(&normal));
	buf_release(&normal);
}

struct pair {
	struct str name, value; /* encoded */
};

static int
pair_cmp(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order != 0 ? order : str_cmp(x->value, y->value);
}

static struct str
encoded(struct arena *a, struct str s)
{
	struct buf b;
	struct str r;

	buf_init(&b, 3 * s.n);
	uri_encode(&b, s);
	r = arena_str(a, buf_view(&b));
	buf_release(&b);
	return r;
}

void
sigv4_canon_query(struct buf *b, struct arena *a, const struct uri_param *params, size_t n,
    struct str without)
{
	struct pair *pairs = arena_array(a, n, sizeof(*pairs));
	size_t i, used = 0;

	for (i = 0; i < n; i++) {
		if (without.n > 0 && str_eq(params[i].name, without))
			continue;
		pairs[used].name = encoded(a, params[i].name);
		pairs[used++].value = encoded(a, params[i].value);
	}
	if (used > 0)
		qsort(pairs, used, sizeof(*pairs), pair_cmp);
	for (i = 0; i < used; i++) {
		if (i > 0)
			buf_ch(b, '&');
		buf_str(b, pairs[i].name);
		buf_ch(b, '=');
		buf_str(b, pairs[i].value);
	}
}

/* Appends a value without blanks at its ends, and with one space for each run of blanks. */
static int
write_folded(struct buf *b, struct str value)
{
	struct str v = str_trim(value);
	bool blank = false;
	size_t i;

	for (i = 0; i < v.n; i++) {
		if (v.p[i] == ' ' || v.p[i] == '\t') {
			blank = true;
			continue;
		}
		/* With a line end, one header could pass for two. */
		if ((unsigned char)v.p[i] < 0x20)
			return ERR_SYNTAX;
		if (blank)
			buf_ch(b, ' ');
		blank = false;
		buf_ch(b, v.p[i]);
	}
	return 0;
}

int
sigv4_canon_headers(struct buf *b, const struct http_header *h, size_t n, const struct str *names,
    size_t n_names, struct str *ret_missing)
{
	size_t i, k, found;
	int r;

	for (k = 0; k < n_names; k++) {
		buf_str(b, names[k]);
		buf_ch(b, ':');
		for (i = found = 0; i < n; i++) {
			if (!str_eq_nocase(h[i].name, names[k]))
				continue;
			if (found++ > 0)
				buf_ch(b, ',');
			if ((r = write_folded(b, h[i].value)) != 0)
				return r;
		}
		if (found == 0) {
			*ret_missing = names[k];
			return ERR_NOTFOUND;
		}
		buf_ch(b, '\n');
	}
	return 0;
}

void
sigv4_canon_hash(struct str s, char ret[static 65])
{
	uint8_t digest[32];
	struct buf b;
	int ok;

	ok = EVP_Digest(s.n == 0 ? "" : s.p, s.n, digest, NULL, EVP_sha256(), NULL);
	/* Without SHA-256 the machine is broken, and nothing could be verified. */
	assert(ok == 1);
	buf_init(&b, 64);
	hex_write(&b, digest, sizeof(digest));
	ok = str_copy(ret, 65, buf_view(&b));
	assert(ok == 0);
	buf_release(&b);
}

void
sigv4_canon_string_to_sign(struct buf *b, struct str amz_date, struct str scope,
    struct str canonical_request)
{
	char hash[65];

	sigv4_canon_hash(canonical_request, hash);
	buf_str(b, SIGV4_ALGORITHM);
	buf_ch(b, '\n');
	buf_str(b, amz_date);
	buf_ch(b, '\n');
	buf_str(b, scope);
	buf_ch(b, '\n');
	buf_c(b, hash);
}
