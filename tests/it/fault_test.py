#!/usr/bin/env python3
"""fault_test BUILD_DIR: tests that a region stays correct when processes die, disks are full
and clients send false requests."""
import json
import os
import pathlib
import signal
import socket
import ssl
import sys
import threading
import time
import unittest

import apikit
import labkit
import stolenkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
ROLES = ("eicd-front", "eicd-core", "eicd-keyd", "eicd-keyd-hash", "eicd-keyd-tls", "eicd-compute")


def setUpModule():
    global lab, one, host, key
    lab = labkit.Lab(BUILD)
    unittest.addModuleCleanup(lab.down)
    lab.up()
    one = lab.run_instance()
    host = one["PublicIpAddress"]
    key = lab.key("k")


def push_works():
    return lab.aws(*lab.push_args(one["InstanceId"], key)).code == 0


def in_memory(pid, secret):
    """Is it in what the process can write to?"""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            span, mode = line.split()[:2]
            if mode[1] != "w":
                continue
            start, end = (int(x, 16) for x in span.split("-"))
            mem.seek(start)
            if secret in mem.read(end - start):
                return True
    return False


class Confined(unittest.TestCase):
    """What a stolen process of the real programs can open: what docs/threat-model.md says, though
    its user and root directory would allow more."""

    WRITE = os.O_RDWR
    MAKE = os.O_RDWR | os.O_CREAT

    def assert_opens(self, name, rows):
        pid = lab.pid(name)
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").split("\n")
        for line in ("NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000"):
            self.assertIn(line, status)
        with stolenkit.Stolen(pid) as stolen:
            got = [(str(path), flags, stolen.open(path, flags)) for path, flags, _ in rows]
        self.assertEqual(got, [(str(path), flags, want) for path, flags, want in rows])

    def test_core(self):
        state = lab.lab_dir / "state"
        outside = pathlib.Path("/tmp") / lab.lab_dir.name     # where all may write
        self.assert_opens("eicd-core", (
            (state / "db" / "eicd.db", self.WRITE, ""),
            (state / "db", os.O_RDONLY, ""),
            ("/dev/urandom", os.O_RDONLY, ""),
            ("/proc/sys/kernel/random/boot_id", os.O_RDONLY, ""),
            ("/etc/passwd", os.O_RDONLY, "EACCES"),
            ("/etc/ld.so.cache", os.O_RDONLY, "EACCES"),
            ("/proc/self/maps", os.O_RDONLY, "EACCES"),
            ("/usr", os.O_RDONLY, "EACCES"),
            ("/", os.O_RDONLY, "EACCES"),
            (state / "root.pem", os.O_RDONLY, "EACCES"),
            (outside, self.MAKE, "EACCES"),
            ("/dev/null", self.WRITE, "EACCES")))
        self.assertFalse(outside.exists())
        self.assertTrue(push_works())

    def test_uplink(self):
        outside = pathlib.Path("/tmp") / lab.lab_dir.name
        self.assert_opens("eic-agent-uplink", (
            ("/etc/passwd", os.O_RDONLY, ""),
            ("/etc/nsswitch.conf", os.O_RDONLY, ""),
            ("/proc/self/maps", os.O_RDONLY, "EACCES"),
            ("/usr", os.O_RDONLY, "EACCES"),
            ("/", os.O_RDONLY, "EACCES"),
            (outside, self.MAKE, "EACCES"),
            ("/dev/null", self.WRITE, "EACCES")))
        self.assertFalse(outside.exists())
        self.assertTrue(push_works())


