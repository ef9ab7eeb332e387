/*
 * signer: the keys that sign blob entries, their certificate chains and their OCSP responses
 * (wire.md 5.3-5.5). They are kept in memory for every push, and renewed before they end. There is
 * one key of each kind, under one issuer and one name: an RSA key, whose entries every helper
 * reads, and one on P-256, which signs in a tenth of the time and whose entries ours reads
 * (decision 0024).
 */
#ifndef REGION_SIGNER_H
#define REGION_SIGNER_H

#include "region/state.h"
#include "store/store_active_key.h"

struct signer;

/* The kinds. A store of an earlier version has no signer on P-256 until signer_renew makes it.
 * Until then everything that is asked about P-256 is answered about RSA. */
enum signer_kind {
	SIGNER_RSA,  /* for the stock scripts; ours reads it too */
	SIGNER_P256, /* for our helper only */
	SIGNER_KINDS,
};

/* Reads the chains from the store. Errors, explained in ei: ERR_NOTFOUND (no usable RSA signer),
 * ERR_BADSTATE (the keys are sealed as an earlier version did it), or an error of the store;
 * without ei: ERR_TOOBIG (the message does not fit). */
int signer_new(struct region *region, struct signer **ret, struct errinfo *ei) MUST_CHECK;
void signer_free(struct signer *s); /* NULL is fine */

/* The id of the present signer: the SHA-1 of its certificate in upper-case hex. */
struct str signer_id(const struct signer *s, enum signer_kind kind);

/* An entry that keyd is asked to sign. */
struct signer_entry {
	struct str bytes;
	struct keyd_question *question;
};

/*
 * Make the entry of a key, signed by the present signer of a kind, in two steps, so that keyd works
 * in between. Of v they need instance_id, os_user, public_key, caller_arn, request_id and
 * expires_at. What begin returns lives in a. It returns ERR_SYNTAX if a part does not fit into an
 * entry, and then there is nothing to finish. finish must be called once, and appends the entry to
 * out. Its errors are those of keyd_port and of blob_write_entry.
 */
int signer_entry_begin(struct region *region, enum signer_kind kind,
    const struct store_active_key *v, struct arena *a, struct signer_entry *ret) MUST_CHECK;
int signer_entry_finish(struct region *region, const struct signer_entry *e,
    struct buf *out) MUST_CHECK;

/* Does both at once and waits for keyd. */
int signer_entry_write(struct region *region, enum signer_kind kind,
    const struct store_active_key *v, struct arena *a, struct buf *out) MUST_CHECK;

/* The uplink message "signer" (docs/PROTOCOL.md 2). It lives until signer_reload. */
struct str signer_message(const struct signer *s, enum signer_kind kind);

/*
 * Renews what is due of a kind. An OCSP response is due when half of its time is over; a signer
 * when it has less than signer_rotate_before left (unless it ends with its issuer), or is not valid
 * yet, or when there is none on P-256. A new signer is made by a later call, when keyd has made its
 * key; the call waits for the key only if hosts do not accept the present signer now. If keyd
 * cannot make it, that is logged, and the responses of the present one are renewed all the same.
 * The timer calls this every few seconds for each kind, inside a transaction of its own, so that
 * one kind does not hold up the other. *ret_changed: the store has changed, so signer_reload must
 * follow the commit. If it fails, the transaction must be undone. Errors are those of keyd_port and
 * of the store.
 */
int signer_renew(struct region *region, enum signer_kind kind, bool *ret_changed) MUST_CHECK;
/* Reads the signer anew from the store, when the transaction of signer_renew is durable. Errors as
 * signer_new; the signer is then still the old one. */
int signer_reload(struct region *region, struct errinfo *ei) MUST_CHECK;

#endif
