/*
 * describe: the Describe actions of EC2, which are one reader and a table for
 * each entity: where the account's are listed from, what they can be picked and
 * filtered by, and how one is written. A filter's row says where its values are,
 * so that none is accepted that nothing fills.
 */
#ifndef SVC_EC2_DESCRIBE_H
#define SVC_EC2_DESCRIBE_H

#include "svc/ec2/filter.h"

/* ---- the input ---- */

/* Of all Describe actions. A row of its fields for each member that it takes. */
struct describe_input {
	struct field_strs ids;
	struct field_strs names;  /* GroupName, ZoneName, RegionName */
	struct field_strs owners; /* images */
	struct field_list filters;
	struct field_int max_results;
	struct str next_token;
};

#define DESCRIBE_IDS(wire, f, set) \
	{ \
		.name = (wire), .type = FIELD_STR_LIST, \
		.at = offsetof(struct describe_input, ids), .form = (f), .audit = (set) \
	}
#define DESCRIBE_NAMES(wire, set) \
	{ \
		.name = (wire), .type = FIELD_STR_LIST, \
		.at = offsetof(struct describe_input, names), .form = FORM_PRINTABLE, \
		.audit = (set) \
	}
#define DESCRIBE_FILTERS FILTER_ROW(struct describe_input, filters)
/* A list in pages. */
#define DESCRIBE_PAGES \
	{ .name = "MaxResults", \
		.type = FIELD_INT, \
		.at = offsetof(struct describe_input, max_results), \
		.min = 5, \
		.max = 1000 }, \
	{ \
		.name = "NextToken", .type = FIELD_STR, \
		.at = offsetof(struct describe_input, next_token) \
	}
/* A list so short that every size of page holds it. */
#define DESCRIBE_ONE_PAGE \
	{ .name = "MaxResults", .type = FIELD_IGNORED }, \
	{ \
		.name = "NextToken", .type = FIELD_IGNORED \
	}

/* ---- an entity ---- */

struct describe;

/* Where the values of a filter are. */
enum describe_source {
	DESCRIBE_STR,   /* a struct str of the item; empty: it has none */
	DESCRIBE_BOOL,  /* a bool of the item, "true" or "false" */
	DESCRIBE_TEXT,  /* every item has this one */
	DESCRIBE_OFFER, /* a function hands them to describe_offer */
	DESCRIBE_NEVER, /* AWS has the filter, and no item here can have a value */
};

struct describe_filter {
	const char *name;
	enum describe_source source;
	size_t at;        /* offsetof, of DESCRIBE_STR and DESCRIBE_BOOL */
	const char *text; /* of DESCRIBE_TEXT */
	/* AWSERR_NONE or AWSERR_INTERNAL. */
	enum awserr (*offer)(struct describe *d, const void *item);
};

/* A list of ids or names in the input, of which each has to be there. */
struct describe_pick {
	size_t input_at; /* of the struct field_strs in struct describe_input */
	size_t item_at;  /* of the struct str in the item */
	enum awserr missing;
	const char *what; /* "The WHAT 'id' does not exist" */
};

struct describe_entity {
	const char *list; /* the element around all: "vpcSet" */
	size_t size;      /* of an item */
	size_t id_at;     /* of its id, a struct str; lists are in its order */
	bool tagged;      /* tags are stored under the id */
	/* Lists are in the order of a number > 0, an int64_t here, and not of ids. */
	bool by_seq;
	size_t seq_at;
	size_t max_results;  /* unless asked for less; 0: there is but one page */
	const char *ids_set; /* what messages call InstanceId.N: "instancesSet" */
	const struct describe_pick *picks;
	size_t n_picks;
	const struct describe_filter *filters;
	size_t n_filters;
	/*
	 * The account's items behind d->after (d->after_seq), at most DESCRIBE_PAGE,
	 * in d->arena; fewer: there are no more. As the store.
	 */
	int (*list_page)(struct describe *d, void **ret, size_t *ret_n);
	/* Those of d->in->ids, in their order, if they are not picked from the whole
	 * list. NULL: they are. AWSERR_NONE, or the error that names who is missing. */
	enum awserr (*get_ids)(struct describe *d, void **ret, size_t *ret_n);
	/* May this one be shown at all? NULL: every one. */
	bool (*is_shown)(const struct describe *d, const void *item);
	/* The members of its <item>. AWSERR_NONE or AWSERR_INTERNAL. */
	enum awserr (
	    *write)(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags);
	/* Neighbours with the same text here stand in one group, as instances do in
	 * a reservation. group_open NULL: there are no groups. */
	size_t group_at;
	void (*group_open)(struct call *c, const void *item);
	void (*group_close)(struct call *c);
};

#define DESCRIBE_PAGE 100

/* A Describe action at work, for the functions of its entity. */
struct describe {
	struct call *c;
	const struct describe_input *in;
	struct arena *arena; /* of one page */
	struct str after;    /* where the page begins; empty: from the start */
	int64_t after_seq;   /* 0: from the start */

	/* For describe.c. */
	const struct describe_entity *entity;
	const struct describe_filter **filters; /* of in->filters; NULL: of tags */
	bool **seen;                            /* of the picks' ids */
	const struct filter *filter;            /* the one that values are offered to */
	bool matches;
	struct str group; /* the one that is open; empty: none */
	size_t n, max;
	struct str last; /* place of the last one written */
	bool more;
};

/* The act of every Describe action; its row's `about` is a describe_entity. */
enum awserr describe_act(struct call *c);

/* For an entity's offer: a value that the item has. An empty one is none. */
void describe_offer(struct describe *d, struct str value);

#endif
