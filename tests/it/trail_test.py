#!/usr/bin/env python3
"""trail_test BUILD_DIR: tests the audit trail of a region with the real clients: it is looked up,
exported and verified offline, and every way of tampering with it is found and named."""
import base64
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
VALIDATE = pathlib.Path(BUILD) / "src/validate/eic-validate-logs"
SEED_QUERY = ("--query", "Events[].{Time:EventTime,User:Username,"
              "Instance:Resources[0].ResourceName}")


def configure(*lines):
    """The lab's eicd, started again with these settings of [audit]."""
    conf = lab.lab_dir / "eicd.conf"
    text = conf.read_text().split("\n[audit]\n")[0].rstrip("\n")
    conf.write_text("\n".join([text, "", "[audit]", *lines, ""]))
    r = lab.verb("restart", "eicd")
    assert r.code == 0, r
    labkit.wait_for("an answer", lambda: lab.aws("sts", "get-caller-identity").code == 0)


def setUpModule():
    global lab, one, key, exported
    lab = labkit.Lab(BUILD)
    unittest.addModuleCleanup(lab.down)
    lab.up()
    exported = lab.lab_dir / "trail" / "audit.jsonl"
    configure(f"audit_export = {exported}", "audit_export_max_size = 16k",
              "audit_digest_interval = 1s")
    one = lab.run_instance()
    key = lab.key("k")


def push():
    """As soon as the agent is back, where eicd was started again before."""
    labkit.wait_for("a push",
                    lambda: lab.aws(*lab.push_args(one["InstanceId"], key)).code == 0)


def files():
    """The files of the export, oldest first."""
    found = [p for p in exported.parent.glob("audit.jsonl*") if p.suffix != ".digest"]
    return sorted(found, key=lambda p: -int(p.suffix[1:]) if p.suffix != ".jsonl" else 0)


def whole_lines(path):
    """Without one that is still being written."""
    return path.read_text().split("\n")[:-1]


def lines():
    return [line for p in files() for line in whole_lines(p)]


def records():
    return [json.loads(line) for line in lines()]


def validate(*args, path=None):
    return labkit.run(VALIDATE, "--ca", lab.lab_dir / "state/root.pem", *args, path or exported)


def caught_up():
    """Everything that is recorded is exported and signed."""
    have = [json.loads(line) for line in whole_lines(exported.with_name("audit.jsonl.digest"))]
    last = json.loads(have[-1]["openeicDigest"]["digest"])["lastSequence"] if have else 0
    return last == len(lines()) == len(lab.audit())


def wait_caught_up():
    labkit.wait_for("the export to catch up", caught_up)


class Metrics(unittest.TestCase):
    def test_as_a_collector_reads_them(self):
        """What is known when core begins. The parent hands it the certificate of the API."""
        path = lab.lab_dir / "run/metrics/eicd.prom"
        labkit.wait_for("the metrics", path.exists)
        self.assertEqual(path.stat().st_mode & 0o777, 0o644)
        values = dict(line.rsplit(" ", 1) for line in path.read_text().splitlines()
                      if not line.startswith("#"))
        end = labkit.run("openssl", "x509", "-in", lab.lab_dir / "state/tls/server.crt", "-noout",
                         "-enddate", "-dateopt", "iso_8601").out.strip().partition("=")[2]
        end = datetime.datetime.fromisoformat(end.replace("Z", "+00:00"))
        self.assertEqual(
            values['openeic_certificate_end_timestamp_seconds{certificate="api"}'],
            str(int(end.timestamp())))
        for holds in ("database", "export"):
            size = int(values['openeic_filesystem_size_bytes{holds="%s"}' % holds])
            disk = os.statvfs(lab.lab_dir / "state")
            self.assertEqual(size, disk.f_blocks * disk.f_frsize)


