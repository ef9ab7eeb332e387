#!/usr/bin/env python3
"""driver_test BUILD_DIR: tests the verbs of the lab's driver by running them without eicd.

The helper in the image is a stand-in that prints one known key, so a login shows that sshd,
the accounts and the network of an instance are right.
"""
import atexit
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

import claim

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = ROOT / "lab" / "driver"
MINE = claim.Claim()
NET, LOCAL = MINE.other, MINE.vpc
PUBLIC = NET + ".240/28"
VPC, OTHER_VPC = "vpc-0d1e0000000000001", "vpc-0d1e0000000000002"
SUBNET = "subnet-0d1e0000000000001"
CIDR = LOCAL + ".16.0/20"


def guest(n, public=True):
    """Id, private and public address, MAC."""
    return (f"i-0d1e00000000000{n:02x}", f"{LOCAL}.16.{n}",
            f"{NET}.{240 + n}" if public else "none", f"02:00:00:d1:00:{n:02x}")


ONE, TWO, ALONE = guest(4), guest(5), guest(6, public=False)
SSH_OPEN = "tcp:22:22:0.0.0.0/0"


def run(*argv, timeout=120, **more):
    return subprocess.run([str(a) for a in argv], timeout=timeout, text=True, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, **more)


def out(*argv):
    r = run(*argv)
    assert r.returncode == 0, (argv, r)
    return r.stdout


