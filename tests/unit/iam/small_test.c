/*
 * small_test: tests that the engine and the naive evaluator decide alike in every case of a small
 * world: all policies of one or two statements over three actions, two resources, and two
 * conditions with and without set operators, for all requests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iam/policy.h"
#include "naive.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define ACCOUNT "111122223333"
#define INSTANCE "arn:aws:ec2:us-east-1:" ACCOUNT ":instance/"

static const char *const effects[] = { "Allow", "Deny" };
static const char *const actions[] = { "x:A", "x:*", "y:B" };
static const char *const resources[] = { INSTANCE "i-1", "arn:aws:ec2:*" };
static const char *const sets[] = { "", "ForAnyValue:", "ForAllValues:" };
static const char *const operators[] = { "StringEquals", "StringNotEqualsIfExists" };

/* No condition, or one of the operators with one of the sets. */
#define CONDITIONS (1 + N(sets) * N(operators))
#define STATEMENTS (N(effects) * N(actions) * N(resources) * CONDITIONS)

static const char *const asked_actions[] = { "x:A", "x:C", "y:B" };
static const struct str asked_resources[] = { { INSTANCE "i-1", sizeof(INSTANCE "i-1") - 1 },
	{ INSTANCE "i-2", sizeof(INSTANCE "i-2") - 1 } };

/* The key is absent, or has these values. */
static const struct str a_and_b[] = { { "a", 1 }, { "b", 1 } };
static const struct {
	bool there;
	const struct str *values;
	size_t n;
} contexts[] = { { false, NULL, 0 }, { true, a_and_b, 0 }, { true, a_and_b, 1 },
	{ true, a_and_b + 1, 1 }, { true, a_and_b, 2 } };

static const struct iam_principal alice = { .type = IAM_USER,
	.arn = { "arn:aws:iam::" ACCOUNT ":user/alice", 31 },
	.account_id = { ACCOUNT, 12 },
	.user_id = { "AIDA1", 5 },
	.name = { "alice", 5 } };

/* Takes the next digit of a number whose digits have different bases. */
static size_t
digit(size_t *number, size_t base)
{
	size_t d = *number % base;

	*number /= base;
	return d;
}

static void
write_statement(struct buf *b, size_t number)
{
	const char *effect = effects[digit(&number, N(effects))];
	const char *action = actions[digit(&number, N(actions))];
	const char *resource = resources[digit(&number, N(resources))];

	buf_fmt(b, "{\"Effect\":\"%s\",\"Action\":\"%s\",\"Resource\":\"%s\"", effect, action,
	    resource);
	if (number > 0) {
		number--;
		buf_fmt(b, ",\"Condition\":{\"%s%s\":{\"k:k\":\"a\"}}", sets[number % N(sets)],
		    operators[number / N(sets)]);
	}
	buf_c(b, "}");
}

struct world {
	struct buf document;
	size_t cases, allowed, denied;
};

static void
compare(struct world *w, const struct iam_request *rq, const struct iam_attached_policy *engine,
    const struct naive_policy *naive)
{
	struct naive_verdict v = naive_decide(rq, naive, 1);
	struct iam_decision d;

	iam_decide(rq, engine, 1, &d);
	w->cases++;
	w->allowed += d.effect == IAM_ALLOW;
	w->denied += d.reason == IAM_REASON_EXPLICIT_DENY;
	if (d.effect != v.effect || d.reason != v.reason)
		fail_msg(
		    "%.*s: %.*s on %.*s with %zu values (%d): engine %d for %d, naive %d for %d",
		    STR_FMT(buf_view(&w->document)), STR_FMT(rq->action), STR_FMT(*rq->resources),
		    rq->context.n > 0 ? rq->context.entries->n_values : 0, (int)rq->context.n,
		    (int)d.effect, (int)d.reason, (int)v.effect, (int)v.reason);
}

/* Asks everything that can be asked. */
static void
ask_all(struct world *w, const struct iam_attached_policy *engine, const struct naive_policy *naive)
{
	struct iam_context_entry entry = { .key = STR("k:k") };
	struct iam_request rq = { .principal = &alice, .n_resources = 1 };
	size_t a, r, c;

	for (c = 0; c < N(contexts); c++) {
		entry.values = contexts[c].values;
		entry.n_values = contexts[c].n;
		rq.context = (struct iam_context){ &entry, contexts[c].there ? 1 : 0 };
		for (a = 0; a < N(asked_actions); a++) {
			rq.action = str_of(asked_actions[a]);
			for (r = 0; r < N(asked_resources); r++) {
				rq.resources = &asked_resources[r];
				compare(w, &rq, engine, naive);
			}
		}
	}
}

/* The policy of these two statements; of one if they are the same. */
static void
one_policy(struct world *w, size_t first, size_t second)
{
	struct iam_policy *p = NULL;
	struct json *doc = NULL;
	struct errinfo ei = { "" };

	buf_clear(&w->document);
	buf_c(&w->document, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	write_statement(&w->document, first);
	if (first != second) {
		buf_c(&w->document, ",");
		write_statement(&w->document, second);
	}
	buf_c(&w->document, "]}");
	if (iam_policy_parse(buf_view(&w->document), IAM_IDENTITY_POLICY, &p, &ei) != 0 ||
	    json_parse(buf_view(&w->document), 65536, 16, &doc, &ei) != 0)
		fail_msg("%.*s: %s", STR_FMT(buf_view(&w->document)), ei.text);
	ask_all(w, &(struct iam_attached_policy){ IAM_IDENTITY_POLICY, STR("p"), p },
	    &(struct naive_policy){ IAM_IDENTITY_POLICY, doc });
	iam_policy_free(p);
	json_free(doc);
}

static void
engine_and_naive_agree(void **state)
{
	struct world w = { .cases = 0 };
	size_t first, second;

	(void)state;
	buf_init(&w.document, 4096);
	/* In which order the statements stand does not matter (random_test.c). */
	for (first = 0; first < STATEMENTS; first++)
		for (second = first; second < STATEMENTS; second++)
			one_policy(&w, first, second);
	assert_int_equal(w.cases,
	    STATEMENTS * (STATEMENTS + 1) / 2 * N(contexts) * N(asked_actions) *
		N(asked_resources));
	/* Each end is reached, and often. */
	assert_true(w.allowed > w.cases / 10 && w.denied > w.cases / 10);
	buf_release(&w.document);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_and_naive_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
