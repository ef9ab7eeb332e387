"""rolekit: what a test needs to simulate the parent and the peers of a role.

Channel sends and reads IPC messages (docs/PROTOCOL.md 1); Role starts the real program of a
role with a control channel; Keyd signs TLS handshakes with openssl; Pki makes certificates. It
uses only the standard library of Python 3 and the openssl program.
"""
import array
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import time

DEADLINE = 60.0		# for everything that must happen at all, on a busy machine

ROLE_FRONT, ROLE_CORE, ROLE_KEYD, ROLE_COMPUTE = 2, 3, 4, 5
ROLE_KEYD_TLS, ROLE_KEYD_HASH = 8, 9
CTL_PEER, CTL_LISTENER, CTL_GO, CTL_RELOAD, CTL_DRAIN, CTL_FILE, CTL_RETIRE = range(0x101, 0x108)
CTL_READY, CTL_REJOIN = 0x181, 0x182
FC_REQUEST, FC_UPLINK_OPEN, FC_UPLINK_TEXT, FC_UPLINK_CLOSE = range(0x201, 0x205)
CF_RESPONSE, CF_ACCEPT, CF_REFUSE, CF_TEXT, CF_CLOSE = range(0x281, 0x286)
FK_TLS_SIGN, KD_REPLY = 0x310, 0x381

PIECE = 65536


def until(what, true, deadline=DEADLINE):
    """Waits until true() is; fails with `what`."""
    end = time.monotonic() + deadline
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not in {deadline} s: {what}")
        select.select([], [], [], 0.005)


class Closed(Exception):
    """The other side ended the channel."""


def pack(fmt, *values):
    """Fields as ipc_put does: B H I Q, s for a string."""
    out = b""
    for f, v in zip(fmt, values, strict=True):
        if f == "s":
            v = v.encode() if isinstance(v, str) else v
            out += struct.pack(">I", len(v)) + v
        else:
            out += struct.pack(">" + f, v)
    return out


class Fields:
    """Fields as ipc_get does."""

    def __init__(self, body):
        self.rest = body

    def take(self, fmt):
        """The next field."""
        if fmt == "s":
            n = self.take("I")
            v, self.rest = self.rest[:n], self.rest[n:]
            assert len(v) == n
            return v
        n = struct.calcsize(">" + fmt)
        v = struct.unpack(">" + fmt, self.rest[:n])[0]
        self.rest = self.rest[n:]
        return v

    def end(self):
        """Nothing is left."""
        assert self.rest == b"", self.rest


