#!/usr/bin/env python3
"""keys_test BUILD_DIR: tests that each key of an installation can be made anew, in steps of which
each can be interrupted at any moment (decision 0056). It needs root."""
import fcntl
import os
import shutil
import sqlite3
import unittest

import claim
from initkit import KEYS, PURPOSES, Case, Killed, Seal, run

DAY = 86400


class Keys(Case):
    """Each test has a copy of one installation."""
    made_once = None

    def setUp(self):
        super().setUp()
        cls = Keys
        if cls.made_once is None:
            self.made("--tls-san", "DNS:eicd.example,IP:192.0.2.7,IP:2001:db8::7")
            cls.made_once = claim.scratch("eic-keys-")
            unittest.addModuleCleanup(shutil.rmtree, cls.made_once)
            run("cp", "-a", self.state, cls.made_once)
        else:
            run("cp", "-a", cls.made_once / "state", self.dir)
        self.ca, self.root = self.state / "ca.pem", self.state / "root.pem"
        self.server, self.server_key = (self.state / "tls" / n for n in ("server.crt", "server.key"))

    def done(self, *args):
        r = self.keys(*args)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        return r.stdout

    def running(self):
        """As if eicd ran."""
        fd = os.open(self.state, os.O_RDONLY)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self.addCleanup(os.close, fd)
        return fd

    def holds(self, ca):
        """The server's certificate and key are a pair below this authority, with all its names."""
        for name in ("-verify_hostname", "eicd.example"), ("-verify_ip", "192.0.2.7"), \
                ("-verify_ip", "2001:db8::7"):
            self.openssl("verify", "-x509_strict", "-purpose", "sslserver", *name, "-CAfile", ca,
                         self.server)
        self.assertEqual(self.openssl("x509", "-in", self.server, "-noout", "-pubkey"),
                         self.openssl("pkey", "-in", self.server_key, "-pubout"))
        self.assertEqual([oct(p.stat().st_mode) for p in (self.server, self.server_key)],
                         ["0o100444", "0o100400"])

    def is_pair(self, ca):
        self.openssl("verify", "-verify_ip", "192.0.2.7", "-CAfile", ca, self.server)
        self.assertEqual(self.openssl("x509", "-in", self.server, "-noout", "-pubkey"),
                         self.openssl("pkey", "-in", self.server_key, "-pubout"))

    def next_is_there(self, name, old):
        self.assertEqual((self.state / f"{name}.pem").read_text(encoding="ascii"), old +
                         (self.state / f"{name}-next.pem").read_text(encoding="ascii"))
        self.assertEqual(list(self.state.glob("*.init")), [])

    def next_is_used(self):
        self.assertEqual(list(self.state.glob("*next*")) + list(self.state.glob("*.init")), [])

    def killed_everywhere(self, command, check):
        """Kills the command at each of its steps in turn, and calls check each time, and at its end."""
        kept = self.dir / "kept"
        run("cp", "-a", self.state, kept)
        n, code = 0, None
        while code is None:
            shutil.rmtree(self.state)
            run("cp", "-a", kept, self.state)
            code = Killed(n, KEYS, "-c", self.conf, command).code
            with self.subTest(command=command, n=n):
                check(code)
            n += 1
        self.assertEqual(code, 0)
        self.assertGreater(n, 4)

    def used_by_name(self, name):
        """Names the key's file where it is anyway, which must not cost the only copy of the key."""
        key = self.state / f"{name}-next.key"
        link = self.dir / "link.key"
        link.symlink_to(key)
        kept = key.read_bytes()
        for named in key, link:
            saved = self.dir / "saved"
            run("cp", "-a", self.state, saved)
            with self.subTest(named=named):
                self.assertIn(f"{self.state}/{name}.key.\n",
                              self.done(f"--{name}-key", named, f"{name}-use"))
                self.assertEqual((self.state / f"{name}.key").read_bytes(), kept)
                self.assertEqual(oct((self.state / f"{name}.key").stat().st_mode), "0o100400")
                self.next_is_used()
            if named != link:
                shutil.rmtree(self.state)
                saved.rename(self.state)
        # Interrupted between the key and the certificate, and run again as it was.
        shutil.copy(self.state / f"{name}.pem", self.state / f"{name}-next.pem")
        self.assertIn(f"{self.state}/{name}.key.\n",
                      self.done(f"--{name}-key", key, f"{name}-use"))
        self.assertEqual((self.state / f"{name}.key").read_bytes(), kept)
        self.next_is_used()

    def again(self, command, *refusals):
        """What was interrupted goes on, unless it had done all."""
        r = self.keys(command)
        if r.returncode != 0:
            self.assertTrue(any(what in r.stderr for what in refusals), r)


