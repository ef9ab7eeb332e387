/*
 * store_image: machine images (DescribeImages).
 */
#ifndef STORE_STORE_IMAGE_H
#define STORE_STORE_IMAGE_H

#include "store/store.h"

/* The numbers are those in the database. */
enum store_image_state { STORE_IMAGE_AVAILABLE = 1, STORE_IMAGE_DEREGISTERED = 2 };

struct store_image {
	struct str image_id;   /* ami-... */
	struct str account_id; /* the owner */
	struct str name;
	struct str description;
	struct str architecture; /* x86_64 or arm64 */
	enum store_image_state state;
	int64_t created_at;
};

/* ERR_EXISTS, ERR_BADSTATE (no such account). */
int store_image_add(struct store *st, const struct store_image *v) MUST_CHECK;
int store_image_get(struct store *st, struct arena *a, struct str image_id,
    struct store_image *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists them in the order of their ids, beginning behind `after`; empty: with the first. */
int store_image_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_image **ret, size_t *ret_n) MUST_CHECK;

#endif
