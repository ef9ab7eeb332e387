/*
 * table_test: runs the tables of tests/vectors/iam, which explain their own form. Each row is put
 * to the engine and to the naive evaluator: those of decisions.txt with the reason and the
 * statement that decides, those of conditions.txt as Allow and as Deny, those of malformed.txt
 * with the place that the refusal names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/num.h"
#include "iam/document.h"
#include "naive.h"

#define DIR VECTORS "/iam/"
#define MANAGED VECTORS "/../../src/svc/iam/managed/"
#define ROWS_AT_LEAST 250 /* of decisions; twice as many of conditions */
#define BAD_AT_LEAST 150
#define NAMED_MAX 96
#define WORDS_MAX 16
#define POLICIES_MAX 6

static const char *const reasons[] = { "root", "allow", "deny", "no-identity-allow",
	"no-boundary-allow", "no-session-allow", "no-trust-allow", "other-account", "malformed" };

struct named {
	struct str name, text;
};

struct table {
	const char *file;
	struct arena *arena; /* of the whole table */
	struct str rest;     /* of the file */
	size_t line;
	struct named lets[NAMED_MAX], policies[NAMED_MAX], principals[NAMED_MAX];
	size_t n_lets, n_policies, n_principals;
	size_t yes, no; /* rows of each kind */
	size_t wrong;
};

/* A row: its words, with the quotes taken away. */
struct words {
	struct str w[WORDS_MAX];
	size_t n;
};

/* --- the file ------------------------------------------------------------ */

static struct str
read_file(struct arena *a, const char *path)
{
	char block[4096];
	struct str text;
	struct buf b;
	size_t n;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL)
		fail_msg("%s is not there", path);
	buf_init(&b, 1 << 20);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&b, block, n);
	fclose(f);
	assert_int_equal(buf_err(&b), 0);
	text = arena_str(a, buf_view(&b));
	buf_release(&b);
	return text;
}

static void
open_table(struct table *t, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), DIR "%s", file);
	*t = (struct table){ .file = file, .arena = arena_new(16 << 20), .line = 0 };
	t->rest = read_file(t->arena, path);
}

/* Each wrong row is told: one defect often shows in several. */
static void __attribute__((format(printf, 2, 3))) wrong(struct table *t, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "# %s:%zu: ", t->file, t->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	t->wrong++;
}

static void
close_table(struct table *t)
{
	arena_free(t->arena);
	if (t->wrong > 0)
		fail_msg("%s: %zu rows", t->file, t->wrong);
}

static bool
next_line(struct table *t, struct str *ret)
{
	size_t end = str_index(t->rest, '\n');

	if (t->rest.n == 0)
		return false;
	*ret = str_head(t->rest, end);
	t->rest = str_from(t->rest, end + 1);
	t->line++;
	return true;
}

/* The next line that says something. */
static bool
next_row(struct table *t, struct str *ret)
{
	while (next_line(t, ret))
		if (ret->n > 0 && ret->p[0] != '#')
			return true;
	return false;
}

static struct str
first_word(struct str *line)
{
	size_t end = str_index(*line, ' ');
	struct str word = str_head(*line, end);

	*line = str_trim(str_from(*line, end));
	return word;
}

static void
split(struct table *t, struct str line, struct words *ret)
{
	char *word = arena_alloc(t->arena, line.n + 1);
	bool quoted = false;
	size_t i, n = 0;

	ret->n = 0;
	for (i = 0; i <= line.n; i++) {
		if (i < line.n && line.p[i] == '"') {
			quoted = !quoted;
		} else if (i == line.n || (line.p[i] == ' ' && !quoted)) {
			assert_true(ret->n < WORDS_MAX);
			ret->w[ret->n++] = str_of_n(word, n);
			word += n;
			n = 0;
		} else {
			word[n++] = line.p[i];
		}
	}
}

static struct str
find(const struct table *t, const struct named *list, size_t n, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return list[i].text;
	if (list != t->lets)
		fail_msg("%s:%zu: what is %.*s?", t->file, t->line, STR_FMT(name));
	return name;
}

