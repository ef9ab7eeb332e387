/*
 * sandbox: limits the system calls of the helper once it has read its files: sockets, memory,
 * time, exit and a few more remain. Any other call kills the process, and to sshd a process
 * that was killed gave no key.
 */
#ifndef AUTHKEYS_SANDBOX_H
#define AUTHKEYS_SANDBOX_H

#include "base/err.h"

/* Takes effect for the rest of the process's life; sets no_new_privs as well. ERR_SYS. */
int sandbox_enter(void) MUST_CHECK;

#endif
