/* tables_test: tests the tables of settings of eicd and of the agent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "settings/agent.h"
#include "settings/eicd.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* Rows of a section together, no name twice, a sentence for each. */
static void
assert_table(const struct settings_table *t)
{
	const struct setting *r;
	size_t i, k;

	for (i = 0; i < t->n; i++) {
		r = &t->rows[i];
		for (k = 0; k < i; k++) {
			assert_string_not_equal(t->rows[k].name, r->name);
			if (strcmp(t->rows[k].section, r->section) == 0)
				assert_string_equal(t->rows[i - 1].section, r->section);
		}
		if (!str_ends(str_of(r->text), STR(".")))
			fail_msg("%s: %s", r->name, r->text);
		assert_true(r->offset < t->size);
		assert_true(r->type != SETTING_INT || r->unit != NULL);
		assert_true((r->type == SETTING_ENUM) == (r->words != NULL));
	}
}

/* Prints the defaults and reads them back. */
static void
assert_round_trip(const struct settings_table *t, void *values, void *again)
{
	struct errinfo ei = { "" };
	struct buf b, ignored;

	buf_init(&b, SETTINGS_MAX_FILE_BYTES);
	buf_init(&ignored, 1024);
	settings_default(t, values);
	settings_print(t, values, &b);
	assert_int_equal(buf_err(&b), 0);
	if (settings_parse(t, "f", buf_view(&b), again, &ei) != 0)
		fail_msg("%s", ei.text);
	settings_adopt(t, again, values, &ignored);
	assert_int_equal(ignored.n, 0);
	assert_memory_equal(again, values, t->size);
	buf_clear(&b);
	settings_mdoc(t, &b);
	assert_int_equal(buf_err(&b), 0);
	buf_release(&ignored);
	buf_release(&b);
}

static void
tables_are_whole(void **state)
{
	static struct eicd_settings e[2];
	static struct agent_settings a[2];

	(void)state;
	assert_table(&eicd_table);
	assert_table(&agent_table);
	assert_round_trip(&eicd_table, &e[0], &e[1]);
	assert_round_trip(&agent_table, &a[0], &a[1]);
}

/* With the defaults it takes four addresses to hold all connections, or to wait for all answers
 * that can be waited for. */
static void
one_address_is_a_quarter(void **state)
{
	struct eicd_settings s;

	(void)state;
	settings_default(&eicd_table, &s);
	assert_true(s.max_connections_per_address <= s.max_connections / 4);
	assert_true(s.max_connections_per_address <= s.max_inflight / 4);
}

static void
eicd_fills_what_follows(void **state)
{
	struct eicd_settings s;

	(void)state;
	settings_default(&eicd_table, &s);
	assert_string_equal(s.availability_zone, "eu-lab-1a");
	assert_string_equal(s.database, "/var/lib/openeic/db/eicd.db");
	assert_int_equal(s.key_lifetime_s, 60);
	assert_false(s.allow_ecdsa_keys);
	assert_int_equal(settings_parse(&eicd_table, "f",
			     STR("[server]\nregion = us-west-2\n"
				 "[paths]\nstate_dir = /s\nkek_file = /k\n"),
			     &s, NULL),
	    0);
	assert_string_equal(s.availability_zone, "us-west-2a");
	assert_string_equal(s.database, "/s/db/eicd.db");
	assert_string_equal(s.kek_file, "/k");
	assert_string_equal(s.tls_certificate, "/s/tls/server.crt");
	assert_string_equal(s.tls_key, "/s/tls/server.key");
	assert_string_equal(s.agent_ca, "/s/tls/agent-ca.crt");
}

static void
agent_fills_what_follows(void **state)
{
	struct agent_settings s;

	(void)state;
	settings_default(&agent_table, &s);
	assert_string_equal(s.server_name, "localhost");
	assert_string_equal(s.imds_listen, "169.254.169.254:80");
	assert_int_equal(settings_parse(&agent_table, "f",
			     STR("[agent]\n"
				 "endpoint = [2001:db8::1]:8443\nstate_dir = /s\nkey = /k\n"),
			     &s, NULL),
	    0);
	assert_string_equal(s.server_name, "2001:db8::1");
	assert_string_equal(s.ca, "/s/server-ca.crt");
	assert_string_equal(s.certificate, "/s/agent.crt");
	assert_string_equal(s.key, "/k");
}

