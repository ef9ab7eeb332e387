/*
 * json: messages of the link as JSON text (docs/PROTOCOL.md 2), both ways. Pure.
 */
#ifndef LINK_JSON_H
#define LINK_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "link/link.h"

/*
 * Appends m. now_ms: the boot clock, from which a key's
 * ttl_ms is what is left. ERR_TOOBIG when out is too small.
 */
int link_json_write(const struct link_message *m, int64_t now_ms, struct buf *out) MUST_CHECK;

/*
 * Reads what eicd says, and what an agent says. Strict: a message of a known type
 * has all its members, each of its kind and as link_check wants it; of others
 * nothing is said. Of a type that this peer does not say, or of a later version:
 * LINK_UNKNOWN. Texts and arrays live in a. A key's deadline is now_ms and its
 * ttl_ms.
 *
 * ERR_SYNTAX, ERR_DUP, ERR_RANGE, ERR_TOOBIG; ei (may be NULL) names type and
 * member, never a value. ret->type is set all the same, to LINK_UNKNOWN when it
 * could not be told.
 */
int link_json_parse(struct arena *a, struct str text, int64_t now_ms, struct link_message *ret,
    struct errinfo *ei) MUST_CHECK;
int link_json_parse_hello(struct arena *a, struct str text, struct link_message *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
