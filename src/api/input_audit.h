/*
 * input_audit: writes requestParameters of the audit record from the input struct of an action, as
 * the action's rows say.
 */
#ifndef API_INPUT_AUDIT_H
#define API_INPUT_AUDIT_H

#include "api/call.h"

/* Writes an object of the members that were given in input, which is c->asked or c->input. If none
 * was, it is null; in EC2, an object without members. */
void input_audit_write(const struct call *c, const void *input, struct jsonw *w);

#endif
