/*
 * page: see page.h.
 */
#include "svc/iam/page.h"

#include "api/place.h"

#define DEFAULT_LIMIT 100

enum awserr
page_read(struct call *c, struct page *p)
{
	p->limit = p->max_items.given ? (size_t)p->max_items.v : DEFAULT_LIMIT;
	/* The store is asked for one item more, to see whether another page follows. */
	if (p->limit > STORE_PAGE_MAX - 1)
		p->limit = STORE_PAGE_MAX - 1;
	if (p->marker.p == NULL || place_of(c, p->marker, &p->after) == 0)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_VALIDATION, "Invalid Marker.");
}

size_t
page_n(const struct page *p, size_t n)
{
	return n > p->limit ? p->limit : n;
}

void
page_end(struct call *c, const struct page *p, size_t n, struct str last)
{
	out_bool(&c->out, "IsTruncated", n > p->limit);
	if (n > p->limit)
		out_str(&c->out, "Marker", place_token(c, last));
}
