/*
 * store_pki: the certificates of openeic's own chains, their private keys as keyd sealed them, and
 * the newest OCSP response for each (wire.md 5.4, 5.5).
 */
#ifndef STORE_STORE_PKI_H
#define STORE_STORE_PKI_H

#include "store/store.h"

/* The numbers are those in the database. */
enum store_pki_kind {
	STORE_PKI_ROOT = 1, /* the root of the signer chain */
	STORE_PKI_INTERMEDIATE = 2,
	STORE_PKI_SIGNER = 3,
	STORE_PKI_TLS = 5,      /* the API's server certificate, by an earlier version */
	STORE_PKI_AGENT_CA = 6, /* issues client certificates of agents */
	STORE_PKI_AUDIT = 7,    /* signs the digests of the audit trail */
};

enum store_pki_key_kind {
	STORE_PKI_RSA2048 = 1,
	STORE_PKI_P256 = 2,
};

enum store_pki_state {
	STORE_PKI_ACTIVE = 1,
	STORE_PKI_RETIRED = 2, /* it signs nothing new any more */
};

struct store_pki {
	struct str cert_id; /* cert_name_sha1 of the certificate */
	enum store_pki_kind kind;
	enum store_pki_state state;
	enum store_pki_key_kind key_kind;
	struct str issuer_id;  /* empty: it is self-signed */
	struct str sealed_key; /* for keyd only; empty: the key is kept elsewhere */
	struct str cert_der;
	int64_t not_before_at;
	int64_t not_after_at;
};

struct store_pki_staple {
	struct str cert_id;
	struct str ocsp_der; /* an OCSPResponse */
	int64_t this_update_at;
	int64_t next_update_at;
};

/* ERR_EXISTS, ERR_BADSTATE (no such issuer). */
int store_pki_add(struct store *st, const struct store_pki *v) MUST_CHECK;
int store_pki_get(struct store *st, struct arena *a, struct str cert_id,
    struct store_pki *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* All active ones of a kind, the newest not_before first. */
int store_pki_list_active(struct store *st, struct arena *a, enum store_pki_kind kind,
    struct store_pki **ret, size_t *ret_n) MUST_CHECK;
/* All of a kind that were good at a time between from_at and to_at, retired ones too, in the same
 * order. */
int store_pki_list_good(struct store *st, struct arena *a, enum store_pki_kind kind,
    int64_t from_at, int64_t to_at, struct store_pki **ret, size_t *ret_n) MUST_CHECK;
/* All of all kinds and states. */
int store_pki_list(struct store *st, struct arena *a, struct store_pki **ret,
    size_t *ret_n) MUST_CHECK;
/* Replaces the sealed key. Empty: it is kept elsewhere from now on. ERR_NOTFOUND. */
int store_pki_reseal(struct store *st, struct str cert_id, struct str sealed_key) MUST_CHECK;
int store_pki_retire(struct store *st, struct str cert_id) MUST_CHECK; /* ERR_NOTFOUND */

/* Sets or replaces. ERR_BADSTATE (no such certificate). */
int store_pki_staple_set(struct store *st, const struct store_pki_staple *v) MUST_CHECK;
int store_pki_staple_get(struct store *st, struct arena *a, struct str cert_id,
    struct store_pki_staple *ret) MUST_CHECK; /* ERR_NOTFOUND */

#endif
