/*
 * request: one question to keyd under way, for the files that hold the
 * operations. Each reads its fields to the end, then acts; an error that it returns
 * is about the message (ERR_PEER), how the operation went goes into result.
 */
#ifndef KEYD_REQUEST_H
#define KEYD_REQUEST_H

#include "ipc/ipc.h"
#include "keyd/ops.h"

/* The longest parts of what a SigV4 signing key is made of, and what it signs. */
#define KEYD_MAX_SCOPE_PART 64
#define KEYD_MAX_STRING_TO_SIGN 1024

struct keyd_request {
	const struct keyd_secrets *secrets;
	struct ipc_out reply; /* thrown away when the operation fails */
	int result;           /* of the operation */
};

/* Ends an operation that wrote its last result to b: r says how it went. Wipes b. */
void keyd_request_finish(struct keyd_request *q, int r, struct buf *b);

#endif
