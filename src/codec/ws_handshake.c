/*
 * ws_handshake: the opening of a WebSocket; see ws_handshake.h. Pure.
 */
#include "codec/ws_handshake.h"

#include <openssl/evp.h>

#include "base/b64.h"

#define ACCEPT_LEN 28
#define MAX_EXTRA 16
#define MAX_HEADERS (5 + MAX_EXTRA)
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* Writes the base 64 of n bytes and a NUL; ret is large enough in all calls. */
static void
b64_to(char *ret, const uint8_t *p, size_t n)
{
	struct buf b;

	buf_init(&b, (n + 2) / 3 * 4);
	b64_write(&b, p, n);
	memcpy(ret, b.p, b.n);
	ret[b.n] = '\0';
	buf_release(&b);
}

void
ws_handshake_key(char ret[static WS_HANDSHAKE_KEY_LEN + 1], const uint8_t nonce[static 16])
{
	b64_to(ret, nonce, 16);
}

/* Writes the Sec-WebSocket-Accept for a key, and a NUL. ERR_CRYPTO when SHA-1 fails. */
static int
accept_of(char ret[static ACCEPT_LEN + 1], struct str key)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned md_n = 0;
	struct buf b;
	int r = 0;

	buf_init(&b, key.n + sizeof(GUID));
	buf_str(&b, key);
	buf_c(&b, GUID);
	if (EVP_Digest(b.p, b.n, md, &md_n, EVP_sha1(), NULL) != 1 || md_n != 20)
		r = ERR_CRYPTO;
	else
		b64_to(ret, md, md_n);
	buf_release(&b);
	return r;
}

/* True when s is the base 64 of 16 bytes, which has 24 characters. */
static bool
is_key(struct str s)
{
	struct buf b;
	bool ok;

	buf_init(&b, 16);
	ok = s.n == WS_HANDSHAKE_KEY_LEN && b64_parse(s, &b) == 0;
	buf_release(&b);
	return ok;
}

int
ws_handshake_check(const struct http_request *req, struct str *ret_key)
{
	const struct http_header *h = req->headers;
	size_t n = req->n_headers;
	struct str key, version;
	int r;

	if (!req->upgrade || !http_header_has(h, n, STR("Upgrade"), STR("websocket")))
		return ERR_BADSTATE;
	if ((r = http_header_find(h, n, STR("Sec-WebSocket-Version"), &version)) != 0)
		return ERR_SYNTAX;
	if (!str_eq_c(version, "13"))
		return ERR_UNSUPPORTED;
	if (http_header_find(h, n, STR("Sec-WebSocket-Key"), &key) != 0 || !is_key(key))
		return ERR_SYNTAX;
	*ret_key = key;
	return 0;
}

/* Appends the extra headers to the n_own ones that are in dst. ERR_TOOBIG. */
static int
join(struct http_header dst[static MAX_HEADERS], size_t n_own, const struct http_header *extra,
    size_t n_extra)
{
	size_t i;

	if (n_extra > MAX_EXTRA)
		return ERR_TOOBIG;
	for (i = 0; i < n_extra; i++)
		dst[n_own + i] = extra[i];
	return 0;
}

int
ws_handshake_write_response(struct buf *out, struct str key, const struct http_header *extra,
    size_t n_extra)
{
	char accept[ACCEPT_LEN + 1];
	struct http_header h[MAX_HEADERS];
	int r;

	if ((r = accept_of(accept, key)) != 0)
		return r;
	/* Connection must have this word only (wire.md 3.4). */
	h[0] = (struct http_header){ STR("Upgrade"), STR("websocket") };
	h[1] = (struct http_header){ STR("Connection"), STR("Upgrade") };
	h[2] = (struct http_header){ STR("Sec-WebSocket-Accept"), str_of(accept) };
	if ((r = join(h, 3, extra, n_extra)) != 0)
		return r;
	return http_response_write(out,
	    &(struct http_response){ .status = 101, .headers = h, .n_headers = 3 + n_extra },
	    false);
}

int
ws_handshake_write_request(struct buf *out, const struct ws_handshake *w)
{
	struct http_header h[MAX_HEADERS];
	int r;

	if (!is_key(w->key))
		return ERR_SYNTAX;
	h[0] = (struct http_header){ STR("Host"), w->host };
	h[1] = (struct http_header){ STR("Upgrade"), STR("websocket") };
	h[2] = (struct http_header){ STR("Connection"), STR("Upgrade") };
	h[3] = (struct http_header){ STR("Sec-WebSocket-Key"), w->key };
	h[4] = (struct http_header){ STR("Sec-WebSocket-Version"), STR("13") };
	if ((r = join(h, 5, w->extra, w->n_extra)) != 0)
		return r;
	return http_request_write(out,
	    &(struct http_request){ .method = STR("GET"),
		.target = w->target,
		.headers = h,
		.n_headers = 5 + w->n_extra });
}

int
ws_handshake_check_response(const struct http_response *resp, struct str key)
{
	const struct http_header *h = resp->headers;
	size_t n = resp->n_headers;
	char want[ACCEPT_LEN + 1];
	struct str v;
	int r;

	if (resp->status != 101)
		return ERR_DENIED;
	if ((r = accept_of(want, key)) != 0)
		return r;
	if (http_header_find(h, n, STR("Upgrade"), &v) != 0 ||
	    !str_eq_nocase(v, STR("websocket")) ||
	    !http_header_has(h, n, STR("Connection"), STR("upgrade")))
		return ERR_SYNTAX;
	if (http_header_find(h, n, STR("Sec-WebSocket-Accept"), &v) != 0 || !str_eq_c(v, want))
		return ERR_SYNTAX;
	if (http_header_find(h, n, STR("Sec-WebSocket-Protocol"), &v) != ERR_NOTFOUND ||
	    http_header_find(h, n, STR("Sec-WebSocket-Extensions"), &v) != ERR_NOTFOUND)
		return ERR_SYNTAX;
	return 0;
}
