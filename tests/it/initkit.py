"""initkit: an installation that does not run, for the tests of what root's programs do to one. The
tests need root."""
import ctypes
import hashlib
import hmac
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import unittest

import claim

DAEMON = pathlib.Path(sys.argv.pop(1)).resolve() / "src/daemon"
INIT, KEYS = DAEMON / "eicd-init", DAEMON / "eicd-keys"
EICD = DAEMON / "eicd"
FRONT, CORE, KEYD = 64001, 64002, 64003


def run(*argv, **more):
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([str(a) for a in argv], text=not more.pop("binary", False),
                          check=False, timeout=120,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)


class Seal:
    """Seals and opens as src/pki/seal.h says, by libcrypto alone."""

    def __init__(self, kek):
        self.kek = bytes.fromhex(kek.strip())
        self.head = b"\1" + hmac.new(self.kek, b"openeic kek id", "sha256").digest()[:8]
        self.crypto = ctypes.CDLL("libcrypto.so.3")
        for name in "EVP_CIPHER_CTX_new", "EVP_aes_256_gcm":
            getattr(self.crypto, name).restype = ctypes.c_void_p

    def gcm(self, nonce, purpose, data, tag=None):
        """The other text and the tag; None if the tag given is wrong."""
        c, n = self.crypto, ctypes.c_int()
        ctx = ctypes.c_void_p(c.EVP_CIPHER_CTX_new())
        out, made = ctypes.create_string_buffer(len(data) + 16), ctypes.create_string_buffer(16)
        aad = self.head + bytes([purpose])
        c.EVP_CipherInit_ex(ctx, ctypes.c_void_p(c.EVP_aes_256_gcm()), None, self.kek, nonce,
                            int(tag is None))
        c.EVP_CipherUpdate(ctx, None, ctypes.byref(n), aad, len(aad))
        c.EVP_CipherUpdate(ctx, out, ctypes.byref(n), data, len(data))
        if tag is not None:
            c.EVP_CIPHER_CTX_ctrl(ctx, 0x11, 16, tag)
        good = c.EVP_CipherFinal_ex(ctx, out, ctypes.byref(n))
        if tag is None:
            c.EVP_CIPHER_CTX_ctrl(ctx, 0x10, 16, made)
        c.EVP_CIPHER_CTX_free(ctx)
        return (out.raw[:len(data)], made.raw) if good == 1 else None

    def wrap(self, purpose, plain):
        nonce = os.urandom(12)
        text, tag = self.gcm(nonce, purpose, plain)
        return self.head + nonce + text + tag

    def unwrap(self, purpose, sealed):
        assert sealed[:9] == self.head
        made = self.gcm(sealed[9:21], purpose, sealed[21:-16], sealed[-16:])
        return made and made[0]


# What the private keys of each kind in the table pki are sealed for; an earlier version: OLD.
PURPOSES, OLD = {2: 7, 3: 8, 6: 10}, 2


# System calls after which something is there that was not, by machine.
LASTING = {"x86_64": {74, 75, 82, 87, 263, 264, 316}, "aarch64": {35, 38, 82, 83, 276}}


