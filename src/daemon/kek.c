/*
 * kek: see kek.h.
 */
#include "daemon/kek.h"

#include "proc/file.h"

#define MAX_KEY_FILE_BYTES 16384

int
kek_load(const char *path, struct seal **ret, struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, MAX_KEY_FILE_BYTES);
	if ((r = file_read_secret(path, 0400, &text, ei)) == 0 &&
	    (r = seal_parse(buf_view(&text), ret)) != 0)
		err_set(ei, "%s: not a key-encryption key", path);
	buf_wipe(&text);
	return r;
}
