/*
 * input_check: see input_check.h.
 */
#include "api/input_check.h"

#include "api/form.h"
#include "api/violation.h"
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

/* IAM and STS go on, and tell all that is wrong at the end. */
static bool
is_constrained(const struct call *c)
{
	return service_info(c->service)->protocol == SERVICE_AWS_QUERY;
}

enum awserr
input_check_missing(struct call *c, struct str path)
{
	if (is_constrained(c)) {
		violation_missing(c, path);
		return AWSERR_NONE;
	}
	return call_fail(c, code_for(c, AWSERR_MISSING_PARAMETER),
	    "The request must contain the parameter %.*s", STR_FMT(path));
}

enum awserr
input_check_unsupported(struct call *c, struct str path)
{
	return call_fail(c, code_for(c, AWSERR_UNSUPPORTED),
	    "The parameter %.*s is not supported by this installation", STR_FMT(path));
}

enum awserr
input_check_bad(struct call *c, const struct field *f, struct str path, const char *why)
{
	return call_fail(c,
	    is_constrained(c) ? AWSERR_MALFORMED_INPUT : code_for(c, form_error(f->form)),
	    "Value for parameter %.*s is invalid: %s", STR_FMT(path), why);
}

enum awserr
input_check_count(struct call *c, const struct field *f, struct str path, size_t n)
{
	size_t max = f->max_items != 0 ? f->max_items : MAX_LIST_ITEMS;

	if (n <= max)
		return AWSERR_NONE;
	if (is_constrained(c)) {
		violation_add(c, f, path, (struct str){ NULL, 0 },
		    "have length less than or equal to %zu", max);
		return AWSERR_NONE;
	}
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

/* "a, b". */
static struct str
words_list(struct call *c, const struct field *f)
{
	const char *const *w;
	struct str out;
	struct buf b;

	buf_init(&b, 512);
	for (w = f->words; *w != NULL; w++)
		buf_fmt(&b, "%s%s", w == f->words ? "" : ", ", *w);
	out = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

static enum awserr
not_a_word(struct call *c, const struct field *f, struct str path)
{
	if (!f->some_words)
		return input_check_bad(c, f, path, "it is not one of the values allowed");
	return call_fail(c, code_for(c, AWSERR_UNSUPPORTED),
	    "This value of parameter %.*s is not supported by this installation: "
	    "it supports %.*s",
	    STR_FMT(path), STR_FMT(words_list(c, f)));
}

/* In the order in which STS tells what is wrong with one value. */
static void
str_violations(struct call *c, const struct field *f, struct str path, struct str v)
{
	int64_t n = (int64_t)utf8_length(v);

	if (!form_matches(f->form, v))
		violation_add(c, f, path, v, "satisfy regular expression pattern: %s",
		    form_pattern(f->form));
	if (f->max != 0 && n > f->max)
		violation_add(c, f, path, v, "have length less than or equal to %lld",
		    (long long)f->max);
	if (f->max != 0 && n < f->min)
		violation_add(c, f, path, v, "have length greater than or equal to %lld",
		    (long long)f->min);
	if (f->words != NULL && !is_word(f->words, v))
		violation_add(c, f, path, v, "satisfy enum value set: [%.*s]",
		    STR_FMT(words_list(c, f)));
}

/* In EC2 and in EC2 Instance Connect the message never repeats the value: a private key that was
 * sent by mistake must not come back, and not get into a log. Ids are the exception, as on AWS. */
enum awserr
input_check_str(struct call *c, const struct field *f, struct str path, struct str v)
{
	size_t n = utf8_length(v);

	if (is_constrained(c) && (form_pattern(f->form) != NULL || form_matches(f->form, v))) {
		str_violations(c, f, path, v);
		return AWSERR_NONE;
	}
	if (f->max != 0 && ((int64_t)n < f->min || (int64_t)n > f->max))
		return call_fail(c, code_for(c, form_error(f->form)),
		    "Value for parameter %.*s is invalid: length %zu is not between %lld and %lld",
		    STR_FMT(path), n, (long long)f->min, (long long)f->max);
	if (form_matches(f->form, v)) {
		if (f->words == NULL || is_word(f->words, v))
			return AWSERR_NONE;
		return not_a_word(c, f, path);
	}
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
	size_t before = c->n_violations;
	enum awserr e = input_check_str(c, f, path, v);

	if (e == AWSERR_NONE && c->n_violations == before)
		*(struct str *)input_check_place(f, base) = v.p != NULL ? v : STR("");
	return e;
}

enum awserr
input_check_set_int(struct call *c, const struct field *f, struct str path, int64_t v, void *base)
{
	struct field_int *place = input_check_place(f, base);
	struct str text;

	if ((f->min == 0 && f->max == 0) || (v >= f->min && v <= f->max)) {
		*place = (struct field_int){ .given = true, .v = v };
		return AWSERR_NONE;
	}
	if (!is_constrained(c))
		return call_fail(c, code_for(c, AWSERR_INVALID_PARAMETER_VALUE),
		    "Value ( %lld ) for parameter %.*s is invalid: it is not between %lld and %lld",
		    (long long)v, STR_FMT(path), (long long)f->min, (long long)f->max);
	text = arena_fmt(c->arena, "%lld", (long long)v);
	if (v > f->max)
		violation_add(c, f, path, text, "have value less than or equal to %lld",
		    (long long)f->max);
	else
		violation_add(c, f, path, text, "have value greater than or equal to %lld",
		    (long long)f->min);
	return AWSERR_NONE;
}