static void
name_it(const struct table *t, struct named *list, size_t *n, struct str name, struct str text)
{
	if (*n == NAMED_MAX)
		fail_msg("%s:%zu: too many names", t->file, t->line);
	list[(*n)++] = (struct named){ name, text };
}

/* --- requests ------------------------------------------------------------ */

/* KEY=VALUE: a new key, or one more value of a key that is there. */
static void
add_context(struct table *t, struct str word, struct iam_context_entry *entries, size_t *n)
{
	size_t eq = str_index(word, '='), i;
	struct str key = str_head(word, eq), value = str_from(word, eq + 1), *values;

	assert_true(eq < word.n);
	for (i = 0; i < *n && !str_eq(entries[i].key, key); i++)
		;
	if (i == *n)
		entries[(*n)++] = (struct iam_context_entry){ .key = key };
	if (str_eq_c(value, "[]"))
		return;
	values = arena_array(t->arena, entries[i].n_values + 1, sizeof(*values));
	if (entries[i].n_values > 0)
		memcpy(values, entries[i].values, entries[i].n_values * sizeof(*values));
	values[entries[i].n_values++] = value;
	entries[i].values = values;
}

static void
make_context(struct table *t, const struct words *row, size_t from, struct iam_context *c)
{
	struct iam_context_entry *entries = arena_array(t->arena, WORDS_MAX, sizeof(*entries));
	size_t i;

	c->n = 0;
	for (i = from; i < row->n && !str_eq_c(row->w[i], "->"); i++)
		add_context(t, row->w[i], entries, &c->n);
	c->entries = entries;
}

/* "a,b": a list of resources. */
static void
make_resources(struct table *t, struct str list, struct iam_request *req)
{
	struct str *resources = arena_array(t->arena, 8, sizeof(*resources));

	req->resources = resources;
	req->n_resources = 0;
	while (list.n > 0) {
		size_t end = str_index(list, ',');

		assert_true(req->n_resources < 8);
		resources[req->n_resources++] = find(t, t->lets, t->n_lets, str_head(list, end));
		list = str_from(list, end + 1);
	}
}

static void
make_principal(struct table *t, struct str text, struct iam_principal *p)
{
	struct words w;

	split(t, text, &w);
	assert_true(w.n >= 4);
	p->type = str_eq_c(w.w[0], "root") ? IAM_ROOT
	    : str_eq_c(w.w[0], "role")     ? IAM_ASSUMED_ROLE
					   : IAM_USER;
	p->arn = w.w[1];
	p->account_id = w.w[2];
	p->user_id = w.w[3];
	p->name = w.n > 4 ? w.w[4] : STR("");
	p->role_arn = w.n > 5 ? w.w[5] : STR("");
}

/* --- policies ------------------------------------------------------------ */

/* The policies of a row, as each of the two reads them. */
struct attached {
	struct iam_attached_policy engine[POLICIES_MAX];
	struct iam_policy *compiled[POLICIES_MAX];
	struct naive_policy naive[POLICIES_MAX];
	struct json *docs[POLICIES_MAX];
	size_t n;
};

static void
attach(const struct table *t, struct attached *a, enum iam_policy_type type, struct str name,
    struct str doc)
{
	struct errinfo ei = { "" };
	size_t i = a->n++;

	assert_true(i < POLICIES_MAX);
	if (iam_policy_parse(doc, type, &a->compiled[i], &ei) != 0)
		fail_msg("%s:%zu: refused: %s", t->file, t->line, ei.text);
	if (json_parse(doc, 1 << 20, 32, &a->docs[i], &ei) != 0)
		fail_msg("%s:%zu: %s", t->file, t->line, ei.text);
	a->engine[i] = (struct iam_attached_policy){ type, name, a->compiled[i] };
	a->naive[i] = (struct naive_policy){ type, a->docs[i] };
}

static void
detach(struct attached *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		iam_policy_free(a->compiled[i]);
		json_free(a->docs[i]);
	}
}

