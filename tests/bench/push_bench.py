#!/usr/bin/env python3
"""push_bench BUILD_DIR [SECONDS [OLD_BUILD_DIR]]: SendSSHPublicKey per second, beside nginx,
on one core.

wrk, pinned to core 1, keeps 16 TLS connections busy: first with nginx on core 0
answering a static 200, then with all of eicd and the agent on core 0, where
each request is a signed push of its own and each answer is durable in the
audit trail. Figures are ratios of one run; the requests are signed beforehand.

The same load follows once with the account's own key and once with that of a user
under ten attached policies: what a decision by policies costs a push.

With OLD_BUILD_DIR, a build in a clone of an earlier commit, it compares the two instead:
a lab of the old one stands beside two of the new one, whose agents say that their helper is
the stock scripts or ours (entries signed by RSA or ECDSA). The load goes to one after the
other, so that what the machine does besides falls on all. Printed are pushes per second, the
time that half and 99 of 100 took, and the processor's time that a push costs, by process: on
one core, on all, and on all at half of the rate.
"""
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import time

from benchkit import BUILD, OLD, SECONDS, lab_of, sides_up
import apikit  # benchkit says where these are
import labkit

REQUESTS = 900  # keys, each pushed by two callers: an instance holds 2,000
CONNECTIONS = 16


def signed(env, host, instance, i):
    """Headers and body of one push, signed with SigV4."""
    headers, body = apikit.push_request(instance, i)
    return apikit.signed(env, apikit.CONNECT, {**headers, "host": host}, body), body


def wrk_script(path, requests, delay_ms=None):
    """delay_ms: how long a connection waits between an answer and the next request."""
    rows = []
    for headers, body in requests:
        # wrk adds a Host of its own unless there is one spelled so.
        fields = ",".join(f"[{json.dumps(k.title())}]={json.dumps(v)}"
                          for k, v in headers.items())
        rows.append(f"wrk.format('POST','/',{{{fields}}},{json.dumps(body)})")
    # Lua allows few constants in one function: build the table piece by piece.
    parts = [f"(function() {' '.join(f'r[#r+1]={x}' for x in rows[i:i + 100])} end)();"
             for i in range(0, len(rows), 100)]
    path.write_text("local r = {}\nfunction init() " + "\n".join(parts) + " end\n"
                    "local n = 0\nfunction request() n = n % #r + 1 return r[n] end\n"
                    "local bad = 0\n"
                    "function response(status) if status ~= 200 then print(status) end end\n"
                    + (f"function delay() return math.random(0, {2 * delay_ms}) end\n"
                       if delay_ms else ""))


def wrk(url, script=None, seconds=SECONDS):
    argv = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    done = subprocess.run([*argv, *(["-s", script] if script else []), url], check=True,
                          capture_output=True, text=True)
    out = done.stdout
    assert "Non-2xx" not in out and not done.stderr, done
    unit = {"us": 0.001, "ms": 1, "s": 1000}
    pick = {p: float(m[1]) * unit[m[2]] for p in ("50", "99")
            for m in [re.search(rf"{p}%\s+([\d.]+)(us|ms|s)", out)]}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), pick["50"], pick["99"]


def rss_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


PROCESSES = ("eicd", "eicd-front", "eicd-core", "eicd-keyd", "eicd-keyd-hash", "eicd-keyd-tls",
             "eicd-compute", "eic-agent", "eic-agent-uplink", "eic-agent-imds")


def memory(lab):
    return {p: rss_kib(lab.pid(p)) for p in PROCESSES}


