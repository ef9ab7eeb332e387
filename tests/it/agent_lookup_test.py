"""agent_lookup_test: tests what sshd's helpers get from eic-agent: ours, and the requests of the stock
scripts, made by curl.
"""
import subprocess
import threading
import unittest

import pkikit
from agentkit import Agent, Case, GUEST, GUEST_IP, HELPER, MANAGED, META, OWN, USER, wait_for


class HelperSettingTest(Case):
    """What the agent says of its helper, and what it then takes."""

    def p256(self, algorithm="ECDSA-P256-SHA256"):
        pki = self.twin()
        return {**self.signer(pki, pki.staples()), "algorithm": algorithm}, pki

    def twin(self):
        """A signer on P-256, under the issuer of the RSA one."""
        twin = pkikit.Pki.__new__(pkikit.Pki)
        twin.folder, twin.digest = self.folder, self.pki.digest
        twin.root, twin.intermediate = self.pki.root, self.pki.intermediate
        twin.signer = twin.make(
            "twin", pkikit.SIGNER_NAME, twin.intermediate,
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            f"extendedKeyUsage=serverAuth\nsubjectAltName=DNS:{pkikit.SIGNER_NAME}\n", 30,
            "P-256")
        return twin

    def logged_about_stock(self):
        return self.agent.logged().count("as the stock scripts read it")

    def test_stock_is_the_default_and_takes_rsa_alone(self):
        link = self.up(self.key_message())
        self.assertEqual(link.hello["helper"], "stock")
        link.say(self.p256()[0])
        self.assertTrue(link.ended.wait(60))
        self.assertEqual(link.closed_with, 1008)
        self.assertIn("ev=uplink_close code=1008 why=\"signer: ECDSA", self.agent.logged())
        # What was told before is served on, and a good connection counts.
        self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, self.pki.chain))
        self.assertIsNotNone(self.agent.keys())
        link = self.eicd.link()
        self.sync(link, {**self.signer(), "algorithm": "RSASSA-PSS-SHA256"}, self.key_message())
        link.say(self.guest(public_ip="203.0.113.1"))
        wait_for("both", lambda: self.agent.get(META + "public-ipv4")[0] == 200)
        self.assertFalse(link.ended.is_set())
        self.assertEqual(self.logged_about_stock(), 0)

    def test_openeic_is_served_what_p256_signed(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, helper="openeic").start()
        link = self.eicd.link()
        self.assertEqual(link.hello["helper"], "openeic")
        signer, twin = self.p256()
        for m in (signer, self.guest(), self.guest(OWN, "10.9.9.9"),
                  self.key_message(instance=OWN, pki=twin), {"type": "synced"}):
            link.say(m)
        wait_for("sync", lambda: self.agent.get(META + "instance-id/"))
        conf = self.folder / "helper.conf"
        conf.write_text(f"[helper]\nroot = {self.pki.root.crt}\nsocket = {self.agent.socket}\n"
                        f"instance_id =\nasset_tag = {self.folder}/none\n"
                        f"instance_file = {self.agent.told}\n")
        done = subprocess.run([HELPER, "-c", conf, USER, self.fp], check=False, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, self.key + "\n"), done.stderr)
        self.assertEqual(self.logged_about_stock(), 0)
        # Who reads as the stock scripts do gets this signer's own documents; told once.
        for _ in range(3):
            self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, twin.chain))
        names = self.agent.get(MANAGED + "signer-ocsp/")[1].split()
        self.assertIn(twin.signer.sha1, names)
        self.assertNotIn(self.pki.signer.sha1, names)
        self.assertEqual(self.logged_about_stock(), 1)
        self.assertIn(f'instance="{GUEST}"', self.agent.logged())

    def test_openeic_takes_rsa_too(self):
        self.agent = Agent(self.folder, self.tls, self.eicd.port, helper="openeic").start()
        self.sync(self.eicd.link(), self.key_message())
        wait_for("the key", self.agent.keys)
        self.assertEqual(self.agent.get(MANAGED + "signer-cert/"), (200, self.pki.chain))
        self.assertEqual(self.logged_about_stock(), 0)

    def test_an_algorithm_that_is_not_known(self):
        link = self.up(self.key_message())
        link.say(self.p256("ECDSA-P384-SHA384")[0])
        self.assertTrue(link.ended.wait(60))
        self.assertEqual(link.closed_with, 1008)