def setUpModule():
    global base, state, key, PREFIX
    while True:
        base = claim.scratch("eic-driver-")
        state, key = base / "state", base / "key"
        crc = int(out("sh", "-c", f"printf %s {state} | cksum").split()[0])
        PREFIX = f"eic{crc & 0xffff:04x}-"  # the lab's mark, from the path of its state
        if MINE.mark(crc):
            break
        base.rmdir()
    state.mkdir()
    unittest.addModuleCleanup(tear_down)
    # unittest cleans up neither when it is interrupted nor when it is asked to end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    atexit.register(tear_down)
    out("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
    helper = base / "helper"
    helper.write_text(f"#!/bin/sh\n[ \"$1\" = ubuntu ] || echo '{(base / 'key.pub').read_text()}'\n")
    helper.chmod(0o755)
    out("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", base / "ca.key",
        "-subj", "/O=openeic/CN=driver  test root", "-out", base / "ca.pem")
    (state / "driver.conf").write_text(
        f"public_cidr={PUBLIC}\nlink_cidr={MINE.link}.0/24\nhelper={helper}\n"
        f"root_ca={base}/ca.pem\nhidden='{ROOT}'\n")
    out("env", f"EIC_STATE_DIR={state}", DRIVER / "image-build")
    ok("vpc-create", vpc=VPC, cidr=LOCAL + ".0.0/16")
    ok("subnet-create", vpc=VPC, subnet=SUBNET, cidr=CIDR)
    for one in (ONE, TWO, ALONE):
        start("instance-run", one)


def tear_down():
    atexit.unregister(tear_down)
    for one in (ONE, TWO, ALONE):
        verb("instance-terminate", instance=one[0])
    for vpc in (VPC, OTHER_VPC):
        verb("vpc-delete", vpc=vpc)
    shutil.rmtree(base)
    left = [line for what in (("ip", "netns"), ("ip", "-o", "link"), ("ip", "route"), ("mount",))
            for line in out(*what).splitlines() if PREFIX in line or NET + "." in line]
    assert not left, left


def verb(name, **options):
    args = [a for k, v in options.items() for a in ("--" + k.replace("_", "-"), v)]
    return run(DRIVER / name, *args, env={"PATH": os.environ["PATH"], "EIC_STATE_DIR": str(state)})


def ok(name, **options):
    r = verb(name, **options)
    assert r.returncode == 0 and r.stderr == "", (name, options, r)
    return r.stdout


def start(name, one, ingress=SSH_OPEN):
    instance, private, public, mac = one
    assert ok(name, instance=instance, vpc=VPC, subnet=SUBNET, cidr=CIDR, private_ip=private,
              public_ip=public, mac=mac, hostname="ip-" + private.replace(".", "-"),
              ingress=ingress) == ""


def status(one):
    return ok("instance-status", instance=one[0]).strip()


def ssh(one, *command, user="ec2-user", wait=20):
    return run("ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
               "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o",
               f"ConnectTimeout={wait}", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-i", key,
               f"{user}@{one[2]}", *command)


def inside(one, command):
    """A command as the instance's ec2-user; its output whatever its outcome."""
    r = ssh(one, command + " 2>&1 || true")
    assert r.returncode == 0, r
    return r.stdout


def in_netns(one, *argv):
    return run("nsenter", f"--net=/run/netns/{PREFIX}{one[0]}", *argv)


def connects(one_from, address, port, wait=20):
    code = f"import socket; socket.create_connection(('{address}', {port}), {wait})"
    return in_netns(one_from, "python3", "-c", code).returncode == 0


def is_stopped(one_from, address, port):
    return not connects(one_from, address, port, wait=1)


class Listener:
    """A TCP server in a namespace, until the block ends."""

    def __init__(self, netns, address, port):
        code = ("import socket; s = socket.create_server(('%s', %d)); print('up', flush=True)\n"
                "while 1: s.accept()[0].close()" % (address, port))
        self.p = subprocess.Popen(["nsenter", f"--net=/run/netns/{netns}", "python3", "-c", code],
                                  stdout=subprocess.PIPE, text=True)
        assert self.p.stdout.readline() == "up\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.p.kill()
        self.p.wait()
        self.p.stdout.close()


class Instance(unittest.TestCase):
    """What an instance is."""

    def test_logs_in_by_the_helper_as_its_users_only(self):
        for user in ("ec2-user", "admin"):
            r = ssh(ONE, "id", "-un", user=user)
            self.assertEqual((r.returncode, r.stdout), (0, user + "\n"), r)
        for user in ("ubuntu", "root", "nosuchuser"):
            self.assertIn("Permission denied (publickey)", ssh(ONE, "id", user=user).stderr)
        for user in ("ec2-instance-connect", "nobody", "sshd"):  # a key is not a shell
            r = ssh(ONE, "id", user=user)
            self.assertEqual((r.returncode, r.stdout),
                             (1, "This account is currently not available.\n"), r)

    def test_has_a_terminal(self):
        r = run("script", "-qec", "ssh -F none -tt -o StrictHostKeyChecking=no -o BatchMode=yes "
                f"-o UserKnownHostsFile=/dev/null -i {key} ec2-user@{ONE[2]} tty", "/dev/null")
        self.assertIn("/dev/pts/0", r.stdout)

    def test_is_known_by_its_asset_tag_and_name(self):
        tag = "/sys/devices/virtual/dmi/id/board_asset_tag"
        self.assertEqual(inside(ONE, f"cat {tag}; hostname; echo x >{tag}").splitlines()[:2],
                         [ONE[0], "ip-" + ONE[1].replace(".", "-")])
        self.assertEqual(inside(ONE, "find /sys -type f").split(), [tag])

    def test_has_its_own_processes_and_no_way_to_power(self):
        text = inside(ONE, "ps -eo comm= | sort -u; grep NoNewPrivs /proc/self/status")
        self.assertLessEqual(set(text.split()), {"bwrap", "sshd", "busybox", "bash", "ps", "sort",
                                                 "NoNewPrivs:", "1"})
        # root inside: what sshd needs to log people in, and not one more
        caps = re.search(r"CapEff:\s*(\w+)", inside(ONE, "cat /proc/2/status"))[1]
        self.assertEqual(int(caps, 16), 0x200404eb)

    def disk_of_sshd(self):
        """What a sshd of ONE has as its root. One that has just ended a login has none."""
        for pid in out("ip", "netns", "pids", PREFIX + ONE[0]).split():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                process = pathlib.Path("/proc") / pid
                if (process / "comm").read_text() == "sshd\n" and \
                        (process / "root/usr/lib/openeic/guest-init").exists():
                    return process / "root"
        self.fail("no sshd")

    def test_shows_nothing_of_this_machine(self):
        self.assertEqual(inside(ONE, "ls /home; ls -A /opt /srv /mnt /var/tmp /tmp /usr/src")
                         .split("\n")[:3], ["admin", "ec2-user", "ubuntu"])
        # As root sees it, since a folder may be closed to ec2-user here and there.
        disk = self.disk_of_sshd()
        for path in base, ROOT / "lab":
            self.assertFalse((disk / path.relative_to("/")).exists(), path)
        disk = state / "instances" / ONE[0] / "disk" / "upper"
        shadow = (disk / "etc" / "shadow").read_text().splitlines()
        self.assertEqual({line.split(":")[1] for line in shadow}, {"*"})
        ours = {p.read_bytes() for p in pathlib.Path("/etc/ssh").glob("ssh_host_*_key")}
        theirs = {p.read_bytes() for p in (disk / "etc" / "ssh").glob("ssh_host_*_key")}
        self.assertEqual(len(theirs), 2)
        self.assertFalse(ours & theirs)
        names = {line.split(":")[0] for line in (disk / "etc" / "passwd").read_text().splitlines()
                 if 1000 <= int(line.split(":")[2]) < 65534}
        self.assertEqual(names, {"ec2-user", "ubuntu", "admin"})

    def test_trusts_the_root_by_name_and_hash(self):
        text = inside(ONE, "cat /etc/openeic/root.pem; cat /etc/ssl/certs/driver_test_root.pem; "
                      "cat /etc/ssl/certs/$(openssl x509 -hash -noout -in /etc/openeic/root.pem).0")
        self.assertEqual(text, (base / "ca.pem").read_text() * 3)

    def test_keeps_a_log_that_this_machine_can_read(self):
        inside(ONE, "logger -p authpriv.info 'for the auditor'")
        log = state / "instances" / ONE[0] / "syslog"
        end = time.monotonic() + 30
        while "for the auditor" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.01)
        self.assertIn("authpriv.info ec2-user: for the auditor", log.read_text())


