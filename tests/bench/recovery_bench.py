#!/usr/bin/env python3
"""recovery_bench BUILD_DIR: how long a region is away when core is killed.

One client pushes keys one after the other over one connection, and never waits for long. Core is
killed once, and then ten times within a minute, each time six seconds after the one before. For
each kill: how long until a push succeeds again, how many were refused until then, and whether the
connection was kept. The back-off of a process that dies again and again (50 ms, doubled up to 5 s;
after 10 s of life at the beginning again) is part of it.
"""
import os
import pathlib
import signal
import ssl
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "it"))
import apikit  # noqa: E402
import labkit  # noqa: E402

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
KILLS, EVERY_S, LIMIT_S = 10, 6, 60


class Pusher:
    """Pushes on one connection, and makes another when that ends."""

    def __init__(self, lab, instance):
        self.lab, self.instance = lab, instance
        self.ctx = ssl.create_default_context(cafile=lab.env["AWS_CA_BUNDLE"])
        self.client = apikit.Client(lab, self.ctx)
        self.n = self.connections = 0

    def push(self):
        """The status of the answer; None when the connection ended."""
        self.n += 1
        try:
            return self.client.request(
                apikit.CONNECT, *apikit.push_request(self.instance, self.n))[0]
        except (OSError, apikit.http.client.HTTPException):
            self.client.close()
            self.client = apikit.Client(self.lab, self.ctx)
            self.connections += 1
            return None

    def recover(self):
        """Kills core. Milliseconds until a push succeeds, and what was refused before."""
        os.kill(self.lab.pid("eicd-core"), signal.SIGKILL)
        start, refused = time.monotonic(), 0
        while self.push() != 200:
            refused += 1
            if time.monotonic() > start + LIMIT_S:
                raise AssertionError("no push succeeds")
            time.sleep(0.01)
        return (time.monotonic() - start) * 1000, refused


def main():
    lab = labkit.Lab(BUILD)
    try:
        lab.up()
        p = Pusher(lab, lab.run_instance()["InstanceId"])
        assert p.push() == 200
        took, refused = p.recover()
        print(f"{'one kill':24s}{took:8.0f} ms, {refused} pushes refused, "
              f"{p.connections} connections lost")
        labkit.wait_for("the back-off to be over",
                        lambda end=time.monotonic() + 12: time.monotonic() > end)
        rows = []
        for _ in range(KILLS):
            rows.append(p.recover())
            end = time.monotonic() + EVERY_S - rows[-1][0] / 1000
            while time.monotonic() < end:
                assert p.push() == 200
                time.sleep(0.05)
        times = sorted(t for t, _ in rows)
        print(f"{f'{KILLS} kills, {EVERY_S} s apart':24s}"
              f"{statistics.median(times):8.0f} ms median, {times[-1]:.0f} ms longest, "
              f"{sum(r for _, r in rows)} pushes refused, {p.connections} connections lost")
        print(f"{'after the last':24s}{'':8s} all pushes succeed, {p.n} were made")
    finally:
        lab.down()


if __name__ == "__main__":
    main()
