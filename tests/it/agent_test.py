"""agent_test: tests eic-agent and its two processes with a simulated eicd: sync, keys and
their end, lost connections, rotation, killed processes, and the requests of the stock
scripts, made by curl.

Needs root: the processes drop to users of their own.
"""
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import claim
import eicdkit
import pkikit

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
AGENT = BUILD / "src/agent/eic-agent"
HELPER = BUILD / "src/authkeys/eic_run_authorized_keys"
OWN, GUEST = "i-0123456789abcdef0", "i-11111111111111111"
GUEST_IP = "127.0.0.5"
USER = "ec2-user"
META = "/latest/meta-data/"
MANAGED = META + "managed-ssh-keys/"
MINE = claim.Claim()


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Agent:
    """An eic-agent with its configuration in a folder."""

    def __init__(self, folder, tls, port, **more):
        self.folder, self.conf = folder, folder / "agent.conf"
        self.imds_port, self.socket = MINE.port(), folder / "run/metadata.sock"
        self.told = folder / "run/instance-id"
        agent = {"endpoint": f"localhost:{port}", "ca": tls.root.crt,
                 "certificate": tls.agent.crt, "key": tls.agent.key, "instance_id": OWN,
                 "run_dir": folder / "run", "state_dir": folder,
                 "libexec_dir": BUILD / "src/agent", "uplink_user": 64001,
                 "imds_user": 64002, "reconnect_min_ms": 50, "reconnect_max_ms": 400}
        imds = {"imds_listen": f"127.0.0.1:{self.imds_port}", "imds_socket": self.socket}
        for name in more:
            (imds if name.startswith("imds_") and name != "imds_user" else agent)[name] = more[name]
        self.conf.write_text("".join(
            f"[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items())
            for section, rows in (("agent", agent), ("imds", imds))))
        self.process = None

    def start(self, **more):
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen([AGENT, "-c", self.conf], stderr=log, **more)
        return self

    def logged(self):
        return (self.folder / "log").read_text()

    def child(self, name):
        """The pid of a role, or None."""
        out = subprocess.run(["pgrep", "-P", str(self.process.pid), "-f", f"^{name}( |$)"],
                             check=False, capture_output=True, text=True).stdout.split()
        return int(out[0]) if out else None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        code = self.process.returncode if self.process else None
        self.process = None
        return code

    def request(self, method, path, source=GUEST_IP, headers=None):
        """(status, body, headers) over TCP, from an address; None: no answer."""
        conn = http.client.HTTPConnection("127.0.0.1", self.imds_port, timeout=60,
                                          source_address=(source, 0))
        try:
            conn.request(method, path, headers=headers or {})
            answer = conn.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())
        except (http.client.HTTPException, ConnectionError):
            return None
        finally:
            conn.close()

    def get(self, path, source=GUEST_IP, token=None):
        head = {"X-aws-ec2-metadata-token": token} if token else {}
        got = self.request("GET", path, source, head)
        return got and got[:2]

    def token(self, source=GUEST_IP, ttl=60):
        return self.request("PUT", "/latest/api/token", source,
                            {"X-aws-ec2-metadata-token-ttl-seconds": str(ttl)})[1]

    def keys(self, user=USER, source=GUEST_IP, token=None):
        got = self.get(MANAGED + f"active-keys/{user}/", source, token)
        return got[1] if got and got[0] == 200 else None


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = claim.scratch("eic-agent-")
        cls.dir.chmod(0o711)
        cls.pki = pkikit.Pki(cls.dir / "pki")
        cls.next = pkikit.Pki(cls.dir / "next")
        cls.tls = pkikit.Pki(cls.dir / "tls", name="tls")
        leaf = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        cls.tls.server = cls.tls.make(
            "server", "eicd", cls.tls.root, leaf + "extendedKeyUsage=serverAuth\n"
            "subjectAltName=DNS:localhost\n", 30)
        cls.tls.agent = cls.tls.make("agent", OWN, cls.tls.root,
                                     leaf + "extendedKeyUsage=clientAuth\n", 30)
        cls.staples, cls.next_staples = cls.pki.staples(), cls.next.staples()
        cls.key, cls.fp = pkikit.ssh_key(cls.dir, "one")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.dir))
        self.eicd = self.new_eicd()
        self.agent = Agent(self.folder, self.tls, self.eicd.port)
        self.addCleanup(self.clean)

    def clean(self):
        self.agent.stop()
        self.eicd.drop_all()

    def new_eicd(self, port=None):
        eicd = eicdkit.Eicd(self.tls.server.crt, self.tls.server.key, self.tls.root.crt,
                            port or MINE.port())
        self.addCleanup(lambda: eicd.listener.close())
        return eicd

    # ---- what eicd says ----

    def guest(self, instance=GUEST, ip=GUEST_IP, **more):
        return {"type": "guest", "instance_id": instance, "private_ip": ip, "public_ip": "",
                "mac": "02:00:00:00:00:05", "hostname": "ip-10-0-0-5", "ami_id": "ami-1",
                "instance_type": "t3.micro", "availability_zone": pkikit.REGION + "a",
                "region": pkikit.REGION, "domain": pkikit.DOMAIN,
                "account_id": "123456789012", "vpc_id": "vpc-1", "subnet_id": "subnet-1",
                "security_groups": ["default"], "tags": {"Name": "one"},
                "http_endpoint": "enabled", "http_tokens": "optional", "hop_limit": 1,
                "launch_time": 1700000000, "key_name": "", "public_key": "", "user_data": "",
                **more}

    def signer(self, pki=None, staples=None):
        pki = pki or self.pki
        return {"type": "signer", "signer_id": pki.signer.sha1, "chain": pki.chain,
                "staples": staples or (self.staples if pki is self.pki else
                                       self.next_staples)}

    def key_message(self, instance=GUEST, user=USER, request="r1", ttl_ms=60000, pki=None):
        pki = pki or self.pki
        return {"type": "key", "instance_id": instance, "os_user": user, "request_id": request,
                "signer_id": pki.signer.sha1, "ttl_ms": ttl_ms,
                "entry": pki.entry(instance, self.key, request=request, user=user)}

    def sync(self, link, *messages):
        for m in (self.signer(), self.guest(), self.guest(OWN, "10.9.9.9"), *messages,
                  {"type": "synced"}):
            link.say(m)

    def up(self, *messages):
        """Agent started and synced; its link."""
        self.agent.start()
        link = self.eicd.link()
        self.sync(link, *messages)
        wait_for("sync", lambda: self.agent.get(META + "instance-id/"))
        return link


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


