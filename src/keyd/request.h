/*
 * request: one question to keyd, for the files with the operations. An operation reads its
 * fields to the end and then acts. It returns ERR_PEER when the message is malformed; how the
 * operation itself went is put into result.
 */
#ifndef KEYD_REQUEST_H
#define KEYD_REQUEST_H

#include "ipc/ipc.h"
#include "keyd/ops.h"
#include "pki/privkey.h"
#include "pki/seal.h"

/* How far from keyd's clock a time may be that core gives for now: longer than a question waits. */
#define KEYD_NEAR_S 60
#define KEYD_MAX_SEALED_KEY (PRIVKEY_MAX_DER_BYTES + SEAL_OVERHEAD_BYTES)

/* The longest date, region or service of a SigV4 signing key, and the longest text to sign. */
#define KEYD_MAX_SCOPE_PART 64
#define KEYD_MAX_STRING_TO_SIGN 1024

struct keyd_request {
	const struct keyd_secrets *secrets;
	struct ipc_out reply; /* begun; dropped when the operation fails */
	int result;           /* 0, or the error of the operation */
};

/* Ends an operation with r as its result. If r is 0, b becomes the last field of the reply,
 * unless b is overfull, which becomes the result. Wipes b. */
void keyd_request_finish(struct keyd_request *q, int r, struct buf *b);

#endif
