#!/usr/bin/env python3
"""deps_test BUILD_DIR: tests how tools/deps and tools/fresh read a machine's package sources.

It compares the exact entries of both forms, from files as Debian's installer, its cloud
images and people write them. A file that does not serve the suite must give none.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
KEY = "/usr/share/keyrings/debian-archive-keyring.gpg"


def sh(script, *args, text=""):
    r = subprocess.run(["sh", "-euc", f'. "$0"; {script}', TOOLS / "sources.sh", *args], text=True,
                       input=text, capture_output=True, timeout=20, check=False)
    assert r.stderr == "", r
    return r.returncode, r.stdout


class Entry(unittest.TestCase):
    def entry(self, name, text, suite="bookworm", new="bookworm-backports"):
        with tempfile.TemporaryDirectory(prefix="eic deps ") as folder:
            file = pathlib.Path(folder) / name
            file.write_text(text)
            code, out = sh('source_entry "$@"', file, suite, new)
        self.assertEqual(code, 0)
        return out

    def line(self, text, *more):
        return self.entry("sources.list", text, *more)

    def stanza(self, text, *more):
        return self.entry("debian.sources", text, *more)

    def test_lines(self):
        for text, out in (
                ("deb http://a.test/debian bookworm main\n",
                 "deb http://a.test/debian bookworm-backports main\n"),
                ("deb http://a.test/debian/ bookworm contrib main non-free-firmware\n",
                 "deb http://a.test/debian/ bookworm-backports main\n"),
                (f"deb [signed-by={KEY}] https://a.test/debian bookworm main\n",
                 f"deb [signed-by={KEY}] https://a.test/debian bookworm-backports main\n"),
                (f"deb [ arch=amd64 signed-by={KEY} ] http://a.test/d bookworm main\n",
                 f"deb [ arch=amd64 signed-by={KEY} ] http://a.test/d bookworm-backports main\n"),
                ("# deb http://no.test/ bookworm main\ndeb-src http://no.test/ bookworm main\n"
                 "deb http://no.test/ bookworm-updates main\n\tdeb  http://a.test/  bookworm  main\n"
                 "deb http://late.test/ bookworm main\n",
                 "deb http://a.test/ bookworm-backports main\n")):
            with self.subTest(text):
                self.assertEqual(self.line(text), out)

    def test_lines_that_do_not_serve_it(self):
        for text in ("", "\n", "#deb http://a.test/ bookworm main\n",
                     "deb http://a.test/ bookworm contrib\n", "deb http://a.test/ bookworm\n",
                     "deb http://a.test/ bookworm-security main\n", "deb http://a.test/ bullseye main\n",
                     "deb http://a.test/ bookworm mainly\n",
                     "deb-src http://a.test/ bookworm main\n"):
            with self.subTest(text):
                self.assertEqual(self.line(text), "")

    def test_stanzas(self):
        for text, out in (
                (f"Types: deb\nURIs: http://a.test/debian\nSuites: bookworm bookworm-updates\n"
                 f"Components: main\nSigned-By: {KEY}\n",
                 f"Types: deb\nSuites: bookworm-backports\nComponents: main\n"
                 f"URIs: http://a.test/debian\nSigned-By: {KEY}\n"),
                ("Types: deb\n# why\nURIs: http://no.test/\nSuites: bookworm\nComponents: main\n"
                 "Enabled: no\n\ntypes: deb-src deb\nuris: http://a.test/\nsuites:\n bookworm\n"
                 "components: contrib main\nSigned-By:\n -----BEGIN\n .\n x\n\n",
                 "Types: deb\nSuites: bookworm-backports\nComponents: main\n"
                 "uris: http://a.test/\nSigned-By:\n -----BEGIN\n .\n x\n")):
            with self.subTest(text):
                self.assertEqual(self.stanza(text), out)

    def test_stanzas_that_do_not_serve_it(self):
        whole = "Types: deb\nURIs: http://a.test/\nSuites: bookworm\nComponents: main\n"
        self.assertNotEqual(self.stanza(whole), "")
        for was, now in (("deb\n", "deb-src\n"), ("bookworm\n", "bookworm-security\n"),
                         ("bookworm\n", "trixie\n"), ("main\n", "contrib\n"),
                         ("main\n", "main\nEnabled: no\n"),
                         ("main\n", "main\nenabled: False\n"), ("URIs", "\nURIs")):
            with self.subTest(now):
                self.assertEqual(self.stanza(whole.replace(was, now)), "")

    def test_under_its_own_name(self):
        self.assertEqual(self.line("deb http://a.test/s bookworm-security main contrib\n",
                                   "bookworm-security", "bookworm-security"),
                         "deb http://a.test/s bookworm-security main\n")


class Line(unittest.TestCase):
    def test_a_stanza_as_lines(self):
        head = "Types: deb\nSuites: bookworm\nComponents: main\n"
        for text, out in (
                ("URIs: http://a.test/\n", "deb http://a.test/ bookworm main\n"),
                (f"uris: http://a.test/ https://b.test/d\nSigned-By: {KEY} \n",
                 f"deb [signed-by={KEY}] http://a.test/ bookworm main\n"
                 f"deb [signed-by={KEY}] https://b.test/d bookworm main\n"),
                ("URIs: http://a.test/\nArchitectures: amd64 i386\nTrusted: yes\n",
                 "deb [arch=amd64,i386 trusted=yes] http://a.test/ bookworm main\n")):
            with self.subTest(text):
                self.assertEqual(sh("stanza_line", text=head + text), (0, out))

    def test_a_stanza_that_no_line_can_say(self):
        for text in ("", "URIs: http://a.test/\nSigned-By:\n -----BEGIN\n"):
            self.assertEqual(sh("stanza_line", text="Types: deb\nSuites: x\n" + text), (1, ""))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
