/*
 * ws_handshake: the opening of a WebSocket (RFC 6455 section 4), both sides.
 * Neither sub-protocols nor extensions are offered or agreed on (wire.md 3.1,
 * 3.4: stock clients fail when either is answered).
 */
#ifndef CODEC_WS_HANDSHAKE_H
#define CODEC_WS_HANDSHAKE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/http.h"

#define WS_HANDSHAKE_KEY_LEN 24
#define WS_HANDSHAKE_ACCEPT_LEN 28

/* Base 64 of 16 random bytes, with a NUL. */
void ws_handshake_key(char ret[static WS_HANDSHAKE_KEY_LEN + 1], const uint8_t nonce[static 16]);
/* Sec-WebSocket-Accept for a key, with a NUL. ERR_CRYPTO when SHA-1 fails. */
int ws_handshake_accept(char ret[static WS_HANDSHAKE_ACCEPT_LEN + 1], struct str key) MUST_CHECK;

/*
 * Server: is this a proper opening? ret_key: the client's key (borrowed).
 * Errors: ERR_BADSTATE (no WebSocket asked for), ERR_UNSUPPORTED (a version other
 * than 13: answer 426 with Sec-WebSocket-Version: 13), ERR_SYNTAX (else).
 */
int ws_handshake_check(const struct http_request *req, struct str *ret_key) MUST_CHECK;
/* Server: appends the 101 answer with `extra` headers behind its own.
 * Errors: ERR_CRYPTO, ERR_TOOBIG (more than 16), those of http_response_write. */
int ws_handshake_write_response(struct buf *out, struct str key, const struct http_header *extra,
    size_t n_extra) MUST_CHECK;

struct ws_handshake {
	struct str host; /* value of the Host header */
	struct str target;
	struct str key;
	const struct http_header *extra;
	size_t n_extra; /* at most 16 */
};
/* Client: appends the opening request. Errors: those of http_request_write;
 * ERR_TOOBIG for too many extra headers. */
int ws_handshake_write_request(struct buf *out, const struct ws_handshake *h) MUST_CHECK;
/* Client: is this the answer to our key? ERR_DENIED when it is not a 101,
 * ERR_SYNTAX when it is a wrong one, ERR_CRYPTO. */
int ws_handshake_check_response(const struct http_response *resp, struct str key) MUST_CHECK;

#endif
