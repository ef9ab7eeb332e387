/*
 * shape: the messages as tables, a row for each member: what JSON and IPC are
 * made from, both ways, and what is checked. Only for this room and its tests.
 */
#ifndef LINK_SHAPE_H
#define LINK_SHAPE_H

#include "link/link.h"

/*
 * What a member is in its struct, in JSON and over IPC. JSON has the members in
 * the order of their rows; IPC has them kind by kind, in the order of this list,
 * and within a kind in the order of their rows.
 */
enum shape_kind {
	/*               struct            JSON                   IPC */
	SHAPE_LINE,   /* struct str        text, no control byte  str */
	SHAPE_UNTIL,  /* int64_t, when     milliseconds left      u64, when */
	SHAPE_LINES,  /* struct str        text                   str */
	SHAPE_BYTES,  /* struct str        text in base64         str of bytes */
	SHAPE_LIST,   /* struct link_list  array of texts         u16 n, n x str */
	SHAPE_MAP,    /* struct link_map   object of texts        u16 n, n x {str, str} */
	SHAPE_SWITCH, /* bool              one of two words       u8, 0 or 1 */
	SHAPE_SMALL,  /* uint8_t           number                 u8 */
	SHAPE_TIME,   /* int64_t           number                 u64 */
	SHAPE_KINDS,
};

/* Limits of a text, in bytes, and its form (NULL: any). */
struct shape_text {
	size_t min, max;
	bool (*valid)(struct str s);
};

struct shape_member {
	const char *name; /* in JSON */
	enum shape_kind kind;
	size_t at;              /* place in the struct */
	struct shape_text text; /* of a text, of each in a list, of each value of a map */
	struct shape_text key;  /* of each name in a map */
	int64_t min, max;       /* of a number; of entries in a list or map */
	const char *off, *on;   /* the two words of a switch */
};

enum shape_speaker {
	SHAPE_AGENT,
	SHAPE_EICD,
};

struct shape {
	const char *name; /* in JSON */
	enum shape_speaker speaker;
	uint16_t number; /* over IPC; 0: not there */
	const struct shape_member *members;
	size_t n;
};

/* The shape of a type; of LINK_UNKNOWN NULL. */
const struct shape *shape_of(enum link_type type);
/* The type of this name that this peer may say, or LINK_UNKNOWN. */
enum link_type shape_by_name(struct str name, enum shape_speaker speaker);
/* The type of this number, or LINK_UNKNOWN. */
enum link_type shape_by_number(uint16_t number);

/* The place of a member in a struct. */
static inline const void *
shape_get(const void *body, const struct shape_member *m)
{
	return (const char *)body + m->at;
}

static inline void *
shape_put(void *body, const struct shape_member *m)
{
	return (char *)body + m->at;
}

/* One member as link_check; without errinfo. */
int shape_check(const struct shape_member *m, const void *body) MUST_CHECK;

#endif