class OfTheServer(Keys):
    def test_certificate(self):
        self.running()  # which is no hindrance
        before = self.server.read_bytes(), self.server_key.read_bytes()
        rest = {n: v for n, v in self.tree().items() if "server." not in n}
        self.assertIn("at SIGHUP", self.done("tls"))
        self.holds(self.ca)
        self.assertEqual({n: v for n, v in self.tree().items() if "server." not in n}, rest)
        self.assertNotEqual(self.server.read_bytes(), before[0])
        self.assertNotEqual(self.server_key.read_bytes(), before[1])
        for seconds, code in (89 * DAY, 0), (91 * DAY, 1):
            self.assertEqual(run("openssl", "x509", "-in", self.server, "-noout", "-checkend",
                                 seconds).returncode, code)
        # Other names, and a key that is kept elsewhere.
        safe = self.dir / "safe.key"
        (self.state / "ca.key").rename(safe)
        self.refuses(f"{self.state}/ca.key: No such file", "tls")
        self.done("--ca-key", safe, "--tls-san", "DNS:new.example", "tls")
        self.assertEqual(self.openssl("x509", "-in", self.server, "-noout", "-ext",
                                      "subjectAltName").split(), "X509v3 Subject Alternative "
                         "Name: DNS:new.example".split())
        self.refuses("--tls-san nonsense", "--ca-key", safe, "--tls-san", "nonsense", "tls")
        self.refuses("not the key of the API's authority", "--ca-key", self.state / "root.key",
                     "tls")
        safe.chmod(0o440)
        self.refuses("mode 0400", "--ca-key", safe, "tls")

    def test_certificate_of_somebody_else(self):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", "/CN=a", "-keyout", self.dir / "k", "-out", self.dir / "c")
        shutil.copy(self.dir / "c", self.server)
        self.refuses(f"{self.server}: not by the API's authority", "tls")
        self.ca.rename(self.dir / "x")
        self.refuses(f"{self.ca}: No such file", "tls")
        self.ca.write_text("nonsense", encoding="ascii")
        self.refuses(f"{self.ca}: not certificates in PEM", "tls")

    def test_certificate_interrupted(self):
        def check(_):
            self.done("tls")
            self.is_pair(self.ca)
        self.killed_everywhere("tls", check)

    def test_one_at_a_time(self):
        with self.conf.open("rb") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            self.refuses("another eicd keys runs", "tls")
            self.refuses("another eicd keys runs", "signers")


