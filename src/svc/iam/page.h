/*
 * page: Marker and MaxItems of requests, IsTruncated and Marker of answers, as all lists of IAM
 * have them (wire.md 7.7). A Marker is a token of api/place.h. To use it:
 *
 *	struct list_input { ...; struct page page; };
 *	rows: ..., PAGE_FIELDS(struct list_input)
 *	page_read(c, &in->page); list limit + 1 from store, after in->page.after;
 *	write the first page_n(&in->page, n); page_end(c, &in->page, n, last name)
 */
#ifndef SVC_IAM_PAGE_H
#define SVC_IAM_PAGE_H

#include "api/call.h"

struct page {
	struct str marker;
	struct field_int max_items;
	/* Set by page_read. */
	struct str after; /* the last item of the page before; empty: the first page */
	size_t limit;     /* how many items this page may have */
};

#define PAGE_N_FIELDS 2
#define PAGE_FIELDS(input) \
	{ .name = "Marker", \
		.type = FIELD_STR, \
		.at = offsetof(input, page.marker), \
		.form = FORM_IAM_MARKER, \
		.min = 1, \
		.max = 2048 }, \
	{ \
		.name = "MaxItems", .type = FIELD_INT, .at = offsetof(input, page.max_items), \
		.min = 1, .max = 1000 \
	}

/* AWSERR_NONE, or AWSERR_VALIDATION: the Marker is not one of this action's. */
enum awserr page_read(struct call *c, struct page *p);
/* How many of the n items that were found are on this page. The store was asked for limit + 1. */
size_t page_n(const struct page *p, size_t n);
/* Writes the end of the answer. last is what the next page's `after` has to be. */
void page_end(struct call *c, const struct page *p, size_t n, struct str last);

#endif
