/*
 * page: MaxResults and NextToken of EC2's lists, by api/place.h.
 */
#ifndef SVC_EC2_PAGE_H
#define SVC_EC2_PAGE_H

#include "api/call.h"

/* The token for a place, which is a number or an id. */
struct str page_token(struct call *c, struct str place);
/* Reads the place from a token of this action. AWSERR_NONE or AWSERR_INVALID_NEXT_TOKEN. */
enum awserr page_place(struct call *c, struct str token, struct str *ret_place);
/* The same for a place that is a number > 0. */
enum awserr page_place_number(struct call *c, struct str token, int64_t *ret);

#endif