static enum iam_policy_type
policy_type(struct str *name)
{
	static const struct {
		const char *prefix;
		enum iam_policy_type type;
	} types[] = { { "boundary:", IAM_PERMISSIONS_BOUNDARY }, { "session:", IAM_SESSION_POLICY },
		{ "trust:", IAM_RESOURCE_POLICY } };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!str_starts(*name, str_of(types[i].prefix)))
			continue;
		*name = str_from(*name, strlen(types[i].prefix));
		return types[i].type;
	}
	return IAM_IDENTITY_POLICY;
}

static void
attach_list(const struct table *t, struct attached *a, struct str list)
{
	a->n = 0;
	while (list.n > 0 && !str_eq_c(list, "-")) {
		size_t end = str_index(list, ',');
		struct str name = str_head(list, end);
		enum iam_policy_type type = policy_type(&name);

		attach(t, a, type, name, find(t, t->policies, t->n_policies, name));
		list = str_from(list, end + 1);
	}
}

/* --- decisions.txt ------------------------------------------------------- */

/* "P1[0]", "root", "no-identity-allow": what the decision says of itself. */
static bool
reason_is(struct str wanted, const struct iam_decision *d)
{
	size_t bracket = str_index(wanted, '[');
	uint64_t statement;

	if (str_eq_c(wanted, "*"))
		return d->reason == IAM_REASON_ALLOW_STATEMENT;
	if (bracket == wanted.n)
		return str_eq_c(wanted, reasons[d->reason]) && d->policy.n == 0;
	if (num_u64_parse(str_head(str_from(wanted, bracket + 1), wanted.n - bracket - 2), 0, 99,
		&statement) != 0)
		return false;
	return d->reason ==
	    (d->effect == IAM_ALLOW ? IAM_REASON_ALLOW_STATEMENT : IAM_REASON_EXPLICIT_DENY) &&
	    str_eq(d->policy, str_head(wanted, bracket)) && d->statement == statement;
}

static void
check_decision(struct table *t, const struct words *row)
{
	enum iam_effect effect = str_eq_c(row->w[0], "allow") ? IAM_ALLOW : IAM_DENY;
	struct iam_principal p;
	struct iam_request req = { .principal = &p };
	struct iam_decision d;
	struct naive_verdict v;
	struct attached a;

	assert_true(row->n >= 7 && str_eq_c(row->w[row->n - 2], "->"));
	make_principal(t, find(t, t->principals, t->n_principals, row->w[1]), &p);
	attach_list(t, &a, row->w[2]);
	req.action = find(t, t->lets, t->n_lets, row->w[3]);
	make_resources(t, row->w[4], &req);
	make_context(t, row, 5, &req.context);
	iam_decide(&req, a.engine, a.n, &d);
	if (d.effect != effect || !reason_is(row->w[row->n - 1], &d))
		wrong(t, "%s, %s, %.*s[%zu]", d.effect == IAM_ALLOW ? "allow" : "deny",
		    reasons[d.reason], STR_FMT(d.policy), d.statement);
	if (d.reason != IAM_REASON_MALFORMED) {
		v = naive_decide(&req, a.naive, a.n);
		if (v.effect != d.effect || v.reason != d.reason)
			wrong(t, "naive: %s", reasons[v.reason]);
	}
	effect == IAM_ALLOW ? t->yes++ : t->no++;
	detach(&a);
}

/* The lines up to one that is just "}". */
static struct str
read_document(struct table *t)
{
	struct str start = t->rest, line;

	while (next_line(t, &line))
		if (str_eq_c(line, "}"))
			return str_head(start, (size_t)(line.p + line.n - start.p));
	fail_msg("%s: a document without end", t->file);
	return start;
}

/* What the product has for AWS's policy of this name. */
static struct str
read_managed(struct table *t, struct str name)
{
	char path[512];

	snprintf(path, sizeof(path), MANAGED "%.*s.json", STR_FMT(name));
	return read_file(t->arena, path);
}

