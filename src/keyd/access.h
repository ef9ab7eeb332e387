/*
 * access: the operations of keyd on temporary credentials, encoded authorization messages,
 * one-time codes and passwords. docs/PROTOCOL.md 1.3 says what each reads and answers. All are
 * functions of an ipc_rule; ctx is a struct keyd_request (keyd/request.h). Each returns
 * ERR_PEER for a malformed message; whether the operation succeeds is put into the request.
 */
#ifndef KEYD_ACCESS_H
#define KEYD_ACCESS_H

#include "ipc/ipc.h"

#define KEYD_MAX_CLAIMS 12288
#define KEYD_MAX_MESSAGE 16384

int keyd_access_new_session(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_verify_session(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_seal_message(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_open_message(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_new_totp(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_check_totp(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_new_password(void *ctx, struct ipc_in *m) MUST_CHECK;
int keyd_access_check_password(void *ctx, struct ipc_in *m) MUST_CHECK;

#endif