class Lookup(unittest.TestCase):
    def test_who_pushed_which_key_where(self):
        """The query of the tutorial."""
        push()
        request_id = lab.push(one["InstanceId"], key)
        found = lab.ok("cloudtrail", "lookup-events", "--lookup-attributes",
                       "AttributeKey=EventName,AttributeValue=SendSSHPublicKey", *SEED_QUERY)
        self.assertEqual((found[0]["User"], found[0]["Instance"]), ("root", one["InstanceId"]))
        events = lab.ok("cloudtrail", "lookup-events", "--lookup-attributes",
                        f"AttributeKey=ResourceName,AttributeValue={one['InstanceId']}",
                        "--max-items", "1")["Events"]
        record = json.loads(events[0]["CloudTrailEvent"])
        self.assertEqual(record["requestID"], request_id)
        self.assertEqual(record["requestParameters"]["instanceOSUser"], "ec2-user")
        self.assertEqual(record["requestParameters"]["sSHPublicKey"],
                         key.with_suffix(".pub").read_text().strip())
        self.assertEqual(record["responseElements"], {"requestId": request_id, "success": True})

    def test_pages_and_times(self):
        for _ in range(7):
            lab.ok("ec2", "describe-regions")
        whole = lab.ok("cloudtrail", "lookup-events", "--start-time", "2020-01-01",
                       "--lookup-attributes",
                       "AttributeKey=EventName,AttributeValue=DescribeRegions")["Events"]
        paged = lab.ok("cloudtrail", "lookup-events", "--start-time", "2020-01-01",
                       "--page-size", "3", "--lookup-attributes",
                       "AttributeKey=EventName,AttributeValue=DescribeRegions")["Events"]
        ids = [e["EventId"] for e in whole]
        self.assertEqual(ids, [e["EventId"] for e in paged])
        self.assertEqual(len(set(ids)), len(ids))
        self.assertGreaterEqual(len(ids), 7)
        self.assertEqual(lab.refused("InvalidTimeRangeException", "cloudtrail", "lookup-events",
                                     "--start-time", "2024-01-02", "--end-time", "2024-01-01"),
                         "The start of the time range is after its end.")


class Trail(unittest.TestCase):
    def test_the_trail_and_the_keys_of_its_digests(self):
        """What an auditor asks; and openssl verifies a digest with the key that is listed."""
        trail, = lab.ok("cloudtrail", "describe-trails")["trailList"]
        self.assertTrue(trail["LogFileValidationEnabled"])
        arn = trail["TrailARN"]
        self.assertEqual(lab.ok("cloudtrail", "get-trail", "--name", arn)["Trail"], trail)
        self.assertEqual(lab.ok("cloudtrail", "list-trails")["Trails"][0]["TrailARN"], arn)
        selectors = lab.ok("cloudtrail", "get-event-selectors", "--trail-name", arn)
        self.assertEqual(selectors["EventSelectors"][0]["ReadWriteType"], "All")
        wait_caught_up()
        status = lab.ok("cloudtrail", "get-trail-status", "--name", trail["Name"])
        self.assertTrue(status["IsLogging"])
        self.assertIn("LatestDigestDeliveryTime", status)
        keys = {k["Fingerprint"]: base64.b64decode(k["Value"])
                for k in lab.ok("cloudtrail", "list-public-keys")["PublicKeyList"]}
        line = json.loads(whole_lines(exported.with_name("audit.jsonl.digest"))[-1])
        text = line["openeicDigest"]["digest"]
        names = {"key": keys[json.loads(text)["certificateFingerprint"]],
                 "signature": base64.b64decode(line["openeicDigest"]["signature"]),
                 "text": text.encode()}
        for name, content in names.items():
            (lab.dir / name).write_bytes(content)
        subprocess.run(["openssl", "rsa", "-RSAPublicKey_in", "-inform", "DER", "-in",
                        lab.dir / "key", "-pubout", "-out", lab.dir / "key.pem"],
                       check=True, capture_output=True)
        subprocess.run(["openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss",
                        "-sigopt", "rsa_pss_saltlen:32", "-verify", lab.dir / "key.pem",
                        "-signature", lab.dir / "signature", lab.dir / "text"],
                       check=True, capture_output=True)
        lab.refused("TrailNotFoundException", "cloudtrail", "get-trail", "--name", "other")