class OfTheApisAuthority(Keys):
    def test_in_two_steps(self):
        self.running()
        old = self.ca.read_text(encoding="ascii")
        self.refuses("there is no next one: run eicd keys ca-next first", "ca-use")
        self.assertIn(f"{self.ca}", self.done("ca-next"))
        both = self.dir / "both.pem"
        shutil.copy(self.ca, both)
        new = (self.state / "ca-next.pem").read_text(encoding="ascii")
        self.assertEqual(both.read_text(encoding="ascii"), old + new)
        self.assertEqual(oct((self.state / "ca-next.key").stat().st_mode), "0o100400")
        self.refuses("the next one is there already: run eicd keys ca-use", "ca-next")
        # Until it is used all goes on as before.
        self.done("tls")
        for name, text in ("old", old), ("new", new):
            (self.dir / name).write_text(text, encoding="ascii")
        self.holds(self.dir / "old")
        self.done("ca-use")
        self.assertEqual(self.ca.read_text(encoding="ascii"), new)
        for ca in self.ca, both:
            self.holds(ca)
        self.assertNotEqual(run("openssl", "verify", "-CAfile", self.dir / "old",
                                self.server).returncode, 0)
        self.assertEqual(list(self.state.glob("*next*")), [])
        self.done("tls")
        self.holds(self.ca)
        self.refuses("there is no next one", "ca-use")

    def test_key_named_where_it_is(self):
        self.done("ca-next")
        self.used_by_name("ca")
        self.done("tls")

    def test_key_that_is_lost(self):
        self.done("ca-next")
        (self.state / "ca-next.key").unlink()
        self.refuses("ca-next.key: No such file", "ca-use")
        self.refuses("not the key of", "--ca-key", self.state / "ca.key", "ca-use")

    def test_interrupted(self):
        old = self.ca.read_text(encoding="ascii")

        def next_check(_):
            self.again("ca-next", "is there already")
            self.next_is_there("ca", old)

        def use_check(_):
            self.again("ca-use", "there is no next one")
            self.is_pair(self.ca)
            self.next_is_used()
        self.killed_everywhere("ca-next", next_check)
        shutil.rmtree(self.dir / "kept")
        self.killed_everywhere("ca-use", use_check)

    def test_installation_of_an_earlier_version(self):
        """The root certified the server, and was what clients trusted."""
        shutil.copy(self.root, self.dir / "root-then")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", "/CN=openeic-api", "-keyout", self.server_key, "-out", self.dir / "csr")
        (self.dir / "ext").write_text("subjectAltName=DNS:eicd.example,IP:192.0.2.7,"
                                      "IP:2001:db8::7\nextendedKeyUsage=serverAuth\n"
                                      "authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n",
                                      encoding="ascii")
        self.server.unlink()
        self.openssl("x509", "-req", "-in", self.dir / "csr", "-CA", self.root, "-CAkey",
                     self.state / "root.key", "-extfile", self.dir / "ext", "-out", self.server)
        self.ca.unlink()
        shutil.copy(self.root, self.ca)
        (self.state / "ca.key").unlink()
        self.refuses("run eicd keys ca-next", "tls")
        # The old way works, as long as it is wanted.
        self.done("--ca-key", self.state / "root.key", "tls")
        self.holds(self.root)
        self.done("ca-next")
        both = self.dir / "both.pem"
        shutil.copy(self.ca, both)
        self.done("ca-use")
        for ca in self.ca, both:
            self.holds(ca)
        self.assertNotEqual(run("openssl", "verify", "-CAfile", self.root, self.server).returncode,
                            0)
        self.assertEqual(self.root.read_bytes(), (self.dir / "root-then").read_bytes())


