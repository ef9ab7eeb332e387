/*
 * keyd_vault: reads the key-encryption key, for eicd-keyd and eicd-keyd-hash.
 */
#ifndef DAEMON_KEYD_VAULT_H
#define DAEMON_KEYD_VAULT_H

#include "keyd/ops.h"
#include "settings/eicd.h"

/* Reads the file s->kek_file, which only root may be able to read. ERR_SYNTAX, or as
 * file_read_secret; ei says why. */
int keyd_vault_open(const struct eicd_settings *s, struct keyd_secrets *ret,
    struct errinfo *ei) MUST_CHECK;
void keyd_vault_close(struct keyd_secrets *v);

#endif
