/*
 * store_meta: single values of the whole installation, each under a name.
 */
#ifndef STORE_STORE_META_H
#define STORE_STORE_META_H

#include "store/store.h"

/* The names that several rooms use. */
#define STORE_META_REGION STR("region")
#define STORE_META_DOMAIN STR("domain")             /* such as "amazonaws.com" */
#define STORE_META_INSTALLATION STR("installation") /* a UUID made by eicd init */
/* A sealed secret that belongs to no key. The signature of a request with an unknown or inactive
 * access key is checked with it, so that this takes as long as for a wrong signature. */
#define STORE_META_DECOY_SECRET STR("decoy_secret")

/* Sets or replaces a value, which may be any bytes. */
int store_meta_set(struct store *st, struct str name, struct str value) MUST_CHECK;
int store_meta_get(struct store *st, struct arena *a, struct str name,
    struct str *ret) MUST_CHECK; /* ERR_NOTFOUND */

#endif
