#!/usr/bin/env python3
"""lab_test BUILD_DIR: tests lab/up, env, status, restart and down as a person uses them: when
something is in the way, twice in a row, after crashes, and whether anything is left.
"""
import contextlib
import ipaddress
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"


def mark(lab):
    """What the names of the lab's namespaces and links begin with."""
    r = labkit.run("sh", "-c", f"printf %s {lab.lab_dir}/state | cksum")
    return f"eic{int(r.out.split()[0]) & 0xffff:04x}-"


def left(lab):
    """What the lab has on this machine, a line each."""
    signs = (mark(lab), str(lab.lab_dir), lab.cidr)
    lines = []
    for what in (("ip", "-o", "link"), ("ip", "route", "show", "table", "all"), ("ip", "netns"),
                 ("nft", "list", "ruleset"), ("cat", "/proc/mounts", "/etc/hosts", "/etc/passwd")):
        lines += labkit.run(*what).out.splitlines()
    for p in pathlib.Path("/proc").glob("[0-9]*"):
        if int(p.name) != os.getpid():
            mounts = _text(p / "mountinfo").replace("\n", " ")
            # The guests of another lab have what was mounted when they were started.
            if "/state/instances/" in mounts and str(lab.lab_dir) not in mounts:
                mounts = ""
            lines.append(_text(p / "cmdline").replace("\0", " ") + mounts)
    return [line for line in lines if any(sign in line for sign in signs)]


