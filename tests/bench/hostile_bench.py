#!/usr/bin/env python3
"""hostile_bench BUILD_DIR [SECONDS [OLD_BUILD_DIR]]: what a bystander waits for under attack.

A bystander makes 25 small calls a second, and an auditor looks one event up as often. Meanwhile
somebody who may do nothing attacks, from many connections at once, with requests that were signed
before; the default limits hold. For each attack this prints the bystander's and the auditor's median
and 99th percentile, how many calls of theirs were refused, how many requests of the attacker were
answered, and how many bytes core and the journal wrote for each of them.

  compare   a session policy of 61 patterns, and headers as long as front takes them, to compare
  name      TerminateInstances with a thousand invented ids, 24 connections
  lookup    LookupEvents, which is denied
  unknown   an action that is not there
  unsigned  a wrong signature

With OLD_BUILD_DIR, a build in a clone of an earlier commit, a lab of it stands beside, and the two
are measured in turns. tests/hostile tells the same by what can be counted.
"""
import importlib.util
import inspect
import json
import multiprocessing
import os
import pathlib
import re
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "it"))
import apikit  # noqa: E402

BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "build"
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
OLD = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
PAUSE_S = 0.04
PROCESSES = 2
FORM = "application/x-www-form-urlencoded; charset=utf-8"
LOOKUP = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
ASSUME = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                                                 "Resource": "*"}}


def percentile(values, p):
    values = sorted(values) or [0]
    return values[min(len(values) - 1, int(len(values) * p / 100))] * 1000