class Restarts(unittest.TestCase):
    def assert_in(self, k):
        r = lab.ssh(host, k)
        self.assertEqual((r.code, r.out.strip()), (0, "ec2-user"), r)

    def test_each_role_is_restarted_and_the_next_request_works(self):
        for role in ROLES:
            with self.subTest(role=role):
                old = lab.kill(role)
                lab.wait_restarted(role, old)
                labkit.wait_for(f"a push after the death of {role}", push_works)
                self.assert_in(key)

    def test_a_refused_reload_and_a_crash(self):
        """A role that dies gets what eicd runs with, whatever stands in the file."""
        conf = lab.lab_dir / "eicd.conf"
        good = conf.read_text(encoding="utf-8")
        self.addCleanup(conf.write_text, good, encoding="utf-8")
        conf.write_text(good + "\nnonsense = 1\n", encoding="utf-8")
        for role in ROLES:
            with self.subTest(role=role):
                old = lab.kill(role)
                lab.wait_restarted(role, old)
                labkit.wait_for(f"a push after the death of {role}", push_works)

    def test_a_keyd_that_was_late_is_asked_again(self):
        """Its reply comes when nobody waits for it any more; nobody is restarted."""
        pids = {role: sorted(lab.pids(role)) for role in ROLES}
        self.assertEqual(len(pids["eicd-keyd"]), 2)
        for pid in pids["eicd-keyd"]:
            os.kill(pid, signal.SIGSTOP)
        try:
            self.assertFalse(push_works())
        finally:
            for pid in pids["eicd-keyd"]:
                os.kill(pid, signal.SIGCONT)
        labkit.wait_for("a push", push_works)
        self.assert_in(key)
        self.assertEqual({role: sorted(lab.pids(role)) for role in ROLES}, pids)

    def test_one_signer_of_two_is_enough(self):
        """What one that dies was asked, the other one answers; one that stands still costs
        the requests that it had, and no later ones."""
        first = lab.kill("eicd-keyd")
        self.assertTrue(push_works())
        lab.wait_restarted("eicd-keyd", first)
        stopped = lab.kill("eicd-keyd", signal.SIGSTOP)
        try:
            labkit.wait_for("a push by the other signer", push_works)
            self.assertTrue(push_works())
            self.assert_in(key)
        finally:
            os.kill(stopped, signal.SIGCONT)
        self.assertTrue(push_works())

    def test_no_agent_leaves_when_core_dies(self):
        """Its link is announced to the new core, which tells the agent everything anew."""
        def count(event):
            return (lab.lab_dir / "agent.log").read_text(encoding="utf-8").count(event)
        opened, synced = count("ev=uplink_open "), count("ev=synced endpoint=")
        k = lab.key("over-core")
        lab.push(one["InstanceId"], k)
        old = lab.kill("eicd-core")
        lab.wait_restarted("eicd-core", old)
        labkit.wait_for("everything anew", lambda: count("ev=synced endpoint=") > synced)
        self.assert_in(k)
        self.assertTrue(push_works())
        self.assertEqual(count("ev=uplink_open "), opened)

    def test_each_agent_process_is_restarted(self):
        for role in ("eic-agent-imds", "eic-agent-uplink"):
            with self.subTest(role=role):
                old = lab.kill(role)
                lab.wait_restarted(role, old)
                labkit.wait_for(f"a push after the death of {role}", push_works)
                self.assert_in(key)

    def test_eicd_restarted_between_push_and_login(self):
        k = lab.key("over-eicd")
        lab.push(one["InstanceId"], k)
        self.assertEqual(lab.verb("restart", "eicd").code, 0)
        self.assert_in(k)

    def test_agent_restarted_between_push_and_login(self):
        k = lab.key("over-agent")
        lab.push(one["InstanceId"], k)
        self.assertEqual(lab.verb("restart", "agent").code, 0)
        labkit.wait_for("the key to be back", lambda: lab.ssh(host, k).code == 0)

    def test_without_its_agent_an_instance_is_unavailable(self):
        pid = lab.kill("eic-agent", signal.SIGKILL)
        labkit.wait_for("the agent's end", lambda: not pathlib.Path(f"/proc/{pid}").exists())

        def refused():
            r = lab.aws(*lab.push_args(one["InstanceId"], key))
            return r.code == 254 and "(EC2InstanceUnavailableException)" in r.err
        labkit.wait_for("the refusal", refused)
        self.assertEqual(lab.verb("restart", "agent").code, 0)
        labkit.wait_for("a push", push_works)

    def test_deaths_in_the_middle_of_pushes_leave_no_half_state(self):
        """Pushes run while roles are killed: each success is in the audit, once."""
        stop = threading.Event()
        good, bad = [], []

        def pusher():
            while not stop.is_set():
                r = lab.aws(*lab.push_args(one["InstanceId"], key), "--output", "json")
                (good if r.code == 0 else bad).append(r)
        threads = [threading.Thread(target=pusher) for _ in range(2)]
        for t in threads:
            t.start()
        for role in ("eicd-core", "eicd-keyd", "eicd-front", "eicd-keyd-tls", "eicd-core"):
            old = lab.kill(role)
            lab.wait_restarted(role, old)
            n = len(good)
            labkit.wait_for("a push to succeed again", lambda n=n: len(good) > n + 1)
        stop.set()
        for t in threads:
            t.join()
        for r in bad:
            self.assertIn(r.code, (254, 255), r)
            self.assertNotIn("Traceback", r.err)
        audited = [e["requestID"] for e in lab.audit() if e["eventName"] == "SendSSHPublicKey"
                   and "errorCode" not in e]
        for r in good:
            self.assertEqual(audited.count(json.loads(r.out)["RequestId"]), 1)


