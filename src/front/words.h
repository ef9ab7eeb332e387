/*
 * words: what front and core say to each other, docs/PROTOCOL.md 1.2, front's side:
 * the one place that knows the fields. What comes from core is checked here like
 * what comes from the network.
 */
#ifndef FRONT_WORDS_H
#define FRONT_WORDS_H

#include "codec/http.h"
#include "ipc/ipc.h"
#include "ipc/msg.h"
#include "net/conn.h"

#define WORDS_TEXT_MAX_BYTES (1u << 20)
#define WORDS_HEADERS_MAX 64

/* A message of core. Texts point into the message. */
struct core_words {
	enum msg_type type;
	uint64_t number; /* of the request or link */
	/* CF_RESPONSE; of CF_UPLINK_REFUSE status and body */
	struct http_header headers[WORDS_HEADERS_MAX];
	struct http_response response;
	struct str text;   /* CF_UPLINK_TEXT */
	uint16_t code;     /* CF_UPLINK_CLOSE: one that may be on the wire */
	struct str reason; /* the same */
};

/* ret->response points into ret. ERR_PEER: nonsense. */
int words_read(struct ipc_in *m, struct core_words *ret) MUST_CHECK;

/* Each begins and fills m. request_id: UUID. said: what the agent said first to an
 * earlier core; empty: nothing yet. */
void words_request(struct ipc_out *m, uint64_t number, struct str request_id,
    const struct conn *from, const struct http_request *rq);
void words_link_open(struct ipc_out *m, uint64_t number, struct str request_id,
    const struct conn *from, struct str certificate, struct str said);
void words_link_text(struct ipc_out *m, uint64_t number, struct str text);
void words_link_close(struct ipc_out *m, uint64_t number);

#endif
