"""stolenkit: makes system calls in a running process, as whoever has stolen it would.

What a process was left (Landlock, seccomp, its user, its root directory) shows only in what the
kernel answers to itself. So the process is stopped by ptrace where it waits in a system call, and
the instruction that made that call is run again with other registers. For x86-64.
"""
import ctypes
import errno
import os

ATTACH, DETACH, SINGLESTEP, GETREGS, SETREGS = 16, 17, 9, 12, 13
OPENAT, CLOSE, AT_FDCWD = 257, 3, -100
SYSCALL = b"\x0f\x05"

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)


class Regs(ctypes.Structure):
    """struct user_regs_struct of sys/user.h."""
    _fields_ = [(n, ctypes.c_ulonglong) for n in (
        "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss "
        "fs_base gs_base ds es fs gs").split()]


def ptrace(request, pid, data=None):
    """ptrace(2), or OSError."""
    if libc.ptrace(request, pid, None, data) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Stolen:
    """with Stolen(pid) as s: the process stands still, and does what s is told."""

    def __init__(self, pid):
        self.pid = pid
        self.regs = Regs()

    def __enter__(self):
        ptrace(ATTACH, self.pid)
        os.waitpid(self.pid, 0)
        ptrace(GETREGS, self.pid, ctypes.byref(self.regs))
        self.mem = open(f"/proc/{self.pid}/mem", "r+b", buffering=0)
        self.mem.seek(self.regs.rip - 2)
        assert self.mem.read(2) == SYSCALL, "it does not wait in a system call"
        return self

    def __exit__(self, *_):
        # The call in which it waited ends as one that a signal has interrupted.
        self.regs.orig_rax, self.regs.rax = 2**64 - 1, 2**64 - errno.EINTR
        ptrace(SETREGS, self.pid, ctypes.byref(self.regs))
        self.mem.close()
        ptrace(DETACH, self.pid)

    def call(self, number, *args):
        """The result of a system call: less than 0 is an errno."""
        regs = Regs.from_buffer_copy(self.regs)
        regs.orig_rax, regs.rax, regs.rip = 2**64 - 1, number, self.regs.rip - 2
        for name, value in zip(("rdi", "rsi", "rdx", "r10"), args):
            setattr(regs, name, value % 2**64)
        ptrace(SETREGS, self.pid, ctypes.byref(regs))
        ptrace(SINGLESTEP, self.pid)
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFSTOPPED(status), f"it ended: {status:#x}"
        ptrace(GETREGS, self.pid, ctypes.byref(regs))
        return ctypes.c_longlong(regs.rax).value

    def open(self, path, flags=os.O_RDONLY):
        """What open(2) of a file says: "", or the name of its error."""
        room = self.regs.rsp - 8192   # free, below the red zone
        self.mem.seek(room)
        self.mem.write(os.fsencode(path) + b"\0")
        fd = self.call(OPENAT, AT_FDCWD, room, flags | os.O_CLOEXEC, 0o600)
        if fd < 0:
            return errno.errorcode[-fd]
        self.call(CLOSE, fd)
        return ""
