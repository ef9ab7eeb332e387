/*
 * keys: what the files of eicd-keys share. keys.c is the program; keys_files changes certificates
 * and keys that are in files alone, also while eicd runs; keys_root and keys_kek change what is in
 * the database, while it does not (decision 0056).
 */
#ifndef DAEMON_KEYS_H
#define DAEMON_KEYS_H

#include "daemon/init.h"

#define KEYS_MAX_FILE_BYTES 65536

struct keys {
	struct init in;       /* what eicd-init uses, too */
	const char *key_file; /* --root-key, --ca-key; NULL: the one in the state directory */
	const char *tls_san;  /* --tls-san; NULL: as they are */
	/* For what works in the database: the root in it, whose key a command puts there. */
	struct store_pki root_cert;
	struct init_made root;
	int lock, files_lock; /* -1: not held */
};

/* An authority whose certificate is in NAME.pem and whose key is in NAME.key of the state
 * directory, and the next one, which is in NAME-next.pem and NAME-next.key. */
struct keys_authority {
	const char *name;
	const char *common_name; /* begins with this; eight random digits follow */
	enum privkey_kind key;
};
extern const struct keys_authority keys_files_root;

/* In all of these ei says what is wrong, unless it is an error of the store. Those of a command
 * leave everything as it was, or can be run again. */

/* ---- keys_files: nothing here opens the database ---- */

/* STATE_DIR/NAME, then the suffix. */
void keys_files_path(const struct keys *k, const char *name, const char *suffix,
    char ret[static INIT_FILES_PATH_BYTES]);
/* Reads the private key at path, which root alone may read, and which must be that of the
 * certificate; whose says which that is. ERR_DENIED (another key), ERR_SYNTAX, or as
 * file_read_secret. */
int keys_files_private_read(const char *path, struct str cert_der, const char *whose,
    struct privkey **ret, struct errinfo *ei) MUST_CHECK;
/* Reads the next authority, with its key. A key_file that is NAME-next.key itself counts as not
 * given from then on: the key is to be in NAME.key. ERR_NOTFOUND (there is none). */
int keys_files_next_read(struct keys *k, const struct keys_authority *a, struct init_made *ret,
    struct errinfo *ei) MUST_CHECK;
/* Stages the files of the next authority as those of the present one. The key stays where
 * key_file says, if that is given. */
int keys_files_next_stage(struct keys *k, const struct keys_authority *a,
    const struct init_made *next, struct errinfo *ei) MUST_CHECK;
/* Removes the files of the next authority, which is in use now. */
int keys_files_next_remove(struct keys *k, const struct keys_authority *a,
    struct errinfo *ei) MUST_CHECK;

/* The commands: a server's certificate; the next authority of the API; to use that; the next
 * root. */
int keys_files_tls(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_files_ca_next(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_files_ca_use(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_files_root_next(struct keys *k, struct errinfo *ei) MUST_CHECK;

/* ---- keys_root: inside a transaction; those with _end behind it ---- */

int keys_root_upgrade(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_root_upgrade_end(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_root_signers(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_root_use(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_root_use_end(struct keys *k, struct errinfo *ei) MUST_CHECK;
/* 0, or ERR_BADSTATE: the keys are as an earlier version left them. */
int keys_root_upgraded(const struct keys *k, struct errinfo *ei) MUST_CHECK;

/* ---- keys_kek ---- */

int keys_kek_begin(struct keys *k,
    struct errinfo *ei) MUST_CHECK; /* before the database is opened */
int keys_kek(struct keys *k, struct errinfo *ei) MUST_CHECK;
int keys_kek_end(struct keys *k, struct errinfo *ei) MUST_CHECK;

#endif
