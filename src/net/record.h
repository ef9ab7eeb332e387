/*
 * record: one TLS session between bytes and bytes: encrypted input is taken from
 * a window, encrypted output gathered in a buffer, both of which all sessions
 * of the process share. Knows no socket. For net/conn only.
 */
#ifndef NET_RECORD_H
#define NET_RECORD_H

#include "base/buf.h"
#include "net/tls.h"

/* The longest piece of plain text that record_read hands out. */
#define RECORD_PLAIN_BYTES 16384u

/* What the sessions share. in: what arrived, for the session that is called next;
 * out: what that session wants sent, to be taken away after each call. */
struct record_env {
	struct str in;
	struct buf out;
	void *method; /* record's own */
};

/* ERR_CRYPTO. */
int record_env_init(struct record_env *env) MUST_CHECK;
void record_env_release(struct record_env *env);

struct record;

/* ERR_CRYPTO. name: see tls_session. */
int record_new(struct record_env *env, struct tls *tls, struct str name,
    struct record **ret) MUST_CHECK;
void record_free(struct record *r); /* NULL is fine */

/* ERR_AGAIN: feed more. ERR_CRYPTO: the handshake failed, ei says why; out may
 * hold an alert for the peer. */
int record_handshake(struct record *r, struct errinfo *ei) MUST_CHECK;
/* One piece of plain text into p. ERR_AGAIN; ERR_CLOSED (close_notify); ERR_CRYPTO. */
int record_read(struct record *r, char p[static RECORD_PLAIN_BYTES], size_t *ret_n,
    struct errinfo *ei) MUST_CHECK;
/* Encrypts all of s. ERR_CRYPTO. */
int record_write(struct record *r, struct str s) MUST_CHECK;
/* At most this much is gathered by record_write for n bytes. */
size_t record_sealed_bytes(size_t n);
void record_shutdown(struct record *r); /* close_notify */

struct str record_version(const struct record *r);
struct str record_cipher(const struct record *r);
struct str record_sni(const struct record *r);
int record_peer_cert(const struct record *r, struct buf *der) MUST_CHECK;

#endif
