/*
 * store_tag: the tags of all kinds of resources. A resource is named by its id or, for an MFA
 * device, by its serial number. The caller checks the limits (50 for a resource, lengths, reserved
 * prefixes).
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
/* It is no error if the tag does not exist, as in DeleteTags. */
int store_tag_delete(struct store *st, struct str resource_id, struct str key) MUST_CHECK;
/* Deletes the tag only if it has this value. */
int store_tag_delete_value(struct store *st, struct str resource_id, struct str key,
    struct str value) MUST_CHECK;
int store_tag_delete_all(struct store *st, struct str resource_id) MUST_CHECK;
/* All tags of one resource, in the order of the keys. */
int store_tag_list(struct store *st, struct arena *a, struct str resource_id,
    struct store_tag **ret, size_t *ret_n) MUST_CHECK;
/* The tags of n resources: ret[i] is what store_tag_list returns for ids[i]. It takes one statement
 * for 1000; if there are more, the ids must be in order. */
struct store_tags {
	const struct store_tag *v;
	size_t n;
};
int store_tag_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_tags *ret) MUST_CHECK;
/* The tags of one resource in pages. after is the last key of the page before; empty: the first
 * page. */
int store_tag_page(struct store *st, struct arena *a, struct str resource_id, struct str after,
    size_t limit, struct store_tag **ret, size_t *ret_n) MUST_CHECK;

#endif
