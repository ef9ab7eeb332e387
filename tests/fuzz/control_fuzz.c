/*
 * control_fuzz: a hostile parent talks to a role on its control channel. Input: messages of u8
 * type, u8 (with a descriptor or not), u8 length and the body.
 */
#include <fcntl.h>
#include <unistd.h>

#include "proc/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_fd(void *ctx, struct str text, int fd)
{
	(void)ctx;
	(void)text;
	return close(fd);
}

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	(void)ctx;
	(void)role;
	(void)number;
	return close(fd);
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static void
no_more(void *ctx, uint32_t ms)
{
	(void)ctx;
	(void)ms;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct control_ops ops = { on_peer, on_fd, on_fd, nothing, nothing, no_more };
	struct control *role;
	struct ipc *parent;
	struct ipc_out m;
	size_t at = 0, i, n;
	int fd[2], r = 0;

	if (ipc_pair(fd) != 0 || control_new(fd[0], &ops, NULL, &role) != 0)
		return 0;
	parent = ipc_new(fd[1], true, 1u << 20);
	while (r == 0 && size - at >= 3) {
		n = data[at + 2];
		if (n > size - at - 3)
			n = size - at - 3;
		ipc_begin(&m, (uint16_t)(0x100 | data[at]));
		for (i = 0; i < n; i++)
			ipc_put_u8(&m, data[at + 3 + i]);
		r = ipc_send(parent, &m, (data[at + 1] & 1) != 0 ? STDERR_FILENO : -1);
		if (r == 0)
			r = control_read(role);
		at += 3 + n;
	}
	control_free(role);
	ipc_free(parent);
	return 0;
}