static void
decisions(void **state)
{
	struct table t;
	struct words row;
	struct str line;

	(void)state;
	open_table(&t, "decisions.txt");
	while (next_row(&t, &line)) {
		split(&t, line, &row);
		if (str_eq_c(row.w[0], "let"))
			name_it(&t, t.lets, &t.n_lets, row.w[1], row.w[2]);
		else if (str_eq_c(row.w[0], "policy"))
			name_it(&t, t.policies, &t.n_policies, row.w[1], read_document(&t));
		else if (str_eq_c(row.w[0], "managed"))
			name_it(&t, t.policies, &t.n_policies, row.w[1],
			    read_managed(&t, row.w[1]));
		else if (str_eq_c(row.w[0], "principal"))
			name_it(&t, t.principals, &t.n_principals, row.w[1],
			    str_from(line, (size_t)(row.w[2].p - row.w[0].p) + 2));
		else
			check_decision(&t, &row);
	}
	assert_true(t.yes + t.no >= ROWS_AT_LEAST && t.no >= t.yes);
	close_table(&t);
}

/* --- conditions.txt ------------------------------------------------------ */

static const struct iam_principal alice = { IAM_USER,
	{ "arn:aws:iam::111122223333:user/alice", 36 }, { "111122223333", 12 }, { "AIDAALICE", 9 },
	{ "alice", 5 }, { "", 0 } };

/* The document of one statement. */
static struct str
document(struct table *t, struct str version, const char *effect, struct str members)
{
	const char *start = str_eq_c(version, "none") ? "" : "\"Version\":\"";

	return arena_fmt(t->arena,
	    "{%s%.*s%s\"Statement\":{\"Sid\":\"It\","
	    "\"Effect\":\"%s\",%.*s}}",
	    start, *start == '\0' ? 0 : (int)version.n, version.p, *start == '\0' ? "" : "\",",
	    effect, STR_FMT(members));
}

static void
check_speaks(struct table *t, struct str version, struct str members, const struct iam_request *req,
    bool speaks)
{
	struct attached a = { .n = 0 };
	struct iam_decision d;

	attach(t, &a, IAM_IDENTITY_POLICY, STR("p"), document(t, version, "Allow", members));
	iam_decide(req, a.engine, a.n, &d);
	if ((d.effect == IAM_ALLOW) != speaks || (speaks && !str_eq_c(d.sid, "It")))
		wrong(t, "as Allow: %s", reasons[d.reason]);
	if (naive_applies(&a.naive[0], 0, req, req->resources[0]) != speaks)
		wrong(t, "the naive one differs");
	detach(&a);
	a.n = 0;
	attach(t, &a, IAM_IDENTITY_POLICY, STR("p"), document(t, version, "Deny", members));
	attach(t, &a, IAM_IDENTITY_POLICY, STR("all"),
	    document(t, version, "Allow", STR("\"Action\":\"*\",\"Resource\":\"*\"")));
	iam_decide(req, a.engine, a.n, &d);
	if (d.reason != (speaks ? IAM_REASON_EXPLICIT_DENY : IAM_REASON_ALLOW_STATEMENT))
		wrong(t, "as Deny: %s", reasons[d.reason]);
	detach(&a);
	speaks ? t->yes++ : t->no++;
}

static void
conditions(void **state)
{
	struct str line, word, version = STR("none"), members = STR("");
	struct iam_request req;
	struct words row;
	struct table t;
	size_t context = 0; /* the word that it starts with */

	(void)state;
	open_table(&t, "conditions.txt");
	while (next_row(&t, &line)) {
		split(&t, line, &row);
		word = first_word(&line);
		if (str_eq_c(word, "version")) {
			version = line;
		} else if (str_eq_c(word, "when")) {
			members = arena_fmt(t.arena,
			    "\"Action\":\"*\",\"Resource\":\"*\","
			    "\"Condition\":%.*s",
			    STR_FMT(line));
			context = 1;
		} else if (str_eq_c(word, "on")) {
			members = line;
			context = 3;
		} else {
			assert_true(str_eq_c(word, "yes") || str_eq_c(word, "no"));
			assert_true(row.n >= context);
			req = (struct iam_request){ .principal = &alice };
			req.action = context == 3 ? row.w[1] : STR("ec2:DescribeInstances");
			make_resources(&t, context == 3 ? row.w[2] : STR("*"), &req);
			make_context(&t, &row, context, &req.context);
			check_speaks(&t, version, members, &req, str_eq_c(word, "yes"));
		}
	}
	assert_true(t.yes + t.no >= 2 * ROWS_AT_LEAST && t.no >= t.yes);
	close_table(&t);
}