class StockTest(Case):
    """The requests of the stock scripts (wire.md 5.1), made by curl."""

    def curl(self, *argv):
        return subprocess.run(
            ["curl", "-s", "-m", "5", "--interface", GUEST_IP, *argv[:-1],
             f"http://127.0.0.1:{self.agent.imds_port}{argv[-1]}"],
            check=False, capture_output=True, text=True)

    def test_sequence(self):
        self.up(self.guest(http_tokens="required"), self.key_message(), {"type": "synced"})
        token = self.curl("-f", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 5",
                          "/latest/api/token").stdout
        self.assertEqual(len(token), 44)
        token = self.agent.token()  # one for more than 5 s, which a busy machine may take
        head = ["-H", f"X-aws-ec2-metadata-token: {token}"]

        def get(path):
            done = self.curl("-f", *head, path)
            self.assertEqual(done.returncode, 0, path)
            return done.stdout
        self.assertRegex(get(META + "instance-id/"), "^i-[0-9a-f]{8,32}$")
        status = ["-I", "-o", "/dev/null", "-w", "%{http_code}"]
        self.assertEqual(self.curl(*status, *head, MANAGED + f"active-keys/{USER}/").stdout,
                         "200")
        self.assertEqual(self.curl(*status, *head, MANAGED + "active-keys/nobody/").stdout,
                         "404")
        self.assertRegex(get(META + "placement/availability-zone/"),
                         "^([a-z]+-){2,3}[0-9][a-z]$")
        self.assertEqual(get(META + "services/domain/"), "amazonaws.com")
        self.assertEqual(get(MANAGED + "signer-cert/"), self.pki.chain)
        names = get(MANAGED + "signer-ocsp/").split()
        self.assertEqual(names, list(self.staples))
        for name in names:
            self.assertEqual(get(MANAGED + "signer-ocsp/" + name), self.staples[name])
        blob = get(MANAGED + f"active-keys/{USER}/")
        self.assertTrue(blob.endswith("\n") and "\n\n" not in blob)
        self.assertIn(self.key + "\n", blob)
        # Without a token there is nothing; curl -f says 22.
        self.assertEqual(self.curl("-f", META + "instance-id/").returncode, 22)
        self.assertEqual(self.curl("-f", "-X", "PUT", "/latest/api/token").returncode, 22)

    def test_forty_logins_at_once(self):
        self.up(self.key_message())
        failures = []

        def login():
            for _ in range(2):  # sshd asks twice for each key that it takes
                token = self.agent.token(ttl=5)
                for path in (META + "instance-id/", MANAGED + f"active-keys/{USER}/",
                             META + "placement/availability-zone/", META + "services/domain/",
                             MANAGED + "signer-cert/", MANAGED + "signer-ocsp/",
                             *[MANAGED + "signer-ocsp/" + n for n in self.staples]):
                    if self.agent.get(path, token=token)[0] != 200:
                        failures.append(path)

        threads = [threading.Thread(target=login) for _ in range(40)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])


class HelperTest(Case):
    """sshd's helper against the real metadata service."""

    def test_over_the_address_and_over_the_socket(self):
        self.up(self.guest(OWN, "10.9.9.9", http_tokens="required"),
                self.key_message(instance=OWN))
        given = (0, self.key + "\n")
        self.assertEqual(self.helper(USER, self.fp, instance_id=OWN), given)
        # The agent's parent says which instance this is; those who answer are not believed.
        told = self.agent.told.stat()
        self.assertEqual((self.agent.told.read_text(), told.st_uid, told.st_mode & 0o777),
                         (OWN, 0, 0o644))
        at_socket = {"socket": self.agent.socket, "instance_file": self.agent.told}
        self.assertEqual(self.helper(USER, self.fp, **at_socket), given)
        self.assertEqual(self.helper("ubuntu", self.fp, **at_socket), (0, ""))
        self.assertEqual(self.helper(USER, self.fp, instance_file=self.agent.told), given)
        self.assertEqual(self.helper(USER, self.fp, socket=self.agent.socket), (1, ""))
        self.assertEqual(self.helper(USER, self.fp), (1, ""))
        self.assertEqual(self.helper(USER, self.fp, instance_id=GUEST), (1, ""))

    def test_a_host_that_is_no_instance_any_more(self):
        self.agent.told.parent.mkdir(mode=0o755)
        self.agent.told.write_text(OWN)
        self.agent = Agent(self.folder, self.tls, self.eicd.port, instance_id="",
                           imds_socket="").start()
        self.sync(self.eicd.link())
        wait_for("sync", lambda: self.agent.get(META + "instance-id/"))
        self.assertFalse(self.agent.told.exists())

    def test_during_a_rotation(self):
        link = self.up(self.key_message(instance=OWN))
        results, done = [], threading.Event()

        def look_up():
            while not done.is_set():
                results.append(self.helper(USER, self.fp, socket=self.agent.socket,
                                           instance_file=self.agent.told))

        # Both chains end in one root, as a rotation's do.
        both = pkikit.Pki.__new__(pkikit.Pki)
        both.folder, both.digest = self.folder, self.pki.digest
        both.root, both.intermediate = self.pki.root, self.pki.intermediate
        both.signer = both.make(
            "second", pkikit.SIGNER_NAME, both.intermediate,
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            f"extendedKeyUsage=serverAuth\nsubjectAltName=DNS:{pkikit.SIGNER_NAME}\n", 30)
        looking = threading.Thread(target=look_up)
        looking.start()
        wait_for("lookups", lambda: len(results) > 3)
        link.say(self.signer(both, both.staples()))
        before = len(results)
        wait_for("lookups in between", lambda: len(results) > before + 3)
        link.say(self.key_message(instance=OWN, pki=both))
        wait_for("the new signer", lambda: self.agent.get(MANAGED + "signer-cert/", "127.0.0.1")
                 == (200, both.chain))
        after = len(results)
        wait_for("lookups after", lambda: len(results) > after + 3)
        done.set()
        looking.join()
        self.assertEqual(set(results), {(0, self.key + "\n")})


if __name__ == "__main__":
    unittest.main(verbosity=2)
