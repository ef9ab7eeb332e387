/*
 * credentials_test: tests with what the agent connects: which of its certificates, what it says
 * of a new key, and which certificate it takes for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/credentials.h"
#include "base/log.h"
#include "codec/pem.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/possession.h"

#define DAY INT64_C(86400)
#define NOW_S INT64_C(1790000000)
#define NOW_MS INT64_C(5000)

/* The PEM of an authority, and of certificates with their keys. */
struct rig {
	struct credentials *c;
	struct privkey *ca;
	struct buf ca_der, ca_pem;
	struct buf one, one_key, two, two_key; /* both certificates, and their keys */
	struct buf both;                       /* the second with its key, in one file */
};

static void
issue(struct rig *r, struct str public, struct buf *ret_pem, char ret_name[65])
{
	struct cert_request rq = { .profile = CERT_AGENT_CLIENT,
		.common_name = STR("agent-1"),
		.public_key = public,
		.not_before_s = NOW_S,
		.not_after_s = NOW_S + DAY };
	struct buf der;

	buf_init(&der, CERT_MAX_DER_BYTES);
	assert_int_equal(cert_issue(r->ca, buf_view(&r->ca_der), &rq, rand_system(), &der), 0);
	buf_init(ret_pem, 16384);
	pem_write(ret_pem, "CERTIFICATE", buf_view(&der));
	if (ret_name != NULL)
		cert_name_sha256(buf_view(&der), ret_name);
	buf_release(&der);
}

static void
pair(struct rig *r, struct buf *ret_pem, struct buf *ret_key, char ret_name[65])
{
	struct privkey *key;
	struct buf public;

	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	buf_init(ret_key, 16384);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &key), 0);
	assert_int_equal(privkey_public_write(key, &public), 0);
	assert_int_equal(privkey_pem_write(key, ret_key), 0);
	issue(r, buf_view(&public), ret_pem, ret_name);
	privkey_free(key);
	buf_release(&public);
}

static char one_name[65], two_name[65];

static int
setup(void **state)
{
	struct rig *r = test_malloc(sizeof(*r));
	struct cert_request rq = { .profile = CERT_ROOT,
		.common_name = STR("ca"),
		.not_before_s = NOW_S - DAY,
		.not_after_s = NOW_S + 100 * DAY };
	struct buf public;

	log_set_level(LOG_LEVEL_ERROR);
	*r = (struct rig){ .c = credentials_new() };
	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	buf_init(&r->ca_der, CERT_MAX_DER_BYTES);
	buf_init(&r->ca_pem, 16384);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &r->ca), 0);
	assert_int_equal(privkey_public_write(r->ca, &public), 0);
	rq.public_key = buf_view(&public);
	assert_int_equal(cert_issue(r->ca, STR(""), &rq, rand_system(), &r->ca_der), 0);
	pem_write(&r->ca_pem, "CERTIFICATE", buf_view(&r->ca_der));
	pair(r, &r->one, &r->one_key, one_name);
	pair(r, &r->two, &r->two_key, two_name);
	buf_init(&r->both, 32768);
	buf_str(&r->both, buf_view(&r->two_key));
	buf_str(&r->both, buf_view(&r->two));
	buf_release(&public);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	credentials_free(r->c);
	credentials_free(NULL);
	privkey_free(r->ca);
	buf_release(&r->ca_der);
	buf_release(&r->ca_pem);
	buf_release(&r->one);
	buf_release(&r->one_key);
	buf_release(&r->two);
	buf_release(&r->two_key);
	buf_release(&r->both);
	test_free(r);
	return 0;
}

static int
load(struct rig *r, struct str certificate, struct str renewed)
{
	const struct credentials_files f = { buf_view(&r->ca_pem), certificate,
		buf_view(&r->one_key), renewed };

	return credentials_load(r->c, &f);
}

static void
assert_connects_with(struct rig *r, const char *want)
{
	char name[65];
	struct buf der;

	buf_init(&der, CERT_MAX_DER_BYTES);
	assert_int_equal(tls_certificate(credentials_tls(r->c), &der), 0);
	cert_name_sha256(buf_view(&der), name);
	assert_string_equal(name, want);
	buf_release(&der);
}

