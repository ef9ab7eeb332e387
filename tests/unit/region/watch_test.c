/* watch_test: tests that the log warns of certificates that end and of disks that fill. */
#include "fixture.h"
#include "journal.h"

#include "codec/pem.h"
#include "pki/cert.h"
#include "pki/privkey.h"
#include "region/watch.h"
#include "store/store_pki.h"

#define DAY_S INT64_C(86400)
#define HOUR_MS INT64_C(3600000)
#define GIB (INT64_C(1) << 30)

/* A machine that says what the test wants. */
struct machine {
	struct machine_space space[MACHINE_DISKS];
	struct str certificate;
	struct machine_port port;
};

static int
space(void *ctx, enum machine_disk disk, struct machine_space *ret)
{
	const struct machine *m = ctx;

	if (m->space[disk].size_bytes == 0)
		return ERR_NOTFOUND;
	*ret = m->space[disk];
	return 0;
}

static struct str
certificate(void *ctx)
{
	return ((const struct machine *)ctx)->certificate;
}

static void
machine_new(struct fixture *f, struct machine *m)
{
	*m = (struct machine){ .port = { m, space, certificate } };
	f->region->machine = &m->port;
}

static const char *
turn(struct fixture *f)
{
	struct journal j = journal_begin();

	assert_ok(watch_run(f->region));
	return journal_end(f, &j);
}

static int64_t
root_ends(struct fixture *f)
{
	struct store_pki *v;
	size_t n;

	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_ROOT, &v, &n));
	assert_int_equal(n, 1);
	return v[0].not_after_at;
}

static void
at(struct fixture *f, int64_t wall_s)
{
	f->boot_ms += wall_s * 1000 - f->wall_ms;
	f->wall_ms = wall_s * 1000;
}

static void
test_an_authority_ends(void **state)
{
	struct fixture *f = *state;
	int64_t end = root_ends(f);

	assert_int_equal(journal_lines(turn(f), "ev="), 0);
	assert_int_equal(watch_facts(f->region)->ends_at[WATCH_ROOT], end);
	at(f, end - 30 * DAY_S);
	assert_int_equal(journal_lines(turn(f), "certificate=\"root\""), 0);
	at(f, end - 30 * DAY_S + 1);
	assert_int_equal(journal_lines(turn(f), "certificate=\"root\""), 1);
}

static void
test_levels_and_pauses(void **state)
{
	struct fixture *f = *state;
	int64_t end = root_ends(f);

	at(f, end - 20 * DAY_S);
	assert_non_null(strstr(turn(f), "ev=certificate-ends certificate=\"root\" days=20\n"));
	at(f, end - 19 * DAY_S - 1);
	assert_null(strstr(turn(f), "\"root\""));
	at(f, end - 19 * DAY_S);
	assert_non_null(strstr(turn(f), "warn "));
	/* What has become worse is said at once. */
	at(f, end - 7 * DAY_S);
	assert_non_null(strstr(turn(f), "\"root\" days=7\n"));
	at(f, end - 7 * DAY_S + 1);
	assert_non_null(strstr(turn(f), "\"root\" days=6\n"));
	at(f, end + DAY_S);
	assert_non_null(strstr(turn(f), "\"root\" days=-1\n"));
}

/* Signers are replaced without a person. */
static void
test_no_word_of_signers(void **state)
{
	struct fixture *f = *state;
	const struct watch_facts *facts = watch_facts(f->region);

	assert_ok(watch_run(f->region));
	assert_true(facts->ends_at[WATCH_SIGNER] > f->wall_ms / 1000);
	at(f, facts->ends_at[WATCH_SIGNER] + 1);
	assert_int_equal(journal_lines(turn(f), "certificate=\"signer\""), 0);
}

