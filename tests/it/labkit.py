"""labkit: gives a test a lab of its own, and the real clients to use it with.

Every module that needs a region makes one Lab. It has a directory, a port and ranges of
addresses of its own, so that tests disturb neither each other nor a lab that somebody uses.
The lab is always taken down, also when the test is interrupted. Tests wait for conditions,
with deadlines that are long because the machine may be busy.
"""
import atexit
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import claim
import clikit

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLI = clikit.Cli()
atexit.register(CLI.close)


def wait_for(what, condition, seconds=90):
    """Polls until condition() is true; its value. AssertionError after seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


class Result:
    """What a program did: code, out, err."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __repr__(self):
        return f"exit {self.code}\nout: {self.out}\nerr: {self.err}"


def run(*argv, env=None, timeout=300, stdin=subprocess.DEVNULL):
    return Result(subprocess.run([str(a) for a in argv], env=env, timeout=timeout, text=True,
                                 stdin=stdin, capture_output=True, check=False))


class Lab:
    """A region on this machine."""

    def __init__(self, build, **settings):
        self.claim = claim.Claim()
        self.dir = self.folder()
        self.lab_dir = self.dir / "lab"
        self.port = self.claim.port()
        self.cidr = f"{self.claim.public}.0/28"
        self.settings = {
            "EIC_LAB_DIR": self.lab_dir, "EIC_LAB_PORT": self.port, "EIC_LAB_BUILD": build,
            "EIC_LAB_PUBLIC_CIDR": self.cidr, "EIC_LAB_LINK_CIDR": f"{self.claim.link}.0/24",
            "EIC_LAB_DEMO": "no", **settings,
        }
        self.env = {**os.environ, **{k: str(v) for k, v in self.settings.items()}}
        # Neither an interrupted unittest nor one that is asked to end cleans up.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        atexit.register(self.vanish)

    def vanish(self):
        """Whatever is left at the end of the test program: in a session of its own, so
        that it goes on when those who wait for the program lose their patience."""
        if self.lab_dir.exists():
            subprocess.run([ROOT / "lab/down"], env=self.env, check=False, timeout=300,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           start_new_session=True)
        shutil.rmtree(self.dir, ignore_errors=True)

    def folder(self):
        """A directory of whose lab nobody has the mark."""
        while True:
            path = claim.scratch("eic-it-")
            crc = run("sh", "-c", f"printf %s {path}/lab/state | cksum").out.split()[0]
            if self.claim.mark(int(crc)):
                path.chmod(0o711)  # the daemons' users have to get through
                return path
            path.rmdir()

    def release(self):
        """Its ranges are free for others; the lab was taken down before."""
        self.claim.release()

    def verb(self, name, *args, timeout=300):
        return run(ROOT / "lab" / name, *args, env=self.env, timeout=timeout)

    def up(self):
        r = self.verb("up")
        if r.code != 0:
            logs = "".join(f"--- {f}\n{f.read_text()[-4000:]}" for f in self.logs())
            self.down()
            raise AssertionError(f"lab/up failed: {r}\n{logs}")
        for line in self.verb("env").out.splitlines():
            m = re.match(r"export (\w+)='?([^']*)'?$", line)
            if m:
                self.env[m[1]] = m[2]
        self.env["AWS_PAGER"] = ""
        return self

    def down(self):
        r = self.verb("down")
        shutil.rmtree(self.dir, ignore_errors=True)
        self.release()
        if r.code != 0:
            raise AssertionError(f"lab/down failed: {r}")

    def syslog(self, instance_id):
        """What the helper in an instance told its host's log."""
        return (self.lab_dir / "state/instances" / instance_id / "syslog").read_text()

    def audit(self):
        """The records of the audit trail, oldest first."""
        path = next(self.lab_dir.glob("**/eicd.db"))
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT record FROM audit_event ORDER BY seq").fetchall()
        return [json.loads(r[0]) for r in rows]

    def logs(self):
        return sorted(self.lab_dir.glob("*.log"))

    # ---- clients ----
    def aws(self, *args, env=None, timeout=180):
        return Result(CLI.run(args, {**self.env, **(env or {})}, timeout))

    def ok(self, *args):
        """An AWS call that must succeed; its parsed answer."""
        r = self.aws(*args, "--output", "json")
        assert r.code == 0, f"aws {' '.join(map(str, args))}: {r}"
        return json.loads(r.out) if r.out.strip() else None

    def refused(self, code, *args):
        """An AWS call that must fail with this error code; its message."""
        r = self.aws(*args)
        assert r.code == 254, f"aws {' '.join(map(str, args))}: {r}"
        m = re.search(r"An error occurred \(([\w.]+)\) when calling the \w+ operation: (.*)",
                      r.err, re.S)
        assert m and m[1] == code, f"expected {code}: {r}"
        return m[2].strip()

    def images(self):
        return self.ok("ec2", "describe-images")["Images"]

    def run_instance(self, *args):
        """Starts an instance and waits until it runs; its description."""
        made = self.ok("ec2", "run-instances", "--image-id", self.images()[0]["ImageId"],
                       "--instance-type", "t3.micro", *args)
        return self.wait_state(made["Instances"][0]["InstanceId"], "running")

    def instance(self, instance_id):
        r = self.ok("ec2", "describe-instances", "--instance-ids", instance_id)
        return r["Reservations"][0]["Instances"][0]

    def wait_state(self, instance_id, state, seconds=90):
        def there():
            i = self.instance(instance_id)
            return i if i["State"]["Name"] == state else None
        return wait_for(f"{instance_id} to be {state}", there, seconds)

    # ---- keys and logins ----
    def key(self, name, kind="ed25519", bits=None):
        """A new key pair; the path of the private key."""
        path = self.dir / name
        size = ["-b", str(bits)] if bits else []
        r = run("ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", f"{name}@it", "-f", path)
        assert r.code == 0, r
        return path

    def push_args(self, instance_id, key, user="ec2-user"):
        return ("ec2-instance-connect", "send-ssh-public-key", "--instance-id", instance_id,
                "--instance-os-user", user, "--ssh-public-key", f"file://{key}.pub")

    def push(self, instance_id, key, user="ec2-user"):
        r = self.ok(*self.push_args(instance_id, key, user))
        assert r["Success"] is True, r
        return r["RequestId"]

    def ssh_argv(self, host, key, user="ec2-user", *command, identities_only=True):
        opts = ["-F", "none", "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
        if identities_only:
            opts += ["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
        return ["ssh", *opts, "-i", str(key), f"{user}@{host}", *(command or ("id", "-un"))]

    def ssh(self, host, key, user="ec2-user", *command, **more):
        return run(*self.ssh_argv(host, key, user, *command, **more), env=self.env)

    # ---- processes ----
    def pid(self, name):
        """The process of this lab with that program name: one that was started with
        the lab's configuration, or the child of one that was."""
        return next(iter(self.pids(name, numbered=False)), None)

    def pids(self, name, numbered=True):
        """All of them: the second and later ones are called NAME.1 and so on."""
        procs = {}
        for p in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                argv = (p / "cmdline").read_bytes().split(b"\0")
                parent = int((p / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            mine = any(str(self.lab_dir).encode() in a for a in argv)
            procs[int(p.name)] = (os.path.basename(argv[0].decode()), parent, mine)
        return [pid for pid, (program, parent, mine) in procs.items()
                if (program == name or numbered and re.fullmatch(re.escape(name) + r"\.\d+", program))
                and (mine or procs.get(parent, ("", 0, False))[2])]

    def kill(self, name, sig=signal.SIGKILL):
        pid = wait_for(f"{name} to run", lambda: self.pid(name))
        os.kill(pid, sig)
        return pid

    def wait_restarted(self, name, old_pid):
        return wait_for(f"{name} to be restarted",
                        lambda: self.pid(name) not in (None, old_pid))
