/*
 * api: the reader of the action table, from the bytes of a request to the bytes
 * of its answer: authentication, authorisation, throttling, checking, the act and
 * its audit record. What can be asked for is handed in: no service is known here.
 * eicd-core calls it, through batch.h; so do tests, without any socket.
 */
#ifndef API_API_H
#define API_API_H

#include "api/action.h"
#include "codec/http.h"
#include "region/region.h"

/* A request as front received it. */
struct api_request {
	struct str request_id; /* UUID, made by front */
	struct str peer_ip;
	uint16_t peer_port;
	struct str tls_version; /* "TLSv1.3" */
	struct str tls_cipher;
	struct str sni;
	struct str method;
	struct str target; /* raw path and query */
	const struct http_header *headers;
	size_t n_headers;
	struct str body;
};

#define API_MAX_HEADERS 4

struct api_response {
	uint16_t status;
	struct http_header headers[API_MAX_HEADERS];
	size_t n_headers;
	struct str body;
};

struct api;

/* Reads what the store says for requests: the decoy. region and actions are
 * borrowed and outlive the api. ERR_NOTFOUND (the store was never set up) with
 * ei, or as the store. */
int api_new(struct region *region, const struct action_table *actions, struct api **ret,
    struct errinfo *ei) MUST_CHECK;
void api_free(struct api *api); /* NULL is fine */

#endif
