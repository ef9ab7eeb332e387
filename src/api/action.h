/*
 * action: the table of all actions that a client may ask for. A row says everything about an action
 * except the work itself; pipeline.c reads it. Each service lists its rows in its own room,
 * svc/SERVICE. HACKING.md has the recipe for a new one.
 */
#ifndef API_ACTION_H
#define API_ACTION_H

#include "api/field.h"
#include "aws/awserr.h"
#include "aws/service.h"

struct call;

/*
 * Which token buckets an action draws from. Each principal has one for pushes and one for all other
 * actions. LookupEvents that are allowed draw from one more. ACTION_COSTLY is for what keeps
 * eicd-keyd-hash busy, hashing a password or looking for a code within a day, ACTION_SIMULATION for
 * what keeps core busy, simulating policies. Such a request draws from its principal's bucket like
 * others, and then from two more, of its principal and of its whole account (api/limits.h).
 */
enum action_class { ACTION_PUSH, ACTION_OTHER, ACTION_LOOKUP, ACTION_COSTLY, ACTION_SIMULATION };

struct action {
	const char *name;
	/* "ec2:RunInstances". NULL: every authentic caller may (sts:GetCallerIdentity). */
	const char *iam_action;
	enum action_class class;
	/* The audit record says so (readOnly), and its responseElements stays null. act runs
	 * without a savepoint, unless it counts once. */
	bool read_only;
	/*
	 * What act wrote stays even when act refuses, because it counts wrong codes. Such an act
	 * writes nothing else before it is sure. An internal error undoes everything all the same.
	 */
	bool keeps_writes;
	/* The answer is recorded although the action is read-only: sts:AssumeRole and
	 * sts:GetSessionToken. */
	bool records_answer;
	/* Its answer has a secret (out_secret), so its signature counts once (decision 0046): sent
	 * again, the request is answered as if it were throttled. Its act runs in a savepoint. A
	 * row that gives a secret and does not say so fails. */
	bool once;
	/* In STS: the credentials of GetSessionToken may call it. Other services do not ask. */
	bool for_user_session;
	const struct field *fields;
	size_t n_fields;
	size_t input_size; /* of the struct that fields are bound to; may be 0 */
	/*
	 * For an action that is called without a signature (api/stranger.h), and in no other way:
	 * finds out from the input who calls, and sets c->principal. It is all that stands between
	 * a stranger and the decision. Its answer may have a secret although its requests may be
	 * repeated. NULL: requests are signed.
	 */
	enum awserr (*identify)(struct call *c);
	/*
	 * Finds what the action is about. Calls call_target for every resource, and call_context
	 * for every condition key of the action's own. It may leave what it read from the store in
	 * the input struct, for act. What it writes to the store stays even if the request is
	 * refused. NULL: the resource is "*".
	 */
	enum awserr (*scope)(struct call *c);
	/* The work. Unless the action is read-only it runs in a savepoint, so that an error undoes
	 * everything it wrote. */
	enum awserr (*act)(struct call *c);
	/*
	 * For an action whose act asks keyd and goes on when keyd has answered: the rest of the
	 * work. Such an act writes nothing, and only finish runs in a savepoint. finish is called
	 * once for each act that returned AWSERR_NONE, after those of earlier requests, and before
	 * any later request whose action has no finish acts. What act found must still hold then,
	 * whatever other actions with a finish have written. NULL: act does it all.
	 */
	enum awserr (*finish)(struct call *c);
	/* Called in place of finish if finish cannot run, because the store failed. It takes the
	 * answers of keyd and drops them. A row has both or neither; api_new checks it. */
	void (*give_up)(struct call *c);
	/* For an act that serves several rows: what this row is about. May be NULL. */
	const void *about;
};

/* The rows of one file. A service's list of these ends with NULL. */
struct action_rows {
	const struct action *rows;
	size_t n;
};

/* The rows of every service. The program that uses this room hands them in. */
struct action_table {
	const struct action_rows *const *services[SERVICE_COUNT];
};

/* The row of this name, or NULL. */
const struct action *action_find(const struct action_table *t, enum service s, struct str name);

#endif