class HelperSettingTest(Case):
    """What the agent says of its helper, and what it then takes."""

    def p256(self, algorithm="ECDSA-P256-SHA256"):
        pki = self.twin()
        return {**self.signer(pki, pki.staples()), "algorithm": algorithm}, pki

    def twin(self):
        """A signer on P-256, under the issuer of the RSA one."""
        twin = pkikit.Pki.__new__(pkikit.Pki)
        twin.folder, twin.digest = self.folder, self.pki.digest
        twin.root, twin.intermediate = self.pki.root, self.pki.intermediate
        twin.signer = twin.make(
            "twin", pkikit.SIGNER_NAME, twin.intermediate,
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            f"extendedKeyUsage=serverAuth\nsubjectAltName=DNS:{pkikit.SIGNER_NAME}\n", 30,
            "P-256")
        return twin

    def logged_about_stock(self):
        return self.agent.logged().count("as the stock scripts read it")

    def test_stock_is_the_default_and_takes_rsa_alone(self):
        link = self.up(self.key_message())
        self.assertEqual(link.hello["helper"], "stock")
        link.say(self.p256()[0])
        self.assertTrue(link.ended.wait(60))
        self.assertEqual(link.closed_with, 1008)
        self.assertIn("ev=uplink_close code=1008 why=\"signer: ECDSA", self.agent.logged())
        # What was told before is served on, and a good connection counts.
        self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, self.pki.chain))
        self.assertIsNotNone(self.agent.keys())
        link = self.eicd.link()
        self.sync(link, {**self.signer(), "algorithm": "RSASSA-PSS-SHA256"}, self.key_message())
        link.say(self.guest(public_ip="203.0.113.1"))
        wait_for("both", lambda: self.agent.get(META + "public-ipv4")[0] == 200)
        self.assertFalse(link.ended.is_set())
        self.assertEqual(self.logged_about_stock(), 0)

    def test_openeic_is_served_what_p256_signed(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, helper="openeic").start()
        link = self.eicd.link()
        self.assertEqual(link.hello["helper"], "openeic")
        signer, twin = self.p256()
        for m in (signer, self.guest(), self.guest(OWN, "10.9.9.9"),
                  self.key_message(instance=OWN, pki=twin), {"type": "synced"}):
            link.say(m)
        wait_for("sync", lambda: self.agent.get(META + "instance-id/"))
        conf = self.folder / "helper.conf"
        conf.write_text(f"[helper]\nroot = {self.pki.root.crt}\nsocket = {self.agent.socket}\n"
                        f"instance_id =\nasset_tag = {self.folder}/none\n"
                        f"instance_file = {self.agent.told}\n")
        done = subprocess.run([HELPER, "-c", conf, USER, self.fp], check=False, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, self.key + "\n"), done.stderr)
        self.assertEqual(self.logged_about_stock(), 0)
        # Who reads as the stock scripts do gets this signer's own documents; told once.
        for _ in range(3):
            self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, twin.chain))
        names = self.agent.get(MANAGED + "signer-ocsp/")[1].split()
        self.assertIn(twin.signer.sha1, names)
        self.assertNotIn(self.pki.signer.sha1, names)
        self.assertEqual(self.logged_about_stock(), 1)
        self.assertIn(f'instance="{GUEST}"', self.agent.logged())

    def test_openeic_takes_rsa_too(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, helper="openeic").start()
        self.sync(self.eicd.link(), self.key_message())
        wait_for("the key", self.agent.keys)
        self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, self.pki.chain))
        self.assertEqual(self.logged_about_stock(), 0)

    def test_an_algorithm_that_is_not_known(self):
        link = self.up(self.key_message())
        link.say(self.p256("ECDSA-P384-SHA384")[0])
        self.assertTrue(link.ended.wait(60))
        self.assertEqual(link.closed_with, 1008)


