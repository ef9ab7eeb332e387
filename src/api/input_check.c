/*
 * input_check: see input_check.h.
 */
#include "api/input_check.h"

#include <stdarg.h>

#include "api/form.h"
#include "codec/utf8.h"

#define MAX_LIST_ITEMS 1000

void *
input_check_place(const struct field *f, void *base)
{
	return (char *)base + f->at;
}

struct str
input_check_path(struct call *c, struct str path, struct str name)
{
	return path.n == 0 ? name : arena_fmt(c->arena, "%.*s.%.*s", STR_FMT(path), STR_FMT(name));
}

/* The error code for a wrong parameter. EC2 has several, and ec2 is the one to use there; the
 * other services have one for everything. */
static enum awserr
code_for(const struct call *c, enum awserr ec2)
{
	if (c->service == SERVICE_CONNECT)
		return AWSERR_INVALID_ARGS;
	return c->service == SERVICE_EC2 ? ec2 : AWSERR_VALIDATION;
}

/* IAM and STS have one form of message for everything that is wrong with a parameter. */
static bool
is_constrained(const struct call *c)
{
	return service_info(c->service)->protocol == SERVICE_AWS_QUERY;
}

/* The path of a parameter as IAM and STS write it in messages: "Tags.1.Key" is
 * "tags.1.member.key" there. */
static struct str
constraint_path(struct call *c, struct str path)
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

static enum awserr constraint(struct call *c, struct str path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static enum awserr
constraint(struct call *c, struct str path, const char *fmt, ...)
{
	struct str at = constraint_path(c, path);
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return call_fail(c, AWSERR_VALIDATION,
	    "1 validation error detected: Value at '%.*s' failed to satisfy constraint: "
	    "Member must %s",
	    STR_FMT(at), what);
}

enum awserr
input_check_missing(struct call *c, struct str path)
{
	if (is_constrained(c))
		return constraint(c, path, "not be null");
	return call_fail(c, code_for(c, AWSERR_MISSING_PARAMETER),
	    "The request must contain the parameter %.*s", STR_FMT(path));
}

enum awserr
input_check_unsupported(struct call *c, struct str path)
{
	return call_fail(c, code_for(c, AWSERR_UNSUPPORTED),
	    "The parameter %.*s is not supported here", STR_FMT(path));
}

enum awserr
input_check_bad(struct call *c, const struct field *f, struct str path, const char *why)
{
	return call_fail(c, code_for(c, form_error(f->form)),
	    "Value for parameter %.*s is invalid: %s", STR_FMT(path), why);
}

enum awserr
input_check_count(struct call *c, const struct field *f, struct str path, size_t n)
{
	size_t max = f->max_items != 0 ? f->max_items : MAX_LIST_ITEMS;

	if (n <= max)
		return AWSERR_NONE;
	if (is_constrained(c))
		return constraint(c, path, "have length less than or equal to %zu", max);
	return call_fail(c, code_for(c, AWSERR_INVALID_PARAMETER_VALUE),
	    "The parameter %.*s has more than %zu elements", STR_FMT(path), max);
}

static bool
is_word(const char *const *words, struct str v)
{
	for (; *words != NULL; words++) {
		if (str_eq_c(v, *words))
			return true;
	}
	return false;
}

static enum awserr
constraint_words(struct call *c, const struct field *f, struct str path)
{
	const char *const *w;
	enum awserr e;
	struct buf b;

	buf_init(&b, 512);
	for (w = f->words; *w != NULL; w++)
		buf_fmt(&b, "%s%s", w == f->words ? "" : ", ", *w);
	e = constraint(c, path, "satisfy enum value set: [%.*s]", STR_FMT(buf_view(&b)));
	buf_release(&b);
	return e;
}

/* IAM first says whether a value is too long, then whether it is too short. */
static enum awserr
check_length(struct call *c, const struct field *f, struct str path, size_t n)
{
	if (f->max == 0 || ((int64_t)n >= f->min && (int64_t)n <= f->max))
		return AWSERR_NONE;
	if (!is_constrained(c))
		return call_fail(c, code_for(c, form_error(f->form)),
		    "Value for parameter %.*s is invalid: length %zu is not between %lld and %lld",
		    STR_FMT(path), n, (long long)f->min, (long long)f->max);
	if ((int64_t)n > f->max)
		return constraint(c, path, "have length less than or equal to %lld",
		    (long long)f->max);
	return constraint(c, path, "have length greater than or equal to %lld", (long long)f->min);
}

/* The message never repeats the value: a private key that was sent by mistake must not come
 * back, and not get into a log. Ids are the exception, as on AWS. */
enum awserr
input_check_str(struct call *c, const struct field *f, struct str path, struct str v)
{
	enum awserr e;

	if ((e = check_length(c, f, path, utf8_length(v))) != AWSERR_NONE)
		return e;
	if (form_matches(f->form, v)) {
		if (f->words == NULL || is_word(f->words, v))
			return AWSERR_NONE;
		return is_constrained(c)
		    ? constraint_words(c, f, path)
		    : input_check_bad(c, f, path, "it is not one of the values allowed");
	}
	if (is_constrained(c) && form_pattern(f->form) != NULL)
		return constraint(c, path, "satisfy regular expression pattern: %s",
		    form_pattern(f->form));
	if (f->form >= FORM_INSTANCE_ID && f->form <= FORM_RESOURCE_ID)
		return call_fail(c, code_for(c, form_error(f->form)), "Invalid id: \"%.*s\"",
		    STR_FMT(str_head(v, 64)));
	if (form_pattern(f->form) != NULL)
		return call_fail(c, code_for(c, form_error(f->form)),
		    "Value for parameter %.*s is invalid: it does not have the form %s",
		    STR_FMT(path), form_pattern(f->form));
	return input_check_bad(c, f, path, "it does not have the form required");
}

enum awserr
input_check_set_str(struct call *c, const struct field *f, struct str path, struct str v,
    void *base)
{
	enum awserr e = input_check_str(c, f, path, v);

	if (e == AWSERR_NONE)
		*(struct str *)input_check_place(f, base) = v.p != NULL ? v : STR("");
	return e;
}

enum awserr
input_check_set_int(struct call *c, const struct field *f, struct str path, int64_t v, void *base)
{
	struct field_int *place = input_check_place(f, base);

	if ((f->min == 0 && f->max == 0) || (v >= f->min && v <= f->max)) {
		*place = (struct field_int){ .given = true, .v = v };
		return AWSERR_NONE;
	}
	if (!is_constrained(c))
		return call_fail(c, code_for(c, AWSERR_INVALID_PARAMETER_VALUE),
		    "Value ( %lld ) for parameter %.*s is invalid: it is not between %lld and %lld",
		    (long long)v, STR_FMT(path), (long long)f->min, (long long)f->max);
	if (v > f->max)
		return constraint(c, path, "have value less than or equal to %lld",
		    (long long)f->max);
	return constraint(c, path, "have value greater than or equal to %lld", (long long)f->min);
}
