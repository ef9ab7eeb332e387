/*
 * keyd_tlskey: see keyd_tlskey.h.
 */
#include "daemon/keyd_tlskey.h"

#include "pki/privkey.h"
#include "proc/file.h"

#define MAX_KEY_FILE_BYTES 16384

/* Parses the key in text; name is for messages. */
static int
tls_key_parse(const char *name, struct str text, struct privkey **ret, struct errinfo *ei)
{
	struct privkey *key = NULL;
	int r;

	if ((r = privkey_pem_parse(text, &key)) != 0 || privkey_kind(key) != PRIVKEY_P256) {
		err_set(ei, "%s: not a P-256 private key in PEM without a pass phrase", name);
		privkey_free(key);
		return r != 0 ? r : ERR_UNSUPPORTED;
	}
	*ret = key;
	return 0;
}

static int
tls_key_load(const char *path, struct privkey **ret, struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, MAX_KEY_FILE_BYTES);
	if ((r = file_read_secret(path, 0600, &text, ei)) == 0)
		r = tls_key_parse(path, buf_view(&text), ret, ei);
	buf_wipe(&text);
	return r;
}

int
keyd_tlskey_open(const struct eicd_settings *s, struct keyd_secrets *ret, struct errinfo *ei)
{
	return tls_key_load(s->tls_key, &ret->tls_key, ei);
}

void
keyd_tlskey_close(struct keyd_secrets *v)
{
	privkey_free(v->tls_key);
}

int
keyd_tlskey_parse(struct keyd_secrets *v, struct str pem, struct errinfo *ei)
{
	struct privkey *key;
	int r;

	if ((r = tls_key_parse("tls_key", pem, &key, ei)) == 0) {
		privkey_free(v->tls_key);
		v->tls_key = key;
	}
	return r;
}
