/*
 * keys_files: certificates and keys that are in files alone: the API's authority and server, and
 * the next root until it is used. eicd may run meanwhile: it reads such files at its start and at
 * SIGHUP, and refuses a certificate that does not fit its key.
 *
 * A new file takes the place of an old one by a rename, the one that says that all is done last.
 * So what is interrupted is done again from its beginning.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "codec/pem.h"
#include "daemon/keys.h"
#include "pki/cert.h"
#include "pki/cert_read.h"
#include "proc/file.h"

#define MAX_SANS_BYTES 2048
#define MAX_CERTS 4

const struct keys_authority keys_files_root = { "root", INIT_KEYS_ROOT_NAME, PRIVKEY_RSA2048 };
static const struct keys_authority ca_authority = { "ca", INIT_KEYS_CA_NAME, PRIVKEY_P256 };

/* ---- files ---- */

void
keys_files_path(const struct keys *k, const char *name, const char *suffix,
    char ret[static INIT_FILES_PATH_BYTES])
{
	snprintf(ret, INIT_FILES_PATH_BYTES, "%s/%s%s", k->in.s.state_dir, name, suffix);
}

int
keys_files_private_read(const char *path, struct str cert_der, const char *whose,
    struct privkey **ret, struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, KEYS_MAX_FILE_BYTES);
	if ((r = file_read_secret(path, 0400, &text, ei)) == 0 &&
	    (r = privkey_pem_parse(buf_view(&text), ret)) != 0)
		err_set(ei, "%s: not a private key in PEM without a pass phrase", path);
	buf_wipe(&text);
	if (r == 0 && !cert_is_of(cert_der, *ret)) {
		err_set(ei, "%s: not the key of %s", path, whose);
		privkey_free(*ret);
		*ret = NULL;
		r = ERR_DENIED;
	}
	return r;
}

/* Reads the certificates of a file in PEM. ERR_SYS, ERR_SYNTAX. */
static int
certs_read(struct keys *k, const char *path, struct pem_block *ret, size_t max, size_t *ret_n,
    struct errinfo *ei)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buf text;
	size_t i;
	int r;

	buf_init(&text, KEYS_MAX_FILE_BYTES);
	if ((r = fd == -1 ? ERR_SYS : file_read_fd(fd, &text)) != 0) {
		err_set(ei, "%s: %s", path, r == ERR_SYS ? strerror(errno) : err_text(r));
		goto out;
	}
	if (pem_parse(k->in.arena, arena_str(k->in.arena, buf_view(&text)), ret, max, ret_n) != 0)
		r = ERR_SYNTAX;
	for (i = 0; r == 0 && i < *ret_n; i++)
		if (!str_eq_c(ret[i].label, "CERTIFICATE"))
			r = ERR_SYNTAX;
	if (r != 0)
		err_set(ei, "%s: not certificates in PEM", path);
out:
	if (fd != -1)
		close(fd);
	buf_release(&text);
	return r;
}

/* Stages a file of the certificates in PEM. */
static int
certs_stage(struct keys *k, const char *path, const struct str *ders, size_t n, struct errinfo *ei)
{
	const struct init_file v = { path, 0444, { 0, 0 } };
	struct buf pem;
	size_t i;
	int r;

	buf_init(&pem, KEYS_MAX_FILE_BYTES);
	for (i = 0; i < n; i++)
		pem_write(&pem, "CERTIFICATE", ders[i]);
	if ((r = buf_err(&pem)) == 0)
		r = init_files_replace(k->in.files, &v, buf_view(&pem), ei);
	buf_release(&pem);
	return r;
}

static int
key_stage(struct keys *k, const char *path, const struct privkey *key, struct errinfo *ei)
{
	const struct init_file v = { path, 0400, { 0, 0 } };
	struct buf pem;
	int r;

	buf_init(&pem, KEYS_MAX_FILE_BYTES);
	if ((r = privkey_pem_write(key, &pem)) == 0)
		r = init_files_replace(k->in.files, &v, buf_view(&pem), ei);
	buf_wipe(&pem);
	return r;
}

/* ---- the next authority ---- */

static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Is the next authority's key in the place of the present one's? */
static bool
in_use_read(const struct keys *k, const struct keys_authority *a, struct str der,
    struct init_made *ret)
{
	char path[INIT_FILES_PATH_BYTES];
	struct errinfo none;

	keys_files_path(k, a->name, ".key", path);
	return keys_files_private_read(path, der, "", &ret->key, &none) == 0;
}

