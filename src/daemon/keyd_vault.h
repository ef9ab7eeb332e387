/*
 * keyd_vault: the key-encryption key, for the keyds that hold it.
 */
#ifndef DAEMON_KEYD_VAULT_H
#define DAEMON_KEYD_VAULT_H

#include "keyd/ops.h"
#include "settings/eicd.h"

/* Reads the file, which must be root's alone, as root. ERR_SYNTAX, or as
 * file_read_secret, with ei. */
int keyd_vault_open(const struct eicd_settings *s, struct keyd_secrets *ret,
    struct errinfo *ei) MUST_CHECK;
void keyd_vault_close(struct keyd_secrets *v);

#endif
