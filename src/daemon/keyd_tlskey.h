/*
 * keyd_tlskey: the private key of the server's certificate, for the keyd that holds it.
 */
#ifndef DAEMON_KEYD_TLSKEY_H
#define DAEMON_KEYD_TLSKEY_H

#include "keyd/ops.h"
#include "settings/eicd.h"

/* Reads the file, which must be root's alone, as root. ERR_SYNTAX, ERR_UNSUPPORTED (not
 * P-256), or as file_read_secret, with ei. */
int keyd_tlskey_open(const struct eicd_settings *s, struct keyd_secrets *ret,
    struct errinfo *ei) MUST_CHECK;
void keyd_tlskey_close(struct keyd_secrets *v);

/* A new key, in PEM, in the place of the one before, which stays after an error:
 * ERR_SYNTAX, ERR_UNSUPPORTED, with ei. */
int keyd_tlskey_parse(struct keyd_secrets *v, struct str pem, struct errinfo *ei) MUST_CHECK;

#endif
