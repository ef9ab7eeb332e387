/*
 * jsonw: writes JSON by appending to a buffer. The result is always well-formed: text is
 * escaped, bytes that are not UTF-8 become U+FFFD, and commas and nesting are kept here. A call
 * in the wrong place, such as a value without a name in an object, is a programming error and
 * asserts.
 */
#ifndef CODEC_JSONW_H
#define CODEC_JSONW_H

#include <stdint.h>

#include "base/buf.h"

#define JSONW_MAX_DEPTH 32

struct jsonw {
	struct buf *out;
	unsigned depth;
	uint32_t in_object; /* bit i: level i is an object */
	bool comma;         /* this level has a value already */
	bool named;         /* a name was written that has no value yet */
	bool lines;         /* each member of an object stands on a line of its own */
};

void jsonw_init(struct jsonw *w, struct buf *out);
/* The same, but for people and line by line for their tools: each member of an object stands on a
 * line of its own, as `  "name" : value`, two blanks deeper than the object. */
void jsonw_init_lines(struct jsonw *w, struct buf *out);
/* Ends the document. Asserts that one value was written and all levels are closed. ERR_TOOBIG
 * when the buffer was too small. */
int jsonw_finish(const struct jsonw *w) MUST_CHECK;

void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* ends the innermost object or array */

/* The name of the next value, inside an object. */
void jsonw_name(struct jsonw *w, const char *name);
void jsonw_name_str(struct jsonw *w, struct str name);

void jsonw_str(struct jsonw *w, struct str v);
void jsonw_c(struct jsonw *w, const char *v); /* NULL writes null */
void jsonw_i64(struct jsonw *w, int64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
/* Appends a whole value that another jsonw wrote, without changing it. */
void jsonw_value(struct jsonw *w, struct str json);

/* Name and value in one call. */
void jsonw_m_str(struct jsonw *w, const char *name, struct str v);
void jsonw_m_c(struct jsonw *w, const char *name, const char *v);
void jsonw_m_i64(struct jsonw *w, const char *name, int64_t v);
void jsonw_m_u64(struct jsonw *w, const char *name, uint64_t v);
void jsonw_m_bool(struct jsonw *w, const char *name, bool v);
void jsonw_m_object(struct jsonw *w, const char *name);
void jsonw_m_array(struct jsonw *w, const char *name);

#endif