class Network(unittest.TestCase):
    """Who reaches whom."""

    def test_private_addresses_are_not_reached_from_here(self):
        vpc = (state / "vpcs" / VPC / "conf").read_text()
        via = re.search(r"link_vpc=(\S+)", vpc)[1]
        out("ip", "route", "add", CIDR, "via", via)  # even if somebody routes them
        try:
            for one in (ONE, ALONE):
                with self.assertRaises(OSError):
                    socket.create_connection((one[1], 22), 1)
        finally:
            out("ip", "route", "del", CIDR)

    def test_unused_public_addresses_lead_nowhere(self):
        self.assertIn("unreachable", run("ip", "route", "get", NET + ".250").stderr +
                      out("ip", "route", "show", PUBLIC))
        self.assertNotEqual(run("ip", "route", "get", NET + ".250").returncode, 0)

    def test_ingress_filters_from_here_and_between_instances(self):
        try:
            self.assertTrue(connects(TWO, ALONE[1], 22))
            self.assertTrue(connects(TWO, ONE[2], 22))  # by its public address as well
            ok("instance-ingress", instance=ALONE[0], ingress=f"tcp:22:22:{ONE[1]}/32")
            self.assertTrue(is_stopped(TWO, ALONE[1], 22))
            self.assertTrue(connects(ONE, ALONE[1], 22))
            with Listener(PREFIX + ALONE[0], ALONE[1], 8080):
                self.assertTrue(is_stopped(ONE, ALONE[1], 8080))
                ok("instance-ingress", instance=ALONE[0],
                   ingress=f"udp:0:65535:0.0.0.0/0,tcp:8000:8100:{CIDR},tcp:22:22:::/0")
                self.assertTrue(connects(ONE, ALONE[1], 8080))
                self.assertTrue(is_stopped(ONE, ALONE[1], 22))
                ok("instance-ingress", instance=ALONE[0], ingress="-1:0:0:0.0.0.0/0")
                self.assertTrue(connects(ONE, ALONE[1], 22))
            ok("instance-ingress", instance=ONE[0], ingress="")
            self.assertIn("timed out", ssh(ONE, "true", wait=1).stderr)
            self.assertTrue(is_stopped(TWO, ONE[1], 22))
        finally:
            for one in (ONE, ALONE):
                ok("instance-ingress", instance=one[0], ingress=SSH_OPEN)
        self.assertEqual(ssh(ONE, "true").returncode, 0)

    def test_an_instance_reaches_the_metadata_port_and_not_this_machine(self):
        router = PREFIX + VPC
        with Listener(router, "169.254.169.254", 80), Listener(router, "0.0.0.0", 81):
            self.assertTrue(connects(ONE, "169.254.169.254", 80))
            for address in ("169.254.169.254", LOCAL + ".16.1"):
                self.assertTrue(is_stopped(ONE, address, 81), address)
        here = out("ip", "-4", "-o", "address", "show", "scope", "global")
        with socket.create_server(("0.0.0.0", 0)) as s:
            port = s.getsockname()[1]
            for address in re.findall(r"inet (\d+(?:\.\d+){3})", here):
                self.assertTrue(is_stopped(ONE, address, port), address)

    def heard(self, one, source, send, expected):
        """How many packets of the instance from that source pass the router's first
        rule when send() was called; some may take a while to come. Whether an answer
        comes says nothing: it would go to the one whose address was used."""
        router = PREFIX + VPC
        port = "e-" + one[0].split("-")[1][-13:]
        look = ("add table ip look; add chain ip look c { type filter hook prerouting priority 0; };"
                f" add rule ip look c iifname {port} ip saddr {source} counter")
        out("ip", "netns", "exec", router, "nft", look)
        try:
            send()
            end = time.monotonic() + 20
            while True:
                text = out("ip", "netns", "exec", router, "nft", "list", "table", "ip", "look")
                packets = int(re.search(r"counter packets (\d+)", text)[1])
                if packets >= expected or time.monotonic() > end:
                    return packets
        finally:
            out("ip", "netns", "exec", router, "nft", "delete", "table", "ip", "look")

    def test_an_instance_speaks_only_as_itself(self):
        """Tried with all the rights in its namespace, which nobody inside has."""
        def send(source):
            code = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                    f"s.bind(('{source}', 0)); s.sendto(b'x', ('169.254.169.254', 80))")
            return lambda: self.assertEqual(in_netns(ONE, "python3", "-c", code).returncode, 0)

        self.assertEqual(self.heard(ONE, ONE[1], send(ONE[1]), 1), 1)
        out("ip", "-n", PREFIX + ONE[0], "address", "add", TWO[1] + "/32", "dev", "eth0")
        try:
            self.assertEqual(self.heard(ONE, TWO[1], send(TWO[1]), 0), 0)
        finally:
            out("ip", "-n", PREFIX + ONE[0], "address", "del", TWO[1] + "/32", "dev", "eth0")
        out("ip", "-n", PREFIX + ONE[0], "link", "set", "eth0", "address", TWO[3])
        try:
            self.assertEqual(self.heard(ONE, ONE[1], send(ONE[1]), 0), 0)
        finally:
            out("ip", "-n", PREFIX + ONE[0], "link", "set", "eth0", "address", ONE[3])
        self.assertEqual(self.heard(ONE, ONE[1], send(ONE[1]), 1), 1)

    def test_there_is_no_ipv6_way_round(self):
        self.assertEqual(in_netns(ONE, "ip", "-6", "address", "show", "dev", "eth0").stdout, "")
        self.assertEqual(out("ip", "-n", PREFIX + VPC, "-6", "address"), "")


