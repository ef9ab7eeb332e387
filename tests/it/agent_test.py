"""agent_test: tests eic-agent and its two processes with a simulated eicd: sync, keys and
their end, lost connections, rotation, and killed processes.
"""
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import threading
import time
import unittest

import eicdkit
import pkikit
from agentkit import AGENT, Agent, Case, GUEST, MANAGED, META, OWN, USER, wait_for


class AgentTest(Case):
    def test_opening_and_hello(self):
        self.agent.start()
        link = self.eicd.link()
        self.assertEqual(link.head[0], "GET /openeic/v1/uplink HTTP/1.1")
        self.assertEqual(link.head[1]["sec-websocket-version"], "13")
        self.assertNotIn("sec-websocket-protocol", link.head[1])
        self.assertEqual(link.hello["type"], "hello")
        self.assertRegex(link.hello["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(link.sock.selected_alpn_protocol(), "openeic-uplink/1")
        subject = dict(rdn[0] for rdn in link.sock.getpeercert()["subject"])
        self.assertEqual(subject["commonName"], OWN)

    def test_what_the_starter_had_open_is_closed(self):
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        self.agent.start(pass_fds=(theirs,))
        os.close(theirs)
        self.eicd.link()
        self.assertEqual(select.select([ours], [], [], 60)[0], [ours])
        self.assertEqual(os.read(ours, 1), b"")
        self.assertIsNone(self.agent.process.poll())

    def test_sync_is_served_by_address(self):
        self.up(self.key_message())
        self.assertEqual(self.agent.get(META + "instance-id"), (200, GUEST))
        self.assertEqual(self.agent.get(META + "instance-id", "127.0.0.1"), (200, OWN))
        self.assertIsNone(self.agent.get(META + "instance-id", "127.0.0.9"))
        self.assertIn("#Request=r1\n", self.agent.keys())
        self.assertIsNone(self.agent.keys(source="127.0.0.1"))
        self.assertIsNone(self.agent.keys("ubuntu"))

    def test_connections_wait_for_the_first_sync(self):
        self.agent.start()
        link = self.eicd.link()
        got = []
        ask = threading.Thread(target=lambda: got.append(self.agent.get(META + "instance-id")))
        ask.start()
        self.sync(link)
        ask.join(60)
        self.assertEqual(got, [(200, GUEST)])

    def test_serves_without_eicd_after_a_while(self):
        self.eicd.close()
        self.agent.start()
        wait_for("the socket", self.agent.socket.exists)
        self.assertIsNone(self.agent.get(META + "instance-id"))

    def test_what_changes_later(self):
        link = self.up()
        link.say(self.guest(public_ip="203.0.113.9"))
        wait_for("the public address",
                 lambda: self.agent.get(META + "public-ipv4") == (200, "203.0.113.9"))
        link.say(self.key_message())
        wait_for("the key", self.agent.keys)
        link.say({"type": "key_gone", "instance_id": GUEST, "request_id": "r1"})
        wait_for("the key's end", lambda: self.agent.keys() is None)
        link.say({"type": "of a later version", "x": {}})
        link.say({"type": "guest_gone", "instance_id": GUEST})
        wait_for("the guest's end", lambda: self.agent.get(META + "instance-id") is None)
        self.assertFalse(link.ended.is_set())

    def test_key_ends_on_the_boot_clock(self):
        begun = time.monotonic()
        link = self.up()
        link.say(self.key_message(ttl_ms=1500))
        wait_for("the key", self.agent.keys)
        wait_for("its end", lambda: self.agent.keys() is None)
        self.assertGreaterEqual(time.monotonic() - begun, 1.5)
        self.assertEqual(self.agent.request("HEAD", MANAGED + f"active-keys/{USER}/")[0], 404)

    def test_keys_are_served_while_eicd_is_away_and_swept_after(self):
        link = self.up(self.key_message(request="r1"),
                       self.key_message(user="ubuntu", request="r2"))
        port = self.eicd.port
        self.eicd.close()
        link.drop()
        wait_for("the loss", lambda: "uplink_lost" in self.agent.logged())
        self.assertIn("#Request=r1\n", self.agent.keys())
        self.eicd = self.new_eicd(port)
        link = self.eicd.link()
        for m in (self.signer(), self.guest(), self.key_message(user="admin", request="r3")):
            link.say(m)
        wait_for("the new key", lambda: self.agent.keys("admin"))
        # Until it is synced nothing that was live is forgotten.
        self.assertIsNotNone(self.agent.keys())
        self.assertIsNotNone(self.agent.get(META + "instance-id", "127.0.0.1"))
        link.say(self.key_message(user="ubuntu", request="r2"))
        link.say({"type": "synced"})
        wait_for("the sweep", lambda: self.agent.keys() is None)
        self.assertIsNotNone(self.agent.keys("ubuntu"))
        self.assertIsNotNone(self.agent.keys("admin"))
        self.assertEqual(self.agent.get(META + "instance-id", "127.0.0.1")[0], 404)

    def test_back_soon(self):
        link = self.up()
        begun = time.monotonic()
        link.drop()
        self.eicd.link()
        self.assertLess(time.monotonic() - begun, 5)  # and not the 10 s of the default

    def test_pauses_between_attempts(self):
        self.eicd.refuse = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        self.agent.start()
        wait_for("attempts", lambda: self.eicd.attempts >= 6)
        lines = [l for l in self.agent.logged().split("\n") if "uplink_lost" in l]
        self.assertIn("refused with status 503", lines[0])
        self.eicd.refuse = None
        self.eicd.link()

    def test_rotation_splits_no_lookup(self):
        link = self.up(self.key_message())
        old = self.agent.token()
        link.say(self.signer(self.next))
        link.say(self.key_message(pki=self.next))
        # New lookups see the new chain with the new entries...
        wait_for("the new signer", lambda: self.agent.get(MANAGED + "signer-cert/") ==
                 (200, self.next.chain))
        self.assertEqual(self.agent.get(MANAGED + "signer-ocsp/")[1].split("\n"),
                         list(self.next_staples))
        new_keys = self.agent.keys()
        # ... one that began before, all of the old.
        self.assertEqual(self.agent.get(MANAGED + "signer-cert/", token=old),
                         (200, self.pki.chain))
        self.assertEqual(self.agent.get(MANAGED + "signer-ocsp/", token=old)[1].split("\n"),
                         list(self.staples))
        self.assertNotEqual(self.agent.keys(token=old), new_keys)
        for name, staple in self.staples.items():
            self.assertEqual(self.agent.get(MANAGED + "signer-ocsp/" + name, token=old),
                             (200, staple))

    def test_the_new_signer_waits_for_its_keys(self):
        link = self.up(self.key_message())
        link.say(self.signer(self.next))
        link.say(self.guest(public_ip="203.0.113.1"))
        wait_for("both", lambda: self.agent.get(META + "public-ipv4")[0] == 200)
        self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, self.pki.chain))
        self.assertIsNotNone(self.agent.keys())

    def test_bad_messages_end_the_connection(self):
        bad = [b"", b"x", b"[]", b"{}", b'{"type":1}', b'{"type":"key_gone"}', b"\xff",
               json.dumps({"type": "key_gone", "instance_id": 1}).encode(),
               json.dumps({**self.signer(), "staples": {"x": "y"}}).encode()]
        link = self.up(self.key_message())
        for data in bad:
            with self.subTest(data=data[:40]):
                link.frame(eicdkit.TEXT, data)
                self.assertTrue(link.ended.wait(60))
                self.assertEqual(link.closed_with, 1007 if data == b"\xff" else 1008)
                link = self.eicd.link()
        self.assertIsNotNone(self.agent.keys())

    def test_a_bad_guest_or_key_is_left_out(self):
        link = self.up(self.guest(tags={"Name": "a\nb"}, public_ip="203.0.113.1"),
                       {**self.key_message(request="r1"), "os_user": "a/b"},
                       {"type": "guest"}, {"type": "key"},
                       self.key_message(request="r2"))
        self.assertEqual(self.agent.get(META + "public-ipv4")[0], 404)
        self.assertEqual(self.agent.keys().count("#Request="), 1)
        self.assertIn("guest: tags: malformed", self.agent.logged())
        link.say(self.guest(public_ip="203.0.113.2"))
        link.say(self.key_message(request="r1"))
        wait_for("the good key", lambda: self.agent.keys().count("#Request=") == 2)
        self.assertEqual(self.agent.get(META + "public-ipv4"), (200, "203.0.113.2"))
        self.assertFalse(link.ended.is_set())

    def test_one_that_was_never_good(self):
        self.agent.start()
        link = self.eicd.link()
        self.sync(link, self.guest("i-22222222222222222", "127.0.0.6", hostname="a\nb"),
                  self.key_message("i-22222222222222222"), self.key_message())
        wait_for("sync", self.agent.keys)
        self.assertIsNone(self.agent.get(META + "instance-id", "127.0.0.6"))
        link.say(self.guest("i-22222222222222222", "127.0.0.6"))
        wait_for("the good one", lambda: self.agent.get(META + "instance-id", "127.0.0.6"))
        self.assertFalse(link.ended.is_set())

    def test_bad_frames_end_the_connection(self):
        link = self.up()
        for raw, code in ((b"\x82\x01x", 1003), (b"\xc1\x01x", 1002), (b"\x81\x81abcdx", 1002),
                          (b"\x80\x01x", 1002), (b"\x09\x00", 1002), (b"\x83\x00", 1002),
                          (b"\x81\x7f" + b"\0\0\0\0\x00\x20\x00\x00", 1009)):
            with self.subTest(raw=raw):
                link.raw(raw)
                self.assertTrue(link.ended.wait(60))
                self.assertEqual(link.closed_with, code)
                link = self.eicd.link()

    def test_messages_in_pieces(self):
        link = self.up()
        data = json.dumps(self.key_message()).encode()
        link.frame(0, data[:10], first=0x01)
        link.frame(eicdkit.PING, b"between")
        for i in range(10, len(data) - 1):
            link.frame(0, data[i:i + 1], first=0x00)
        link.frame(0, data[-1:], first=0x80)
        wait_for("the key", self.agent.keys)

    def test_a_large_message(self):
        link = self.up()
        tags = {f"k{i}": "v" * 4000 for i in range(60)}
        link.say(self.guest(tags=tags))
        wait_for("a tag", lambda: self.agent.get(META + "tags/instance/k59")[0] == 200)

    def test_close_is_answered(self):
        link = self.up()
        link.frame(eicdkit.CLOSE, b"\x03\xe9bye")
        self.assertTrue(link.ended.wait(60))
        self.assertEqual(link.closed_with, 1001)
        self.eicd.link()

    def test_silence_is_noticed(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, silence="6s")
        link = self.up()
        link.answer_pings = False
        self.eicd.link()
        self.assertIn('why="silence"', self.agent.logged())
        self.assertGreater(link.pings, 0)

    def test_pings_keep_it_up(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, silence="6s")
        link = self.up()
        wait_for("pings", lambda: link.pings >= 5)
        self.assertFalse(link.ended.is_set())

    def test_a_server_that_is_not_eicd(self):
        other = pkikit.Cert(self.folder, "self")
        pkikit.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", other.key,
                       "-out", other.crt, "-subj", "/CN=localhost", "-addext",
                       "subjectAltName=DNS:localhost")
        fake = eicdkit.Eicd(other.crt, other.key, self.tls.root.crt)
        self.addCleanup(fake.close)
        self.agent = Agent(self.folder, self.tls, fake.port)
        self.agent.start()
        wait_for("attempts", lambda: fake.attempts >= 2)
        self.assertTrue(fake.links.empty())

    def test_a_server_with_another_name(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, server_name="other.example")
        self.agent.start()
        wait_for("attempts", lambda: self.eicd.attempts >= 2)
        self.assertTrue(self.eicd.links.empty())

    # ---- processes ----

    def test_killed_processes_come_back(self):
        self.up(self.key_message())
        for name in ("eic-agent-imds", "eic-agent-uplink"):
            with self.subTest(name):
                both = [self.agent.child(n) for n in ("eic-agent-imds", "eic-agent-uplink")]
                begun = time.monotonic()
                os.kill(self.agent.child(name), signal.SIGKILL)
                link = self.eicd.link()
                self.sync(link, self.key_message(request="r2"))
                wait_for("the key", lambda: "#Request=r2\n" in (self.agent.keys() or ""))
                self.assertLess(time.monotonic() - begun, 20)
                for pid in both:
                    self.assertNotIn(pid, [self.agent.child(n) for n in
                                           ("eic-agent-imds", "eic-agent-uplink")])

    def test_no_lookup_fails_while_imds_is_restarted(self):
        self.up(self.key_message())
        done, failures, asked = threading.Event(), [], [0]

        def ask():
            while not done.is_set():
                asked[0] += 1
                if self.agent.get(META + "instance-id/") != (200, GUEST):
                    failures.append(asked[0])

        os.kill(self.agent.child("eic-agent-imds"), signal.SIGKILL)
        asking = threading.Thread(target=ask)
        wait_for("its death", lambda: "died" in self.agent.logged())
        asking.start()
        self.sync(self.eicd.link(), self.key_message())
        wait_for("questions", lambda: asked[0] > 50)
        done.set()
        asking.join()
        self.assertEqual(failures, [])

    def test_privileges(self):
        self.up()
        for name, uid, root in (("eic-agent-imds", 64002, self.folder / "run/empty"),
                                ("eic-agent-uplink", 64001, pathlib.Path("/"))):
            pid = self.agent.child(name)
            status = dict(l.split(":\t", 1) for l in pathlib.Path(
                f"/proc/{pid}/status").read_text().split("\n") if ":\t" in l)
            self.assertEqual(status["Uid"].split(), [str(uid)] * 4)
            self.assertEqual(status["Gid"].split(), [str(uid)] * 4)
            self.assertEqual(int(status["CapEff"], 16), 0)
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
            self.assertEqual(os.readlink(f"/proc/{pid}/root"), str(root))
        self.assertEqual(self.agent.socket.stat().st_mode & 0o777, 0o666)

    def test_ends_in_order(self):
        link = self.up()
        self.assertEqual(self.agent.stop(), 0)
        self.assertTrue(link.ended.wait(60))
        self.assertFalse(self.agent.socket.exists())
        self.assertIsNone(self.agent.get(META + "instance-id"))

    def test_children_do_not_outlive_the_parent(self):
        self.up()
        pids = [self.agent.child(n) for n in ("eic-agent-imds", "eic-agent-uplink")]
        self.agent.process.kill()
        self.agent.process.wait()
        for pid in pids:
            wait_for("its end", lambda p=pid: not pathlib.Path(f"/proc/{p}").exists())

    def test_reload(self):
        self.up()
        conf = self.agent.conf.read_text()
        self.agent.conf.write_text(conf.replace("reconnect_min_ms = 50", "reconnect_min_ms = 51")
                                   .replace(f"instance_id = {OWN}", f"instance_id = {GUEST}"))
        self.agent.told.unlink()
        self.agent.process.send_signal(signal.SIGHUP)
        wait_for("the reload", lambda: "ev=reload" in self.agent.logged())
        # The file of who this host is is back, and says what the processes go by.
        self.assertIn('needs_restart="instance_id"', self.agent.logged())
        self.assertEqual(self.agent.told.read_text(), OWN)
        self.agent.conf.write_text("nonsense")
        self.agent.process.send_signal(signal.SIGHUP)
        wait_for("the refusal", lambda: self.agent.logged().count("ev=reload") == 2)
        self.assertIsNotNone(self.agent.get(META + "instance-id"))

    def test_command_line(self):
        def run(*argv):
            return subprocess.run([AGENT, *argv], check=False, capture_output=True, text=True)
        conf = self.agent.conf
        self.assertRegex(run("--version").stdout, r"^eic-agent \d+\.\d+\.\d+\n$")
        self.assertEqual(run("-c", conf, "--check").returncode, 0)
        printed = run("-c", conf, "--print-config")
        self.assertIn(f"imds_listen = 127.0.0.1:{self.agent.imds_port}\n", printed.stdout)
        again = self.folder / "again.conf"
        again.write_text(printed.stdout)
        self.assertEqual(run("-c", again, "--print-config").stdout, printed.stdout)
        conf.write_text("[agent]\nendpoints = x\n")
        bad = run("-c", conf, "--check")
        self.assertEqual(bad.returncode, 1)
        self.assertIn(":2: ", bad.stderr)
        self.assertEqual(run("-c", self.folder / "none").returncode, 1)
        self.assertEqual(run("--nonsense").returncode, 2)
        self.assertEqual(run("argument").returncode, 2)

    def test_cannot_start(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        others = self.folder / "others"
        others.mkdir()
        os.chown(others, 12345, 0)
        for more, says in (({"imds_listen": f"127.0.0.1:{taken.getsockname()[1]}"}, "in use"),
                           ({"imds_netns": "/run/netns/no-such"}, "no-such"),
                           ({"imds_user": "no-such-user"}, "no-such-user"),
                           ({"key": self.folder / "no.key"}, "no.key"),
                           ({"libexec_dir": self.folder}, "eic-agent-imds"),
                           ({"run_dir": others}, "must be a directory of ours"),
                           ({"imds_socket": others / "s"}, "must be a directory of ours")):
            with self.subTest(says):
                agent = Agent(self.folder, self.tls, self.eicd.port, **more)
                done = subprocess.run([AGENT, "-c", agent.conf], check=False, timeout=60,
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 1)
                self.assertIn(says, done.stderr)

    def test_another_network_namespace(self):
        name = f"eic-it-{os.getpid()}"
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.addCleanup(subprocess.run, ["ip", "netns", "del", name], check=True)
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "-n", name, "addr", "add", "169.254.169.254/32", "dev", "lo"],
                       check=True)
        self.agent = Agent(self.folder, self.tls, self.eicd.port,
                           imds_netns=f"/run/netns/{name}", imds_listen="169.254.169.254:80")
        self.agent.start()
        self.sync(self.eicd.link())
        done = subprocess.run(["ip", "netns", "exec", name, "curl", "-sS", "--max-time", "10",
                               "http://169.254.169.254/latest/meta-data/instance-id"],
                              check=True, capture_output=True, text=True)
        self.assertEqual(done.stdout, OWN)


if __name__ == "__main__":
    unittest.main(verbosity=2)
