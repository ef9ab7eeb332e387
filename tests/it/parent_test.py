#!/usr/bin/env python3
"""parent_test BUILD_DIR: tests the real eicd with simulated roles: what each is given, how they
are restarted, the order of draining, refusals, and the commands. It needs root.
"""
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import claim
import rolekit
from rolekit import until

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
EICD = BUILD + "/src/daemon/eicd"
MINE = claim.Claim()
ROLES = ("front", "core", "keyd", "keyd-hash", "keyd-tls", "compute")
PEERS = {"front": ["core", "keyd-tls"], "core": ["compute", "front", "keyd", "keyd-hash"],
         "keyd": ["core"], "keyd-hash": ["core"], "keyd-tls": ["front"], "compute": ["core"]}
NAMES = {rolekit.ROLE_FRONT: "front", rolekit.ROLE_CORE: "core",
         rolekit.ROLE_KEYD: "keyd", rolekit.ROLE_KEYD_HASH: "keyd-hash",
         rolekit.ROLE_KEYD_TLS: "keyd-tls", rolekit.ROLE_COMPUTE: "compute"}

# A simulated role: it writes what it is told to DIR/NAME.events, and does what DIR/NAME.do says.
FAKE = """#!{python}
import array, fcntl, json, os, socket, struct, sys, time
name, home = {name!r}, {home!r}
control = socket.socket(fileno=3)
peers = dict()
def say(**event):
    with open(home + "/" + name + ".events", "a") as f:
        f.write(json.dumps(dict(event, pid=os.getpid())) + "\\n")
def sealed(fd):
    try:
        return fcntl.fcntl(fd, 1034)
    except OSError:
        return None
def do(what):
    try:
        return what in open(home + "/" + name + ".do").read().split()
    except FileNotFoundError:
        return False
say(ev="start", argv=sys.argv[1:], env=sorted(os.environ), fds=sorted(map(int, os.listdir("/proc/self/fd")))[:-1])
if do("die"):
    sys.exit(7)
while True:
    packet, rights, _, _ = control.recvmsg(70000, 1024)
    if not packet:
        say(ev="end")
        sys.exit(0)
    fd = array.array("i", rights[0][2])[0] if rights else None
    kind, body = struct.unpack(">H", packet[:2])[0], packet[8:]
    if kind == 0x101:
        say(ev="peer", role=body[0], number=struct.unpack(">H", body[1:])[0])
        peers[body[0]] = socket.socket(fileno=fd)
        try:
            peers[body[0]].send(name.encode())
            say(ev="hello", role=body[0], says=peers[body[0]].recv(100).decode())
        except OSError:
            pass
    elif kind == 0x102:
        s = socket.socket(fileno=fd)
        say(ev="listener", address=body[4:].decode(), listens=s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    elif kind == 0x106:
        with open(fd, "rb") as f:
            say(ev="file", name=body[4:].decode(), text=f.read().decode(), sealed=sealed(fd))
    elif kind == 0x103:
        say(ev="go")
        while do("wait"):
            time.sleep(0.02)
        if do("babble"):
            control.send(struct.pack(">HBBI", 0x999, 1, 0, 0))
        if not do("hang"):
            control.send(struct.pack(">HBBI", 0x181, 1, 0, 0))
    elif kind == 0x104:
        say(ev="reload")
        for role in (2, 3):
            if do("rejoin-%d" % role):
                for _ in range(5):
                    control.send(struct.pack(">HBBIBH", 0x182, 1, 0, 3, role, 0))
    elif kind == 0x105:
        say(ev="drain")
        sys.exit(0)
"""


