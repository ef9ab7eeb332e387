/*
 * page: see page.h.
 */
#include "svc/ec2/page.h"

#include "api/place.h"
#include "base/num.h"

struct str
page_token(struct call *c, struct str place)
{
	return place_token(c, place);
}

enum awserr
page_place(struct call *c, struct str token, struct str *ret_place)
{
	if (place_of(c, token, ret_place) == 0)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_INVALID_NEXT_TOKEN, "The token is not valid");
}

enum awserr
page_place_number(struct call *c, struct str token, int64_t *ret)
{
	struct str place;
	enum awserr e;

	if ((e = page_place(c, token, &place)) != AWSERR_NONE)
		return e;
	if (num_i64_parse(place, 1, INT64_MAX, ret) != 0)
		return call_fail(c, AWSERR_INVALID_NEXT_TOKEN, "The token is not valid");
	return AWSERR_NONE;
}
