/*
 * store_meta: single values of the whole installation, by name.
 */
#ifndef STORE_STORE_META_H
#define STORE_STORE_META_H

#include "store/store.h"

/* The names in use. */
#define STORE_META_REGION STR("region")
#define STORE_META_DOMAIN STR("domain")             /* e.g. amazonaws.com */
#define STORE_META_INSTALLATION STR("installation") /* UUID made at init */
/* A sealed secret that belongs to no key: a request with an unknown access key
 * is verified against it, so that it costs what a wrong signature costs. */
#define STORE_META_DECOY_SECRET STR("decoy_secret")

/* Any bytes. Sets or replaces. */
int store_meta_set(struct store *st, struct str name, struct str value) MUST_CHECK;
int store_meta_get(struct store *st, struct arena *a, struct str name,
    struct str *ret) MUST_CHECK; /* ERR_NOTFOUND */

#endif
