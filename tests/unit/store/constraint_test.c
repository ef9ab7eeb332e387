/*
 * constraint_test: tests that after a constraint error only an undo or a rollback is possible, as
 * in PostgreSQL, and that a transaction can go on after a check that found out without an error.
 */
#include "iam_fixture.h"

#include <string.h>

#include "store/db.h"
#include "store/store_attachment.h"
#include "store/store_meta.h"

/* Each kind of constraint: what violates it and what comes of it. */
enum violation { UNIQUE, PRIMARY_KEY, REFERENCE, CHECK, TRIGGER, VIOLATIONS };

static int
violate(struct store *st, enum violation v)
{
	struct store_vpc vpc = fixture_vpc(STR("vpc-9"));

	switch (v) {
	case UNIQUE:
		/* A second group with the name of sg-1. */
		return store_security_group_add(st,
		    &(struct store_security_group){ .group_id = STR("sg-9"),
			.account_id = ACCOUNT,
			.vpc_id = STR("vpc-1"),
			.name = STR("default") });
	case PRIMARY_KEY:
		return store_account_add(st, &(struct store_account){ ACCOUNT, 1 });
	case REFERENCE:
		vpc.account_id = STR("999999999999");
		return store_vpc_add(st, &vpc);
	case CHECK:
		vpc.state = (enum store_net_state)7;
		return store_vpc_add(st, &vpc);
	case TRIGGER:
		return db_run(store_db(st), "DELETE FROM audit_retention", DB_NO_ARGS, NULL);
	case VIOLATIONS:
		break;
	}
	return 0;
}

static const int codes[VIOLATIONS] = { ERR_EXISTS, ERR_EXISTS, ERR_BADSTATE, ERR_RANGE,
	ERR_DENIED };

/* Nothing that reads or writes is done; the text says why. */
static void
all_is_refused(struct fixture *f)
{
	struct store_account *accounts;
	struct errinfo ei = { "" };
	struct store_vpc vpc;
	size_t n;

	assert_int_equal(store_meta_set(f->st, STR("a"), STR("b")), ERR_STORE);
	assert_int_equal(store_vpc_get(f->st, f->a, STR("vpc-1"), &vpc), ERR_STORE);
	assert_int_equal(store_account_list(f->st, f->a, &accounts, &n), ERR_STORE);
	assert_int_equal(db_script(store_db(f->st), "DELETE FROM meta"), ERR_STORE);
	store_error(f->st, &ei);
	assert_non_null(strstr(ei.text, "a statement after a constraint error: "));
}

static void
savepoint_refuses_all_but_undo(void **state)
{
	struct fixture *f = *state;
	struct str v;

	for (int i = 0; i < VIOLATIONS; i++) {
		assert_ok(store_begin(f->st));
		assert_ok(store_meta_set(f->st, STR("kept"), STR("k")));
		assert_ok(store_savepoint(f->st));
		assert_ok(store_meta_set(f->st, STR("undone"), STR("u")));
		assert_int_equal(violate(f->st, (enum violation)i), codes[i]);
		all_is_refused(f);
		assert_ok(store_undo(f->st));
		assert_int_equal(store_meta_get(f->st, f->a, STR("undone"), &v), ERR_NOTFOUND);
		assert_ok(store_savepoint(f->st));
		assert_ok(store_meta_set(f->st, STR("next"), STR("n")));
		assert_ok(store_release(f->st));
		assert_ok(store_commit(f->st));
		assert_ok(store_meta_get(f->st, f->a, STR("kept"), &v));
		assert_ok(store_meta_get(f->st, f->a, STR("next"), &v));
	}
}

/* A release keeps nothing of it, and says so; the transaction goes on. */
static void
release_undoes(void **state)
{
	struct fixture *f = *state;
	struct str v;

	assert_ok(store_begin(f->st));
	assert_ok(store_savepoint(f->st));
	assert_ok(store_meta_set(f->st, STR("undone"), STR("u")));
	assert_int_equal(violate(f->st, UNIQUE), ERR_EXISTS);
	assert_int_equal(store_release(f->st), ERR_STORE);
	assert_ok(store_meta_set(f->st, STR("kept"), STR("k")));
	assert_ok(store_commit(f->st));
	assert_int_equal(store_meta_get(f->st, f->a, STR("undone"), &v), ERR_NOTFOUND);
	assert_ok(store_meta_get(f->st, f->a, STR("kept"), &v));
}

