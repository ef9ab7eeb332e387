/*
 * xml: writes XML 1.0 by appending to a buffer. The result is always well-formed: text is
 * escaped (& < > " ' and CR), characters that XML 1.0 forbids and bytes that are not UTF-8
 * become U+FFFD, and elements are closed in order. A call in the wrong place asserts. Nothing in
 * openeic reads XML.
 */
#ifndef CODEC_XML_H
#define CODEC_XML_H

#include <stdint.h>

#include "base/buf.h"

#define XML_MAX_DEPTH 32

struct xml {
	struct buf *out;
	unsigned depth;
	bool begun; /* the root was opened */
	const char *names[XML_MAX_DEPTH];
};

/* Writes the XML declaration. */
void xml_init(struct xml *x, struct buf *out);
/* Ends the document. Asserts that there was a root and all elements are closed. ERR_TOOBIG when
 * the buffer was too small. */
int xml_finish(const struct xml *x) MUST_CHECK;

/*
 * Names of elements have letters, digits, '_', '-' and '.', and begin with a letter or '_'. They
 * must live until the element is closed; string literals do.
 */
void xml_root(struct xml *x, const char *name, const char *xmlns); /* xmlns may be NULL */
void xml_open(struct xml *x, const char *name);
void xml_close(struct xml *x); /* closes the innermost element */

/* Each writes a whole element with a value. */
void xml_str(struct xml *x, const char *name, struct str v);
void xml_c(struct xml *x, const char *name, const char *v);
void xml_i64(struct xml *x, const char *name, int64_t v);
void xml_bool(struct xml *x, const char *name, bool v);           /* true, false */
void xml_time(struct xml *x, const char *name, int64_t at_s);     /* 2024-08-01T13:24:47Z */
void xml_time_ms(struct xml *x, const char *name, int64_t at_ms); /* ...:47.000Z */

#endif
