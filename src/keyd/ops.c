/*
 * ops: see ops.h. The operations of each kind are in its own file.
 */
#include "keyd/ops.h"

#include "keyd/request.h"

int
keyd_ops_answer(const struct keyd_kind *kind, const struct keyd_secrets *secrets, struct ipc *c,
    struct ipc_in *m)
{
	struct keyd_request q = { .secrets = secrets };
	uint64_t used = 0;
	int r;

	if (m->fd != -1)
		return ERR_PEER;
	ipc_begin(&q.reply, MSG_KD_REPLY);
	ipc_put_u8(&q.reply, 1);
	if ((r = ipc_dispatch(kind->rules, kind->n_rules, &used, m, &q)) != 0) {
		ipc_drop(&q.reply);
		return r;
	}
	if (q.result != 0) {
		ipc_drop(&q.reply);
		ipc_begin(&q.reply, MSG_KD_REPLY);
		ipc_put_u8(&q.reply, 0);
		ipc_put_str(&q.reply, str_of(err_text(q.result)));
	}
	return ipc_send(c, &q.reply, -1);
}
