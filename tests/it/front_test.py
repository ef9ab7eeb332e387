#!/usr/bin/env python3
"""front_test BUILD_DIR: tests HTTP through eicd-front: requests, refusals, limits, and the
numbers of requests.
"""
import hashlib
import os
import socket
import ssl
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rolekit
from frontkit import Front, FrontCase, HOST, TARGET, UUID, World, post
from rolekit import until

setUpModule = World.make
tearDownModule = World.remove


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
        c = self.front.client().for_two_threads()
        # More than is read ahead at once, so that reading stops and goes on.
        bodies = [b"%d:" % i + b"x" * 900 for i in range(2000)]
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

    def test_tls_1_2(self):
        c = self.front.client(newest=ssl.TLSVersion.TLSv1_2)
        c.send(post(b"x" * 50000))
        rq = self.core.request()
        self.assertEqual((rq.tls, len(rq.body)), (b"TLSv1.2", 50000))
        self.assertIn(b"ECDHE-ECDSA-", rq.cipher)
        self.core.answer(rq, 200, b"y" * 50000)
        self.assertEqual(c.response().body, b"y" * 50000)

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
    limits = {"header": 2, "body": 8, "idle": 14}

    def test_each_has_its_own_outcome(self):
        start = time.monotonic()
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
        for c in (begun, head):
            self.assertEqual(c.response().status, 408)
            self.assertTrue(c.ended())
        self.assertEqual(handshake.recv(100), b"")
        self.assertLess(time.monotonic() - start, 7.9)
        self.assertEqual(body.response().status, 408)
        self.assertTrue(body.ended())
        self.assertLess(time.monotonic() - start, 13.9)
        self.assertTrue(idle.ended())
        self.assertGreater(time.monotonic() - start, 13.9)
        self.core.answer(rq, 200, b"late but good")
        self.assertEqual(waiting.response().body, b"late but good")

    def test_dripping_does_not_help(self):
        c = self.front.client()
        head = b"POST / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"x" * 400
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
        self.assertLess(time.monotonic() - start, 12)	# it takes 20 to say it all


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
        self.assertLess(worst, 5.0)
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
        ctx = ssl.create_default_context(cafile=World.pki.file("ca.crt"))
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
