"""agent_cert_test: tests the renewal of an agent's certificate, with the agent of this tree and a
simulated eicd that certifies by openssl: that no lookup fails meanwhile, and that nobody is locked
out whatever is lost on the way.
"""
import base64
import hashlib
import ssl
import threading
import unittest

import pkikit
from agentkit import Agent, Case, OWN, USER, wait_for

PURPOSE = b"openeic-agent-key-1\n"


class RenewalTest(Case):
    def setUp(self):
        super().setUp()
        self.renewed = self.folder / "renewed.pem"
        self.made = 0

    def fingerprint(self, link):
        return hashlib.sha256(link.sock.getpeercert(binary_form=True)).hexdigest()

    def certify(self, public, issuer=None):
        """A client's certificate for this key (SubjectPublicKeyInfo, DER), as PEM."""
        self.made += 1
        issuer, base = issuer or self.tls.root, self.folder / f"made{self.made}"
        pub, crt, conf = (base.with_suffix(s) for s in (".pub", ".crt", ".cnf"))
        pub.write_text(ssl.DER_cert_to_PEM_cert(public).replace("CERTIFICATE", "PUBLIC KEY"))
        conf.write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                        "extendedKeyUsage=clientAuth\n")
        csr = base.with_suffix(".csr")
        pkikit.openssl("req", "-new", "-key", self.tls.agent.key, "-subj", f"/CN={OWN}", "-out", csr)
        pkikit.openssl("x509", "-req", "-in", csr, "-force_pubkey", pub, "-CA", issuer.crt,
                       "-CAkey", issuer.key, "-set_serial", 1000 + self.made, "-days", 30,
                       "-extfile", conf, "-out", crt)
        return crt.read_text()

    def new_key(self, link, left_s=864000):
        """Asks the agent for a new key; its public half, when the proof is right."""
        link.say({"type": "renew", "left_s": left_s})
        said = self.heard(link, "renewal")
        self.assertEqual(set(said), {"type", "public_key", "proof"})
        public, proof = (base64.b64decode(said[n]) for n in ("public_key", "proof"))
        pub, sig = self.folder / "asked.pub", self.folder / "asked.sig"
        pub.write_text(ssl.DER_cert_to_PEM_cert(public).replace("CERTIFICATE", "PUBLIC KEY"))
        sig.write_bytes(proof)
        text = PURPOSE + self.fingerprint(link).encode() + b"\n" + public
        pkikit.openssl("dgst", "-sha256", "-verify", pub, "-signature", sig, data=text)
        return public

    def heard(self, link, kind):
        while True:
            said = link.messages.get(timeout=60)
            if said["type"] == kind:
                return said

    def test_no_lookup_fails(self):
        link = self.up(self.key_message(instance=OWN))
        old, results, done = self.fingerprint(link), [], threading.Event()

        def look_up():
            while not done.is_set():
                results.append(self.helper(USER, self.fp, socket=self.agent.socket,
                                           instance_file=self.agent.told))

        def looked_up(what):
            before = len(results)
            wait_for(what, lambda: len(results) > before + 2)

        looking = threading.Thread(target=look_up)
        looking.start()
        try:
            looked_up("lookups before")
            link.say({"type": "certificate", "certificate": self.certify(self.new_key(link))})
            again = self.eicd.link()
            self.assertNotEqual(self.fingerprint(again), old)
            self.assertTrue(link.ended.wait(60))
            looked_up("lookups during")
            self.sync(again, self.key_message(instance=OWN))
            looked_up("lookups after")
        finally:
            done.set()
            looking.join()
        self.assertEqual(set(results), {(0, self.key + "\n")})
        # What the administrator gave is untouched; the new key is root's alone.
        told = self.renewed.stat()
        self.assertEqual((told.st_uid, told.st_mode & 0o777), (0, 0o600))
        self.assertIn("ev=renewed", self.agent.logged())
        # The next start, and a killed uplink, come with it at once.
        new = self.fingerprint(again)
        self.agent.stop()
        self.agent.start()
        self.assertEqual(self.fingerprint(self.eicd.link()), new)

    def test_a_certificate_that_is_lost(self):
        """eicd certified, and the agent did not hear of it: it is asked again."""
        link = self.up()
        old = self.fingerprint(link)
        first = self.new_key(link)
        link.drop()
        link = self.eicd.link()
        self.assertEqual(self.fingerprint(link), old)
        self.assertFalse(self.renewed.exists())
        # That key is not used any more.
        second = self.new_key(link)
        self.assertNotEqual(first, second)
        link.say({"type": "certificate", "certificate": self.certify(first)})
        wait_for("a line", lambda: "ev=renewal" in self.agent.logged())
        link.say({"type": "certificate", "certificate": self.certify(second)})
        self.assertNotEqual(self.fingerprint(self.eicd.link()), old)

    def test_what_eicd_does_not_take(self):
        """The renewed certificate is unknown to eicd, as of a restored database: the one before it."""
        link = self.up()
        old = self.fingerprint(link)
        link.say({"type": "certificate", "certificate": self.certify(
            self.new_key(link), self.next.root)})
        # TLS ends the connection, as the issuer is none of an agent.
        again = self.eicd.link()
        self.assertEqual(self.fingerprint(again), old)
        self.assertTrue(self.renewed.exists())
        self.assertIn('file="certificate"', self.agent.logged())
        # After a renewal that eicd knows, the one before is that one, and not the dead one of the
        # settings. (A new parent, as one keeps a certificate each five seconds.)
        self.agent.stop()
        self.agent.start()
        link = self.eicd.link()
        link.say({"type": "certificate", "certificate": self.certify(self.new_key(link))})
        link = self.eicd.link()
        good = self.fingerprint(link)
        self.assertNotEqual(good, old)
        self.assertEqual(self.renewed.read_text().count("BEGIN"), 2)
        self.agent.stop()
        self.agent.start()
        link = self.eicd.link()
        link.say({"type": "certificate", "certificate": self.certify(
            self.new_key(link), self.next.root)})
        self.assertEqual(self.fingerprint(self.eicd.link()), good)
        self.assertEqual(self.renewed.read_text().count("BEGIN"), 4)
        self.assertIn('file="renewed before"', self.agent.logged())

    def test_bad_files_and_bad_words(self):
        self.renewed.write_text("not a certificate\n")
        self.renewed.chmod(0o600)
        link = self.up()
        wait_for("a line", lambda: 'ev=certificate file="renewed"' in self.agent.logged())
        # Nothing was asked for; another's certificate; no certificate; a refusal.
        link.say({"type": "certificate", "certificate": self.tls.agent.pem})
        self.new_key(link)
        for text in (self.tls.agent.pem, "nonsense", self.tls.agent.pem * 2):
            link.say({"type": "certificate", "certificate": text})
        link.say({"type": "renewal_refused", "reason": "not today"})
        wait_for("a line", lambda: 'ev=renewal_refused why="not today"' in self.agent.logged())
        self.assertEqual(self.agent.logged().count("ev=renewal "), 4)
        self.assertEqual(self.renewed.read_text(), "not a certificate\n")
        self.assertFalse(link.ended.is_set())
        # What does not parse at all ends the connection.
        link.say({"type": "renew", "left_s": -1})
        self.assertTrue(link.ended.wait(60))
        self.assertEqual(link.closed_with, 1008)

    def test_the_end_is_near(self):
        link = self.up()
        self.new_key(link, 3600)
        self.assertNotIn("certificate_ends", self.agent.logged())
        self.new_key(link, 3600)
        wait_for("a warning", lambda: "ev=certificate_ends in_s=3600" in self.agent.logged())

    def test_the_only_one_that_is_good(self):
        """The file of the administrator is gone: the renewed certificate is enough."""
        link = self.up()
        link.say({"type": "certificate", "certificate": self.certify(self.new_key(link))})
        new = self.fingerprint(self.eicd.link())
        self.agent.stop()
        nothing = self.folder / "nothing.pem"
        nothing.write_text("")
        self.agent = Agent(self.folder, self.tls, self.eicd.port, certificate=nothing).start()
        self.assertEqual(self.fingerprint(self.eicd.link()), new)


if __name__ == "__main__":
    unittest.main(verbosity=2)
