/*
 * mfa: checks the one-time codes of virtual MFA devices. A code counts once: the step of an
 * accepted code is stored, and neither it nor an earlier one is accepted again. The fifth wrong
 * code in a row locks the device for 30 s, and each further one for twice as long, up to 15 min.
 * While it is locked, a right code is refused too.
 *
 * What these functions write must stay even when the request is refused. So they are for scope, and
 * for the acts of actions with keeps_writes (api/action.h).
 */
#ifndef SVC_IDENTITY_MFA_H
#define SVC_IDENTITY_MFA_H

#include "api/call.h"
#include "store/store_mfa_device.h"

/*
 * Checks two codes of consecutive steps within 12 hours of now, and stores the drift of the
 * device's clock that they show. *ret_step is the step of the second code, or 0 if the codes are
 * wrong; the caller must store it (store_mfa_device_set_step or _assign). Errors are those of
 * keyd_port (region/ports.h) and of the store.
 */
int mfa_check_two(struct call *c, const struct store_mfa_device *d, struct str first,
    struct str second, uint64_t *ret_step) MUST_CHECK;

/*
 * For STS: checks SerialNumber and TokenCode of the caller's own device. The code may be that of
 * the current step, the one before or the one after. Returns AWSERR_NONE and the time of the check
 * in *ret_at, which is 0 if both are absent. Otherwise returns AWSERR_VALIDATION (only one is
 * given), AWSERR_ACCESS_DENIED (wrong device or code), or an internal error.
 */
enum awserr mfa_authenticate(struct call *c, struct str serial_number, struct str code,
    int64_t *ret_at);

#endif