class Channel:
    """One end of a pair."""

    def __init__(self, sock):
        self.sock = sock
        self.lock = threading.Lock()

    @staticmethod
    def pair():
        """Two sockets; hand one over."""
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def send(self, kind, body=b"", fd=None):
        """One message, cut into packets."""
        pieces = [body[i:i + PIECE] for i in range(0, len(body), PIECE)] or [b""]
        with self.lock:
            for i, piece in enumerate(pieces):
                head = struct.pack(">HBBI", kind, i == len(pieces) - 1, 0, len(body))
                self.raw(head + piece, fd if i == 0 else None)

    def raw(self, packet, fd=None):
        """One packet as it is."""
        rights = []
        if fd is not None:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
        try:
            self.sock.sendmsg([packet], rights)
        except (BrokenPipeError, ConnectionResetError) as e:
            raise Closed from e

    def recv(self, timeout=DEADLINE):
        """(kind, Fields) of the next message."""
        body, last = b"", 0
        while not last:
            self.sock.settimeout(timeout)
            try:
                packet = self.sock.recv(PIECE + 8)
            except ConnectionResetError as e:
                raise Closed from e
            finally:
                self.sock.settimeout(None)
            if not packet:
                raise Closed
            kind, last, _, total = struct.unpack(">HBBI", packet[:8])
            body += packet[8:]
        assert len(body) == total
        return kind, Fields(body)

    def close(self):
        """Ends it, also under a thread that reads."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


class Pki:
    """Certificates in a directory, made with openssl."""

    def __init__(self, path):
        self.path = path
        self.ca("ca")
        self.ca("agent-ca")
        self.leaf("server", "ca", "DNS:eic.test,IP:127.0.0.1", "serverAuth")
        self.leaf("agent", "agent-ca", "DNS:agent", "clientAuth")
        self.leaf("stranger", "ca", "DNS:agent", "clientAuth")

    def file(self, name):
        """Where something is."""
        return os.path.join(self.path, name)

    def openssl(self, *args):
        """Runs openssl."""
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=self.path)

    def key(self, name):
        """A P-256 key."""
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key")

    def ca(self, name):
        """A self-signed authority."""
        self.key(name)
        self.openssl("req", "-x509", "-new", "-key", name + ".key", "-subj", "/CN=" + name,
                     "-days", "2", "-out", name + ".crt", "-addext",
                     "basicConstraints=critical,CA:TRUE")

    def leaf(self, name, issuer, san, usage):
        """A certificate of an authority."""
        self.key(name)
        with open(self.file(name + ".ext"), "w", encoding="ascii") as f:
            f.write(f"subjectAltName={san}\nextendedKeyUsage={usage}\n")
        self.openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=" + name,
                     "-out", name + ".csr")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", issuer + ".crt",
                     "-CAkey", issuer + ".key", "-CAcreateserial", "-days", "2",
                     "-extfile", name + ".ext", "-out", name + ".crt")


class Keyd(threading.Thread):
    """Answers FK_TLS_SIGN with the key of a certificate."""

    def __init__(self, channel, key):
        super().__init__(daemon=True)
        self.channel = channel
        self.key = key
        self.signed = 0
        self.start()

    def run(self):
        try:
            while True:
                kind, f = self.channel.recv(None)
                assert kind == FK_TLS_SIGN
                digest, algorithm = f.take("s"), f.take("B")
                f.end()
                assert len(digest) == 32 and algorithm == 1
                sig = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", self.key],
                                     input=digest, check=True, capture_output=True).stdout
                self.signed += 1
                self.channel.send(KD_REPLY, pack("Bs", 1, sig))
        except (Closed, OSError):
            pass


class Role:
    """A running role binary and its control channel."""

    def __init__(self, program, log):
        ours, theirs = Channel.pair()
        self.log = log

        def take_fd():
            os.dup2(theirs.fileno(), 3)
            os.set_inheritable(3, True)

        with open(log, "ab") as out:
            # pylint: disable=subprocess-popen-preexec-fn,consider-using-with
            self.process = subprocess.Popen(
                [program, "-c", "unused"], pass_fds=(3, theirs.fileno()), preexec_fn=take_fd,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={"PATH": "/usr/bin:/bin"})
        theirs.close()
        self.control = Channel(ours)

    def peer(self, role, number=0):
        """Gives it a channel to that process of role; our end."""
        ours, theirs = Channel.pair()
        self.control.send(CTL_PEER, pack("BH", role, number), theirs.fileno())
        theirs.close()
        return Channel(ours)

    def file(self, name, path):
        """Gives it an open file."""
        with open(path, "rb") as f:
            self.control.send(CTL_FILE, pack("s", name), f.fileno())

    def ready(self):
        """Waits for CTL_READY."""
        kind, f = self.control.recv()
        assert kind == CTL_READY
        f.end()

    def wait(self, deadline=DEADLINE):
        """Its exit status."""
        return self.process.wait(deadline)

    def has_open(self, sock):
        """Whether it has this socket of ours, too."""
        name = f"socket:[{os.fstat(sock.fileno()).st_ino}]"
        folder = f"/proc/{self.process.pid}/fd"
        found = []
        for fd in os.listdir(folder):
            try:
                found.append(os.readlink(f"{folder}/{fd}"))
            except FileNotFoundError:
                pass		# closed meanwhile
        return name in found

    def kill(self):
        """At once."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(DEADLINE)
        self.control.close()

    def status(self, field):
        """A number of /proc/PID/status."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            for line in f:
                if line.startswith(field + ":"):
                    return line.split()[1:]
        return None