class Export(unittest.TestCase):
    def test_every_record_once(self):
        for _ in range(5):
            push()
        labkit.wait_for("two files put aside", lambda: push() or len(files()) > 2)
        wait_caught_up()
        got = records()
        self.assertEqual([r["openeicChain"]["sequence"] for r in got],
                         list(range(1, len(got) + 1)))
        for r in got:
            del r["openeicChain"]
        self.assertEqual(got, lab.audit()[:len(got)])
        for p in files():
            self.assertLessEqual(p.stat().st_size, 16384)
        r = validate()
        self.assertEqual((r.code, r.err), (0, ""), r)
        self.assertRegex(r.out, rf"^(\d+) of \1 records valid, sequence 1 to \1, .*\n"
                                r"(\d+) of \2 digests valid; ")

    def test_core_dies_at_any_time(self):
        for _ in range(3):
            push()
            old = lab.kill("eicd-core")
            lab.wait_restarted("eicd-core", old)
            push()
        # As if it had died in the middle of a line.
        lab.verb("restart", "eicd")
        labkit.wait_for("an answer", lambda: lab.aws("sts", "get-caller-identity").code == 0)
        wait_caught_up()
        pid = lab.kill("eicd-core", signal.SIGSTOP)
        with exported.open("a") as f:
            f.write(lines()[-1][:100])
        os.kill(pid, signal.SIGKILL)
        lab.wait_restarted("eicd-core", pid)
        labkit.wait_for("an answer", lambda: lab.aws("sts", "get-caller-identity").code == 0)
        wait_caught_up()
        got = records()
        self.assertEqual([r["openeicChain"]["sequence"] for r in got],
                         list(range(1, len(got) + 1)))
        self.assertEqual(validate().code, 0, validate())

    def test_removed_by_somebody(self):
        push()
        wait_caught_up()
        exported.unlink()
        push()
        wait_caught_up()
        self.assertEqual(validate().code, 0, validate())
        self.assertIn("ev=export-gone", (lab.lab_dir / "eicd.log").read_text())

    def test_a_file_system_mounted_over_it_and_taken_away(self):
        """Core may not write there, as its confinement is for the directory of before. The next
        one may, and exports all that its files lack."""
        folder = exported.parent
        was = folder.stat()
        push()
        wait_caught_up()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"uid={was.st_uid},gid={was.st_gid},mode=750",
                        "none", folder], check=True)
        try:
            push()
            wait_caught_up()
            self.assertEqual(validate().code, 0, validate())
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        push()
        wait_caught_up()
        self.assertEqual(validate().code, 0, validate())
        log = (lab.lab_dir / "eicd.log").read_text()
        self.assertGreaterEqual(log.count("ev=export-moved"), 2)

    def test_a_clean_stop_signs_what_there_is(self):
        self.addCleanup(configure, f"audit_export = {exported}", "audit_export_max_size = 16k",
                        "audit_digest_interval = 1s")
        configure(f"audit_export = {exported}", "audit_digest_interval = 12h")
        push()
        configure(f"audit_export = {exported}", "audit_digest_interval = 12h")
        r = validate()
        self.assertEqual(r.code, 0, r)
        pushed = max(i for i, e in enumerate(lab.audit(), 1) if e["eventName"] ==
                     "SendSSHPublicKey")
        signed = max(json.loads(json.loads(line)["openeicDigest"]["digest"])["lastSequence"]
                     for line in exported.with_name("audit.jsonl.digest").read_text()
                     .splitlines())
        self.assertGreaterEqual(signed, pushed)