class StockTest(Case):
    """The requests of the stock scripts (wire.md 5.1), made by curl."""

    def curl(self, *argv):
        return subprocess.run(
            ["curl", "-s", "-m", "5", "--interface", GUEST_IP, *argv[:-1],
             f"http://127.0.0.1:{self.agent.imds_port}{argv[-1]}"],
            check=False, capture_output=True, text=True)

    def test_sequence(self):
        self.up(self.guest(http_tokens="required"), self.key_message(), {"type": "synced"})
        token = self.curl("-f", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 5",
                          "/latest/api/token").stdout
        self.assertEqual(len(token), 44)
        token = self.agent.token()  # one for more than 5 s, which a busy machine may take
        head = ["-H", f"X-aws-ec2-metadata-token: {token}"]

        def get(path):
            done = self.curl("-f", *head, path)
            self.assertEqual(done.returncode, 0, path)
            return done.stdout
        self.assertRegex(get(META + "instance-id/"), "^i-[0-9a-f]{8,32}$")
        status = ["-I", "-o", "/dev/null", "-w", "%{http_code}"]
        self.assertEqual(self.curl(*status, *head, MANAGED + f"active-keys/{USER}/").stdout,
                         "200")
        self.assertEqual(self.curl(*status, *head, MANAGED + "active-keys/nobody/").stdout,
                         "404")
        self.assertRegex(get(META + "placement/availability-zone/"),
                         "^([a-z]+-){2,3}[0-9][a-z]$")
        self.assertEqual(get(META + "services/domain/"), "amazonaws.com")
        self.assertEqual(get(MANAGED + "signer-cert/"), self.pki.chain)
        names = get(MANAGED + "signer-ocsp/").split()
        self.assertEqual(names, list(self.staples))
        for name in names:
            self.assertEqual(get(MANAGED + "signer-ocsp/" + name), self.staples[name])
        blob = get(MANAGED + f"active-keys/{USER}/")
        self.assertTrue(blob.endswith("\n") and "\n\n" not in blob)
        self.assertIn(self.key + "\n", blob)
        # Without a token there is nothing; curl -f says 22.
        self.assertEqual(self.curl("-f", META + "instance-id/").returncode, 22)
        self.assertEqual(self.curl("-f", "-X", "PUT", "/latest/api/token").returncode, 22)

    def test_forty_logins_at_once(self):
        self.up(self.key_message())
        failures = []

        def login():
            for _ in range(2):  # sshd asks twice for each key that it takes
                token = self.agent.token(ttl=5)
                for path in (META + "instance-id/", MANAGED + f"active-keys/{USER}/",
                             META + "placement/availability-zone/", META + "services/domain/",
                             MANAGED + "signer-cert/", MANAGED + "signer-ocsp/",
                             *[MANAGED + "signer-ocsp/" + n for n in self.staples]):
                    if self.agent.get(path, token=token)[0] != 200:
                        failures.append(path)

        threads = [threading.Thread(target=login) for _ in range(40)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])