static void
refuses_what_does_not_fit_together(void **state)
{
	static const char long_dir[] =
	    "[paths]\nstate_dir = /"
	    "0123456789012345678901234567890123456789012345678901234567890123456789012345"
	    "0123456789012345678901234567890123456789012345678901234567890123456789012345\n";
	static const struct {
		const struct settings_table *table;
		const char *text;
		int r;
	} cases[] = {
		{ &eicd_table, "[server]\navailability_zone = eu-lab-1c\n", 0 },
		{ &eicd_table, "[server]\navailability_zone = eu-lab-1\n", ERR_RANGE },
		{ &eicd_table, "[server]\navailability_zone = eu-lab-1ab\n", ERR_RANGE },
		{ &eicd_table, "[server]\navailability_zone = eu-lab-11\n", ERR_RANGE },
		{ &eicd_table, "[server]\navailability_zone = us-lab-1a\n", ERR_RANGE },
		{ &eicd_table, "[server]\naccount_id = 12345678901\n", ERR_RANGE },
		{ &eicd_table, "[server]\nregion = a/b\n", ERR_SYNTAX },
		{ &eicd_table, "[server]\nlisten =\n", ERR_RANGE },
		{ &eicd_table, "[keys]\nkey_lifetime = 61\n", ERR_RANGE },
		{ &eicd_table, "[keys]\nkey_lifetime = 1\n", 0 },
		{ &eicd_table, "[signer]\nsigner_lifetime = 1h\n", ERR_RANGE },
		{ &eicd_table, "[signer]\nsigner_lifetime = 1h\nsigner_rotate_before = 10m\n", 0 },
		/* Core may write the whole directory of its export. */
		{ &eicd_table, "[audit]\naudit_export = -\n", 0 },
		{ &eicd_table, "[audit]\naudit_export = /var/lib/openeic/trail/records\n", 0 },
		{ &eicd_table, "[audit]\naudit_export = /var/lib/openeic-trail/records\n", 0 },
		{ &eicd_table, "[audit]\naudit_export = trail/records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /srv/\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = //records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /srv/../records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /./records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /var/records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /var/lib/openeic/records\n", ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /k/r\n[paths]\nkek_file = /k/kek\n",
		    ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /k/r\n[paths]\nkek_file = /kk/kek\n", 0 },
		{ &eicd_table, "[audit]\naudit_export = /k/r\n[tls]\ntls_key = /k/t/key\n",
		    ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /k/r\n[sts]\nweb_identity_keys = /k/i\n",
		    ERR_RANGE },
		{ &eicd_table, "[audit]\naudit_export = /k/r\n[sts]\nweb_identity_keys = /i/k\n",
		    0 },
		{ &eicd_table, long_dir, ERR_TOOBIG },
		{ &agent_table, "[agent]\nreconnect_min_ms = 20000\n", ERR_RANGE },
		{ &agent_table, "[imds]\nimds_socket = /s\n", ERR_RANGE },
		{ &agent_table, "[imds]\nimds_socket = /s\n[agent]\ninstance_id = i-0123abcd\n",
		    0 },
		{ &agent_table, "[agent]\ninstance_id = i-XYZ\n", ERR_SYNTAX },
	};
	union {
		struct eicd_settings e;
		struct agent_settings a;
	} v;
	struct errinfo ei;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		ei.text[0] = '\0';
		r = settings_parse(cases[i].table, "f", str_of(cases[i].text), &v, &ei);
		if (r != cases[i].r || (r != 0) != (ei.text[0] != '\0'))
			fail_msg("%s: %d %s", cases[i].text, r, ei.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_whole),
		cmocka_unit_test(one_address_is_a_quarter),
		cmocka_unit_test(eicd_fills_what_follows),
		cmocka_unit_test(agent_fills_what_follows),
		cmocka_unit_test(refuses_what_does_not_fit_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
