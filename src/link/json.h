/*
 * json: writes and reads messages of the link as JSON text (docs/PROTOCOL.md 2). Pure.
 */
#ifndef LINK_JSON_H
#define LINK_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "link/link.h"

/*
 * Appends m. now_ms is the boot clock; a key's ttl_ms is its deadline less now_ms.
 * ERR_TOOBIG when out is too small.
 */
int link_json_write(const struct link_message *m, int64_t now_ms, struct buf *out) MUST_CHECK;

/*
 * The first reads a message from eicd, the second one from an agent. A message must have all
 * members of its type but optional ones, each of the right kind and as link_check requires; other
 * members are ignored. A type that this side does not send, such as one of a later version, is read
 * as LINK_UNKNOWN. Texts and arrays live in a. A key's deadline becomes now_ms (boot clock) plus
 * its ttl_ms.
 *
 * ERR_SYNTAX, ERR_DUP, ERR_RANGE, ERR_TOOBIG; ei (may be NULL) names type and member, never
 * a value. After an error ret->type is the type of the message, or LINK_UNKNOWN when the
 * text did not parse far enough to tell.
 */
int link_json_parse(struct arena *a, struct str text, int64_t now_ms, struct link_message *ret,
    struct errinfo *ei) MUST_CHECK;
int link_json_parse_agent(struct arena *a, struct str text, struct link_message *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
