/*
 * tls: the kind of eicd-keyd-tls: front may ask for the signature of a TLS handshake. This keyd
 * holds the TLS key and no other secret.
 */
#ifndef KEYD_TLS_H
#define KEYD_TLS_H

#include "keyd/ops.h"

extern const struct keyd_kind keyd_tls;

#endif