# What published detection rules ask of a record, in their own terms.
def stratus_push_to_many(events):
    """Stratus Red Team, ec2-instance-connect: one key for several instances."""
    pushes = [e for e in events if e["eventName"] == "SendSSHPublicKey" and
              e["eventSource"] == "ec2-instance-connect.amazonaws.com" and
              "errorCode" not in e]
    return len({e["requestParameters"]["instanceId"] for e in pushes}) > 1


def deep_get(event, *names):
    for name in names:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def panther_connect_denied(event):
    """Panther: who may not push, and tries."""
    return (event.get("eventSource") == "ec2-instance-connect.amazonaws.com" and
            event.get("errorCode") == "AccessDenied" and
            deep_get(event, "userIdentity", "type") == "IAMUser" and
            deep_get(event, "requestParameters") is None)


def sigma_matches(selection, event):
    """A Sigma selection: all of its fields, any of a field's values."""
    return all(deep_get(event, *field.split(".")) in (want if isinstance(want, list) else [want])
               for field, want in selection.items())


SIGMA_BACKDOOR_KEY = {"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey"}
SIGMA_ROOT_USED = {"userIdentity.type": "Root", "eventType": "AwsApiCall"}
SIGMA_CONNECT = {"eventSource": "ec2-instance-connect.amazonaws.com",
                 "eventName": ["SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"]}


def backdoor_key(event):
    """The same with the filter that compares who makes a key with whose it is."""
    return (sigma_matches(SIGMA_BACKDOOR_KEY, event) and event["awsRegion"] == "us-east-1" and
            deep_get(event, "userIdentity", "arn").split("/")[-1] !=
            deep_get(event, "responseElements", "accessKey", "userName"))


class Rules(unittest.TestCase):
    """They fire on exported lines as they are, and on nothing else."""

    def test_they_fire(self):
        lab.ok("iam", "create-user", "--user-name", "mallory")
        made = lab.ok("iam", "create-access-key", "--user-name", "mallory")["AccessKey"]
        mallory = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"],
                   "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
        before = len(lab.audit())
        r = lab.aws(*lab.push_args(one["InstanceId"], key), env=mallory)
        self.assertIn("AccessDeniedException", r.err)
        push()
        wait_caught_up()
        got = records()
        denied = [e for e in got if panther_connect_denied(e)]
        self.assertEqual([e["userIdentity"]["userName"] for e in denied], ["mallory"])
        self.assertGreater(denied[0]["openeicChain"]["sequence"], before)
        self.assertIn("is not authorized to perform: ec2-instance-connect:SendSSHPublicKey",
                      denied[0]["errorMessage"])
        self.assertEqual([e["requestParameters"]["userName"] for e in got if backdoor_key(e)],
                         ["mallory"])
        self.assertFalse(stratus_push_to_many(got))
        self.assertTrue(any(sigma_matches(SIGMA_ROOT_USED, e) for e in got))
        self.assertEqual(len([e for e in got if sigma_matches(SIGMA_CONNECT, e)]),
                         len([e for e in got if "SSHPublicKey" in e["eventName"]]))
        self.assertNotIn(made["SecretAccessKey"], "".join(lines()))
        two = lab.run_instance()
        labkit.wait_for("a push", lambda: lab.aws(
            *lab.push_args(two["InstanceId"], key)).code == 0)
        wait_caught_up()
        self.assertTrue(stratus_push_to_many(records()))


