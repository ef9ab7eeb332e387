/*
 * keys_root: what eicd-keys does with the root's key: what is below it is made anew, or all of it
 * below the next root; and, once, the key is taken out of a database of an earlier version. Each
 * works inside a transaction, and may have an end after it. All are core when they begin and when
 * they end, as the database is core's (daemon/upkeep.h).
 */
#include <unistd.h>

#include "base/secret.h"
#include "daemon/keys.h"
#include "daemon/upkeep.h"
#include "pki/cert.h"

/* Stands in the store in place of the root's key from when its file is there until the database
 * is written anew. eicd does not start meanwhile. */
#define ROOT_KEY_MOVED STR("moved")

static const char *
root_key_file(const struct keys *k, char buf[static INIT_FILES_PATH_BYTES])
{
	keys_files_path(k, "root", ".key", buf);
	return k->key_file != NULL ? k->key_file : buf;
}

/* Reads the root's key from its file, as root. */
static int
root_key_read(struct keys *k, struct privkey **ret, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];
	int r;

	if ((r = upkeep_become_root(ei)) != 0 ||
	    (r = keys_files_private_read(root_key_file(k, path), k->root_cert.cert_der,
		 "the root of this installation", ret, ei)) != 0)
		return r;
	return upkeep_become_core(&k->in.core, ei);
}

/* ---- once: what an earlier version left ---- */

/* Opens what an earlier version sealed, or what was sealed anew already. */
static int
unseal(const struct init *in, enum seal_purpose purpose, struct str sealed, struct secret **ret)
{
	if (seal_unwrap(in->seal, SEAL_PRIVATE_KEY, sealed, ret) == 0)
		return 0;
	return seal_unwrap(in->seal, purpose, sealed, ret);
}

static int
reseal(struct init *in, const struct store_pki *v, struct errinfo *ei)
{
	struct secret *plain = NULL;
	enum seal_purpose purpose;
	struct buf sealed;
	int r = 0;

	if (v->sealed_key.n == 0 || !init_keys_purpose(v->kind, &purpose))
		return 0;
	buf_init(&sealed, PRIVKEY_MAX_DER_BYTES + SEAL_OVERHEAD_BYTES);
	if ((r = unseal(in, purpose, v->sealed_key, &plain)) != 0)
		err_set(ei, "%s does not open what is in the database", in->s.kek_file);
	else if ((r = seal_wrap(in->seal, purpose, str_of_n(secret_bytes(plain), secret_len(plain)),
		      in->rng, &sealed)) == 0)
		r = store_pki_reseal(in->store, v->cert_id, buf_view(&sealed));
	secret_free(plain);
	buf_release(&sealed);
	return r;
}

/* Writes the file of the root's key, as root, unless an earlier try did. */
static int
root_key_write(struct keys *k, const struct privkey *key, struct errinfo *ei)
{
	char buf[INIT_FILES_PATH_BYTES];
	const char *path = root_key_file(k, buf);
	struct privkey *there = NULL;
	int r;

	if ((r = upkeep_become_root(ei)) != 0)
		return r;
	if (access(path, F_OK) == 0) {
		r = root_key_read(k, &there, ei);
		privkey_free(there);
		return r;
	}
	if ((r = init_keys_root_file(&k->in, path, key, ei)) != 0 ||
	    (r = init_files_commit(k->in.files, ei)) != 0)
		return r;
	return upkeep_become_core(&k->in.core, ei);
}

/* The root's key from the store. Its file must be durable before it goes from there. */
static int
root_key_move(struct keys *k, struct privkey **ret, struct errinfo *ei)
{
	const struct store_pki *cert = &k->root_cert;
	struct init *in = &k->in;
	struct secret *plain = NULL;
	int r;

	if (str_eq(cert->sealed_key, ROOT_KEY_MOVED))
		return root_key_read(k, ret, ei);
	if ((r = seal_unwrap(in->seal, SEAL_PRIVATE_KEY, cert->sealed_key, &plain)) != 0) {
		err_set(ei, "%s does not open what is in the database", in->s.kek_file);
		return r;
	}
	if ((r = privkey_parse(str_of_n(secret_bytes(plain), secret_len(plain)), ret)) == 0 &&
	    (r = root_key_write(k, *ret, ei)) == 0)
		r = store_pki_reseal(in->store, cert->cert_id, ROOT_KEY_MOVED);
	secret_free(plain);
	return r;
}

