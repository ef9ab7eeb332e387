#!/usr/bin/env python3
"""rotate_test BUILD_DIR: makes every key of a region anew, one after another, while somebody pushes
keys and logs in all the time (decision 0056). No login fails, and no push but while eicd is away
for the commands that need its database."""
import os
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import time
import unittest

import apikit
import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
EICD = pathlib.Path(BUILD) / "src/daemon/eicd"


class Loop(threading.Thread):
    """Does something again and again; when it worked, and what failed and when."""

    def __init__(self, step):
        super().__init__()
        self.step, self.over = step, threading.Event()
        self.good, self.failed = [], []
        self.start()

    def run(self):
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                self.step()
                self.good.append(time.monotonic())
            except Exception as e:  # pylint: disable=broad-except
                self.failed.append((begin, repr(e)))
                self.over.wait(0.05)

    def end(self):
        self.over.set()
        self.join()

    def longest(self):
        """The longest time from one success to the next."""
        return max(b - a for a, b in zip(self.good, self.good[1:]))

    def goes_on(self):
        before = len(self.good)
        labkit.wait_for("two more", lambda: len(self.good) > before + 1)


class Rotate(unittest.TestCase):
    def setUp(self):
        self.lab = labkit.Lab(BUILD)
        self.addCleanup(self.lab.down)
        self.lab.up()
        self.state, self.conf = self.lab.lab_dir / "state", self.lab.lab_dir / "eicd.conf"
        self.one = self.lab.run_instance()
        self.key = self.lab.key("rotate")
        self.ctx = ssl.create_default_context(cafile=self.state / "ca.pem")
        self.away, self.reloads = [], []

    def keys(self, command):
        r = labkit.run(EICD, "-c", self.conf, "keys", command)
        self.assertEqual((r.code, r.err), (0, ""), (command, r))

    def keys_without_eicd(self, command):
        """Ends eicd, runs the command, and starts it."""
        begin = time.monotonic()
        os.kill(self.lab.pid("eicd"), 15)
        labkit.wait_for("the end of eicd", lambda: self.lab.pid("eicd") is None)
        self.keys(command)
        r = self.lab.verb("restart", "eicd")
        self.assertEqual(r.code, 0, r)
        # Until the agent is connected, too, a push is refused.
        pushed = len(self.pushes.good)
        labkit.wait_for("a push", lambda: len(self.pushes.good) > pushed)
        self.away.append((begin, time.monotonic()))

    def hup(self):
        before, begin = self.log().count("ev=reload config="), time.monotonic()
        os.kill(self.lab.pid("eicd"), 1)
        labkit.wait_for("the reload", lambda: self.log().count("ev=reload config=") > before)
        self.pushes.goes_on()
        # Front and keyd-tls do not take a new key in the same moment: a handshake between the two
        # fails, and a client of AWS tries again (docs/operations.md).
        self.reloads.append((begin, time.monotonic()))

    def log(self):
        return (self.lab.lab_dir / "eicd.log").read_text(encoding="utf-8")

    def push(self):
        public = pathlib.Path(f"{self.key}.pub").read_text(encoding="ascii").strip()
        client = apikit.Client(self.lab, self.ctx)
        try:
            status, text = client.request(apikit.CONNECT, {
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": "AWSEC2InstanceConnectService.SendSSHPublicKey"},
                apikit.json.dumps({"InstanceId": self.one["InstanceId"],
                                   "InstanceOSUser": "ec2-user", "SSHPublicKey": public}))
        finally:
            client.close()
        assert status == 200, (status, text)

    def login(self):
        r = self.lab.ssh(self.one["PublicIpAddress"], self.key)
        assert (r.code, r.out.strip()) == (0, "ec2-user"), r

    def test_every_key(self):
        self.push()
        self.pushes, self.logins = Loop(self.push), Loop(self.login)
        begin = time.monotonic()
        try:
            self.rotate()
        finally:
            took = time.monotonic() - begin
            self.pushes.end()
            self.logins.end()
        self.assertEqual(self.logins.failed, [])
        self.assertEqual([f for f in self.pushes.failed
                          if not any(a <= f[0] <= b for a, b in self.away) and
                          not ("BAD_SIGNATURE" in f[1] and
                               any(a <= f[0] <= b for a, b in self.reloads))], [])
        print(f"\nall keys anew in {took:.1f} s; {len(self.pushes.good)} pushes, the longest pause "
              f"{self.pushes.longest():.2f} s; {len(self.logins.good)} logins, the longest pause "
              f"{self.logins.longest():.2f} s", file=sys.stderr)

    def rotate(self):
        # The API's certificate, and its authority: clients and agents are given both.
        self.keys("tls")
        self.hup()
        self.keys("ca-next")
        self.ctx.load_verify_locations(self.state / "ca.pem")
        agent_ca = self.lab.lab_dir / "agent/ca.pem"
        agent_ca.unlink()
        agent_ca.write_bytes((self.state / "ca.pem").read_bytes())
        agent = self.lab.pid("eic-agent")
        os.kill(agent, 1)
        self.keys("ca-use")
        self.hup()
        self.pushes.goes_on()
        # The root: hosts are given both.
        self.keys("root-next")
        r = labkit.run(labkit.ROOT / "lab/driver/roots-install",
                       env={"PATH": os.environ["PATH"], "EIC_STATE_DIR": str(self.state)})
        self.assertEqual(r.code, 0, r)
        self.logins.goes_on()
        self.keys_without_eicd("root-use")
        self.logins.goes_on()
        # Hosts trust the new one alone from now on.
        r = labkit.run(labkit.ROOT / "lab/driver/roots-install",
                       env={"PATH": os.environ["PATH"], "EIC_STATE_DIR": str(self.state)})
        self.assertEqual(r.code, 0, r)
        self.logins.goes_on()
        self.keys_without_eicd("signers")
        self.logins.goes_on()
        self.keys_without_eicd("kek")
        self.pushes.goes_on()
        self.logins.goes_on()


if __name__ == "__main__":
    unittest.main(verbosity=2)
