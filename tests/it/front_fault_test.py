#!/usr/bin/env python3
"""front_fault_test BUILD_DIR: tests eicd-front when core or keyd-tls dies, is late or sends
nonsense, and its own start, reload and end.
"""
import os
import signal
import ssl
import struct
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rolekit
from frontkit import AGENT, BUILD, CLOSE, FrontCase, TEXT, UPGRADE, World, post
from rolekit import Closed, pack, until

setUpModule = World.make
tearDownModule = World.remove


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
        """The old one may still answer; when it does not, it is 503."""
        c, other = self.front.client(), self.front.client()
        c.send(post(b"1"))
        old = self.core
        rq = old.request()
        other.send(post(b"unanswered"))
        old.request()
        self.front.new_core().serve()
        old.answer(rq, 200, b"by the old one")
        self.assertEqual(c.response().body, b"by the old one")
        c.send(post(b"2"))
        old.channel.close()
        self.assertEqual(other.response().status, 503)
        self.assertEqual(c.response().body, b"POST / 2")

    def test_old_channel_does_not_end(self):
        c = self.front.client()
        c.send(post(b"1"))
        old = self.core
        rq = old.request()
        start = time.monotonic()
        self.front.new_core().serve()
        self.assertEqual(c.response().status, 503)
        self.assertGreater(time.monotonic() - start, 4)
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
        kind, f = self.front.role.control.recv()
        self.assertEqual((kind, f.take("B"), f.take("H")), (rolekit.CTL_REJOIN, rolekit.ROLE_CORE, 0))
        f.end()
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


    def test_death_of_a_core_that_does_not_read(self):
        """Only what core was told is lost; the rest is for the next one."""
        clients = [self.front.client() for _ in range(40)]
        for c in clients:
            c.send(post(b"x" * 60000))
        until("all read", lambda: self.front.log().count("ev=wait") > 20)
        self.core.channel.close()
        core = self.front.new_core().serve()
        status = [c.response().status for c in clients]
        self.assertEqual(set(status), {200, 503})
        self.assertGreater(status.count(200), 20)
        self.assertIsNotNone(core)


class Keyd(FrontCase):
    """Handshakes need keyd."""

    def test_restart_between_handshakes(self):
        self.core.serve()
        self.front.client()
        old = self.front.keyd
        self.assertEqual(old.signed, 1)
        old.channel.close()
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD_TLS),
                                       World.pki.file("server.key"))
        c = self.front.client()
        c.send(post(b"hi"))
        self.assertEqual(c.response().status, 200)
        self.assertEqual(self.front.keyd.signed, 1)

    def test_handshake_waits_for_the_new_one(self):
        self.front.keyd.channel.close()
        got = []
        t = threading.Thread(target=lambda: got.append(self.front.client()))
        t.start()
        until("asked", lambda: "ev=keyd-gone" in self.front.log())
        # Other words of the parent meanwhile are not lost, and do no harm.
        self.front.files()
        self.front.role.control.send(rolekit.CTL_RELOAD)
        core = self.front.new_core().serve()
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD_TLS),
                                       World.pki.file("server.key"))
        t.join(rolekit.DEADLINE)
        got[0].send(post(b"hi"))
        self.assertEqual(got[0].response().body, b"POST / hi")
        self.assertIsNotNone(core)

    def test_without_keyd_front_does_not_stand_still(self):
        """Who is connected is served, however many handshakes fail meanwhile."""
        self.core.serve()
        c = self.front.client()
        self.front.keyd.channel.close()
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            self.front.client()
        start = time.monotonic()
        for _ in range(5):
            with self.assertRaises((ssl.SSLError, ConnectionResetError)):
                self.front.client()
            c.send(post(b"hi"))
            self.assertEqual(c.response().status, 200)
        self.assertLess(time.monotonic() - start, 10)  # to wait for it takes 3 s each time
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD_TLS),
                                       World.pki.file("server.key"))
        until("healed", self.connects)

    def connects(self):
        """A handshake succeeds."""
        try:
            self.front.client()
            return True
        except (ssl.SSLError, ConnectionResetError):
            return False

    def test_refusal_and_nonsense_end_the_handshake_only(self):
        self.core.serve()
        self.front.keyd.channel.close()
        for reply in (pack("Bs", 0, b"no"), pack("Bs", 1, b"x" * 64), pack("Bs", 1, b""), b"\1",
                      pack("Bs", 1, b"x" * 129)):
            ch = self.front.role.peer(rolekit.ROLE_KEYD_TLS)

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
        self.front.keyd = rolekit.Keyd(self.front.role.peer(rolekit.ROLE_KEYD_TLS),
                                       World.pki.file("server.key"))
        c = self.front.client()
        c.send(post(b"hi"))
        self.assertEqual(c.response().status, 200)


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
        self.assertEqual(self.frame(agent), (TEXT, b"key"))
        self.assertEqual(self.frame(agent)[0], CLOSE)
        agent.close()
        self.assertEqual(self.front.role.wait(), 0)

    def agent(self):
        """An agent that is connected, and its link."""
        agent = self.front.client(**AGENT)
        agent.send(UPGRADE)
        link = self.core.expect(rolekit.FC_UPLINK_OPEN).take("Q")
        self.core.channel.send(rolekit.CF_ACCEPT, pack("Q", link))
        self.assertEqual(agent.response().status, 101)
        return agent, link

    def retire(self, ms):
        """Front is told to retire, and has heard it."""
        self.front.role.control.send(rolekit.CTL_RETIRE, pack("I", ms))
        until("no listener", lambda: not self.front.role.has_open(self.front.listener))

    def test_retire(self):
        idle, unread = self.front.client(), self.front.client()
        agent, link = self.agent()
        self.retire(0)
        # What is open goes on; an answer is a connection's last.
        idle.send(post(b"one more"))
        self.core.answer(self.core.request(), 200, b"answered")
        r = idle.response()
        self.assertEqual((r.body, r.headers[b"connection"]), (b"answered", b"close"))
        self.assertTrue(idle.ended())
        self.core.channel.send(rolekit.CF_TEXT, pack("Qs", link, b"key"))
        self.assertEqual(self.frame(agent), (TEXT, b"key"))
        self.assertIsNone(self.front.role.process.poll())
        for c in (idle, unread, agent):
            c.close()
        self.assertEqual(self.front.role.wait(), 0)

    def test_retire_has_a_deadline(self):
        agent, _ = self.agent()
        self.retire(500)
        self.assertEqual(self.frame(agent)[0], CLOSE)
        agent.close()
        self.assertEqual(self.front.role.wait(), 0)

    def test_drain_of_one_that_retires(self):
        agent, _ = self.agent()
        self.retire(0)
        self.front.role.control.send(rolekit.CTL_DRAIN)
        self.assertEqual(self.frame(agent)[0], CLOSE)
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
        World.pki.leaf("renewed", "ca", "DNS:eic.test", "serverAuth")
        self.front.keyd.key = World.pki.file("renewed.key")
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
        with open(World.pki.file("server.crt"), encoding="ascii") as f:
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
                        ("tls_certificate", World.pki.file("server.crt")),
                        ("agent_ca", World.pki.file("agent-ca.crt"))):
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
