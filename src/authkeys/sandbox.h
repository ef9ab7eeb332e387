/*
 * sandbox: limits the system calls of the helper once it has read its files. What remains:
 * sockets of the kinds that it uses, write, memory that cannot be executed, time, randomness,
 * the end. Any other call kills the process, a signal to itself too; and to sshd a process that
 * was killed gave no key.
 */
#ifndef AUTHKEYS_SANDBOX_H
#define AUTHKEYS_SANDBOX_H

#include "base/err.h"

/* Takes effect for the rest of the process's life; sets no_new_privs as well. ERR_SYS. */
int sandbox_enter(void) MUST_CHECK;

#endif
