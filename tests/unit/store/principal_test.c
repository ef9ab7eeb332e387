/* principal_test: tests store_account, store_meta, store_access_key, store_pki and store_agent. */
#include "fixture.h"

#include "store/store_access_key.h"
#include "store/store_agent.h"
#include "store/store_meta.h"
#include "store/store_pki.h"
#include "store/store_user.h"

static void
account_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_account v, *list;
	size_t n;

	fixture_reopen(f);
	assert_ok(store_account_get(f->st, f->a, OTHER_ACCOUNT, &v));
	assert_str(v.account_id, "444455556666");
	assert_int_equal(v.created_at, 2000);
	assert_int_equal(store_account_get(f->st, f->a, STR("0"), &v), ERR_NOTFOUND);
	assert_int_equal(store_account_add(f->st, &v), ERR_EXISTS);
	assert_ok(store_account_add(f->st, &(struct store_account){ STR("000000000001"), 500 }));
	assert_ok(store_account_list(f->st, f->a, &list, &n));
	assert_int_equal(n, 3);
	assert_str(list[0].account_id, "000000000001");
	assert_str(list[1].account_id, "111122223333");
	assert_str(list[2].account_id, "444455556666");
}

static void
text_with_nul_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_account v;

	assert_int_equal(store_account_get(f->st, f->a, STR("1\0002"), &v), ERR_SYNTAX);
	assert_int_equal(store_account_add(f->st, &(struct store_account){ STR("1\0"), 1 }),
	    ERR_SYNTAX);
	assert_int_equal(store_account_get(f->st, f->a, STR("1"), &v), ERR_NOTFOUND);
	/* and the statement is good for the next use */
	assert_ok(store_account_get(f->st, f->a, ACCOUNT, &v));
}

static void
meta_holds_any_bytes(void **state)
{
	struct fixture *f = *state;
	struct str v;

	assert_int_equal(store_meta_get(f->st, f->a, STORE_META_DECOY_SECRET, &v), ERR_NOTFOUND);
	assert_ok(store_meta_set(f->st, STORE_META_DECOY_SECRET, STR("\0\xff'\0;")));
	assert_ok(store_meta_set(f->st, STORE_META_REGION, STR("")));
	fixture_reopen(f);
	assert_ok(store_meta_get(f->st, f->a, STORE_META_DECOY_SECRET, &v));
	assert_int_equal(v.n, 5);
	assert_memory_equal(v.p, "\0\xff'\0;", 5);
	assert_ok(store_meta_get(f->st, f->a, STORE_META_REGION, &v));
	assert_int_equal(v.n, 0);
}

static void
add_alice(struct fixture *f)
{
	const struct store_user v = { .user_id = STR("AIDAALICE"),
		.account_id = ACCOUNT,
		.name = STR("alice"),
		.path = STR("/"),
		.arn = STR("arn:aws:iam::111122223333:user/alice"),
		.created_at = 1000 };

	assert_ok(store_user_add(f->st, &v));
}

static struct store_access_key
access_key(struct str id, int64_t created_at)
{
	return (struct store_access_key){ .access_key_id = id,
		.account_id = ACCOUNT,
		.sealed_secret = STR("s\0s"),
		.principal_id = STR("AIDAALICE"),
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = created_at };
}

static void
access_key_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_access_key in = access_key(STR("AKIA2"), 20), v;

	add_alice(f);
	assert_ok(store_access_key_add(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_access_key_get(f->st, f->a, STR("AKIA2"), &v));
	assert_str(v.access_key_id, "AKIA2");
	assert_str(v.account_id, "111122223333");
	assert_int_equal(v.sealed_secret.n, 3);
	assert_memory_equal(v.sealed_secret.p, "s\0s", 3);
	assert_int_equal(v.principal_type, STORE_PRINCIPAL_USER);
	assert_str(v.principal_arn, "arn:aws:iam::111122223333:user/alice");
	assert_str(v.principal_id, "AIDAALICE");
	assert_str(v.principal_name, "alice");
	assert_int_equal(v.status, STORE_ACCESS_KEY_ACTIVE);
	assert_int_equal(v.created_at, 20);
	assert_int_equal(v.last_used_at, 0);
	assert_str(v.last_used_region, "");
	assert_str(v.last_used_service, "");
	assert_int_equal(store_access_key_get(f->st, f->a, STR("AKIA"), &v), ERR_NOTFOUND);
	assert_int_equal(store_access_key_get(f->st, f->a, STR("akia2"), &v), ERR_NOTFOUND);
}

