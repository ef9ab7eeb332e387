/*
 * note: sends a datagram to /dev/log; see note.h.
 */
#include "authkeys/note.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"

#define NAME "eic_run_authorized_keys"
#define MAX_LINE 4096

static void
to_syslog(struct str line)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return;
	(void)!sendto(fd, line.p, line.n, MSG_NOSIGNAL, (struct sockaddr *)(void *)&to, sizeof(to));
	close(fd);
}

void
note_write(struct str text, bool terminal)
{
	struct buf line;
	size_t i, n;

	buf_init(&line, MAX_LINE);
	buf_fmt(&line, "<%d>" NAME "[%ld]: ", LOG_AUTHPRIV | LOG_INFO, (long)getpid());
	for (i = 0; i < text.n && line.n < MAX_LINE - 1; i++)
		buf_ch(&line,
		    (unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f ? '?' : text.p[i]);
	to_syslog(buf_view(&line));
	if (terminal) {
		n = str_index(buf_view(&line), '>') + 1;
		buf_ch(&line, '\n');
		(void)!write(STDERR_FILENO, line.p + n, line.n - n);
	}
	buf_release(&line);
}
