#!/usr/bin/env python3
"""front_test BUILD_DIR: the real eicd-front between real TLS clients and a core and
keyd played by the test. Needs root (front gives up its privileges).
"""
import hashlib
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rolekit
from rolekit import Closed, until, pack

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

PKI = None
WORK = None


def setUpModule():
    """One set of certificates for all."""
    global PKI, WORK
    WORK = tempfile.mkdtemp(prefix="front_test.")
    os.chmod(WORK, 0o755)
    os.makedirs(WORK + "/pki")
    PKI = rolekit.Pki(WORK + "/pki")


def tearDownModule():
    """Nothing is left."""
    shutil.rmtree(WORK)


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
        self.dir = tempfile.mkdtemp(prefix="run.", dir=WORK)
        os.makedirs(self.dir + "/run/empty")
        os.chmod(self.dir, 0o755)
        self.write_conf(**limits)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.role = rolekit.Role(BUILD + "/src/daemon/eicd-front", self.dir + "/log")
        self.core = Core(self.role.peer(rolekit.ROLE_CORE))
        self.keyd = rolekit.Keyd(self.role.peer(rolekit.ROLE_KEYD), PKI.file("server.key"))
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
        self.role.file("tls_certificate", PKI.file(certificate))
        self.role.file("agent_ca", PKI.file("agent-ca.crt"))

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

    def __init__(self, port, cert=None, alpn=None, rcvbuf=None):
        ctx = ssl.create_default_context(cafile=PKI.file("ca.crt"))
        if cert is not None:
            ctx.load_cert_chain(PKI.file(cert + ".crt"), PKI.file(cert + ".key"))
        if alpn is not None:
            ctx.set_alpn_protocols(alpn)
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
        self.buf = b""

    def send(self, data):
        """All of it."""
        self.sock.sendall(data)

    def more(self):
        """Some bytes more; False at the end."""
        data = self.sock.recv(65536)
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


class FrontCase(unittest.TestCase):
    """A front for each test."""
    limits = {}

    def setUp(self):
        self.front = Front(**self.limits)
        self.addCleanup(self.front.close)
        self.core = self.front.core


