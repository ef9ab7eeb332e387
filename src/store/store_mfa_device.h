/*
 * store_mfa_device: virtual MFA devices (TOTP). The seed is kept only in the form that keyd sealed.
 * A name is unique within its path without regard to case; a device is found by its exact serial
 * number.
 */
#ifndef STORE_STORE_MFA_DEVICE_H
#define STORE_STORE_MFA_DEVICE_H

#include "store/store.h"

struct store_mfa_device {
	struct str serial_number; /* an ARN */
	struct str account_id;
	struct str name;
	struct str path;
	struct str user_id;      /* empty: it is not assigned */
	struct str sealed_seed;  /* for keyd only */
	int64_t enabled_at;      /* 0: it is not assigned */
	uint64_t last_step;      /* the last TOTP step that was accepted; 0: none */
	int64_t drift_steps;     /* how far its clock is ahead of ours; -2880..2880 */
	int64_t failures;        /* wrong codes since the last right one */
	int64_t locked_until_at; /* 0: it is not locked */
	int64_t created_at;
};

enum store_mfa_assignment {
	STORE_MFA_ANY,
	STORE_MFA_ASSIGNED,
	STORE_MFA_UNASSIGNED,
};

struct store_mfa_device_query {
	struct str account_id;
	enum store_mfa_assignment assignment;
	/* serial number of the last item of the page before; empty: the first page */
	struct str after;
	size_t limit;
};

/* ERR_EXISTS (serial number or name), ERR_BADSTATE (no such account or user). */
int store_mfa_device_add(struct store *st, const struct store_mfa_device *v) MUST_CHECK;
int store_mfa_device_get(struct store *st, struct arena *a, struct str serial_number,
    struct store_mfa_device *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists them in the order of the serial numbers. */
int store_mfa_device_list(struct store *st, struct arena *a,
    const struct store_mfa_device_query *query, struct store_mfa_device **ret,
    size_t *ret_n) MUST_CHECK;
/* All devices of a user, in the order in which they were enabled. */
int store_mfa_device_list_for_user(struct store *st, struct arena *a, struct str user_id,
    struct store_mfa_device **ret, size_t *ret_n) MUST_CHECK;
/* All devices of these users, at most 1000, in the order of the users' ids. */
int store_mfa_device_list_of(struct store *st, struct arena *a, const struct str *user_ids,
    size_t n, struct store_mfa_device **ret, size_t *ret_n) MUST_CHECK;
/* Assigns a device that is not assigned, stores the step that was accepted last, and forgets
 * failures. ERR_NOTFOUND, ERR_EXISTS (it is assigned), ERR_BADSTATE (no such user). */
int store_mfa_device_assign(struct store *st, struct str serial_number, struct str user_id,
    int64_t enabled_at, uint64_t last_step) MUST_CHECK;
int store_mfa_device_unassign(struct store *st,
    struct str serial_number) MUST_CHECK; /* ERR_NOTFOUND: it is not there or not assigned */
/* Notes that the code of this step was accepted, and forgets failures. ERR_NOTFOUND, ERR_DENIED
 * (step is not above last_step: a code counts only once). */
int store_mfa_device_set_step(struct store *st, struct str serial_number, uint64_t step) MUST_CHECK;
/* ERR_NOTFOUND, ERR_RANGE. */
int store_mfa_device_set_drift(struct store *st, struct str serial_number,
    int64_t drift_steps) MUST_CHECK;
int store_mfa_device_set_failures(struct store *st, struct str serial_number, int64_t failures,
    int64_t locked_until_at) MUST_CHECK; /* ERR_NOTFOUND */
int store_mfa_device_delete(struct store *st,
    struct str serial_number) MUST_CHECK; /* ERR_NOTFOUND */
int store_mfa_device_count(struct store *st, struct str account_id,
    enum store_mfa_assignment assignment, int64_t *ret) MUST_CHECK;

#endif
