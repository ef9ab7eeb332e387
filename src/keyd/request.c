/*
 * request: see request.h.
 */
#include "keyd/request.h"

void
keyd_request_finish(struct keyd_request *q, int r, struct buf *b)
{
	if (r == 0 && (r = buf_err(b)) == 0)
		ipc_put_str(&q->reply, buf_view(b));
	buf_wipe(b);
	q->result = r;
}