class Http(FrontCase):
    """Requests and answers."""

    def test_request_reaches_core_as_it_came(self):
        c = self.front.client()
        c.send(b"POST /x?a=%20b&c HTTP/1.1\r\n" + HOST + b"X-One:  1 \r\nx-one:2\r\n" + TARGET +
               b"Content-Length: 3\r\n\r\nabc")
        rq = self.core.request()
        self.assertTrue(UUID.match(rq.request_id))
        self.assertEqual(rq.peer_ip, b"127.0.0.1")
        self.assertEqual(rq.peer_port, c.sock.getsockname()[1])
        self.assertEqual(rq.tls, c.sock.version().encode())
        self.assertEqual(rq.cipher, c.sock.cipher()[0].encode())
        self.assertEqual(rq.sni, b"eic.test")
        self.assertEqual((rq.method, rq.target, rq.body), (b"POST", b"/x?a=%20b&c", b"abc"))
        self.assertEqual(rq.headers[:3], [(b"Host", b"eic.test"), (b"X-One", b"1"),
                                          (b"x-one", b"2")])
        self.core.answer(rq, 400, b'{"x":1}', [(b"Content-Type", b"application/json"),
                                              (b"X-Amzn-ErrorType", b"Y")])
        r = c.response()
        self.assertEqual((r.status, r.body), (400, b'{"x":1}'))
        self.assertEqual(r.headers[b"x-amzn-requestid"], rq.request_id)
        self.assertEqual(r.headers[b"x-amzn-errortype"], b"Y")
        self.assertNotIn(b"connection", r.headers)

    def test_keep_alive_and_new_ids(self):
        self.core.serve()
        c = self.front.client()
        ids = set()
        for i in range(50):
            c.send(post(b"%d" % i))
            r = c.response()
            self.assertEqual(r.body, b"POST / %d" % i)
            ids.add(r.headers[b"x-amzn-requestid"])
        self.assertEqual(len(ids), 50)

    def test_pipelined_answers_are_in_order(self):
        self.core.serve()
        c = self.front.client()
        # More than is read ahead at once, so that reading stops and goes on.
        bodies = [b"%d:" % i + b"x" * 900 for i in range(200)]
        sender = threading.Thread(target=c.send, args=(b"".join(map(post, bodies)),))
        sender.start()
        for body in bodies:
            self.assertEqual(c.response().body, b"POST / " + body)
        sender.join()

    def test_one_at_core_at_a_time(self):
        c = self.front.client()
        c.send(post(b"1") + post(b"2"))
        rq = self.core.request()
        with self.assertRaises(TimeoutError):
            self.core.channel.recv(0.2)
        self.core.answer(rq)
        self.assertEqual(self.core.request().body, b"2")

    def test_byte_by_byte(self):
        self.core.serve()
        c = self.front.client()
        for b in post(b"abc"):
            c.send(bytes([b]))
        self.assertEqual(c.response().body, b"POST / abc")

    def test_chunked_body_is_joined(self):
        c = self.front.client()
        c.send(b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
               b"5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n")
        rq = self.core.request()
        self.assertEqual(rq.body, b"hello world")
        self.core.answer(rq)
        self.assertEqual(c.response().status, 200)

    def test_expect_continue(self):
        c = self.front.client()
        c.send(b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        self.assertEqual(c.response().status, 100)
        c.send(b"body")
        rq = self.core.request()
        self.assertEqual(rq.body, b"body")
        self.core.answer(rq, 200, b"ok")
        self.assertEqual(c.response().body, b"ok")

    def test_expect_of_too_much_is_refused_before_the_body(self):
        c = self.front.client()
        c.send(b"POST / HTTP/1.1\r\n" + HOST +
               b"Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
        self.assertEqual(c.response().status, 413)
        self.assertTrue(c.ended())

    def test_head_has_length_but_no_body(self):
        c = self.front.client()
        c.send(b"HEAD / HTTP/1.1\r\n" + HOST + b"\r\n" + post(b"next"))
        self.core.answer(self.core.request(), 200, b"four")
        r = c.response(head_only=True)
        self.assertEqual(r.headers[b"content-length"], b"4")
        self.core.answer(self.core.request(), 200, b"body")
        self.assertEqual(c.response().body, b"body")

    def test_connection_close(self):
        self.core.serve()
        for request in (b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
                        b"GET / HTTP/1.0\r\n" + HOST + b"\r\n"):
            c = self.front.client()
            c.send(request)
            r = c.response()
            self.assertEqual((r.status, r.headers[b"connection"]), (200, b"close"))
            self.assertTrue(c.ended())

    def test_http_1_0_keep_alive(self):
        self.core.serve()
        c = self.front.client()
        for _ in range(2):
            c.send(b"GET / HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n\r\n")
            self.assertEqual(c.response().headers[b"connection"], b"keep-alive")

    def test_half_closed_client_gets_its_answer(self):
        c = self.front.client()
        c.send(post(b"last"))
        rq = self.core.request()
        c.sock.shutdown(socket.SHUT_WR)
        self.core.answer(rq, 200, b"answer")
        # Python's socket has forgotten its TLS; look at the plain record types.
        raw = c.sock.recv(65536)
        self.assertEqual(raw[0], 23)

    def test_large_answer_to_a_slow_reader(self):
        c = self.front.client(rcvbuf=8192)
        body = hashlib.sha256(b"x").digest() * (10 << 15)
        c.send(post() + post(b"2"))
        self.core.answer(self.core.request(), 200, body)
        # The second request is not begun before the first answer is taken.
        with self.assertRaises(TimeoutError):
            self.core.channel.recv(0.2)
        self.assertEqual(c.response().body, body)
        self.core.answer(self.core.request(), 200, b"2")
        self.assertEqual(c.response().body, b"2")

    def test_plain_http_gets_no_answer(self):
        s = self.front.tcp()
        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
        data = s.recv(100)
        self.assertTrue(data == b"" or data[0] == 21, data)	# an alert

    def test_openssl_s_client_and_alpn(self):
        c = self.front.client(alpn=["h2", "http/1.1"])
        self.assertEqual(c.sock.selected_alpn_protocol(), "http/1.1")
        with self.assertRaises(ssl.SSLError):
            self.front.client(alpn=["h2"])
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname = False
        old.verify_mode = ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            old.wrap_socket(self.front.tcp())


class Refusals(FrontCase):
    """What front itself refuses, how, and that the connection ends."""

    def refused(self, status, request, form=b"json"):
        c = self.front.client()
        c.send(request)
        r = c.response()
        self.assertEqual(r.status, status, request[:100])
        self.assertEqual(r.headers[b"connection"], b"close")
        if form == b"json":
            self.assertIn(b"json", r.headers[b"content-type"])
            self.assertTrue(r.body.startswith(b'{"__type":"'), r.body)
            self.assertIn(b"x-amzn-errortype", r.headers)
        else:
            self.assertIn(b"xml", r.headers[b"content-type"])
            self.assertIn(b"<RequestID>" + r.headers[b"x-amzn-requestid"], r.body)
        self.assertTrue(c.ended())

    def test_shapes_that_smuggle(self):
        start = b"POST / HTTP/1.1\r\n" + HOST
        shapes = [
            start + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            start + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            start + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
            start + b"Content-Length: +5\r\n\r\nabcde",
            start + b"Content-Length: 5, 5\r\n\r\nabcde",
            start + b"Transfer-Encoding: identity\r\n\r\n",
            start + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            start + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            start + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            start + b"X: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
            start + b"X: a\nContent-Length: 0\r\n\r\n",
            start + b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
            start + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
            start + b"Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
            start + HOST + b"Content-Length: 0\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            b"POST http://other/ HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n",
            b"CONNECT eic.test:22 HTTP/1.1\r\n" + HOST + b"\r\n",
            b"POST  / HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n",
            b"\x16\x03\x01 / HTTP/1.1\r\n\r\n",
        ]
        for shape in shapes:
            self.refused(400, shape)
        with self.assertRaises(TimeoutError):
            self.core.channel.recv(0.2)

    def test_limits(self):
        start = b"POST / HTTP/1.1\r\n" + HOST + TARGET
        self.refused(431, start + b"X: " + b"x" * 5000 + b"\r\n\r\n")
        self.refused(431, start + b"X: y\r\n" * 120 + b"\r\n")
        self.refused(413, start + b"Content-Length: 65537\r\n\r\n")
        self.refused(413, start + b"Transfer-Encoding: chunked\r\n\r\n" +
                     b"4000\r\n" + b"x" * 0x4000 + b"\r\n" + b"ffff\r\n" + b"x" * 0xffff)
        self.refused(417, start + b"Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n")
        self.refused(505, b"GET / HTTP/2.0\r\n" + HOST + b"\r\n")

    def test_target_too_long(self):
        front = Front()
        self.addCleanup(front.close)
        conf = front.dir + "/conf"
        with open(conf, encoding="ascii") as f:
            text = f.read()
        with open(conf, "w", encoding="ascii") as f:
            f.write(text.replace("max_header_bytes = 4k", "max_header_bytes = 32k"))
        front.files()
        front.role.control.send(rolekit.CTL_RELOAD)
        until("reload", lambda: self.status_of(front, b"GET /" + b"x" * 8192) == 414)

    def status_of(self, front, line):
        c = front.client()
        c.send(line + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        return c.response().status

    def test_body_of_the_limit_passes(self):
        c = self.front.client()
        c.send(post(b"x" * 65536))
        self.assertEqual(len(self.core.request().body), 65536)

    def test_form_follows_the_request(self):
        form = b"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        long = b"Content-Length: 65537\r\n\r\n"
        self.refused(413, b"POST / HTTP/1.1\r\n" + HOST + TARGET + long)
        self.refused(413, b"POST / HTTP/1.1\r\n" + HOST + form + long, b"xml")

    def test_error_is_read_although_the_body_still_comes(self):
        """The reason for lingering: unread bytes must not turn the answer into RST."""
        c = self.front.client()
        c.send(b"POST / HTTP/1.1\r\n" + HOST + TARGET + b"Content-Length: 5000000\r\n\r\n")
        for _ in range(75):
            c.send(b"x" * 65536)
        self.assertEqual(c.response().status, 413)
        self.assertTrue(c.ended())

    def test_truncated_body(self):
        s = self.front.client()
        s.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nhalf")
        # close_notify, then our answer is still readable
        try:
            s.sock.unwrap()
        except (ssl.SSLError, OSError):
            pass
        until("400 in the log", lambda: 'status=400' in self.front.log())
        with self.assertRaises(TimeoutError):
            self.core.channel.recv(0.1)


class Slow(FrontCase):
    """Time limits."""
    limits = {"header": 1, "body": 2, "idle": 3}

    def test_each_has_its_own_outcome(self):
        handshake = self.front.tcp()
        idle = self.front.client()
        begun = self.front.client()
        begun.send(b"GET / HT")
        head = self.front.client()
        head.send(b"POST / HTTP/1.1\r\n" + HOST)
        body = self.front.client()
        body.send(b"POST / HTTP/1.1\r\n" + HOST + TARGET + b"Content-Length: 5\r\n\r\nab")
        waiting = self.front.client()
        waiting.send(post(b"w"))
        rq = self.core.request()
        start = time.monotonic()
        for c in (begun, head):
            self.assertEqual(c.response().status, 408)
            self.assertTrue(c.ended())
        self.assertEqual(handshake.recv(100), b"")
        self.assertLess(time.monotonic() - start, 1.9)
        self.assertEqual(body.response().status, 408)
        self.assertTrue(body.ended())
        self.assertLess(time.monotonic() - start, 2.9)
        self.assertTrue(idle.ended())
        self.assertGreater(time.monotonic() - start, 2.5)
        self.core.answer(rq, 200, b"late but good")
        self.assertEqual(waiting.response().body, b"late but good")

    def test_dripping_does_not_help(self):
        c = self.front.client()
        head = b"POST / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"x" * 100
        start = time.monotonic()
        c.sock.settimeout(0.05)
        for b in head:
            try:
                c.send(bytes([b]))
                if not c.more():
                    break
            except TimeoutError:
                continue
            break
        c.sock.settimeout(rolekit.DEADLINE)
        self.assertEqual(c.response().status, 408)
        self.assertLess(time.monotonic() - start, 2.5)


class Many(FrontCase):
    """Connections in numbers."""

    def test_a_thousand_that_send_nothing(self):
        self.core.serve()
        crowd = [self.front.tcp() for _ in range(1000)]
        worst = 0
        for _ in range(20):
            start = time.monotonic()
            c = self.front.client()
            c.send(post(b"hello"))
            self.assertEqual(c.response().body, b"POST / hello")
            worst = max(worst, time.monotonic() - start)
            c.close()
        self.assertLess(worst, 1.0)
        self.assertEqual(len(crowd), 1000)
        self.assertIsNone(self.front.role.process.poll())


class Few(FrontCase):
    """Limits of connections and requests."""
    limits = {"connections": 8, "inflight": 2}

    def test_the_idle_make_room_the_busy_stay(self):
        busy = self.front.client()
        busy.send(post(b"busy"))
        rq = self.core.request()
        idle = [self.front.client() for _ in range(7)]
        more = self.front.client()
        more.send(post(b"more"))
        self.core.answer(self.core.request(), 200, b"more")
        self.assertEqual(more.response().body, b"more")
        self.assertTrue(idle[0].ended())
        self.core.answer(rq, 200, b"busy")
        self.assertEqual(busy.response().body, b"busy")

    def test_too_many_requests_are_told(self):
        clients = [self.front.client() for _ in range(3)]
        clients[0].send(post(b"0"))
        clients[1].send(post(b"1"))
        first, second = self.core.request(), self.core.request()
        clients[2].send(post(b"2"))
        r = clients[2].response()
        self.assertEqual(r.status, 503)
        self.assertIn(b"__type", r.body)
        self.core.answer(first)
        self.core.answer(second)
        self.assertEqual(clients[0].response().status, 200)
        clients[2].send(post(b"again"))
        self.core.answer(self.core.request(), 200, b"again")
        self.assertEqual(clients[2].response().body, b"again")


class Full(FrontCase):
    """No room at all."""
    limits = {"connections": 8}

    def test_when_none_is_idle_the_next_waits(self):
        busy = [self.front.client() for _ in range(8)]
        for c in busy:
            c.send(post(b"x", b"Connection: close\r\n"))
        requests = [self.core.request() for _ in busy]
        late = self.front.tcp()
        late.settimeout(0.3)
        ctx = ssl.create_default_context(cafile=PKI.file("ca.crt"))
        with self.assertRaises(TimeoutError):
            ctx.wrap_socket(late, server_hostname="eic.test")
        for rq in requests:
            self.core.answer(rq)
        for c in busy:
            self.assertEqual(c.response().status, 200)
            c.close()
        c = self.front.client()
        c.send(post(b"x"))
        self.core.answer(self.core.request())
        self.assertEqual(c.response().status, 200)


class OneAddress(FrontCase):
    """A limit for each address."""
    limits = {"per_address": 4}

    def test_only_its_own_idle_ones_go(self):
        mine = [self.front.client() for _ in range(4)]
        other = socket.socket()
        other.bind(("127.0.0.2", 0))
        other.connect(("127.0.0.1", self.front.port))
        self.addCleanup(other.close)
        self.front.client()
        self.assertTrue(mine[0].ended())
        mine[1].sock.settimeout(0.1)
        with self.assertRaises(TimeoutError):
            mine[1].more()
        other.settimeout(0.1)
        with self.assertRaises(TimeoutError):
            other.recv(1)


class CoreFaults(FrontCase):
    """Core dies, is late, or lies."""

    def test_death_in_a_request_is_503_in_its_form(self):
        json, xml = self.front.client(), self.front.client()
        json.send(post(b"j"))
        xml.send(post(b"x", b"Content-Type: application/x-www-form-urlencoded\r\n"))
        self.core.request(), self.core.request()
        self.core.channel.close()
        r = json.response()
        self.assertEqual(r.status, 503)
        self.assertIn(b'"__type":"', r.body)
        r = xml.response()
        self.assertEqual(r.status, 503)
        self.assertIn(b"<Error><Code>", r.body)
        # The connections live, and the next request waits for the new core.
        json.send(post(b"again"))
        core = self.front.new_core().serve()
        self.assertEqual(json.response().body, b"POST / again")
        xml.send(post(b"too"))
        self.assertEqual(xml.response().body, b"POST / too")
        self.assertIsNotNone(core)

    def test_requests_wait_for_a_new_core_in_order(self):
        self.core.channel.close()
        clients = [self.front.client() for _ in range(5)]
        for i, c in enumerate(clients):
            c.send(post(b"%d" % i))
            until("taken", lambda n=i + 1: self.front.log().count("ev=wait") == n)
        core = self.front.new_core()
        for i, c in enumerate(clients):
            rq = core.request()
            self.assertEqual(rq.body, b"%d" % i)
            core.answer(rq, 200, b"ok")
            self.assertEqual(c.response().body, b"ok")

    def test_new_channel_replaces_the_old(self):
        c = self.front.client()
        c.send(post(b"1"))
        old = self.core
        rq = old.request()
        self.front.new_core().serve()
        self.assertEqual(c.response().status, 503)
        with self.assertRaises(Closed):
            while True:
                old.answer(rq, 200, b"stale")
        c.send(post(b"2"))
        self.assertEqual(c.response().body, b"POST / 2")

    def test_answer_for_one_that_left_is_nothing(self):
        c, other = self.front.client(), self.front.client()
        c.send(post(b"gone"))
        rq = self.core.request()
        other.send(post(b"stays"))
        stays = self.core.request()
        c.close()
        self.core.answer(rq, 200, b"for nobody")
        self.core.answer(stays, 200, b"yes")
        self.assertEqual(other.response().body, b"yes")
        # Twice is still no reason to close: front forgot the number.
        self.core.answer(rq, 200, b"for nobody")
        other.send(post(b"more"))
        self.core.answer(self.core.request(), 200, b"more")
        self.assertEqual(other.response().body, b"more")

    def hostile(self, speak):
        """speak(channel, request) while one waits: 503 for it, a closed channel,
        a living front that serves with the next core."""
        c = self.front.client()
        c.send(post(b"victim"))
        rq = self.front.core.request()
        try:
            speak(self.front.core.channel, rq)
        except Closed:
            pass
        self.assertEqual(c.response().status, 503)
        with self.assertRaises(Closed):
            while True:
                self.front.core.channel.recv()
        core = self.front.new_core()
        c.send(post(b"next"))
        core.answer(core.request(), 200, b"served")
        self.assertEqual(c.response().body, b"served")
        c.close()

    def test_hostile_core(self):
        head = b"HBBI"
        ok = pack("ss", b"A", b"b")

        def message(kind, body):
            return lambda ch, rq: ch.send(kind, body(rq) if callable(body) else body)

        def packet(data):
            return lambda ch, rq: ch.raw(data)

        cf = rolekit.CF_RESPONSE
        for speak in (
                packet(b"x"), packet(b"\x02\x81\x01\x00\x00\x00\x00\x05abc"),
                packet(struct.pack(">" + head.decode(), cf, 0, 0, 0xffffffff) + b"x"),
                packet(struct.pack(">" + head.decode(), cf, 1, 1, 0)),
                message(0x9999, b""), message(rolekit.FC_REQUEST, b""),
                message(rolekit.CTL_DRAIN, b""), message(rolekit.KD_REPLY, b"\1"),
                message(cf, b""), message(cf, b"\0" * 5),
                message(cf, pack("QHHs", 0, 200, 0, b"")),
                message(cf, pack("QHHs", 1 << 60, 200, 0, b"")),
                message(cf, lambda rq: pack("QHHs", rq.req, 200, 0, b"") + b"x"),
                message(cf, lambda rq: pack("QHHs", rq.req, 200, 1, b"")),
                message(cf, lambda rq: pack("QHH", rq.req, 200, 9) + ok + pack("s", b"")),
                message(cf, lambda rq: pack("QHH", rq.req, 200, 65535)),
                message(cf, lambda rq: pack("QHHs", rq.req, 100, 0, b"")),
                message(cf, lambda rq: pack("QHHs", rq.req, 101, 0, b"")),
                message(cf, lambda rq: pack("QHHs", rq.req, 0, 0, b"")),
                message(cf, lambda rq: pack("QHHs", rq.req, 999, 0, b"")),
                message(cf, lambda rq: pack("QHHs", rq.req, 204, 0, b"body")),
                message(cf, lambda rq: pack("QHHsss", rq.req, 200, 1, b"A\r\nB: c", b"d", b"")),
                message(cf, lambda rq: pack("QHHsss", rq.req, 200, 1, b"A", b"d\r\nB: c", b"")),
                message(cf, lambda rq: pack("QHHsss", rq.req, 200, 1, b"Content-Length", b"9", b"")),
                message(cf, lambda rq: pack("QHHsss", rq.req, 200, 1, b"A", b"x" * 9000, b"")),
                message(rolekit.CF_ACCEPT, lambda rq: pack("Q", rq.req)),
                message(rolekit.CF_REFUSE, lambda rq: pack("QHs", rq.req, 400, b"{}")),
                message(rolekit.CF_TEXT, lambda rq: pack("Qs", rq.req, b"{}")),
                message(rolekit.CF_CLOSE, lambda rq: pack("QHs", rq.req, 1000, b"")),
                message(rolekit.CF_TEXT, pack("Qs", 1 << 40, b"{}"))):
            with self.subTest(speak=speak):
                self.hostile(speak)
        self.assertIsNone(self.front.role.process.poll())

    def test_core_that_does_not_read(self):
        """Requests pile up to their limits; front serves nobody, and lives."""
        clients = [self.front.client() for _ in range(40)]
        for c in clients:
            c.send(post(b"x" * 60000))
        got = {self.core.request().req}
        while len(got) < 40:
            rq = self.core.request()
            got.add(rq.req)
        for req in sorted(got):
            self.core.answer(req, 200, b"done")
        for c in clients:
            self.assertEqual(c.response().body, b"done")


class Keyd(FrontCase):
    """Handshakes need keyd."""

    def test_restart_between_handshakes(self):
        self.core.serve()
        self.front.client()
        old = self.front.keyd
        self.assertEqual(old.signed, 1)
        old.channel.close()
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD),
                                       PKI.file("server.key"))
        c = self.front.client()
        c.send(post(b"hi"))
        self.assertEqual(c.response().status, 200)
        self.assertEqual(self.front.keyd.signed, 1)

    def test_handshake_waits_for_the_new_one(self):
        self.front.keyd.channel.close()
        got = []
        t = threading.Thread(target=lambda: got.append(self.front.client()))
        t.start()
        # Other words of the parent meanwhile are not lost, and do no harm.
        self.front.files()
        self.front.role.control.send(rolekit.CTL_RELOAD)
        core = self.front.new_core().serve()
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD),
                                       PKI.file("server.key"))
        t.join(rolekit.DEADLINE)
        got[0].send(post(b"hi"))
        self.assertEqual(got[0].response().body, b"POST / hi")
        self.assertIsNotNone(core)

    def test_refusal_and_nonsense_end_the_handshake_only(self):
        self.core.serve()
        self.front.keyd.channel.close()
        for reply in (pack("Bs", 0, b"no"), pack("Bs", 1, b"x" * 64), pack("Bs", 1, b""), b"\1",
                      pack("Bs", 1, b"x" * 129)):
            ch = self.front.role.peer(rolekit.ROLE_KEYD)

            def answer(channel=ch, body=reply):
                try:
                    channel.recv()
                    channel.send(rolekit.KD_REPLY, body)
                except Closed:
                    pass
            t = threading.Thread(target=answer)
            t.start()
            with self.assertRaises((ssl.SSLError, ConnectionResetError)):
                self.front.client()
            t.join()
            ch.close()
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD),
                                       PKI.file("server.key"))
        c = self.front.client()
        c.send(post(b"hi"))
        self.assertEqual(c.response().status, 200)


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


