/*
 * jsonw: writing JSON, append only. What comes out is well-formed by
 * construction: text is escaped, bytes that are not UTF-8 become U+FFFD,
 * commas and nesting are kept here. A call in the wrong place (a value in an
 * object without a name, too many ends) is a programmer's error and asserts.
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
	bool comma;         /* something stands before on this level */
	bool named;         /* a name waits for its value */
};

void jsonw_init(struct jsonw *w, struct buf *out);
/* All levels are closed and one value was written: 0. ERR_TOOBIG when the
 * buffer is full. Asserts when levels are open. */
int jsonw_finish(const struct jsonw *w) MUST_CHECK;

void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* of the innermost object or array */

/* The name of the next value, inside an object. */
void jsonw_name(struct jsonw *w, const char *name);
void jsonw_name_str(struct jsonw *w, struct str name);

void jsonw_str(struct jsonw *w, struct str v);
void jsonw_c(struct jsonw *w, const char *v); /* NULL writes null */
void jsonw_i64(struct jsonw *w, int64_t v);
void jsonw_u64(struct jsonw *w, uint64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
/* A whole value that another jsonw wrote, as it stands. */
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