/* Outside a savepoint only rollback is left, and commit is one. */
static void
transaction_refuses_all_but_rollback(void **state)
{
	struct fixture *f = *state;
	struct str v;

	for (int commits = 0; commits < 2; commits++) {
		assert_ok(store_begin(f->st));
		assert_ok(store_meta_set(f->st, STR("undone"), STR("u")));
		assert_int_equal(violate(f->st, REFERENCE), ERR_BADSTATE);
		all_is_refused(f);
		assert_int_equal(store_savepoint(f->st), ERR_STORE);
		if (commits)
			assert_int_equal(store_commit(f->st), ERR_STORE);
		else
			store_rollback(f->st);
		assert_int_equal(store_meta_get(f->st, f->a, STR("undone"), &v), ERR_NOTFOUND);
		assert_ok(store_meta_set(f->st, STR("a"), STR("b")));
	}
}

/* A write that is a transaction of its own leaves nothing to undo. */
static void
alone_it_is_over(void **state)
{
	struct fixture *f = *state;
	struct store_vpc vpc;

	for (int i = 0; i < VIOLATIONS; i++) {
		assert_int_equal(violate(f->st, (enum violation)i), codes[i]);
		assert_ok(store_vpc_get(f->st, f->a, STR("vpc-1"), &vpc));
		assert_ok(store_meta_set(f->st, STR("a"), STR("b")));
	}
}

/* Errors other than those of a constraint leave the savepoint and the transaction usable. */
static void
other_errors_go_on(void **state)
{
	struct fixture *f = *state;
	struct store_vpc vpc;

	assert_ok(store_begin(f->st));
	assert_ok(store_savepoint(f->st));
	assert_int_equal(store_vpc_get(f->st, f->a, STR("vpc-9"), &vpc), ERR_NOTFOUND);
	assert_int_equal(store_vpc_delete(f->st, STR("vpc-9")), ERR_NOTFOUND);
	assert_int_equal(store_meta_set(f->st, STR("a\0b"), STR("")), ERR_SYNTAX);
	assert_ok(store_meta_set(f->st, STR("a"), STR("b")));
	assert_ok(store_release(f->st));
	assert_ok(store_commit(f->st));
}

/* To be in a group already, or attached, is no error of the engine. */
static void
there_already(void **state)
{
	struct fixture *f = *state;

	iam_add_user(f, "1");
	iam_add_group(f, "1");
	iam_add_policy(f, "1");
	assert_ok(store_begin(f->st));
	for (int i = 0; i < 2; i++) {
		int r = i == 0 ? 0 : ERR_EXISTS;

		assert_ok(store_savepoint(f->st));
		assert_int_equal(store_group_add_user(f->st, STR("AGPA1"), STR("AIDA1")), r);
		assert_int_equal(store_attachment_add(f->st, STR("AIDA1"), STR("ANPA1"), 5), r);
		assert_ok(store_meta_set(f->st, STR("a"), STR("b")));
		assert_ok(store_release(f->st));
	}
	/* But a reference to something that does not exist is one. */
	assert_ok(store_savepoint(f->st));
	assert_int_equal(store_group_add_user(f->st, STR("AGPA1"), STR("AIDA9")), ERR_BADSTATE);
	assert_int_equal(store_meta_set(f->st, STR("a"), STR("b")), ERR_STORE);
	assert_ok(store_undo(f->st));
	assert_ok(store_commit(f->st));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_network, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(savepoint_refuses_all_but_undo),
		T(release_undoes),
		T(transaction_refuses_all_but_rollback),
		T(alone_it_is_over),
		T(other_errors_go_on),
		T(there_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
