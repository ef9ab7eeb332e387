/* settings_test: tests reading, printing and adopting settings, with a table made for the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "settings/settings.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

struct values {
	bool on;
	int64_t number;
	int64_t wait_s;
	int64_t size_bytes;
	int64_t colour;
	char name[9];
	char code[5];
	char path[17];
	char at[33];
	char all[65];
};

static const char *const colours[] = { "red", "green", NULL };

#define AT(f) .offset = offsetof(struct values, f)
#define TEXT(f, least) AT(f), .min = (least), .max = sizeof(((struct values *)0)->f) - 1

static const struct setting rows[] = {
	{ .section = "one",
	    .name = "on",
	    .type = SETTING_BOOL,
	    AT(on),
	    .dflt = "no",
	    .reloadable = true,
	    .text = "Is it on. A second sentence that is long enough to be "
		    "broken into a second line of the comment." },
	{ .section = "one",
	    .name = "number",
	    .type = SETTING_INT,
	    AT(number),
	    .min = -2,
	    .max = 10,
	    .dflt = "3",
	    .unit = "pieces",
	    .reloadable = true,
	    .text = "How many." },
	{ .section = "one",
	    .name = "wait",
	    .type = SETTING_SECONDS,
	    AT(wait_s),
	    .min = 1,
	    .max = 86400,
	    .dflt = "90",
	    .unit = "",
	    .text = "How long." },
	{ .section = "one",
	    .name = "size",
	    .type = SETTING_BYTES,
	    AT(size_bytes),
	    .min = 0,
	    .max = 1 << 20,
	    .dflt = "64k",
	    .unit = "",
	    .reloadable = true,
	    .text = "How big." },
	{ .section = "one",
	    .name = "colour",
	    .type = SETTING_ENUM,
	    AT(colour),
	    .words = colours,
	    .dflt = "green",
	    .text = "Which colour." },
	{ .section = "two",
	    .name = "name",
	    .type = SETTING_STRING,
	    TEXT(name, 1),
	    .dflt = "n",
	    .text = "Its name." },
	{ .section = "two",
	    .name = "code",
	    .type = SETTING_STRING,
	    TEXT(code, 4),
	    .dflt = "0000",
	    .pattern = "0123456789",
	    .text = "Its code: \\x." },
	{ .section = "two",
	    .name = "path",
	    .type = SETTING_PATH,
	    TEXT(path, 0),
	    .dflt = "",
	    .text = "Where. .dot" },
	{ .section = "two",
	    .name = "at",
	    .type = SETTING_ADDRESS,
	    TEXT(at, 1),
	    .dflt = "localhost:1",
	    .text = "At." },
	{ .section = "two",
	    .name = "all",
	    .type = SETTING_ADDRESSES,
	    TEXT(all, 0),
	    .dflt = "",
	    .text = "All." },
};

static int
finish(void *values, struct errinfo *ei)
{
	struct values *v = values;

	if (v->number == 10 && v->on) {
		err_set(ei, "not both");
		return ERR_RANGE;
	}
	if (v->path[0] == '\0')
		memcpy(v->path, "/default", 9);
	return 0;
}

static const struct settings_table table = { rows, N(rows), sizeof(struct values), finish };

static void
defaults(void **state)
{
	struct values v;

	(void)state;
	memset(&v, 0xff, sizeof(v));
	settings_default(&table, &v);
	assert_false(v.on);
	assert_int_equal(v.number, 3);
	assert_int_equal(v.wait_s, 90);
	assert_int_equal(v.size_bytes, 65536);
	assert_int_equal(v.colour, 1);
	assert_string_equal(v.name, "n");
	assert_string_equal(v.path, "/default");
	assert_string_equal(v.at, "localhost:1");
	assert_string_equal(v.all, "");
}

static void
reads_a_file(void **state)
{
	static const char text[] =
	    "# comment\n[two]\nname = a b\npath=/x/y\nat = [::1]:80\n"
	    "all = a:1, [::]:2,3.4.5.6:65535\n\n[one]\non = yes\nnumber = -2\nwait = 2h\n"
	    "size = 1m\ncolour = red\n[two]\ncode = 0123\n";
	struct errinfo ei = { "" };
	struct values v;

	(void)state;
	if (settings_parse(&table, "f", STR(text), &v, &ei) != 0)
		fail_msg("%s", ei.text);
	assert_true(v.on);
	assert_int_equal(v.number, -2);
	assert_int_equal(v.wait_s, 7200);
	assert_int_equal(v.size_bytes, 1 << 20);
	assert_int_equal(v.colour, 0);
	assert_string_equal(v.name, "a b");
	assert_string_equal(v.code, "0123");
	assert_string_equal(v.path, "/x/y");
	assert_string_equal(v.at, "[::1]:80");
	assert_string_equal(v.all, "a:1, [::]:2,3.4.5.6:65535");
}

static void
values_by_type(void **state)
{
	static const struct {
		const char *line;
		int r;
	} cases[] = {
		{ "[one]\non = no", 0 },
		{ "[one]\non = true", ERR_SYNTAX },
		{ "[one]\non = Yes", ERR_SYNTAX },
		{ "[one]\non =", ERR_SYNTAX },
		{ "[one]\nnumber = 10", 0 },
		{ "[one]\nnumber = 11", ERR_RANGE },
		{ "[one]\nnumber = -3", ERR_RANGE },
		{ "[one]\nnumber = 5k", ERR_SYNTAX },
		{ "[one]\nnumber = 0x5", ERR_SYNTAX },
		{ "[one]\nnumber = 5 5", ERR_SYNTAX },
		{ "[one]\nnumber = 99999999999999999999", ERR_RANGE },
		{ "[one]\nwait = 1", 0 },
		{ "[one]\nwait = 24h", 0 },
		{ "[one]\nwait = 1d", 0 },
		{ "[one]\nwait = 2d", ERR_RANGE },
		{ "[one]\nwait = 0", ERR_RANGE },
		{ "[one]\nwait = 1k", ERR_SYNTAX },
		{ "[one]\nwait = 1 m", ERR_SYNTAX },
		{ "[one]\nwait = m", ERR_SYNTAX },
		{ "[one]\nwait = -1", ERR_RANGE },
		{ "[one]\nwait = 9223372036854775807d", ERR_RANGE },
		{ "[one]\nsize = 0", 0 },
		{ "[one]\nsize = 1024k", 0 },
		{ "[one]\nsize = 1025k", ERR_RANGE },
		{ "[one]\nsize = 1g", ERR_RANGE },
		{ "[one]\nsize = 1K", ERR_SYNTAX },
		{ "[one]\nsize = 1.5m", ERR_SYNTAX },
		{ "[one]\ncolour = red", 0 },
		{ "[one]\ncolour = Red", ERR_SYNTAX },
		{ "[one]\ncolour = re", ERR_SYNTAX },
		{ "[two]\nname = 12345678", 0 },
		{ "[two]\nname = 123456789", ERR_TOOBIG },
		{ "[two]\nname =", ERR_RANGE },
		{ "[two]\ncode = 123", ERR_RANGE },
		{ "[two]\ncode = 12a4", ERR_SYNTAX },
		{ "[two]\npath =", 0 },
		{ "[two]\npath = x/y", ERR_SYNTAX },
		{ "[two]\npath = /23456789012345678", ERR_TOOBIG },
		{ "[two]\nat =", ERR_RANGE },
		{ "[two]\nat = host", ERR_SYNTAX },
		{ "[two]\nat = host:0", ERR_RANGE },
		{ "[two]\nat = host:65536", ERR_RANGE },
		{ "[two]\nat = :80", ERR_SYNTAX },
		{ "[two]\nat = a b:80", ERR_SYNTAX },
		{ "[two]\nat = ::1:80", ERR_SYNTAX },
		{ "[two]\nat = [::1]80", ERR_SYNTAX },
		{ "[two]\nat = [::1", ERR_SYNTAX },
		{ "[two]\nat = []:80", ERR_SYNTAX },
		{ "[two]\nat = [host]:80", ERR_SYNTAX },
		{ "[two]\nall = a:1,", ERR_SYNTAX },
		{ "[two]\nall = a:1,,b:2", ERR_SYNTAX },
		{ "[two]\nall = a:1 b:2", ERR_SYNTAX },
	};
	struct errinfo ei;
	struct values v;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		ei.text[0] = '\0';
		if ((r = settings_parse(&table, "f", str_of(cases[i].line), &v, &ei)) != cases[i].r)
			fail_msg("%s: %d %s", cases[i].line, r, ei.text);
		assert_int_equal(strncmp(ei.text, "f:2: ", 5) == 0, r != 0);
	}
}

static void
names_file_line_and_trouble(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *want;
	} cases[] = {
		{ "[one]\n\nsighs = 1\n", ERR_NOTFOUND,
		    "x.conf:3: there is no setting sighs in [one]" },
		{ "[three]\nname = 1\n", ERR_NOTFOUND, "x.conf:2: there is no section [three]" },
		{ "[one]\nname = 1\n", ERR_NOTFOUND,
		    "x.conf:2: there is no setting name in [one]" },
		{ "on = yes\n", ERR_NOTFOUND, "x.conf:1: there is no section []" },
		{ "[one]\non = yes\non = yes\n", ERR_DUP, "x.conf:3: on is given twice" },
		{ "[one]\non = yes\n[two]\n[one]\non = no\n", ERR_DUP,
		    "x.conf:5: on is given twice" },
		{ "[one]\nnumber = 11\n", ERR_RANGE,
		    "x.conf:2: number has to be: pieces, -2 to 10" },
		{ "[one]\nwait = 0\n", ERR_RANGE, "x.conf:2: wait has to be: a time, 1s to 1d" },
		{ "[one]\nsize = 2m\n", ERR_RANGE, "x.conf:2: size has to be: bytes, 0 to 1m" },
		{ "[one]\ncolour = x\n", ERR_SYNTAX, "x.conf:2: colour has to be: red or green" },
		{ "[one]\non = x\n", ERR_SYNTAX, "x.conf:2: on has to be: yes or no" },
		{ "[two]\ncode = 1\n", ERR_RANGE, "x.conf:2: code has to be: text, 4 characters" },
		{ "[two]\npath = x\n", ERR_SYNTAX,
		    "x.conf:2: path has to be: an absolute path, or empty, up to 16 characters" },
		{ "[one]\nnumber = 10\non = yes\n", ERR_RANGE, "x.conf: not both" },
	};
	struct errinfo ei;
	struct values v = { .number = 77 };
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		if ((r = settings_parse(&table, "x.conf", str_of(cases[i].text), &v, &ei)) !=
		    cases[i].r)
			fail_msg("%s: %d", cases[i].text, r);
		assert_string_equal(ei.text, cases[i].want);
		assert_int_equal(v.number, 77);
	}
	assert_int_equal(settings_parse(&table, "x.conf", STR("[one]\nnonsense\n"), &v, &ei),
	    ERR_SYNTAX);
	assert_int_equal(strncmp(ei.text, "x.conf: line 2", 14), 0);
	assert_int_equal(settings_parse(&table, "x.conf", STR("on = yes\n"), &v, NULL),
	    ERR_NOTFOUND);
}

static void
prints_what_can_be_read_back(void **state)
{
	static const char want[] =
	    "[one]\n"
	    "\n"
	    "# Is it on. A second sentence that is long enough to be broken into a second\n"
	    "# line of the comment.\n"
	    "# (yes or no; default: no; reloadable)\n"
	    "on = yes\n"
	    "\n"
	    "# How many.\n"
	    "# (pieces, -2 to 10; this is the default; reloadable)\n"
	    "number = 3\n"
	    "\n"
	    "# How long.\n"
	    "# (a time, 1s to 1d; default: 90)\n"
	    "wait = 2m\n";
	struct values v, again;
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	assert_int_equal(settings_parse(&table, "f",
			     STR("[one]\non = yes\nwait = 120\n[two]\n"
				 "all = a:1,b:2\npath = /p"),
			     &v, NULL),
	    0);
	settings_print(&table, &v, &b);
	assert_true(str_starts(buf_view(&b), STR(want)));
	assert_int_equal(settings_parse(&table, "f", buf_view(&b), &again, NULL), 0);
	assert_true(again.on);
	assert_int_equal(again.wait_s, 120);
	assert_string_equal(again.all, "a:1,b:2");
	assert_string_equal(again.path, "/p");
	buf_release(&b);
}

static void
documents(void **state)
{
	static const char want[] =
	    ".Ss Section [one]\n"
	    ".Bl -tag -width Ds\n"
	    ".It Cm on\n"
	    "Is it on.\n"
	    "A second sentence that is long enough to be broken into a second line of the "
	    "comment.\n"
	    "Value: yes or no; default no.\n"
	    "Applied on reload.\n";
	static const char end[] =
	    ".It Cm code\n"
	    "Its code: \\ex.\n"
	    "Value: text, 4 characters; default 0000.\n"
	    ".It Cm path\n"
	    "Where.\n"
	    "\\&.dot\n"
	    "Value: an absolute path, or empty, up to 16 characters.\n"
	    ".It Cm at\n"
	    "At.\n"
	    "Value: host:port, up to 32 characters; default localhost:1.\n"
	    ".It Cm all\n"
	    "All.\n"
	    "Value: host:port, host:port ..., or empty, up to 64 characters.\n"
	    ".El\n";
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	settings_mdoc(&table, &b);
	assert_true(str_starts(buf_view(&b), STR(want)));
	assert_true(str_ends(buf_view(&b), STR(end)));
	buf_release(&b);
}

static void
adopts_what_can_be_reloaded(void **state)
{
	struct values v, fresh;
	struct buf ignored;

	(void)state;
	buf_init(&ignored, 256);
	settings_default(&table, &v);
	settings_adopt(&table, &v, &v, &ignored);
	assert_int_equal(ignored.n, 0);
	assert_int_equal(settings_parse(&table, "f",
			     STR("[one]\non = yes\nsize = 1k\nwait = 1\n"
				 "[two]\nname = new"),
			     &fresh, NULL),
	    0);
	settings_adopt(&table, &v, &fresh, &ignored);
	assert_true(v.on);
	assert_int_equal(v.size_bytes, 1024);
	assert_int_equal(v.wait_s, 90);
	assert_string_equal(v.name, "n");
	assert_true(str_eq_c(buf_view(&ignored), "wait, name"));
	buf_release(&ignored);
}

static void
loads_files(void **state)
{
	char path[] = "/tmp/settings_test.XXXXXX", name[64];
	struct errinfo ei;
	struct values v;
	FILE *f;
	int fd, i;

	(void)state;
	assert_true((fd = mkstemp(path)) != -1);
	assert_non_null(f = fdopen(fd, "w"));
	fputs("[one]\nnumber = 7\n", f);
	fflush(f);
	assert_int_equal(settings_load(&table, path, &v, NULL), 0);
	assert_int_equal(v.number, 7);
	for (i = 0; i < SETTINGS_MAX_FILE_BYTES / 16 + 260; i++)
		fputs("# a comment....\n", f);
	fflush(f);
	assert_int_equal(settings_load(&table, path, &v, &ei), ERR_TOOBIG);
	fclose(f);
	unlink(path);
	assert_int_equal(settings_load(&table, path, &v, &ei), ERR_SYS);
	snprintf(name, sizeof(name), "%s: No such file or directory", path);
	assert_string_equal(ei.text, name);
	assert_int_equal(settings_load(&table, "/", &v, &ei), ERR_SYS);
}

static void
lists_of_addresses(void **state)
{
	struct str list = STR("a:1, [::1]:2,3.4.5.6:65535"), host = STR("");
	uint16_t port = 0;

	(void)state;
	assert_int_equal(settings_address_next(&list, &host, &port), 0);
	assert_true(str_eq_c(host, "a") && port == 1);
	assert_int_equal(settings_address_next(&list, &host, &port), 0);
	assert_true(str_eq_c(host, "::1") && port == 2);
	assert_int_equal(settings_address_next(&list, &host, &port), 0);
	assert_true(str_eq_c(host, "3.4.5.6") && port == 65535);
	assert_int_equal(settings_address_next(&list, &host, &port), ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(values_by_type),
		cmocka_unit_test(names_file_line_and_trouble),
		cmocka_unit_test(prints_what_can_be_read_back),
		cmocka_unit_test(documents),
		cmocka_unit_test(adopts_what_can_be_reloaded),
		cmocka_unit_test(loads_files),
		cmocka_unit_test(lists_of_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
