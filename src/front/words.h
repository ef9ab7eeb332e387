/*
 * words: the messages between front and core (docs/PROTOCOL.md 1.2) on front's side. Only this
 * file knows their fields. What comes from core is checked as strictly as what comes from the
 * network.
 */
#ifndef FRONT_WORDS_H
#define FRONT_WORDS_H

#include "codec/http.h"
#include "ipc/ipc.h"
#include "ipc/msg.h"
#include "net/conn.h"

#define WORDS_HEADERS_MAX 64

/* A message from core. Its texts point into the message. */
struct core_words {
	enum msg_type type;
	uint64_t number; /* of the request or link */
	/* with CF_RESPONSE and CF_UPLINK_REFUSE: the answer to the request */
	struct http_header headers[WORDS_HEADERS_MAX];
	struct http_response response;
	struct str text;   /* with CF_UPLINK_TEXT */
	uint16_t code;     /* with CF_UPLINK_CLOSE: a code that may be sent */
	struct str reason; /* with CF_UPLINK_CLOSE */
};

/* Reads a message; ret->response points into ret. ERR_PEER: it is nonsense. */
int words_read(struct ipc_in *m, struct core_words *ret) MUST_CHECK;

/* Each begins and fills m. request_id is a UUID. said is the first text that the agent sent to
 * an earlier core; empty if there was none. */
void words_request(struct ipc_out *m, uint64_t number, struct str request_id,
    const struct conn *from, const struct http_request *rq);
void words_link_open(struct ipc_out *m, uint64_t number, struct str request_id,
    const struct conn *from, struct str certificate, struct str said);
void words_link_text(struct ipc_out *m, uint64_t number, struct str text);
void words_link_close(struct ipc_out *m, uint64_t number);

#endif