class Uplinks(FrontCase):
    """Agents."""
    limits = {"silence": 3}

    def ask(self, rest=b"", **how):
        """An agent that has asked; (client, link)."""
        c = self.front.client(**{**AGENT, **how})
        c.send(UPGRADE + rest)
        f = self.core.expect(rolekit.FC_UPLINK_OPEN)
        link, request_id, ip, der = f.take("Q"), f.take("s"), f.take("s"), f.take("s")
        f.end()
        self.assertTrue(UUID.match(request_id))
        self.assertEqual(ip, b"127.0.0.1")
        with open(PKI.file("agent.crt"), encoding="ascii") as pem:
            self.assertEqual(der, ssl.PEM_cert_to_DER_cert(pem.read()))
        return c, link

    def connect(self, **how):
        """An agent that is connected."""
        c, link = self.ask(**how)
        self.core.channel.send(rolekit.CF_ACCEPT, pack("Q", link))
        r = c.response()
        self.assertEqual(r.status, 101)
        self.assertEqual(r.headers[b"connection"].lower(), b"upgrade")
        self.assertEqual(r.headers[b"sec-websocket-accept"], b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        self.assertNotIn(b"content-length", r.headers)
        return c, link

    def text(self, link):
        """What core gets."""
        f = self.core.expect(rolekit.FC_UPLINK_TEXT)
        self.assertEqual(f.take("Q"), link)
        data = f.take("s")
        f.end()
        return data

    def closed(self, link):
        """Core is told that the link is gone."""
        f = self.core.expect(rolekit.FC_UPLINK_CLOSE)
        self.assertEqual(f.take("Q"), link)
        f.end()

    def frame(self, c):
        """The next frame that is not one of front's own pings."""
        while True:
            op, data = Frame.read(c)
            if op != PING:
                return op, data
            c.send(Frame.write(PONG, data))

    def test_texts_both_ways(self):
        c, link = self.connect()
        c.send(Frame.write(TEXT, b'{"type":"hello"}'))
        self.assertEqual(self.text(link), b'{"type":"hello"}')
        c.send(Frame.write(TEXT, b"one ", fin=False) + Frame.write(PING, b"p") +
               Frame.write(0, b"two"))
        self.assertEqual(self.text(link), b"one two")
        self.assertEqual(self.frame(c), (PONG, b"p"))
        for n in (0, 125, 126, 65535, 65536, 1 << 20):
            self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"x" * n))
            self.assertEqual(self.frame(c), (TEXT, b"x" * n))
        c.send(Frame.write(TEXT, b"y" * (1 << 20)))
        self.assertEqual(self.text(link), b"y" * (1 << 20))

    def test_frames_right_behind_the_request(self):
        c, link = self.ask(Frame.write(TEXT, b"early"))
        with self.assertRaises(TimeoutError):
            self.core.channel.recv(0.1)
        self.core.channel.send(rolekit.CF_ACCEPT, pack("Q", link))
        self.assertEqual(c.response().status, 101)
        self.assertEqual(self.text(link), b"early")

    def test_refused_by_core(self):
        c, link = self.ask()
        self.core.channel.send(rolekit.CF_REFUSE, pack("QHs", link, 403, b'{"no":1}'))
        r = c.response()
        self.assertEqual((r.status, r.body), (403, b'{"no":1}'))
        self.assertEqual(r.headers[b"content-type"], b"application/json")

    def test_who_may_not(self):
        for how in ({}, {"alpn": ["http/1.1"], "cert": "agent"}):
            c = self.front.client(**how)
            c.send(UPGRADE)
            self.assertEqual(c.response().status, 403)
        for cert in ("stranger", None):
            c = None
            with self.assertRaises((ssl.SSLError, ConnectionResetError, AssertionError,
                                    BrokenPipeError)):
                c = self.front.client(cert=cert, alpn=AGENT["alpn"])
                c.send(UPGRADE)		# TLS 1.3: the alert comes now
                c.response()
        with self.assertRaises(TimeoutError):
            self.core.channel.recv(0.1)

    def test_not_a_websocket(self):
        for request in (b"GET " + UPLINK + b" HTTP/1.1\r\n" + HOST + b"\r\n",
                        UPGRADE.replace(b"Version: 13", b"Version: 8"),
                        UPGRADE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short")):
            c = self.front.client(**AGENT)
            c.send(request)
            self.assertEqual(c.response().status, 400)

    def test_agent_closes(self):
        c, link = self.connect()
        c.send(Frame.write(CLOSE, struct.pack(">H", 1001)))
        self.assertEqual(self.frame(c)[0], CLOSE)
        self.closed(link)
        self.assertTrue(c.ended())
        c, link = self.connect()
        c.close()
        self.closed(link)

    def test_core_closes(self):
        c, link = self.connect()
        self.core.channel.send(rolekit.CF_CLOSE, pack("QHs", link, 1008, b"bad field"))
        self.assertEqual(self.frame(c), (CLOSE, struct.pack(">H", 1008) + b"bad field"))
        self.assertTrue(c.ended())
        # Core knows; it is told nothing, and may still have said something.
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"too late"))
        c, link = self.connect()
        self.assertIsNotNone(c)

    def test_bad_frames(self):
        for data, code in ((Frame.write(TEXT, b"x", mask=b""), 1002),
                           (b"\xc1\x80\0\0\0\0", 1002), (Frame.write(3, b""), 1002),
                           (Frame.write(0, b"x"), 1002), (Frame.write(TEXT, b"\xff\xfe"), 1007),
                           (Frame.write(PING, b"", fin=False), 1002),
                           (Frame.write(BINARY, b"x"), 1003),
                           (Frame.write(TEXT, b"z" * ((1 << 20) + 1)), 1009)):
            c, link = self.connect()
            c.send(data)
            op, payload = self.frame(c)
            self.assertEqual((op, struct.unpack(">H", payload[:2])[0]), (CLOSE, code))
            self.closed(link)
            c.close()

    def test_pings_and_the_silent(self):
        talks, tlink = self.connect()
        silent, slink = self.connect()
        start = time.monotonic()
        pings = 0
        while time.monotonic() - start < 4.0:
            op, data = Frame.read(talks)
            self.assertEqual(op, PING)
            talks.send(Frame.write(PONG, data))
            pings += 1
        self.assertGreaterEqual(pings, 3)
        self.closed(slink)
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", tlink, b"alive"))
        self.assertEqual(self.frame(talks), (TEXT, b"alive"))
        while silent.more():
            pass

    def test_slow_agent_is_dropped(self):
        c, link = self.connect(rcvbuf=4096)
        c2, link2 = self.connect()
        for _ in range(20):
            self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"x" * (1 << 20)))
        self.closed(link)
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link2, b"you"))
        self.assertEqual(self.frame(c2), (TEXT, b"you"))
        self.assertLess(int(self.front.role.status("VmRSS")[0]), 600000)
        self.assertIsNotNone(c)

    def test_key_leaves_before_the_answer(self):
        """Whoever has the answer can be sure that the key is on its way."""
        agent, link = self.connect()
        c = self.front.client()
        for i in range(50):
            c.send(post(b"push"))
            rq = self.core.request()
            self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"key %d" % i))
            self.core.answer(rq, 200, b"pushed")
            c.response()
            agent.sock.settimeout(0)	# it must be there now, not soon
            while True:
                try:
                    op, data = Frame.read(agent)
                except ssl.SSLWantReadError:
                    self.fail("the answer came first")
                if op == TEXT:
                    break
            agent.sock.settimeout(rolekit.DEADLINE)
            self.assertEqual(data, b"key %d" % i)

    def test_core_dies(self):
        c, link = self.connect()
        asking, _ = self.ask()
        self.core.channel.close()
        self.assertEqual(self.frame(c)[0], CLOSE)
        self.assertTrue(c.ended())
        self.assertEqual(asking.response().status, 503)
        self.core = self.front.new_core()
        _, again = self.connect()
        self.assertGreater(again, link)

    def test_agent_leaves_while_it_asks(self):
        c, link = self.ask()
        c.sock.close()
        # Front does not read while it waits; it finds out when it writes.
        self.core.channel.send(rolekit.CF_ACCEPT, pack("Q", link))
        self.closed(link)

    def test_hostile_words_about_a_link(self):
        for kind, body in ((rolekit.CF_RESPONSE, lambda n: pack("QHHs", n, 200, 0, b"")),
                           (rolekit.CF_ACCEPT, lambda n: pack("Q", n)),
                           (rolekit.CF_REFUSE, lambda n: pack("QHs", n, 403, b"")),
                           (rolekit.CF_CLOSE, lambda n: pack("QHs", n, 5, b"")),
                           (rolekit.CF_CLOSE, lambda n: pack("QHs", n, 1000, b"x" * 600)),
                           (rolekit.CF_TEXT, lambda n: pack("Qs", n, b"x" * ((1 << 20) + 1)))):
            c, link = self.connect()
            self.core.channel.send(kind, body(link))
            self.assertEqual(self.frame(c)[0], CLOSE)
            with self.assertRaises(Closed):
                while True:
                    self.core.channel.recv()
            self.core = self.front.new_core()


