#!/usr/bin/env python3
"""sdk_test BUILD_DIR: tests a lab with the unmodified AWS SDK for JavaScript.

The checks are in sdk/*.mjs. npm installs the packages that the lock file beside them names.
"""
import os
import pathlib
import sys
import unittest

import labkit

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build"
SDK = pathlib.Path(__file__).resolve().parent / "sdk"


class Sdk(unittest.TestCase):
    def test_javascript(self):
        installed = SDK / "node_modules/.package-lock.json"
        if not installed.exists() or \
                installed.stat().st_mtime < (SDK / "package-lock.json").stat().st_mtime:
            r = labkit.run("npm", "ci", "--prefix", SDK, "--no-audit", "--no-fund", timeout=300)
            self.assertEqual(r.code, 0, r)
        lab = labkit.Lab(BUILD)
        self.addCleanup(lab.down)
        lab.up()
        one = lab.run_instance()
        env = {**lab.env, "NODE_EXTRA_CA_CERTS": lab.env["AWS_CA_BUNDLE"],
               "INSTANCE": one["InstanceId"]}
        r = labkit.run("node", SDK / "sdk_test.mjs", env=env)
        self.assertEqual((r.code, r.out), (0, "sdk: 9 checks held\n"), r)
        r = labkit.run("node", SDK / "access.mjs", env=env)
        self.assertEqual((r.code, r.out), (0, "access: 27 checks held\n"), r)


if __name__ == "__main__":
    unittest.main(verbosity=2)
