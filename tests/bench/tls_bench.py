#!/usr/bin/env python3
"""tls_bench BUILD_DIR [SECONDS [OLD_BUILD_DIR]]: what others wait for while passwords are hashed.

Two users' passwords are changed, again and again, without a limit: each is a hash of some 45 ms,
and the hasher has always one to do. Meanwhile this measures, in turns with times when nothing is
hashed: whole TLS handshakes; small messages on an open connection, which front answers by itself;
and, what core answers, pushes and small requests. The first two are what stands in the way of a
tunnel's opening and of its keystrokes.

With OLD_BUILD_DIR, a build in a clone of an earlier commit, a lab of it stands beside, and the two
are measured in turns, so that what the machine does besides falls on both.
"""
import signal
import socket
import ssl
import subprocess
import threading
import time

from benchkit import BUILD, OLD, SECONDS, lab_of, percentile, sides_up
import apikit  # benchkit says where it is

TURNS = 2
HASHERS = 2
# front answers it: no such path of ours is core's to decide without a signature
SMALL = b"GET /openeic/v1/uplink HTTP/1.1\r\nHost: x\r\n\r\n"


class Hashing:
    """Passwords are hashed from enter to exit."""

    def __init__(self, side):
        self.stop, self.n = threading.Event(), 0
        self.threads = [threading.Thread(target=self.run, args=(c, f"hashed{i}"))
                        for i, c in enumerate(side.hashers)]

    def run(self, client, name):
        while not self.stop.is_set():
            client.call(Action="UpdateLoginProfile", UserName=name,
                        Password=f"Correct-Horse-{self.n}")
            self.n += 1

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for t in self.threads:
            t.join()


def handshakes(side, seconds):
    out, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        raw = socket.create_connection(("127.0.0.1", side.lab.port))
        start = time.monotonic()
        tls = side.ctx.wrap_socket(raw, server_hostname="127.0.0.1")
        out.append(time.monotonic() - start)
        tls.close()
    return out


def messages(side, seconds):
    raw = socket.create_connection(("127.0.0.1", side.lab.port))
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    out, end = [], time.monotonic() + seconds
    with side.ctx.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        while time.monotonic() < end:
            start = time.monotonic()
            tls.sendall(SMALL)
            answer = tls.recv(65536)
            out.append(time.monotonic() - start)
            assert answer.startswith(b"HTTP/1.1 4"), answer
            if b"Connection: close" in answer:
                raise AssertionError(answer)
    return out


def timed(call, seconds):
    out, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        call()
        out.append(time.monotonic() - start)
    return out


def pushes(side, seconds):
    # The same few keys, each of which takes the place of the one before.
    count = iter(range(1 << 40))
    return timed(lambda: side.other.push(side.instance, next(count) % 100), seconds)


def requests(side, seconds):
    return timed(lambda: side.other.call(apikit.STS, Action="GetCallerIdentity"), seconds)


WHAT = {"TLS handshake": handshakes, "small message (front)": messages,
        "small request (core)": requests, "push": pushes}


class Side:
    """A lab of one build, and what is measured there."""

    def __init__(self, name, build):
        self.name, self.build = name, build
        self.lab = lab_of(build)
        self.quiet, self.busy, self.hashed = ({k: [] for k in WHAT} for _ in range(3))

    def up(self):
        self.lab.up()
        self.instance = self.lab.run_instance()["InstanceId"]
        self.ctx = ssl.create_default_context(cafile=self.lab.env["AWS_CA_BUNDLE"])
        self.other = apikit.Client(self.lab, self.ctx)
        self.hashers = [apikit.Client(self.lab, self.ctx) for _ in range(HASHERS)]
        for i in range(HASHERS):
            self.other.call(Action="CreateUser", UserName=f"hashed{i}")
            self.other.call(Action="CreateLoginProfile", UserName=f"hashed{i}",
                            Password="Correct-Horse")
        self.unthrottle()

    def unthrottle(self):
        """Once, the limit on passwords was that on all requests."""
        conf = self.lab.lab_dir / "eicd.conf"
        known = subprocess.run([f"{self.build}/src/daemon/eicd", "--print-config", "-c", conf],
                               check=False, capture_output=True, text=True).stdout
        costly = "costly_rate = 0\n" if "costly_rate" in known else ""
        with open(conf, "a", encoding="utf-8") as f:
            f.write(f"\n[limits]\napi_rate = 0\n{costly}\n[keys]\npush_rate = 0\n")
        self.lab.kill("eicd", signal.SIGHUP)

    def measure(self, name):
        self.quiet[name] += WHAT[name](self, SECONDS / 4)
        with Hashing(self) as hashing:
            self.busy[name] += WHAT[name](self, SECONDS / 4)
        self.hashed[name].append(hashing.n)

    def print(self):
        print(f"{self.name:28s}{'n':>8s}{'p50 ms':>9s}{'p99 ms':>9s}{'hashes/s':>10s}")
        for name in WHAT:
            for title, v, h in ((name, self.quiet[name], [0]),
                                ("... while hashing", self.busy[name], self.hashed[name])):
                print(f"{title:28s}{len(v):8d}{percentile(v, 50):9.2f}{percentile(v, 99):9.2f}"
                      f"{sum(h) / (TURNS * SECONDS / 4):10.1f}")


def main():
    sides = [Side("new", BUILD)] + ([Side("old", OLD)] if OLD else [])

    def work():
        for i in range(TURNS):
            for name in WHAT:
                for s in sides[::1 if i % 2 == 0 else -1]:
                    s.measure(name)
        for s in sides:
            s.print()
    sides_up(sides, work)


main()
