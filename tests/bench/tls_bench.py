#!/usr/bin/env python3
"""tls_bench BUILD_DIR [SECONDS]: what others wait for while passwords are hashed.

One user changes the password of others, again and again, without a limit: each is a hash
of some 45 ms. Meanwhile this measures, in turns with times when nothing is hashed, whole
TLS handshakes, and small messages on an open connection: requests that front answers by
itself. Both are what stands in the way of a tunnel's opening and of its keystrokes.
"""
import datetime
import hashlib
import hmac
import http.client
import os
import pathlib
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "it"))
import labkit  # noqa: E402

BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "build"
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
TURNS = 2
# front answers it: no such path of ours is core's to decide without a signature
SMALL = b"GET /openeic/v1/uplink HTTP/1.1\r\nHost: x\r\n\r\n"


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))] * 1000


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Client:
    """One connection, on which the lab's own key signs calls of IAM."""

    def __init__(self, lab, ctx):
        self.env, self.host = lab.env, f"127.0.0.1:{lab.port}"
        self.connection = http.client.HTTPSConnection("127.0.0.1", lab.port, context=ctx)

    def call(self, **parameters):
        body = urllib.parse.urlencode({"Version": "2010-05-08", **parameters})
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        scope = f"{day}/us-east-1/iam/aws4_request"
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8",
                   "host": self.host, "x-amz-date": stamp}
        names = ";".join(sorted(headers))
        canonical = "\n".join(["POST", "/", "", *(f"{k}:{headers[k]}" for k in sorted(headers)),
                               "", names, hashlib.sha256(body.encode()).hexdigest()])
        to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                             hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.env["AWS_SECRET_ACCESS_KEY"]).encode()
        for part in scope.split("/"):
            key = mac(key, part)
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.env['AWS_ACCESS_KEY_ID']}/{scope}, "
            f"SignedHeaders={names}, Signature={mac(key, to_sign).hex()}")
        self.connection.request("POST", "/", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, (answer.status, text)
        return text


class Hashing:
    """Passwords are hashed from enter to exit."""

    def __init__(self, client):
        self.client, self.stop, self.n = client, threading.Event(), 0
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stop.is_set():
            self.client.call(Action="UpdateLoginProfile", UserName="hashed",
                             Password=f"Correct-Horse-{self.n}")
            self.n += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def handshakes(port, ctx, seconds):
    out, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        raw = socket.create_connection(("127.0.0.1", port))
        start = time.monotonic()
        tls = ctx.wrap_socket(raw, server_hostname="127.0.0.1")
        out.append(time.monotonic() - start)
        tls.close()
    return out


def messages(port, ctx, seconds):
    raw = socket.create_connection(("127.0.0.1", port))
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    out, end = [], time.monotonic() + seconds
    with ctx.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        while time.monotonic() < end:
            start = time.monotonic()
            tls.sendall(SMALL)
            answer = tls.recv(65536)
            out.append(time.monotonic() - start)
            assert answer.startswith(b"HTTP/1.1 4"), answer
            if b"Connection: close" in answer:
                raise AssertionError(answer)
    return out


def unthrottle(lab):
    with open(lab.lab_dir / "eicd.conf", "a", encoding="utf-8") as f:
        f.write("\n[limits]\napi_rate = 0\ncostly_rate = 0\n")
    lab.kill("eicd", signal.SIGHUP)


def main():
    lab = labkit.Lab(BUILD)
    lab.up()
    try:
        ctx = ssl.create_default_context(cafile=lab.env["AWS_CA_BUNDLE"])
        client = Client(lab, ctx)
        client.call(Action="CreateUser", UserName="hashed")
        client.call(Action="CreateLoginProfile", UserName="hashed", Password="Correct-Horse")
        unthrottle(lab)
        what = {"TLS handshake": handshakes, "small message": messages}
        quiet, busy, hashes = ({k: [] for k in what} for _ in range(3))
        for _ in range(TURNS):
            for name, measure in what.items():
                quiet[name] += measure(lab.port, ctx, SECONDS / 4)
                with Hashing(client) as hashing:
                    busy[name] += measure(lab.port, ctx, SECONDS / 4)
                hashes[name].append(hashing.n)
        print(f"{'':28s}{'n':>8s}{'p50 ms':>9s}{'p99 ms':>9s}{'hashes/s':>10s}")
        for name in what:
            for title, v, h in ((name, quiet[name], [0]),
                                ("... while hashing", busy[name], hashes[name])):
                print(f"{title:28s}{len(v):8d}{percentile(v, 50):9.2f}{percentile(v, 99):9.2f}"
                      f"{sum(h) / (TURNS * SECONDS / 4):10.1f}")
    finally:
        lab.down()


main()
