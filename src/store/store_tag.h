/*
 * store_tag: tags of all kinds of resources, by whatever names a thing: its id, or
 * for an MFA device its serial number. Limits (50 per resource, lengths,
 * reserved prefixes) are the caller's.
 */
#ifndef STORE_STORE_TAG_H
#define STORE_STORE_TAG_H

#include "store/store.h"

struct store_tag {
	struct str account_id;
	struct str resource_id;
	struct str resource_type; /* instance, vpc, user, ... */
	struct str key;
	struct str value;
};

/* Sets or replaces the value. ERR_BADSTATE (no such account). */
int store_tag_set(struct store *st, const struct store_tag *v) MUST_CHECK;
/* Not there is no error, as in DeleteTags. */
int store_tag_delete(struct store *st, struct str resource_id, struct str key) MUST_CHECK;
/* Only if it has this value. */
int store_tag_delete_value(struct store *st, struct str resource_id, struct str key,
    struct str value) MUST_CHECK;
int store_tag_delete_all(struct store *st, struct str resource_id) MUST_CHECK;
/* Those of one resource, by key. */
int store_tag_list(struct store *st, struct arena *a, struct str resource_id,
    struct store_tag **ret, size_t *ret_n) MUST_CHECK;
/* Those of n resources, in as many statements as it takes pages of 1000: ret[i] is
 * what store_tag_list gives for ids[i]. */
struct store_tags {
	const struct store_tag *v;
	size_t n;
};
int store_tag_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_tags *ret) MUST_CHECK;
/* The same of one, limit at once. after: the last key of the page before; empty: from the
 * first. */
int store_tag_page(struct store *st, struct arena *a, struct str resource_id, struct str after,
    size_t limit, struct store_tag **ret, size_t *ret_n) MUST_CHECK;

#endif
