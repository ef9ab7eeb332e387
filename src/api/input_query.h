/*
 * input_query: from the parameters of a Query protocol (aws/query) to the input struct of an
 * action, by the action's rows.
 */
#ifndef API_INPUT_QUERY_H
#define API_INPUT_QUERY_H

#include "api/call.h"

/*
 * Fills base, the struct that fields are bound to. path: the full name of what
 * is read, for messages; empty for the request as such. A member that has no row is an error, as on
 * AWS. AWSERR_NONE, or an error whose message names the member.
 */
enum awserr input_query_read(struct call *c, const struct field *fields, size_t n,
    const struct query *q, struct str path, void *base);

#endif
