/*
 * uri: percent encoding, query strings, SigV4's path rules; see uri.h. Pure.
 */
#include "codec/uri.h"

#include "base/hex.h"
#include "codec/utf8.h"

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

static void
encode(struct buf *out, struct str s, char keep)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]) || s.p[i] == keep) {
			buf_ch(out, s.p[i]);
			continue;
		}
		buf_ch(out, '%');
		hex_write_upper(out, s.p + i, 1);
	}
}

void
uri_encode(struct buf *out, struct str s)
{
	encode(out, s, '-'); /* keeps nothing more, as '-' is unreserved */
}

void
uri_encode_path(struct buf *out, struct str s)
{
	encode(out, s, '/');
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Decodes s into dst. With dst NULL it only counts the bytes. */
static int
decode(char *dst, struct str s, bool plus_is_space, size_t *ret_n)
{
	size_t i, n = 0;
	int hi, lo;
	char c;

	for (i = 0; i < s.n; i++) {
		c = s.p[i] == '+' && plus_is_space ? ' ' : s.p[i];
		if (c == '%') {
			if (s.n - i < 3)
				return ERR_SYNTAX;
			hi = hex_digit(s.p[i + 1]);
			lo = hex_digit(s.p[i + 2]);
			if (hi < 0 || lo < 0)
				return ERR_SYNTAX;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		if (dst != NULL)
			dst[n] = c;
		n++;
	}
	*ret_n = n;
	return 0;
}

int
uri_decode(struct buf *out, struct str s)
{
	size_t n;
	char *at;
	int r;

	if ((r = decode(NULL, s, false, &n)) != 0)
		return r;
	if ((at = buf_reserve(out, n)) == NULL)
		return buf_err(out);
	r = decode(at, s, false, &n);
	buf_commit(out, n);
	return r;
}

static bool
is_graphic(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return true;
}

int
uri_target_split(struct str target, struct str *ret_path, struct str *ret_query)
{
	size_t at = str_index(target, '?');

	if (target.n == 0 || target.p[0] != '/' || !is_graphic(target) ||
	    str_index(target, '#') != target.n)
		return ERR_SYNTAX;
	*ret_path = str_head(target, at);
	*ret_query = str_from(target, at + 1);
	return 0;
}

/* Cuts off and returns the next segment of path, and drops the '/' behind it. */
static struct str
next_segment(struct str *path)
{
	size_t at = str_index(*path, '/');
	struct str seg = str_head(*path, at);

	*path = str_from(*path, at + 1);
	return seg;
}

void
uri_path_normalise(struct buf *out, struct str path)
{
	bool slash_ends = path.n > 0 && path.p[path.n - 1] == '/';
	size_t from = out->n;
	struct str seg;

	while (path.n > 0) {
		seg = next_segment(&path);
		if (seg.n == 0 || str_eq_c(seg, "."))
			continue;
		if (!str_eq_c(seg, "..")) {
			buf_ch(out, '/');
			buf_str(out, seg);
			continue;
		}
		while (out->n > from && out->p[out->n - 1] != '/')
			out->n--;
		if (out->n > from)
			out->n--;
	}
	if (out->n == from || slash_ends)
		buf_ch(out, '/');
}

/* Decodes a name or value into the arena. */
static int
param_text(struct arena *a, struct str raw, unsigned flags, struct str *ret)
{
	char *p = arena_alloc(a, raw.n == 0 ? 1 : raw.n);
	size_t n;
	int r;

	if (!is_graphic(raw))
		return ERR_SYNTAX;
	if ((r = decode(p, raw, (flags & URI_PLUS_IS_SPACE) != 0, &n)) != 0)
		return r;
	*ret = (struct str){ p, n };
	if (str_index(*ret, '\0') != n || !utf8_valid(*ret))
		return ERR_SYNTAX;
	return 0;
}

static int
param_parse(struct arena *a, struct str piece, unsigned flags, struct uri_param *ret)
{
	size_t at = str_index(piece, '=');
	int r;

	if ((r = param_text(a, str_head(piece, at), flags, &ret->name)) != 0)
		return r;
	if (ret->name.n == 0)
		return ERR_SYNTAX;
	return param_text(a, str_from(piece, at + 1), flags, &ret->value);
}

static size_t
count_pieces(struct str s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '&' && (i == 0 || s.p[i - 1] == '&'))
			n++;
	return n;
}

static bool
has_name(const struct uri_param *v, size_t n, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str_eq(v[i].name, name))
			return true;
	}
	return false;
}

int
uri_params_parse(struct arena *a, struct str s, unsigned flags, size_t max,
    const struct uri_param **ret, size_t *ret_n)
{
	size_t at, n = 0, count = count_pieces(s);
	struct uri_param *v;
	struct str piece;
	int r;

	if (count > max)
		return ERR_TOOBIG;
	v = arena_array(a, count + 1, sizeof(*v));
	while (s.n > 0) {
		at = str_index(s, '&');
		piece = str_head(s, at);
		s = str_from(s, at + 1);
		if (piece.n == 0)
			continue;
		if ((r = param_parse(a, piece, flags, &v[n])) != 0)
			return r;
		if ((flags & URI_ALLOW_DUP) == 0 && has_name(v, n, v[n].name))
			return ERR_DUP;
		n++;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}
