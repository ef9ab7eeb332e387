/*
 * guests: the instances that this agent speaks for: what eicd told about each,
 * its live keys and its tokens. A guest is known by the address that it
 * connects from, never by anything it says.
 */
#ifndef IMDS_GUESTS_H
#define IMDS_GUESTS_H

#include <netinet/in.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "imds/keys.h"
#include "imds/token.h"

#define GUESTS_MAX 4096
#define GUESTS_MAX_GROUPS 64
#define GUESTS_MAX_TAGS 64
#define GUESTS_MAX_USER_DATA 65536
#define GUESTS_MAX_TEXT 4096 /* of any other member */

struct guest_tag {
	struct str key;
	struct str value;
};

/* docs/PROTOCOL.md 2, `guest`. Members that may be empty are marked (*). */
struct guest_desc {
	struct str instance_id;
	struct str private_ip;
	struct str public_ip; /* (*) */
	struct str mac;       /* (*) */
	struct str hostname;
	struct str ami_id;        /* (*) */
	struct str instance_type; /* (*) */
	struct str availability_zone;
	struct str region;
	struct str domain;
	struct str account_id; /* (*) */
	struct str vpc_id;     /* (*) */
	struct str subnet_id;  /* (*) */
	struct str key_name;   /* (*) */
	struct str public_key; /* (*) */
	struct str user_data;  /* (*) bytes */
	const struct str *groups;
	size_t n_groups;
	const struct guest_tag *tags;
	size_t n_tags;
	bool http_endpoint; /* metadata is on */
	bool http_tokens_required;
	uint8_t hop_limit; /* 1..64 */
	int64_t launch_s;  /* UTC */
};

struct guest {
	struct guest_desc desc; /* guests.c's copy, replaced by guests_put */
	struct keys keys;
	struct tokens tokens;
	int64_t rate_at_ms; /* request rate: see imds/server */
	int32_t rate_left;
	/* guests.c's own */
	struct guest *next_id, *next_ip, *next;
	struct in6_addr ip;
	char *text;
	bool marked;
};

struct guests;

struct guests *guests_new(void);
void guests_free(struct guests *g); /* NULL is fine */

/*
 * ERR_SYNTAX (a member that must not be empty is; a control byte; the id is not
 * i- and 8 to 32 lower-case hex digits; private_ip is no address), ERR_RANGE
 * (hop_limit), ERR_TOOBIG (a maximum above).
 */
int guests_desc_check(const struct guest_desc *d) MUST_CHECK;

/*
 * Copies d in; a guest of that id keeps its keys and tokens. An address that
 * another guest had is that guest's no more. As guests_desc_check; ERR_FULL
 * (GUESTS_MAX).
 */
int guests_put(struct guests *g, const struct guest_desc *d) MUST_CHECK;
void guests_remove(struct guests *g, struct str instance_id);

/* Borrowed until the guest is removed or swept; NULL when there is none. */
struct guest *guests_find(const struct guests *g, struct str instance_id);
/* IPv4 addresses as ::ffff:a.b.c.d. */
struct guest *guests_find_ip(const struct guests *g, const struct in6_addr *ip);

/* Re-synchronisation, guests and their keys: mark all; guests_put and keys_put
 * unmark; sweep removes what is still marked. */
void guests_mark(struct guests *g);
void guests_sweep(struct guests *g);
/* Drops every guest's keys that have passed their deadline. */
void guests_expire(struct guests *g, int64_t now_ms);

#endif
