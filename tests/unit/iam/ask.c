/*
 * ask: see ask.h.
 */
#include "ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static const struct iam_principal principals[] = {
	{ .type = IAM_USER,
	    .arn = { ASK_USER, sizeof(ASK_USER) - 1 },
	    .account_id = { ASK_ACCOUNT, 12 },
	    .user_id = { "AIDA0123456789ABCDEF", 20 },
	    .name = { "alice", 5 } },
	{ .type = IAM_ASSUMED_ROLE,
	    .arn = { ASK_SESSION, sizeof(ASK_SESSION) - 1 },
	    .account_id = { ASK_ACCOUNT, 12 },
	    .user_id = { "AROA0123456789ABCDEF:s", 22 },
	    .name = { "s", 1 },
	    .role_arn = { ASK_ROLE, sizeof(ASK_ROLE) - 1 } },
	{ .type = IAM_ROOT,
	    .arn = { ASK_ROOT, sizeof(ASK_ROOT) - 1 },
	    .account_id = { ASK_ACCOUNT, 12 },
	    .user_id = { ASK_ACCOUNT, 12 } },
};

static void
choose_principal(const char *arn, struct iam_principal *ret)
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (arn == NULL || str_eq_c(principals[i].arn, arn)) {
			*ret = principals[i];
			return;
		}
	fail_msg("no such principal: %s", arn);
}

static size_t
count(struct str s, char c)
{
	size_t i, n = 1;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == c ? 1 : 0;
	return n;
}

/* The text up to the next c, which is taken too. */
static struct str
next(struct str *s, char c)
{
	struct str head = str_head(*s, str_index(*s, c));

	*s = str_from(*s, head.n + 1);
	return head;
}

static void
read_context(struct arena *a, struct str text, struct iam_context *ret)
{
	struct iam_context_entry *entries = arena_array(a, count(text, ';'), sizeof(*entries));
	struct str one, *values;
	size_t i, j;

	ret->entries = entries;
	for (i = 0; text.n > 0; i++) {
		one = next(&text, ';');
		entries[i].n_values = str_index(one, '=') == one.n ? 0 : count(one, '|');
		entries[i].key = next(&one, '=');
		values = arena_array(a, entries[i].n_values, sizeof(*values));
		entries[i].values = values;
		for (j = 0; j < entries[i].n_values; j++)
			values[j] = next(&one, '|');
	}
	ret->n = i;
}

static void
read_policies(const struct ask *q, struct ask_answer *a)
{
	static const struct str names[] = { { "p0", 2 }, { "p1", 2 }, { "p2", 2 }, { "p3", 2 } };
	struct errinfo ei;

	for (a->n = 0; a->n < ASK_POLICIES && q->policies[a->n].json != NULL; a->n++) {
		if (iam_policy_parse(str_of(q->policies[a->n].json), q->policies[a->n].type,
			&a->policies[a->n], &ei) != 0)
			fail_msg("%s: %s", q->policies[a->n].json, ei.text);
		a->attached[a->n] = (struct iam_attached_policy){ q->policies[a->n].type,
			names[a->n], a->policies[a->n] };
	}
}

void
ask(const struct ask *q, struct ask_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->arena = arena_new(65536);
	choose_principal(q->arn, &ret->principal);
	ret->resources[0] = str_of(q->resource == NULL ? ASK_INSTANCE : q->resource);
	ret->resources[1] = str_of(q->resource2);
	ret->req = (struct iam_request){ .principal = &ret->principal,
		.action = str_of(q->action == NULL ? ASK_PUSH : q->action),
		.resources = ret->resources,
		.n_resources = q->resource2 == NULL ? 1 : 2 };
	read_context(ret->arena, str_of(q->context), &ret->req.context);
	read_policies(q, ret);
	iam_decide(&ret->req, ret->attached, ret->n, &ret->d);
}

void
ask_release(struct ask_answer *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		iam_policy_free(a->policies[i]);
	arena_free(a->arena);
}