class OfTheRoot(Keys):
    def signer(self, cafile):
        """Does a signer that is in use verify with these roots?"""
        names = {}
        for kind, der in self.rows("SELECT kind, cert_der FROM pki WHERE state = 1 AND kind < 4"):
            (self.dir / "der").write_bytes(der)
            self.openssl("x509", "-inform", "DER", "-in", self.dir / "der", "-out",
                         self.dir / f"{kind}.pem")
            names[kind] = self.dir / f"{kind}.pem"
        return run("openssl", "verify", "-x509_strict", "-CAfile", cafile, "-untrusted", names[2],
                   names[3]).returncode == 0

    def test_in_two_steps(self):
        fd = self.running()
        self.check_chain()
        old = self.root.read_text(encoding="ascii")
        (self.dir / "old").write_text(old, encoding="ascii")
        database = self.database_bytes()
        self.assertIn(f"{self.root}", self.done("root-next"))
        self.refuses("the next one is there already: run eicd keys root-use", "root-next")
        self.assertEqual(self.database_bytes(), database)
        # For stock hosts there is a file of its own, and it has a name of its own (wire.md 5.4).
        new = (self.state / "root-next.pem").read_text(encoding="ascii")
        names = [self.openssl("x509", "-noout", "-subject", "-in", f)
                 for f in (self.dir / "old", self.state / "root-next.pem")]
        self.assertRegex(names[1], "^subject=CN = openeic-root-ca-[0-9a-f]{8}\n$")
        self.assertNotEqual(*names)
        both = self.dir / "both.pem"
        shutil.copy(self.root, both)
        self.assertEqual(both.read_text(encoding="ascii"), old + new)
        self.refuses("eicd runs: stop it first", "root-use")
        fcntl.flock(fd, fcntl.LOCK_UN)
        self.done("signers")  # below the root in use
        self.assertTrue(self.signer(self.dir / "old"))
        self.assertTrue(self.signer(both))
        self.done("root-use")
        self.assertEqual(self.root.read_text(encoding="ascii"), new)
        self.check_chain()
        self.assertTrue(self.signer(both))
        self.assertFalse(self.signer(self.dir / "old"))
        self.assertEqual(self.rows("SELECT kind, count(*) FROM pki WHERE state = 1 AND kind < 4 "
                                   "GROUP BY kind ORDER BY kind"), [(1, 1), (2, 1), (3, 2)])
        self.assertEqual(list(self.state.glob("*next*")), [])
        self.assertEqual(self.openssl("x509", "-in", self.root, "-noout", "-pubkey"),
                         self.openssl("pkey", "-in", self.state / "root.key", "-pubout"))
        self.done("signers")
        self.check_chain()
        self.assertEqual({(mode, uid) for name, (mode, uid, _) in self.tree().items()
                          if "/db/" in name}, {("0o100600", 64002)})

    def test_refusals(self):
        self.refuses("there is no next one: run eicd keys root-next first", "root-use")
        self.done("root-next")
        key, safe = self.state / "root-next.key", self.dir / "safe.key"
        key.rename(safe)
        self.refuses(f"{key}: No such file", "root-use")
        self.refuses("root-next.pem", "--root-key", self.state / "root.key", "root-use")
        safe.chmod(0o444)
        self.refuses("mode 0400", "--root-key", safe, "root-use")
        safe.chmod(0o400)
        # Who keeps it elsewhere goes on to do so.
        old = (self.state / "root.key").read_bytes()
        self.done("--root-key", safe, "root-use")
        self.assertEqual((self.state / "root.key").read_bytes(), old)
        self.refuses("not the key of the root of this installation", "signers")
        self.done("--root-key", safe, "signers")

    def test_key_named_where_it_is(self):
        self.done("root-next")
        self.used_by_name("root")
        self.done("signers")

    def test_interrupted(self):
        old = self.root.read_text(encoding="ascii")

        def next_check(_):
            self.again("root-next", "is there already")
            self.next_is_there("root", old)

        def use_check(_):
            self.assertTrue(self.signer(self.dir / "both.pem"))
            self.again("root-use", "there is no next one")
            self.assertTrue(self.signer(self.root))
            self.next_is_used()
        self.killed_everywhere("root-next", next_check)
        shutil.rmtree(self.dir / "kept")
        shutil.copy(self.root, self.dir / "both.pem")
        self.killed_everywhere("root-use", use_check)
        self.check_chain()
        self.done("signers")


# What each column that holds sealed bytes is sealed for (src/pki/seal.h).
SEALED = {"access_key.sealed_secret": 1, "login_profile.sealed_password": 6,
          "mfa_device.sealed_seed": 5, "pki.sealed_key": None}


