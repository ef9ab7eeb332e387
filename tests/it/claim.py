"""claim: ports, ranges of addresses and names of namespaces that one test has for itself on
this machine, so that tests can run side by side, even those of two runs.

An abstract Unix socket, which only one process can have, holds a claim. The claim ends with
that process, however it ends, and leaves no file.
"""
import os
import pathlib
import socket
import subprocess
import tempfile

CLAIMS = 62
ROOM = 256 << 20	# for everything that the tests of a run keep at a time


def hold(name):
    """A socket that holds the name; None when somebody else does."""
    s = socket.socket(socket.AF_UNIX)
    try:
        s.bind(f"\0openeic-it/{name}")
        return s
    except OSError:
        s.close()
        return None


def routed(cidr):
    """Whether this machine has routes there: a test that was killed left them."""
    r = subprocess.run(["ip", "-4", "route", "show", "root", cidr], check=True,
                       capture_output=True)
    return r.stdout != b""


def scratch(prefix):
    """A new directory: in memory, where a sync costs nothing, if there is room."""
    shm = pathlib.Path("/dev/shm")
    if os.access(shm, os.W_OK):
        fs = os.statvfs(shm)
        if fs.f_bavail * fs.f_frsize >= ROOM:
            return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=shm))
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix))


class Claim:
    """Ports from 20000 on, below those that the kernel gives to connections, a public range
    198.18.n.0/24, another one in 198.19.128.0/17, 100.64.n.0/24 for links to VPCs, and a
    range for a VPC, vpc + ".0.0/16"."""

    def __init__(self):
        self.marks = []
        for n in range(CLAIMS):
            self.held = hold(n)
            if self.held is None:
                continue
            self.n, self.ports = n, 0
            self.public, self.other = f"198.18.{n}", f"198.19.{128 + n}"
            self.link, self.vpc = f"100.64.{n}", f"100.{65 + n}"
            if not any(map(routed, (f"{self.public}.0/24", f"{self.other}.0/24"))):
                return
            self.release()
        raise AssertionError("every range of addresses for tests is in use")

    def port(self):
        """A port of 127.0.0.1 that nobody has, the one that was not given for longest."""
        for _ in range(100):
            port = 20000 + 100 * self.n + self.ports % 100
            self.ports += 1
            try:
                socket.create_server(("127.0.0.1", port)).close()
                return port
            except OSError:
                pass
        raise AssertionError("every port for this test is in use")

    def mark(self, crc):
        """Whether nobody else has a lab of that mark: 16 bits of a hash of its path, with
        which its namespaces and links begin."""
        held = hold(f"mark-{crc & 0xffff:04x}")
        if held is not None:
            self.marks.append(held)
        return held is not None

    def release(self):
        """Somebody else may have all of it."""
        for s in (self.held, *self.marks):
            s.close()
