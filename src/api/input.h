/*
 * input: from the parameters of a request, in whichever form they came, to the
 * input struct of its action, by the action's rows.
 */
#ifndef API_INPUT_H
#define API_INPUT_H

#include "api/call.h"

/*
 * Fills c->input. A member of the Query protocols that has no row is an error,
 * as on AWS; one of JSON is ignored, as on AWS. AWSERR_NONE, or an error whose
 * message names the member.
 */
enum awserr input_read(struct call *c);

#endif
