/*
 * input_audit: from the input struct of an action back to the requestParameters
 * of its audit record, by the action's rows.
 */
#ifndef API_INPUT_AUDIT_H
#define API_INPUT_AUDIT_H

#include "api/call.h"

/* requestParameters: the members that were given, or null if none was (EC2: an
 * object without members). */
void input_audit_write(const struct call *c, struct jsonw *w);

#endif
