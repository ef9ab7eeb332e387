/*
 * parked: see parked.h.
 */
#include "api/parked.h"

#include <sys/queue.h>

#include "api/limits.h"
#include "base/alloc.h"
#include "store/store_account.h"

#define HEADERS_BYTES ((size_t)64 << 20)

struct question {
	struct buf bytes; /* what about and ask point into */
	struct str about;
	struct keyd_hash ask;
	struct keyd_question *under_way; /* NULL: keyd does not have it now */
	bool answered;
	int result;
	struct keyd_hash_answer answer;
};

struct parked {
	struct parked_list *list;
	TAILQ_ENTRY(parked) all;
	bool in_batch; /* a batch runs it; false: it waits */
	bool paid;     /* its account's token for a costly request was taken */
	struct str account_id, who;
	struct api_request req;
	struct arena *arena; /* holds what req points to, except target and body */
	struct buf secret;   /* holds target and body, in which there may be a password */
	struct question *questions[PARKED_MAX_QUESTIONS];
	size_t n;
};

struct parked_list {
	const struct keyd_port *keyd;
	TAILQ_HEAD(, parked) all; /* oldest first */
	size_t n, n_asked;
};

/* ---- questions ---- */

static struct str
copy(struct buf *b, struct str s)
{
	size_t at = b->n;

	buf_str(b, s);
	return str_of_n(b->p + at, s.n);
}

static struct question *
question_new(struct str about, const struct keyd_hash *ask)
{
	size_t n = about.n + ask->sealed.n + ask->text.n;
	struct question *q = xalloc(sizeof(*q));

	/* The buffer must not grow, because that could leave a copy of a password behind. */
	buf_init(&q->bytes, n + 1);
	(void)buf_reserve(&q->bytes, n + 1);
	q->ask = *ask;
	q->about = copy(&q->bytes, about);
	q->ask.sealed = copy(&q->bytes, ask->sealed);
	q->ask.text = copy(&q->bytes, ask->text);
	return q;
}

static void
question_finish(struct parked_list *l, struct question *q)
{
	q->result = l->keyd->hash_finish(l->keyd->ctx, q->under_way, &q->ask, &q->answer);
	q->under_way = NULL;
	q->answered = true;
	l->n_asked--;
}

static void
question_free(struct parked_list *l, struct question *q)
{
	if (q->under_way != NULL)
		question_finish(l, q);
	buf_wipe(&q->bytes);
	buf_wipe(&q->answer.first);
	buf_wipe(&q->answer.second);
	xfree(q);
}

static bool
is_same(const struct question *q, struct str about, const struct keyd_hash *ask)
{
	return q->ask.kind == ask->kind && q->ask.key_kind == ask->key_kind &&
	    q->ask.first_step == ask->first_step && q->ask.last_step == ask->last_step &&
	    str_eq(q->about, about) && str_eq(q->ask.sealed, ask->sealed) &&
	    str_eq(q->ask.text, ask->text);
}

/* ---- requests ---- */

static void
request_copy(struct parked *p, const struct api_request *from)
{
	struct http_header *h =
	    arena_array(p->arena, from->n_headers > 0 ? from->n_headers : 1, sizeof(*h));
	size_t i, n = from->target.n + from->body.n;

	p->req = *from;
	p->req.request_id = arena_str(p->arena, from->request_id);
	p->req.peer_ip = arena_str(p->arena, from->peer_ip);
	p->req.tls_version = arena_str(p->arena, from->tls_version);
	p->req.tls_cipher = arena_str(p->arena, from->tls_cipher);
	p->req.sni = arena_str(p->arena, from->sni);
	p->req.method = arena_str(p->arena, from->method);
	for (i = 0; i < from->n_headers; i++)
		h[i] = (struct http_header){ arena_str(p->arena, from->headers[i].name),
			arena_str(p->arena, from->headers[i].value) };
	p->req.headers = h;
	buf_init(&p->secret, n + 1);
	(void)buf_reserve(&p->secret, n + 1);
	p->req.target = copy(&p->secret, from->target);
	p->req.body = copy(&p->secret, from->body);
	p->req.parked = p;
}

/* How many requests of one account may wait: all, if it is the only one. */
static size_t
share(struct call *c)
{
	struct store_account *unused;
	size_t n;

	return store_account_list(c->region->store, c->arena, &unused, &n) == 0 && n == 1
	    ? PARKED_MAX
	    : PARKED_MAX_OF_ACCOUNT;
}