int
keys_files_next_read(struct keys *k, const struct keys_authority *a, struct init_made *ret,
    struct errinfo *ei)
{
	char cert[INIT_FILES_PATH_BYTES], key[INIT_FILES_PATH_BYTES];
	struct pem_block block;
	const char *path;
	size_t n;
	int r;

	keys_files_path(k, a->name, "-next.pem", cert);
	keys_files_path(k, a->name, "-next.key", key);
	if (access(cert, F_OK) != 0 && errno == ENOENT) {
		err_set(ei, "%s: there is no next one: run eicd keys %s-next first", cert, a->name);
		return ERR_NOTFOUND;
	}
	if ((r = certs_read(k, cert, &block, 1, &n, ei)) != 0)
		return r;
	buf_str(&ret->der, block.der);
	/* Who names the file that would be taken anyway has not kept the key elsewhere. */
	if (k->key_file != NULL && is_same_file(k->key_file, key))
		k->key_file = NULL;
	path = k->key_file != NULL ? k->key_file : key;
	/* An earlier try may have ended before the certificate was removed, and after the key. */
	if (access(path, F_OK) != 0 && in_use_read(k, a, block.der, ret)) {
		k->key_file = NULL;
		return 0;
	}
	return keys_files_private_read(path, block.der, cert, &ret->key, ei);
}

int
keys_files_next_stage(struct keys *k, const struct keys_authority *a, const struct init_made *next,
    struct errinfo *ei)
{
	const struct str der = buf_view(&next->der);
	char path[INIT_FILES_PATH_BYTES];
	int r;

	keys_files_path(k, a->name, ".pem", path);
	if ((r = certs_stage(k, path, &der, 1, ei)) != 0 || k->key_file != NULL)
		return r;
	keys_files_path(k, a->name, ".key", path);
	return key_stage(k, path, next->key, ei);
}

int
keys_files_next_remove(struct keys *k, const struct keys_authority *a, struct errinfo *ei)
{
	static const char *const suffixes[] = { "-next.key", "-next.pem" };
	char path[INIT_FILES_PATH_BYTES];
	size_t i;

	/* The certificate last: as long as it is there, there is something left to do. */
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		keys_files_path(k, a->name, suffixes[i], path);
		if (unlink(path) == -1 && errno != ENOENT) {
			err_set(ei, "%s: %s", path, strerror(errno));
			return ERR_SYS;
		}
	}
	return file_sync_dir(k->in.s.state_dir);
}

/*
 * Makes the next authority. NAME.pem, which those who trust it are given, then holds the present
 * one and the next one. It is the first file that is replaced, and the certificate of the next one
 * the last, as that says that all is done.
 */
static int
next_make(struct keys *k, const struct keys_authority *a, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES], id[37];
	struct pem_block blocks[MAX_CERTS];
	struct init_made next = { .key = NULL };
	struct str ders[2];
	size_t n;
	int r;

	buf_init(&next.der, CERT_MAX_DER_BYTES);
	keys_files_path(k, a->name, "-next.pem", path);
	if (access(path, F_OK) == 0) {
		err_set(ei, "%s: the next one is there already: run eicd keys %s-use", path,
		    a->name);
		return ERR_EXISTS;
	}
	keys_files_path(k, a->name, ".pem", path);
	if ((r = certs_read(k, path, blocks, MAX_CERTS, &n, ei)) != 0)
		return r;
	rand_uuid(k->in.rng, id);
	if ((r = init_keys_authority(&k->in, a->key, a->common_name, id, &next)) != 0)
		goto out;
	ders[0] = blocks[0].der;
	ders[1] = buf_view(&next.der);
	keys_files_path(k, a->name, "-next.pem", path);
	if ((r = certs_stage(k, path, &ders[1], 1, ei)) != 0)
		goto out;
	keys_files_path(k, a->name, "-next.key", path);
	if ((r = key_stage(k, path, next.key, ei)) != 0)
		goto out;
	keys_files_path(k, a->name, ".pem", path);
	if ((r = certs_stage(k, path, ders, 2, ei)) == 0)
		r = init_files_commit(k->in.files, ei);
out:
	init_keys_release(&next);
	return r;
}

int
keys_files_root_next(struct keys *k, struct errinfo *ei)
{
	return next_make(k, &keys_files_root, ei);
}

int
keys_files_ca_next(struct keys *k, struct errinfo *ei)
{
	return next_make(k, &ca_authority, ei);
}

/* ---- the API's server ---- */