/* Appends a certificate in PEM that ends then. */
static void
pem_make(struct fixture *f, int64_t end_s, struct buf *pem)
{
	struct cert_request rq = { .profile = CERT_ROOT,
		.common_name = STR("api"),
		.not_before_s = 0,
		.not_after_s = end_s };
	struct privkey *key = NULL;
	struct buf public, der;

	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	buf_init(&der, CERT_MAX_DER_BYTES);
	assert_ok(privkey_generate(PRIVKEY_P256, &key));
	assert_ok(privkey_public_write(key, &public));
	rq.public_key = buf_view(&public);
	assert_ok(cert_issue(key, STR(""), &rq, &f->rng, &der));
	pem_write(pem, "CERTIFICATE", buf_view(&der));
	privkey_free(key);
	buf_release(&public);
	buf_release(&der);
}

/* The certificate of the API is the first of its file, in which there may be more. */
static void
test_the_api(void **state)
{
	struct fixture *f = *state;
	int64_t end = f->wall_ms / 1000 + 40 * DAY_S;
	struct machine m;
	struct buf pem;

	machine_new(f, &m);
	assert_ok(watch_run(f->region));
	assert_int_equal(watch_facts(f->region)->ends_at[WATCH_API], 0);

	buf_init(&pem, 1u << 16);
	buf_c(&pem, "subject=CN = api\n");
	pem_make(f, end, &pem);
	pem_make(f, end - 20 * DAY_S, &pem);
	m.certificate = buf_view(&pem);
	assert_int_equal(journal_lines(turn(f), "\"api\""), 0);
	assert_int_equal(watch_facts(f->region)->ends_at[WATCH_API], end);
	at(f, end - DAY_S);
	assert_non_null(strstr(turn(f), "ev=certificate-ends certificate=\"api\" days=1\n"));

	m.certificate = STR("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
	assert_ok(watch_run(f->region));
	assert_int_equal(watch_facts(f->region)->ends_at[WATCH_API], 0);
	buf_release(&pem);
}

static void
test_disks(void **state)
{
	static const struct {
		int64_t free, size;
		const char *level; /* NULL: not a word */
	} cases[] = {
		{ 10 * GIB, 100 * GIB, NULL },
		{ 9 * GIB, 100 * GIB, " warn " },
		{ 50 * GIB, 1000 * GIB, NULL }, /* much is left, if a small part */
		{ 2 * GIB, 1000 * GIB, " warn " },
		{ 2 * GIB - 1, 1000 * GIB, " error " },
		{ 4, 100, " warn " },
		{ 3, 100, " warn " },
		{ 2, 100, " error " },
		{ 0, 100, " error " },
		{ 11, 100, NULL },
	};
	struct fixture *f = *state;
	struct machine m;
	const char *log;
	size_t i;

	machine_new(f, &m);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		m.space[MACHINE_DATABASE] = (struct machine_space){ 1, 1 };
		assert_ok(watch_run(f->region));
		m.space[MACHINE_DATABASE] = (struct machine_space){ cases[i].free, cases[i].size };
		log = turn(f);
		if (cases[i].level == NULL)
			assert_int_equal(journal_lines(log, "ev=disk"), 0);
		else
			assert_non_null(strstr(log, cases[i].level));
		assert_int_equal(watch_facts(f->region)->space[MACHINE_DATABASE].free_bytes,
		    cases[i].free);
	}
}

static void
test_a_disk_again(void **state)
{
	struct fixture *f = *state;
	struct machine m;

	machine_new(f, &m);
	m.space[MACHINE_EXPORT] = (struct machine_space){ 9000000, 100000000 };
	assert_non_null(strstr(turn(f), "ev=disk of=\"export\" free_mb=9 size_mb=100\n"));
	f->boot_ms += HOUR_MS - 1;
	assert_int_equal(journal_lines(turn(f), "ev=disk"), 0);
	f->boot_ms++;
	assert_int_equal(journal_lines(turn(f), "ev=disk"), 1);
	/* Nothing is kept there any more. */
	m.space[MACHINE_EXPORT].size_bytes = 0;
	assert_int_equal(journal_lines(turn(f), "ev=disk"), 0);
	assert_int_equal(watch_facts(f->region)->space[MACHINE_EXPORT].size_bytes, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_authority_ends),
		TEST(test_levels_and_pauses),
		TEST(test_no_word_of_signers),
		TEST(test_the_api),
		TEST(test_disks),
		TEST(test_a_disk_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
