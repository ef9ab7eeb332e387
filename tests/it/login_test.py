#!/usr/bin/env python3
"""login_test BUILD_DIR: tests that a pushed key lets a person log in, and nothing else does.

The real AWS CLI pushes the key, and the real ssh logs in to the real sshd of an instance.
"""
import base64
import concurrent.futures
import os
import re
import subprocess
import sys
import time
import unittest

import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"


def setUpModule():
    global lab, one, two, host
    lab = labkit.Lab(BUILD)
    unittest.addModuleCleanup(lab.down)
    lab.up()
    one = lab.run_instance()
    two = lab.run_instance()
    host = one["PublicIpAddress"]


class Login(unittest.TestCase):
    def assert_in(self, result, user="ec2-user"):
        self.assertEqual((result.code, result.out.strip()), (0, user), result)

    def assert_refused(self, result):
        self.assertEqual(result.code, 255, result)
        self.assertIn("Permission denied (publickey)", result.err)

    def test_only_while_the_key_lives(self):
        """In within 60 s, twice; refused before the push and from 61 s on."""
        key = lab.key("lives")
        self.assert_refused(lab.ssh(host, key))
        lab.push(one["InstanceId"], key)
        pushed = time.monotonic()
        self.assert_in(lab.ssh(host, key))
        self.assert_in(lab.ssh(host, key))
        session = subprocess.Popen(lab.ssh_argv(host, key, "ec2-user", "cat"),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        labkit.wait_for("the key's last seconds", lambda: time.monotonic() > pushed + 50)
        self.assert_in(lab.ssh(host, key))
        labkit.wait_for("the key's end", lambda: time.monotonic() > pushed + 61)
        self.assert_refused(lab.ssh(host, key))
        out, _ = session.communicate("still here\n", timeout=60)  # a session outlives its key
        self.assertEqual(out, "still here\n")

    def test_for_one_user_one_instance_one_key(self):
        key, other = lab.key("mine"), lab.key("other")
        lab.push(one["InstanceId"], key)
        self.assert_in(lab.ssh(host, key))
        self.assert_refused(lab.ssh(host, key, "ubuntu"))
        self.assert_refused(lab.ssh(two["PublicIpAddress"], key))
        self.assert_refused(lab.ssh(host, other))

    def test_each_user_of_the_image(self):
        key = lab.key("users")
        for user in ("ubuntu", "admin"):
            lab.push(one["InstanceId"], key, user)
            self.assert_in(lab.ssh(host, key, user), user)

    def test_each_kind_of_key(self):
        for kind, bits in (("rsa", 2048), ("rsa", 3072), ("rsa", 4096), ("ed25519", None)):
            with self.subTest(kind=kind, bits=bits):
                key = lab.key(f"kind-{kind}-{bits}", kind, bits)
                lab.push(one["InstanceId"], key)
                self.assert_in(lab.ssh(host, key))

    def test_ssh2_form(self):
        key = lab.key("ssh2", "rsa", 2048)
        rfc4716 = labkit.run("ssh-keygen", "-e", "-m", "RFC4716", "-f", f"{key}.pub").out
        path = lab.dir / "form.pub"
        path.write_text(rfc4716)
        lab.push(one["InstanceId"], lab.dir / "form")
        self.assert_in(lab.ssh(host, key))

    def test_kinds_that_are_refused(self):
        for kind, bits in (("rsa", 1024), ("ecdsa", 256)):
            key = lab.key(f"no-{kind}", kind, bits)
            why = lab.refused("InvalidArgsException", *lab.push_args(one["InstanceId"], key))
            self.assertRegex(why, "(?i)rsa|ecdsa|type|bits")

    def test_a_private_key_is_refused_and_kept_nowhere(self):
        key = lab.key("oops")
        (lab.dir / "oops2.pub").write_bytes(key.read_bytes())
        why = lab.refused("InvalidArgsException",
                          *lab.push_args(one["InstanceId"], lab.dir / "oops2"))
        self.assertIn("private", why.lower())
        secret = key.read_text().splitlines()[2]
        self.assertEqual(labkit.run("grep", "-rlF", secret, lab.lab_dir).out, "")

    def test_six_identities_in_an_agent(self):
        """Five unrelated keys are offered first: MaxAuthTries is 6."""
        sock = lab.dir / "agent.sock"
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(sock)], stdout=subprocess.DEVNULL)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.terminate)
        labkit.wait_for("ssh-agent", sock.exists)
        env = {**lab.env, "SSH_AUTH_SOCK": str(sock)}
        keys = [lab.key(f"id{i}") for i in range(6)]
        for key in keys:
            self.assertEqual(labkit.run("ssh-add", "-q", key, env=env).code, 0)
        lab.push(one["InstanceId"], keys[5])
        argv = [a for a in lab.ssh_argv(host, keys[5], identities_only=False)]
        at = argv.index("-i")
        del argv[at:at + 2]
        self.assert_in(labkit.run(*argv, env=env))

    def test_forty_at_once(self):
        key = lab.key("forty")
        lab.push(one["InstanceId"], key)
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            results = list(pool.map(lambda _: lab.ssh(host, key), range(40)))
        failed = [r for r in results if r.code != 0]
        self.assertEqual(len(failed), 0, failed[:3])

    def test_stop_and_start(self):
        made = lab.run_instance()
        key = lab.key("stopped")
        mark = lab.key("mark")
        lab.push(made["InstanceId"], mark)
        self.assertEqual(lab.ssh(made["PublicIpAddress"], mark, "ec2-user", "touch ~/kept").code, 0)
        lab.ok("ec2", "stop-instances", "--instance-ids", made["InstanceId"])
        lab.wait_state(made["InstanceId"], "stopped")
        lab.refused("EC2InstanceStateInvalidException",
                    *lab.push_args(made["InstanceId"], key))
        lab.ok("ec2", "start-instances", "--instance-ids", made["InstanceId"])
        again = lab.wait_state(made["InstanceId"], "running")
        lab.push(made["InstanceId"], key)
        r = lab.ssh(again["PublicIpAddress"], key, "ec2-user", "ls ~")
        self.assertEqual((r.code, r.out.strip()), (0, "kept"), r)
        lab.ok("ec2", "terminate-instances", "--instance-ids", made["InstanceId"])
        lab.wait_state(made["InstanceId"], "terminated")
        lab.refused("EC2InstanceNotFoundException", *lab.push_args(made["InstanceId"], key))

    def test_the_host_log_names_the_request(self):
        key = lab.key("traced")
        request = lab.push(one["InstanceId"], key)
        self.assert_in(lab.ssh(host, key))
        log = lab.syslog(one["InstanceId"])
        line = [x for x in log.splitlines() if request in x]
        self.assertTrue(line, log[-2000:])
        self.assertRegex(line[0], "for IAM principal: arn:aws:iam::[0-9]{12}:root")


