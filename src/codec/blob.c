/*
 * blob: the active-keys document; see blob.h. Pure.
 */
#include "codec/blob.h"

#include "base/b64.h"
#include "base/num.h"
#include "codec/osuser.h"

#define TIMESTAMP STR("#Timestamp=")
#define INSTANCE STR("#Instance=")
#define CALLER STR("#Caller=")
#define REQUEST STR("#Request=")
#define USER STR("#User=")

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- writing ---- */

static bool
is_field(struct str name, struct str value)
{
	return value.n > 0 && name.n + value.n <= BLOB_MAX_LINE && !str_has_ctl(value);
}

static void
write_line(struct buf *out, struct str name, struct str value)
{
	buf_str(out, name);
	buf_str(out, value);
	buf_ch(out, '\n');
}

int
blob_write_signed(struct buf *out, const struct blob_entry *e)
{
	if (e->timestamp_s < 1 || !is_field(INSTANCE, e->instance) ||
	    !is_field(CALLER, e->caller) || !is_field(REQUEST, e->request) ||
	    !osuser_valid(e->user) || !is_field(STR(""), e->key) || !is_letter(e->key.p[0]))
		return ERR_SYNTAX;
	buf_str(out, TIMESTAMP);
	buf_i64(out, e->timestamp_s);
	buf_ch(out, '\n');
	write_line(out, INSTANCE, e->instance);
	write_line(out, CALLER, e->caller);
	write_line(out, REQUEST, e->request);
	write_line(out, USER, e->user);
	write_line(out, STR(""), e->key);
	return 0;
}

int
blob_write_entry(struct buf *out, struct str signed_bytes, struct str signature)
{
	if (signature.n == 0 || signature.n > BLOB_MAX_SIGNATURE)
		return ERR_RANGE;
	buf_str(out, signed_bytes);
	b64_write(out, signature.p, signature.n);
	buf_ch(out, '\n');
	return 0;
}

void
blob_append(struct buf *doc, struct str entry)
{
	if (doc->n > 0)
		buf_ch(doc, '\n');
	buf_str(doc, entry);
}

/* ---- reading ---- */

int
blob_open(struct str doc, struct rd *ret)
{
	size_t i;

	if (doc.n > BLOB_MAX_BYTES)
		return ERR_TOOBIG;
	if (doc.n == 0 || doc.p[doc.n - 1] != '\n')
		return ERR_SYNTAX;
	for (i = 0; i < doc.n; i++)
		if (doc.p[i] != '\n' && str_has_ctl(str_of_n(doc.p + i, 1)))
			return ERR_SYNTAX;
	*ret = rd_of(doc);
	return 0;
}

/* If line begins with name, keeps what follows as value. ERR_DUP the second time. */
static int
keep(struct str line, struct str name, struct str *value)
{
	if (!str_starts(line, name))
		return 0;
	if (value->p != NULL)
		return ERR_DUP;
	*value = str_from(line, name.n);
	return 0;
}

static int
read_comments(struct rd *r, struct blob_entry *e)
{
	struct str line, timestamp = { 0 };
	unsigned n = 0;
	int x;

	while (str_starts(r->rest, STR("#"))) {
		if (n++ == BLOB_MAX_COMMENT_LINES)
			return ERR_TOOBIG;
		if ((x = rd_until(r, '\n', BLOB_MAX_LINE, &line)) != 0 ||
		    (x = keep(line, TIMESTAMP, &timestamp)) != 0 ||
		    (x = keep(line, INSTANCE, &e->instance)) != 0 ||
		    (x = keep(line, CALLER, &e->caller)) != 0 ||
		    (x = keep(line, REQUEST, &e->request)) != 0 ||
		    (x = keep(line, USER, &e->user)) != 0)
			return x;
	}
	if (e->instance.n == 0 || num_i64_parse(timestamp, 1, INT64_MAX, &e->timestamp_s) != 0)
		return ERR_SYNTAX;
	return 0;
}

int
blob_parse_signed(struct str bytes, struct blob_entry *ret)
{
	struct blob_entry e = { 0 };
	struct rd r = rd_of(bytes);
	struct buf again;
	int x;

	buf_init(&again, bytes.n);
	if (read_comments(&r, &e) != 0 || rd_until(&r, '\n', BLOB_MAX_LINE, &e.key) != 0 ||
	    blob_write_signed(&again, &e) != 0 || !str_eq(buf_view(&again), bytes)) {
		x = ERR_SYNTAX;
	} else {
		*ret = e;
		x = 0;
	}
	buf_release(&again);
	return x;
}

static int
read_signature(struct rd *r, struct blob_entry *e)
{
	struct str line;
	struct buf b;
	int x;

	if ((x = rd_until(r, '\n', BLOB_MAX_LINE, &line)) != 0)
		return x;
	buf_init(&b, sizeof(e->signature));
	if ((x = b64_parse(line, &b)) == 0 && b.n == 0)
		x = ERR_SYNTAX;
	if (x == 0) {
		memcpy(e->signature, b.p, b.n);
		e->signature_n = b.n;
	}
	buf_release(&b);
	return x;
}

int
blob_next(struct rd *r, struct blob_entry *ret)
{
	struct blob_entry e = { 0 };
	struct rd at = *r;
	int x;

	if (at.rest.n == 0)
		return ERR_NOTFOUND;
	if ((x = read_comments(&at, &e)) != 0 ||
	    (x = rd_until(&at, '\n', BLOB_MAX_LINE, &e.key)) != 0)
		return x;
	if (e.key.n == 0 || !is_letter(e.key.p[0]))
		return ERR_SYNTAX;
	e.signed_bytes = str_head(r->rest, r->rest.n - at.rest.n);
	if ((x = read_signature(&at, &e)) != 0)
		return x;
	if (at.rest.n > 0 && (rd_lit(&at, STR("\n")) != 0 || at.rest.n == 0))
		return ERR_SYNTAX;
	*r = at;
	*ret = e;
	return 0;
}