/* A connection is made and stands; or is not taken. */
static void
stands(struct rig *r)
{
	credentials_connecting(r->c);
	credentials_opened(r->c);
}

static void
refused(struct rig *r)
{
	credentials_connecting(r->c);
	credentials_refused(r->c);
}

/* The renewed one first, and the other whenever the one is not taken. */
static void
test_which(void **state)
{
	struct rig *r = *state;
	struct str one = buf_view(&r->one), both = buf_view(&r->both);

	assert_int_equal(load(r, one, STR("")), 0);
	assert_connects_with(r, one_name);
	refused(r);
	assert_connects_with(r, one_name);
	assert_int_equal(load(r, one, both), 0);
	assert_connects_with(r, two_name);
	refused(r);
	assert_connects_with(r, one_name);
	refused(r);
	assert_connects_with(r, two_name);
	/* Either alone is enough; with neither all stays as it was. */
	assert_int_equal(load(r, one, STR("nonsense")), 0);
	assert_connects_with(r, one_name);
	refused(r);
	assert_connects_with(r, one_name);
	assert_int_equal(load(r, STR("nonsense"), both), 0);
	assert_connects_with(r, two_name);
	assert_int_equal(load(r, STR("nonsense"), STR("")), ERR_SYNTAX);
	assert_int_equal(load(r, STR("nonsense"), STR("nonsense")), ERR_SYNTAX);
	/* A certificate without its key. */
	assert_int_equal(load(r, buf_view(&r->two), STR("")), ERR_CRYPTO);
	assert_connects_with(r, two_name);
}

/* The proof is for the certificate that the connection has, whichever comes next. */
static void
test_a_new_key(void **state)
{
	struct rig *r = *state;
	struct link_renewal said;
	struct buf pem, file;

	buf_init(&file, 65536);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&r->both)), 0);
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), ERR_BADSTATE);
	assert_int_equal(credentials_certified(r->c, buf_view(&r->one), NOW_MS, &file),
	    ERR_BADSTATE);
	stands(r);
	refused(r);
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), 0);
	assert_int_equal(possession_verify(said.public_key, str_of(two_name), said.proof), 0);
	/* What is no certificate of this key changes nothing. */
	assert_int_equal(credentials_certified(r->c, buf_view(&r->one), NOW_MS, &file), ERR_DENIED);
	assert_int_equal(credentials_certified(r->c, STR("x"), NOW_MS, &file), ERR_SYNTAX);
	assert_int_equal(credentials_certified(r->c, STR(""), NOW_MS, &file), ERR_SYNTAX);
	assert_int_equal(credentials_certified(r->c, buf_view(&r->one_key), NOW_MS, &file),
	    ERR_SYNTAX);
	issue(r, said.public_key, &pem, NULL);
	buf_str(&pem, buf_view(&r->one));
	assert_int_equal(credentials_certified(r->c, buf_view(&pem), NOW_MS, &file), ERR_SYNTAX);
	assert_int_equal(file.n, 0);
	buf_release(&pem);
	/* What is to be kept can be loaded, and is taken first. */
	issue(r, said.public_key, &pem, two_name);
	assert_int_equal(credentials_certified(r->c, buf_view(&pem), NOW_MS, &file), 0);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&file)), 0);
	assert_connects_with(r, two_name);
	/* A key is certified once. */
	assert_int_equal(credentials_certified(r->c, buf_view(&pem), NOW_MS, &file), ERR_BADSTATE);
	buf_release(&pem);
	buf_wipe(&file);
}

/* The key that was made last is the one that counts. */
static void
test_a_newer_key(void **state)
{
	struct rig *r = *state;
	struct link_renewal said;
	struct buf first, second, file;

	buf_init(&file, 65536);
	assert_int_equal(load(r, buf_view(&r->one), STR("")), 0);
	stands(r);
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), 0);
	issue(r, said.public_key, &first, NULL);
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), 0);
	issue(r, said.public_key, &second, NULL);
	assert_int_equal(credentials_certified(r->c, buf_view(&first), NOW_MS, &file), ERR_DENIED);
	assert_int_equal(credentials_certified(r->c, buf_view(&second), NOW_MS, &file), 0);
	buf_release(&first);
	buf_release(&second);
	buf_wipe(&file);
}