class Tampering(unittest.TestCase):
    """On a copy, each time; the verdict names what was done."""

    def setUp(self):
        push()
        wait_caught_up()
        self.copy = lab.dir / "copy" / "audit.jsonl"
        shutil.rmtree(self.copy.parent, ignore_errors=True)
        self.copy.parent.mkdir()
        self.lines = lines()
        self.digests = exported.with_name("audit.jsonl.digest").read_text().splitlines()
        self.save()

    def save(self):
        self.copy.write_text("".join(f"{line}\n" for line in self.lines))
        self.copy.with_name("audit.jsonl.digest").write_text(
            "".join(f"{line}\n" for line in self.digests))

    def verdict(self, *args):
        self.save()
        r = validate(*args, path=self.copy)
        self.assertEqual(r.code, 1, r)
        return [line for line in r.out.splitlines() if line.startswith("BROKEN")]

    def test_untouched(self):
        r = validate(path=self.copy)
        self.assertEqual(r.code, 0, r)

    def test_another_user(self):
        n = max(i for i, line in enumerate(self.lines) if "SendSSHPublicKey" in line)
        event = json.loads(self.lines[n])["eventID"]
        self.lines[n] = self.lines[n].replace('"ec2-user"', '"ec2-usar"')
        self.assertEqual(self.verdict(), [
            f"BROKEN record: {self.copy}:{n + 1}: sequence {n + 1}: eventID {event}: the record "
            "was altered: its hash is not the one that it states"])
        self.assertNotIn("not signed yet", validate(path=self.copy).out)

    def test_deleted(self):
        event = json.loads(self.lines[5])["eventID"]
        del self.lines[4]
        self.assertEqual(self.verdict(), [
            f"BROKEN record: {self.copy}:5: sequence 6: eventID {event}: records 5 to 5 are "
            "missing before it"])

    def test_swapped(self):
        self.lines[4], self.lines[5] = self.lines[5], self.lines[4]
        self.assertIn("it is out of order: record 5 comes after it", self.verdict()[0])

    def test_cut(self):
        n = len(self.lines)
        del self.lines[-2:]
        self.assertRegex(self.verdict()[0], rf"^BROKEN record: sequence {n - 1}: records "
                                            rf"{n - 1} to {n} are missing, for which digest")

    def test_digest_altered(self):
        self.digests[1] = self.digests[1].replace('\\"eventCount\\":', '\\"eventCount\\": ')
        self.assertIn("audit.jsonl.digest:2: its text is not that of a digest",
                      self.verdict()[0])

    def test_digest_removed(self):
        del self.digests[1]
        self.assertIn("audit.jsonl.digest:2: sequence 3: digests 2 to 2 are missing before it",
                      self.verdict()[0])

    def test_other_root(self):
        pem = lab.dir / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                        "/dev/null", "-out", pem, "-subj", "/CN=other", "-days", "30"],
                       check=True, capture_output=True)
        r = labkit.run(VALIDATE, "--ca", pem, self.copy)
        self.assertEqual(r.code, 1, r)
        self.assertIn("BROKEN digest:", r.out)

    def test_stretch(self):
        del self.lines[:7]
        self.assertIn("records 1 to 7 are missing before it", self.verdict()[0])
        r = validate("--first", "8", path=self.copy)
        self.assertEqual(r.code, 0, r)
        n = json.loads(self.lines[-1])["openeicChain"]["sequence"] + 999
        self.assertEqual(self.verdict("--first", str(n)), [
            f"BROKEN record: sequence {n}: there is no record from this one on: nothing was "
            "verified"])

    def test_posing_as_digest(self):
        """A record that nobody made, which whoever reads records would take for one."""
        self.lines.insert(1, '{"openeicDigest":{},' + self.lines[1][1:])
        self.assertIn(f"BROKEN record: {self.copy}:2: sequence 2:", self.verdict()[0])

    def test_digests_among_records(self):
        self.lines += self.digests
        self.save()
        self.copy.with_name("audit.jsonl.digest").unlink()
        r = validate(path=self.copy)
        self.assertEqual(r.code, 0, r)

    def test_usage(self):
        for args in ((), ("--ca", "/dev/null"), ("--ca", "/nonexistent", self.copy),
                     ("--ca", lab.lab_dir / "state/root.pem", "/nonexistent"),
                     ("--ca", "/dev/null", self.copy), ("--ca", "/etc/passwd", self.copy),
                     ("--first", "0", "--ca", "x", self.copy)):
            self.assertEqual(labkit.run(VALIDATE, *args).code, 2, args)


if __name__ == "__main__":
    unittest.main()
