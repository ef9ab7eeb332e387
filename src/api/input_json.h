/*
 * input_json: from the members of a JSON 1.1 request to the input struct of an
 * action, by the action's rows.
 */
#ifndef API_INPUT_JSON_H
#define API_INPUT_JSON_H

#include "api/call.h"

/*
 * Fills base, the struct that fields are bound to. path: the full name of what
 * is read, for messages; empty for the request as such. A member that has no row is ignored, as on
 * AWS: newer clients may send more. AWSERR_NONE, or an error whose message names the member.
 */
enum awserr input_json_read(struct call *c, const struct field *fields, size_t n,
    const struct json *v, struct str path, void *base);

#endif
