#!/usr/bin/env python3
"""init_test BUILD_DIR: tests that an installation is made completely or not at all, and what is
done with one that does not run: its keys changed, its database backed up and restored. It needs
root."""
import calendar
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import sqlite3
import tempfile
import time
import unittest

import claim
from initkit import CORE, DAEMON, EICD, FRONT, INIT, KEYS, OLD, PURPOSES, Case, Seal, run


class Makes(Case):
    def test_files_and_modes(self):
        self.made("--agent-dir", self.dir / "agent", "--credentials-file", self.dir / "key")
        have = {name: (mode, uid) for name, (mode, uid, _) in self.tree().items()}
        self.assertEqual(have, {
            "conf": ("0o100644", 0),
            "key": ("0o100600", 0),
            "agent": ("0o40755", 0),
            "agent/ca.pem": ("0o100444", 0),
            "agent/cert.pem": ("0o100444", 0),
            "agent/key.pem": ("0o100400", 0),
            "state": ("0o40755", 0),
            "state/ca.key": ("0o100400", 0),
            "state/ca.pem": ("0o100444", 0),
            "state/root.key": ("0o100400", 0),
            "state/root.pem": ("0o100444", 0),
            "state/kek": ("0o100400", 0),
            "state/tls": ("0o40755", 0),
            "state/tls/agent-ca.crt": ("0o100444", 0),
            "state/tls/server.crt": ("0o100444", 0),
            "state/tls/server.key": ("0o100400", 0),
            "state/db": ("0o40700", CORE),
            "state/db/eicd.db": ("0o100600", CORE),
        })
        self.assertRegex((self.state / "kek").read_text(), r"^[0-9a-f]{64}\n$")

    def test_the_secret_is_shown_once(self):
        out = self.made()
        m = re.search(r"^export AWS_ACCESS_KEY_ID=(AKIA[A-Z2-7]{16})\n"
                      r"export AWS_SECRET_ACCESS_KEY=([A-Za-z0-9+/]{40})\n", out, re.M)
        self.assertIsNotNone(m, out)
        self.assertEqual(self.rows("SELECT access_key_id, account_id, user_id, status "
                                   "FROM access_key"),
                         [(m[1], "123456789012", None, 1)])
        for p in self.dir.rglob("*"):
            if p.is_file():
                self.assertNotIn(m[2].encode(), p.read_bytes(), p)

    def test_the_secret_goes_to_a_file_instead(self):
        out = self.made("--credentials-file", self.dir / "key")
        m = re.fullmatch(r"\[default\]\naws_access_key_id = (AKIA[A-Z2-7]{16})\n"
                         r"aws_secret_access_key = ([A-Za-z0-9+/]{40})\n",
                         (self.dir / "key").read_text())
        self.assertIsNotNone(m)
        self.assertIn(m[1], out)
        self.assertNotIn(m[2], out)

    def test_certificates(self):
        self.made("--agent-dir", self.dir / "agent", "--tls-san",
                  "DNS:eicd.example,IP:192.0.2.7,IP:2001:db8::7")
        tls = self.state / "tls"
        root, ca = self.state / "root.pem", self.state / "ca.pem"
        self.assertEqual((self.dir / "agent/ca.pem").read_bytes(), ca.read_bytes())
        strict = ("verify", "-x509_strict")
        for name in ("-verify_hostname", "eicd.example"), ("-verify_ip", "192.0.2.7"), \
                ("-verify_ip", "2001:db8::7"):
            self.openssl(*strict, "-purpose", "sslserver", *name, "-CAfile", ca,
                         tls / "server.crt")
        self.openssl(*strict, "-purpose", "sslclient", "-CAfile", tls / "agent-ca.crt",
                     self.dir / "agent/cert.pem")
        # Each chain is its own: what hosts pin vouches for logins and for nothing else, and what
        # clients trust not for logins. Neither key of an authority is in the database.
        for cafile, cert in (root, self.dir / "agent/cert.pem"), (root, tls / "server.crt"), \
                (root, ca), (ca, self.dir / "agent/cert.pem"), (ca, root):
            self.assertNotEqual(run("openssl", "verify", "-CAfile", cafile, cert).returncode, 0)
        self.assertEqual(self.rows("SELECT kind, count(*) FROM pki GROUP BY kind"),
                         [(1, 1), (2, 1), (3, 2), (6, 1)])
        # Its end is near enough that a stolen key is of no use for long.
        for seconds, code in (89 * 86400, 0), (91 * 86400, 1):
            self.assertEqual(run("openssl", "x509", "-in", tls / "server.crt", "-noout",
                                 "-checkend", seconds).returncode, code)
        for cert, key in (ca, self.state / "ca.key"), (tls / "server.crt", tls / "server.key"), \
                (self.dir / "agent/cert.pem", self.dir / "agent/key.pem"):
            self.assertEqual(self.openssl("x509", "-in", cert, "-noout", "-pubkey"),
                             self.openssl("pkey", "-in", key, "-pubout"))
        self.assertEqual(self.rows("SELECT agent_id, cert_sha256 FROM agent"), [(
            "agent-" + self.rows("SELECT vpc_id FROM vpc")[0][0],
            self.openssl("x509", "-in", self.dir / "agent/cert.pem", "-noout", "-fingerprint",
                         "-sha256").split("=")[1].strip().replace(":", "").lower())])

    def test_signer_chain_and_staples(self):
        self.made()
        self.check_chain()
        self.check_root_is_away()

    def check_root_is_away(self):
        """Its key is in its file alone, and eicd does not need it."""
        self.assertEqual(self.rows("SELECT count(*) FROM pki WHERE kind = 1 AND sealed_key = x''"),
                         [(1,)])
        self.assertEqual(self.openssl("x509", "-in", self.state / "root.pem", "-noout", "-pubkey"),
                         self.openssl("pkey", "-in", self.state / "root.key", "-pubout"))
        # eicd cannot renew what it says of the intermediate, so that lasts as long.
        self.assertEqual(self.rows("SELECT kind FROM pki JOIN pki_staple USING (cert_id) "
                                   "WHERE next_update_at = not_after_at ORDER BY kind"),
                         [(1,), (2,)])

    def test_new_signers_by_the_roots_key(self):
        self.assertIn("systemctl enable --now eicd-tls.timer\n", self.made())
        old = self.check_chain()
        r = self.keys("signers")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn(f"{self.state}/root.key", r.stdout)
        new = self.check_chain()
        self.assertEqual(len(old & new), 1)
        self.assertEqual(self.rows("SELECT kind, count(*) FROM pki WHERE state = 2 "
                                   "GROUP BY kind ORDER BY kind"), [(2, 1), (3, 2)])
        self.assertEqual({(mode, uid) for name, (mode, uid, _) in self.tree().items()
                          if "/db/" in name}, {("0o100600", CORE)})
        # With the key that is kept elsewhere, and not with another one.
        safe = self.dir / "safe.key"
        (self.state / "root.key").rename(safe)
        self.refuses(f"{self.state}/root.key: No such file or directory", "signers")
        self.assertEqual(self.keys("--root-key", safe, "signers").returncode, 0)
        self.refuses("not the key of the root of this installation", "--root-key",
                     self.state / "tls/server.key", "signers")
        safe.chmod(0o440)
        self.refuses("mode 0400", "--root-key", safe, "signers")

    def test_keys_of_an_earlier_version(self):
        """They are sealed anew, and the root's goes to its file."""
        self.made()
        seal = Seal((self.state / "kek").read_text())
        keys = dict(self.rows("SELECT cert_id, sealed_key FROM pki WHERE kind IN (2, 3, 6)"))
        kinds = dict(self.rows("SELECT cert_id, kind FROM pki"))
        plain = {i: seal.unwrap(PURPOSES[kinds[i]], sealed) for i, sealed in keys.items()}
        self.assertEqual((len(plain), None in plain.values()), (4, False))
        root, = (i for i, kind in kinds.items() if kind == 1)
        plain[root] = run("openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in",
                          self.state / "root.key", binary=True).stdout
        (self.state / "root.key").unlink()
        old = {i: seal.wrap(OLD, key) for i, key in plain.items()}
        # Once more, where a row was that is gone.
        self.write("INSERT INTO meta VALUES ('gone', ?)", [(old[root] * 9,)])
        self.write("DELETE FROM meta WHERE name = 'gone'", [()])
        self.write("UPDATE pki SET sealed_key = ? WHERE cert_id = ?",
                   [(key, i) for i, key in old.items()])
        self.assertGreater(self.database_bytes().count(old[root][-64:]), 5)
        self.write("UPDATE pki_staple SET next_update_at = this_update_at + 43200", [()])
        self.refuses("run eicd keys upgrade", "signers")
        r = self.keys("upgrade")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn(f"{self.state}/root.key", r.stdout)
        self.assertEqual([i for i, key in old.items() if key[-64:] in self.database_bytes()], [])
        self.check_root_is_away()
        self.check_chain()
        for i, kind, sealed in self.rows("SELECT cert_id, kind, sealed_key FROM pki "
                                         "WHERE kind IN (2, 3, 6)"):
            self.assertEqual(seal.unwrap(PURPOSES[kind], sealed), plain[i])
        self.refuses("done already", "upgrade")
        # It ended after the file was made: it is done again, with the same file and no other.
        self.write("UPDATE pki SET sealed_key = ? WHERE cert_id = ?",
                   [(seal.wrap(OLD, plain[root]), root)])
        self.assertEqual(self.keys("upgrade").returncode, 0)
        self.check_root_is_away()
        # It ended before the database was written anew.
        self.write("UPDATE pki SET sealed_key = ? WHERE cert_id = ?", [(b"moved", root)])
        self.refuses("run eicd keys upgrade", "signers")
        self.assertEqual(self.keys("upgrade").returncode, 0)
        self.check_root_is_away()
        self.write("UPDATE pki SET sealed_key = ? WHERE cert_id = ?",
                   [(seal.wrap(OLD, plain[root]), root)])
        shutil.copy(self.state / "tls/server.key", self.state / "root.key")
        self.refuses("not the key of the root of this installation", "upgrade")

    def test_keys_while_eicd_runs(self):
        self.made()
        fd = os.open(self.state, os.O_RDONLY)
        self.addCleanup(os.close, fd)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self.refuses("eicd runs: stop it first", "signers")
        fcntl.flock(fd, fcntl.LOCK_UN)
        self.refuses("done already", "upgrade")

    def test_world(self):
        self.made("--public-cidr", "203.0.113.64/28")
        vpc, = self.rows("SELECT vpc_id, cidr, is_default, state FROM vpc")
        self.assertEqual(vpc[1:], ("172.31.0.0/16", 1, 2))
        subnet, = self.rows("SELECT subnet_id, vpc_id, cidr, availability_zone, "
                            "availability_zone_id, default_for_az, map_public_ip FROM subnet")
        self.assertEqual(subnet[1:], (vpc[0], "172.31.0.0/20", "eu-lab-2a", "eul2-az1", 1, 1))
        self.assertEqual(dict((p, (a, b)) for p, a, b in self.rows(
            "SELECT pool_id, first_address, last_address FROM address_pool")), {
                "public": (0xcb007141, 0xcb00714e), subnet[0]: (0xac1f0004, 0xac1f0ffe)})
        group, = self.rows("SELECT group_id, vpc_id, name FROM security_group")
        self.assertEqual(group[1:], (vpc[0], "default"))
        self.assertEqual(self.rows(
            "SELECT is_egress, protocol, from_port, to_port, cidr_ipv4, referenced_group_id "
            "FROM security_group_rule ORDER BY is_egress, protocol"), [
                (0, "-1", -1, -1, None, group[0]), (0, "tcp", 22, 22, "0.0.0.0/0", None),
                (1, "-1", -1, -1, "0.0.0.0/0", None)])
        self.assertEqual(self.rows("SELECT name, state FROM image"), [("openeic-lab", 1)])
        meta = dict(self.rows("SELECT name, value FROM meta"))
        self.assertEqual((meta["region"], meta["domain"]), (b"eu-lab-2", b"amazonaws.com"))
        self.assertEqual(len(meta["decoy_secret"]), 40 + 37)
        self.assertEqual(self.rows("SELECT count(*) FROM agent"), [(0,)])

    def test_into_directories_that_are_there(self):
        self.state.mkdir()
        (self.state / "driver.conf").write_text("x")
        (self.dir / "agent").mkdir()
        self.made("--agent-dir", self.dir / "agent")
        self.assertTrue((self.state / "db/eicd.db").exists())

    def test_paths_of_the_configuration(self):
        self.configure(paths=f"kek_file = {self.dir}/safe/kek\n"
                             f"database = {self.dir}/data/eicd.db")
        self.made()
        self.assertTrue((self.dir / "safe/kek").exists())
        self.assertEqual((self.dir / "data").stat().st_uid, CORE)
        self.assertFalse((self.state / "db").exists())

    def test_help(self):
        r = run(INIT, "--help")
        self.assertEqual(r.returncode, 0)
        for option in "--tls-san", "--public-cidr", "--agent-dir", "--credentials-file":
            self.assertIn(option, r.stdout)


