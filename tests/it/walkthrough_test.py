#!/usr/bin/env python3
"""walkthrough_test BUILD_DIR: runs docs/walkthrough.md, as it is, in one shell.

It runs each block of commands. Each line of the block of text that follows must come in the
output, in this order ("…" stands for anything). A block whose text names no error must succeed.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

import clikit
import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
PAGE = labkit.ROOT / "docs/walkthrough.md"
END = "end of block, status "
SECONDS = 1200	# for the whole page


def blocks():
    """(line of the page, commands, expected lines)."""
    found = []
    for m in re.finditer(r"^```(sh|text)\n(.*?)^```$", PAGE.read_text(), re.M | re.S):
        line = PAGE.read_text()[:m.start()].count("\n") + 1
        if m[1] == "sh":
            found.append([line, m[2], []])
        else:
            found[-1][2] = m[2].splitlines()
    return found


class Shell:
    """One bash for all blocks, which says how each of them ended."""

    def __init__(self, env, home, cli):
        self.block = pathlib.Path(home) / "block"
        programs = pathlib.Path(home) / "bin"
        programs.mkdir()
        fd = cli.stand_in(programs)
        env["PATH"] = f"{programs}:{env['PATH']}"
        self.bash = subprocess.Popen(["bash"], cwd=labkit.ROOT, env=env, text=True,
                                     pass_fds=() if fd is None else (fd,),
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT)
        self.limit = threading.Timer(SECONDS, self.bash.kill)
        self.limit.start()

    def run(self, commands):
        """Output and worst status of the commands, which get no input of ours."""
        self.block.write_text(commands)
        self.bash.stdin.write("worst=0; trap 'worst=$?' ERR; set -E\n"
                              f". {self.block} </dev/null\n"
                              f"trap - ERR; echo; echo \"{END}$worst\"\n")
        self.bash.stdin.flush()
        out = ""
        for line in self.bash.stdout:
            if line.startswith(END):
                return out, int(line[len(END):])
            out += line
        raise AssertionError(f"the shell ended: {out}")

    def close(self):
        self.limit.cancel()
        self.bash.stdin.close()
        self.bash.stdout.close()
        self.bash.wait(timeout=60)


def pattern(line):
    return ".*".join(re.escape(part) for part in line.split("…"))


class Walkthrough(unittest.TestCase):
    def test_page(self):
        lab = labkit.Lab(BUILD)
        self.addCleanup(lab.down)
        lab.up()
        lab.run_instance()
        with tempfile.TemporaryDirectory() as home:
            cli = clikit.Cli(home)
            self.addCleanup(cli.close)
            shell = Shell({**lab.env, "HOME": home, "TMPDIR": home,
                           "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}, home, cli)
            self.addCleanup(shell.close)
            for line, commands, expected in blocks():
                out, worst = shell.run(commands)
                where = f"{PAGE.name}:{line}\n{commands}\n--- said:\n{out}"
                rest = out
                for want in expected:
                    m = re.search(pattern(want), rest)
                    self.assertIsNotNone(m, f"no {want!r}: {where}")
                    rest = rest[m.end():]
                if not any("error" in want for want in expected):
                    self.assertEqual(worst, 0, where)

    def test_it_has_all_examples(self):
        """The page shows each kind of policy that it promises."""
        text = PAGE.read_text()
        self.assertGreater(len(blocks()), 15)
        for word in ("ec2:osuser", "aws:ResourceTag/", "ec2-instance-connect:osUser",
                     "aws:MultiFactorAuthPresent", "lookup-events"):
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
