#!/usr/bin/env python3
"""renew_test BUILD_DIR: tests that the processes of eicd can be replaced, and core killed, while
connections are open. 500 links of agents and 500 idle clients must survive, and a request in
between must be answered. It prints the longest time that a request waited. It needs root.
"""
import base64
import concurrent.futures
import hashlib
import os
import pathlib
import queue
import re
import resource
import selectors
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from rolekit import until

BUILD = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else pathlib.Path("build")
DAEMON = BUILD / "src/daemon"
CLIENTS = AGENTS = 500
SECONDS = 60
FILES = 8192
# With how many processes of each there are in the end.
ROLES = {"eicd-front": 1, "eicd-core": 1, "eicd-compute": 1, "eicd-keyd": 2, "eicd-keyd-hash": 1,
         "eicd-keyd-tls": 1}


def run(*argv):
    r = subprocess.run([str(a) for a in argv], capture_output=True, text=True, check=False)
    assert r.returncode == 0, r
    return r.stdout


class Agents:
    """An authority of the test's own, and certificates of agents by it, with one key."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = folder / "ca.crt"
        for name in ("ca", "agent"):
            run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                folder / f"{name}.key")
        run("openssl", "req", "-x509", "-new", "-key", folder / "ca.key", "-subj", "/CN=ca",
            "-days", "2", "-out", self.ca)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(self.make, range(AGENTS)))

    def make(self, n):
        run("openssl", "req", "-x509", "-new", "-key", self.folder / "agent.key", "-subj",
            f"/CN=agent-{n}", "-days", "2", "-CA", self.ca, "-CAkey", self.folder / "ca.key",
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
            "extendedKeyUsage=clientAuth", "-out", self.folder / f"{n}.crt")

    def sha256(self, n):
        text = (self.folder / f"{n}.crt").read_text(encoding="ascii")
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest()

    def context(self, n):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
        c.load_cert_chain(self.folder / f"{n}.crt", self.folder / "agent.key")
        c.set_alpn_protocols(["openeic-uplink/1", "http/1.1"])
        return c


class Answering(threading.Thread):
    """Reads what comes for all links and answers each PING, as an agent does at once."""

    def __init__(self):
        super().__init__(daemon=True)
        self.selector, self.over = selectors.DefaultSelector(), threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            for key, _ in self.selector.select(0.2):
                key.data.read()

    def end(self):
        self.over.set()
        self.join()
        self.selector.close()


class Link:
    """An agent's link. TLS objects are for one thread at a time, so each has a lock."""

    def __init__(self, port, context, answering):
        s = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self.sock = context.wrap_socket(s, server_hostname="localhost")
        self.rest, self.lock, self.got = b"", threading.Lock(), queue.Queue()
        self.answering = None
        self.sock.sendall(b"GET /openeic/v1/uplink HTTP/1.1\r\nHost: localhost\r\n"
                          b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                          b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                          + base64.b64encode(os.urandom(16)) + b"\r\n\r\n")
        while b"\r\n\r\n" not in self.rest:
            got = self.sock.recv(65536)
            assert got, "the link is closed"
            self.rest += got
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        self.send(1, b'{"type":"hello","version":"0.1.0"}')
        self.sock.setblocking(False)
        self.answering = answering
        answering.selector.register(self.sock, selectors.EVENT_READ, self)

    def send(self, op, data):
        with self.lock:
            self.send_locked(op, data)

    def send_locked(self, op, data):
        mask = os.urandom(4)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
        self.sock.sendall(bytes([0x80 | op, 0x80 | len(data)]) + mask + masked)

    def read(self):
        """Takes what has come. What is no PING waits in got; None is the end of the link."""
        with self.lock:
            if self.answering is None:
                return
            try:
                while True:
                    got = self.sock.recv(65536)
                    if not got:
                        raise ConnectionError
                    self.rest += got
            except ssl.SSLWantReadError:
                pass
            except OSError:
                self.forget()
            for op, data in iter(self.frame, None):
                if op == 9 and self.answering is not None:
                    self.send_locked(10, data)
                elif op != 9:
                    self.got.put((op, data))

    def frame(self):
        """(opcode, data) of the next whole frame, or None; the server masks nothing."""
        if len(self.rest) < 2:
            return None
        op, n, at = self.rest[0] & 15, self.rest[1] & 127, 2
        if n >= 126:
            at = 4 if n == 126 else 10
            if len(self.rest) < at:
                return None
            n = int.from_bytes(self.rest[2:at], "big")
        if len(self.rest) < at + n:
            return None
        data, self.rest = self.rest[at:at + n], self.rest[at + n:]
        return op, data

    def forget(self):
        if self.answering is not None:
            self.answering.selector.unregister(self.sock)
            self.answering = None
            self.got.put(None)

    def close(self):
        with self.lock:
            self.forget()
            self.sock.close()

    def next(self):
        got = self.got.get(timeout=SECONDS)
        assert got is not None and got[0] != 8, ("the link is closed", got)
        return got

    def read_to(self, kind):
        """Reads until eicd has said this."""
        while True:
            op, data = self.next()
            if op == 1 and b'"type":"' + kind in data:
                return

    def ping(self):
        self.send(9, b"there?")
        while True:
            op, data = self.next()
            if op == 10:
                assert data == b"there?", data
                return


