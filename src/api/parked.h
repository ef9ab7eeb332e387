/*
 * parked: requests that wait for eicd-keyd-hash, because they need something that takes long: a
 * password to be hashed, or a one-time code to be looked for. Such a request leaves its batch, and
 * has done nothing. When the answer is there, it is run again from its start in a later batch. It
 * is then decided, recorded and answered by what the store says at that time.
 *
 * Each answer is kept with its question. When the request is run again and asks the same question
 * for the same entity, it gets that answer. When it asks another question, because the user or the
 * password has changed in between, it waits again.
 *
 * The number of requests that wait is limited, in all, for each account and for each principal.
 * Only a few questions are with keyd at a time; those of the oldest request come first.
 *
 * Since everything about a request is checked anew, one that was signed almost clock_skew ago may
 * expire while it waits. It is then refused.
 */
#ifndef API_PARKED_H
#define API_PARKED_H

#include "api/request.h"
#include "region/ports.h"

struct call;
struct parked; /* one request */
struct parked_list;

#define PARKED_MAX 32
#define PARKED_MAX_OF_ACCOUNT 8 /* if there are several accounts */
#define PARKED_MAX_OF_PRINCIPAL 3
/* How many questions are with keyd at a time: the one that it works on, and the next. A question
 * that had to wait there for many others would be taken for one that keyd does not answer. */
#define PARKED_MAX_ASKED 2
/* How many questions one request may ask. Two codes of an MFA device can take 16. */
#define PARKED_MAX_QUESTIONS 20

/* keyd is borrowed. */
struct parked_list *parked_list_new(const struct keyd_port *keyd);
/* Waits for the questions that are with keyd, and drops all requests. NULL is fine. */
void parked_list_free(struct parked_list *l);
size_t parked_count(const struct parked_list *l);

/*
 * Asks ask for the entity with the id about. *ret is the answer; it belongs to the request and
 * lives as long. An act or a scope calls this before it writes anything. Errors are those of
 * keyd_port, and:
 * ERR_AGAIN    there is no answer yet; the request leaves its batch, and c->leaves is set
 * ERR_FULL     too many requests wait, or the account has no token for a costly request
 *              (api/limits.h); c->crowded is set
 * ERR_TOOBIG   the request has asked PARKED_MAX_QUESTIONS questions
 * call_internal turns each of them into what the client is told.
 */
int parked_ask(struct call *c, struct str about, const struct keyd_hash *ask,
    const struct keyd_hash_answer **ret) MUST_CHECK;

/* For a request that has left its batch, after the commit: lets its questions be asked. */
void parked_wait(struct parked *p);
/* For a request that is answered. Overwrites its questions and their answers. NULL is fine. */
void parked_free(struct parked *p);

/* Takes the answers that are there, and asks keyd the next questions. Does not wait. */
void parked_step(struct parked_list *l);
/* Writes to ret the requests whose questions are answered, the oldest first, at most max, and
 * returns how many. The next batch must run them. They live until they are answered. */
size_t parked_resume(struct parked_list *l, struct api_request *ret, size_t max);

#endif
