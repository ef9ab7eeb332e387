/*
 * xml: writes XML 1.0; see xml.h. Pure.
 */
#include "codec/xml.h"

#include <assert.h>

#include "base/date.h"
#include "codec/utf8.h"

void
xml_init(struct xml *x, struct buf *out)
{
	*x = (struct xml){ .out = out };
	buf_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

int
xml_finish(const struct xml *x)
{
	assert(x->begun && x->depth == 0);
	return buf_err(x->out);
}

static bool
is_name(struct str s)
{
	static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
				   "0123456789.-";

	return s.n > 0 && str_all_in(s, rest) && strchr("0123456789.-", s.p[0]) == NULL;
}

/* Production [2] of XML 1.0. */
static bool
is_char(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x20 && cp <= 0xfffd) ||
	    cp >= 0x10000;
}

static const char *
entity(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\r':
		return "&#13;"; /* readers turn a bare CR into a line feed */
	default:
		return NULL;
	}
}

static void
write_text(struct buf *out, struct str s)
{
	const char *e;
	uint32_t cp;
	size_t n;

	for (; s.n > 0; s = str_from(s, n == 0 ? 1 : n)) {
		n = utf8_char(s, &cp);
		if (n == 0 || !is_char(cp))
			buf_c(out, UTF8_REPLACEMENT);
		else if ((e = entity(cp)) != NULL)
			buf_c(out, e);
		else
			buf_add(out, s.p, n);
	}
}

static void
write_tag(struct buf *out, const char *before, const char *name, const char *after)
{
	buf_c(out, before);
	buf_c(out, name);
	buf_c(out, after);
}

static void
push(struct xml *x, const char *name)
{
	assert(x->depth < XML_MAX_DEPTH && is_name(str_of(name)));
	x->names[x->depth++] = name;
}

void
xml_root(struct xml *x, const char *name, const char *xmlns)
{
	assert(!x->begun);
	x->begun = true;
	push(x, name);
	write_tag(x->out, "<", name, "");
	if (xmlns != NULL) {
		buf_c(x->out, " xmlns=\"");
		write_text(x->out, str_of(xmlns));
		buf_ch(x->out, '"');
	}
	buf_ch(x->out, '>');
}

void
xml_open(struct xml *x, const char *name)
{
	assert(x->depth > 0);
	push(x, name);
	write_tag(x->out, "<", name, ">");
}

void
xml_close(struct xml *x)
{
	assert(x->depth > 0);
	write_tag(x->out, "</", x->names[--x->depth], ">");
}

void
xml_str(struct xml *x, const char *name, struct str v)
{
	xml_open(x, name);
	write_text(x->out, v);
	xml_close(x);
}

void
xml_c(struct xml *x, const char *name, const char *v)
{
	xml_str(x, name, str_of(v));
}

void
xml_i64(struct xml *x, const char *name, int64_t v)
{
	xml_open(x, name);
	buf_i64(x->out, v);
	xml_close(x);
}

void
xml_bool(struct xml *x, const char *name, bool v)
{
	xml_c(x, name, v ? "true" : "false");
}

void
xml_time(struct xml *x, const char *name, int64_t at_s)
{
	xml_open(x, name);
	date_iso_write(x->out, at_s);
	xml_close(x);
}

void
xml_time_ms(struct xml *x, const char *name, int64_t at_ms)
{
	xml_open(x, name);
	date_iso_ms_write(x->out, at_ms);
	xml_close(x);
}