class Life(FrontCase):
    """Start, reload, drain, end."""

    def test_privileges_are_gone(self):
        role = self.front.role
        self.assertEqual(role.status("Uid"), ["65534"] * 4)
        self.assertEqual(role.status("Gid"), ["65534"] * 4)
        self.assertEqual(role.status("Groups"), [])
        self.assertEqual(role.status("NoNewPrivs"), ["1"])
        self.assertEqual(role.status("Seccomp"), ["2"])
        self.assertEqual(role.status("CapEff"), ["0" * 16])
        self.assertEqual(os.readlink(f"/proc/{role.process.pid}/root"),
                         self.front.dir + "/run/empty")

    def test_drain(self):
        busy, idle, fresh = self.front.client(), self.front.client(), self.front.tcp()
        busy.send(post(b"in flight") + post(b"behind it"))
        rq = self.core.request()
        agent = self.front.client(**AGENT)
        agent.send(UPGRADE)
        link = self.core.expect(rolekit.FC_UPLINK_OPEN).take("Q")
        self.core.channel.send(rolekit.CF_ACCEPT, pack("Q", link))
        self.assertEqual(agent.response().status, 101)
        self.front.role.control.send(rolekit.CTL_DRAIN)
        self.assertTrue(idle.ended())
        self.assertEqual(fresh.recv(1), b"")
        # The agent stays for what the request in flight may have for it.
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"key"))
        self.core.answer(rq, 200, b"answered")
        r = busy.response()
        self.assertEqual((r.body, r.headers[b"connection"]), (b"answered", b"close"))
        self.assertTrue(busy.ended())
        busy.close()
        self.assertEqual(Frame.read(agent), (TEXT, b"key"))
        self.assertEqual(Frame.read(agent)[0], CLOSE)
        agent.close()
        self.assertEqual(self.front.role.wait(), 0)

    def test_drain_of_nothing(self):
        self.front.role.control.send(rolekit.CTL_DRAIN)
        self.assertEqual(self.front.role.wait(), 0)

    def test_end_of_the_parent(self):
        c = self.front.client()
        self.front.role.control.close()
        self.assertEqual(self.front.role.wait(), 0)
        self.assertFalse(c.more())

    def test_reload_of_the_certificate(self):
        self.core.serve()
        before = self.front.client()
        PKI.leaf("renewed", "ca", "DNS:eic.test", "serverAuth")
        self.front.keyd.key = PKI.file("renewed.key")
        self.front.files("renewed.crt")
        self.front.role.control.send(rolekit.CTL_RELOAD)
        until("new certificate", lambda: self.common_name() == "renewed")
        before.send(post(b"still"))
        self.assertEqual(before.response().status, 200)

    def common_name(self):
        try:
            cert = self.front.client().sock.getpeercert()
        except ssl.SSLError:
            return None		# the key changed before the certificate
        return dict(pair[0] for pair in cert["subject"])["commonName"]

    def test_bad_reload_changes_nothing(self):
        self.core.serve()
        with open(self.front.dir + "/bad.crt", "w", encoding="ascii") as f:
            f.write("no certificate")
        with open(self.front.dir + "/conf", "a", encoding="ascii") as f:
            f.write("nonsense\n")
        self.front.role.file("conf", self.front.dir + "/conf")
        self.front.role.file("tls_certificate", self.front.dir + "/bad.crt")
        self.front.role.control.send(rolekit.CTL_RELOAD)
        until("told", lambda: self.front.log().count("ev=reload") == 2)
        c = self.front.client()
        c.send(post(b"hi"))
        self.assertEqual(c.response().status, 200)

    def test_bad_start_is_told(self):
        with open(PKI.file("server.crt"), encoding="ascii") as f:
            good = f.read()
        for name, text, why in (("tls_certificate", "x", "not a certificate"),
                                ("conf", "x = y\n", "conf:"),
                                ("agent_ca", good[:100], "trust anchors")):
            with self.subTest(name=name):
                self.start_with(name, text, why)

    def start_with(self, name, text, why):
        log = self.front.dir + "/log2"
        role = rolekit.Role(BUILD + "/src/daemon/eicd-front", log)
        self.addCleanup(role.kill)
        bad = self.front.dir + "/bad"
        with open(bad, "w", encoding="ascii") as f:
            f.write(text)
        for n, path in (("conf", self.front.dir + "/conf"),
                        ("tls_certificate", PKI.file("server.crt")),
                        ("agent_ca", PKI.file("agent-ca.crt"))):
            role.file(n, bad if n == name else path)
        role.control.send(rolekit.CTL_GO)
        self.assertEqual(role.wait(), 1)
        with open(log, encoding="utf-8") as f:
            self.assertIn(why, f.read())

    def test_terminal_signals_are_ignored(self):
        self.core.serve()
        for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.front.role.process.send_signal(s)
        c = self.front.client()
        c.send(post(b"hi"))
        self.assertEqual(c.response().status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
