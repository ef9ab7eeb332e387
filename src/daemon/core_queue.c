/*
 * core_queue: see core_queue.h. Each client has a time of its own, which goes on by what its
 * requests cost. The next request is one of the client whose time is the earliest. The time of the
 * queue is that of the client whose request was taken last; a client that comes back after a pause
 * starts there, so it has no claim for the time in which it asked nothing.
 */
#include "daemon/core_queue.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/map.h"
#include "iam/cidr.h"

#define REQUEST_BYTES ((size_t)64 << 20)
/* So many are remembered at most: clients that have nothing waiting, keys, and empty requests. */
#define MAX_IDLE 1024
#define MAX_KEYS 4096
#define MAX_SPARE 128
#define MAX_ID_BYTES 8192
/* What a request of a client that is not known costs. */
#define FIRST_ESTIMATE (CORE_QUEUE_BATCH_WORK / 64)
/* What a request takes of the room, beside its body. */
#define SELF_BYTES 65536

TAILQ_HEAD(queued_list, queued);

struct core_client {
	char *id; /* "principal ..." or "address ..." */
	uint64_t time;
	uint64_t estimate; /* of the cost of a request */
	bool reserved;
	size_t n, bytes; /* of its requests that wait */
	size_t running;  /* requests that were taken */
	struct queued_list waiting;
	TAILQ_ENTRY(core_client) all; /* in the order of the last request */
};

/* A key that a principal's good request named, and the address from which it came. */
struct known_key {
	char *id;     /* "KEY ADDRESS" */
	char *client; /* the principal's id as a client */
	TAILQ_ENTRY(known_key) all;
};

struct core_queue {
	struct map *clients_by_id, *keys_by_id;
	TAILQ_HEAD(, core_client) clients;
	TAILQ_HEAD(, known_key) keys;
	size_t n_clients, n_keys;
	uint64_t time;
	/* What the reserved had before their turn, and the others have not had since. */
	uint64_t ahead;
	size_t n, bytes; /* that wait */
	struct queued_list spare;
	size_t n_spare;
};

struct core_queue *
core_queue_new(const struct rng *rng)
{
	struct core_queue *q = xalloc(sizeof(*q));

	q->clients_by_id = map_new(rng);
	q->keys_by_id = map_new(rng);
	TAILQ_INIT(&q->clients);
	TAILQ_INIT(&q->keys);
	TAILQ_INIT(&q->spare);
	return q;
}

static void
request_free(struct queued *r)
{
	arena_free(r->arena);
	xfree(r);
}

static void
requests_free(struct queued_list *l)
{
	struct queued *r;

	while ((r = TAILQ_FIRST(l)) != NULL) {
		TAILQ_REMOVE(l, r, next);
		request_free(r);
	}
}

static void
client_free(struct core_queue *q, struct core_client *c)
{
	requests_free(&c->waiting);
	(void)map_remove(q->clients_by_id, str_of(c->id));
	TAILQ_REMOVE(&q->clients, c, all);
	q->n_clients--;
	xfree(c->id);
	xfree(c);
}

static void
key_free(struct core_queue *q, struct known_key *k)
{
	(void)map_remove(q->keys_by_id, str_of(k->id));
	TAILQ_REMOVE(&q->keys, k, all);
	q->n_keys--;
	xfree(k->id);
	xfree(k->client);
	xfree(k);
}

void
core_queue_free(struct core_queue *q)
{
	if (q == NULL)
		return;
	while (!TAILQ_EMPTY(&q->clients))
		client_free(q, TAILQ_FIRST(&q->clients));
	while (!TAILQ_EMPTY(&q->keys))
		key_free(q, TAILQ_FIRST(&q->keys));
	requests_free(&q->spare);
	map_free(q->clients_by_id);
	map_free(q->keys_by_id);
	xfree(q);
}

size_t
core_queue_count(const struct core_queue *q)
{
	return q->n;
}

/* ---- requests ---- */

struct queued *
core_queue_request(struct core_queue *q)
{
	struct queued *r = TAILQ_FIRST(&q->spare);

	if (r != NULL) {
		TAILQ_REMOVE(&q->spare, r, next);
		q->n_spare--;
		return r;
	}
	r = xalloc(sizeof(*r));
	r->arena = arena_new(REQUEST_BYTES);
	return r;
}

