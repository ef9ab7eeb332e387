/*
 * input_query: reads the parameters of a Query protocol (aws/query.h) into the input struct of an
 * action, as the action's rows say.
 */
#ifndef API_INPUT_QUERY_H
#define API_INPUT_QUERY_H

#include "api/call.h"

/*
 * Fills base, the struct that fields are bound to. path is the full name of what q is, for
 * messages; empty for the request itself. A member without a row is an error, as on AWS, and so is
 * one in another shape than its row's, of which a part would be lost. Returns AWSERR_NONE, or an
 * error whose message names the member.
 */
enum awserr input_query_read(struct call *c, const struct field *fields, size_t n,
    const struct query *q, struct str path, void *base);

#endif
