/*
 * sandbox: the system calls of the helper from when its files are read: sockets,
 * memory, time, the end. Any other kills the process, and sshd takes a process
 * that was killed for no key.
 */
#ifndef AUTHKEYS_SANDBOX_H
#define AUTHKEYS_SANDBOX_H

#include "base/err.h"

/* Sets no_new_privs as well. ERR_SYS. */
int sandbox_enter(void) MUST_CHECK;

#endif
