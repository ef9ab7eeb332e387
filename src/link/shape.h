/*
 * shape: the messages as tables with a row for each member. Writing, reading and checking,
 * for JSON and for IPC, all follow these rows. Only for this room and its tests.
 */
#ifndef LINK_SHAPE_H
#define LINK_SHAPE_H

#include "link/link.h"

/*
 * What a member is in its struct, in JSON and over IPC. JSON has the members in the order of
 * their rows. IPC has them sorted by kind, in the order of this list, and members of one kind
 * in the order of their rows.
 */
enum shape_kind {
	/*               struct            JSON                   IPC */
	SHAPE_LINE,   /* struct str        text, no control byte  str */
	SHAPE_UNTIL,  /* int64_t, boot ms  milliseconds left      u64, boot ms */
	SHAPE_LINES,  /* struct str        text                   str */
	SHAPE_BYTES,  /* struct str        text in base64         str of bytes */
	SHAPE_LIST,   /* struct link_list  array of texts         u16 n, n x str */
	SHAPE_MAP,    /* struct link_map   object of texts        u16 n, n x {str, str} */
	SHAPE_SWITCH, /* bool              one of two words       u8, 0 or 1 */
	SHAPE_SMALL,  /* uint8_t           number                 u8 */
	SHAPE_NUMBER, /* int64_t           number                 u64 */
	SHAPE_KINDS,
};

/* The limits of a text in bytes, and the check of its form (NULL: any form). */
struct shape_text {
	size_t min, max;
	bool (*valid)(struct str s);
};

struct shape_member {
	const char *name; /* in JSON */
	enum shape_kind kind;
	size_t at;              /* offset in the struct */
	struct shape_text text; /* limits of the text, of each in a list, or of a map's values */
	struct shape_text key;  /* limits of a map's names */
	int64_t min, max;       /* limits of a number; max also of entries in a list or map */
	const char *off, *on;   /* the two words of a switch in JSON */
	/* JSON may lack it, which means off, the number 0, or that it is empty. Then it is not
	 * written, unless it is a switch. */
	bool optional;
	bool json_only; /* it is not said over IPC */
};

enum shape_speaker {
	SHAPE_AGENT,
	SHAPE_EICD,
};

struct shape {
	const char *name;           /* the type in JSON */
	enum shape_speaker speaker; /* the side that sends it */
	uint16_t number;            /* the type over IPC; 0: it has no IPC form */
	const struct shape_member *members;
	size_t n;
};

/* The shape of a type; NULL for LINK_UNKNOWN. */
const struct shape *shape_of(enum link_type type);
/* The type with this name in JSON that this side sends, or LINK_UNKNOWN. */
enum link_type shape_by_name(struct str name, enum shape_speaker speaker);
/* The type with this number over IPC, or LINK_UNKNOWN. */
enum link_type shape_by_number(uint16_t number);

/* Where a member is in body: shape_get to read it, shape_put to write it. */
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

/* Checks one member of body as link_check does. ERR_SYNTAX, ERR_TOOBIG, ERR_RANGE. */
int shape_check(const struct shape_member *m, const void *body) MUST_CHECK;

#endif
