"""agentkit: what the tests of eic-agent share: the agent with its two processes in a folder, and a
simulated eicd (eicdkit) with what it says.

Needs root: the processes drop to users of their own.
"""
import http.client
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import claim
import eicdkit
import pkikit

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
AGENT = BUILD / "src/agent/eic-agent"
HELPER = BUILD / "src/authkeys/eic_run_authorized_keys"
OWN, GUEST = "i-0123456789abcdef0", "i-11111111111111111"
GUEST_IP = "127.0.0.5"
USER = "ec2-user"
META = "/latest/meta-data/"
MANAGED = META + "managed-ssh-keys/"
MINE = claim.Claim()


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Agent:
    """An eic-agent with its configuration in a folder."""

    def __init__(self, folder, tls, port, **more):
        self.folder, self.conf = folder, folder / "agent.conf"
        self.imds_port, self.socket = MINE.port(), folder / "run/metadata.sock"
        self.told = folder / "run/instance-id"
        agent = {"endpoint": f"localhost:{port}", "ca": tls.root.crt,
                 "certificate": tls.agent.crt, "key": tls.agent.key, "instance_id": OWN,
                 "run_dir": folder / "run", "state_dir": folder,
                 "libexec_dir": BUILD / "src/agent", "uplink_user": 64001,
                 "imds_user": 64002, "reconnect_min_ms": 50, "reconnect_max_ms": 400}
        imds = {"imds_listen": f"127.0.0.1:{self.imds_port}", "imds_socket": self.socket}
        for name in more:
            (imds if name.startswith("imds_") and name != "imds_user" else agent)[name] = more[name]
        self.conf.write_text("".join(
            f"[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items())
            for section, rows in (("agent", agent), ("imds", imds))))
        self.process = None

    def start(self, **more):
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen([AGENT, "-c", self.conf], stderr=log, **more)
        return self

    def logged(self):
        return (self.folder / "log").read_text()

    def child(self, name):
        """The pid of a role, or None."""
        out = subprocess.run(["pgrep", "-P", str(self.process.pid), "-f", f"^{name}( |$)"],
                             check=False, capture_output=True, text=True).stdout.split()
        return int(out[0]) if out else None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        code = self.process.returncode if self.process else None
        self.process = None
        return code

    def request(self, method, path, source=GUEST_IP, headers=None):
        """(status, body, headers) over TCP, from an address; None: no answer."""
        conn = http.client.HTTPConnection("127.0.0.1", self.imds_port, timeout=60,
                                          source_address=(source, 0))
        try:
            conn.request(method, path, headers=headers or {})
            answer = conn.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())
        except (http.client.HTTPException, ConnectionError):
            return None
        finally:
            conn.close()

    def get(self, path, source=GUEST_IP, token=None):
        head = {"X-aws-ec2-metadata-token": token} if token else {}
        got = self.request("GET", path, source, head)
        return got and got[:2]

    def token(self, source=GUEST_IP, ttl=60):
        return self.request("PUT", "/latest/api/token", source,
                            {"X-aws-ec2-metadata-token-ttl-seconds": str(ttl)})[1]

    def keys(self, user=USER, source=GUEST_IP, token=None):
        got = self.get(MANAGED + f"active-keys/{user}/", source, token)
        return got[1] if got and got[0] == 200 else None


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = claim.scratch("eic-agent-")
        cls.dir.chmod(0o711)
        cls.pki = pkikit.Pki(cls.dir / "pki")
        cls.next = pkikit.Pki(cls.dir / "next")
        cls.tls = pkikit.Pki(cls.dir / "tls", name="tls")
        leaf = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        cls.tls.server = cls.tls.make(
            "server", "eicd", cls.tls.root, leaf + "extendedKeyUsage=serverAuth\n"
            "subjectAltName=DNS:localhost\n", 30)
        cls.tls.agent = cls.tls.make("agent", OWN, cls.tls.root,
                                     leaf + "extendedKeyUsage=clientAuth\n", 30)
        cls.staples, cls.next_staples = cls.pki.staples(), cls.next.staples()
        cls.key, cls.fp = pkikit.ssh_key(cls.dir, "one")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.dir))
        self.eicd = self.new_eicd()
        self.agent = Agent(self.folder, self.tls, self.eicd.port)
        self.addCleanup(self.clean)

    def clean(self):
        self.agent.stop()
        self.eicd.drop_all()

    def new_eicd(self, port=None):
        eicd = eicdkit.Eicd(self.tls.server.crt, self.tls.server.key, self.tls.root.crt,
                            port or MINE.port())
        self.addCleanup(lambda: eicd.listener.close())
        return eicd

    # ---- what eicd says ----

    def guest(self, instance=GUEST, ip=GUEST_IP, **more):
        return {"type": "guest", "instance_id": instance, "private_ip": ip, "public_ip": "",
                "mac": "02:00:00:00:00:05", "hostname": "ip-10-0-0-5", "ami_id": "ami-1",
                "instance_type": "t3.micro", "availability_zone": pkikit.REGION + "a",
                "region": pkikit.REGION, "domain": pkikit.DOMAIN,
                "account_id": "123456789012", "vpc_id": "vpc-1", "subnet_id": "subnet-1",
                "security_groups": ["default"], "tags": {"Name": "one"},
                "http_endpoint": "enabled", "http_tokens": "optional", "hop_limit": 1,
                "launch_time": 1700000000, "key_name": "", "public_key": "", "user_data": "",
                **more}

    def signer(self, pki=None, staples=None):
        pki = pki or self.pki
        return {"type": "signer", "signer_id": pki.signer.sha1, "chain": pki.chain,
                "staples": staples or (self.staples if pki is self.pki else
                                       self.next_staples)}

    def key_message(self, instance=GUEST, user=USER, request="r1", ttl_ms=60000, pki=None):
        pki = pki or self.pki
        return {"type": "key", "instance_id": instance, "os_user": user, "request_id": request,
                "signer_id": pki.signer.sha1, "ttl_ms": ttl_ms,
                "entry": pki.entry(instance, self.key, request=request, user=user)}

    def sync(self, link, *messages):
        for m in (self.signer(), self.guest(), self.guest(OWN, "10.9.9.9"), *messages,
                  {"type": "synced"}):
            link.say(m)

    def up(self, *messages):
        """Agent started and synced; its link."""
        self.agent.start()
        link = self.eicd.link()
        self.sync(link, *messages)
        wait_for("sync", lambda: self.agent.get(META + "instance-id/"))
        return link

    # ---- who asks ----

    def helper(self, *argv, **settings):
        conf = self.folder / "helper.conf"
        settings = {"root": self.pki.root.crt, "socket": "", "instance_id": "",
                    "asset_tag": self.folder / "none", "instance_file": self.folder / "none",
                    "address": f"127.0.0.1:{self.agent.imds_port}", **settings}
        conf.write_text("[helper]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items()))
        done = subprocess.run([HELPER, "-c", conf, *argv], check=False, capture_output=True,
                              text=True)
        return done.returncode, done.stdout
