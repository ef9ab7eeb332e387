/*
 * keyd_tlskey: reads the private key of the server's certificate, for eicd-keyd-tls.
 */
#ifndef DAEMON_KEYD_TLSKEY_H
#define DAEMON_KEYD_TLSKEY_H

#include "keyd/ops.h"
#include "settings/eicd.h"

/* Reads the file s->tls_key, which only root may be able to read or write. ERR_SYNTAX,
 * ERR_UNSUPPORTED (not P-256), or as file_read_secret; ei says why. */
int keyd_tlskey_open(const struct eicd_settings *s, struct keyd_secrets *ret,
    struct errinfo *ei) MUST_CHECK;
void keyd_tlskey_close(struct keyd_secrets *v);

/* Replaces the key by the one in pem. After an error (ERR_SYNTAX, ERR_UNSUPPORTED; ei says why)
 * the key from before stays. */
int keyd_tlskey_parse(struct keyd_secrets *v, struct str pem, struct errinfo *ei) MUST_CHECK;

#endif
