/*
 * api: everything that a client can ask for, from the bytes of a request to
 * the bytes of its answer: authentication, authorisation, throttling, checking,
 * the act and its audit record. It does no network I/O; other processes are
 * behind ports. eicd-core calls it; so do tests, without any socket.
 */
#ifndef API_API_H
#define API_API_H

#include "api/ports.h"
#include "codec/http.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/rand.h"
#include "settings/eicd.h"
#include "store/store.h"

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

struct api_opts {
	struct store *store;                  /* borrowed, as all below; they outlive the api */
	const struct eicd_settings *settings; /* read anew for each request */
	const struct clock *clock;
	const struct rng *rng;
	const struct keyd_port *keyd;
	const struct compute_port *compute;
	const struct front_port *front;
	const struct export_port *export; /* NULL: the audit trail is not exported */
};

struct api;

/* Reads what the store says about the installation: region, account, decoy.
 * ERR_NOTFOUND (the store was never set up) with ei, or as the store. */
int api_new(const struct api_opts *o, struct api **ret, struct errinfo *ei) MUST_CHECK;
void api_free(struct api *api); /* NULL is fine */

/*
 * Answers one request. Must run inside a transaction (api/batch.h): the answer
 * may leave only after its commit. ret lives in a. Never fails: what goes
 * wrong is an answer too.
 */
void api_handle(struct api *api, const struct api_request *req, struct arena *a,
    struct api_response *ret);

/* The answer to a request whose transaction was not committed: 500 in the form
 * of its protocol. */
void api_fail(const struct api_request *req, struct arena *a, struct api_response *ret);

#endif