def nginx(lab):
    """nginx on core 0 with the lab's kind of certificate; its address."""
    d = lab.dir / "nginx"
    d.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", d / "key.pem", "-out",
                    d / "cert.pem", "-subj", "/CN=127.0.0.1"], check=True, capture_output=True)
    (d / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {d}/pid; error_log {d}/error.log;
events {{ worker_connections 512; }}
http {{ access_log off; keepalive_requests 1000000000;
 server {{ listen 127.0.0.1:18499 ssl; ssl_certificate {d}/cert.pem; ssl_certificate_key {d}/key.pem;
  location / {{ return 200 "{'x' * 64}"; }} }} }}""")
    p = subprocess.Popen(["taskset", "-c", "0", "nginx", "-c", d / "nginx.conf", "-p", d])
    labkit.wait_for("nginx", lambda: (d / "pid").exists())
    return p


def unthrottle(lab):
    """No limit on pushes: it is a reloadable setting."""
    with open(lab.lab_dir / "eicd.conf", "a", encoding="utf-8") as f:
        f.write("\n[keys]\npush_rate = 0\n")
    lab.kill("eicd", signal.SIGHUP)


POLICIES = 10


def user(lab):
    """The environment of a user whose push the tenth of ten policies allows."""
    lab.ok("iam", "create-user", "--user-name", "pusher")
    for i in range(POLICIES):
        # Each says as much as a policy of the guides does, and only the last one counts.
        statements = [{"Effect": "Allow", "Resource": f"arn:aws:ec2:*:*:instance/i-{i:017x}",
                       "Action": "ec2-instance-connect:SendSSHPublicKey",
                       "Condition": {"StringEquals": {"ec2:osuser": f"nobody{i}"}}},
                      {"Effect": "Allow", "Resource": "*",
                       "Action": ["ec2:DescribeInstances", "ec2:DescribeVpcs"]}]
        if i == POLICIES - 1:
            statements.append({"Effect": "Allow", "Resource": "arn:aws:ec2:*:*:instance/*",
                               "Action": "ec2-instance-connect:SendSSHPublicKey",
                               "Condition": {"StringLike": {"ec2:osuser": "u*"}}})
        arn = lab.ok("iam", "create-policy", "--policy-name", f"p{i}", "--policy-document",
                     json.dumps({"Version": "2012-10-17", "Statement": statements}))
        lab.ok("iam", "attach-user-policy", "--user-name", "pusher", "--policy-arn",
               arn["Policy"]["Arn"])
    made = lab.ok("iam", "create-access-key", "--user-name", "pusher")["AccessKey"]
    return {**lab.env, "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}


def pushes(lab, env, instance, host, name):
    """wrk with pushes that env's key signs."""
    script = lab.dir / f"{name}.lua"
    wrk_script(script, [signed(env, host, instance, i) for i in range(REQUESTS)])
    return wrk(f"https://{host}/", script)


# ---- this build beside an old one ----
ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


class Side:
    """A lab of one build, with pushes that are signed for it."""

    def __init__(self, name, build, **settings):
        self.name, self.lab = name, lab_of(build, **settings)

    def up(self):
        self.lab.up()
        self.instance = self.lab.run_instance()["InstanceId"]
        unthrottle(self.lab)

    def processes(self):
        """pid: program, of all of the lab's, several of one program too."""
        out = {}
        for p in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                argv = (p / "cmdline").read_bytes().split(b"\0")
                parent = pathlib.Path(f"/proc/{int((p / 'stat').read_text().rsplit(')', 1)[1].split()[1])}/cmdline").read_bytes()
            except (OSError, ValueError, IndexError):
                continue
            program = os.path.basename(argv[0].decode(errors="replace"))
            mine = str(self.lab.lab_dir).encode()
            if program.startswith(("eicd", "eic-agent")) and (
                    any(mine in a for a in argv) or mine in parent):
                out[int(p.name)] = program
        return out

    def cpu(self, processes):
        """Seconds of each program."""
        out = {}
        for pid, program in processes.items():
            f = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            out[program] = out.get(program, 0) + (int(f[11]) + int(f[12])) / TICKS
        return out

    def round(self, cores, delay_ms=None):
        processes = self.processes()
        for pid in processes:
            subprocess.run(["taskset", "-a", "-c", "-p", cores, str(pid)], check=False,
                           capture_output=True)
        host = f"127.0.0.1:{self.lab.port}"
        script = self.lab.dir / "compare.lua"
        wrk_script(script, [signed(self.lab.env, host, self.instance, i)
                            for i in range(REQUESTS)], delay_ms)
        before = self.cpu(processes)
        rate, p50, p99 = wrk(f"https://{host}/", script)
        after = self.cpu(processes)
        used = {k: (after[k] - before[k]) * 1e6 / (rate * SECONDS) for k in after}
        return {"rate": rate, "p50": p50, "p99": p99, "cpu": sum(used.values()), "by": used}


def compare_in(sides, title, cores, delays=None):
    """Rounds in turns; the median of each side, and its ratio to the first."""
    runs = {s.name: [] for s in sides}
    for i in range(ROUNDS):
        for s, delay in list(zip(sides, delays or [None] * len(sides)))[::1 if i % 2 == 0 else -1]:
            runs[s.name].append(s.round(cores, delay))
    print(f"\n{title:28s}{'requests/s':>12s}{'p50 ms':>9s}{'p99 ms':>9s}{'CPU us a push':>15s}")
    median = {}
    for s in sides:
        median[s.name] = m = {k: statistics.median(r[k] for r in runs[s.name])
                              for k in ("rate", "p50", "p99", "cpu")}
        print(f"{s.name:28s}{m['rate']:12.0f}{m['p50']:9.2f}{m['p99']:9.2f}{m['cpu']:15.0f}")
        by = runs[s.name][-1]["by"]
        print("    " + ", ".join(f"{k} {v:.0f}" for k, v in sorted(by.items()) if v >= 0.5))
    old = median[sides[0].name]
    for s in sides[1:]:
        new = median[s.name]
        title = f"ratio {s.name} / {sides[0].name}"
        print(f"{title:28s}{new['rate'] / old['rate']:12.2f}"
              f"{new['p50'] / old['p50']:9.2f}{new['p99'] / old['p99']:9.2f}"
              f"{new['cpu'] / old['cpu']:15.2f}")
    return [median[s.name]["rate"] for s in sides]


def compare():
    sides = [Side("old", OLD), Side("new, stock", BUILD, EIC_LAB_HELPER="stock"),
             Side("new, openeic", BUILD, EIC_LAB_HELPER="openeic")]

    def work():
        compare_in(sides, "one core", "0")
        rates = compare_in(sides, "all cores", "0-63")
        # Each connection waits so long on average that half of the rate comes.
        delays = [round(CONNECTIONS / (r / 2) * 1000) for r in rates]
        compare_in(sides, "all cores, half the rate", "0-63", delays)
    sides_up(sides, work)


def main():
    lab = labkit.Lab(BUILD)
    start = time.monotonic()
    lab.up()
    print(f"lab up (init, start, agent connected)  {time.monotonic() - start:6.2f} s")
    try:
        start = time.monotonic()
        one = lab.run_instance()
        key = lab.key("first")
        lab.push(one["InstanceId"], key)
        assert lab.ssh(one["PublicIpAddress"], key).code == 0
        print(f"run-instances to first login           {time.monotonic() - start:6.2f} s")
        unthrottle(lab)
        idle = memory(lab)
        for p in PROCESSES:
            subprocess.run(["taskset", "-a", "-c", "-p", "0", str(lab.pid(p))], check=True,
                           capture_output=True)
        web = nginx(lab)
        peer = wrk("https://127.0.0.1:18499/")
        web.terminate()
        web.wait()
        host = f"127.0.0.1:{lab.port}"
        ours = pushes(lab, lab.env, one["InstanceId"], host, "push")
        print(f"{'':28s}{'requests/s':>12s}{'p50 ms':>9s}{'p99 ms':>9s}")
        print(f"{'nginx, static 200':28s}{peer[0]:12.0f}{peer[1]:9.2f}{peer[2]:9.2f}")
        print(f"{'SendSSHPublicKey':28s}{ours[0]:12.0f}{ours[1]:9.2f}{ours[2]:9.2f}")
        print(f"ratio                       {ours[0] / peer[0]:12.3f}")
        busy = memory(lab)
        env = user(lab)
        # In turns: what the machine does besides falls on both.
        runs = [(pushes(lab, lab.env, one["InstanceId"], host, f"own{i}"),
                 pushes(lab, env, one["InstanceId"], host, f"user{i}")) for i in range(2)]
        own, under = (max((r[k] for r in runs), key=lambda r: r[0]) for k in (0, 1))
        print(f"{'SendSSHPublicKey, first key':28s}{own[0]:12.0f}{own[1]:9.2f}{own[2]:9.2f}")
        name = f"... user, {POLICIES} policies"
        print(f"{name:28s}{under[0]:12.0f}{under[1]:9.2f}{under[2]:9.2f}")
        print(f"ratio                       {under[0] / own[0]:12.3f}")
        print(f"{'resident KiB':28s}{'idle':>12s}{f'after {int(ours[0] * SECONDS)}':>18s}")
        for p in PROCESSES:
            print(f"{p:28s}{idle[p]:12d}{busy[p]:18d}")
    finally:
        lab.down()


if OLD is None:
    main()
else:
    compare()