class Client:
    """A client that keeps its connection."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def __init__(self, port):
        s = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self.sock = self.context.wrap_socket(s, server_hostname="localhost")

    def ask(self):
        """The status of a request that core answers, and whether the connection stays."""
        self.sock.sendall(b"POST / HTTP/1.1\r\nHost: ec2.localhost\r\n"
                          b"Content-Type: application/x-www-form-urlencoded\r\n"
                          b"Content-Length: 43\r\n\r\n"
                          b"Action=DescribeInstances&Version=2016-11-15")
        answer = b""
        while b"\r\n\r\n" not in answer:
            got = self.sock.recv(65536)
            assert got, ("closed instead of an answer", answer)
            answer += got
        head, body = answer.split(b"\r\n\r\n", 1)
        n = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(body) < n:
            body += self.sock.recv(65536)
        return int(head.split()[1]), b"close" not in head.lower()

    def drop(self):
        self.sock.close()


class Asking(threading.Thread):
    """Somebody who always asks, on new connections and on kept ones."""

    def __init__(self, port):
        super().__init__()
        self.port, self.over = port, threading.Event()
        self.answers, self.longest, self.failed = [], 0.0, []
        self.start()

    def run(self):
        client = None
        while not self.over.is_set():
            try:
                begin = time.monotonic()
                client = client or Client(self.port)
                status, stays = client.ask()
                self.answers.append(status)
                self.longest = max(self.longest, time.monotonic() - begin)
                if not stays:
                    client.drop()
                    client = None
            except (OSError, AssertionError) as e:
                self.failed.append(repr(e))
                client = None

    def end(self):
        self.over.set()
        self.join()
        return self


class Renew(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE,
                           (FILES if hard == resource.RLIM_INFINITY else min(FILES, hard), hard))
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="eic-renew-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.dir.chmod(0o711)
        (cls.dir / "agents").mkdir()
        cls.agents = Agents(cls.dir / "agents")

    def setUp(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.home = pathlib.Path(tempfile.mkdtemp(dir=self.dir))
        self.home.chmod(0o711)
        self.conf = self.home / "conf"
        self.configure()
        run(DAEMON / "eicd-init", "-c", self.conf, "--credentials-file", self.home / "key")
        shutil.copy(self.agents.ca, self.home / "state/tls/agent-ca.crt")
        db = sqlite3.connect(self.home / "state/db/eicd.db")
        account = db.execute("SELECT account_id FROM account").fetchone()[0]
        for n in range(AGENTS):
            db.execute("INSERT INTO agent (agent_id, account_id, cert_sha256, instance_id, "
                       "created_at, last_seen_at) VALUES (?, ?, ?, ?, 0, 0)",
                       (f"agent-{n}", account, self.agents.sha256(n), f"i-{n:017x}"))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        for name in ("eicd.db-wal", "eicd.db-shm"):
            if (self.home / "state/db" / name).exists():
                os.chown(self.home / "state/db" / name, 64102, 64102)
        self.log = self.home / "log"
        with self.log.open("ab") as log:
            # pylint: disable=consider-using-with
            self.eicd = subprocess.Popen([DAEMON / "eicd", "-c", self.conf], stdout=log, stderr=log)
        self.addCleanup(self.stop)
        until("ready", lambda: "ev=ready" in self.said())

    def configure(self, more=""):
        self.conf.write_text(
            f"[server]\nlisten = 127.0.0.1:{self.port}\nagent_silence = 10m\n"
            f"[paths]\nstate_dir = {self.home}/state\nrun_dir = {self.home}/run\n"
            f"libexec_dir = {DAEMON}\n"
            "[processes]\nfront_user = 64101\ncore_user = 64102\nkeyd_user = 64103\n"
            f"{more}[http]\nidle_timeout = 1h\nmax_connections_per_address = 4000\n",
            encoding="utf-8")

    def said(self):
        return self.log.read_text(encoding="utf-8")

    def stop(self):
        if self.eicd.poll() is None:
            self.eicd.send_signal(signal.SIGTERM)
            self.eicd.wait(SECONDS)

    def processes(self, name):
        """The processes of a role, of all generations."""
        out = subprocess.run(["pgrep", "-P", str(self.eicd.pid), "-f", rf"^{name}(\.[0-9]+)? "],
                             check=False, capture_output=True, text=True).stdout
        return {int(p) for p in out.split()}

    def connect(self):
        answering = Answering()
        self.addCleanup(answering.end)
        links = [Link(self.port, self.agents.context(n), answering) for n in range(AGENTS)]
        clients = [Client(self.port) for n in range(CLIENTS)]
        for link in links:
            self.addCleanup(link.close)
            link.read_to(b"synced")
        for c in clients:
            self.addCleanup(c.drop)
        return links, clients

    def renew(self, times):
        before = {r: self.processes(r) for r in ROLES}
        self.eicd.send_signal(signal.SIGUSR2)
        until("renewed", lambda: self.said().count("ev=renewed") == times, SECONDS)
        for role, old in before.items():
            self.assertTrue(self.processes(role) - old, role)
        self.assertFalse(self.processes("eicd-core") & before["eicd-core"])

    def test_two_changes_drop_nobody(self):
        links, clients = self.connect()
        asking = Asking(self.port)
        for times in (1, 2):
            self.renew(times)
            for link in links:
                link.read_to(b"reset")
                link.read_to(b"synced")
                link.ping()
        # They have been idle through both; an old front's answer is its last.
        self.assertEqual({c.ask()[0] for c in clients}, {401})
        asking.end()
        self.assertEqual(asking.failed, [])
        self.assertEqual(set(asking.answers), {401})
        for link in links:
            link.ping()
        print(f"\nin two changes {len(asking.answers)} requests were answered; the longest wait "
              f"was {asking.longest * 1000:.0f} ms", file=sys.stderr)
        # The old fronts that have nobody left end, and then their keyds.
        for c in clients:
            c.drop()
        for link in links:
            link.close()
        for role, n in ROLES.items():
            until(f"{n} {role}", lambda r=role, n=n: len(self.processes(r)) == n, SECONDS)

    def test_links_outlive_a_killed_core(self):
        links, clients = self.connect()
        for pid in self.processes("eicd-core"):
            os.kill(pid, signal.SIGKILL)
        for link in links:
            link.read_to(b"reset")
            link.read_to(b"synced")
            link.ping()
        self.assertEqual({c.ask() for c in clients}, {(401, True)})

    def test_what_cannot_start_changes_nothing(self):
        client = Client(self.port)
        self.addCleanup(client.drop)
        before = {r: self.processes(r) for r in ROLES}
        self.configure("nonsense = 1\n")
        self.eicd.send_signal(signal.SIGUSR2)
        until("refused", lambda: self.said().count("ev=renew ") == 1)
        self.configure()
        text = self.conf.read_text(encoding="utf-8")
        self.conf.write_text(text.replace("front_user = 64101", "front_user = no-such-user"),
                             encoding="utf-8")
        self.eicd.send_signal(signal.SIGUSR2)
        until("given up", lambda: self.said().count("ev=renew ") == 2, SECONDS)
        for role, old in before.items():
            until(f"only the old {role}", lambda r=role, o=old: self.processes(r) == o, SECONDS)
        self.assertEqual(client.ask(), (401, True))
        # What dies now is started again with what was good.
        for pid in before["eicd-front"]:
            os.kill(pid, signal.SIGKILL)
        until("another front", lambda: self.processes("eicd-front") - before["eicd-front"])
        until("an answer", self.answers)

    def answers(self):
        try:
            client = Client(self.port)
            self.addCleanup(client.drop)
            return client.ask()[0] == 401
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
