/*
 * message: what eicd says over the uplink, JSON into values (docs/PROTOCOL.md
 * 2). Strict: a message of a known type has all its members, each of its kind
 * and within its limits. Pure.
 */
#ifndef AGENT_MESSAGE_H
#define AGENT_MESSAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "imds/guests.h"
#include "imds/keys.h"
#include "imds/signers.h"

#define MESSAGE_MAX_BYTES (1u << 20)
#define MESSAGE_MAX_TTL_MS 3600000 /* of a key */

enum message_type {
	MESSAGE_UNKNOWN, /* a type of a later version: ignore it */
	MESSAGE_SIGNER,
	MESSAGE_GUEST,
	MESSAGE_GUEST_GONE,
	MESSAGE_KEY,
	MESSAGE_KEY_GONE,
	MESSAGE_SYNCED,
	MESSAGE_RESET,
};

struct message {
	enum message_type type;
	struct signer_desc signer;
	struct guest_desc guest;
	struct key_desc key;    /* deadline_ms: see message_parse */
	struct str instance_id; /* guest_gone, key, key_gone */
	struct str request_id;  /* key_gone */
};

/*
 * Parses text. Views live in a. A key's deadline is now_ms (boot clock) and its
 * ttl_ms. Errors: ERR_SYNTAX, ERR_DUP, ERR_RANGE, ERR_TOOBIG; ei (may be NULL)
 * names type and member, never a value. ret->type is set all the same, to
 * MESSAGE_UNKNOWN when it could not be told.
 */
int message_parse(struct arena *a, struct str text, int64_t now_ms, struct message *ret,
    struct errinfo *ei) MUST_CHECK;

/*
 * Of a message that did not parse: can it be left out alone? One instance misses a
 * guest or a key then; without the connection all of them would.
 */
bool message_dispensable(const struct message *m);

#endif