class Helper(unittest.TestCase):
    """What signs a key depends on the helper that the agent says its hosts have."""

    def setting(self, helper):
        """Starts the agent anew with this setting."""
        conf = lab.lab_dir / "agent.conf"
        text = conf.read_text(encoding="utf-8")
        conf.write_text(re.sub(r"(?m)^helper = .*$", f"helper = {helper}", text),
                        encoding="utf-8")
        r = lab.verb("restart", "agent")
        self.assertEqual(r.code, 0, r)

    def metadata(self, key, path):
        """What a guest reads there, as the stock scripts do."""
        r = lab.ssh(host, key, "ec2-user", "curl -sSf http://169.254.169.254/latest/meta-data/"
                                           "managed-ssh-keys/" + path)
        self.assertEqual(r.code, 0, r)
        return r.out

    def stock_accepts(self, key):
        """The signature of the guest's newest entry, verified by the command of the stock scripts;
        and the type of the signer's key."""
        leaf, public = lab.dir / "leaf.pem", lab.dir / "leaf.pub"
        leaf.write_text(self.metadata(key, "signer-cert/"), encoding="ascii")
        entry = self.metadata(key, "active-keys/ec2-user/").split("\n\n")[0]
        text, signature = entry.rstrip("\n").rsplit("\n", 1)
        (lab.dir / "text").write_text(text + "\n", encoding="utf-8")
        (lab.dir / "signature").write_bytes(base64.b64decode(signature))
        public.write_text(labkit.run("openssl", "x509", "-in", leaf, "-noout", "-pubkey").out,
                          encoding="ascii")
        kind = labkit.run("openssl", "pkey", "-pubin", "-in", public, "-noout", "-text_pub").out
        r = labkit.run("openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
                       "rsa_pss_saltlen:32", "-verify", public, "-signature",
                       lab.dir / "signature", lab.dir / "text")
        return r.code == 0, "RSA" if "Modulus:" in kind else "EC"

    def test_a_live_key_is_signed_anew(self):
        key = lab.key("between")
        self.addCleanup(self.setting, "openeic")
        lab.push(one["InstanceId"], key)
        self.assertEqual(self.stock_accepts(key), (False, "EC"))
        self.setting("stock")
        # The same key, in the rest of its time: it has not to be pushed again.
        self.assertEqual(self.stock_accepts(key), (True, "RSA"))
        lab.push(one["InstanceId"], key)
        self.assertEqual(self.stock_accepts(key), (True, "RSA"))
        # Who changes it back so soon keeps what every helper reads.
        self.setting("openeic")
        self.assertEqual(self.stock_accepts(key), (True, "RSA"))
        log = (lab.lab_dir / "agent.log").read_text(encoding="utf-8")
        self.assertIn("as the stock scripts read it", log)


class Isolation(unittest.TestCase):
    def test_no_route_leads_to_a_private_address(self):
        """What this machine would do with a packet for it: nothing of the lab."""
        links = labkit.run("ip", "-o", "link").out
        public = labkit.run("ip", "route", "get", host).out
        private = labkit.run("ip", "route", "get", one["PrivateIpAddress"]).out
        link = re.search(r" dev (\S+)", public)[1]
        self.assertIn(link, links)
        self.assertNotIn(f" dev {link} ", private + " ")

    def test_the_stock_scripts_would_accept_the_guest(self):
        key = lab.key("tag")
        lab.push(one["InstanceId"], key)
        r = lab.ssh(host, key, "ec2-user", "cat /sys/devices/virtual/dmi/id/board_asset_tag")
        self.assertEqual(r.out.strip(), one["InstanceId"])

    def test_metadata_tells_a_guest_about_itself_alone(self):
        key = lab.key("imds")
        for i in (one, two):
            lab.push(i["InstanceId"], key)
            nic = i["NetworkInterfaces"][0]
            macs = f"network/interfaces/macs/{nic['MacAddress']}/"
            told = {"instance-id": i["InstanceId"],
                    macs + "interface-id": nic["NetworkInterfaceId"],
                    macs + "security-group-ids": nic["Groups"][0]["GroupId"]}
            r = lab.ssh(i["PublicIpAddress"], key, "ec2-user",
                        "T=$(curl -sS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'"
                        " http://169.254.169.254/latest/api/token);"
                        " curl -sS -w '\\n' -H \"X-aws-ec2-metadata-token: $T\" " +
                        " ".join("http://169.254.169.254/latest/meta-data/" + p for p in told))
            self.assertEqual((r.code, r.out.split()), (0, list(told.values())), r)


if __name__ == "__main__":
    unittest.main(verbosity=2)