void
core_queue_drop(struct core_queue *q, struct queued *r)
{
	if (q->n_spare == MAX_SPARE) {
		request_free(r);
		return;
	}
	arena_reset(r->arena);
	*r = (struct queued){ .arena = r->arena };
	TAILQ_INSERT_HEAD(&q->spare, r, next);
	q->n_spare++;
}

/* ---- clients and keys ---- */

/* The two words as one text, which the caller frees. */
static char *
id_new(struct str a, struct str b)
{
	struct buf id;
	char *text;

	buf_init(&id, MAX_ID_BYTES);
	buf_str(&id, str_head(a, MAX_ID_BYTES / 4));
	buf_ch(&id, ' ');
	buf_str(&id, str_head(b, MAX_ID_BYTES / 4));
	text = str_dup(buf_view(&id));
	buf_release(&id);
	return text;
}

static char *
principal_id_new(struct str principal)
{
	return id_new(STR("principal"), principal);
}

static char *
key_id_new(const struct queued *r)
{
	return id_new(r->key, r->rq.peer_ip);
}

/* Forgets clients that asked for nothing for the longest time. */
static void
clients_forget(struct core_queue *q)
{
	struct core_client *c, *next;

	for (c = TAILQ_FIRST(&q->clients); c != NULL && q->n_clients > MAX_IDLE; c = next) {
		next = TAILQ_NEXT(c, all);
		if (c->n == 0 && c->running == 0)
			client_free(q, c);
	}
}

/* The client of this id, which is taken over. */
static struct core_client *
client_get(struct core_queue *q, char *id)
{
	struct core_client *c = map_get(q->clients_by_id, str_of(id));

	if (c != NULL) {
		xfree(id);
		TAILQ_REMOVE(&q->clients, c, all);
	} else {
		clients_forget(q);
		c = xalloc(sizeof(*c));
		c->id = id;
		c->time = q->time;
		c->estimate = FIRST_ESTIMATE;
		TAILQ_INIT(&c->waiting);
		(void)map_put(q->clients_by_id, str_of(c->id), c);
		q->n_clients++;
	}
	TAILQ_INSERT_TAIL(&q->clients, c, all);
	return c;
}

static struct core_client *
client_of(struct core_queue *q, const struct queued *r)
{
	char *id = key_id_new(r);
	const struct known_key *k = map_get(q->keys_by_id, str_of(id));

	xfree(id);
	return client_get(q,
	    k != NULL ? str_dup(str_of(k->client))
		      : id_new(STR("address"), cidr_host(r->arena, r->rq.peer_ip)));
}

/* The request was signed by this principal: its key is known now. */
static void
key_learn(struct core_queue *q, const struct queued *r, struct str principal)
{
	char *id = key_id_new(r);
	struct known_key *k = map_get(q->keys_by_id, str_of(id));

	if (k != NULL)
		key_free(q, k);
	if (q->n_keys == MAX_KEYS)
		key_free(q, TAILQ_FIRST(&q->keys));
	k = xalloc(sizeof(*k));
	k->id = id;
	k->client = principal_id_new(principal);
	(void)map_put(q->keys_by_id, str_of(k->id), k);
	TAILQ_INSERT_TAIL(&q->keys, k, all);
	q->n_keys++;
}

/* ---- waiting ---- */

static void
wait_ends(struct core_queue *q, struct queued *r)
{
	TAILQ_REMOVE(&r->client->waiting, r, next);
	r->client->n--;
	r->client->bytes -= r->bytes;
	q->n--;
	q->bytes -= r->bytes;
}

/* The last request of the client that takes the most room. */
static struct queued *
too_much(struct core_queue *q)
{
	struct core_client *c, *most = NULL;

	TAILQ_FOREACH(c, &q->clients, all) {
		if (c->n > 0 && (most == NULL || c->bytes > most->bytes))
			most = c;
	}
	assert(most != NULL);
	return TAILQ_LAST(&most->waiting, queued_list);
}

