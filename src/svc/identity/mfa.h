/*
 * mfa: one-time codes of virtual MFA devices. A code counts once: what is accepted
 * is written down, and nothing up to it is looked at again. Five wrong ones lock
 * the device, for 30 s and then twice as long with each further one, to 15 min; in
 * that time a right one is refused too.
 *
 * What these functions write has to stay though the request is refused: they are
 * for scope, and for actions with keeps_writes (api/action.h).
 */
#ifndef SVC_IDENTITY_MFA_H
#define SVC_IDENTITY_MFA_H

#include "api/call.h"
#include "store/store_mfa_device.h"

/*
 * A code as it is shown now, or one step before or after. *ret_right says whether
 * it is. Errors as keyd's port and the store.
 */
int mfa_check(struct call *c, const struct store_mfa_device *d, struct str code,
    bool *ret_right) MUST_CHECK;

/*
 * Two codes of consecutive steps within 12 hours of now, by which also the drift of
 * the device's clock is known, and kept. *ret_step: that of the second one; 0: they
 * are not right. The caller sets it (store_mfa_device_set_step or _assign).
 */
int mfa_check_two(struct call *c, const struct store_mfa_device *d, struct str first,
    struct str second, uint64_t *ret_step) MUST_CHECK;

/*
 * For STS: SerialNumber and TokenCode of the caller's own device. AWSERR_NONE, and
 * *ret_at is now; both absent: *ret_at is 0. Refused with AWSERR_ACCESS_DENIED.
 */
enum awserr mfa_authenticate(struct call *c, struct str serial_number, struct str code,
    int64_t *ret_at);

#endif
