/*
 * place: the tokens of paged lists (NextToken, Marker). A token is opaque to clients: it is the
 * base64 form of a version, the action and the place to go on from. Tokens are not signed, because
 * a made-up one can only name another place in the caller's own list.
 */
#ifndef API_PLACE_H
#define API_PLACE_H

#include "api/call.h"

/* The token for a place, in the call's arena. place has at most PLACE_MAX_BYTES and no control
 * characters. */
#define PLACE_MAX_BYTES 768
struct str place_token(struct call *c, struct str place);
/* Reads the place from a token of this action; *ret is in the call's arena. ERR_SYNTAX: it is not
 * such a token. */
int place_of(struct call *c, struct str token, struct str *ret) MUST_CHECK;

#endif
