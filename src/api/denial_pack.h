/*
 * denial_pack: shortens the JSON of an encoded message (iam/explain.h), so that a denial fits into
 * a terminal. Parts of its form and names of condition keys that every such message has become one
 * byte each, of those that no JSON has. The table is fixed: how short a text becomes depends on
 * itself alone, and not on what else is in the message, as it would with a compressor. So whoever
 * sees the length of what is sealed can guess nothing by what he sends along.
 */
#ifndef API_DENIAL_PACK_H
#define API_DENIAL_PACK_H

#include "base/buf.h"
#include "base/str.h"

/* Both append; an overfull buffer is told by buf_err. text must be what jsonw wrote. */
void denial_pack_write(struct buf *out, struct str text);
/* The text again. What was never packed stays as it is. */
void denial_pack_read(struct buf *out, struct str packed);

#endif