/* The root's OCSP responses, about itself and the intermediates, until their ends: eicd has no
 * key to renew them. */
static int
root_staples(struct init *in, const struct init_made *root)
{
	struct store_pki *v;
	size_t i, n;
	int r;

	if ((r = store_pki_list(in->store, in->arena, &v, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		if (v[i].state == STORE_PKI_ACTIVE &&
		    (v[i].kind == STORE_PKI_ROOT || v[i].kind == STORE_PKI_INTERMEDIATE))
			r = init_keys_staple(in, root, v[i].cert_der, v[i].not_after_at);
	return r;
}

int
keys_root_upgrade(struct keys *k, struct errinfo *ei)
{
	struct init *in = &k->in;
	struct store_pki *v;
	size_t i, n;
	int r;

	if (k->root_cert.sealed_key.n == 0) {
		err_set(ei, "done already: the root's key is not in the database");
		return ERR_BADSTATE;
	}
	if ((r = store_pki_list(in->store, in->arena, &v, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		r = reseal(in, &v[i], ei);
	if (r != 0 || (r = root_key_move(k, &k->root.key, ei)) != 0)
		return r;
	return root_staples(in, &k->root);
}

/* What was sealed in the database goes from its free pages as well. */
int
keys_root_upgrade_end(struct keys *k, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];
	struct store *st = k->in.store;
	struct errinfo why = { "" };
	int r;

	if ((r = store_vacuum(st)) == 0 &&
	    (r = store_pki_reseal(st, k->root_cert.cert_id, STR(""))) == 0)
		return 0;
	store_error(st, &why);
	err_set(ei,
	    "%s: the root's key is in %s, but its seal may still be in free pages here: run this "
	    "again: %s",
	    k->in.s.database, root_key_file(k, path), why.text);
	return ERR_BADSTATE;
}

/* ---- now and then ---- */

int
keys_root_upgraded(const struct keys *k, struct errinfo *ei)
{
	if (k->root_cert.sealed_key.n == 0)
		return 0;
	err_set(ei, "the keys are those of an earlier version: run eicd keys upgrade");
	return ERR_BADSTATE;
}

/* Retires what is active, up to this kind. */
static int
retire(struct init *in, enum store_pki_kind first)
{
	struct store_pki *v;
	size_t i, n;
	int r;

	if ((r = store_pki_list(in->store, in->arena, &v, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		if (v[i].state == STORE_PKI_ACTIVE && v[i].kind >= first &&
		    v[i].kind <= STORE_PKI_SIGNER)
			r = store_pki_retire(in->store, v[i].cert_id);
	return r;
}

int
keys_root_signers(struct keys *k, struct errinfo *ei)
{
	int r;

	if ((r = keys_root_upgraded(k, ei)) != 0 || (r = root_key_read(k, &k->root.key, ei)) != 0 ||
	    (r = retire(&k->in, STORE_PKI_INTERMEDIATE)) != 0)
		return r;
	return init_keys_signers(&k->in, &k->root, ei);
}

int
keys_root_use(struct keys *k, struct errinfo *ei)
{
	struct init_made *root = &k->root;
	int r;

	if ((r = keys_root_upgraded(k, ei)) != 0 || (r = upkeep_become_root(ei)) != 0)
		return r;
	buf_clear(&root->der);
	if ((r = keys_files_next_read(k, &keys_files_root, root, ei)) != 0 ||
	    (r = upkeep_become_core(&k->in.core, ei)) != 0)
		return r;
	/* An earlier try may have ended between the commit and the files. */
	if (str_eq(buf_view(&root->der), k->root_cert.cert_der))
		return 0;
	if ((r = retire(&k->in, STORE_PKI_ROOT)) != 0)
		return r;
	return init_keys_root_keep(&k->in, root, ei);
}

int
keys_root_use_end(struct keys *k, struct errinfo *ei)
{
	int r;

	if ((r = upkeep_become_root(ei)) != 0 ||
	    (r = keys_files_next_stage(k, &keys_files_root, &k->root, ei)) != 0 ||
	    (r = init_files_commit(k->in.files, ei)) != 0 ||
	    (r = keys_files_next_remove(k, &keys_files_root, ei)) != 0)
		return r;
	return upkeep_become_core(&k->in.core, ei);
}