static void
access_key_of_root(void **state)
{
	struct fixture *f = *state;
	struct store_access_key in = access_key(STR("AKIA1"), 10), v, *list;
	int64_t count;
	size_t n;

	in.principal_id = ACCOUNT;
	assert_ok(store_access_key_add(f->st, &in));
	assert_ok(store_access_key_get(f->st, f->a, STR("AKIA1"), &v));
	assert_int_equal(v.principal_type, STORE_PRINCIPAL_ROOT);
	assert_str(v.principal_arn, "arn:aws:iam::111122223333:root");
	assert_str(v.principal_id, "111122223333");
	assert_str(v.principal_name, "");
	assert_ok(store_access_key_list(f->st, f->a, ACCOUNT, &list, &n));
	assert_int_equal(n, 1);
	assert_ok(store_access_key_list(f->st, f->a, OTHER_ACCOUNT, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_access_key_count(f->st, ACCOUNT, &count));
	assert_int_equal(count, 1);
}

/* The owner is the user as it is now, under whatever name. */
static void
access_key_follows_its_user(void **state)
{
	struct fixture *f = *state;
	struct store_access_key in = access_key(STR("AKIA1"), 10), v;
	struct store_user alice;

	add_alice(f);
	assert_ok(store_access_key_add(f->st, &in));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &alice));
	alice.name = STR("Alicia");
	alice.path = STR("/eng/");
	alice.arn = STR("arn:aws:iam::111122223333:user/eng/Alicia");
	assert_ok(store_user_update(f->st, &alice));
	assert_ok(store_access_key_get(f->st, f->a, STR("AKIA1"), &v));
	assert_str(v.principal_name, "Alicia");
	assert_str(v.principal_arn, "arn:aws:iam::111122223333:user/eng/Alicia");
	assert_str(v.principal_id, "AIDAALICE");
	assert_int_equal(store_user_delete(f->st, STR("AIDAALICE")), ERR_BADSTATE);
	assert_ok(store_access_key_delete(f->st, STR("AKIA1")));
	assert_ok(store_user_delete(f->st, STR("AIDAALICE")));
	assert_int_equal(store_access_key_get(f->st, f->a, STR("AKIA1"), &v), ERR_NOTFOUND);
	assert_int_equal(store_access_key_add(f->st, &in), ERR_BADSTATE);
}

static void
access_key_last_used(void **state)
{
	struct fixture *f = *state;
	struct store_access_key in = access_key(STR("AKIA1"), 10), v;

	add_alice(f);
	assert_ok(store_access_key_add(f->st, &in));
	in.last_used_at = 77;
	in.last_used_region = STR("eu-lab-1");
	in.last_used_service = STR("iam");
	assert_ok(store_access_key_set_last_used(f->st, &in));
	assert_ok(store_access_key_get(f->st, f->a, STR("AKIA1"), &v));
	assert_int_equal(v.last_used_at, 77);
	assert_str(v.last_used_region, "eu-lab-1");
	assert_str(v.last_used_service, "iam");
	in.access_key_id = STR("AKIA2");
	assert_int_equal(store_access_key_set_last_used(f->st, &in), ERR_NOTFOUND);
}