class Parent(unittest.TestCase):
    """eicd with fake roles in a directory of its own."""

    def setUp(self):
        self.dir = str(claim.scratch("parent_test."))
        self.addCleanup(shutil.rmtree, self.dir)
        for d in ("state", "state/tls", "libexec"):
            os.mkdir(f"{self.dir}/{d}")
        for role in ROLES:
            self.program("eicd-" + role, FAKE.format(python=sys.executable, name=role,
                                                     home=self.dir))
        for name in ("server.crt", "server.key", "agent-ca.crt"):
            self.write("state/tls/" + name, name)
        self.port = MINE.port()
        self.conf()
        self.process = None
        self.addCleanup(self.kill)

    def kill(self):
        """Whatever happened."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def write(self, name, text):
        """A file below our directory."""
        with open(f"{self.dir}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        if name.endswith(".key"):
            os.chmod(f"{self.dir}/{name}", 0o600)

    def program(self, name, text):
        """An executable in libexec."""
        self.write("libexec/" + name, text)
        os.chmod(f"{self.dir}/libexec/{name}", 0o755)

    def conf(self, more="", state="state", run="run", listen=None):
        """The configuration."""
        listen = listen or f"127.0.0.1:{self.port}"
        self.write("conf", f"[server]\nlisten = {listen}\n{more}[paths]\n"
                   f"state_dir = {self.dir}/{state}\nrun_dir = {self.dir}/{run}\n"
                   f"libexec_dir = {self.dir}/libexec\n[processes]\nsigners = 1\n")

    def start(self, ready=True, env=None, **more):
        """Runs eicd; waits until every role is there."""
        with open(self.dir + "/log", "ab") as log:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen([EICD, "-c", self.dir + "/conf"], stdout=log,
                                            stderr=log, env={"SECRET": "1", **(env or {})},
                                            **more)
        if ready:
            until("ready", lambda: "ev=ready" in self.log())

    def log(self):
        """What eicd said."""
        with open(self.dir + "/log", encoding="utf-8") as f:
            return f.read()

    def events(self, role, ev=None):
        """What a role was told. A line that it is still writing does not count."""
        try:
            with open(f"{self.dir}/{role}.events", encoding="utf-8") as f:
                all_of_it = [json.loads(line) for line in f if line.endswith("\n")]
        except FileNotFoundError:
            return []
        return [e for e in all_of_it if ev in (None, e["ev"])]

    def pid(self, role):
        """Of its newest process."""
        return self.events(role, "start")[-1]["pid"]

    def refuse(self, *args, code=1):
        """eicd must end by itself; what it says."""
        r = subprocess.run([EICD, *args], capture_output=True, text=True, check=False,
                           timeout=rolekit.DEADLINE)
        self.assertEqual(r.returncode, code, r.stderr)
        return r.stderr


class Running(Parent):
    """Start, faults, end."""

    def test_each_gets_what_it_needs(self):
        self.start()
        for role in ROLES:
            until("hellos of " + role,
                  lambda r=role: len(self.events(r, "hello")) == len(PEERS[r]))
            start = self.events(role, "start")[0]
            self.assertEqual(start["argv"], ["-c", self.dir + "/conf"])
            self.assertEqual([e for e in start["env"] if e != "LC_CTYPE"], ["PATH"])
            self.assertEqual(start["fds"], [0, 1, 2, 3])
            self.assertEqual(sorted(NAMES[e["role"]] for e in self.events(role, "peer")),
                             PEERS[role])
            for hello in self.events(role, "hello"):
                self.assertEqual(hello["says"], NAMES[hello["role"]])
            order = [e["ev"] for e in self.events(role)]
            self.assertEqual(order[-1], "go")
            self.assertEqual([e["name"] for e in self.events(role, "file")],
                             {"front": ["conf", "tls_certificate", "agent_ca"],
                              "core": ["conf", "tls_certificate"],
                              "keyd-tls": ["conf", "tls_key"]}.get(role, ["conf"]))
        self.assertEqual([e["text"] for e in self.events("front", "file")][1:],
                         ["server.crt", "agent-ca.crt"])
        self.assertEqual(self.events("keyd-tls", "file")[1]["text"], "server.key")
        listeners = self.events("front", "listener")
        self.assertEqual(len(listeners), 1)
        self.assertEqual(listeners[0]["address"], f"127.0.0.1:{self.port}")
        self.assertEqual(listeners[0]["listens"], 1)
        self.assertEqual(os.listdir(self.dir + "/run/empty"), [])
        with open(self.dir + "/run/eicd.pid", encoding="ascii") as f:
            self.assertEqual(int(f.read()), self.process.pid)

    def test_what_the_starter_had_open_is_closed(self):
        """A script that starts eicd may have connections of its own."""
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        self.start(pass_fds=(theirs,), preexec_fn=lambda: os.close(0))
        os.close(theirs)
        self.assertEqual(select.select([ours], [], [], rolekit.DEADLINE)[0], [ours])
        self.assertEqual(os.read(ours, 1), b"")
        # What was closed is not the place of the first file that it opens.
        self.assertEqual(os.readlink(f"/proc/{self.process.pid}/fd/0"), "/dev/null")
        self.assertIsNone(self.process.poll())

    def test_dead_role_comes_back_with_new_channels(self):
        self.start()
        for role in ROLES:
            old = self.pid(role)
            before = {r: len(self.events(r, "hello")) for r in ROLES}
            os.kill(old, signal.SIGKILL)
            until(role + " again", lambda r=role, o=old: self.pid(r) != o)
            until("its peers", lambda r=role, b=before:
                  len(self.events(r, "hello")) == b[r] + len(PEERS[r]))
            for peer in PEERS[role]:
                until("theirs", lambda p=peer, b=before:
                      len(self.events(p, "hello")) == b[p] + 1)
            until("go", lambda r=role: self.events(r)[-1]["ev"] == "go")
            self.assertIn(f'role="eicd-{role}" how="signal 9 (SIGKILL)"', self.log())
        self.assertEqual(len(self.events("front", "listener")), 2)

    def test_back_off_doubles(self):
        self.start()
        self.write("core.do", "die")
        os.kill(self.pid("core"), signal.SIGKILL)
        until("many attempts", lambda: self.log().count("ev=restarted") >= 5)
        waits = [int(line.split("after_ms=")[1]) for line in self.log().splitlines()
                 if "ev=restarted" in line]
        self.assertEqual(waits[:5], [50, 100, 200, 400, 800])
        self.assertIn('how="exit 7"', self.log())
        self.write("core.do", "")
        until("healed", lambda: self.events("core")[-1]["ev"] == "go")
        self.assertEqual(len(self.events("front", "start")), 1)

    def test_two_die_at_once(self):
        self.start()
        core, front = self.pid("core"), self.pid("front")
        os.kill(core, signal.SIGKILL)
        os.kill(front, signal.SIGKILL)
        until("both", lambda: self.pid("core") != core and self.pid("front") != front)
        until("joined", lambda: any(e["pid"] == self.pid("core") and e["says"] == "front"
                                    for e in self.events("core", "hello")))

    def test_babbler_is_killed(self):
        self.start()
        self.write("compute.do", "babble")
        os.kill(self.pid("compute"), signal.SIGKILL)
        until("killed", lambda: "nonsense on the control channel" in self.log())
        self.write("compute.do", "")
        until("healed", lambda: self.events("compute")[-1]["ev"] == "go")

    def test_a_channel_given_up_is_made_anew_for_both(self):
        self.start()
        for role in ROLES:
            until("hellos", lambda r=role: len(self.events(r, "hello")) == len(PEERS[r]))
        before = {r: len(self.events(r, "hello")) for r in ROLES}
        pids = {r: self.pid(r) for r in ROLES}
        self.write("core.do", f"rejoin-{rolekit.ROLE_FRONT}")
        self.write("front.do", f"rejoin-{rolekit.ROLE_CORE}")
        self.process.send_signal(signal.SIGHUP)
        for role in ("front", "core"):
            until("joined anew", lambda r=role: len(self.events(r, "hello")) == before[r] + 1)
        self.assertEqual(self.events("core", "hello")[-1]["says"], "front")
        self.assertEqual(self.events("front", "hello")[-1]["says"], "core")
        self.write("core.do", "")
        self.write("front.do", "")
        # Everybody who would have been told has read what is behind it.
        self.process.send_signal(signal.SIGHUP)
        for role in ROLES:
            until("reload", lambda r=role: len(self.events(r, "reload")) == 2)
            more = 1 if role in ("front", "core") else 0
            self.assertEqual(len(self.events(role, "hello")), before[role] + more)
            self.assertEqual(self.pid(role), pids[role])

    def test_who_asks_for_a_channel_of_others_is_killed(self):
        self.start()
        self.write("compute.do", f"rejoin-{rolekit.ROLE_FRONT}")
        self.process.send_signal(signal.SIGHUP)
        until("killed", lambda: "nonsense on the control channel" in self.log())
        until("healed", lambda: len(self.events("compute", "go")) == 2)

    def test_rejoin_with_one_that_is_down_waits_for_it(self):
        self.start()
        self.write("core.do", f"rejoin-{rolekit.ROLE_FRONT}")
        self.write("front.do", "die")
        os.kill(self.pid("front"), signal.SIGKILL)
        until("backing off", lambda: len(self.events("front", "start")) >= 3)
        self.process.send_signal(signal.SIGHUP)
        until("asked", lambda: "ev=rejoin" in self.log())
        self.write("front.do", "")
        until("healed", lambda: self.events("front")[-1]["ev"] == "go")
        until("joined", lambda: any(e["pid"] == self.pid("front") and e["says"] == "core"
                                    for e in self.events("front", "hello")))

    def test_drain_in_order(self):
        self.start()
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(rolekit.DEADLINE), 0)
        ended = [line.split('role="eicd-')[1].split('"')[0] for line in self.log().splitlines()
                 if "ev=ended" in line]
        self.assertEqual(ended, ["front", "core", "compute", "keyd", "keyd-hash", "keyd-tls"])
        for role in ROLES:
            self.assertEqual(self.events(role)[-1]["ev"], "drain")

    def test_second_signal_ends_at_once(self):
        self.start()
        os.kill(self.pid("front"), signal.SIGSTOP)
        self.process.send_signal(signal.SIGINT)
        until("draining", lambda: "ev=ending" in self.log())
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.process.wait(rolekit.DEADLINE), 0)
        for role in ROLES:
            self.assertFalse(os.path.exists(f"/proc/{self.pid(role)}"))

    def test_drain_while_one_is_down(self):
        self.start()
        self.write("front.do", "die")
        os.kill(self.pid("front"), signal.SIGKILL)
        until("backing off", lambda: len(self.events("front", "start")) >= 4)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(rolekit.DEADLINE), 0)

    def test_roles_do_not_outlive_the_parent(self):
        self.start()
        pids = [self.pid(role) for role in ROLES]
        self.process.kill()
        self.process.wait()
        until("all gone", lambda: not any(self.runs(p) for p in pids))

    @staticmethod
    def runs(pid):
        """Neither gone nor a zombie that nobody waits for."""
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                return f.read().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_reload(self):
        self.start()
        self.conf("log_level = warn\nregion = eu-other-1\n")
        self.write("state/tls/server.crt", "renewed")
        self.process.send_signal(signal.SIGHUP)
        for role in ROLES:
            until("reload", lambda r=role: self.events(r, "reload") != [])
            self.assertIn("log_level = warn", [e["text"] for e in self.events(role, "file")
                                               if e["name"] == "conf"][-1])
        for role in ("front", "core"):
            self.assertEqual([e["text"] for e in self.events(role, "file")
                              if e["name"] == "tls_certificate"][-1], "renewed")

    def test_bad_reload_is_refused(self):
        self.start()
        self.conf("nonsense = 1\n")
        self.process.send_signal(signal.SIGHUP)
        until("told", lambda: "ev=reload" in self.log())
        self.assertIn("conf:3:", self.log())
        self.assertEqual(self.events("core", "reload"), [])
        self.assertIsNone(self.process.poll())

    def reload_while_new_ones_start(self, new):
        """SIGUSR2 with a new front that does what `new` says, then SIGHUP with another
        configuration; the pids of the old front and the new one."""
        self.start()
        old = self.pid("front")
        self.write("front.do", new)
        self.process.send_signal(signal.SIGUSR2)
        until("new front", lambda: self.pid("front") != old)
        self.conf("log_level = debug\n")
        self.process.send_signal(signal.SIGHUP)
        until("kept", lambda: "waits for the change that is under way" in self.log())
        for role in ROLES:
            self.assertEqual(self.events(role, "reload"), [])
        return old, self.pid("front")

    def reloaded(self, role, pid):
        """Waits until a process has been reloaded, once, with the other configuration."""
        until("reload", lambda: [e["pid"] for e in self.events(role, "reload")] == [pid])
        conf = [e for e in self.events(role, "file") if e["name"] == "conf" and e["pid"] == pid]
        self.assertIn("log_level = debug\n", conf[-1]["text"])

    def test_reload_while_a_new_generation_starts(self):
        _, new = self.reload_while_new_ones_start("wait")
        self.write("front.do", "")
        self.reloaded("front", new)
        until("renewed", lambda: "ev=renewed" in self.log())
        # The new core begins with it.
        core = self.pid("core")
        conf = [e for e in self.events("core", "file")
                if e["name"] == "conf" and e["pid"] == core]
        self.assertEqual(len(conf), 1)
        self.assertIn("log_level = debug\n", conf[0]["text"])
        # That was all: the next change is followed by none.
        self.process.send_signal(signal.SIGUSR2)
        until("renewed again", lambda: self.log().count("ev=renewed") == 2)
        self.assertEqual(len(self.events("front", "reload")), 1)
        self.assertEqual(self.log().count("ev=reload"), 2)

    def test_reload_while_a_new_generation_is_given_up(self):
        old, new = self.reload_while_new_ones_start("hang")
        os.kill(new, signal.SIGKILL)
        self.reloaded("front", old)
        self.reloaded("core", self.events("core", "start")[0]["pid"])

    def test_a_new_generation_gets_the_directory_of_its_export(self):
        self.start()
        with open(self.dir + "/conf", "a", encoding="utf-8") as f:
            f.write(f"core_user = 64002\n[audit]\naudit_export = {self.dir}/trail/records\n")
        self.process.send_signal(signal.SIGUSR2)
        until("renewed", lambda: "ev=renewed" in self.log())
        made = os.stat(self.dir + "/trail")
        self.assertEqual((made.st_uid, made.st_gid, made.st_mode & 0o777), (64002, 64002, 0o750))

    def test_a_new_generation_without_a_directory_for_its_export_is_refused(self):
        self.start()
        with open(self.dir + "/conf", "a", encoding="utf-8") as f:
            f.write(f"core_user = no-such-user\n[audit]\naudit_export = {self.dir}/trail/records\n")
        self.process.send_signal(signal.SIGUSR2)
        until("refused", lambda: 'ev=renew why="no such user: no-such-user"' in self.log())
        self.assertFalse(os.path.exists(self.dir + "/trail"))
        for role in ROLES:
            self.assertEqual(len(self.events(role, "start")), 1)

    def test_a_role_that_dies_gets_what_was_accepted(self):
        """The file may have other settings by then, or be malformed."""
        self.conf("region = eu-one-1\n")
        self.start()
        for n, more in enumerate(("nonsense = 1\n", "log_level = debug\nregion = eu-two-1\n")):
            self.conf(more)
            self.process.send_signal(signal.SIGHUP)
            until("answered", lambda n=n: self.log().count("ev=reload") == n + 1)
        until("taken", lambda: len(self.events("front", "reload")) == 1)
        self.conf("nonsense = 2\n")
        served = [e["text"] for e in self.events("front", "file")
                  if e["name"] == "tls_certificate"][-1]
        self.write("state/tls/server.crt", "damaged")
        for role in ROLES:
            old = self.pid(role)
            os.kill(old, signal.SIGKILL)
            until(role + " again", lambda r=role, o=old: self.pid(r) != o)
            until("go", lambda r=role: self.events(r)[-1]["ev"] == "go")
            conf = [e for e in self.events(role, "file") if e["name"] == "conf"][-1]
            self.assertIn("log_level = debug\n", conf["text"])
            self.assertIn("region = eu-one-1\n", conf["text"])
            self.assertNotIn("nonsense", conf["text"])
            for e in self.events(role, "file"):
                if e["name"] == "tls_certificate":
                    self.assertEqual(e["text"], served)
            # Nobody can change it: F_SEAL_SEAL, SHRINK, GROW and WRITE.
            self.assertEqual(conf["sealed"], 15)

    def test_notify(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.bind(self.dir + "/notify")
            s.settimeout(rolekit.DEADLINE)
            self.start(env={"NOTIFY_SOCKET": self.dir + "/notify"})
            self.assertEqual(s.recv(100), b"READY=1")
            self.process.send_signal(signal.SIGTERM)
            self.assertEqual(s.recv(100), b"STOPPING=1")
            self.process.wait(rolekit.DEADLINE)


class Refusing(Parent):
    """What eicd does not start with, and how it says so."""

    def serve(self):
        return self.refuse("-c", self.dir + "/conf")

    def test_second_on_the_same_state(self):
        self.start()
        self.conf(run="run2", listen=f"127.0.0.1:{MINE.port()}")
        self.assertIn(f"another eicd runs: it has locked {self.dir}/state", self.serve())
        os.mkdir(self.dir + "/state2")
        self.conf(state="state2", listen=f"127.0.0.1:{MINE.port()}")
        self.assertIn(f"another eicd runs: it has locked {self.dir}/run/eicd.pid", self.serve())
        self.assertIsNone(self.process.poll())

    def test_lock_goes_with_the_process(self):
        self.start()
        self.process.kill()
        self.process.wait()
        with open(self.dir + "/run/eicd.pid", "rb") as f:
            until("free", lambda: self.free(f))
        self.start()

    @staticmethod
    def free(f):
        """Nobody has the lock."""
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(f, fcntl.LOCK_UN)
            return True
        except BlockingIOError:
            return False

    def test_address_in_use(self):
        with socket.create_server(("127.0.0.1", self.port)):
            self.assertIn(f"address already in use: 127.0.0.1:{self.port}", self.serve())
        self.conf(listen="192.0.2.77:1")
        self.assertIn("not an address of this machine: 192.0.2.77:1", self.serve())

    def test_no_state(self):
        self.conf(state="nowhere")
        self.assertIn("run `eicd init` first", self.serve())

    def test_run_dir_of_others(self):
        os.mkdir(self.dir + "/run")
        os.chmod(self.dir + "/run", 0o777)
        self.assertIn("nobody else can write", self.serve())

    def test_role_that_cannot_start(self):
        self.write("core.do", "die")
        self.serve()
        start = time.monotonic()
        os.remove(self.dir + "/libexec/eicd-keyd")
        self.assertIn("eicd-keyd", self.serve())
        self.assertLess(time.monotonic() - start, 30)  # and not the minute it has to be ready
        for role in ROLES:
            for e in self.events(role, "start"):
                self.assertFalse(os.path.exists(f"/proc/{e['pid']}"))

    def test_bad_configuration(self):
        self.write("conf", "[server]\nlisten = here\n")
        self.assertIn("conf:2:", self.serve())
        self.assertIn("conf:2:", self.refuse("-c", self.dir + "/conf", "--check"))
        self.assertIn("No such file", self.refuse("-c", self.dir + "/missing"))

    def test_not_root(self):
        os.chmod(self.dir, 0o755)
        copy = shutil.copy(EICD, self.dir)  # the build may be where only root comes
        r = subprocess.run([copy, "-c", self.dir + "/conf"], capture_output=True, text=True,
                           check=False, user=65534, group=65534, extra_groups=[])
        self.assertEqual(r.returncode, 1)
        self.assertIn("must be started by root", r.stderr)


class Commands(Parent):
    """The command line."""

    def run_eicd(self, *args):
        """Must succeed; its output."""
        return subprocess.run([EICD, *args], capture_output=True, text=True, check=True).stdout

    def test_version_and_help(self):
        self.assertRegex(self.run_eicd("--version"), r"^eicd \d+\.\d+\.\d+\n$")
        self.assertIn("usage: eicd", self.run_eicd("--help"))

    def test_check_and_print(self):
        conf = self.dir + "/conf"
        self.assertIn("good", self.run_eicd("-c", conf, "--check"))
        printed = self.run_eicd("-c", conf, "--print-config")
        self.assertIn(f"state_dir = {self.dir}/state\n", printed)
        self.write("again", printed)
        self.assertEqual(self.run_eicd("-c", self.dir + "/again", "--print-config"), printed)

    def test_wrong_usage(self):
        for args in (["--nonsense"], ["extra"], ["-c"], ["--check", "init"]):
            self.assertIn("usage: eicd", self.refuse(*args, code=2))

    def test_init_becomes_the_program(self):
        self.program("eicd-init", "#!/bin/sh\necho \"$0 $*\"\nexit 0\n")
        conf = self.dir + "/conf"
        program = self.dir + "/libexec/eicd-init"
        self.assertEqual(self.run_eicd("-c", conf, "init", "--force", "x"),
                         f"{program} -c {conf} --force x\n")
        self.assertEqual(self.run_eicd("init", "--force", "-c", conf),
                         f"{program} --force -c {conf}\n")
        os.remove(program)
        self.assertIn("No such file", self.refuse("-c", conf, "init"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
