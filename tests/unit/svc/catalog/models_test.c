/*
 * models_test: tests that the tables of actions know all that AWS's service models know of these
 * actions: each parameter, and each filter of a Describe action of EC2. One that this installation
 * has not stands in them as unsupported, so that nobody is told it is none of AWS's. Sources:
 * tests/vectors/aws, made by tools/aws-models from the models in the AWS CLI.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api/field.h"
#include "aws/operations.h"
#include "base/arena.h"
#include "svc/catalog/catalog.h"
#include "svc/ec2/describe.h"

#define MAX_BYTES (1u << 20)

/* ---- the files ---- */

static struct str
file_read(struct arena *a, const char *name)
{
	char *text = arena_alloc(a, MAX_BYTES / 2);
	FILE *f = fopen(arena_fmt(a, VECTORS "/aws/%s", name).p, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, MAX_BYTES / 2, f);
	assert_true(n < MAX_BYTES / 2);
	fclose(f);
	return str_of_n(text, n);
}

static struct str
cut(struct str *rest, char at)
{
	struct str head = str_head(*rest, str_index(*rest, at));

	*rest = str_from(*rest, head.n + 1);
	return head;
}

/* ---- parameters ---- */

static const struct field *
row_find(const struct field *fields, size_t n, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str_eq_c(name, fields[i].name))
			return &fields[i];
	}
	return NULL;
}

/* Has a row for the member, or refuses or ignores what it is a member of? */
static bool
member_known(const struct field *fields, size_t n, struct str path)
{
	struct str name = cut(&path, '.');
	const struct field *f = row_find(fields, n, name);

	if (f == NULL)
		return false;
	if (path.n == 0 || f->type == FIELD_UNSUPPORTED || f->type == FIELD_IGNORED)
		return true;
	return member_known(f->members, f->n_members, path);
}

/* In EC2 every request may have it. */
static bool
is_frame(enum service s, struct str path)
{
	return s == SERVICE_EC2 && str_eq_c(path, "DryRun");
}

/* Calls fn for each line of a file: an action of the product, and the words behind it. Returns how
 * many lines there were. */
static size_t
lines_each(struct arena *a, const char *file,
    void (*fn)(enum service s, const struct action *row, struct str words))
{
	struct str text = file_read(a, file), line, service, name;
	const struct action *row;
	enum service s;
	size_t n;

	for (n = 0; text.n > 0; n++) {
		line = cut(&text, '\n');
		service = cut(&line, ' ');
		name = cut(&line, ' ');
		assert_int_equal(service_find(service, &s), 0);
		if ((row = action_find(&catalog_actions, s, name)) != NULL)
			fn(s, row, line);
	}
	return n;
}

static void
members_check(enum service s, const struct action *row, struct str words)
{
	struct str path;

	while (words.n > 0) {
		path = cut(&words, ' ');
		if (!is_frame(s, path) && !member_known(row->fields, row->n_fields, path))
			fail_msg("%s has no row for %.*s", row->name, STR_FMT(path));
	}
}

static void
test_members(void **state)
{
	struct arena *a = arena_new(MAX_BYTES);

	(void)state;
	assert_true(lines_each(a, "members.txt", members_check) > 100);
	arena_free(a);
}

/* ---- filters ---- */

static bool
filter_known(const struct describe_entity *t, struct str name)
{
	size_t i;

	for (i = 0; i < t->n_filters; i++) {
		if (str_eq_c(name, t->filters[i].name))
			return true;
	}
	/* "tag" is how the model calls the filter "tag:KEY". */
	return str_eq_c(name, "tag") || filter_is_of_tags(name);
}

static void
filters_check(enum service s, const struct action *row, struct str words)
{
	struct str name;

	(void)s;
	while (words.n > 0) {
		name = cut(&words, ' ');
		if (!filter_known(row->about, name))
			fail_msg("%s has no row for the filter %.*s", row->name, STR_FMT(name));
	}
}

static void
test_filters(void **state)
{
	struct arena *a = arena_new(MAX_BYTES);

	(void)state;
	assert_int_equal(lines_each(a, "filters.txt", filters_check), 7);
	arena_free(a);
}

/* ---- operations ---- */

/* Every action of the product is one of AWS's. */
static void
test_operations(void **state)
{
	const struct action_rows *const *rows;
	const char *name;
	size_t s, i;

	(void)state;
	for (s = 0; s < SERVICE_COUNT; s++) {
		for (rows = catalog_actions.services[s]; *rows != NULL; rows++) {
			for (i = 0; i < (*rows)->n; i++) {
				name = (*rows)->rows[i].name;
				if (!operations_have((enum service)s, str_of(name)))
					fail_msg("AWS has no %s", name);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
