/*
 * ws_handshake: both sides of the opening handshake of a WebSocket (RFC 6455 section 4).
 * Sub-protocols and extensions are neither offered nor agreed on, as stock clients fail when
 * either is answered (wire.md 3.1, 3.4).
 */
#ifndef CODEC_WS_HANDSHAKE_H
#define CODEC_WS_HANDSHAKE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/http.h"

#define WS_HANDSHAKE_KEY_LEN 24

/* Writes a client's key, the base 64 of 16 random bytes, and a NUL. */
void ws_handshake_key(char ret[static WS_HANDSHAKE_KEY_LEN + 1], const uint8_t nonce[static 16]);

/*
 * For a server: checks a client's opening request. *ret_key is the client's key, borrowed from
 * req. ERR_BADSTATE (it does not ask for a WebSocket), ERR_UNSUPPORTED (another version than 13;
 * RFC 6455 4.4 wants 426 with Sec-WebSocket-Version: 13), ERR_SYNTAX (it is malformed).
 */
int ws_handshake_check(const struct http_request *req, struct str *ret_key) MUST_CHECK;
/* For a server: appends the 101 response with the `extra` headers behind its own. ERR_CRYPTO;
 * ERR_TOOBIG (more than 16 extra headers); errors of http_response_write. */
int ws_handshake_write_response(struct buf *out, struct str key, const struct http_header *extra,
    size_t n_extra) MUST_CHECK;

struct ws_handshake {
	struct str host; /* value of the Host header */
	struct str target;
	struct str key;
	const struct http_header *extra;
	size_t n_extra; /* at most 16 */
};
/* For a client: appends the opening request. ERR_SYNTAX (the key is not one); ERR_TOOBIG (too
 * many extra headers); errors of http_request_write. */
int ws_handshake_write_request(struct buf *out, const struct ws_handshake *w) MUST_CHECK;
/* For a client: checks that resp accepts the request with this key. ERR_DENIED when it is not a
 * 101, ERR_SYNTAX when it is a wrong 101, ERR_CRYPTO. */
int ws_handshake_check_response(const struct http_response *resp, struct str key) MUST_CHECK;

#endif
