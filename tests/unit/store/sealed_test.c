/*
 * sealed_test: tests that everything that is sealed in the store is found and replaced, and that no
 * column with sealed bytes can be added without being found (decision 0056).
 */
#include "fixture.h"

#include <sqlite3.h>
#include <string.h>

#include "store/store_meta.h"
#include "store/store_pki.h"
#include "store/store_sealed.h"

/*
 * All columns of bytes, with where store_sealed.h has them; -1: they are not sealed. Whoever adds
 * one says here what it is, and if it is sealed adds it there, too.
 */
static const struct {
	const char *column;
	int place;
} bytes[] = {
	{ "access_key.sealed_secret", STORE_SEALED_ACCESS_KEY },
	{ "audit_digest.last_hash", -1 },
	{ "audit_digest.previous_signature", -1 },
	{ "audit_digest.signature", -1 },
	{ "audit_event.hash", -1 },
	{ "audit_event.prev_hash", -1 },
	{ "audit_retention.last_hash", -1 },
	{ "client_token.request_hash", -1 },
	{ "client_token.result", -1 },
	{ "credential_report.content", -1 },
	{ "instance.user_data", -1 },
	{ "login_profile.sealed_password", STORE_SEALED_PASSWORD },
	{ "meta.value", STORE_SEALED_DECOY },
	{ "mfa_device.sealed_seed", STORE_SEALED_SEED },
	{ "pki.cert_der", -1 },
	{ "pki.sealed_key", STORE_SEALED_PKI },
	{ "pki_staple.ocsp_der", -1 },
	{ "used_signature.signature", -1 },
};

static void
test_every_column_is_known(void **state)
{
	struct fixture *f = *state;
	bool places[STORE_SEALED_PLACES] = { false };
	sqlite3_stmt *q = NULL;
	sqlite3 *db = NULL;
	size_t i = 0, n = sizeof(bytes) / sizeof(bytes[0]);

	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
		" WHERE t.type = 'table' AND c.type = 'BLOB' ORDER BY 1",
		-1, &q, NULL),
	    SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		assert_true(i < n);
		assert_string_equal((const char *)sqlite3_column_text(q, 0), bytes[i].column);
		if (bytes[i].place >= 0)
			places[bytes[i].place] = true;
		i++;
	}
	assert_int_equal(i, n);
	for (i = 0; i < STORE_SEALED_PLACES; i++)
		assert_true(places[i]);
	sqlite3_finalize(q);
	sqlite3_close(db);
}

static void
pki_add(struct fixture *f, int i, enum store_pki_kind kind, struct str sealed)
{
	char id[41];
	struct store_pki v = { .kind = kind,
		.state = STORE_PKI_RETIRED,
		.key_kind = STORE_PKI_P256,
		.sealed_key = sealed,
		.cert_der = STR("der"),
		.not_after_at = 1 };

	snprintf(id, sizeof(id), "%040d", i);
	v.cert_id = str_of(id);
	assert_ok(store_pki_add(f->st, &v));
}

/* Page by page, retired rows too. */
static void
test_pages(void **state)
{
	struct fixture *f = *state;
	struct store_sealed *v;
	struct str after = STR("");
	size_t n, all = 0, i;

	assert_ok(store_begin(f->st));
	for (i = 0; i < STORE_PAGE_MAX + 2; i++)
		pki_add(f, (int)i, i % 2 == 0 ? STORE_PKI_SIGNER : STORE_PKI_AGENT_CA, STR("old"));
	assert_ok(store_commit(f->st));
	for (;;) {
		assert_ok(store_sealed_list(f->st, f->a, STORE_SEALED_PKI, after, &v, &n));
		if (n == 0)
			break;
		assert_int_equal(n, all == 0 ? STORE_PAGE_MAX : 2);
		for (i = 0; i < n; i++) {
			assert_int_equal(v[i].kind,
			    (all + i) % 2 == 0 ? STORE_PKI_SIGNER : STORE_PKI_AGENT_CA);
			assert_str(v[i].sealed, "old");
			assert_ok(store_sealed_set(f->st, STORE_SEALED_PKI, v[i].id, STR("new")));
		}
		all += n;
		after = v[n - 1].id;
	}
	assert_int_equal(all, STORE_PAGE_MAX + 2);
	assert_ok(store_sealed_list(f->st, f->a, STORE_SEALED_PKI, STR(""), &v, &n));
	for (i = 0; i < n; i++)
		assert_str(v[i].sealed, "new");
}

/* Of the table meta there is only one value that is sealed. */
static void
test_decoy(void **state)
{
	struct fixture *f = *state;
	struct store_sealed *v;
	struct str value;
	size_t n;

	assert_ok(store_meta_set(f->st, STORE_META_REGION, STR("r")));
	assert_ok(store_meta_set(f->st, STORE_META_DECOY_SECRET, STR("old")));
	assert_ok(store_sealed_list(f->st, f->a, STORE_SEALED_DECOY, STR(""), &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].sealed, "old");
	assert_ok(store_sealed_set(f->st, STORE_SEALED_DECOY, v[0].id, STR("new")));
	assert_ok(store_meta_get(f->st, f->a, STORE_META_DECOY_SECRET, &value));
	assert_str(value, "new");
	assert_ok(store_meta_get(f->st, f->a, STORE_META_REGION, &value));
	assert_str(value, "r");
	assert_ok(store_sealed_list(f->st, f->a, STORE_SEALED_DECOY, v[0].id, &v, &n));
	assert_int_equal(n, 0);
	assert_int_equal(store_sealed_set(f->st, STORE_SEALED_SEED, STR("none"), STR("x")),
	    ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_column_is_known, fixture_empty,
		    fixture_end),
		cmocka_unit_test_setup_teardown(test_pages, fixture_empty, fixture_end),
		cmocka_unit_test_setup_teardown(test_decoy, fixture_empty, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
