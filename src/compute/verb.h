/*
 * verb: what eicd-compute may be told to run: the driver's verbs, the options
 * that each takes, and the form of every value (docs/PROTOCOL.md 3). It is the
 * wall between core, which parses the network, and a root process: what has
 * no row here is not run. Only eicd-compute reads this table: core names verbs
 * and options itself, and what it gets wrong is refused here.
 */
#ifndef COMPUTE_VERB_H
#define COMPUTE_VERB_H

#include "base/err.h"
#include "base/str.h"

#define VERB_MAX_OPTIONS 16

struct verb_option {
	struct str name; /* without the leading dashes */
	struct str value;
};

/*
 * Checks a command. ret_id is the id that the command is about (instance, else
 * VPC): commands for one id never run side by side. It is a view into options.
 *
 * Errors, with ei filled: ERR_NOTFOUND (no such verb), ERR_SYNTAX (an option
 * that the verb does not take, a value that is not of its form), ERR_DUP (an
 * option twice), ERR_RANGE (an option is missing).
 */
int verb_check(struct str verb, const struct verb_option *options, size_t n, struct str *ret_id,
    struct errinfo *ei) MUST_CHECK;

#endif