def labkit_of(build):
    """The labkit of the clone that a build directory is in."""
    path = pathlib.Path(build).parent / "tests/it/labkit.py"
    spec = importlib.util.spec_from_file_location("labkit_" + str(abs(hash(build))), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def element(text, name):
    return re.search(f"<{name}>([^<]*)</{name}>", text).group(1)


class Somebody(apikit.Client):
    """A connection of someone else than the lab's own key."""

    def __init__(self, side, env):
        super().__init__(side.lab, side.ctx)
        self.env = {**self.env, **env}

    def raw(self, service, headers, body):
        """A signed request as bytes."""
        token = self.env.get("AWS_SESSION_TOKEN")
        headers = apikit.signed(self.env, service, {
            **headers, "host": self.host, **({"x-amz-security-token": token} if token else {})},
            body)
        head = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        return f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n{body}".encode()


def answer_read(tls):
    data = b""
    while b"\r\n\r\n" not in data:
        part = tls.recv(65536)
        if not part:
            return None
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
    while len(body) < length:
        part = tls.recv(65536)
        if not part:
            return None
        body += part
    return head


def attack_connection(port, cafile, request, until, counts, at):
    ctx = ssl.create_default_context(cafile=cafile)
    while time.time() < until:
        try:
            raw = socket.create_connection(("127.0.0.1", port), timeout=60)
            with ctx.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                while time.time() < until:
                    tls.sendall(request)
                    if answer_read(tls) is None:
                        break
                    counts[at] += 1
        except OSError:
            time.sleep(0.05)


def attack_process(port, cafile, request, until, connections, counts, first):
    threads = [threading.Thread(target=attack_connection,
                                args=(port, cafile, request, until, counts, first + i))
               for i in range(connections)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


class Side:
    """A lab of one build, and what is measured there."""

    def __init__(self, name, build):
        self.name, self.build = name, os.path.realpath(build)
        kit = labkit_of(build)
        # Once, a lab was told which of a run's it is.
        numbered = "number" in inspect.signature(kit.Lab.__init__).parameters
        self.lab = kit.Lab(build, 9) if numbered else kit.Lab(build)
        self.rows = {}

    def up(self):
        self.lab.up()
        self.ctx = ssl.create_default_context(cafile=self.lab.env["AWS_CA_BUNDLE"])
        root = apikit.Client(self.lab, self.ctx)
        keys = {}
        for user, policy in (("bystander", ALLOW), ("auditor", ALLOW), ("mallory", ASSUME)):
            root.call(Action="CreateUser", UserName=user)
            root.call(Action="PutUserPolicy", UserName=user, PolicyName="p",
                      PolicyDocument=json.dumps(policy))
            text = root.call(Action="CreateAccessKey", UserName=user)
            keys[user] = {"AWS_ACCESS_KEY_ID": element(text, "AccessKeyId"),
                          "AWS_SECRET_ACCESS_KEY": element(text, "SecretAccessKey")}
        arn = element(root.call(Action="GetUser", UserName="mallory"), "Arn")
        trust = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": arn}}}
        root.call(Action="CreateRole", RoleName="any", AssumeRolePolicyDocument=json.dumps(trust))
        root.call(Action="PutRolePolicy", RoleName="any", PolicyName="p",
                  PolicyDocument=json.dumps(ALLOW))
        self.bystander = Somebody(self, keys["bystander"])
        self.auditor = Somebody(self, keys["auditor"])
        self.mallory = Somebody(self, keys["mallory"])
        self.session = self.session_of(arn.replace("user/mallory", "role/any"))

    def session_of(self, role):
        """A session that compares as much as its policy has room for."""
        policy = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringLike": {"aws:UserAgent": ["*${aws:Referer}b"] * 61}}}}
        text = self.mallory.call(apikit.STS, Action="AssumeRole", RoleArn=role,
                                 RoleSessionName="attack",
                                 Policy=json.dumps(policy, separators=(",", ":")))
        return Somebody(self, {"AWS_ACCESS_KEY_ID": element(text, "AccessKeyId"),
                               "AWS_SECRET_ACCESS_KEY": element(text, "SecretAccessKey"),
                               "AWS_SESSION_TOKEN": element(text, "SessionToken")})

    def attacks(self):
        """For each attack its request and the number of connections; made anew, as a signature
        lasts for minutes only."""
        def ec2(who, action, more="", **headers):
            return who.raw("ec2", {"content-type": FORM, **headers},
                           f"Action={action}&Version=2016-11-15{more}")
        named = "".join(f"&InstanceId.{i}=i-{i:017d}" for i in range(1, 1001))
        wrong = Somebody(self, {"AWS_SECRET_ACCESS_KEY": "wrong"})
        return {
            "compare": (ec2(self.session, "DescribeVpcs",
                            **{"user-agent": "a" * 24000, "referer": "a" * 4000}), 4),
            "name": (ec2(self.mallory, "TerminateInstances", named), 24),
            "lookup": (self.mallory.raw("cloudtrail", {
                "content-type": "application/x-amz-json-1.1", "x-amz-target": LOOKUP}, "{}"), 8),
            "unknown": (ec2(self.mallory, "MakeCoffee"), 24),
            "unsigned": (ec2(wrong, "DescribeVpcs"), 24),
        }

    def written(self):
        """How many bytes core has written to files until now: database and journal."""
        total = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/exe") == f"{self.build}/src/daemon/eicd-core":
                    text = pathlib.Path(f"/proc/{pid}/io").read_text(encoding="ascii")
                    total += int(re.search(r"wchar: (\d+)", text).group(1))
            except OSError:
                pass
        return total

    def bystand(self, seconds):
        """The times of the calls of both, and how many were refused."""
        small, looked, refused, end = [], [], 0, time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.monotonic()
            status, _ = self.bystander.query(apikit.STS, Action="GetCallerIdentity")
            small.append(time.monotonic() - start)
            refused += status != 200
            start = time.monotonic()
            status, _ = self.auditor.request("cloudtrail", {
                "content-type": "application/x-amz-json-1.1", "x-amz-target": LOOKUP},
                '{"MaxResults":1}')
            looked.append(time.monotonic() - start)
            refused += status != 200
            time.sleep(max(0, PAUSE_S * 3 - (time.monotonic() - start)))
        return small, looked, refused

    def measure(self, name, seconds):
        """name: of an attack, or quiet."""
        row = self.rows.setdefault(name, {"small": [], "looked": [], "refused": 0, "n": 0,
                                          "bytes": 0, "seconds": 0})
        processes, counts = [], multiprocessing.Array("q", 64, lock=False)
        before = self.written()
        if name != "quiet":
            request, connections = self.attacks()[name]
            for i in range(PROCESSES):
                processes.append(multiprocessing.Process(target=attack_process, args=(
                    self.lab.port, self.lab.env["AWS_CA_BUNDLE"], request,
                    time.time() + seconds, connections // PROCESSES, counts, i * 32)))
            for p in processes:
                p.start()
            time.sleep(0.5)
        small, looked, refused = self.bystand(seconds - 0.5)
        for p in processes:
            p.join()
        after = self.written()
        row["small"] += small
        row["looked"] += looked
        row["refused"] += refused
        row["n"] += sum(counts)
        row["bytes"] += after - before
        row["seconds"] += seconds

    def print(self):
        print(f"\n{self.name:12s}{'bystander':>22s}{'auditor':>22s}{'refused':>9s}"
              f"{'attacker':>10s}{'bytes written':>15s}")
        print(f"{'':12s}{'p50 ms':>11s}{'p99 ms':>11s}{'p50 ms':>11s}{'p99 ms':>11s}"
              f"{'':9s}{'/s':>10s}{'each':>15s}")
        for name, r in self.rows.items():
            each = f"{r['bytes'] / r['n']:15.0f}" if r["n"] else f"{'':15s}"
            print(f"{name:12s}{percentile(r['small'], 50):11.1f}{percentile(r['small'], 99):11.1f}"
                  f"{percentile(r['looked'], 50):11.1f}{percentile(r['looked'], 99):11.1f}"
                  f"{r['refused']:9d}{r['n'] / r['seconds']:10.1f}{each}")


def main():
    sides = [Side("new", BUILD)] + ([Side("old", OLD)] if OLD else [])
    try:
        for s in sides:
            s.up()
        for name in ("quiet", "compare", "name", "lookup", "unknown", "unsigned", "quiet"):
            for s in sides:
                s.measure(name, SECONDS)
        for s in sides:
            s.print()
    finally:
        for s in sides:
            s.lab.down()


main()