static bool
has_room(const struct parked_list *l, struct call *c)
{
	size_t of_account = 0, of_principal = 0;
	const struct parked *p;

	TAILQ_FOREACH(p, &l->all, all) {
		of_account += str_eq(p->account_id, c->principal.account_id);
		of_principal += str_eq(p->who, c->owner);
	}
	return l->n < PARKED_MAX && of_principal < PARKED_MAX_OF_PRINCIPAL && of_account < share(c);
}

/* NULL: too many requests wait. */
static struct parked *
parked_new(struct parked_list *l, struct call *c)
{
	struct parked *p;

	if (!has_room(l, c))
		return NULL;
	p = xalloc(sizeof(*p));
	p->list = l;
	p->in_batch = true;
	p->arena = arena_new(HEADERS_BYTES);
	p->account_id = arena_str(p->arena, c->principal.account_id);
	p->who = arena_str(p->arena, c->owner);
	request_copy(p, c->req);
	TAILQ_INSERT_TAIL(&l->all, p, all);
	l->n++;
	return p;
}

void
parked_free(struct parked *p)
{
	if (p == NULL)
		return;
	TAILQ_REMOVE(&p->list->all, p, all);
	p->list->n--;
	while (p->n > 0)
		question_free(p->list, p->questions[--p->n]);
	buf_wipe(&p->secret);
	arena_free(p->arena);
	xfree(p);
}

void
parked_wait(struct parked *p)
{
	p->in_batch = false;
}

/* A place to wait, and the account's token. The request needs each only once. */
static int
admit(struct call *c)
{
	if (c->parked == NULL)
		c->parked = parked_new(c->api->parked, c);
	if (c->parked == NULL || (!c->parked->paid && limits_cost(c) != AWSERR_NONE)) {
		c->crowded = true;
		return ERR_FULL;
	}
	c->parked->paid = true;
	return 0;
}

int
parked_ask(struct call *c, struct str about, const struct keyd_hash *ask,
    const struct keyd_hash_answer **ret)
{
	struct question *q;
	size_t i;
	int r;

	for (i = 0; c->parked != NULL && i < c->parked->n; i++) {
		q = c->parked->questions[i];
		if (q->answered && is_same(q, about, ask)) {
			*ret = &q->answer;
			return q->result;
		}
	}
	if ((r = admit(c)) != 0)
		return r;
	if (c->parked->n == PARKED_MAX_QUESTIONS)
		return ERR_TOOBIG;
	c->parked->questions[c->parked->n++] = question_new(about, ask);
	c->leaves = true;
	return ERR_AGAIN;
}

/* ---- the list ---- */

struct parked_list *
parked_list_new(const struct keyd_port *keyd)
{
	struct parked_list *l = xalloc(sizeof(*l));

	l->keyd = keyd;
	TAILQ_INIT(&l->all);
	return l;
}

void
parked_list_free(struct parked_list *l)
{
	if (l == NULL)
		return;
	while (!TAILQ_EMPTY(&l->all))
		parked_free(TAILQ_FIRST(&l->all));
	xfree(l);
}

size_t
parked_count(const struct parked_list *l)
{
	return l->n;
}

/* The question that p waits for. NULL: all are answered. */
static struct question *
open_question(const struct parked *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (!p->questions[i]->answered)
			return p->questions[i];
	}
	return NULL;
}

void
parked_step(struct parked_list *l)
{
	struct question *q;
	struct parked *p;

	TAILQ_FOREACH(p, &l->all, all) {
		if ((q = open_question(p)) != NULL && q->under_way != NULL &&
		    l->keyd->hash_ready(l->keyd->ctx, q->under_way))
			question_finish(l, q);
	}
	TAILQ_FOREACH(p, &l->all, all) {
		if (l->n_asked == PARKED_MAX_ASKED)
			break;
		if ((q = open_question(p)) == NULL || q->under_way != NULL)
			continue;
		q->under_way = l->keyd->hash_begin(l->keyd->ctx, &q->ask);
		l->n_asked++;
	}
}

size_t
parked_resume(struct parked_list *l, struct api_request *ret, size_t max)
{
	struct parked *p;
	size_t n = 0;

	parked_step(l);
	TAILQ_FOREACH(p, &l->all, all) {
		if (n == max)
			break;
		if (p->in_batch || open_question(p) != NULL)
			continue;
		p->in_batch = true;
		ret[n++] = p->req;
	}
	return n;
}
