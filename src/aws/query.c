/*
 * query: Query parameters as a tree; see query.h. The pairs are sorted by the steps of their
 * names, and then one walk builds the tree. So no input takes longer than sorting it. Pure.
 */
#include "aws/query.h"

#include <assert.h>

#include "base/num.h"
#include "base/rd.h"
#include "codec/uri.h"

struct pair {
	struct str steps[QUERY_MAX_DEPTH];
	size_t n_steps;
	struct str name, value;
};

/* The number that a step is, or 0 when it is a name. */
static uint64_t
number_of(struct str step)
{
	uint64_t n;

	return num_u64_parse(step, 1, QUERY_MAX_NUMBER, &n) == 0 ? n : 0;
}

static int
step_cmp(struct str a, struct str b)
{
	uint64_t x = number_of(a), y = number_of(b);

	if (x != 0 && y != 0)
		return x < y ? -1 : x > y;
	if (x != 0 || y != 0)
		return x != 0 ? -1 : 1;
	return str_cmp(a, b);
}

static int
pair_cmp(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	size_t i;
	int order;

	for (i = 0; i < x->n_steps && i < y->n_steps; i++)
		if ((order = step_cmp(x->steps[i], y->steps[i])) != 0)
			return order;
	return x->n_steps == y->n_steps ? 0 : x->n_steps < y->n_steps ? -1 : 1;
}

/* Splits a name at its dots. A step "member" before a number only marks a list and is
 * dropped. */
static int
split(struct pair *p)
{
	struct str rest = p->name, step;
	bool last;

	do {
		step = str_head(rest, str_index(rest, '.'));
		last = step.n == rest.n;
		rest = str_from(rest, step.n + 1);
		if (step.n == 0)
			return ERR_SYNTAX;
		if (p->n_steps > 0 && number_of(step) != 0 &&
		    str_eq_c(p->steps[p->n_steps - 1], "member"))
			p->n_steps--;
		if (p->n_steps == QUERY_MAX_DEPTH)
			return ERR_TOOBIG;
		p->steps[p->n_steps++] = step;
	} while (!last);
	return 0;
}

static int
read_pairs(struct str form, struct arena *a, struct pair **ret, size_t *ret_n, struct errinfo *ei)
{
	const struct uri_param *params;
	struct pair *pairs;
	size_t i, n, used = 0;
	int r;

	if ((r = uri_params_parse(a, form, URI_PLUS_IS_SPACE | URI_ALLOW_DUP, QUERY_MAX_PARAMS,
		 &params, &n)) != 0) {
		err_set(ei,
		    r == ERR_TOOBIG ? "The request has too many parameters."
				    : "The query string contains a syntax error.");
		return r;
	}
	pairs = arena_array(a, n, sizeof(*pairs));
	for (i = 0; i < n; i++) {
		if (str_starts(params[i].name, STR("X-Amz-")))
			continue;
		pairs[used].name = params[i].name;
		pairs[used].value = params[i].value;
		if ((r = split(&pairs[used++])) != 0) {
			err_set(ei, "The name of parameter %.*s is malformed.",
			    STR_FMT(str_head(params[i].name, 100)));
			return r;
		}
	}
	*ret = pairs;
	*ret_n = used;
	return 0;
}

/* How many steps at the front are the same in both. */
static size_t
shared(const struct pair *x, const struct pair *y)
{
	size_t i;

	for (i = 0; i < x->n_steps && i < y->n_steps; i++)
		if (!str_eq(x->steps[i], y->steps[i]))
			break;
	return i;
}

int
query_parse(struct str form, struct arena *a, const struct query **ret, struct errinfo *ei)
{
	struct query *root = arena_alloc(a, sizeof(*root)), *node;
	struct query *last[QUERY_MAX_DEPTH] = { NULL }, *parent;
	struct pair *pairs = NULL;
	size_t i, n = 0, depth;
	int r;

	if ((r = read_pairs(form, a, &pairs, &n, ei)) != 0)
		return r;
	if (n > 0)
		qsort(pairs, n, sizeof(*pairs), pair_cmp);
	for (i = 0; i < n; i++) {
		depth = i == 0 ? 0 : shared(&pairs[i - 1], &pairs[i]);
		if (depth == pairs[i].n_steps) {
			err_set(ei, "The parameter %.*s is given twice.",
			    STR_FMT(str_head(pairs[i].name, 100)));
			return ERR_DUP;
		}
		for (; depth < pairs[i].n_steps; depth++) {
			node = arena_alloc(a, sizeof(*node));
			node->name = pairs[i].steps[depth];
			parent = depth == 0 ? root : last[depth - 1];
			if (parent->child == NULL) {
				parent->child = node;
			} else {
				assert(last[depth] != NULL);
				last[depth]->next = node;
			}
			last[depth] = node;
		}
		last[depth - 1]->has_value = true;
		last[depth - 1]->value = pairs[i].value;
	}
	*ret = root;
	return 0;
}

const struct query *
query_get(const struct query *q, const char *path)
{
	struct str rest = str_of(path), step;

	while (q != NULL && rest.n > 0) {
		step = str_head(rest, str_index(rest, '.'));
		rest = str_from(rest, step.n + 1);
		for (q = q->child; q != NULL; q = q->next)
			if (str_eq(q->name, step))
				break;
	}
	return q;
}

int
query_str(const struct query *q, const char *path, struct str *ret)
{
	const struct query *node = query_get(q, path);

	if (node == NULL || !node->has_value)
		return ERR_NOTFOUND;
	*ret = node->value;
	return 0;
}

int
query_list(const struct query *q, const char *path, const struct query **ret, size_t *ret_n)
{
	const struct query *node = query_get(q, path), *item;
	size_t n = 0;

	*ret = NULL;
	*ret_n = 0;
	if (node == NULL)
		return 0;
	/* "Name=" is an empty list, as clients of IAM send it. */
	if (node->has_value && (node->value.n > 0 || node->child != NULL))
		return ERR_SYNTAX;
	for (item = node->child; item != NULL; item = item->next, n++)
		if (number_of(item->name) == 0)
			return ERR_SYNTAX;
	*ret = node->child;
	*ret_n = n;
	return 0;
}