/* Has a key renewed on the connection that stands. Appends what is to be kept to ret_file. */
static void
renew(struct rig *r, int64_t now_ms, char ret_name[65], struct buf *ret_file)
{
	struct link_renewal said;
	struct buf pem;

	assert_int_equal(credentials_renew(r->c, now_ms, &said), 0);
	issue(r, said.public_key, &pem, ret_name);
	if (now_ms != NOW_MS) /* the last LF may be missing */
		pem.n--;
	assert_int_equal(credentials_certified(r->c, buf_view(&pem), now_ms, ret_file), 0);
	buf_release(&pem);
}

/* eicd has lost the last renewal, and the settings' certificate is long dead: the agent comes back
 * with the pair with which it was connected when it had the last one made, and goes on from it. */
static void
test_the_pair_before(void **state)
{
	struct rig *r = *state;
	char three[65], four[65];
	struct buf third, fourth;

	buf_init(&third, 65536);
	buf_init(&fourth, 65536);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&r->both)), 0);
	stands(r);
	renew(r, NOW_MS, three, &third);
	assert_true(str_ends(buf_view(&third), buf_view(&r->both)));
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&third)), 0);
	assert_connects_with(r, three);
	refused(r);
	assert_connects_with(r, two_name);
	refused(r);
	assert_connects_with(r, one_name);
	refused(r);
	assert_connects_with(r, three);
	/* The one that eicd does not know goes; the one that it takes stays behind the next. */
	refused(r);
	stands(r);
	renew(r, NOW_MS + 1, four, &fourth);
	assert_true(str_ends(buf_view(&fourth), buf_view(&r->both)));
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&fourth)), 0);
	assert_connects_with(r, four);
	refused(r);
	assert_connects_with(r, two_name);
	/* A file holds two at most: the next one ends with the fourth. */
	refused(r);
	refused(r);
	assert_connects_with(r, four);
	stands(r);
	buf_clear(&third);
	renew(r, NOW_MS, three, &third);
	assert_int_equal(load(r, STR("nonsense"), buf_view(&third)), 0);
	assert_connects_with(r, three);
	refused(r);
	assert_connects_with(r, four);
	refused(r);
	assert_connects_with(r, three);
	/* The settings' pair has files of its own. */
	assert_int_equal(load(r, buf_view(&r->one), STR("")), 0);
	stands(r);
	buf_clear(&third);
	renew(r, NOW_MS, three, &third);
	assert_int_equal(load(r, STR("nonsense"), buf_view(&third)), 0);
	refused(r);
	assert_connects_with(r, three);
	buf_wipe(&third);
	buf_wipe(&fourth);
}

/* What the file of the renewed pairs may look like. */
static void
test_file_of_pairs(void **state)
{
	struct rig *r = *state;
	const struct str key = buf_view(&r->two_key), cert = buf_view(&r->two);
	const struct str bad = STR("-----BEGIN PRIVATE KEY-----\n-----END CERTIFICATE-----\n");
	const struct {
		struct str parts[7];
		bool first, second;
	} rows[] = {
		{ { key, cert }, true, false },
		{ { key, str_head(cert, cert.n - 1) }, true, false },
		{ { key, cert, key, cert }, true, true },
		{ { key, cert, key, str_head(cert, cert.n - 1) }, true, true },
		{ { key, cert, bad }, true, false },
		{ { bad, key, cert }, false, true },
		{ { cert, key }, false, false },
		{ { key, key }, false, false },
		{ { key, cert, cert }, false, false },
		{ { key, cert, STR("\n") }, false, false },
		{ { key, cert, STR("\n"), key, cert }, false, false },
		{ { STR("\n"), key, cert }, false, false },
		{ { key, cert, key }, false, false },
		{ { key, str_head(cert, cert.n - 1), key, cert }, false, false },
		{ { key, cert, key, cert, key, cert }, false, false },
		{ { key, cert, key, cert, STR("x") }, false, false },
	};
	struct buf file;
	size_t i, k;

	buf_init(&file, 65536);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int n = rows[i].first + rows[i].second;

		buf_clear(&file);
		for (k = 0; k < 7; k++)
			buf_str(&file, rows[i].parts[k]);
		assert_int_equal(load(r, buf_view(&r->one), buf_view(&file)), 0);
		for (k = 0; k < (size_t)n; k++) {
			assert_connects_with(r, two_name);
			refused(r);
		}
		assert_connects_with(r, one_name);
	}
	buf_wipe(&file);
}