static void
access_key_constraints(void **state)
{
	struct fixture *f = *state;
	struct store_access_key v = access_key(STR("AKIA1"), 1);

	add_alice(f);
	assert_ok(store_access_key_add(f->st, &v));
	assert_int_equal(store_access_key_add(f->st, &v), ERR_EXISTS);
	v.access_key_id = STR("AKIA2");
	v.account_id = STR("999999999999");
	assert_int_equal(store_access_key_add(f->st, &v), ERR_BADSTATE);
	v.account_id = ACCOUNT;
	v.status = (enum store_access_key_status)3;
	assert_int_equal(store_access_key_add(f->st, &v), ERR_RANGE);
	v.status = STORE_ACCESS_KEY_ACTIVE;
	v.principal_id = STR("");
	assert_int_equal(store_access_key_add(f->st, &v), ERR_BADSTATE);
	v.principal_id = STR("AIDABOB");
	assert_int_equal(store_access_key_add(f->st, &v), ERR_BADSTATE);
	v.principal_id = OTHER_ACCOUNT;
	assert_int_equal(store_access_key_add(f->st, &v), ERR_BADSTATE);
}

static void
access_key_changes(void **state)
{
	struct fixture *f = *state;
	struct store_access_key k2 = access_key(STR("AKIA2"), 20), *list, v;
	struct store_access_key k1 = access_key(STR("AKIA1"), 30);
	struct store_access_key other = access_key(STR("AKIA3"), 10);
	size_t n;

	add_alice(f);
	other.principal_id = ACCOUNT;
	assert_ok(store_access_key_add(f->st, &k1));
	assert_ok(store_access_key_add(f->st, &k2));
	assert_ok(store_access_key_add(f->st, &other));
	assert_ok(store_access_key_list(f->st, f->a, k1.principal_id, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].access_key_id, "AKIA2");
	assert_str(list[1].access_key_id, "AKIA1");
	assert_ok(store_access_key_set_status(f->st, STR("AKIA1"), STORE_ACCESS_KEY_INACTIVE));
	assert_ok(store_access_key_get(f->st, f->a, STR("AKIA1"), &v));
	assert_int_equal(v.status, STORE_ACCESS_KEY_INACTIVE);
	assert_ok(store_access_key_get(f->st, f->a, STR("AKIA2"), &v));
	assert_int_equal(v.status, STORE_ACCESS_KEY_ACTIVE);
	assert_ok(store_access_key_delete(f->st, STR("AKIA2")));
	assert_int_equal(store_access_key_delete(f->st, STR("AKIA2")), ERR_NOTFOUND);
	assert_int_equal(store_access_key_set_status(f->st, STR("AKIA2"), STORE_ACCESS_KEY_ACTIVE),
	    ERR_NOTFOUND);
	assert_ok(store_access_key_list(f->st, f->a, k1.principal_id, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].access_key_id, "AKIA1");
	assert_ok(store_access_key_list(f->st, f->a, STR("arn:aws:iam::1:root"), &list, &n));
	assert_int_equal(n, 0);
}

