/*
 * kek: the file of the key-encryption key (pki/seal.h), for the keyds that open secrets and for
 * what root does with the database.
 */
#ifndef DAEMON_KEK_H
#define DAEMON_KEK_H

#include "base/err.h"
#include "pki/seal.h"

/* Reads the key from a file that only root may read. ERR_SYNTAX (not such a key); else as
 * file_read_secret (proc/file.h). ei says what is wrong. */
int kek_load(const char *path, struct seal **ret, struct errinfo *ei) MUST_CHECK;

#endif