/* The pair is renewed when it comes back, and not when anything else comes meanwhile. */
static void
test_what_came_back(void **state)
{
	struct rig *r = *state;
	struct link_renewal said;
	struct buf file;

	buf_init(&file, 65536);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&r->both)), 0);
	assert_false(credentials_renewed(r->c));
	stands(r);
	renew(r, NOW_MS, NULL, &file);
	assert_false(credentials_renewed(r->c));
	/* The files are read again, as they were, or with another renewed one, or none that is
	 * good. */
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&r->both)), 0);
	assert_false(credentials_renewed(r->c));
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), ERR_AGAIN);
	assert_int_equal(load(r, buf_view(&r->one), STR("")), 0);
	assert_false(credentials_renewed(r->c));
	assert_int_equal(load(r, buf_view(&r->one), STR("nonsense")), 0);
	assert_false(credentials_renewed(r->c));
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&file)), 0);
	assert_true(credentials_renewed(r->c));
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), 0);
	/* It came back once. */
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&file)), 0);
	assert_false(credentials_renewed(r->c));
	buf_wipe(&file);
}

/* While the parent keeps a pair no other is made; but not for ever, as it may not have kept it. */
static void
test_one_at_a_time(void **state)
{
	struct rig *r = *state;
	struct link_renewal said;
	struct buf file;

	buf_init(&file, 65536);
	assert_int_equal(load(r, buf_view(&r->one), STR("")), 0);
	stands(r);
	renew(r, NOW_MS, NULL, &file);
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), ERR_AGAIN);
	assert_int_equal(credentials_renew(r->c, NOW_MS + 59999, &said), ERR_AGAIN);
	assert_int_equal(credentials_renew(r->c, NOW_MS + 60000, &said), 0);
	buf_clear(&file);
	renew(r, NOW_MS + 60000, NULL, &file);
	assert_int_equal(credentials_renew(r->c, NOW_MS + 60000, &said), ERR_AGAIN);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&file)), 0);
	assert_int_equal(credentials_renew(r->c, NOW_MS + 60000, &said), 0);
	buf_wipe(&file);
}

/* The files are read again while a connection is being made: what comes of it is said of what it
 * was made with. */
static void
test_files_while_connecting(void **state)
{
	struct rig *r = *state;
	struct link_renewal said;

	assert_int_equal(load(r, buf_view(&r->one), STR("")), 0);
	credentials_connecting(r->c);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&r->both)), 0);
	credentials_opened(r->c);
	assert_int_equal(credentials_renew(r->c, NOW_MS, &said), 0);
	assert_int_equal(possession_verify(said.public_key, str_of(one_name), said.proof), 0);
	assert_int_equal(load(r, buf_view(&r->one), STR("")), 0);
	credentials_connecting(r->c);
	assert_int_equal(load(r, buf_view(&r->one), buf_view(&r->both)), 0);
	credentials_refused(r->c);
	assert_connects_with(r, two_name);
	refused(r);
	assert_connects_with(r, one_name);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_which),
		TEST(test_a_new_key),
		TEST(test_a_newer_key),
		TEST(test_the_pair_before),
		TEST(test_file_of_pairs),
		TEST(test_what_came_back),
		TEST(test_one_at_a_time),
		TEST(test_files_while_connecting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