class Hashing(unittest.TestCase):
    """A password's hash takes long; core waits for none."""

    @classmethod
    def setUpClass(cls):
        conf = lab.lab_dir / "eicd.conf"
        good = conf.read_text(encoding="utf-8")
        cls.addClassCleanup(lab.kill, "eicd", signal.SIGHUP)
        cls.addClassCleanup(conf.write_text, good, encoding="utf-8")
        conf.write_text(good + "\n[limits]\ncostly_rate = 0\n[keys]\npush_rate = 0\n",
                        encoding="utf-8")
        lab.kill("eicd", signal.SIGHUP)
        cls.ctx = ssl.create_default_context(cafile=lab.env["AWS_CA_BUNDLE"])
        first = apikit.Client(lab, cls.ctx)
        first.call(Action="CreateUser", UserName="hashed")
        first.call(Action="CreateLoginProfile", UserName="hashed", Password="Correct-Horse-0")
        # The bucket held five.
        labkit.wait_for("the new limits", lambda: all(
            cls.update(first, i)[0] == 200 for i in range(8)))
        first.close()

    @staticmethod
    def update(client, i):
        return client.query(apikit.IAM, Action="UpdateLoginProfile", UserName="hashed",
                            Password=f"Correct-Horse-{i}")

    def client(self):
        c = apikit.Client(lab, self.ctx)
        self.addCleanup(c.close)
        return c

    @staticmethod
    def records(name="UpdateLoginProfile"):
        return [e.get("errorCode") for e in lab.audit() if e["eventName"] == name]

    def test_pushes_go_on_while_passwords_are_hashed(self):
        """The hasher has always something to do. What is counted is in which order pushes and
        hashes end: core that waited for a hash would end none between two of them."""
        done, stop, before = [], threading.Event(), len(self.records())

        def hash_all(client):
            while not stop.is_set():
                status, text = self.update(client, len(done))
                assert status == 200, text
                done.append(status)
        clients = [self.client() for _ in range(3)]
        threads = [threading.Thread(target=hash_all, args=(c,)) for c in clients]
        for t in threads:
            t.start()
        pusher, during = self.client(), []
        try:
            labkit.wait_for("hashes", lambda: len(done) > 4)
            for i in range(200):
                n = len(done)
                pusher.push(one["InstanceId"], i)
                during.append(len(done) - n)
            labkit.wait_for("more hashes", lambda n=len(done): len(done) > n)
        finally:
            stop.set()
            for t in threads:
                t.join()
        self.assertGreater(during.count(0), 100, during)
        self.assertEqual(len(self.records()) - before, len(done))
        self.assertEqual(set(self.records()), {None})

    def pending(self, client):
        """A password whose hash is under way at a hasher that stands still; its answer."""
        hasher = lab.kill("eicd-keyd-hash", signal.SIGSTOP)
        answer = []
        thread = threading.Thread(target=lambda: answer.append(self.update(client, 1)))
        thread.start()
        return hasher, thread, answer

    def test_all_others_are_answered_before_it(self):
        """The hasher stands still, shorter than it is waited for."""
        client, pusher = self.client(), self.client()
        pusher.push(one["InstanceId"], 0)

        def in_time():
            hasher, thread, answer = self.pending(client)
            for i in range(5):
                pusher.push(one["InstanceId"], i)
                pusher.call(Action="ListUsers")
            before = list(answer)
            os.kill(hasher, signal.SIGCONT)
            thread.join()
            self.assertEqual(before, [])
            return answer[0][0] == 200
        labkit.wait_for("a hash in time", in_time)

    def test_the_hasher_dies_meanwhile(self):
        """Another one is asked."""
        before = len(self.records())
        hasher, thread, answer = self.pending(self.client())
        self.client().push(one["InstanceId"], 0)
        os.kill(hasher, signal.SIGKILL)
        thread.join()
        lab.wait_restarted("eicd-keyd-hash", hasher)
        self.assertEqual(answer[0][0], 200, answer)
        self.assertEqual(self.records()[before:], [None])

    def test_core_dies_meanwhile(self):
        """No answer but that it failed, and no record: nothing has happened."""
        before = len(self.records())
        hasher, thread, answer = self.pending(self.client())
        self.client().push(one["InstanceId"], 0)
        old = lab.kill("eicd-core")
        thread.join()
        os.kill(hasher, signal.SIGCONT)
        lab.wait_restarted("eicd-core", old)
        labkit.wait_for("a push", push_works)
        self.assertEqual(answer[0][0], 503, answer)
        self.assertEqual(self.records()[before:], [])
        self.assertEqual(self.update(self.client(), 2)[0], 200)
        self.assertEqual(self.records()[before:], [None])


