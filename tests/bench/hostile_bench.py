#!/usr/bin/env python3
"""hostile_bench BUILD_DIR [SECONDS [OLD_BUILD_DIR]]: what a bystander waits for under attack.

A bystander makes some small calls a second, one on a connection that is open and one on a new one,
and an auditor looks one event up as often. Meanwhile somebody who may do nothing attacks, from many
connections at once, with requests that were signed before; the default limits hold. For each attack
this prints their medians and 99th percentiles, the ratio of the latter to that of the quiet time
before, how many calls of theirs were refused, how many requests of the attacker were answered, and
how many bytes core and the journal wrote for each of them.

  compare   a session policy of 61 patterns, and headers as long as front takes them, to compare
  name      TerminateInstances with a thousand invented ids, 24 connections
  lookup    LookupEvents, which is denied
  unknown   an action that is not there
  unsigned  a wrong signature
  halves    half requests from twenty addresses, on connections that stay open

With OLD_BUILD_DIR, a build in a clone of an earlier commit, a lab of it stands beside, and the two
are measured in turns. tests/hostile tells the same by what can be counted.
"""
import http.client
import json
import multiprocessing
import os
import pathlib
import re
import resource
import socket
import ssl
import threading
import time

from benchkit import BUILD, OLD, SECONDS, lab_of, percentile, sides_up
import apikit  # benchkit says where it is

PAUSE_S = 0.04
PROCESSES = 2
FORM = "application/x-www-form-urlencoded; charset=utf-8"
LOOKUP = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
ASSUME = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                                                 "Resource": "*"}}


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


def timed(times, who, call):
    """Adds the time that the call took, and returns whether it failed."""
    start = time.monotonic()
    try:
        status, _ = call()
    except (OSError, http.client.HTTPException):
        status = 0
        who.close()
    times.append(time.monotonic() - start)
    return status != 200


def identity(times, who):
    return timed(times, who, lambda: who.query(apikit.STS, Action="GetCallerIdentity"))


def half_connection(port, cafile, request, until, counts, at):
    """Opens connections from addresses of its own, and sends half of a request on each."""
    ctx, kept = ssl.create_default_context(cafile=cafile), []
    while time.time() < until:
        try:
            raw = socket.create_connection(("127.0.0.1", port), timeout=10,
                                           source_address=(f"127.0.0.{10 + at % 20}", 0))
            tls = ctx.wrap_socket(raw, server_hostname="127.0.0.1")
            tls.sendall(request[:-1])
            kept.append(tls)
            counts[at] += 1
        except OSError:
            kept = kept[1:]
            time.sleep(0.01)


def attack_process(attack, port, cafile, request, until, connections, counts, first):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    threads = [threading.Thread(target=attack,
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
        self.lab = lab_of(build)
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
            "halves": (ec2(self.mallory, "DescribeVpcs"), 40),
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
        """The times of the three kinds of calls, and how many were refused or lost."""
        small, fresh, looked, refused, end = [], [], [], 0, time.monotonic() + seconds
        while time.monotonic() < end:
            refused += identity(small, self.bystander)
            refused += identity(fresh, Somebody(self, self.bystander.env))
            start = time.monotonic()
            refused += timed(looked, self.auditor, lambda: self.auditor.request("cloudtrail", {
                "content-type": "application/x-amz-json-1.1", "x-amz-target": LOOKUP},
                '{"MaxResults":1}'))
            time.sleep(max(0, PAUSE_S * 3 - (time.monotonic() - start)))
        return small, fresh, looked, refused

    def measure(self, name, seconds):
        """name: of an attack, or quiet."""
        row = self.rows.setdefault(name, {"small": [], "fresh": [], "looked": [], "refused": 0, "n": 0,
                                          "bytes": 0, "seconds": 0})
        processes, counts = [], multiprocessing.Array("q", 64, lock=False)
        before = self.written()
        if name != "quiet":
            request, connections = self.attacks()[name]
            attack = half_connection if name == "halves" else attack_connection
            for i in range(PROCESSES):
                processes.append(multiprocessing.Process(target=attack_process, args=(
                    attack,
                    self.lab.port, self.lab.env["AWS_CA_BUNDLE"], request,
                    time.time() + seconds, connections // PROCESSES, counts, i * 32)))
            for p in processes:
                p.start()
            time.sleep(0.5)
        small, fresh, looked, refused = self.bystand(seconds - 0.5)
        for p in processes:
            p.join()
        after = self.written()
        row["small"] += small
        row["fresh"] += fresh
        row["looked"] += looked
        row["refused"] += refused
        row["n"] += sum(counts)
        row["bytes"] += after - before
        row["seconds"] += seconds

    def print(self):
        kinds = {"small": "bystander", "fresh": "... new connection", "looked": "auditor"}
        print(f"\n{self.name:12s}" + "".join(f"{k:>26s}" for k in kinds.values())
              + f"{'refused':>9s}{'attacker':>10s}{'bytes written':>15s}")
        print(f"{'':12s}" + f"{'p50 ms':>10s}{'p99 ms':>9s}{'ratio':>7s}" * len(kinds)
              + f"{'':9s}{'/s':>10s}{'each':>15s}")
        for name, r in self.rows.items():
            line = f"{name:12s}"
            for k in kinds:
                quiet = percentile(self.rows["quiet"][k], 99)
                p99 = percentile(r[k], 99)
                line += f"{percentile(r[k], 50):10.1f}{p99:9.1f}{p99 / quiet:7.1f}"
            each = f"{r['bytes'] / r['n']:15.0f}" if r["n"] else ""
            print(f"{line}{r['refused']:9d}{r['n'] / r['seconds']:10.1f}{each}")


def main():
    sides = [Side("new", BUILD)] + ([Side("old", OLD)] if OLD else [])

    def work():
        for name in ("quiet", "compare", "name", "lookup", "unknown", "unsigned", "halves",
                     "quiet"):
            for s in sides:
                s.measure(name, SECONDS)
        for s in sides:
            s.print()
    sides_up(sides, work)


main()
