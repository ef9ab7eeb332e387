/*
 * ipv4: IPv4 addresses as numbers in host order, which is the form in which
 * store_address keeps them.
 */
#ifndef API_EC2_IPV4_H
#define API_EC2_IPV4_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Reads dotted decimal: four numbers without leading zeros. ERR_SYNTAX. */
int ipv4_parse(struct str s, uint32_t *ret) MUST_CHECK;
struct str ipv4_text(struct arena *a, uint32_t ip);
/* The address with '-' instead of '.', between prefix and suffix: "ip-172-31-0-10". */
struct str ipv4_dashed(struct arena *a, struct str prefix, uint32_t ip, struct str suffix);

#endif
