/*
 * ipc_fuzz: sends packets as a hostile peer may do, then reads fields in an order that the input
 * chooses. Input: pieces of u8 length and bytes.
 */
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_fields(struct ipc_in *m, const uint8_t *order, size_t n)
{
	struct str s;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++)
		switch (order[i] & 7) {
		case 0:
			r = ipc_get_u8(m, &u8);
			break;
		case 1:
			r = ipc_get_u16(m, &u16);
			break;
		case 2:
			r = ipc_get_u32(m, &u32);
			break;
		case 3:
			r = ipc_get_u64(m, &u64);
			break;
		case 4:
			r = ipc_get_end(m);
			break;
		default:
			r = ipc_get_str(m, order[i], &s);
			break;
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipc_in m;
	struct ipc *in;
	size_t at = 0, n;
	int fd[2];

	if (ipc_pair(fd) != 0)
		return 0;
	in = ipc_new(fd[1], true, 0);
	while (at < size) {
		n = data[at++];
		if (n > size - at)
			n = size - at;
		if (n > 0)
			(void)!send(fd[0], data + at, n, MSG_DONTWAIT);
		if (ipc_recv(in, &m) == 0)
			read_fields(&m, data + at, n);
		at += n;
	}
	ipc_free(in);
	close(fd[0]);
	return 0;
}
