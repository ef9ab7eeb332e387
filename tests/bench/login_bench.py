#!/usr/bin/env python3
"""login_bench BUILD_DIR: what a lookup and a login cost.

The helper, exec to exit, inside an instance beside /bin/true; and whole
`ssh host true` runs with a pushed key beside a plain authorized_keys file, in
turns in one run, also with five unrelated identities offered first.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "it"))
import labkit  # noqa: E402

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
LOGINS = 40
RUNS = 400


def timed(argv, env):
    start = time.monotonic()
    r = labkit.run(*argv, env=env)
    assert r.code == 0, r
    return (time.monotonic() - start) * 1000


def helper(lab, one, key):
    """exec_bench inside the instance: p50, p99 in ms for true, no key, live key."""
    fp = labkit.run("ssh-keygen", "-lf", f"{key}.pub").out.split()[1]
    other = labkit.run("ssh-keygen", "-lf", f"{lab.key('unrelated')}.pub").out.split()[1]
    command = "/usr/lib/openeic/eic_run_authorized_keys"
    rows = (("/bin/true", ["/bin/true"]),
            ("helper, no key", [command, "ubuntu", fp]),
            ("helper, another key offered", [command, "ec2-user", other]),
            ("helper, live key", [command, "ec2-user", fp]))
    host = one["PublicIpAddress"]
    with open(BUILD / "tests/bench/exec_bench", "rb") as program:
        subprocess.run(lab.ssh_argv(host, key, "ec2-user",
                                    "cat >/tmp/exec_bench && chmod 755 /tmp/exec_bench"),
                       stdin=program, env=lab.env, check=True)
    for name, argv in rows:
        lab.push(one["InstanceId"], key)
        r = lab.ssh(host, key, "ec2-user", f"/tmp/exec_bench {RUNS} {' '.join(argv)}")
        assert r.code == 0, r
        p50, p99, worst, size, status = r.out.split()
        assert status == "0" and (int(size) > 0) == (name == "helper, live key"), r
        print(f"{name:34s}{int(p50) / 1000:9.2f}{int(p99) / 1000:9.2f}{int(worst) / 1000:9.2f}")


def logins(lab, one, key, plain):
    host = one["PublicIpAddress"]
    five = [lab.key(f"five{i}") for i in range(5)]

    def offered(*identities):
        """ssh that offers these keys in this order."""
        argv = lab.ssh_argv(host, identities[0], "ec2-user", "true")
        at = argv.index("-i") + 2
        more = [a for k in identities[1:] for a in ("-i", str(k))]
        return argv[:at] + more + argv[at:]
    ways = {"plain authorized_keys": offered(plain), "pushed key": offered(key),
            "plain, sixth offered": offered(*five, plain),
            "pushed key, sixth offered": offered(*five, key)}
    took = {w: [] for w in ways}
    for i in range(LOGINS):
        if i % 10 == 0:
            lab.push(one["InstanceId"], key)
        for way, argv in ways.items():
            took[way].append(timed(argv, lab.env))
    base = statistics.median(took["plain authorized_keys"])
    for way, ms in took.items():
        mid = statistics.median(ms)
        print(f"{way:34s}{mid:9.1f}{max(ms):9.1f}{mid - base:+9.1f}{mid / base:9.3f}")


def main():
    lab = labkit.Lab(BUILD)
    lab.up()
    try:
        one = lab.run_instance()
        key, plain = lab.key("pushed"), lab.key("plain")
        lab.push(one["InstanceId"], key)
        text = plain.with_suffix(".pub").read_text().strip()
        r = lab.ssh(one["PublicIpAddress"], key, "ec2-user",
                    f"mkdir -p -m 700 ~/.ssh && echo '{text}' > ~/.ssh/authorized_keys && "
                    "chmod 600 ~/.ssh/authorized_keys")
        assert r.code == 0, r
        print(f"{'exec to exit, ms':34s}{'p50':>9s}{'p99':>9s}{'max':>9s}")
        helper(lab, one, key)
        print(f"{'ssh host true, ms':34s}{'p50':>9s}{'max':>9s}{'above':>9s}{'ratio':>9s}")
        logins(lab, one, key, plain)
    finally:
        lab.down()


main()
