/*
 * beside_test: tests a store that is opened while core has it open: what it changes is core's at
 * once, and core can tell.
 */
#include "fixture.h"

#include "store/db.h"
#include "store/store_meta.h"

static void
assert_changed(struct store *st, bool want)
{
	bool changed = !want;

	assert_ok(store_changed(st, &changed));
	assert_int_equal(changed, want);
}

static void
beside_core(void **state)
{
	struct fixture *f = *state;
	struct store *beside, *other;
	struct errinfo ei = { "" };
	struct str text;

	assert_changed(f->st, true);
	assert_changed(f->st, false);
	/* What core does itself is no change; nor is a look. */
	assert_ok(store_meta_set(f->st, STR("k"), STR("core")));
	assert_changed(f->st, false);
	assert_int_equal(store_open(f->path, &other, &ei), ERR_EXISTS);
	assert_ok(store_open_beside(f->path, &beside, &ei));
	assert_ok(store_meta_get(beside, f->a, STR("k"), &text));
	assert_str(text, "core");
	assert_changed(f->st, false);
	assert_ok(store_begin(beside));
	assert_ok(store_meta_set(beside, STR("k"), STR("beside")));
	assert_changed(f->st, false);
	assert_ok(store_commit(beside));
	assert_changed(f->st, true);
	assert_changed(f->st, false);
	assert_ok(store_meta_get(f->st, f->a, STR("k"), &text));
	assert_str(text, "beside");
	/* Several may be open; and core goes on when they are gone. */
	assert_ok(store_open_beside(f->path, &other, &ei));
	store_close(other);
	store_close(beside);
	assert_ok(store_meta_set(f->st, STR("k"), STR("core again")));
	assert_changed(f->st, false);
}

/* It is not brought up to date, and nothing is made where nothing is. */
static void
what_is_not_opened(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store *beside;
	char none[128];

	snprintf(none, sizeof(none), "%s.none", f->path);
	assert_int_equal(store_open_beside(none, &beside, &ei), ERR_NOTFOUND);
	assert_null(beside);
	assert_int_equal(access(none, F_OK), -1);
	assert_ok(db_script(store_db(f->st), "PRAGMA user_version = 1"));
	assert_int_equal(store_open_beside(f->path, &beside, &ei), ERR_UNSUPPORTED);
	assert_null(beside);
	assert_non_null(strstr(ei.text, ": version 1, but this program knows "));
	assert_ok(db_script(store_db(f->st), "PRAGMA user_version = 10000"));
	assert_int_equal(store_open_beside(f->path, &beside, &ei), ERR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(beside_core, fixture_empty, fixture_end),
		cmocka_unit_test_setup_teardown(what_is_not_opened, fixture_empty, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
