/*
 * keyd_vault: see keyd_vault.h.
 */
#include "daemon/keyd_vault.h"

#include "keyd/cache.h"
#include "pki/seal.h"
#include "proc/file.h"

#define MAX_KEY_FILE_BYTES 16384

static int
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

int
keyd_vault_open(const struct eicd_settings *s, struct keyd_secrets *ret, struct errinfo *ei)
{
	int r;

	if ((r = kek_load(s->kek_file, &ret->seal, ei)) == 0)
		ret->cache = keyd_cache_new(ret->seal);
	return r;
}

void
keyd_vault_close(struct keyd_secrets *v)
{
	keyd_cache_free(v->cache);
	seal_free(v->seal);
}