static bool
is_by_any(struct str der, const struct pem_block *cas, size_t n)
{
	size_t i;

	for (i = 0; i < n && !cert_read_is_by(der, cas[i].der); i++)
		;
	return i < n;
}

/* The names for the server's certificate: those that are asked for, or those that it has. One that
 * somebody else issued is not replaced. */
static int
names_get(struct keys *k, const struct pem_block *cas, size_t n_cas, struct buf *ret,
    struct errinfo *ei)
{
	const char *path = k->in.s.tls_certificate;
	struct pem_block blocks[MAX_CERTS];
	size_t n;
	int r;

	if ((r = certs_read(k, path, blocks, MAX_CERTS, &n, ei)) != 0)
		return r;
	if (!is_by_any(blocks[0].der, cas, n_cas)) {
		err_set(ei, "%s: not by the API's authority: who issued it renews it", path);
		return ERR_DENIED;
	}
	if (k->tls_san != NULL)
		buf_c(ret, k->tls_san);
	else if ((r = cert_read_sans(blocks[0].der, ret)) != 0)
		err_set(ei, "%s: names that cannot be taken over; give --tls-san", path);
	return r != 0 ? r : buf_err(ret);
}

/* Stages a new server's certificate and key below the authority. */
static int
server_stage(struct keys *k, const struct init_made *ca, const struct pem_block *cas, size_t n_cas,
    struct errinfo *ei)
{
	struct init_made server = { .key = NULL };
	struct buf sans;
	struct str der;
	int r;

	buf_init(&sans, MAX_SANS_BYTES);
	buf_init(&server.der, CERT_MAX_DER_BYTES);
	if ((r = names_get(k, cas, n_cas, &sans, ei)) != 0)
		goto out;
	buf_ch(&sans, '\0');
	if ((r = init_keys_server(&k->in, ca, sans.p, &server, ei)) != 0)
		goto out;
	der = buf_view(&server.der);
	if ((r = certs_stage(k, k->in.s.tls_certificate, &der, 1, ei)) == 0)
		r = key_stage(k, k->in.s.tls_key, server.key, ei);
out:
	init_keys_release(&server);
	buf_release(&sans);
	return r;
}

/* Reads the key of the present authority, whose certificate is der. */
static int
ca_read(struct keys *k, struct str der, struct init_made *ret, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];

	keys_files_path(k, "ca", ".key", path);
	if (k->key_file == NULL && access(path, F_OK) != 0 && errno == ENOENT) {
		err_set(ei,
		    "%s: No such file: name it with --ca-key; if an earlier version made this "
		    "installation, run eicd keys ca-next",
		    path);
		return ERR_NOTFOUND;
	}
	buf_str(&ret->der, der);
	return keys_files_private_read(k->key_file != NULL ? k->key_file : path, der,
	    "the API's authority", &ret->key, ei);
}

int
keys_files_tls(struct keys *k, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];
	struct pem_block cas[MAX_CERTS];
	struct init_made ca = { .key = NULL };
	size_t n;
	int r;

	buf_init(&ca.der, CERT_MAX_DER_BYTES);
	keys_files_path(k, "ca", ".pem", path);
	if ((r = certs_read(k, path, cas, MAX_CERTS, &n, ei)) == 0 &&
	    (r = ca_read(k, cas[0].der, &ca, ei)) == 0 &&
	    (r = server_stage(k, &ca, cas, n, ei)) == 0)
		r = init_files_commit(k->in.files, ei);
	init_keys_release(&ca);
	return r;
}

int
keys_files_ca_use(struct keys *k, struct errinfo *ei)
{
	char path[INIT_FILES_PATH_BYTES];
	struct pem_block cas[MAX_CERTS];
	struct init_made next = { .key = NULL };
	size_t n;
	int r;

	buf_init(&next.der, CERT_MAX_DER_BYTES);
	keys_files_path(k, "ca", ".pem", path);
	/* The server's certificate is the first that is replaced. */
	if ((r = certs_read(k, path, cas, MAX_CERTS, &n, ei)) == 0 &&
	    (r = keys_files_next_read(k, &ca_authority, &next, ei)) == 0 &&
	    (r = keys_files_next_stage(k, &ca_authority, &next, ei)) == 0 &&
	    (r = server_stage(k, &next, cas, n, ei)) == 0 &&
	    (r = init_files_commit(k->in.files, ei)) == 0)
		r = keys_files_next_remove(k, &ca_authority, ei);
	init_keys_release(&next);
	return r;
}
