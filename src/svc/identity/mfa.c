/*
 * mfa: see mfa.h.
 */
#include "svc/identity/mfa.h"

#include "api/hashing.h"
#include "base/log.h"

#define STEP_S 30
#define WINDOW 1
#define HALF_DAY 1440 /* steps */
/* How many steps that match the first code are looked at. By chance, one in a million steps
 * does, which is one in 350 days. */
#define TRIES 8

#define FREE_FAILURES 5
#define LOCK_MIN_S 30
#define LOCK_MAX_S 900

static uint64_t
later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static int
find(struct call *c, const struct store_mfa_device *d, struct str code, uint64_t first,
    uint64_t last, uint64_t *ret)
{
	const struct keyd_hash q = { .kind = KEYD_CHECK_TOTP,
		.sealed = d->sealed_seed,
		.text = code,
		.first_step = first,
		.last_step = last };

	*ret = 0;
	if (first > last)
		return 0;
	return hashing_check_totp(c, d->serial_number, &q, ret);
}

static bool
is_locked(const struct call *c, const struct store_mfa_device *d)
{
	return c->now_s < d->locked_until_at;
}

static int
failed(struct call *c, const struct store_mfa_device *d)
{
	int64_t failures = d->failures + 1, over = failures - FREE_FAILURES, lock_s = LOCK_MIN_S;

	if (over < 0)
		return store_mfa_device_set_failures(c->region->store, d->serial_number, failures,
		    0);
	for (; over > 0 && lock_s < LOCK_MAX_S; over--)
		lock_s *= 2;
	if (lock_s > LOCK_MAX_S)
		lock_s = LOCK_MAX_S;
	/* The log says that the device is locked. The caller, who may be guessing, is not told. */
	log_warn("mfa-locked", log_s("req", c->req->request_id), log_s("device", d->serial_number),
	    log_i("failures", failures), log_i("seconds", lock_s));
	return store_mfa_device_set_failures(c->region->store, d->serial_number, failures,
	    c->now_s + lock_s);
}

/* Checks a code of the current step, the one before or the one after. *ret_right says whether it is
 * right. Errors are those of keyd_port (region/ports.h) and of the store. */
static int
check(struct call *c, const struct store_mfa_device *d, struct str code, bool *ret_right)
{
	uint64_t now = (uint64_t)(c->now_s / STEP_S + d->drift_steps), step;
	int r;

	*ret_right = false;
	if (is_locked(c, d))
		return 0;
	if ((r = find(c, d, code, later(now - WINDOW, d->last_step + 1), now + WINDOW, &step)) != 0)
		return r;
	if (step == 0)
		return failed(c, d);
	if ((r = store_mfa_device_set_step(c->region->store, d->serial_number, step)) == 0)
		*ret_right = true;
	return r;
}

int
mfa_check_two(struct call *c, const struct store_mfa_device *d, struct str first, struct str second,
    uint64_t *ret_step)
{
	uint64_t now = (uint64_t)(c->now_s / STEP_S), a, b = 0;
	uint64_t from = later(now - HALF_DAY, d->last_step + 1), to = now + HALF_DAY - 1;
	int64_t drift;
	int i, r;

	*ret_step = 0;
	if (is_locked(c, d))
		return 0;
	for (i = 0; i < TRIES && b == 0; i++) {
		if ((r = find(c, d, first, from, to, &a)) != 0)
			return r;
		if (a == 0)
			break;
		if ((r = find(c, d, second, a + 1, a + 1, &b)) != 0)
			return r;
		from = a + 1;
	}
	if (b == 0)
		return failed(c, d);
	/* A difference of one step may only be the time that a person took to type, and says
	 * nothing about the clock of the device. */
	drift = (int64_t)b - (int64_t)now;
	if (drift >= -WINDOW && drift <= WINDOW)
		drift = 0;
	r = store_mfa_device_set_drift(c->region->store, d->serial_number, drift);
	if (r == 0)
		*ret_step = b;
	return r;
}

enum awserr
mfa_authenticate(struct call *c, struct str serial_number, struct str code, int64_t *ret_at)
{
	struct store_mfa_device d;
	bool right;
	int r;

	*ret_at = 0;
	if (serial_number.p == NULL && code.p == NULL)
		return AWSERR_NONE;
	if (serial_number.p == NULL || code.p == NULL)
		return call_fail(c, AWSERR_VALIDATION,
		    "SerialNumber and TokenCode must be given together");
	r = store_mfa_device_get(c->region->store, c->arena, serial_number, &d);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "mfa device", r);
	if (r == ERR_NOTFOUND || c->principal.type != IAM_USER ||
	    !str_eq(d.user_id, c->principal.user_id))
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify "
		    "your MFA serial number is valid and associated with this user.");
	if ((r = check(c, &d, code, &right)) != 0)
		return call_internal(c, "mfa code", r);
	if (!right)
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "MultiFactorAuthentication failed with invalid MFA one time pass code.");
	*ret_at = c->now_s;
	return AWSERR_NONE;
}
