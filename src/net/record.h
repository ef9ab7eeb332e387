/*
 * record: one TLS session without a socket. It takes encrypted input from a view and gathers
 * encrypted output in a buffer; all sessions of the process share both. For net/conn only, which
 * calls it through a table, so that only a program that gives conn the table has TLS in it.
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

struct record;

/* What conn does with a session. */
struct record_ops {
	/* Makes what the sessions share. ERR_CRYPTO when OpenSSL has no memory. */
	int (*env_init)(struct record_env *env);
	void (*env_release)(struct record_env *env);

	/* Makes a session. name: see tls_session. ERR_CRYPTO. */
	int (*open)(struct record_env *env, struct tls *tls, struct str name, struct record **ret);
	void (*close)(struct record *r); /* frees it and says nothing */
	/* 0 when the handshake is done; ERR_AGAIN when it needs more input; ERR_CRYPTO when it
	 * failed: ei says why, and env->out may hold an alert for the peer. */
	int (*handshake)(struct record *r, struct errinfo *ei);
	/* Writes one piece of plain text into p. ERR_AGAIN (needs more input); ERR_CLOSED (the
	 * peer sent close_notify); ERR_CRYPTO. */
	int (*read)(struct record *r, char p[static RECORD_PLAIN_BYTES], size_t *ret_n,
	    struct errinfo *ei);
	/* Encrypts all of s into env->out. ERR_CRYPTO. */
	int (*write)(struct record *r, struct str s);
	/* The most bytes that write can add to env->out for n bytes. */
	size_t (*sealed_bytes)(size_t n);
	void (*shutdown)(struct record *r); /* sends close_notify */
};
extern const struct record_ops record_ops;

/* See the functions conn_tls_* in conn.h. */
struct str record_version(const struct record *r);
struct str record_cipher(const struct record *r);
struct str record_sni(const struct record *r);
int record_peer_cert(const struct record *r, struct buf *der) MUST_CHECK;

#endif
