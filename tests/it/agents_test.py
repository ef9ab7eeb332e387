#!/usr/bin/env python3
"""agents_test BUILD_DIR: tests `eicd agents` with eicd and an agent as they are: a certificate that is
renewed over the link, one that is revoked, and one that a person issues. It needs root."""
import fcntl
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

import claim

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
EICD, AGENT = BUILD / "src/daemon/eicd", BUILD / "src/agent/eic-agent"
FRONT, CORE, KEYD = 64001, 64002, 64003
MINE = claim.Claim()


def run(*argv):
    return subprocess.run([str(a) for a in argv], text=True, check=False, timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True)


def wait_for(what, condition, seconds=90):
    end = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


class AgentsTest(unittest.TestCase):
    def setUp(self):
        self.dir = claim.scratch("eic-agents-")
        self.dir.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.dir)
        self.state, self.conf = self.dir / "state", self.dir / "eicd.conf"
        self.port, self.running = MINE.port(), {}
        self.configure()
        done = run(EICD, "-c", self.conf, "init", "--agent-dir", self.dir / "first",
                   "--credentials-file", self.dir / "credentials")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.vpc = re.search(r"vpc-[0-9a-f]+", done.stdout).group()
        self.id = f"agent-{self.vpc}"
        self.addCleanup(self.end_all)

    def configure(self, lifetime="30d"):
        self.conf.write_text(
            f"[server]\nregion = eu-lab-2\nlisten = 127.0.0.1:{self.port}\n"
            f"[paths]\nstate_dir = {self.state}\nrun_dir = {self.dir}/run\n"
            f"libexec_dir = {BUILD}/src/daemon\n"
            f"[processes]\nfront_user = {FRONT}\ncore_user = {CORE}\nkeyd_user = {KEYD}\n"
            f"[signer]\nagent_lifetime = {lifetime}\n")

    def agent_conf(self, given):
        (self.dir / "agent").mkdir(exist_ok=True)
        conf = self.dir / "agent.conf"
        conf.write_text(
            f"[agent]\nendpoint = localhost:{self.port}\nca = {given}/ca.pem\n"
            f"certificate = {given}/cert.pem\nkey = {given}/key.pem\n"
            f"run_dir = {self.dir}/agent-run\nstate_dir = {self.dir}/agent\n"
            f"libexec_dir = {BUILD}/src/agent\nuplink_user = 64011\nimds_user = 64012\n"
            f"reconnect_min_ms = 50\nreconnect_max_ms = 400\n"
            f"[imds]\nimds_listen = 127.0.0.1:{MINE.port()}\n")
        return conf

    def start(self, name, *argv):
        with (self.dir / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen([str(a) for a in argv], stderr=log)

    def end(self, name):
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def end_all(self):
        for name in list(self.running):
            self.end(name)

    def logged(self, name, text):
        return (self.dir / f"{name}.log").read_text().count(text)

    def agents(self, *argv):
        return run(EICD, "-c", self.conf, "agents", *argv)

    def listed(self):
        """The words of the agent's line."""
        done = self.agents()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line for line in done.stdout.splitlines() if line.startswith(self.id)][0].split()

    def row(self):
        db = sqlite3.connect(f"file:{self.state}/db/eicd.db?mode=ro", uri=True)
        try:
            return db.execute("SELECT cert_sha256, cert_not_after, next_sha256, revoked_at "
                              "FROM agent").fetchone()
        finally:
            db.close()

    def up(self, given="first"):
        if "eicd" not in self.running:
            before = self.logged("eicd", "ev=ready") if (self.dir / "eicd.log").exists() else 0
            self.start("eicd", EICD, "-c", self.conf)
            wait_for("eicd", lambda: self.logged("eicd", "ev=ready") > before)
        self.start("agent", AGENT, "-c", self.agent_conf(self.dir / given))

    def synced(self, times):
        wait_for("sync", lambda: self.logged("agent", "ev=synced") >= times)

    def test_renewed_revoked_issued(self):
        self.assertEqual(self.listed()[1], self.vpc)
        self.assertEqual(self.listed()[-1], "never")
        made, ends, *_ = self.row()
        self.assertAlmostEqual(ends, time.time() + 30 * 86400, delta=3600)
        self.up()
        self.synced(1)
        self.assertNotEqual(self.listed()[-1], "never")
        # A shorter life: the agent has a new key certified, and comes with it.
        self.configure("1h")
        self.running["eicd"].send_signal(signal.SIGHUP)
        wait_for("a new certificate", lambda: self.row()[0] != made)
        self.synced(2)
        renewed, ends, following, _ = self.row()
        self.assertAlmostEqual(ends, time.time() + 3600, delta=900)
        self.assertIsNone(following)
        self.assertEqual(self.logged("eicd", "ev=agent-renewed"), 1)
        self.assertTrue((self.dir / "agent/renewed.pem").exists())
        # Revoked while eicd runs: the link ends, the agent drops what it knew, and no other comes.
        done = self.agents("revoke", self.id)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, f"{self.id} is revoked.\n", ""))
        wait_for("the end", lambda: self.logged("agent", "ev=revoked"))
        wait_for("a refusal", lambda: self.logged("eicd", 'ev=agent-refused'))
        self.assertEqual(self.logged("eicd", "ev=agent-revoked"), 1)
        self.assertEqual(self.listed()[-1], "revoked")
        done = self.agents("revoke", self.id)
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"eicd agents: {self.id}: revoked already\n"))
        # A person gives it a certificate; what it had counts no more. It has the renewed one too,
        # which eicd does not take.
        done = self.agents("issue", "--dir", self.dir / "second", self.vpc)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        modes = {p.name: (p.stat().st_uid, p.stat().st_mode & 0o777)
                 for p in (self.dir / "second").iterdir()}
        self.assertEqual(modes, {"cert.pem": (0, 0o444), "key.pem": (0, 0o400),
                                 "ca.pem": (0, 0o444)})
        self.assertNotIn(self.row()[0], (made, renewed))
        self.end("agent")
        self.up("second")
        self.synced(3)
        self.assertEqual(self.row()[3], 0)

    def test_while_eicd_does_not_run(self):
        made = self.row()[0]
        self.assertEqual(self.agents("revoke", self.id).returncode, 0)
        self.up()
        wait_for("a refusal", lambda: self.logged("eicd", 'why="revoked"'))
        self.assertFalse(self.logged("agent", "ev=synced"))
        self.assertEqual(self.row()[0], made)

    def test_issue_beside_a_writer(self):
        """The files are there before the database is waited for, so that nobody waits for them; and
        whenever it ends, a certificate counts."""
        before = self.row()
        given = self.dir / "second"
        given.mkdir()
        for name in "cert", "key", "ca":  # an issue that was interrupted
            (given / f"{name}.pem.init").write_text("left")
        db = sqlite3.connect(f"{self.state}/db/eicd.db", isolation_level=None)
        self.addCleanup(db.close)
        db.execute("BEGIN IMMEDIATE")
        for killed in True, False:
            self.start("agents", BUILD / "src/daemon/eicd-agents", "-c", self.conf, "issue",
                       "--dir", given, self.vpc)
            process = self.running.pop("agents")
            self.addCleanup(process.kill)
            wait_for("its files", (given / "cert.pem").exists)
            ignored = re.search(r"^SigIgn:\s*(\w+)$",
                                pathlib.Path(f"/proc/{process.pid}/status").read_text(), re.M)[1]
            for number in signal.SIGINT, signal.SIGTERM, signal.SIGTSTP:
                self.assertTrue(int(ignored, 16) >> (number - 1) & 1, number)
            if killed:
                process.kill()
                process.wait()
                self.assertEqual(self.row(), before)
                self.assertEqual({p.name for p in given.iterdir()},
                                 {"cert.pem", "key.pem", "ca.pem"})
                for file in given.iterdir():
                    file.unlink()
        db.execute("COMMIT")
        self.assertEqual(process.wait(60), 0)
        self.assertNotEqual(self.row(), before)
        self.assertEqual({p.name for p in given.iterdir()}, {"cert.pem", "key.pem", "ca.pem"})
        # Without its row nothing is left of it.
        before = self.row()
        db.execute("CREATE TRIGGER no BEFORE UPDATE ON agent BEGIN SELECT RAISE(FAIL, 'no'); END")
        done = self.agents("issue", "--dir", self.dir / "x", self.vpc)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertFalse((self.dir / "x").exists())
        self.assertEqual(self.row(), before)
        # A list of any length, each agent once.
        db.execute("""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
                   INSERT INTO agent (agent_id, account_id, cert_sha256, instance_id, created_at,
                   last_seen_at)
                   SELECT printf('agent-i-%032x', i), account_id, printf('%064x', i),
                   printf('i-%032x', i), 1, 0 FROM n, agent""")
        done = self.agents("list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(sorted(re.findall(r"(?m)^agent-\S+", done.stdout)),
                         [f"agent-i-{i:032x}" for i in range(1, 40001)] + [self.id])

    def test_refusals(self):
        before = self.row()
        rows = [
            (("revoke", "agent-9"), 1, "eicd agents: agent-9: no such agent\n"),
            (("issue", "--dir", self.dir / "x", "host"), 1,
             "eicd agents: host: not the id of a VPC or of an instance\n"),
            (("issue", "--dir", self.dir / "x", "vpc-../../x"), 1,
             "eicd agents: vpc-../../x: not the id of a VPC or of an instance\n"),
            (("issue", "--dir", self.dir / "x", "vpc-00000000"), 1,
             "eicd agents: vpc-00000000: no such VPC\n"),
            (("issue", "--dir", self.dir / "x", "i-00000000"), 1,
             "eicd agents: i-00000000: no such instance\n"),
            (("issue", "--dir", self.dir / "first", self.vpc), 1,
             f"eicd agents: {self.dir}/first/cert.pem: there already, and not overwritten\n"),
            (("issue", self.vpc), 2, None), (("revoke",), 2, None), (("revoke", "a", "b"), 2, None),
            (("list", "x"), 2, None), (("drop", "x"), 2, None),
            (("revoke", "--dir", "/x", "y"), 2, None),
        ]
        for argv, code, error in rows:
            done = self.agents(*argv)
            self.assertEqual((done.returncode, done.stderr),
                             (code, error or "eicd agents: not so; see eicd agents --help\n"), argv)
        self.assertFalse((self.dir / "x").exists())
        # Two of them would stage the same names.
        (self.dir / "x").mkdir()
        fd = os.open(self.dir / "x", os.O_RDONLY)
        self.addCleanup(os.close, fd)
        fcntl.flock(fd, fcntl.LOCK_EX)
        done = self.agents("issue", "--dir", self.dir / "x", self.vpc)
        self.assertEqual((done.returncode, done.stderr), (
            1, f"eicd agents: {self.dir}/x: another eicd agents writes there\n"))
        self.assertEqual(list((self.dir / "x").iterdir()), [])
        self.assertEqual(self.row(), before)
        self.assertIn("usage: eicd agents", self.agents("--help").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
