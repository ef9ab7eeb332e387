/*
 * control_send: the parent's side of the control channel; see control.h.
 */
#include "proc/control.h"

int
control_send_peer(struct ipc *c, enum msg_role role, uint16_t number, int fd)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CTL_PEER);
	ipc_put_u8(&m, (uint8_t)role);
	ipc_put_u16(&m, number);
	return ipc_send(c, &m, fd);
}

static int
send_named(struct ipc *c, uint16_t type, struct str name, int fd)
{
	struct ipc_out m;

	ipc_begin(&m, type);
	ipc_put_str(&m, name);
	return ipc_send(c, &m, fd);
}

int
control_send_listener(struct ipc *c, struct str address, int fd)
{
	return send_named(c, MSG_CTL_LISTENER, address, fd);
}

int
control_send_file(struct ipc *c, struct str name, int fd)
{
	return send_named(c, MSG_CTL_FILE, name, fd);
}

int
control_send(struct ipc *c, enum msg_type type)
{
	struct ipc_out m;

	ipc_begin(&m, (uint16_t)type);
	return ipc_send(c, &m, -1);
}

int
control_send_retire(struct ipc *c, uint32_t ms)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CTL_RETIRE);
	ipc_put_u32(&m, ms);
	return ipc_send(c, &m, -1);
}