class Refuses(Case):
    def refused(self, want, *args, code=1, **more):
        before = self.tree()
        r = self.init(*args, **more)
        self.assertEqual(r.returncode, code, r)
        self.assertIn(want, r.stderr)
        self.assertEqual(self.tree(), before)

    def test_a_second_time(self):
        self.made()
        self.refused("there already, and not overwritten")

    def test_what_is_there_already(self):
        agent, key = self.dir / "agent", self.dir / "key"
        args = ("--agent-dir", agent, "--credentials-file", key)
        for path in (self.state / "kek", self.state / "db/eicd.db", self.state / "tls/server.key",
                     self.state / "root.pem", self.state / "ca.pem", self.state / "ca.key",
                     self.state / "kek.init",
                     self.state / "db/eicd.db.init", agent / "key.pem", key):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.parent.name == "db":
                os.chown(path.parent, CORE, CORE)
            path.write_text("mine")
            with self.subTest(path=path):
                self.refused(f"{path}: there already", *args)
            shutil.rmtree(self.state, ignore_errors=True)
            shutil.rmtree(agent, ignore_errors=True)
            key.unlink(missing_ok=True)

    def test_options(self):
        for args, want in (
                (("--tls-san", "localhost"), "--tls-san localhost"),
                (("--tls-san", "DNS:a,,DNS:b"), "--tls-san"),
                (("--tls-san", ""), "--tls-san"),
                (("--public-cidr", "198.51.100.1/24"), "--public-cidr 198.51.100.1/24"),
                (("--public-cidr", "198.51.100.0"), "--public-cidr"),
                (("--public-cidr", "198.51.100.0/31"), "--public-cidr"),
                (("--public-cidr", "198.51.100.0/24 "), "--public-cidr"),
                (("--public-cidr", "2001:db8::/32"), "--public-cidr"),
                (("--agent-dir", self.dir / "no/agent"), "No such file or directory"),
                (("--credentials-file", self.dir / "no/key"), "No such file or directory"),
                (("--agent-dir", self.dir / "conf"), "conf")):
            with self.subTest(args=args):
                self.refused(want, *args)
        self.refused("unrecognized option", "--nonsense", code=2)
        self.refused("more: no such argument", "more", code=2)

    def test_configurations(self):
        self.configure(core="no-such-user")
        self.refused("no such user: no-such-user")
        self.configure(core=0)
        self.refused("no such user: 0")
        self.configure(paths=f"database = {self.dir}/eicd.db")
        self.refused("must belong to")
        self.configure(server=f"domain = {'d' * 50}.example")
        self.refused("no name for a certificate")
        self.configure(server="nonsense = 1")
        self.refused("nonsense")
        self.conf.unlink()
        self.refused("conf")

    def test_a_full_disk(self):
        """At whatever file the space ends."""
        for size in "16k", "128k", "2m":
            with self.subTest(size=size):
                mount = self.dir / "disk"
                mount.mkdir()
                self.assertEqual(run("mount", "-t", "tmpfs", "-o", f"size={size},mode=755",
                                     "tmpfs", mount).returncode, 0)
                try:
                    self.state = mount / "state"
                    self.configure()
                    r = self.init()
                    if r.returncode != 0:
                        self.assertEqual(r.returncode, 1)
                        self.assertEqual(self.tree(mount), {})
                    self.assertEqual(r.returncode == 0, size == "2m", r)
                finally:
                    run("umount", mount)
                    mount.rmdir()

    def test_output_that_goes_nowhere(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            r = self.init(stdout=full)
        self.assertEqual(r.returncode, 1)
        self.assertIn("could not be printed", r.stderr)

    def test_people_who_are_not_root(self):
        copy = self.dir / "eicd-init"
        shutil.copy(INIT, copy)
        self.dir.chmod(0o777)
        r = run(copy, "-c", self.conf, user=65534, group=65534, extra_groups=[])
        self.assertEqual((r.returncode, r.stderr),
                         (1, "eicd init: only root can make an installation\n"))


class BacksUp(Case):
    """eicd backup, and eicd restore in a place where the database is lost."""
    made_once = None

    def setUp(self):
        super().setUp()
        self.configure(paths=f"libexec_dir = {INIT.parent}")
        cls = type(self)
        if cls.made_once is None:
            self.made()
            cls.made_once = claim.scratch("eic-init-")
            self.addClassCleanup(shutil.rmtree, cls.made_once)
            run("cp", "-a", self.state, cls.made_once)
        else:
            run("cp", "-a", cls.made_once / "state", self.dir)
        self.copy = self.dir / "backup.db"

    def eicd(self, *args):
        return run(EICD, "-c", self.conf, *args)

    def backed_up(self):
        r = self.eicd("backup", self.copy)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertEqual(r.stdout, f"{self.copy}: {self.copy.stat().st_size} bytes\n")

    def refused(self, want, *args, code=1):
        before = self.tree()
        r = self.eicd(*args)
        self.assertEqual((r.returncode, r.stdout), (code, ""), r)
        self.assertIn(want, r.stderr)
        self.assertEqual(self.tree(), before)

    def lose(self):
        for path in (self.state / "db").iterdir():
            path.unlink()

    def test_there_and_back(self):
        accounts = self.rows("SELECT account_id FROM account")
        files = {name: what for name, what in self.tree().items() if name != "state/db/eicd.db"}
        self.backed_up()
        self.assertEqual(oct(self.copy.stat().st_mode), "0o100600")
        self.lose()
        r = self.eicd("restore", self.copy)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn("session tokens from before are void", r.stdout)
        have = self.tree()
        self.assertEqual(have.pop("state/db/eicd.db")[:2], ("0o100600", CORE))
        self.assertEqual(have.pop("backup.db")[:2], ("0o100600", 0))
        self.assertEqual(have, files)
        self.assertEqual(self.rows("SELECT account_id FROM account"), accounts)
        self.assertEqual(len(self.rows("SELECT 1 FROM meta WHERE name = 'restored_at'")), 1)

    def test_from_another_file_system(self):
        """As the state lies in memory where it can, and this does not."""
        elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="eic-init-", dir=DAEMON))
        self.addCleanup(shutil.rmtree, elsewhere)
        self.backed_up()
        shutil.copy(self.copy, elsewhere)
        self.lose()
        r = self.eicd("restore", elsewhere / "backup.db")
        self.assertEqual((r.returncode, r.stderr), (0, ""))

    def test_while_somebody_writes(self):
        """What is not committed is not in the copy; the files beside the store are core's."""
        with contextlib.closing(sqlite3.connect(self.state / "db/eicd.db")) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO meta VALUES ('half', x'00')")
            self.backed_up()
            db.rollback()
        with contextlib.closing(sqlite3.connect(self.copy)) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(db.execute("SELECT 1 FROM meta WHERE name = 'half'").fetchall(), [])

    def test_makes_no_file_of_root_beside_the_database(self):
        self.backed_up()
        self.assertEqual({p.stat().st_uid for p in (self.state / "db").iterdir()}, {CORE})

    def test_overwrites_nothing(self):
        self.backed_up()
        self.refused(f"{self.copy}: is there already", "backup", self.copy)
        self.refused("there already, and not overwritten", "restore", self.copy)
        (self.dir / "next.partial").touch()
        self.refused("was interrupted", "backup", self.dir / "next")

    def test_while_eicd_runs(self):
        """It would go on in the file that was, and what it does there would be lost."""
        self.backed_up()
        self.lose()
        fd = os.open(self.state, os.O_RDONLY)
        self.addCleanup(os.close, fd)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self.refused("eicd runs: stop it first", "restore", self.copy)
        fcntl.flock(fd, fcntl.LOCK_UN)
        self.assertEqual(self.eicd("restore", self.copy).returncode, 0)

    def test_a_key_of_another_installation(self):
        self.backed_up()
        self.lose()
        kek = self.state / "kek"
        kek.unlink()
        kek.write_text("0" * 64 + "\n", encoding="ascii")
        kek.chmod(0o400)
        self.refused(f"{kek}: is not the key-encryption key of this backup", "restore", self.copy)
        kek.unlink()
        self.refused(str(kek), "restore", self.copy)

    def test_a_log_that_would_be_played_into_it(self):
        """SQLite takes what lies there for the log of the database that lies beside it."""
        self.backed_up()
        self.lose()
        for name in "eicd.db-wal", "eicd.db-shm", "eicd.db-journal", "eicd.db.init-wal":
            left = self.state / "db" / name
            left.touch()
            self.refused(f"{left}: left of a database that is gone; move it away", "restore",
                         self.copy)
            left.unlink()

    def test_a_clock_before_the_newest_record(self):
        """By a clock of 1970 nothing would be void."""
        self.backed_up()
        self.lose()
        db = sqlite3.connect(self.copy)
        account, = db.execute("SELECT account_id FROM account").fetchone()
        later = int(time.time()) + 3600
        texts = ["x"] * 8
        db.execute(f"INSERT INTO audit_event VALUES (7, 'e', ?, ?, 'x', 'x', 0, {'?, ' * 6}?, "
                   "zeroblob(32), zeroblob(32), '{}')", (later, account, *texts[:7]))
        db.commit()
        db.close()
        before = self.tree()
        r = self.eicd("restore", self.copy)
        self.assertEqual((r.returncode, r.stdout), (1, ""))
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(later))
        said = re.fullmatch("eicd restore: the clock says (.{19}Z), but the newest record of the "
                            rf"backup is of {when}: set the clock \(see also --trust-clock\)\n",
                            r.stderr)
        self.assertTrue(said, r.stderr)
        now = calendar.timegm(time.strptime(said[1], "%Y-%m-%dT%H:%M:%SZ"))
        self.assertIn(now, range(later - 3600, later))
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.eicd("restore", "--trust-clock", self.copy).returncode, 0)
        (at,), = self.rows("SELECT value FROM meta WHERE name = 'restored_at'")
        self.assertIn(int(at), range(now, later))

    def test_a_directory_that_is_not_cores(self):
        self.backed_up()
        self.lose()
        os.chown(self.state / "db", FRONT, FRONT)
        self.refused(f"{self.state}/db: must belong to {CORE}", "restore", self.copy)

    def test_an_exported_trail_that_is_there(self):
        self.backed_up()
        self.lose()
        trail = self.dir / "trail/records"
        trail.parent.mkdir()
        trail.touch()
        self.configure(paths=f"libexec_dir = {INIT.parent}\n[audit]\naudit_export = {trail}")
        self.refused(f"{trail}: holds the trail of the database that was", "restore", self.copy)

    def test_what_is_no_backup(self):
        self.lose()
        self.refused("No such file", "restore", self.dir / "none")
        self.copy.write_text("no database\n", encoding="ascii")
        self.refused("not an openeic store", "restore", self.copy)
        self.refused("usage: eicd restore", "restore", code=2)
        self.refused("usage: eicd backup", "backup", "a", "b", code=2)

    def test_a_database_that_is_not_there(self):
        self.lose()
        self.refused("No such file", "backup", self.copy)


if __name__ == "__main__":
    unittest.main()