class OfTheKek(Keys):
    def setUp(self):
        super().setUp()
        self.kek = self.state / "kek"
        self.old = self.kek.read_text(encoding="ascii")
        seal = Seal(self.old)
        self.head = seal.head
        user = "AIDAAAAAAAAAAAAAAAAAA"
        account, = self.rows("SELECT account_id FROM account")[0]
        # A row of each kind, and one that was there and whose page was split or freed since.
        for n in range(60):
            self.insert("access_key", access_key_id=f"AKIA{n:016}", account_id=account,
                        sealed_secret=seal.wrap(1, b"secret %d" % n), status=1)
        for n in range(3):
            self.insert("login_profile", user_id=f"{user}{n}",
                        sealed_password=seal.wrap(6, b"password %d" % n))
            self.insert("mfa_device", serial_number=f"arn:aws:iam::{account}:mfa/{n}",
                        account_id=account, name=f"m{n}", sealed_seed=seal.wrap(5, b"seed %d" % n))
        self.write("DELETE FROM access_key WHERE access_key_id LIKE ?", [("AKIA%4",)])
        self.plain = self.opened(self.old)

    def insert(self, table, **values):
        db = sqlite3.connect(f"file:{self.state}/db/eicd.db?mode=ro&immutable=1", uri=True)
        types = {c[1]: c[2] for c in db.execute(f"PRAGMA table_info({table})") if c[3]}
        db.close()
        row = {c: {"TEXT": "", "INTEGER": 0}.get(t) for c, t in types.items()} | values
        self.write(f"INSERT INTO {table} ({','.join(row)}) VALUES ({','.join('?' * len(row))})",
                   [tuple(row.values())])

    def opened(self, text):
        """All that is sealed in the database, in clear."""
        seals = {s.head: s for s in map(Seal, text.splitlines())}
        found = {}

        def take(key, purpose, sealed):
            found[key] = seals[sealed[:9]].unwrap(purpose, sealed)
            self.assertIsNotNone(found[key], key)
        columns = self.rows("SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c "
                            "WHERE t.type = 'table' AND c.name LIKE 'sealed%'")
        self.assertEqual({".".join(c) for c in columns}, set(SEALED))
        for table, column in columns:
            key = self.rows(f"SELECT name FROM pragma_table_info('{table}') WHERE pk")[0][0]
            kind = "kind" if table == "pki" else "0"
            rows = self.rows(f"SELECT {key}, {kind}, {column} FROM {table} "
                             f"WHERE length({column}) > 0")
            self.assertGreater(len(rows), 1)
            for i, kind, sealed in rows:
                take((table, i), SEALED[f"{table}.{column}"] or PURPOSES[kind], sealed)
        take("decoy", 1, self.rows("SELECT value FROM meta WHERE name = 'decoy_secret'")[0][0])
        return found

    def is_done(self):
        text = self.kek.read_text(encoding="ascii")
        self.assertRegex(text, "^[0-9a-f]{64}\n$")
        self.assertNotEqual(text, self.old)
        self.assertEqual(self.opened(text), self.plain)
        # Nothing in the files is for the old key, nor in pages that nothing refers to.
        self.assertNotIn(self.head, self.database_bytes())
        self.assertEqual(oct(self.kek.stat().st_mode), "0o100400")

    def test_all_is_sealed_anew(self):
        self.assertIn(self.head, self.database_bytes())
        self.assertIn(f"{self.kek}", self.done("kek"))
        self.is_done()
        before = self.kek.read_text(encoding="ascii")
        # Where the settings have it elsewhere, that file.
        (self.dir / "elsewhere").mkdir()
        self.kek = self.kek.rename(self.dir / "elsewhere/key")
        self.configure(paths=f"kek_file = {self.kek}")
        self.assertTrue(self.done("kek").endswith(f" {self.kek}.\n"))
        self.assertNotEqual(self.kek.read_text(encoding="ascii"), before)
        self.is_done()

    def test_refusals(self):
        fd = self.running()
        self.refuses("eicd runs: stop it first", "kek")
        fcntl.flock(fd, fcntl.LOCK_UN)
        self.write("UPDATE mfa_device SET sealed_seed = ? WHERE name = 'm1'",
                   [(os.urandom(60),)])
        r = self.keys("kek")
        self.assertEqual((r.returncode, r.stdout), (1, ""))
        self.assertIn("does not open what is in the database", r.stderr)
        # Nothing was changed in the database, and the file has the old key, too.
        self.assertTrue(self.kek.read_text(encoding="ascii").endswith("\n" + self.old))
        self.write("DELETE FROM mfa_device WHERE name = ?", [("m1",)])
        self.plain = {k: v for k, v in self.plain.items() if not str(k).endswith("mfa/1')")}
        self.assertEqual(self.opened(self.kek.read_text(encoding="ascii")), self.plain)
        self.done("kek")
        self.is_done()
        self.kek.unlink()
        self.refuses(f"{self.kek}: No such file", "kek")

    def test_interrupted(self):
        def check(_):
            # eicd starts: what is there opens what is there.
            self.assertEqual(self.opened(self.kek.read_text(encoding="ascii")), self.plain)
            self.done("kek")
            self.is_done()
        self.killed_everywhere("kek", check)


if __name__ == "__main__":
    unittest.main()