class Here(unittest.TestCase):
    def setUp(self):
        self.lab = labkit.Lab(BUILD)
        self.addCleanup(self.lab.release)
        self.addCleanup(shutil.rmtree, self.lab.dir, True)

    def tearDown(self):
        r = self.lab.verb("down")
        self.assertEqual(r.code, 0, r)
        self.assertRegex(r.out, "nothing (of one )?is left")
        self.assertFalse(self.lab.lab_dir.exists())
        self.assertEqual(left(self.lab), [])

    def refused(self, why, **settings):
        self.lab.env.update({k: str(v) for k, v in settings.items()})
        for check in ((), ("check",)):
            if check and "EIC_LAB_BUILD" in settings:
                continue  # it is asked before anything is built
            r = self.lab.verb("up", *check)
            self.assertEqual((r.code, r.out), (1, ""), r)
            self.assertRegex(r.err, why)
            self.assertEqual(len(r.err.splitlines()), 1, r)
            self.assertFalse(self.lab.lab_dir.exists())

    # ---- what is in the way ----

    def test_a_port_that_somebody_has(self):
        with socket.create_server(("127.0.0.1", self.lab.port)):
            self.refused(f"port {self.lab.port} is taken by python3 \\(process {os.getpid()}\\); "
                         "choose another: EIC_LAB_PORT=")
        with socket.create_server(("0.0.0.0", self.lab.port)):
            self.refused(f"port {self.lab.port} is taken by python3")

    def test_a_range_that_somebody_has(self):
        range_ = ipaddress.ip_network(self.lab.cidr)
        for route in (next(range_.subnets()), range_, range_.supernet(new_prefix=27)):
            labkit.run("ip", "route", "add", route, "dev", "lo")
            try:
                self.refused(f"{range_} is routed on this machine already .*dev lo.*"
                             "EIC_LAB_PUBLIC_CIDR")
            finally:
                labkit.run("ip", "route", "del", route, "dev", "lo")

    def test_a_program_that_is_not_built(self):
        self.refused("not built; make build", EIC_LAB_BUILD="/nowhere/build")

    def test_only_who_asks_for_the_usage_does_well(self):
        for name in ("up", "down", "env", "status", "restart"):
            for argument, code in (("--help", 0), ("--bogus", 2)):
                r = self.lab.verb(name, argument)
                self.assertEqual((r.code, r.out.startswith("usage: ")), (code, True), r)
        self.assertEqual(self.lab.verb("restart").code, 2)

    def test_settings_that_make_no_sense(self):
        for why, name, value in (("EIC_LAB_PORT", "EIC_LAB_PORT", "0"),
                                 ("EIC_LAB_PORT", "EIC_LAB_PORT", "65536"),
                                 ("EIC_LAB_PORT", "EIC_LAB_PORT", "https"),
                                 ("EIC_LAB_REGION", "EIC_LAB_REGION", "mars"),
                                 ("EIC_LAB_ADDRESS", "EIC_LAB_ADDRESS", "localhost"),
                                 ("range", "EIC_LAB_PUBLIC_CIDR", "198.18.0.0/30"),
                                 ("range", "EIC_LAB_PUBLIC_CIDR", "198.18.0.1/28"),
                                 ("range", "EIC_LAB_LINK_CIDR", "198.256.0.0/16")):
            with self.subTest(name + "=" + value):
                good = self.lab.env[name] if name in self.lab.env else None
                self.refused(why, **{name: value})
                self.lab.env.pop(name) if good is None else self.lab.env.update({name: good})

    def test_a_directory_that_holds_something_else(self):
        self.lab.lab_dir.mkdir()
        mine = self.lab.lab_dir / "mine"
        mine.write_text("x")
        r = self.lab.verb("up")
        self.assertIn("holds files that are not a lab's", r.err)
        r = self.lab.verb("down")
        self.assertEqual((r.code, mine.read_text()), (0, "x"))
        self.assertIn("stays", r.out)
        mine.unlink()
        self.lab.lab_dir.rmdir()

    # ---- life ----

    def test_up_shows_a_login(self):
        self.lab.env.pop("EIC_LAB_DEMO")
        r = self.lab.verb("up")
        self.assertEqual((r.code, r.err), (0, ""), r)
        for text in ("send-ssh-public-key", '"Success": true', "uid=1000(ec2-user)",
                     "export AWS_ENDPOINT_URL=", "lab/down"):
            self.assertIn(text, r.out)
        again = self.lab.verb("up")
        self.assertEqual((again.code, again.err), (0, ""), again)
        self.assertIn("is up already", again.out)
        text = self.lab.verb("status").out
        self.assertRegex(text, r"region +us-east-1 at https://127.0.0.1:\d+: answers")
        self.assertRegex(text, r"instance +i-[0-9a-f]{17} running 172\.31\.\d+\.\d+ 198\.18\.")
        self.assertNotRegex(text, r"process +\S+ -$")

    def test_check_only_says_whether_it_could(self):
        r = self.lab.verb("up", "check")
        self.assertEqual((r.code, r.out, r.err), (0, "", ""), r)
        self.assertFalse(self.lab.lab_dir.exists())

    def test_restart_keeps_the_log(self):
        self.lab.up()
        self.assertEqual(self.lab.verb("restart", "agent").code, 0)
        log = (self.lab.lab_dir / "agent.log").read_text()
        self.assertEqual(log.count(" ev=uplink_open"), 2, log)
        self.assertEqual(self.lab.verb("up", "check").code, 0)

    def test_restart_ends_nothing_for_a_configuration_that_is_wrong(self):
        self.lab.up()
        agent = self.lab.pid("eic-agent")
        for half, conf, line in (("eicd", "eicd.conf", "[audit]\naudit_exports = /x\n"),
                                 ("agent", "agent.conf", "helpers = openeic\n")):
            with self.subTest(half):
                conf = self.lab.lab_dir / conf
                conf.write_text(conf.read_text() + line)
                r = self.lab.verb("restart", half)
                self.assertEqual((r.code, r.out), (1, ""), r)
                self.assertIn(line.split(" =")[0].split("\n")[-1], r.err)
        self.assertIn("answers", self.lab.verb("status").out)
        self.assertEqual(self.lab.pid("eic-agent"), agent)

    def test_env_is_for_any_shell(self):
        self.lab.up()
        command = (f"eval \"$({shlex.quote(str(labkit.ROOT / 'lab' / 'env'))})\"; "
                   "env | sort; exec /usr/bin/aws sts get-caller-identity --output text")
        env = {"EIC_LAB_DIR": str(self.lab.lab_dir), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
               "AWS_PROFILE": "somebody", "AWS_SESSION_TOKEN": "stale",
               "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "example.com"}
        for shell in ("sh", "bash"):
            r = labkit.run(shell, "-c", command, env=env)
            self.assertEqual(r.code, 0, r)
            self.assertIn("NO_PROXY=example.com,localhost,127.0.0.1", r.out)
            self.assertIn("arn:aws:iam::", r.out)
            self.assertNotIn("stale", r.out)

    def test_two_labs_side_by_side(self):
        other = labkit.Lab(BUILD)
        self.addCleanup(shutil.rmtree, other.dir, True)
        self.lab.up()
        try:
            other.up()
            mine, theirs = self.lab.run_instance(), other.run_instance()
            for lab, one in ((self.lab, mine), (other, theirs)):
                key = lab.key("k")
                lab.push(one["InstanceId"], key)
                r = lab.ssh(one["PublicIpAddress"], key)
                self.assertEqual((r.code, r.out), (0, "ec2-user\n"), r)
            clash = labkit.Lab(BUILD, EIC_LAB_PUBLIC_CIDR=self.lab.cidr)
            self.addCleanup(clash.release)
            self.addCleanup(shutil.rmtree, clash.dir, True)
            self.assertIn("is routed on this machine already", clash.verb("up").err)
        finally:
            other.down()
        self.assertIn("answers", self.lab.verb("status").out)

    def test_restart(self):
        self.lab.up()
        one = self.lab.run_instance()
        for half, program in (("eicd", "eicd"), ("agent", "eic-agent")):
            old = self.lab.pid(program)
            r = self.lab.verb("restart", half)
            self.assertEqual((r.code, r.err), (0, ""), r)
            self.assertNotEqual(self.lab.pid(program), old)
            key = self.lab.key("k-" + half)
            labkit.wait_for("a push to succeed", lambda: self.lab.aws(
                *self.lab.push_args(one["InstanceId"], key)).code == 0)
            self.assertEqual(self.lab.ssh(one["PublicIpAddress"], key).code, 0)

    # ---- down, whatever happened before (tearDown looks at what is left) ----

    def test_down_without_up_and_twice(self):
        for _ in range(2):
            r = self.lab.verb("down")
            self.assertEqual((r.code, r.err), (0, ""), r)
            self.assertIn("there was no lab", r.out)

    def crash(self):
        """An up lab with an instance, of which every process is killed at once."""
        self.lab.up()
        one = self.lab.run_instance()
        pids = [p for p in pathlib.Path("/proc").glob("[0-9]*")
                if str(self.lab.lab_dir) in _text(p / "cmdline") + _text(p / "mountinfo")]
        self.assertTrue(left(self.lab))
        self.assertGreater(len(pids), 8)
        for p in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(p.name), signal.SIGKILL)
        return one

    def test_down_after_everything_was_killed(self):
        self.crash()
        r = self.lab.verb("up")
        self.assertEqual(r.code, 1)
        self.assertIn("an earlier lab", r.err)

    def test_down_after_the_files_are_lost(self):
        self.lab.up()
        self.lab.run_instance()
        shutil.rmtree(self.lab.lab_dir)

    def test_down_after_the_networks_are_lost(self):
        self.crash()
        names = [n for n in labkit.run("ip", "netns").out.split() if n.startswith(mark(self.lab))]
        self.assertEqual(len(names), 2)
        for name in names:
            labkit.run("ip", "netns", "delete", name)

    def test_down_where_nothing_can_be_written(self):
        """What is not a file goes all the same, and the files are named."""
        self.lab.up()
        self.lab.run_instance()
        where = str(self.lab.lab_dir)
        for options in (("--bind", where, where), ("-o", "remount,bind,ro", where)):
            self.assertEqual(labkit.run("mount", *options).code, 0)
        try:
            r = self.lab.verb("down")
            self.assertEqual((r.code, r.out), (1, ""), r)
            self.assertIn(f"  file {where}/state\n", r.err)
            for line in r.err.splitlines()[1:]:
                self.assertTrue(line.startswith(f"  file {where}/"), r.err)
            self.assertEqual([line for line in left(self.lab) if " ro" not in line], [])
        finally:
            labkit.run("umount", where)

    def test_down_in_the_middle_of_up(self):
        p = subprocess.Popen([labkit.ROOT / "lab" / "up"], env=self.lab.env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             start_new_session=True)
        for line in p.stdout:
            if line.strip().startswith("eicd at"):
                break
        os.killpg(p.pid, signal.SIGKILL)
        p.communicate()


def _text(path):
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    unittest.main(verbosity=2)
