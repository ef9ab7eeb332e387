/*
 * request: a request as core gets it, and its answer.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include "aws/service.h"

struct parked;

/* Where the answer goes: the channel to a front, and the number that the front gave the request. */
struct api_asker {
	uint64_t channel, number;
};

/* A request as front received it. */
struct api_request {
	struct api_asker asker; /* set and used by the caller */
	struct parked *parked;  /* NULL, or as batch_resume returned it (api/batch.h) */
	struct str request_id;  /* UUID, made by front */
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

/* How much of the value of a header is recorded and compared with policies. */
#define API_KEPT_HEADER_BYTES 1024

#define API_MAX_HEADERS 4

struct api_response {
	enum service service;  /* in whose form it is */
	uint16_t status;       /* 0: the request has left its batch and is not answered yet */
	struct parked *parked; /* used between batch and pipeline; NULL after batch_run */
	struct http_header headers[API_MAX_HEADERS];
	size_t n_headers;
	struct str body;
	/* What the request has cost, in steps of a decision (iam/steps.h); 0: nobody knows. */
	uint64_t work;
	struct str principal; /* whose signed request it was (call.owner); else empty */
	/* It was of the account's root, or one that the trail may be read by: what has to go on
	 * whatever the others do. */
	bool reserved;
};

#endif