class Killed:
    """Runs a program to the nth of its system calls that leave something, and kills it there.
    code: its exit status, or None if it was killed."""

    ME, SYSCALL, OPTIONS, INFO = 0, 24, 0x4200, 0x420e
    libc = ctypes.CDLL(None, use_errno=True)

    def __init__(self, n, *argv):
        self.code = None
        pid = os.fork()
        if pid == 0:
            try:
                null = os.open("/dev/null", os.O_RDWR)
                for fd in range(3):
                    os.dup2(null, fd)
                self.ptrace(self.ME, 0, 0)
                os.execv(argv[0], [str(a) for a in argv])
            finally:
                os._exit(127)
        os.waitpid(pid, 0)
        self.ptrace(self.OPTIONS, pid, 1 | 0x100000)  # tell system calls apart; end with us
        info = ctypes.create_string_buffer(96)
        while True:
            self.ptrace(self.SYSCALL, pid, 0)
            _, status = os.waitpid(pid, 0)
            if os.WIFEXITED(status):
                self.code = os.WEXITSTATUS(status)
                return
            assert os.WSTOPSIG(status) == 0x85, status
            self.ptrace(self.INFO, pid, 96, info)
            if info.raw[0] == 1 and \
                    int.from_bytes(info.raw[24:32], "little") in LASTING[os.uname().machine]:
                n -= 1
            if n < 0:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                return

    def ptrace(self, what, pid, n, data=None):
        self.libc.ptrace.restype = ctypes.c_long
        args = (n, data) if what == self.INFO else (0, n)
        if self.libc.ptrace(ctypes.c_long(what), ctypes.c_long(pid), ctypes.c_void_p(args[0]),
                            args[1] if what == self.INFO else ctypes.c_void_p(args[1])) < 0:
            raise OSError(ctypes.get_errno(), "ptrace")


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = claim.scratch("eic-init-")
        self.dir.chmod(0o711)  # core's user has to get through to the database
        self.addCleanup(shutil.rmtree, self.dir)
        self.state = self.dir / "state"
        self.conf = self.dir / "conf"
        self.configure()

    def configure(self, paths="", server="", core=CORE):
        self.conf.write_text(
            f"[server]\nregion = eu-lab-2\n{server}\n"
            f"[paths]\nstate_dir = {self.state}\nrun_dir = {self.dir}/run\n{paths}\n"
            f"[processes]\nfront_user = {FRONT}\ncore_user = {core}\nkeyd_user = {KEYD}\n")

    def init(self, *args, **more):
        return run(INIT, "-c", self.conf, *args, **more)

    def made(self, *args):
        r = self.init(*args)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        return r.stdout

    def tree(self, top=None):
        """Every name below, with mode, owner and contents."""
        top = top or self.dir
        return {str(p.relative_to(top)): (oct(p.lstat().st_mode), p.lstat().st_uid,
                                          p.is_file() and
                                          hashlib.sha256(p.read_bytes()).hexdigest())
                for p in sorted(top.rglob("*"))}

    def rows(self, sql):
        db = sqlite3.connect(f"file:{self.state}/db/eicd.db?mode=ro&immutable=1", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def database_bytes(self):
        return b"".join(p.read_bytes() for p in (self.state / "db").iterdir())

    def write(self, sql, rows):
        db = sqlite3.connect(self.state / "db/eicd.db")
        db.execute("PRAGMA secure_delete = OFF")  # which is not so on every system
        db.executemany(sql, rows)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        for name in "eicd.db-wal", "eicd.db-shm":
            (self.state / "db" / name).unlink(missing_ok=True)

    def keys(self, *args, **more):
        return run(KEYS, "-c", self.conf, *args, **more)

    def refuses(self, want, *args):
        before = self.tree()
        r = self.keys(*args)
        self.assertEqual((r.returncode, r.stdout), (1, ""))
        self.assertIn(want, r.stderr)
        self.assertEqual(self.tree(), before)

    def check_chain(self):
        """Holds root, intermediate, signers and staples against openssl; their ids."""
        files = {}
        for kind, key_kind, cert_id, issuer, der in self.rows(
                "SELECT kind, key_kind, cert_id, coalesce(issuer_id, ''), cert_der FROM pki "
                "WHERE kind <= 3 AND state = 1 ORDER BY kind"):
            pem = self.dir / (f"{kind}.pem" if key_kind == 1 else f"{kind}-p256.pem")
            (self.dir / "der").write_bytes(der)
            self.openssl("x509", "-inform", "DER", "-in", self.dir / "der", "-out", pem)
            self.assertEqual(hashlib.sha1(der).hexdigest().upper(), cert_id)
            files[cert_id] = (pem, issuer or cert_id)
        self.assertEqual(len(files), 4)
        for name, key in (("3.pem", "Modulus:"), ("3-p256.pem", "NIST CURVE: P-256")):
            text = self.openssl("x509", "-in", self.dir / name, "-noout", "-text")
            self.assertIn("Subject: CN = managed-ssh-signer.eu-lab-2.amazonaws.com\n", text)
            self.assertIn(key, text)
            self.openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                         self.state / "root.pem", "-untrusted", self.dir / "2.pem",
                         self.dir / name)
        self.assertEqual((self.dir / "1.pem").read_bytes(),
                         (self.state / "root.pem").read_bytes())
        staples = self.rows("SELECT cert_id, ocsp_der FROM pki_staple JOIN pki USING (cert_id) "
                            "WHERE state = 1")
        self.assertEqual(sorted(files), sorted(s[0] for s in staples))
        for cert_id, der in staples:
            (self.dir / "resp").write_bytes(der)
            pem, issuer = files[cert_id]
            out = self.openssl("ocsp", "-no_nonce", "-issuer", files[issuer][0], "-cert", pem,
                               "-VAfile", files[issuer][0], "-respin", self.dir / "resp")
            self.assertIn(": good", out)
        return set(files)

    def openssl(self, *args, **more):
        r = run("openssl", *args, **more)
        self.assertEqual(r.returncode, 0, r)
        return r.stdout
