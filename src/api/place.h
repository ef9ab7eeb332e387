/*
 * place: the tokens of paged lists: NextToken, Marker. A token is opaque to
 * clients: base 64 of a version, the action and the place to go on from. A
 * made-up token can only name another place of the caller's own list.
 */
#ifndef API_PLACE_H
#define API_PLACE_H

#include "api/call.h"

/* Text of a place, at most PLACE_MAX_BYTES and without controls. */
#define PLACE_MAX_BYTES 768
struct str place_token(struct call *c, struct str place);
/* The place of a token that this action gave out. ERR_SYNTAX. */
int place_of(struct call *c, struct str token, struct str *ret) MUST_CHECK;

#endif
