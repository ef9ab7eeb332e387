/*
 * violation: see violation.h.
 */
#include "api/violation.h"

#include <stdarg.h>

#include "codec/utf8.h"

#define MAX_SHOWN_BYTES 256
/* A request may break many constraints; the rest is counted and not told. */
#define MAX_TEXT_BYTES 4096

/* The path of a parameter as IAM and STS write it in messages: "Tags.1.Key" is
 * "tags.1.member.key" there. */
static struct str
path_in_words(struct call *c, struct str path)
{
	struct str out, step;
	struct buf b;

	buf_init(&b, 4096);
	for (;;) {
		step = str_head(path, str_index(path, '.'));
		path = str_from(path, step.n + 1);
		if (step.n > 0 && str_lower(step.p[0]) != step.p[0]) {
			buf_ch(&b, str_lower(step.p[0]));
			step = str_from(step, 1);
		} else if (str_all_in(step, "0123456789")) {
			buf_str(&b, step);
			step = STR(".member");
		}
		buf_str(&b, step);
		if (path.n == 0)
			break;
		buf_ch(&b, '.');
	}
	out = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

static bool
is_shown(const struct field *f, struct str value)
{
	if (f->audit != NULL && strcmp(f->audit, "-") == 0)
		return false;
	return value.p != NULL && value.n <= MAX_SHOWN_BYTES && f->form != FORM_TAG_KEY &&
	    f->form != FORM_TAG_VALUE;
}

/* subject: "Value 'x'", "Value" or "Value null". */
static void
add(struct call *c, struct str subject, struct str path, struct str must)
{
	struct str at = path_in_words(c, path), one;

	c->n_violations++;
	if (c->violations.n >= MAX_TEXT_BYTES)
		return;
	one = arena_fmt(c->arena, "%.*s at '%.*s' failed to satisfy constraint: Member must %.*s",
	    STR_FMT(subject), STR_FMT(at), STR_FMT(must));
	c->violations = c->violations.n == 0
	    ? one
	    : arena_fmt(c->arena, "%.*s; %.*s", STR_FMT(c->violations), STR_FMT(one));
}

void
violation_add(struct call *c, const struct field *f, struct str path, struct str value,
    const char *fmt, ...)
{
	struct str subject = STR("Value");
	char must[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(must, sizeof(must), fmt, ap);
	va_end(ap);
	if (is_shown(f, value))
		subject = arena_fmt(c->arena, "Value '%.*s'", STR_FMT(utf8_mend(value, c->arena)));
	add(c, subject, path, str_of(must));
}

void
violation_missing(struct call *c, struct str path)
{
	add(c, STR("Value null"), path, STR("not be null"));
}

enum awserr
violation_end(struct call *c)
{
	if (c->n_violations == 0)
		return AWSERR_NONE;
	c->message = arena_fmt(c->arena, "%zu validation error%s detected: %.*s", c->n_violations,
	    c->n_violations == 1 ? "" : "s", STR_FMT(c->violations));
	return AWSERR_VALIDATION;
}