class Life(unittest.TestCase):
    """Stop, start, crash, end. Works on an instance of its own."""
    ME = guest(9)

    def setUp(self):
        started = time.monotonic()
        start("instance-run", self.ME)
        self.took = time.monotonic() - started
        self.dir = state / "instances" / self.ME[0]

    def tearDown(self):
        ok("instance-terminate", instance=self.ME[0])
        self.assertEqual(status(self.ME), "state=none")
        self.assertFalse(self.dir.exists())

    def pids(self):
        return out("ip", "netns", "pids", PREFIX + self.ME[0]).split()

    def test_listens_when_the_verb_ends(self):
        with socket.create_connection((self.ME[2], 22), 1) as s:
            self.assertTrue(s.recv(4).startswith(b"SSH-"))

    def test_stop_keeps_disk_and_host_keys(self):
        inside(self.ME, "echo kept >~/file")
        keys = out("ssh-keyscan", "-t", "ed25519", self.ME[2])
        ok("instance-stop", instance=self.ME[0])
        self.assertEqual(status(self.ME), "state=stopped")
        ok("instance-stop", instance=self.ME[0])
        self.assertNotEqual(ssh(self.ME, "true").returncode, 0)
        moved = (self.ME[0], self.ME[1], NET + ".248", self.ME[3])  # as a start may move it
        start("instance-start", moved)
        self.assertEqual(status(self.ME), "state=running")
        self.assertEqual(inside(moved, "cat file"), "kept\n")
        self.assertEqual(out("ssh-keyscan", "-t", "ed25519", moved[2]).split()[1:], keys.split()[1:])
        self.assertNotEqual(run("ip", "route", "get", self.ME[2]).returncode, 0)

    def test_run_and_start_again_change_nothing(self):
        before = self.pids()
        start("instance-run", self.ME)
        start("instance-start", self.ME)
        self.assertEqual(self.pids(), before)

    def test_survives_a_crash_before_each_verb(self):
        for name in ("instance-run", "instance-start", "instance-stop", "instance-status",
                     "instance-ingress"):
            with self.subTest(name):
                for pid in self.pids():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(pid), signal.SIGKILL)
                end = time.monotonic() + 30
                while self.pids() and time.monotonic() < end:
                    time.sleep(0.01)
                if name in ("instance-run", "instance-start"):
                    start(name, self.ME)
                elif name == "instance-ingress":
                    ok(name, instance=self.ME[0], ingress=SSH_OPEN)
                else:
                    ok(name, instance=self.ME[0])
                self.assertEqual(status(self.ME), "state=running" if name in
                                 ("instance-run", "instance-start") else "state=stopped")
                start("instance-start", self.ME)
                self.assertEqual(ssh(self.ME, "true").returncode, 0)
                self.assertFalse([m for m in out("mount").splitlines() if str(state) in m])

    def test_survives_a_crash_in_the_middle_of_a_start(self):
        ok("instance-terminate", instance=self.ME[0])
        whole = self.took
        for part in range(1, 8):
            p = subprocess.Popen(
                [DRIVER / "instance-run", "--instance", self.ME[0], "--vpc", VPC, "--subnet", SUBNET,
                 "--cidr", CIDR, "--private-ip", self.ME[1], "--public-ip", self.ME[2],
                 "--mac", self.ME[3], "--hostname", "h", "--ingress", SSH_OPEN],
                env={"PATH": os.environ["PATH"], "EIC_STATE_DIR": str(state)},
                stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                p.wait(whole * part / 8)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait()
            start("instance-run", self.ME)
            self.assertEqual(ssh(self.ME, "true").returncode, 0)
            ok("instance-terminate", instance=self.ME[0])

    def test_a_lost_network_is_made_again(self):
        out("ip", "netns", "delete", PREFIX + VPC)
        ok("vpc-create", vpc=VPC, cidr=LOCAL + ".0.0/16")
        ok("subnet-create", vpc=VPC, subnet=SUBNET, cidr=CIDR)
        for one in (ONE, TWO, ALONE, self.ME):
            ok("instance-stop", instance=one[0])
            start("instance-start", one)
        self.assertEqual(ssh(self.ME, "true").returncode, 0)


class Refusals(unittest.TestCase):
    """A verb that cannot do what it is asked says why, on one line."""

    def refused(self, why, name, **options):
        r = verb(name, **options)
        self.assertNotEqual(r.returncode, 0)
        self.assertEqual(r.stdout, "")
        self.assertIn(why, r.stderr.splitlines()[-1])

    def test_options(self):
        good = {"vpc": OTHER_VPC, "cidr": "10.84.0.0/16"}
        for why, options in (
                ("missing: cidr", {"vpc": OTHER_VPC}),
                ("unknown", {**good, "colour": "red"}),
                ("not an id", {**good, "vpc": "vpc-../../etc"}),
                ("not an id", {**good, "vpc": "subnet-0d1e0000000000002"}),
                ("8 to 32", {**good, "vpc": "vpc-1"}),
                ("8 to 32", {**good, "vpc": "vpc-" + "1" * 40}),
                ("malformed", {**good, "cidr": "10.84.0.0/16; reboot"}),
                ("malformed", {**good, "cidr": "10.84.0.0/16\n"}),
                ("malformed", {**good, "cidr": ""})):
            with self.subTest(options):
                self.refused(why, "vpc-create", **options)
        r = run(DRIVER / "vpc-create", "--vpc", VPC, "--vpc", VPC,
                env={"PATH": os.environ["PATH"], "EIC_STATE_DIR": str(state)})
        self.assertIn("repeated", r.stderr)

    def test_ingress(self):
        for rule in ("tcp", "tcp:22:22", "tcp:a:22:0.0.0.0/0", "tcp:22:22:everywhere",
                     "sctp:1:1:0.0.0.0/0", "tcp:22:22:0.0.0.0/0 accept", "tcp::22:0.0.0.0/0",
                     "tcp:22:21:0.0.0.0/0", "tcp:22:99999:0.0.0.0/0", "tcp:22:22:300.0.0.0/8"):
            with self.subTest(rule):
                self.assertNotEqual(verb("instance-ingress", instance=ONE[0],
                                         ingress=rule).returncode, 0)
        self.assertEqual(ssh(ONE, "true").returncode, 0)  # the rules before still stand

    def test_what_is_not_there(self):
        self.refused("no such instance", "instance-ingress", instance="i-0d1e00000000000ff",
                     ingress="")
        self.refused("no such VPC", "subnet-create", vpc=OTHER_VPC, subnet=SUBNET, cidr=CIDR)
        self.refused("instances are in it", "vpc-delete", vpc=VPC)
        self.assertEqual(ok("instance-status", instance="i-0d1e00000000000ff"), "state=none\n")
        for name in ("instance-stop", "instance-terminate"):
            self.assertEqual(ok(name, instance="i-0d1e00000000000ff"), "")
        self.assertEqual(ok("vpc-delete", vpc=OTHER_VPC), "")

    def test_needs_a_state_directory(self):
        for value in ("", "relative", "/nowhere", "/tmp/a b"):
            r = run(DRIVER / "instance-status", "--instance", ONE[0],
                    env={"PATH": os.environ["PATH"], "EIC_STATE_DIR": value})
            self.assertNotEqual(r.returncode, 0, value)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.argv.pop(1)  # the build directory: nothing of it is needed here
    unittest.main(verbosity=2)
