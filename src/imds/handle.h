/*
 * handle: one metadata request into one answer (wire.md 5.2): which methods,
 * who needs a token, what is refused. Pure but for the token it may issue.
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
	bool local;     /* came over the Unix socket, which only processes of
			 * this host reach: no token needed */
	const struct http_request *request;
};

/*
 * Appends the whole response to out. ret_hop_limit: the IP TTL to send it with,
 * or 0 for the ordinary one. ERR_TOOBIG when out is too small.
 */
int handle_request(const struct handle_input *in, struct buf *out,
    unsigned *ret_hop_limit) MUST_CHECK;

#endif
