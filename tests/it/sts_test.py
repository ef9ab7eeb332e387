#!/usr/bin/env python3
"""sts_test BUILD_DIR: tests temporary credentials and one-time codes with the real AWS CLI and
the real processes."""
import base64
import csv
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys
import time
import unittest

import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"


def setUpModule():
    global lab, account
    lab = labkit.Lab(BUILD)
    unittest.addModuleCleanup(lab.down)
    lab.up()
    account = lab.ok("sts", "get-caller-identity")["Account"]


def code(seed, step):
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})


def credentials(c):
    """What a shell needs to be whose these are."""
    return {"AWS_ACCESS_KEY_ID": c["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": c["SecretAccessKey"],
            "AWS_SESSION_TOKEN": c.get("SessionToken", "")}


def ok_as(env, *args):
    r = lab.aws(*args, "--output", "json", env=env)
    assert r.code == 0, f"aws {' '.join(map(str, args))}: {r}"
    return json.loads(r.out)


def refused_as(env, error, *args):
    r = lab.aws(*args, env=env)
    assert r.code == 254 and f"({error})" in r.err, r
    return r.err


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An issuer of tokens, with an RSA key that openssl made."""

    def __init__(self, host):
        self.host, self.key = host, lab.dir / f"{host}.key"
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                     "-out", self.key)
        modulus = self.openssl("rsa", "-in", self.key, "-noout", "-modulus")
        self.n = base64url(bytes.fromhex(modulus.decode().strip().split("=")[1]))

    def openssl(self, *argv, data=None):
        return subprocess.run(["openssl", *map(str, argv)], input=data, capture_output=True,
                              check=True).stdout

    def keys(self):
        return {f"https://{self.host}": {"keys": [
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": self.n, "e": "AQAB"}]}}

    def token(self, **claims):
        now = int(time.time())
        claims = {"iss": f"https://{self.host}", "iat": now, "exp": now + 900, **claims}
        text = ".".join(base64url(json.dumps(part).encode())
                        for part in ({"alg": "RS256", "kid": "k1"}, claims))
        signature = self.openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())
        return f"{text}.{base64url(signature)}"


class Device:
    """A phone. It never shows the code of one step for two requests."""

    def __init__(self, name, user):
        self.serial = f"arn:aws:iam::{account}:mfa/{name}"
        path = lab.dir / f"{name}.seed"
        made = lab.ok("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", name,
                      "--outfile", path, "--bootstrap-method", "Base32StringSeed")
        assert made["VirtualMFADevice"]["SerialNumber"] == self.serial, made
        self.seed = path.read_text()
        # A clock that seems to be off by one step is taken for right, by more for wrong, and
        # then codes of the right time are refused. So it is enabled until that took less.
        while True:
            self.step = int(time.time()) // 30
            lab.ok("iam", "enable-mfa-device", "--user-name", user,
                   "--serial-number", self.serial,
                   "--authentication-code1", code(self.seed, self.step - 1),
                   "--authentication-code2", code(self.seed, self.step))
            if int(time.time()) // 30 <= self.step + 1:
                break
            lab.ok("iam", "deactivate-mfa-device", "--user-name", user,
                   "--serial-number", self.serial)

    def args(self):
        """The next code, as soon as it is good: one step before its time, so that it may take
        two half minutes to arrive."""
        self.step = max(self.step, int(time.time()) // 30) + 1
        labkit.wait_for("the next code", lambda: int(time.time()) // 30 + 1 >= self.step)
        return "--serial-number", self.serial, "--token-code", code(self.seed, self.step)


class Sts(unittest.TestCase):
    def user(self, name, document=None):
        lab.ok("iam", "create-user", "--user-name", name)
        if document:
            lab.ok("iam", "put-user-policy", "--user-name", name, "--policy-name", "p",
                   "--policy-document", document)
        key = lab.ok("iam", "create-access-key", "--user-name", name)["AccessKey"]
        return key["AccessKeyId"], credentials(key)

    def role(self, name, trust, document):
        lab.ok("iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust)
        lab.ok("iam", "put-role-policy", "--role-name", name, "--policy-name", "p",
               "--policy-document", document)
        return f"arn:aws:iam::{account}:role/{name}"

    def test_session_token_with_mfa(self):
        key, alice = self.user("alice", policy(Action="ec2:*", Resource="*", Condition={
            "Bool": {"aws:MultiFactorAuthPresent": "true"}}))
        phone = Device("alice", "alice")
        listed = lab.ok("iam", "list-mfa-devices", "--user-name", "alice")["MFADevices"]
        self.assertEqual([d["SerialNumber"] for d in listed], [phone.serial])
        refused_as(alice, "UnauthorizedOperation", "ec2", "describe-vpcs")
        shown = phone.args()
        session = credentials(ok_as(alice, "sts", "get-session-token", *shown)["Credentials"])
        self.assertEqual(ok_as(session, "sts", "get-caller-identity")["Arn"],
                         f"arn:aws:iam::{account}:user/alice")
        ok_as(session, "ec2", "describe-vpcs")
        # The code was good once.
        self.assertIn("invalid MFA one time pass code", refused_as(
            alice, "AccessDenied", "sts", "get-session-token", *shown))
        # A token outlives the process that made it, and not its key.
        r = lab.verb("restart", "eicd")
        self.assertEqual(r.code, 0, r)
        labkit.wait_for("an answer", lambda: lab.aws("sts", "get-caller-identity").code == 0)
        ok_as(session, "ec2", "describe-vpcs")
        lab.ok("iam", "update-access-key", "--user-name", "alice", "--access-key-id", key,
               "--status", "Inactive")
        refused_as(session, "InvalidClientTokenId", "sts", "get-caller-identity")

    def test_a_job_with_the_token_of_its_issuer(self):
        """As CI systems do it: a file with a token, and the CLI gets credentials by itself."""
        issuer, file = Issuer("ci.example.com"), lab.dir / "issuers.json"
        file.write_text(json.dumps(issuer.keys()))
        os.chmod(file, 0o644)
        with open(lab.lab_dir / "eicd.conf", "a", encoding="ascii") as conf:
            conf.write(f"[sts]\nweb_identity_keys = {file}\n")
        r = lab.verb("restart", "eicd")
        self.assertEqual(r.code, 0, r)
        labkit.wait_for("an answer", lambda: lab.aws("sts", "get-caller-identity").code == 0)
        provider = lab.ok("iam", "create-open-id-connect-provider", "--url",
                          "https://ci.example.com", "--client-id-list", "sts.amazonaws.com")
        trust = policy(Action="sts:AssumeRoleWithWebIdentity",
                       Principal={"Federated": provider["OpenIDConnectProviderArn"]},
                       Condition={"StringEquals": {"ci.example.com:sub": "repo:a/b:main",
                                                   "ci.example.com:aud": "sts.amazonaws.com"}})
        arn = self.role("Deploy", trust, policy(Action="ec2:Describe*", Resource="*"))
        nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "",
                  "HOME": str(lab.dir)}
        ask = ("sts", "assume-role-with-web-identity", "--role-arn", arn,
               "--role-session-name", "job", "--web-identity-token")
        good = issuer.token(sub="repo:a/b:main", aud="sts.amazonaws.com")
        made = ok_as(nobody, *ask, good)
        self.assertEqual(made["SubjectFromWebIdentityToken"], "repo:a/b:main")
        ok_as({**nobody, **credentials(made["Credentials"])}, "ec2", "describe-vpcs")
        refused_as(nobody, "AccessDenied", *ask,
                   issuer.token(sub="repo:a/fork:main", aud="sts.amazonaws.com"))
        refused_as(nobody, "InvalidIdentityToken", *ask,
                   issuer.token(sub="repo:a/b:main", aud="other"))
        refused_as(nobody, "ExpiredTokenException", *ask,
                   issuer.token(sub="repo:a/b:main", aud="sts.amazonaws.com", exp=1700000000))
        token_file = lab.dir / "job.token"
        token_file.write_text(good)
        who = ok_as({**nobody, "AWS_WEB_IDENTITY_TOKEN_FILE": str(token_file),
                     "AWS_ROLE_ARN": arn, "AWS_ROLE_SESSION_NAME": "from-a-file"},
                    "sts", "get-caller-identity")
        self.assertEqual(who["Arn"],
                         f"arn:aws:sts::{account}:assumed-role/Deploy/from-a-file")

    def test_role_by_the_clis_own_means(self):
        """A profile with role_arn: the CLI assumes the role by itself."""
        _, bob = self.user("bob")
        arn = self.role("Reader", policy(
            Action="sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{account}:user/bob"},
            Condition={"StringEquals": {"sts:ExternalId": "42"}}),
            policy(Action="ec2:Describe*", Resource="*"))
        config = lab.dir / "config"
        config.write_text(f"[profile reader]\nrole_arn = {arn}\nexternal_id = 42\n"
                          "role_session_name = bob-at-work\ncredential_source = Environment\n")
        # The CLI keeps the sessions of roles at home, even of a lab that is gone.
        env = {**bob, "AWS_CONFIG_FILE": str(config), "HOME": str(lab.dir)}
        reader = ("--profile", "reader")
        who = ok_as(env, "sts", "get-caller-identity", *reader)
        self.assertEqual(who["Arn"],
                         f"arn:aws:sts::{account}:assumed-role/Reader/bob-at-work")
        ok_as(env, "ec2", "describe-vpcs", *reader)
        # Why not, for those who may know.
        r = lab.aws("ec2", "terminate-instances", "--instance-ids", "i-0123456789abcdef0",
                    *reader, env=env)
        self.assertIn(f"{who['Arn']} is not authorized to perform: ec2:TerminateInstances", r.err)
        message = r.err.split("Encoded authorization failure message: ")[1].strip()
        why = json.loads(lab.ok("sts", "decode-authorization-message", "--encoded-message",
                                message)["DecodedMessage"])
        self.assertIs(why["allowed"], False)
        refused_as(bob, "AccessDenied", "sts", "assume-role", "--role-arn", arn,
                   "--role-session-name", "bob", "--external-id", "43")
        # Nobody is in it any more when it is gone, nor when there is one of its name.
        session = credentials(ok_as(bob, "sts", "assume-role", "--role-arn", arn,
                                    "--role-session-name", "bob", "--external-id", "42")
                              ["Credentials"])
        ok_as(session, "ec2", "describe-vpcs")
        lab.ok("iam", "delete-role-policy", "--role-name", "Reader", "--policy-name", "p")
        lab.ok("iam", "delete-role", "--role-name", "Reader")
        refused_as(session, "AuthFailure", "ec2", "describe-vpcs")
        self.role("Reader", policy(Action="sts:AssumeRole", Principal={"AWS": account}),
                  policy(Action="*", Resource="*"))
        refused_as(session, "AuthFailure", "ec2", "describe-vpcs")

    def test_role_with_mfa(self):
        _, carol = self.user("carol")
        phone = Device("carol", "carol")
        arn = self.role("Admin", policy(
            Action="sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{account}:user/carol"},
            Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            policy(Action="*", Resource="*"))
        assume = ("sts", "assume-role", "--role-arn", arn, "--role-session-name", "carol")
        self.assertIn(f"User: arn:aws:iam::{account}:user/carol is not authorized to perform: "
                      f"sts:AssumeRole on resource: {arn}\n",
                      refused_as(carol, "AccessDenied", *assume))
        made = ok_as(carol, *assume, *phone.args(), "--duration-seconds", "900")
        admin = credentials(made["Credentials"])
        ok_as(admin, "iam", "list-users")
        record = next(r for r in reversed(lab.audit()) if r["eventName"] == "AssumeRole"
                      and "errorCode" not in r)
        text = json.dumps(record)
        self.assertEqual(record["responseElements"]["credentials"]["accessKeyId"],
                         made["Credentials"]["AccessKeyId"])
        for secret in "SecretAccessKey", "SessionToken":
            self.assertNotIn(made["Credentials"][secret], text)
        self.assertNotIn(phone.seed, "".join(map(json.dumps, lab.audit())))

    def test_federated_user(self):
        _, dora = self.user("dora", policy(
            Action=["sts:GetFederationToken", "ec2:DescribeVpcs"], Resource="*"))
        made = ok_as(dora, "sts", "get-federation-token", "--name", "job", "--policy",
                     policy(Action="ec2:*", Resource="*"))
        job = credentials(made["Credentials"])
        self.assertEqual(ok_as(job, "sts", "get-caller-identity")["Arn"],
                         made["FederatedUser"]["Arn"])
        ok_as(job, "ec2", "describe-vpcs")
        refused_as(job, "UnauthorizedOperation", "ec2", "describe-subnets")
        refused_as(job, "AccessDenied", "iam", "list-users")
        # What an audit asks of an account.
        lab.ok("iam", "update-account-password-policy", "--minimum-password-length", "14")
        self.assertEqual(lab.ok("iam", "get-account-password-policy")["PasswordPolicy"]
                         ["MinimumPasswordLength"], 14)
        lab.ok("iam", "delete-account-password-policy")
        lab.ok("iam", "create-account-alias", "--account-alias", "my-lab")
        self.assertEqual(lab.ok("iam", "list-account-aliases")["AccountAliases"], ["my-lab"])
        lab.ok("iam", "delete-account-alias", "--account-alias", "my-lab")
        self.assertEqual(lab.ok("iam", "generate-credential-report")["State"], "COMPLETE")
        report = base64.b64decode(lab.ok("iam", "get-credential-report")["Content"]).decode()
        rows = {row["user"]: row for row in csv.DictReader(report.splitlines())}
        self.assertEqual(rows["dora"]["access_key_1_active"], "true")
        self.assertEqual(rows["dora"]["access_key_1_last_used_service"], "sts")
        self.assertEqual(rows["<root_account>"]["password_enabled"], "not_supported")

    def test_picture(self):
        path = lab.dir / "qr.png"
        lab.ok("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", "picture",
               "--outfile", path, "--bootstrap-method", "QRCodePNG")
        self.assertEqual(path.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        lab.ok("iam", "delete-virtual-mfa-device", "--serial-number",
               f"arn:aws:iam::{account}:mfa/picture")


if __name__ == "__main__":
    unittest.main(verbosity=2)
