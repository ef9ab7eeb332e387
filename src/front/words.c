/*
 * words: see words.h.
 */
#include "front/words.h"

#include "codec/ws.h"
#include "link/link.h"

#define HEADER_MAX_BYTES 8192
#define REASON_MAX_BYTES 512

/* ---- reading ---- */

/* Reads a count, and that many pairs of name and value. */
static int
read_headers(struct ipc_in *m, struct http_header *h, size_t *ret_n)
{
	uint16_t n, i;
	int r;

	if ((r = ipc_get_u16(m, &n)) != 0)
		return r;
	if (n > WORDS_HEADERS_MAX)
		return ERR_PEER;
	for (i = 0; i < n; i++)
		if ((r = ipc_get_str(m, HEADER_MAX_BYTES, &h[i].name)) != 0 ||
		    (r = ipc_get_str(m, HEADER_MAX_BYTES, &h[i].value)) != 0)
			return r;
	*ret_n = n;
	return 0;
}

static int
read_response(struct ipc_in *m, struct core_words *w)
{
	struct http_response *resp = &w->response;
	int r;

	if ((r = ipc_get_u16(m, &resp->status)) != 0 ||
	    (r = read_headers(m, w->headers, &resp->n_headers)) != 0 ||
	    (r = ipc_get_str(m, IPC_MAX_BYTES, &resp->body)) != 0)
		return r;
	resp->headers = w->headers;
	/* After 1xx the client would wait for another answer. */
	return resp->status >= 200 && resp->status <= 599 ? 0 : ERR_PEER;
}

static int
read_refuse(struct ipc_in *m, struct core_words *w)
{
	struct http_response *resp = &w->response;
	int r;

	if ((r = ipc_get_u16(m, &resp->status)) != 0 ||
	    (r = ipc_get_str(m, LINK_MAX_BYTES, &resp->body)) != 0)
		return r;
	w->headers[0] = (struct http_header){ STR("Content-Type"), STR("application/json") };
	resp->headers = w->headers;
	resp->n_headers = 1;
	return resp->status >= 400 && resp->status <= 599 ? 0 : ERR_PEER;
}

static int
read_close(struct ipc_in *m, struct core_words *w)
{
	int r;

	if ((r = ipc_get_u16(m, &w->code)) != 0 ||
	    (r = ipc_get_str(m, REASON_MAX_BYTES, &w->reason)) != 0)
		return r;
	return ws_code_is_valid(w->code) ? 0 : ERR_PEER;
}

static int
read_fields(struct ipc_in *m, struct core_words *w)
{
	switch (m->type) {
	case MSG_CF_RESPONSE:
		return read_response(m, w);
	case MSG_CF_UPLINK_ACCEPT:
		return 0;
	case MSG_CF_UPLINK_REFUSE:
		return read_refuse(m, w);
	case MSG_CF_UPLINK_TEXT:
		return ipc_get_str(m, LINK_MAX_BYTES, &w->text);
	case MSG_CF_UPLINK_CLOSE:
		return read_close(m, w);
	default:
		return ERR_PEER;
	}
}

int
words_read(struct ipc_in *m, struct core_words *ret)
{
	int r;

	ret->type = (enum msg_type)m->type;
	ret->response = (struct http_response){ .status = 0 };
	if ((r = ipc_get_u64(m, &ret->number)) != 0 || (r = read_fields(m, ret)) != 0)
		return r;
	return ipc_get_end(m);
}

/* ---- writing ---- */

static void
put_host(struct ipc_out *m, const struct conn *from)
{
	struct buf host;

	buf_init(&host, 64);
	addr_host_write(conn_peer(from), &host);
	ipc_put_str(m, buf_view(&host));
	buf_release(&host);
}

void
words_request(struct ipc_out *m, uint64_t number, struct str request_id, const struct conn *from,
    const struct http_request *rq)
{
	size_t i;

	ipc_begin(m, MSG_FC_REQUEST);
	ipc_put_u64(m, number);
	ipc_put_str(m, request_id);
	put_host(m, from);
	ipc_put_u16(m, addr_port(conn_peer(from)));
	ipc_put_str(m, conn_tls_version(from));
	ipc_put_str(m, conn_tls_cipher(from));
	ipc_put_str(m, conn_tls_sni(from));
	ipc_put_str(m, rq->method);
	ipc_put_str(m, rq->target);
	ipc_put_u16(m, (uint16_t)rq->n_headers);
	for (i = 0; i < rq->n_headers; i++) {
		ipc_put_str(m, rq->headers[i].name);
		ipc_put_str(m, rq->headers[i].value);
	}
	ipc_put_str(m, rq->body);
}

void
words_link_open(struct ipc_out *m, uint64_t number, struct str request_id, const struct conn *from,
    struct str certificate, struct str said)
{
	ipc_begin(m, MSG_FC_UPLINK_OPEN);
	ipc_put_u64(m, number);
	ipc_put_str(m, request_id);
	put_host(m, from);
	ipc_put_str(m, certificate);
	ipc_put_str(m, said);
}

void
words_link_text(struct ipc_out *m, uint64_t number, struct str text)
{
	ipc_begin(m, MSG_FC_UPLINK_TEXT);
	ipc_put_u64(m, number);
	ipc_put_str(m, text);
}

void
words_link_close(struct ipc_out *m, uint64_t number)
{
	ipc_begin(m, MSG_FC_UPLINK_CLOSE);
	ipc_put_u64(m, number);
}
