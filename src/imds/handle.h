/*
 * handle: answers one metadata request (wire.md 5.2). It decides which methods are allowed,
 * when a token is needed, and what is refused. Pure, but for the token that it may issue.
 */
#ifndef IMDS_HANDLE_H
#define IMDS_HANDLE_H

#include "base/rand.h"
#include "codec/http.h"
#include "imds/guests.h"
#include "imds/signers.h"

struct handle_input {
	struct guest *guest;
	const struct signers *signers;
	const struct rng *rng;
	int64_t now_ms; /* boot clock */
	bool local;     /* came over the Unix socket, which only processes of this host
			 * can reach: it needs no token */
	const struct http_request *request;
};

/*
 * Appends the whole response to out. ret_hop_limit: the IP TTL to send it with, or 0 for the
 * system's. ERR_TOOBIG when out is too small, or the body is longer than TREE_MAX_BODY; the
 * connection cannot go on then.
 */
int handle_request(const struct handle_input *in, struct buf *out,
    unsigned *ret_hop_limit) MUST_CHECK;

#endif
