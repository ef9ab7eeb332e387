/*
 * file: reads and makes whole files; see file.h.
 */
#include "proc/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 4096

int
file_read_fd(int fd, struct buf *out)
{
	char chunk[CHUNK];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(out, chunk, (size_t)n);
	}
	explicit_bzero(chunk, sizeof(chunk));
	return n == -1 ? ERR_SYS : buf_err(out);
}

/* Closes fd and keeps errno, which is of something that failed before. */
static void
close_quietly(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

int
file_read_secret(const char *path, mode_t mode, struct buf *out, struct errinfo *ei)
{
	/* O_NONBLOCK, so that opening a pipe in place of the file does not block. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int r = ERR_SYS;

	if (fd == -1 || fstat(fd, &st) == -1) {
		err_set(ei, "%s: %s", path, strerror(errno));
		goto out;
	}
	r = ERR_DENIED;
	if (!S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 07777 & ~mode) != 0) {
		err_set(ei, "%s: must be a regular file of root with mode %04o", path, mode);
		goto out;
	}
	if ((r = file_read_fd(fd, out)) != 0)
		err_set(ei, "%s: %s", path, r == ERR_SYS ? strerror(errno) : err_text(r));
out:
	if (fd != -1)
		close(fd);
	return r;
}

static bool write_all(int fd, struct str bytes);

int
file_sealed(const char *name, struct str bytes, int *ret_fd)
{
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd == -1)
		return ERR_SYS;
	if (!write_all(fd, bytes) || lseek(fd, 0, SEEK_SET) != 0 ||
	    fcntl(fd, F_ADD_SEALS, seals) != 0) {
		close_quietly(fd);
		return ERR_SYS;
	}
	*ret_fd = fd;
	return 0;
}

static int
error_of(int error)
{
	if (error == EEXIST)
		return ERR_EXISTS;
	return error == ENOSPC || error == EDQUOT ? ERR_FULL : ERR_SYS;
}

static bool
write_all(int fd, struct str bytes)
{
	ssize_t n;

	while (bytes.n > 0) {
		n = write(fd, bytes.p, bytes.n);
		if (n == -1 && errno != EINTR)
			return false;
		if (n > 0)
			bytes = str_from(bytes, (size_t)n);
	}
	return true;
}

int
file_create(const char *path, mode_t mode, struct file_owner owner, struct str bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int saved, r = 0;

	if (fd == -1)
		return error_of(errno);
	/* The owner first, as chown may clear bits of the mode. */
	if (!write_all(fd, bytes) || fchown(fd, owner.uid, owner.gid) == -1 ||
	    fchmod(fd, mode) == -1 || fsync(fd) == -1) {
		saved = errno;
		r = error_of(saved);
		unlink(path);
		errno = saved;
	}
	close_quietly(fd);
	return r;
}

/* Opens the directory in which path is. *ret_name is what path is called there. */
static int
parent_open(char *path, const char **ret_name)
{
	const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	size_t n = strlen(path);
	char *slash;

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	if ((slash = strrchr(path, '/')) == NULL) {
		*ret_name = path;
		return open(".", flags);
	}
	*ret_name = slash[1] != '\0' ? slash + 1 : "."; /* of "/" */
	*slash = '\0';
	return open(slash == path ? "/" : path, flags);
}

/* Gives a new directory its owner. By its descriptor: whoever may write in the parent can have put
 * a link in its place by now. */
static int
made_give(int parent, const char *name, mode_t mode, struct file_owner owner)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd == -1)
		return ERR_SYS;
	r = fchown(fd, owner.uid, owner.gid) == -1 || fchmod(fd, mode) == -1 ? error_of(errno) : 0;
	close_quietly(fd);
	return r;
}

int
file_create_dir(const char *path, mode_t mode, struct file_owner owner)
{
	char text[PATH_MAX];
	const char *name;
	int saved, r, parent;

	if ((r = str_copy(text, sizeof(text), str_of(path))) != 0)
		return r;
	if ((parent = parent_open(text, &name)) == -1)
		return error_of(errno);
	if (mkdirat(parent, name, 0700) == -1) {
		r = error_of(errno);
	} else if ((r = made_give(parent, name, mode, owner)) != 0) {
		saved = errno;
		unlinkat(parent, name, AT_REMOVEDIR);
		errno = saved;
	}
	close_quietly(parent);
	return r;
}

int
file_sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd == -1)
		return ERR_SYS;
	r = fsync(fd) == -1 ? ERR_SYS : 0;
	close_quietly(fd);
	return r;
}

/* Syncs the directory that path is in. */
static int
sync_dir_of(const char *path)
{
	char dir[PATH_MAX];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	if ((slash = strrchr(dir, '/')) == NULL)
		return file_sync_dir(".");
	slash[slash == dir ? 1 : 0] = '\0';
	return file_sync_dir(dir);
}

int
file_replace(const char *path, mode_t mode, struct file_owner owner, struct str bytes)
{
	char fresh[PATH_MAX];
	int r;

	if ((size_t)snprintf(fresh, sizeof(fresh), "%s.new", path) >= sizeof(fresh))
		return ERR_TOOBIG;
	(void)unlink(fresh);
	if ((r = file_create(fresh, mode, owner, bytes)) != 0)
		return r;
	if (rename(fresh, path) != 0) {
		(void)unlink(fresh);
		return ERR_SYS;
	}
	return sync_dir_of(path);
}