class HelperTest(Case):
    """sshd's helper against the real metadata service."""

    def helper(self, *argv, **settings):
        conf = self.folder / "helper.conf"
        settings = {"root": self.pki.root.crt, "socket": "", "instance_id": "",
                    "asset_tag": self.folder / "none", "instance_file": self.folder / "none",
                    "address": f"127.0.0.1:{self.agent.imds_port}", **settings}
        conf.write_text("[helper]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items()))
        done = subprocess.run([HELPER, "-c", conf, *argv], check=False, capture_output=True,
                              text=True)
        return done.returncode, done.stdout

    def test_over_the_address_and_over_the_socket(self):
        self.up(self.guest(OWN, "10.9.9.9", http_tokens="required"),
                self.key_message(instance=OWN))
        given = (0, self.key + "\n")
        self.assertEqual(self.helper(USER, self.fp, instance_id=OWN), given)
        # The agent's parent says which instance this is; those who answer are not believed.
        told = self.agent.told.stat()
        self.assertEqual((self.agent.told.read_text(), told.st_uid, told.st_mode & 0o777),
                         (OWN, 0, 0o644))
        at_socket = {"socket": self.agent.socket, "instance_file": self.agent.told}
        self.assertEqual(self.helper(USER, self.fp, **at_socket), given)
        self.assertEqual(self.helper("ubuntu", self.fp, **at_socket), (0, ""))
        self.assertEqual(self.helper(USER, self.fp, instance_file=self.agent.told), given)
        self.assertEqual(self.helper(USER, self.fp, socket=self.agent.socket), (1, ""))
        self.assertEqual(self.helper(USER, self.fp), (1, ""))
        self.assertEqual(self.helper(USER, self.fp, instance_id=GUEST), (1, ""))

    def test_a_host_that_is_no_instance_any_more(self):
        self.agent.told.parent.mkdir(mode=0o755)
        self.agent.told.write_text(OWN)
        self.agent = Agent(self.folder, self.tls, self.eicd.port, instance_id="",
                           imds_socket="").start()
        self.sync(self.eicd.link())
        wait_for("sync", lambda: self.agent.get(META + "instance-id/"))
        self.assertFalse(self.agent.told.exists())

    def test_during_a_rotation(self):
        link = self.up(self.key_message(instance=OWN))
        results, done = [], threading.Event()

        def look_up():
            while not done.is_set():
                results.append(self.helper(USER, self.fp, socket=self.agent.socket,
                                           instance_file=self.agent.told))

        # Both chains end in one root, as a rotation's do.
        both = pkikit.Pki.__new__(pkikit.Pki)
        both.folder, both.digest = self.folder, self.pki.digest
        both.root, both.intermediate = self.pki.root, self.pki.intermediate
        both.signer = both.make(
            "second", pkikit.SIGNER_NAME, both.intermediate,
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            f"extendedKeyUsage=serverAuth\nsubjectAltName=DNS:{pkikit.SIGNER_NAME}\n", 30)
        looking = threading.Thread(target=look_up)
        looking.start()
        wait_for("lookups", lambda: len(results) > 3)
        link.say(self.signer(both, both.staples()))
        before = len(results)
        wait_for("lookups in between", lambda: len(results) > before + 3)
        link.say(self.key_message(instance=OWN, pki=both))
        wait_for("the new signer", lambda: self.agent.get(MANAGED + "signer-cert/", "127.0.0.1")
                 == (200, both.chain))
        after = len(results)
        wait_for("lookups after", lambda: len(results) > after + 3)
        done.set()
        looking.join()
        self.assertEqual(set(results), {(0, self.key + "\n")})


if __name__ == "__main__":
    unittest.main(verbosity=2)
