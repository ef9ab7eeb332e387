/*
 * describe: the Describe actions of EC2. They are one reader and a table for each entity, which
 * says where the account's items are listed from, by what they can be picked and filtered, and how
 * one is written. A filter's row says where its values are, so that no filter is accepted that
 * nothing fills.
 */
#ifndef SVC_EC2_DESCRIBE_H
#define SVC_EC2_DESCRIBE_H

#include "svc/ec2/filter.h"

/* ---- the input ---- */

/* The input of all Describe actions. An action has a row for each member that it takes. */
struct describe_input {
	struct field_strs ids;
	struct field_strs names;  /* GroupName, ZoneName or RegionName */
	struct field_strs owners; /* of images */
	struct field_list filters;
	struct field_int max_results;
	struct str next_token;
	/* These are recorded and change nothing. */
	struct {
		struct field_int max_results;
		struct str next_token;
		struct field_bool more, disabled; /* would list what there is none of here */
	} idle;
};

#define DESCRIBE_IDS(wire, f, set) \
	{ \
		.name = (wire), .type = FIELD_STR_LIST, \
		.at = offsetof(struct describe_input, ids), .form = (f), .audit = (set), \
		.record = FIELD_RECORD_ALWAYS \
	}
#define DESCRIBE_NAMES(wire, set) \
	{ \
		.name = (wire), .type = FIELD_STR_LIST, \
		.at = offsetof(struct describe_input, names), .form = FORM_PRINTABLE, \
		.audit = (set), .record = FIELD_RECORD_ALWAYS \
	}
#define DESCRIBE_FILTERS \
	{ \
		FILTER_ROW(struct describe_input, filters), .record = FIELD_RECORD_ALWAYS \
	}
/* The filters of a list that AWS records without them when there are none. */
#define DESCRIBE_SOME_FILTERS \
	{ \
		FILTER_ROW(struct describe_input, filters) \
	}
/* A member that would list more, of what there is none of here. */
#define DESCRIBE_MORE(wire, place) \
	{ \
		.name = (wire), .type = FIELD_BOOL, \
		.at = offsetof(struct describe_input, idle.place) \
	}
/* For a list in pages. */
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
/* For a list so short that a page of any size holds it. */
#define DESCRIBE_ONE_PAGE \
	{ .name = "MaxResults", \
		.type = FIELD_INT, \
		.at = offsetof(struct describe_input, idle.max_results) }, \
	{ \
		.name = "NextToken", .type = FIELD_STR, \
		.at = offsetof(struct describe_input, idle.next_token) \
	}

/* ---- an entity ---- */

struct describe;

/* Where the values that a filter compares are. */
enum describe_source {
	DESCRIBE_STR,   /* a struct str of the item; empty: the item has no value */
	DESCRIBE_BOOL,  /* a bool of the item, as "true" or "false" */
	DESCRIBE_TEXT,  /* a text that every item has */
	DESCRIBE_OFFER, /* a function calls describe_offer with each value */
	DESCRIBE_NEVER, /* AWS has the filter, but no item here can have a value */
	/* AWS has the filter, and its items a value that is not known here: a request that has it
	 * is refused, as an empty list would not be true. */
	DESCRIBE_UNSUPPORTED,
};

struct describe_filter {
	const char *name;
	enum describe_source source;
	size_t at;        /* of DESCRIBE_STR and DESCRIBE_BOOL: offset in the item */
	const char *text; /* of DESCRIBE_TEXT */
	/* Returns AWSERR_NONE or AWSERR_INTERNAL. It finds the filter's row in d->row. */
	enum awserr (*offer)(struct describe *d, const void *item);
	int part; /* of DESCRIBE_OFFER: tells the rows apart that have one function */
	/* Whether the item has values at all. NULL: it has. */
	bool (*has)(const void *item);
};

/* A list of ids or names in the input. Each of them must exist. */
struct describe_pick {
	size_t input_at; /* offset of the struct field_strs in struct describe_input */
	size_t item_at;  /* offset of the struct str in the item */
	enum awserr missing;
	const char *what; /* stands in "The WHAT 'id' does not exist" */
};

struct describe_entity {
	const char *list; /* the element around all items: "vpcSet" */
	size_t size;      /* of an item */
	size_t id_at;     /* offset of its id, a struct str; lists are in its order */
	bool tagged;      /* tags are stored under the id */
	/* The list is in the order of a number > 0 instead, which is an int64_t at seq_at. */
	bool by_seq;
	size_t seq_at;
	size_t max_results;  /* of a page, unless the request says; 0: there is only one page */
	const char *ids_set; /* what messages call the list of ids: "instancesSet" */
	const struct describe_pick *picks;
	size_t n_picks;
	const struct describe_filter *filters;
	size_t n_filters;
	/*
	 * Lists the account's items behind d->after (or d->after_seq) in d->arena, at most
	 * DESCRIBE_PAGE. Fewer than that means that there are no more. Errors are those of the
	 * store.
	 */
	int (*list_page)(struct describe *d, void **ret, size_t *ret_n);
	/* Finds the items of d->in->ids, in the order of the ids. NULL: they are picked out of the
	 * whole list. Returns AWSERR_NONE, or an error that names the missing ids. */
	enum awserr (*get_ids)(struct describe *d, void **ret, size_t *ret_n);
	/* Whether an item may be shown at all. NULL: every item may. */
	bool (*is_shown)(const struct describe *d, const void *item);
	/* Writes the members of the item's <item>. Returns AWSERR_NONE or AWSERR_INTERNAL. */
	enum awserr (
	    *write)(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags);
	/* Neighbours with the same text at group_at stand in one group, as instances do in a
	 * reservation. group_open NULL: there are no groups. */
	size_t group_at;
	void (*group_open)(struct call *c, const void *item);
	void (*group_close)(struct call *c);
};

#define DESCRIBE_PAGE 100

/* A Describe action at work, for the functions of its entity. */
struct describe {
	struct call *c;
	const struct describe_input *in;
	struct arena *arena;               /* holds one page from the store */
	struct str after;                  /* the id before the page; empty: the first page */
	int64_t after_seq;                 /* the number before the page; 0: the first page */
	const struct describe_filter *row; /* whose values are offered now */

	/* Only for describe.c. */
	const struct describe_entity *entity;
	/* the row of each filter of the request; NULL: tags */
	const struct describe_filter **filters;
	bool **seen;                 /* for each pick, which of its ids were found */
	const struct filter *filter; /* the one that values are offered to now */
	bool matches;
	struct str group; /* the group that is open; empty: none */
	size_t n, max;
	struct str last; /* the place of the item that was written last */
	bool more;
};

/* The act of every Describe action. `about` of its row is its describe_entity. */
enum awserr describe_act(struct call *c);

/* For the offer function of a filter: the item has this value. An empty value is none. */
void describe_offer(struct describe *d, struct str value);

#endif
