/*
 * tls: what front may ask: the signature of a handshake. The keyd that answers this
 * holds the TLS key and nothing else.
 */
#ifndef KEYD_TLS_H
#define KEYD_TLS_H

#include "keyd/ops.h"

extern const struct keyd_kind keyd_tls;

#endif
