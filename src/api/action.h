/*
 * action: the table of everything that can be asked for. A row says all about
 * an action that is not the work itself; pipeline.c reads it. HACKING.md has the
 * recipe for a new one. Each service lists its rows in its room, svc/SERVICE.
 */
#ifndef API_ACTION_H
#define API_ACTION_H

#include "api/field.h"
#include "aws/awserr.h"
#include "aws/service.h"

struct call;

/*
 * Which bucket an action draws from: of its principal; lookups, of the account. What
 * has a password hashed, or a code looked for within a day, keeps keyd, and with it
 * everybody's requests, for long: it has one of its own, which is small.
 */
enum action_class { ACTION_PUSH, ACTION_OTHER, ACTION_LOOKUP, ACTION_HASHING };

struct action {
	const char *name;
	/* "ec2:RunInstances"; NULL: whoever is authentic may (sts:GetCallerIdentity). */
	const char *iam_action;
	enum action_class class;
	bool read_only; /* audit: readOnly, and responseElements stays null */
	/* What act wrote stays when it refuses: it counts wrong codes, and writes
	 * nothing else before it is sure. Internal errors undo all the same. */
	bool keeps_writes;
	/* What sts:AssumeRole answers is recorded, although it is read-only. */
	bool records_answer;
	const struct field *fields;
	size_t n_fields;
	size_t input_size; /* of the struct that fields are bound to; may be 0 */
	/*
	 * Finds what the action is about: call_target for every resource,
	 * call_context for every condition key of its own. NULL: "*". What it
	 * read from the store it may leave in the input struct for act.
	 */
	enum awserr (*scope)(struct call *c);
	/* The work. In a savepoint: an error undoes all it wrote. */
	enum awserr (*act)(struct call *c);
	/*
	 * Of an action whose act asks keyd and goes on when keyd has answered: the rest
	 * of the work. Then act writes nothing, and only finish is in a savepoint. It is
	 * called once for each act that returned AWSERR_NONE, after those of earlier
	 * requests, and before any later request that is not of this kind acts. What act
	 * found must still hold then, whatever others of this kind have written. NULL:
	 * act does it all.
	 */
	enum awserr (*finish)(struct call *c);
	/* What this row is about, for an act that serves several. May be NULL. */
	const void *about;
};

/* The rows of one file of acts; a service's list of these ends with NULL. */
struct action_rows {
	const struct action *rows;
	size_t n;
};

/* All that can be asked for: the rows of each service, as whoever starts the
 * program hands them in. */
struct action_table {
	const struct action_rows *const *services[SERVICE_COUNT];
};

/* The row, or NULL. */
const struct action *action_find(const struct action_table *t, enum service s, struct str name);

#endif
