/*
 * record: one TLS session without a socket. It takes encrypted input from a view and gathers
 * encrypted output in a buffer; all sessions of the process share both. For net/conn only.
 */
#ifndef NET_RECORD_H
#define NET_RECORD_H

#include "base/buf.h"
#include "net/tls.h"

/* The longest piece of plain text that record_read returns. */
#define RECORD_PLAIN_BYTES 16384u

/* What the sessions share. The caller puts received bytes into `in` before it calls a session,
 * which takes them from there, and empties `out`, which holds what that session wants sent,
 * after each call. */
struct record_env {
	struct str in;
	struct buf out;
	void *method; /* private to record.c */
};

/* ERR_CRYPTO when OpenSSL has no memory. */
int record_env_init(struct record_env *env) MUST_CHECK;
void record_env_release(struct record_env *env);

struct record;

/* name: see tls_session. ERR_CRYPTO. */
int record_new(struct record_env *env, struct tls *tls, struct str name,
    struct record **ret) MUST_CHECK;
void record_free(struct record *r); /* NULL is fine */

/* 0 when the handshake is done; ERR_AGAIN when it needs more input; ERR_CRYPTO when it failed:
 * ei says why, and env->out may hold an alert for the peer. */
int record_handshake(struct record *r, struct errinfo *ei) MUST_CHECK;
/* Writes one piece of plain text into p. ERR_AGAIN (needs more input); ERR_CLOSED (the peer
 * sent close_notify); ERR_CRYPTO. */
int record_read(struct record *r, char p[static RECORD_PLAIN_BYTES], size_t *ret_n,
    struct errinfo *ei) MUST_CHECK;
/* Encrypts all of s into env->out. ERR_CRYPTO. */
int record_write(struct record *r, struct str s) MUST_CHECK;
/* The most bytes that record_write can add to env->out for n bytes. */
size_t record_sealed_bytes(size_t n);
void record_shutdown(struct record *r); /* sends close_notify */

/* See the functions of the same names in conn.h. */
struct str record_version(const struct record *r);
struct str record_cipher(const struct record *r);
struct str record_sni(const struct record *r);
int record_peer_cert(const struct record *r, struct buf *der) MUST_CHECK;

#endif