static void
pki_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_pki root = { .cert_id = STR("AA"),
		.kind = STORE_PKI_ROOT,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_RSA2048,
		.sealed_key = STR("k\0"),
		.cert_der = STR("\x30\0x"),
		.not_before_at = 1,
		.not_after_at = 9 };
	struct store_pki s1 = { .cert_id = STR("S1"),
		.kind = STORE_PKI_SIGNER,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_P256,
		.issuer_id = STR("AA"),
		.not_before_at = 5 };
	struct store_pki s2 = s1, orphan = s1, v, *list;
	size_t n;

	s2.cert_id = STR("S2");
	s2.not_before_at = 6;
	orphan.cert_id = STR("S3");
	orphan.issuer_id = STR("ZZ");
	assert_ok(store_pki_add(f->st, &root));
	assert_ok(store_pki_add(f->st, &s1));
	assert_ok(store_pki_add(f->st, &s2));
	assert_int_equal(store_pki_add(f->st, &s2), ERR_EXISTS);
	assert_int_equal(store_pki_add(f->st, &orphan), ERR_BADSTATE);
	orphan.issuer_id = STR("AA");
	orphan.kind = (enum store_pki_kind)99;
	assert_int_equal(store_pki_add(f->st, &orphan), ERR_RANGE);
	orphan.kind = STORE_PKI_SIGNER;
	orphan.key_kind = (enum store_pki_key_kind)3;
	assert_int_equal(store_pki_add(f->st, &orphan), ERR_RANGE);
	orphan.key_kind = (enum store_pki_key_kind)0;
	assert_int_equal(store_pki_add(f->st, &orphan), ERR_RANGE);
	fixture_reopen(f);
	assert_ok(store_pki_get(f->st, f->a, STR("AA"), &v));
	assert_str(v.cert_id, "AA");
	assert_int_equal(v.kind, STORE_PKI_ROOT);
	assert_int_equal(v.state, STORE_PKI_ACTIVE);
	assert_int_equal(v.key_kind, STORE_PKI_RSA2048);
	assert_int_equal(v.issuer_id.n, 0);
	assert_true(str_eq(v.sealed_key, STR("k\0")));
	assert_true(str_eq(v.cert_der, STR("\x30\0x")));
	assert_int_equal(v.not_before_at, 1);
	assert_int_equal(v.not_after_at, 9);
	assert_ok(store_pki_get(f->st, f->a, STR("S1"), &v));
	assert_str(v.issuer_id, "AA");
	assert_int_equal(v.key_kind, STORE_PKI_P256);
	assert_int_equal(store_pki_get(f->st, f->a, STR("S9"), &v), ERR_NOTFOUND);

	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_SIGNER, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].cert_id, "S2");
	assert_str(list[1].cert_id, "S1");
	assert_ok(store_pki_retire(f->st, STR("S2")));
	assert_int_equal(store_pki_retire(f->st, STR("S9")), ERR_NOTFOUND);
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_SIGNER, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].cert_id, "S1");
	assert_ok(store_pki_get(f->st, f->a, STR("S2"), &v));
	assert_int_equal(v.state, STORE_PKI_RETIRED);
}

static void
staple_replaces_the_one_before(void **state)
{
	struct fixture *f = *state;
	struct store_pki root = { .cert_id = STR("AA"),
		.kind = STORE_PKI_ROOT,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_RSA2048 };
	struct store_pki_staple in = { STR("AA"), STR("one\0"), 10, 20 }, v;

	assert_int_equal(store_pki_staple_set(f->st, &in), ERR_BADSTATE);
	assert_ok(store_pki_add(f->st, &root));
	assert_int_equal(store_pki_staple_get(f->st, f->a, STR("AA"), &v), ERR_NOTFOUND);
	assert_ok(store_pki_staple_set(f->st, &in));
	in = (struct store_pki_staple){ STR("AA"), STR("two"), 11, 21 };
	assert_ok(store_pki_staple_set(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_pki_staple_get(f->st, f->a, STR("AA"), &v));
	assert_str(v.cert_id, "AA");
	assert_str(v.ocsp_der, "two");
	assert_int_equal(v.this_update_at, 11);
	assert_int_equal(v.next_update_at, 21);
}

static void
agent_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_agent a1 = { .agent_id = STR("agent-1"),
		.account_id = ACCOUNT,
		.cert_sha256 = STR("c1"),
		.vpc_id = STR("vpc-1"),
		.created_at = 5 };
	struct store_agent a2 = { .agent_id = STR("agent-2"),
		.account_id = ACCOUNT,
		.cert_sha256 = STR("c2"),
		.instance_id = STR("i-1"),
		.created_at = 6 };
	struct store_agent bad = a1, v;

	assert_ok(store_agent_add(f->st, &a1));
	assert_ok(store_agent_add(f->st, &a2));
	assert_int_equal(store_agent_add(f->st, &a1), ERR_EXISTS);
	bad.agent_id = STR("agent-3");
	assert_int_equal(store_agent_add(f->st, &bad), ERR_EXISTS); /* certificate */
	bad.cert_sha256 = STR("c3");
	bad.instance_id = STR("i-1");
	assert_int_equal(store_agent_add(f->st, &bad), ERR_RANGE);
	bad.instance_id = bad.vpc_id = STR("");
	assert_int_equal(store_agent_add(f->st, &bad), ERR_RANGE);
	bad.vpc_id = STR("vpc-9");
	assert_int_equal(store_agent_add(f->st, &bad), ERR_BADSTATE);

	fixture_reopen(f);
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c1"), &v));
	assert_str(v.agent_id, "agent-1");
	assert_str(v.account_id, "111122223333");
	assert_str(v.cert_sha256, "c1");
	assert_str(v.vpc_id, "vpc-1");
	assert_str(v.instance_id, "");
	assert_int_equal(v.created_at, 5);
	assert_int_equal(v.last_seen_at, 0);
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c2"), &v));
	assert_str(v.agent_id, "agent-2");
	assert_str(v.vpc_id, "");
	assert_str(v.instance_id, "i-1");
	assert_int_equal(store_agent_get_by_cert(f->st, f->a, STR("c3"), &v), ERR_NOTFOUND);
}

