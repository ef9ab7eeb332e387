"""frontkit: runs eicd-front between real TLS clients and a simulated core and keyd-tls, for
front_test, front_fault_test and front_uplink_test. It needs root, as front drops its
privileges.
"""
import os
import re
import shutil
import socket
import ssl
import struct
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import claim
import rolekit
from rolekit import Closed, pack
from tlskit import Shared

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
UUID = re.compile(rb"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
DATE = re.compile(rb"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT$")
UPLINK = b"/openeic/v1/uplink"
HOST = b"Host: eic.test\r\n"
TARGET = b"X-Amz-Target: AWSEC2InstanceConnectService.SendSSHPublicKey\r\n"

CONF = """
[paths]
state_dir = {dir}
run_dir = {dir}/run
[server]
agent_silence = {silence}
log_level = debug
[processes]
front_user = 65534
[http]
max_header_bytes = 4k
max_body_bytes = 64k
header_timeout = {header}
body_timeout = {body}
idle_timeout = {idle}
max_connections = {connections}
max_connections_per_address = {per_address}
max_inflight = {inflight}
"""
LIMITS = {"silence": 30, "header": 20, "body": 20, "idle": 60, "connections": 2000,
          "per_address": 2000, "inflight": 1000}


class World:
    """One directory and one set of certificates for all tests of a file."""
    dir = None
    pki = None

    @classmethod
    def make(cls):
        """setUpModule of each file."""
        cls.dir = str(claim.scratch("front_test."))
        os.chmod(cls.dir, 0o755)
        os.makedirs(cls.dir + "/pki")
        cls.pki = rolekit.Pki(cls.dir + "/pki")

    @classmethod
    def remove(cls):
        """tearDownModule of each file."""
        shutil.rmtree(cls.dir)


class Request:
    """What core gets of a request."""

    def __init__(self, f):
        self.req, self.request_id, self.peer_ip = f.take("Q"), f.take("s"), f.take("s")
        self.peer_port = f.take("H")
        self.tls, self.cipher, self.sni = f.take("s"), f.take("s"), f.take("s")
        self.method, self.target = f.take("s"), f.take("s")
        self.headers = [(f.take("s"), f.take("s")) for _ in range(f.take("H"))]
        self.body = f.take("s")
        f.end()


class Core:
    """The other end of front's channel: messages sorted by kind."""

    def __init__(self, channel):
        self.channel = channel

    def expect(self, kind):
        """The next message, which must be of this kind."""
        got, f = self.channel.recv()
        assert got == kind, hex(got)
        return f

    def request(self):
        """The next request."""
        return Request(self.expect(rolekit.FC_REQUEST))

    def answer(self, rq, status=200, body=b"", headers=()):
        """Answers a request (or its number)."""
        flat = b"".join(pack("ss", n, v) for n, v in headers)
        number = rq if isinstance(rq, int) else rq.req
        self.channel.send(rolekit.CF_RESPONSE,
                          pack("QHH", number, status, len(headers)) + flat + pack("s", body))

    def serve(self):
        """Answers everything with what came, in a thread, until it is closed."""
        def loop():
            try:
                while True:
                    rq = self.request()
                    self.answer(rq, 200, rq.method + b" " + rq.target + b" " + rq.body)
            except (Closed, OSError):
                pass
        threading.Thread(target=loop, daemon=True).start()
        return self


class Front:
    """eicd-front with its surroundings."""

    def __init__(self, **limits):
        self.dir = tempfile.mkdtemp(prefix="run.", dir=World.dir)
        os.makedirs(self.dir + "/run/empty")
        os.chmod(self.dir, 0o755)
        self.write_conf(**limits)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.role = rolekit.Role(BUILD + "/src/daemon/eicd-front", self.dir + "/log")
        self.core = Core(self.role.peer(rolekit.ROLE_CORE))
        self.keyd = rolekit.Keyd(self.role.peer(rolekit.ROLE_KEYD_TLS), World.pki.file("server.key"))
        self.files()
        self.role.control.send(rolekit.CTL_LISTENER, pack("s", f"127.0.0.1:{self.port}"),
                               self.listener.fileno())
        # As in eicd, the listener stays open where it was bound.
        self.role.control.send(rolekit.CTL_GO)
        self.role.ready()
        self.open = []

    def write_conf(self, **limits):
        """The configuration with other limits."""
        with open(self.dir + "/conf", "w", encoding="ascii") as f:
            f.write(CONF.format(dir=self.dir, **{**LIMITS, **limits}))

    def files(self, certificate="server.crt"):
        """What the parent opens for front."""
        self.role.file("conf", self.dir + "/conf")
        self.role.file("tls_certificate", World.pki.file(certificate))
        self.role.file("agent_ca", World.pki.file("agent-ca.crt"))

    def new_core(self):
        """As the parent does after core was restarted."""
        self.core = Core(self.role.peer(rolekit.ROLE_CORE))
        return self.core

    def log(self):
        """What it has logged."""
        with open(self.dir + "/log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def client(self, **how):
        """A TLS client."""
        c = Client(self.port, **how)
        self.open.append(c)
        return c

    def tcp(self):
        """A bare connection."""
        s = socket.create_connection(("127.0.0.1", self.port), timeout=rolekit.DEADLINE)
        self.open.append(s)
        return s

    def close(self):
        """Ends everything; a sanitizer must not have spoken."""
        for c in self.open:
            c.close()
        self.role.kill()
        self.core.channel.close()
        self.keyd.channel.close()
        self.listener.close()
        log = self.log()
        assert "Sanitizer" not in log and "runtime error" not in log, log


class Response:
    """An HTTP answer."""

    def __init__(self, head, body):
        lines = head.split(b"\r\n")
        assert lines[0].startswith(b"HTTP/1.1 "), head
        self.status = int(lines[0].split(b" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, value = line.split(b": ", 1)
            assert name.lower() not in self.headers, "header twice: " + repr(head)
            self.headers[name.lower()] = value
        self.body = body


class Client:
    """A TLS client that reads and writes bytes."""

    def __init__(self, port, cert=None, alpn=None, rcvbuf=None, newest=None):
        ctx = ssl.create_default_context(cafile=World.pki.file("ca.crt"))
        if cert is not None:
            ctx.load_cert_chain(World.pki.file(cert + ".crt"), World.pki.file(cert + ".key"))
        if alpn is not None:
            ctx.set_alpn_protocols(alpn)
        if newest is not None:
            ctx.maximum_version = newest
        raw = socket.socket()
        if rcvbuf is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        raw.settimeout(rolekit.DEADLINE)
        raw.connect(("127.0.0.1", port))
        try:
            self.sock = ctx.wrap_socket(raw, server_hostname="eic.test")
        except Exception:
            raw.close()
            raise
        self.ways = self.sock
        self.buf = b""

    def for_two_threads(self):
        """From now on one thread may send while another receives."""
        self.ways = Shared(self.sock, rolekit.DEADLINE)
        return self

    def send(self, data):
        """All of it."""
        self.ways.sendall(data)

    def more(self):
        """Some bytes more; False at the end."""
        data = self.ways.recv(65536)
        self.buf += data
        return data != b""

    def take(self, n):
        """n bytes."""
        while len(self.buf) < n:
            if not self.more():
                raise AssertionError(f"ended within {n} bytes: {self.buf[:200]!r}")
        out, self.buf = self.buf[:n], self.buf[n:]
        return out

    def head(self):
        """Up to the empty line."""
        while b"\r\n\r\n" not in self.buf:
            if not self.more():
                raise AssertionError(f"ended in a head: {self.buf!r}")
        head, self.buf = self.buf.split(b"\r\n\r\n", 1)
        return head

    def response(self, head_only=False):
        """The next answer, with what every answer must have."""
        r = Response(self.head(), b"")
        if r.status == 100:
            return r
        assert UUID.match(r.headers[b"x-amzn-requestid"]), r.headers
        assert DATE.match(r.headers[b"date"]), r.headers
        if r.status != 101:
            n = int(r.headers[b"content-length"])
            r.body = b"" if head_only else self.take(n)
        return r

    def ended(self):
        """The server has closed in order, and said nothing more."""
        return self.buf == b"" and not self.more()

    def close(self):
        """At once."""
        self.sock.close()


def post(body=b"", headers=TARGET, target=b"/"):
    """A request as the CLI sends it."""
    return (b"POST " + target + b" HTTP/1.1\r\n" + HOST + headers +
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)


class Frame:
    """WebSocket frames, RFC 6455."""

    @staticmethod
    def write(op, data, mask=b"\1\2\3\4", fin=True):
        """As a client sends it."""
        head = bytes([(0x80 if fin else 0) | op])
        bit = 0x80 if mask else 0
        if len(data) < 126:
            head += bytes([bit | len(data)])
        elif len(data) < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", len(data))
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", len(data))
        if not mask:
            return head + data
        return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data))

    @staticmethod
    def read(c):
        """(op, payload) of the next one from the server."""
        a, n = c.take(2)
        assert a & 0x70 == 0 and a & 0x80, hex(a)
        assert n & 0x80 == 0, "masked"
        if n == 126:
            n = struct.unpack(">H", c.take(2))[0]
        elif n == 127:
            n = struct.unpack(">Q", c.take(8))[0]
        return a & 15, c.take(n)


UPGRADE = (b"GET " + UPLINK + b" HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\n"
           b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
AGENT = {"cert": "agent", "alpn": ["openeic-uplink/1", "http/1.1"]}
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class FrontCase(unittest.TestCase):
    """A front for each test."""
    limits = {}

    def setUp(self):
        self.front = Front(**self.limits)
        self.addCleanup(self.front.close)
        self.core = self.front.core

    def frame(self, c):
        """The next frame that is not one of front's own pings."""
        while True:
            op, data = Frame.read(c)
            if op != PING:
                return op, data
            c.send(Frame.write(PONG, data))
