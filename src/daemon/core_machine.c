/*
 * core_machine: see core_machine.h.
 */
#include "daemon/core_machine.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "proc/file.h"

#define PEM_MAX_BYTES (1u << 20)

struct core_machine {
	const struct eicd_settings *s;
	struct buf certificate;
	struct machine_port port;
};

static int
space(void *ctx, enum machine_disk disk, struct machine_space *ret)
{
	const struct core_machine *m = ctx;
	const char *const paths[MACHINE_DISKS] = { [MACHINE_DATABASE] = m->s->database,
		[MACHINE_EXPORT] = m->s->audit_export };
	const char *path = paths[disk];
	struct statvfs st;

	if (path[0] != '/')
		return ERR_NOTFOUND;
	if (statvfs(path, &st) != 0)
		return ERR_SYS;
	ret->free_bytes = (int64_t)(st.f_bavail * st.f_frsize);
	ret->size_bytes = (int64_t)(st.f_blocks * st.f_frsize);
	return 0;
}

static struct str
certificate(void *ctx)
{
	return buf_view(&((const struct core_machine *)ctx)->certificate);
}

struct core_machine *
core_machine_new(const struct eicd_settings *s)
{
	struct core_machine *m = xalloc(sizeof(*m));

	m->s = s;
	buf_init(&m->certificate, PEM_MAX_BYTES);
	m->port = (struct machine_port){ .ctx = m, .space = space, .certificate = certificate };
	return m;
}

void
core_machine_free(struct core_machine *m)
{
	if (m == NULL)
		return;
	buf_release(&m->certificate);
	xfree(m);
}

int
core_machine_certificate(struct core_machine *m, int fd)
{
	struct buf fresh;
	int r;

	buf_init(&fresh, PEM_MAX_BYTES);
	r = file_read_fd(fd, &fresh);
	close(fd);
	if (r != 0) {
		buf_release(&fresh);
		return r;
	}
	buf_release(&m->certificate);
	m->certificate = fresh;
	return 0;
}

const struct machine_port *
core_machine_port(const struct core_machine *m)
{
	return &m->port;
}