static void
agent_is_seen(void **state)
{
	struct fixture *f = *state;
	struct store_agent a1 = { .agent_id = STR("agent-1"),
		.account_id = ACCOUNT,
		.cert_sha256 = STR("c1"),
		.vpc_id = STR("vpc-1"),
		.created_at = 5 };
	struct store_agent a2 = a1, v;

	a2.agent_id = STR("agent-2");
	a2.cert_sha256 = STR("c2");
	assert_ok(store_agent_add(f->st, &a1));
	assert_ok(store_agent_add(f->st, &a2)); /* of the same VPC */
	assert_ok(store_agent_seen(f->st, STR("agent-1"), 77));
	assert_int_equal(store_agent_seen(f->st, STR("agent-9"), 77), ERR_NOTFOUND);
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c1"), &v));
	assert_int_equal(v.last_seen_at, 77);
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c2"), &v));
	assert_int_equal(v.last_seen_at, 0);
}

#define T(fn, setup) cmocka_unit_test_setup_teardown(fn, setup, fixture_end)

static struct store_agent
agent_row(struct fixture *f)
{
	struct store_agent v;

	assert_ok(store_agent_get(f->st, f->a, STR("agent-1"), &v));
	return v;
}

static void
agent_certificates(void **state)
{
	struct fixture *f = *state;
	struct store_agent a1 = { .agent_id = STR("agent-1"),
		.account_id = ACCOUNT,
		.cert_sha256 = STR("c1"),
		.instance_id = STR("i-1"),
		.created_at = 5 };
	struct store_agent a2 = a1, v;
	struct store_agent_cert next = { STR("c2"), 500, STR("") };

	a2.agent_id = STR("agent-2");
	a2.cert_sha256 = STR("c9");
	assert_ok(store_agent_add(f->st, &a1));
	assert_ok(store_agent_add(f->st, &a2));
	/* Nothing is to follow yet. */
	assert_int_equal(store_agent_follow(f->st, STR("agent-1")), ERR_NOTFOUND);
	assert_ok(store_agent_next(f->st, STR("agent-1"), STR("c1"), &next));
	assert_int_equal(store_agent_next(f->st, STR("agent-9"), STR("c1"), &next), ERR_NOTFOUND);
	/* Either certificate is the agent's; the one of another is not taken. */
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c1"), &v));
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c2"), &v));
	assert_true(str_eq_c(v.agent_id, "agent-1"));
	assert_int_equal(store_agent_next(f->st, STR("agent-2"), STR("c9"), &next), ERR_EXISTS);
	/* One that is made later replaces it. */
	next.sha256 = STR("c3");
	assert_ok(store_agent_next(f->st, STR("agent-1"), STR("c1"), &next));
	assert_int_equal(store_agent_get_by_cert(f->st, f->a, STR("c2"), &v), ERR_NOTFOUND);
	assert_ok(store_agent_follow(f->st, STR("agent-1")));
	assert_int_equal(store_agent_get_by_cert(f->st, f->a, STR("c1"), &v), ERR_NOTFOUND);
	v = agent_row(f);
	assert_true(str_eq_c(v.cert_sha256, "c3"));
	assert_int_equal(v.cert_not_after, 500);
	assert_int_equal(v.next_sha256.n, 0);
	assert_int_equal(v.next_not_after, 0);
	assert_int_equal(store_agent_follow(f->st, STR("agent-1")), ERR_NOTFOUND);
	/* It follows the present one, and no other, not even the agent's own of before. */
	assert_int_equal(store_agent_next(f->st, STR("agent-1"), STR("c1"), &next), ERR_NOTFOUND);
	assert_int_equal(store_agent_next(f->st, STR("agent-1"), STR("c9"), &next), ERR_NOTFOUND);
	/* Another issuer has to be there. */
	next.issuer_id = STR("none");
	assert_int_equal(store_agent_next(f->st, STR("agent-1"), STR("c3"), &next), ERR_BADSTATE);
}

