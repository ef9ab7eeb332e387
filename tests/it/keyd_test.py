#!/usr/bin/env python3
"""keyd_test BUILD_DIR: tests the real eicd-keyd, eicd-keyd-hash and eicd-keyd-tls. The test is
their parent, core and front, friendly or hostile. It needs root."""
import array
import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import re
import select
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import unittest

import claim

BUILD = pathlib.Path(sys.argv.pop(1)).resolve() / "src/daemon"
FRONT, CORE, KEYD = 64001, 64002, 64003
ROLE_FRONT, ROLE_CORE, ROLE_COMPUTE = 2, 3, 5
CTL_PEER, CTL_FILE, CTL_GO, CTL_RELOAD, CTL_DRAIN, CTL_READY, CTL_REJOIN = (
    0x0101, 0x0106, 0x0103, 0x0104, 0x0105, 0x0181, 0x0182)
CK_VERIFY, CK_NEW_SECRET, CK_NEW_KEY, CK_SIGN_DIGEST = range(0x0301, 0x0305)
CK_OCSP, CK_SIGN_ENTRY = 0x0305, 0x0306
CK_NEW_SESSION, CK_VERIFY_SESSION, CK_SEAL_MESSAGE, CK_OPEN_MESSAGE = range(0x0307, 0x030b)
CK_NEW_TOTP, CK_CHECK_TOTP, CK_NEW_PASSWORD, CK_CHECK_PASSWORD = range(0x030b, 0x030f)
FK_TLS_SIGN, KD_REPLY = 0x0310, 0x0381
SECONDS = 60


def run(*argv, **more):
    return subprocess.run([str(a) for a in argv], check=False, timeout=120, capture_output=True,
                          stdin=subprocess.DEVNULL, **more)


def s(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">I", len(data)) + data


