/*
 * input_json: reads the members of a JSON 1.1 request into the input struct of an action, as the
 * action's rows say.
 */
#ifndef API_INPUT_JSON_H
#define API_INPUT_JSON_H

#include "api/call.h"

/*
 * Fills base, the struct that fields are bound to. path is the full name of what v is, for
 * messages; empty for the request itself. A member without a row is ignored, as on AWS, because
 * newer clients may send more. Returns AWSERR_NONE, or an error whose message names the member.
 */
enum awserr input_json_read(struct call *c, const struct field *fields, size_t n,
    const struct json *v, struct str path, void *base);

#endif