static void
agent_revoked(void **state)
{
	struct fixture *f = *state;
	struct store_agent a1 = { .agent_id = STR("agent-1"),
		.account_id = ACCOUNT,
		.cert_sha256 = STR("c1"),
		.instance_id = STR("i-1"),
		.created_at = 5 };
	const struct store_agent_cert next = { STR("c2"), 500, STR("") };
	const struct store_agent_cert fresh = { STR("c4"), 900, STR("") };
	struct store_agent *list, v;
	size_t n;

	assert_ok(store_agent_add(f->st, &a1));
	assert_ok(store_agent_next(f->st, STR("agent-1"), STR("c1"), &next));
	assert_ok(store_agent_revoke(f->st, STR("agent-1"), 77));
	assert_int_equal(agent_row(f).revoked_at, 77);
	assert_int_equal(store_agent_revoke(f->st, STR("agent-1"), 78), ERR_NOTFOUND);
	assert_int_equal(store_agent_revoke(f->st, STR("agent-9"), 78), ERR_NOTFOUND);
	assert_int_equal(agent_row(f).revoked_at, 77);
	/* Nothing follows one that is revoked. */
	assert_int_equal(store_agent_next(f->st, STR("agent-1"), STR("c1"), &next), ERR_NOTFOUND);
	/* A new certificate, and nothing of before. */
	assert_ok(store_agent_replace(f->st, STR("agent-1"), &fresh));
	v = agent_row(f);
	assert_int_equal(v.revoked_at, 0);
	assert_int_equal(v.cert_not_after, 900);
	assert_int_equal(store_agent_get_by_cert(f->st, f->a, STR("c1"), &v), ERR_NOTFOUND);
	assert_int_equal(store_agent_get_by_cert(f->st, f->a, STR("c2"), &v), ERR_NOTFOUND);
	assert_ok(store_agent_get_by_cert(f->st, f->a, STR("c4"), &v));
	a1.agent_id = STR("agent-0");
	assert_ok(store_agent_add(f->st, &a1));
	assert_ok(store_agent_list(f->st, f->a, STR(""), 9, &list, &n));
	assert_int_equal(n, 2);
	assert_true(str_eq_c(list[0].agent_id, "agent-0"));
	assert_ok(store_agent_list(f->st, f->a, list[0].agent_id, 9, &list, &n));
	assert_int_equal(n, 1);
	assert_true(str_eq_c(list[0].agent_id, "agent-1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(account_round_trip, fixture_accounts),
		T(text_with_nul_is_refused, fixture_accounts),
		T(meta_holds_any_bytes, fixture_empty),
		T(access_key_round_trip, fixture_accounts),
		T(access_key_of_root, fixture_accounts),
		T(access_key_follows_its_user, fixture_accounts),
		T(access_key_last_used, fixture_accounts),
		T(access_key_constraints, fixture_accounts),
		T(access_key_changes, fixture_accounts),
		T(pki_round_trip, fixture_empty),
		T(staple_replaces_the_one_before, fixture_empty),
		T(agent_round_trip, fixture_network),
		T(agent_is_seen, fixture_network),
		T(agent_certificates, fixture_network),
		T(agent_revoked, fixture_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