class Hostile(unittest.TestCase):
    def tls(self):
        ctx = ssl.create_default_context(cafile=lab.env["AWS_CA_BUNDLE"])
        raw = socket.create_connection(("127.0.0.1", lab.port), timeout=60)
        return ctx.wrap_socket(raw, server_hostname="127.0.0.1")

    def test_a_thousand_silent_connections(self):
        held = []
        self.addCleanup(lambda: [s.close() for s in held])
        for _ in range(1000):
            try:
                held.append(socket.create_connection(("127.0.0.1", lab.port), timeout=60))
            except OSError:
                break
        self.assertGreater(len(held), 900)
        start = time.monotonic()
        self.assertTrue(push_works())
        self.assertLess(time.monotonic() - start, 60)

    def test_a_slow_request_is_timed_out(self):
        s = self.tls()
        s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n")
        answer = s.recv(4096)
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)
        s.close()

    def status(self, head):
        """The status line's number for a request without a body."""
        with self.tls() as s:
            s.sendall(head + b"Connection: close\r\n\r\n")
            return s.recv(4096).split(b" ")[1]

    def test_a_long_name_of_a_header_is_refused_and_core_keeps_its_channel(self):
        start = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n".encode()
        self.assertIn(self.status(start + b"x" * 256 + b": y\r\n"), (b"400", b"403"))
        for n in (257, 1025, 5000):
            self.assertEqual(self.status(start + b"x" * n + b": y\r\n"), b"431")
        self.assertTrue(push_works())

    def test_a_private_key_that_was_sent_by_mistake_is_not_kept(self):
        """It is refused, and nowhere in core's memory afterwards."""
        path = lab.key("mistaken", "rsa", 3072)
        secret = path.read_text(encoding="utf-8").split("\n")[10].encode()
        self.assertEqual(len(secret), 70)
        lab.refused("InvalidArgsException", "ec2-instance-connect", "send-ssh-public-key", "--instance-id",
                    one["InstanceId"], "--instance-os-user", "ec2-user", "--ssh-public-key",
                    path.read_text(encoding="utf-8"))
        self.assertTrue(push_works())
        self.assertFalse(in_memory(lab.pid("eicd-core"), secret))

    def test_many_parameters_do_not_end_core(self):
        """A sort of more than a kilobyte asks the kernel something of its own."""
        core = lab.pid("eicd-core")
        now = time.gmtime()
        query = "&".join(f"a{i}=" for i in range(60))
        head = (f"GET /?{query} HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n"
                f"X-Amz-Date: {time.strftime('%Y%m%dT%H%M%SZ', now)}\r\n"
                "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"
                f"{time.strftime('%Y%m%d', now)}/{lab.env['AWS_REGION']}/ec2/aws4_request, "
                f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}\r\n")
        self.assertIn(self.status(head.encode()), (b"400", b"401", b"403"))
        tags = [f"Key=k{i},Value=v{i}" for i in range(50)]
        lab.ok("ec2", "create-tags", "--resources", one["InstanceId"], "--tags", *tags)
        self.assertEqual(len(lab.instance(one["InstanceId"])["Tags"]), 50)
        self.assertEqual(lab.pid("eicd-core"), core)


class Disk(unittest.TestCase):
    def test_a_full_disk_refuses_and_recovers(self):
        """The database's file system is full: errors in form, then normal again."""
        other = labkit.Lab(BUILD)
        self.addCleanup(os.rmdir, other.dir)
        self.assertEqual(labkit.run("mount", "-t", "tmpfs", "-o", "size=256m,mode=711", "tmpfs",
                                    other.dir).code, 0)
        self.addCleanup(labkit.run, "umount", "-l", other.dir)
        self.addCleanup(other.down)
        other.up()
        made = other.run_instance()
        k = other.key("full")
        other.push(made["InstanceId"], k)
        filler = other.dir / "filler"
        with open(filler, "wb") as f:
            try:
                while True:
                    f.write(b"\0" * 65536)
            except OSError:
                pass

        def refused():
            r = other.aws(*other.push_args(made["InstanceId"], k))
            return r.code == 254 and ("ServiceException" in r.err or "InternalFailure" in r.err)
        labkit.wait_for("a refusal for want of room", refused)
        filler.unlink()
        labkit.wait_for("a push with room again",
                        lambda: other.aws(*other.push_args(made["InstanceId"], k)).code == 0)
        self.assertEqual(other.ssh(made["PublicIpAddress"], k).code, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