/* --- malformed.txt ------------------------------------------------------- */

static bool
holds(const char *text, struct str part)
{
	size_t n = strlen(text), i;

	for (i = 0; i + part.n <= n; i++)
		if (str_eq(str_of_n(text + i, part.n), part))
			return true;
	return false;
}

static struct str
complete(struct table *t, struct str kind, struct str text)
{
	if (str_ends(kind, STR("-statement")))
		return arena_fmt(t->arena, "{\"Version\":\"2012-10-17\",\"Statement\":[{%.*s}]}",
		    STR_FMT(text));
	if (str_ends(kind, STR("-when")))
		return document(t, STR("2012-10-17"), "Allow",
		    arena_fmt(t->arena, "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":%.*s",
			STR_FMT(text)));
	return text;
}

static void
malformed(void **state)
{
	struct str line, kind, place;
	struct errinfo ei;
	struct table t;

	(void)state;
	open_table(&t, "malformed.txt");
	while (next_row(&t, &line)) {
		struct iam_policy *p = NULL;
		bool bad;
		int r;

		kind = first_word(&line);
		bad = str_starts(kind, STR("bad"));
		place = bad ? first_word(&line) : STR("-");
		ei = (struct errinfo){ "" };
		r = iam_policy_parse(complete(&t, kind, line),
		    str_ends(kind, STR("-trust")) ? IAM_RESOURCE_POLICY : IAM_IDENTITY_POLICY, &p,
		    &ei);
		if (bad ? r != ERR_SYNTAX && r != ERR_TOOBIG : r != 0)
			wrong(&t, "%d, %s", r, ei.text);
		else if (bad &&
		    (ei.text[0] == '\0' || (!str_eq_c(place, "-") && !holds(ei.text, place))))
			wrong(&t, "%.*s is not in \"%s\"", STR_FMT(place), ei.text);
		iam_policy_free(p);
		bad ? t.no++ : t.yes++;
	}
	assert_true(t.no >= BAD_AT_LEAST);
	close_table(&t);
}

/* --- what no file should hold -------------------------------------------- */

/* n statements, the last of which denies. */
static void
write_statements(struct buf *b, size_t n)
{
	size_t i;

	buf_clear(b);
	buf_c(b, "{\"Statement\":[");
	for (i = 1; i < n; i++)
		buf_c(b, "{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"},");
	buf_c(b, "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}");
	assert_int_equal(buf_err(b), 0);
}

static void
ten_thousand_statements(void **state)
{
	const struct str resource = STR("*");
	const struct iam_request req = { .principal = &alice,
		.action = STR("a:b"),
		.resources = &resource,
		.n_resources = 1 };
	struct iam_attached_policy attached = { .name = STR("big") };
	struct iam_policy *p = NULL;
	struct iam_decision d;
	struct errinfo ei = { "" };
	struct buf b;

	(void)state;
	buf_init(&b, 4 << 20);
	write_statements(&b, 10000);
	assert_int_equal(iam_policy_parse(buf_view(&b), IAM_IDENTITY_POLICY, &p, &ei), 0);
	assert_int_equal(p->n, 10000);
	attached.policy = p;
	iam_decide(&req, &attached, 1, &d);
	assert_int_equal(d.reason, IAM_REASON_EXPLICIT_DENY);
	assert_int_equal(d.statement, 9999);
	iam_policy_free(p);
	write_statements(&b, 30000);
	assert_int_equal(iam_policy_parse(buf_view(&b), IAM_IDENTITY_POLICY, &p, &ei), ERR_TOOBIG);
	assert_int_equal(iam_policy_parse(STR(""), IAM_IDENTITY_POLICY, &p, &ei), ERR_SYNTAX);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decisions),
		cmocka_unit_test(conditions),
		cmocka_unit_test(malformed),
		cmocka_unit_test(ten_thousand_statements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