struct queued *
core_queue_add(struct core_queue *q, struct queued *r, struct str key)
{
	struct core_client *c;
	struct queued *out;

	r->key = arena_str(r->arena, key);
	r->bytes = r->rq.body.n + r->rq.target.n + SELF_BYTES;
	r->client = c = client_of(q, r);
	if (c->n == 0 && c->running == 0 && c->time < q->time)
		c->time = q->time;
	TAILQ_INSERT_TAIL(&c->waiting, r, next);
	c->n++;
	c->bytes += r->bytes;
	q->n++;
	q->bytes += r->bytes;
	if (q->n <= CORE_QUEUE_MAX &&
	    q->bytes <= CORE_QUEUE_MAX_BYTES + (size_t)CORE_QUEUE_MAX * SELF_BYTES)
		return NULL;
	out = too_much(q);
	wait_ends(q, out);
	return out;
}

/* ---- the next batch ---- */

enum who { ANYBODY, RESERVED, OTHERS };

/* The client of these who is next; NULL: none of them waits. */
static struct core_client *
earliest(struct core_queue *q, enum who who)
{
	struct core_client *c, *first = NULL;

	TAILQ_FOREACH(c, &q->clients, all) {
		if (c->n > 0 && (who == ANYBODY || c->reserved == (who == RESERVED)) &&
		    (first == NULL || c->time < first->time))
			first = c;
	}
	return first;
}

/* Who is served next with at most so much work, before its turn if that may be and it is reserved;
 * NULL: that would be too much. */
static struct core_client *
next_client(struct core_queue *q, uint64_t room, bool may_be_early, bool *ret_early)
{
	struct core_client *c = may_be_early ? earliest(q, RESERVED) : NULL;

	*ret_early = c != NULL && c->estimate <= room;
	/* One that waits for the next batch does not keep the others out of this one. */
	if (!*ret_early)
		c = earliest(q, c != NULL ? OTHERS : ANYBODY);
	return c != NULL && c->estimate <= room ? c : NULL;
}

/* Takes the first request of this client. */
static struct queued *
request_take(struct core_queue *q, struct core_client *c, bool early)
{
	struct queued *r = TAILQ_FIRST(&c->waiting);

	wait_ends(q, r);
	r->paid = c->estimate;
	r->early = early;
	c->running++;
	/* One that is served before its turn does not say what the time is. */
	if (!early && q->time < c->time)
		q->time = c->time;
	c->time += r->paid;
	if (early)
		q->ahead += r->paid;
	else if (!c->reserved)
		q->ahead -= r->paid < q->ahead ? r->paid : q->ahead;
	return r;
}

size_t
core_queue_take(struct core_queue *q, struct queued **ret, size_t max)
{
	uint64_t room = UINT64_MAX, reserved;
	struct core_client *c;
	size_t n = 0;
	bool early;

	/* Nobody was kept waiting. */
	if (earliest(q, OTHERS) == NULL)
		q->ahead = 0;
	reserved = q->ahead;
	while (n < max &&
	    (c = next_client(q, room, reserved < CORE_QUEUE_BATCH_WORK / 2, &early)) != NULL) {
		ret[n] = request_take(q, c, early);
		reserved += early ? ret[n]->paid : 0;
		if (n == 0)
			room = CORE_QUEUE_BATCH_WORK;
		room -= ret[n]->paid < room ? ret[n]->paid : room;
		n++;
	}
	return n;
}

/* Sets right what was counted for a request before it had run. */
static void
paid_correct(struct core_queue *q, const struct queued *r, uint64_t work)
{
	r->client->time -= r->paid;
	if (r->early)
		q->ahead = q->ahead + work > r->paid ? q->ahead + work - r->paid : 0;
}

void
core_queue_done(struct core_queue *q, struct queued *r, const struct api_response *resp)
{
	struct core_client *c = r->client;

	c->running--;
	if (resp->work > 0)
		paid_correct(q, r, resp->work);
	/* It costs whose it was, although it may have waited as a stranger. */
	if (resp->principal.n > 0) {
		key_learn(q, r, resp->principal);
		c = client_get(q, principal_id_new(resp->principal));
		c->reserved |= resp->reserved;
	}
	c->time += resp->work;
	/* The most that one cost lately. */
	if (resp->work > 0)
		c->estimate -= c->estimate / 8;
	if (c->estimate < resp->work)
		c->estimate = resp->work;
	core_queue_drop(q, r);
}