class Channel:
    """One end of an IPC channel: one packet a message (all here are short)."""

    def __init__(self, sock):
        self.sock = sock
        sock.settimeout(SECONDS)

    def send(self, kind, body=b"", fd=None):
        rights = [] if fd is None else [
            (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
        self.sock.sendmsg([struct.pack(">HBBI", kind, 1, 0, len(body)) + body], rights)

    def recv(self):
        """(type, body), or None at the end."""
        packet = self.sock.recv(1 << 17)
        if not packet:
            return None
        kind, last, zero, total = struct.unpack(">HBBI", packet[:8])
        assert (last, zero, total) == (1, 0, len(packet) - 8), packet[:8]
        return kind, packet[8:]

    def ask(self, kind, body=b""):
        """The fields of the reply behind its ok; None when it says no."""
        self.send(kind, body)
        got, reply = self.recv()
        assert got == KD_REPLY
        return reply[1:] if reply[0] == 1 else None


def split(body):
    """A row of strings."""
    out = []
    while body:
        n, = struct.unpack(">I", body[:4])
        out.append(body[4:4 + n])
        body = body[4 + n:]
    return out


def altered(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def setUpModule():
    global base, conf, access_key, sealed, issuer
    base = claim.scratch("eic-keyd-")
    unittest.addModuleCleanup(shutil.rmtree, base)
    base.chmod(0o755)
    conf = base / "conf"
    conf.write_text(f"[paths]\nstate_dir = {base}/state\nrun_dir = {base}/run\n"
                    f"[processes]\nfront_user = {FRONT}\ncore_user = {CORE}\n"
                    f"keyd_user = {KEYD}\n")
    (base / "run/empty").mkdir(parents=True)
    r = run(BUILD / "eicd-init", "-c", conf, "--credentials-file", base / "key")
    assert r.returncode == 0, r
    access_key = re.search(r"secret_access_key = (\S+)", (base / "key").read_text())[1]
    db = sqlite3.connect(f"file:{base}/state/db/eicd.db?mode=ro&immutable=1", uri=True)
    sealed = db.execute("SELECT sealed_secret FROM access_key").fetchone()[0]
    # The intermediate: its sealed key, its certificate.
    issuer = db.execute("SELECT sealed_key, cert_der FROM pki WHERE kind = 2").fetchone()
    db.close()


SIGNER, HASHER, TLS = "eicd-keyd", "eicd-keyd-hash", "eicd-keyd-tls"
ASKS = {SIGNER: ROLE_CORE, HASHER: ROLE_CORE, TLS: ROLE_FRONT}


class Keyd:
    """A running keyd of one kind, as its parent sees it."""

    def __init__(self, program, joined=True):
        self.program = program
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        n = there.fileno()
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import os,sys; n = int(sys.argv[1]); os.dup2(n, 3); n == 3 or os.close(n); "
             "os.execv(sys.argv[2], sys.argv[2:])", str(n), str(BUILD / program), "-c",
             str(conf)], pass_fds=(n,), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            # A leak cannot be looked for in a process that cannot be traced.
            env={"PATH": "/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=0"})
        there.close()
        self.control = Channel(here)
        self.channels = {}
        if joined:
            self.join(ASKS[program])
        try:
            self.file("conf", conf)
            self.control.send(CTL_GO)
        except OSError:
            pass  # one that has ended by then says why

    def join(self, role, number=0):
        """A new channel to it, from the process of that role and number."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.send(CTL_PEER, bytes([role, 0, number]), there.fileno())
        there.close()
        if number != 0:
            return Channel(here)
        if role in self.channels:
            self.channels[role].sock.close()
        self.channels[role] = Channel(here)
        return self.channels[role]

    def ready(self):
        assert self.control.recv() == (CTL_READY, b"")
        return self

    def file(self, name, path):
        with open(path, "rb") as f:
            self.control.send(CTL_FILE, s(name), f.fileno())

    def end(self):
        """Its exit status and what it logged, after whatever made it end."""
        for c in self.channels.values():
            c.sock.close()
        try:
            log = self.process.communicate(timeout=SECONDS)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.control.sock.close()
        return self.process.returncode, log.decode()

    def stop(self):
        self.control.sock.close()
        return self.end()


def verify_body(secret=None, **change):
    v = {"sealed": sealed, "date": "20260921", "region": "eu-lab-1", "service": "ec2",
         "text": "AWS4-HMAC-SHA256\nwhatever"}
    key = ("AWS4" + (secret or access_key)).encode()
    for part in v["date"], v["region"], v["service"], "aws4_request":
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    v["signature"] = hmac.new(key, v["text"].encode(), hashlib.sha256).digest()
    v.update(change)
    return b"".join(s(v[k]) for k in ("sealed", "date", "region", "service", "text",
                                      "signature"))


def tls_ok(test, channel, pubkey):
    """Does keyd sign with the key that belongs to this public key?"""
    digest = hashlib.sha256(b"handshake").digest()
    signature, = split(channel.ask(FK_TLS_SIGN, s(digest) + b"\1"))
    (base / "digest").write_bytes(digest)
    (base / "sig").write_bytes(signature)
    r = run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pubkey, "-in",
            base / "digest", "-sigfile", base / "sig")
    test.assertIn(r.returncode, (0, 1), r)
    return r.returncode == 0


class Serves(unittest.TestCase):
    def setUp(self):
        self.keyds = {program: Keyd(program).ready() for program in ASKS}
        self.addCleanup(self.stop)
        self.signer, self.hasher, self.tls = self.keyds.values()
        self.channels()

    def channels(self):
        self.core, self.hash, self.front = (k.channels[ASKS[p]] for p, k in self.keyds.items())

    def stop(self):
        for keyd in self.keyds.values():
            if keyd.process.returncode is None:
                self.assertEqual(keyd.stop()[0], 0)

    def answers(self, keyd):
        """Does it answer over the channel that it has?"""
        channel = keyd.channels[ASKS[keyd.program]]
        if keyd is self.signer:
            return channel.ask(CK_VERIFY, verify_body()) == b"\1"
        if keyd is self.hasher:
            return channel.ask(CK_NEW_TOTP) is not None
        return channel.ask(FK_TLS_SIGN, s(b"d" * 32) + b"\1") is not None

    def alive(self):
        """All of them serve, over new channels where the old ones are gone."""
        for keyd in self.keyds.values():
            keyd.join(ASKS[keyd.program])
            self.assertTrue(self.answers(keyd))
            self.assertIsNone(keyd.process.poll())
        self.channels()

    def closed(self, channel):
        self.assertIsNone(channel.recv())

    def test_what_is_left_of_its_privileges(self):
        for program, keyd in self.keyds.items():
            with self.subTest(program):
                self.check_privileges(keyd.process.pid)

    def check_privileges(self, pid):
        status = dict(line.split(":\t", 1) for line in
                      pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                      if ":\t" in line)
        self.assertEqual(status["Uid"].split(), [str(KEYD)] * 4)
        self.assertEqual(status["Gid"].split(), [str(KEYD)] * 4)
        self.assertEqual(status["Groups"].split(), [])
        self.assertEqual(status["NoNewPrivs"].strip(), "1")
        self.assertEqual(status["Seccomp"].strip(), "2")
        for capabilities in "CapPrm", "CapEff", "CapInh", "CapAmb":
            self.assertEqual(int(status[capabilities], 16), 0)
        self.assertEqual(os.readlink(f"/proc/{pid}/root"), f"{base}/run/empty")
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        self.assertRegex(limits, r"Max processes +0 +0 ")
        kinds = sorted(os.readlink(f"/proc/{pid}/fd/{fd}").split(":")[0]
                       for fd in os.listdir(f"/proc/{pid}/fd"))
        self.assertEqual([k for k in kinds if k == "socket"], ["socket"] * 2)
        self.assertNotIn(str(base), " ".join(kinds))

    def test_signatures(self):
        for _ in range(3):
            self.assertEqual(self.core.ask(CK_VERIFY, verify_body()), b"\1")
            self.assertEqual(self.core.ask(CK_VERIFY, verify_body("wrong")), b"\0")
        self.assertEqual(self.core.ask(CK_VERIFY, verify_body(date="20260922")), b"\0")
        self.assertIsNone(self.core.ask(CK_VERIFY, verify_body(sealed=altered(sealed))))
        self.assertIsNone(self.core.ask(CK_VERIFY, verify_body(sealed=b"")))

    def test_a_new_secret_is_good_for_signing(self):
        secret, fresh = split(self.core.ask(CK_NEW_SECRET))
        self.assertRegex(secret.decode(), r"^[A-Za-z0-9+/]{40}$")
        self.assertEqual(
            self.core.ask(CK_VERIFY, verify_body(secret.decode(), sealed=fresh)), b"\1")

    def test_sessions(self):
        now = int(time.time())
        claims = b"\1\1\0" + struct.pack(">QQQ", now, now + 3600, 0) + b"the rest"
        secret, token = split(self.core.ask(CK_NEW_SESSION, s(claims)))
        self.assertRegex(secret.decode(), r"^[A-Za-z0-9+/]{40}$")
        ask = lambda **v: self.core.ask(CK_VERIFY_SESSION, verify_body(**v))
        for _ in range(2):
            self.assertEqual(ask(secret=secret.decode(), sealed=token),
                             b"\1\1" + s(claims))
            self.assertEqual(ask(secret="wrong", sealed=token), b"\1\0" + s(claims))
        self.assertEqual(ask(sealed=altered(token)), b"\0\0" + s(""))
        self.assertEqual(ask(sealed=b""), b"\0\0" + s(""))
        for bad in b"claims", b"\1\1\0" + struct.pack(">QQQ", now, now + 129601, 0):
            self.assertIsNone(self.core.ask(CK_NEW_SESSION, s(bad)))
        # What was sealed for one thing is none of the other.
        self.assertEqual(ask(sealed=sealed), b"\0\0" + s(""))
        self.assertIsNone(self.core.ask(CK_VERIFY, verify_body(secret.decode(), sealed=token)))
        self.assertEqual(self.core.ask(CK_OPEN_MESSAGE, s(token)), b"\0" + s(""))

    def test_messages(self):
        for plain in b"", b"x", b"y" * 16384:
            message, = split(self.core.ask(CK_SEAL_MESSAGE, s(plain)))
            self.assertEqual(self.core.ask(CK_OPEN_MESSAGE, s(message)), b"\1" + s(plain))
            self.assertEqual(self.core.ask(CK_OPEN_MESSAGE, s(altered(message))),
                             b"\0" + s(""))

    def test_one_time_codes(self):
        text, seed = split(self.hash.ask(CK_NEW_TOTP))
        step = int(time.time()) // 30 + 100
        mac = hmac.new(base64.b32decode(text), struct.pack(">Q", step), hashlib.sha1).digest()
        at = mac[-1] & 15
        code = f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"
        ask = lambda first, last: self.hash.ask(
            CK_CHECK_TOTP, s(seed) + s(code) + struct.pack(">QQ", first, last))
        self.assertEqual(ask(step - 1, step + 1), struct.pack(">Q", step))
        self.assertEqual(ask(step - 1500, step + 1300), struct.pack(">Q", step))
        self.assertEqual(ask(step + 1, step + 1), struct.pack(">Q", 0))
        # Of no time but half a day around now.
        self.assertIsNone(ask(step, step + 1400))
        self.assertIsNone(ask(step - 1600, step))
        self.assertIsNone(ask(0, 1))

    def test_passwords(self):
        """With all that a system call table and a lock on memory can forbid."""
        kept, = split(self.hash.ask(CK_NEW_PASSWORD, s("correct horse")))
        for _ in range(3):
            self.assertEqual(self.hash.ask(CK_CHECK_PASSWORD, s(kept) + s("correct horse")),
                             b"\1")
            self.assertEqual(self.hash.ask(CK_CHECK_PASSWORD, s(kept) + s("wrong")), b"\0")
        self.assertIsNone(self.hash.ask(CK_CHECK_PASSWORD, s(sealed) + s("wrong")))
        self.alive()

    def test_new_keys_and_entries(self):
        """A key that keyd made and certified signs an entry, and nothing for later."""
        wanted = s(issuer[0]) + s(issuer[1]) + s("eu-lab-1.amazonaws.com")
        now = int(time.time())
        reply = self.hash.ask(CK_NEW_KEY, b"\3\1" + wanted)
        n, = struct.unpack(">I", reply[:4])
        key, times, cert = reply[4:4 + n], reply[4 + n:20 + n], reply[24 + n:]
        begin, end = struct.unpack(">QQ", times)
        self.assertIn(begin - now + 86400, range(10))
        self.assertIn(end - now - 7 * 86400, range(10))
        line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"
        entry = lambda at: (f"#Timestamp={at}\n#Instance=i-0123456789abcdef0\n"
                            "#Caller=arn:aws:iam::123456789012:root\n#Request=r\n#User=u\n"
                            f"{line}\n")
        text = entry(now + 60)
        signature, = split(self.core.ask(CK_SIGN_ENTRY, s(key) + s(text)))
        for name, data in ("cert", cert), ("entry", text.encode()), ("sig", signature):
            (base / name).write_bytes(data)
        run("openssl", "x509", "-inform", "DER", "-in", base / "cert", "-noout", "-pubkey",
            "-out", base / "pub")
        r = run("openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
                "rsa_pss_saltlen:32", "-verify", base / "pub", "-signature", base / "sig",
                base / "entry")
        self.assertEqual(r.returncode, 0, r)
        self.assertIsNone(self.core.ask(CK_SIGN_ENTRY, s(key) + s(entry(now + 3600))))
        self.assertIsNone(self.core.ask(CK_SIGN_ENTRY, s(key) + s("any text")))
        for profile in b"\1\2\4\5":
            self.assertIsNone(self.hash.ask(CK_NEW_KEY, bytes([profile, 2]) + wanted))
        self.assertIsNotNone(self.core.ask(CK_OCSP, s(issuer[0]) + s(issuer[1]) + s(cert)))
        self.alive()

    def test_digests_of_one_history(self):
        key, cert = self.audit_key()
        first = self.digest(key, cert, 1, b"\0", b"\1", 0, b"")
        second = self.digest(key, cert, 2, b"\1", b"\2", self.end(first), first[1])
        self.assertEqual([json.loads(d[0])["digestSequence"] for d in (first, second)], [1, 2])
        # Whatever does not follow is not signed: the last one comes back.
        at = self.end(second)
        for wrong in ((1, b"\0", b"\3", 0, b""), (2, b"\1", b"\3", self.end(first), first[1]),
                      (3, b"\3", b"\4", at, second[1]), (3, b"\2", b"\4", at, first[1]),
                      (3, b"\2", b"\4", at - 3600, second[1])):
            self.assertEqual(self.digest(key, cert, *wrong), second)
        third = self.digest(key, cert, 3, b"\2", b"\4", at, second[1])
        self.assertEqual(json.loads(third[0])["lastHash"], "04" * 32)

    def end(self, digest):
        at = datetime.datetime.fromisoformat(json.loads(digest[0])["digestEndTime"][:-1] + "+00:00")
        return int(at.timestamp())

    def audit_key(self):
        reply = self.hash.ask(CK_NEW_KEY, b"\6\1" + s(issuer[0]) + s(issuer[1])
                              + s("eu-lab-1.amazonaws.com"))
        n, = struct.unpack(">I", reply[:4])
        return reply[4:4 + n], reply[24 + n:]

    def digest(self, key, cert, seq, before, after, start, previous):
        """Text and signature of a digest of ten records, or of what was said instead."""
        return split(self.hash.ask(CK_SIGN_DIGEST, s(key) + s(cert) + s("123456789012")
                                   + s("eu-lab-1") + struct.pack(
                                       ">QQQQ", seq, start, 10 * seq - 9, 10 * seq)
                                   + s(before * 32) + s(after * 32) + s(previous)))

    def test_nonsense(self):
        verify = verify_body()
        rows = {
            "unknown type": lambda c: c.send(0x7777),
            "a control message": lambda c: c.send(CTL_DRAIN),
            "a reply": lambda c: c.send(KD_REPLY, b"\1"),
            "truncated": lambda c: c.send(CK_VERIFY, verify[:-1]),
            "empty": lambda c: c.send(CK_VERIFY),
            "trailing": lambda c: c.send(CK_VERIFY, verify + b"\0"),
            "length beyond the end": lambda c: c.send(CK_SEAL_MESSAGE, b"\xff\xff\xff\xff"),
            "string too long": lambda c: c.send(CK_VERIFY, verify_body(region="r" * 65)),
            "signature too short": lambda c: c.send(CK_VERIFY, verify_body(signature=b"x")),
            "claims too long": lambda c: c.send(CK_NEW_SESSION, s(b"x" * 12289)),
            "token too long": lambda c: c.send(CK_VERIFY_SESSION,
                                               verify_body(sealed=b"x" * 12366)),
            "message too long": lambda c: c.send(CK_SEAL_MESSAGE, s(b"x" * 16385)),
            "a question of the other kind": lambda c: c.send(CK_NEW_TOTP),
            "front's question": lambda c: c.send(FK_TLS_SIGN, s(b"d" * 32) + b"\1"),
            "a descriptor": lambda c: c.send(CK_VERIFY, verify, 2),
            "no header": lambda c: c.sock.send(b"\3\1"),
            "bad header": lambda c: c.sock.send(b"\3\2\1\1\0\0\0\0"),
            "length too great": lambda c: c.sock.send(b"\3\2\0\0\xff\xff\xff\xffx"),
            "more than the length": lambda c: c.sock.send(b"\3\2\1\0\0\0\0\0x"),
        }
        for name, send in rows.items():
            with self.subTest(name):
                self.refused(self.signer, send)
        rows = {
            "code too short": lambda c: c.send(CK_CHECK_TOTP,
                                               s(b"x") + s("12345") + bytes(16)),
            "steps cut": lambda c: c.send(CK_CHECK_TOTP, s(b"x") + s("123456") + bytes(15)),
            "password too long": lambda c: c.send(CK_NEW_PASSWORD, s(b"x" * 513)),
            "a question of the other kind": lambda c: c.send(CK_VERIFY, verify),
            "front's question": lambda c: c.send(FK_TLS_SIGN, s(b"d" * 32) + b"\1"),
            "trailing": lambda c: c.send(CK_NEW_KEY, b"\3\2" + 3 * s("x") + b"\0"),
            "a public key that is named": lambda c: c.send(CK_NEW_KEY, b"\3\2" + 4 * s("x")),
        }
        for name, send in rows.items():
            with self.subTest("hasher", name=name):
                self.refused(self.hasher, send)
        for kind, body in ((CK_VERIFY, verify), (CK_NEW_SECRET, b""), (CK_NEW_KEY, b"\3\2" + 3 * s("x")),
                           (CK_NEW_SESSION, s("")), (CK_VERIFY_SESSION, verify),
                           (CK_OPEN_MESSAGE, s("")), (CK_NEW_TOTP, b""),
                           (CK_NEW_PASSWORD, s("")), (FK_TLS_SIGN, s(b"d" * 65) + b"\1"),
                           (FK_TLS_SIGN, b"")):
            with self.subTest("front", kind=kind):
                self.refused(self.tls, lambda c, k=kind, b=body: c.send(k, b))

    def refused(self, keyd, send):
        """Costs the channel, and no more: not one of another peer either."""
        role = ASKS[keyd.program]
        other = keyd.join(role, 7)
        send(keyd.channels[role])
        self.closed(keyd.channels[role])
        self.assertEqual(keyd.control.recv(), (CTL_REJOIN, bytes([role, 0, 0])))
        keyd.channels[role] = other
        self.assertTrue(self.answers(keyd))
        keyd.join(role)
        other.sock.close()
        self.assertTrue(self.answers(keyd))
        self.alive()

    def test_questions_are_answered_in_their_order(self):
        """Many at once, without waiting for the answers."""
        for i in range(100):
            self.core.send(CK_VERIFY, verify_body("wrong" if i % 3 else None))
        for i in range(100):
            self.assertEqual(self.core.recv(), (KD_REPLY, b"\1" + (b"\0" if i % 3 else b"\1")))

    def test_a_peer_that_does_not_read(self):
        self.core.sock.setblocking(False)
        sent = 0
        try:
            for sent in range(100000):
                self.core.send(CK_NEW_SECRET)
        except BlockingIOError:
            pass
        self.assertGreater(sent, 10)
        # Another one is served all the same, and this one when it reads.
        other = self.signer.join(ROLE_CORE, 1)
        for _ in range(20):
            self.assertEqual(other.ask(CK_VERIFY, verify_body()), b"\1")
        other.sock.close()
        self.core.sock.settimeout(SECONDS)
        for _ in range(sent):
            self.assertEqual(self.core.recv()[0], KD_REPLY)

    def test_reload_takes_a_new_tls_key(self):
        state = base / "state/tls"
        run("openssl", "x509", "-in", state / "server.crt", "-noout", "-pubkey", "-out",
            base / "old.pub")
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-out", base / "new.key")
        run("openssl", "pkey", "-in", base / "new.key", "-pubout", "-out", base / "new.pub")
        run("openssl", "genpkey", "-algorithm", "RSA", "-out", base / "rsa.key")
        self.assertTrue(tls_ok(self, self.front, base / "old.pub"))
        for bad in base / "rsa.key", conf:
            self.tls.file("tls_key", bad)
            self.tls.file("conf", bad)
            self.tls.control.send(CTL_RELOAD)
            self.alive()
            self.assertTrue(tls_ok(self, self.front, base / "old.pub"))
        self.tls.file("tls_key", base / "new.key")
        self.alive()
        self.assertTrue(tls_ok(self, self.front, base / "old.pub"))	# not yet
        self.tls.control.send(CTL_RELOAD)
        self.alive()
        self.assertTrue(tls_ok(self, self.front, base / "new.pub"))

    def test_drain(self):
        for keyd in self.keyds.values():
            keyd.control.send(CTL_DRAIN)
            self.assertEqual(keyd.end()[0], 0)

    def test_the_end_of_the_parent(self):
        for keyd in self.keyds.values():
            keyd.control.sock.close()
            self.assertEqual(keyd.end()[0], 0)

    def test_nonsense_from_the_parent(self):
        """A channel of somebody who may not ask this kind."""
        for keyd, role in ((self.signer, ROLE_COMPUTE), (self.hasher, ROLE_FRONT),
                           (self.tls, ROLE_CORE)):
            keyd.control.send(CTL_PEER, bytes([role, 0, 0]), 2)
            self.assertEqual(keyd.end()[0], 1)

    def test_a_file_that_is_not_its(self):
        for keyd in self.signer, self.hasher:
            keyd.file("tls_key", base / "state/tls/server.key")
            self.assertEqual(keyd.end()[0], 1)

    def test_the_end_of_a_peer(self):
        self.core.sock.close()
        self.alive()


class RefusesToStart(unittest.TestCase):
    def refused(self, want, program=SIGNER):
        keyd = Keyd(program, joined=False)
        select.select([keyd.process.stderr], [], [], SECONDS)
        code, log = keyd.end()
        self.assertEqual(code, 1, log)
        self.assertIn(want, log)

    def changed(self, path, change):
        saved, mode = path.read_bytes(), path.stat().st_mode
        change(path)

        def restore():
            path.unlink()
            path.write_bytes(saved)
            path.chmod(mode)
        self.addCleanup(restore)

    def test_kek_that_others_may_read(self):
        self.changed(base / "state/kek", lambda p: p.chmod(0o440))
        self.refused("mode 0400")
        self.refused("mode 0400", HASHER)

    def test_kek_of_another(self):
        self.changed(base / "state/kek", lambda p: os.chown(p, KEYD, 0))
        self.refused("must be a regular file of root")

    def test_kek_that_is_none(self):
        self.changed(base / "state/kek", lambda p: p.write_text("0123\n"))
        self.refused("not a key-encryption key")

    def test_tls_key_that_others_may_read(self):
        self.changed(base / "state/tls/server.key", lambda p: p.chmod(0o640))
        self.refused("mode 0600", TLS)

    def test_tls_key_of_another_kind(self):
        run("openssl", "genpkey", "-algorithm", "ED25519", "-out", base / "ed.key")
        self.changed(base / "state/tls/server.key",
                     lambda p: p.write_bytes((base / "ed.key").read_bytes()))
        self.refused("not a P-256 private key", TLS)

    def test_no_arguments(self):
        for program in ASKS:
            self.assertEqual(run(BUILD / program).returncode, 2)

    def test_the_tls_key_alone(self):
        """The keyd of front's handshakes never opens the key-encryption key."""
        self.changed(base / "state/kek", lambda p: p.write_text("0123\n"))
        keyd = Keyd(TLS).ready()
        self.assertEqual(keyd.stop()[0], 0)


if __name__ == "__main__":
    unittest.main()
