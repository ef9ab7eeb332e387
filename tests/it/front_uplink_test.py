#!/usr/bin/env python3
"""front_uplink_test BUILD_DIR: tests the WebSockets of agents through eicd-front.
"""
import os
import ssl
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rolekit
from frontkit import (AGENT, BINARY, CLOSE, Frame, FrontCase, HOST, PING, PONG, TEXT,
                      UPGRADE, UPLINK, UUID, World, post)
from rolekit import Closed, pack

setUpModule = World.make
tearDownModule = World.remove


class UplinkCase(FrontCase):
    """A front with agents."""

    def ask(self, rest=b"", **how):
        """An agent that has asked; (client, link)."""
        c = self.front.client(**{**AGENT, **how})
        c.send(UPGRADE + rest)
        return c, self.asked()

    def asked(self, said=b""):
        """Core is asked for a link, and told what its agent said to an earlier core."""
        f = self.core.expect(rolekit.FC_UPLINK_OPEN)
        link, request_id, ip, der = f.take("Q"), f.take("s"), f.take("s"), f.take("s")
        self.assertEqual(f.take("s"), said)
        f.end()
        self.assertTrue(UUID.match(request_id))
        self.assertEqual(ip, b"127.0.0.1")
        with open(World.pki.file("agent.crt"), encoding="ascii") as pem:
            self.assertEqual(der, ssl.PEM_cert_to_DER_cert(pem.read()))
        return link

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


class Uplinks(UplinkCase):
    """Agents."""

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

    def test_tls_1_2(self):
        c, link = self.connect(newest=ssl.TLSVersion.TLSv1_2)
        c.send(Frame.write(TEXT, b"old but good"))
        self.assertEqual(self.text(link), b"old but good")
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            self.front.client(cert="stranger", alpn=AGENT["alpn"],
                              newest=ssl.TLSVersion.TLSv1_2)

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
        for said, answer in ((struct.pack(">H", 1001), struct.pack(">H", 1001)),
                             (struct.pack(">H", 4001) + b"bye", struct.pack(">H", 4001)),
                             (b"", b""),
                             (struct.pack(">H", 1005), struct.pack(">H", 1002) + b"bad close frame"),
                             (b"\3", struct.pack(">H", 1002) + b"bad close frame")):
            c, link = self.connect()
            c.send(Frame.write(CLOSE, said))
            self.assertEqual(self.frame(c), (CLOSE, answer))
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
        """The agent stays, and the next core hears of it before anything else."""
        c, link = self.connect()
        c.send(Frame.write(TEXT, b"hello"))
        self.assertEqual(self.text(link), b"hello")
        asking, _ = self.ask()
        self.core.channel.close()
        self.assertEqual(asking.response().status, 503)
        waiting = self.front.client()
        waiting.send(post(b"waits"))
        c.send(Frame.write(TEXT, b"meanwhile") + Frame.write(PING, b"p"))
        self.assertEqual(self.frame(c), (PONG, b"p"))
        self.core = self.front.new_core()
        self.assertEqual(self.asked(b"hello"), link)
        # What the agent said meanwhile waits until core has taken it.
        rq = self.core.request()
        self.core.channel.send(rolekit.CF_ACCEPT, pack("Q", link))
        self.assertEqual(self.text(link), b"meanwhile")
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"key"))
        self.core.answer(rq, 200, b"served")
        self.assertEqual(self.frame(c), (TEXT, b"key"))
        self.assertEqual(waiting.response().body, b"served")
        _, again = self.connect()
        self.assertGreater(again, link)

    def test_core_is_changed(self):
        """The old one answers what it owes; no agent and no client loses anything."""
        c, link = self.connect()
        client = self.front.client()
        client.send(post(b"first"))
        rq = self.core.request()
        old = self.core
        new = self.front.new_core()
        with self.assertRaises(Closed):
            old.channel.recv()
        client2 = self.front.client()
        client2.send(post(b"second"))
        old.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"last key"))
        old.answer(rq, 200, b"last answer")
        self.assertEqual(self.frame(c), (TEXT, b"last key"))
        self.assertEqual(client.response().body, b"last answer")
        with self.assertRaises(TimeoutError):
            new.channel.recv(0.2)
        old.channel.close()
        self.core = new
        self.assertEqual(self.asked(), link)
        rq = new.request()
        new.answer(rq, 200, b"by the new one")
        self.assertEqual(client2.response().body, b"by the new one")

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
            with self.assertRaises(Closed):
                while True:
                    self.core.channel.recv()
            # The channel is given up, not the agent.
            c.send(Frame.write(PING, b"p"))
            self.assertEqual(self.frame(c), (PONG, b"p"))
            c.close()
            self.core = self.front.new_core()


class Slow(UplinkCase):
    """Agents that read slowly, but not too slowly for this machine."""

    def test_a_large_sync_gets_through(self):
        c, link = self.connect(rcvbuf=4096)
        for i in range(20):
            self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, bytes([i]) * (1 << 20)))
        # All of it waits in front, which still serves others.
        _, link2 = self.connect()
        self.assertGreater(link2, link)
        for i in range(20):
            self.assertEqual(self.frame(c), (TEXT, bytes([i]) * (1 << 20)))

    def test_slow_agent_is_dropped(self):
        c, link = self.connect(rcvbuf=4096)
        c2, link2 = self.connect()
        for _ in range(70):
            self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"x" * (1 << 20)))
        self.closed(link)
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link2, b"you"))
        self.assertEqual(self.frame(c2), (TEXT, b"you"))
        self.assertLess(int(self.front.role.status("VmRSS")[0]), 600000)
        self.assertIsNotNone(c)


class Silence(UplinkCase):
    """Who says nothing for too long, or takes nothing."""
    limits = {"silence": 6}

    def test_pings_and_the_silent(self):
        talks, tlink = self.connect()
        silent, slink = self.connect()
        start = time.monotonic()
        pings = 0
        while time.monotonic() - start < 8.0:
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

    def test_who_talks_but_does_not_read_is_dropped(self):
        c, link = self.connect(rcvbuf=4096)
        for _ in range(8):
            self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"x" * (1 << 20)))
        begun = time.monotonic()
        while True:
            c.send(Frame.write(PONG, b""))
            try:
                kind, f = self.core.channel.recv(0.2)
                break
            except TimeoutError:
                self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual((kind, f.take("Q")), (rolekit.FC_UPLINK_CLOSE, link))
        self.assertGreater(time.monotonic() - begun, 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
