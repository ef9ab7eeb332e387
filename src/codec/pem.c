/*
 * pem: textual encoding of DER; see pem.h. Pure.
 */
#include "codec/pem.h"

#include "base/b64.h"
#include "base/rd.h"

#define MAX_LABEL 64
#define MAX_LINE 76
#define LINE 64
#define DASHES "-----"

/* Reads "-----`word` LABEL-----" and its LF, which may be missing at the end of the text. */
static int
read_boundary(struct rd *r, const char *word, struct str *ret_label)
{
	size_t at = str_index(r->rest, '\n');
	struct rd line = rd_of(str_head(r->rest, at));
	int e;

	if ((e = rd_lit(&line, STR(DASHES))) != 0 || (e = rd_lit(&line, str_of(word))) != 0 ||
	    (e = rd_lit(&line, STR(" "))) != 0 ||
	    (e = rd_span(&line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ", MAX_LABEL, ret_label)) !=
		0 ||
	    (e = rd_lit(&line, STR(DASHES))) != 0 || (e = rd_end(&line)) != 0)
		return ERR_SYNTAX;
	r->rest = str_from(r->rest, at + 1);
	return 0;
}

/* Joins the lines between the boundaries. */
static int
read_body(struct rd *r, struct buf *base64)
{
	struct str line;
	int e;

	while (!str_starts(r->rest, STR(DASHES))) {
		if ((e = rd_until(r, '\n', MAX_LINE, &line)) != 0 || line.n == 0)
			return ERR_SYNTAX;
		buf_str(base64, line);
	}
	return 0;
}

static int
read_block(struct arena *a, struct rd *r, struct pem_block *ret)
{
	struct str label, end;
	struct buf base64, der;
	int e;

	buf_init(&base64, r->rest.n);
	buf_init(&der, r->rest.n);
	if ((e = read_boundary(r, "BEGIN", &label)) != 0 || (e = read_body(r, &base64)) != 0 ||
	    (e = read_boundary(r, "END", &end)) != 0 ||
	    (e = b64_parse(buf_view(&base64), &der)) != 0)
		goto out;
	if (!str_eq(label, end) || der.n == 0) {
		e = ERR_SYNTAX;
		goto out;
	}
	*ret = (struct pem_block){ label, arena_str(a, buf_view(&der)) };
out:
	buf_release(&base64);
	buf_release(&der);
	return e;
}

int
pem_parse(struct arena *a, struct str text, struct pem_block *ret, size_t max, size_t *ret_n)
{
	struct rd r = rd_of(text);
	size_t n = 0;
	int e;

	do {
		if (n == max)
			return ERR_TOOBIG;
		if ((e = read_block(a, &r, &ret[n])) != 0)
			return e;
		n++;
	} while (r.rest.n > 0);
	*ret_n = n;
	return 0;
}

void
pem_write(struct buf *out, const char *label, struct str der)
{
	struct str rest;
	struct buf b;

	buf_init(&b, (der.n + 2) / 3 * 4);
	b64_write(&b, der.p, der.n);
	buf_fmt(out, DASHES "BEGIN %s" DASHES "\n", label);
	for (rest = buf_view(&b); rest.n > 0; rest = str_from(rest, LINE)) {
		buf_str(out, str_head(rest, LINE));
		buf_ch(out, '\n');
	}
	buf_fmt(out, DASHES "END %s" DASHES "\n", label);
	buf_release(&b);
}
