/*
 * input: reads the parameters of a request, in whichever form they came, into the input struct of
 * its action, as the action's rows say.
 */
#ifndef API_INPUT_H
#define API_INPUT_H

#include "api/call.h"

/*
 * Allocates and fills c->input and c->asked. A member that has no row is an error in the Query
 * protocols and is ignored in JSON, both as on AWS. Returns AWSERR_NONE, or an error whose message
 * names the member.
 */
enum awserr input_read(struct call *c);

#endif
