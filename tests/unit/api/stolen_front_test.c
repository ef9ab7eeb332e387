/*
 * stolen_front_test: plays a stolen front to the rest of core: what it cannot make of the requests
 * and of the agents that it sees (docs/threat-model.md). What it can is here too, so that nobody
 * takes it for safe. That it gets no second secret out of a request is in once_test.c; what it gets
 * of keyd is in tests/it/keyd_test.py.
 */
#include "fixture.h"

#include "region/agents.h"

static struct api_request
request(struct fixture *f)
{
	return fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
}

/* One byte of it is another one. */
static struct str
altered(struct fixture *f, struct str s, size_t at)
{
	char *p = arena_alloc(f->a, s.n);

	memcpy(p, s.p, s.n);
	p[at] = (char)(p[at] == 'q' ? 'r' : 'q');
	return str_of_n(p, s.n);
}

static void
assert_useless(struct fixture *f, const struct api_request *rq)
{
	size_t before = fixture_audit(f, NULL);
	struct api_response resp;

	batch_run(f->api, rq, 1, f->a, &resp);
	if (resp.status == 0)
		resp = fixture_resume(f);
	if (resp.status < 400 || resp.status > 499)
		fail_msg("status %u: %s", resp.status, fixture_cstr(f, resp.body));
	assert_int_equal(fixture_audit(f, NULL), before);
}

/* Each byte of a request but the client's name for itself is under its signature. */
static void
test_altered(void **state)
{
	struct fixture *f = *state;
	struct api_request good, rq;
	struct http_header *h;
	size_t i, k;

	good = request(f);
	h = arena_array(f->a, good.n_headers, sizeof(*h));
	for (i = 0; i < good.body.n; i++) {
		rq = good;
		rq.body = altered(f, good.body, i);
		assert_useless(f, &rq);
	}
	rq = good;
	rq.target = STR("/?a=b");
	assert_useless(f, &rq);
	rq = good;
	rq.method = STR("GET");
	assert_useless(f, &rq);
	for (i = 0; i < good.n_headers; i++) {
		if (str_eq(good.headers[i].name, STR("User-Agent")))
			continue;
		rq = good;
		rq.headers = h;
		for (k = 0; k < good.headers[i].value.n; k++) {
			memcpy(h, good.headers, good.n_headers * sizeof(*h));
			h[i].value = altered(f, good.headers[i].value, k);
			assert_useless(f, &rq);
		}
		/* Left out. */
		memcpy(h, good.headers, good.n_headers * sizeof(*h));
		h[i] = h[good.n_headers - 1];
		rq.n_headers = good.n_headers - 1;
		assert_useless(f, &rq);
	}
	assert_int_equal(fixture_run(f, &good).status, 200);
}

/* What front alone knows, core has to believe: from where a request came, and by what TLS. */
static void
test_believed(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = request(f);
	struct store_audit_event v;

	rq.peer_ip = STR("198.18.0.99");
	assert_int_equal(fixture_run(f, &rq).status, 200);
	assert_true(fixture_audit(f, &v) > 0);
	assert_true(str_eq(v.source_ip, STR("198.18.0.99")));
}

/* An agent whose certificate it has not seen it cannot be. */
static void
test_agents(void **state)
{
	static const char known[] = AGENT_CERT;
	struct fixture *f = *state;
	size_t i;

	fixture_launch(f, "");
	for (i = 0; i < sizeof(known) - 1; i++)
		assert_int_equal(agents_open(f->region, 500 + i, altered(f, STR(known), i)),
		    ERR_DENIED);
	assert_int_equal(agents_open(f->region, 500, STR("")), ERR_DENIED);
	assert_int_equal(agents_count(f->region), 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_altered),
		TEST(test_believed),
		TEST(test_agents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
