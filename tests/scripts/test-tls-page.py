#!/usr/bin/env python3
"""The commands of docs/tls.rst make credentials that work.

test-tls-page PROGRAM

PROGRAM is load-credentials. Commands that are not installed skip their test.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "tls.rst"
PROGRAM = ""


def commands(mark):
    """The shell commands of the page's blocks that begin with the comment "# sh: MARK"."""
    blocks = re.findall(rf"^    # sh: {mark}\n((?:(?:    .*)?\n)+)", PAGE.read_text("utf-8"),
                        re.MULTILINE)
    return [re.sub("^    ", "", block, flags=re.MULTILINE) for block in blocks]


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_block(self, block):
        done = subprocess.run(["bash", "-eu"], input=block, cwd=self.folder, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def load(self, kind):
        """What load-credentials says of the folder."""
        done = subprocess.run([PROGRAM, kind, self.folder], text=True, capture_output=True,
                              check=False)
        return done.stdout

    def need(self, command):
        if not shutil.which(command):
            self.skipTest(f"no {command} here")

    def test_certtool(self):
        self.need("certtool")
        *making, revoking = commands("certtool")
        self.assertEqual(len(making), 3)
        for block in making:
            self.run_block(block)
        self.assertEqual(self.load("x509"), "server O=Example,CN=vnc.example.org verdict 0\n"
                                            "client O=Example,CN=alice verdict 0\n")
        self.run_block(revoking)
        self.assertRegex(self.load("x509"), r"client O=Example,CN=alice verdict [1-9]")

    def test_openssl(self):
        self.need("openssl")
        for block in commands("openssl"):
            self.run_block(block)
        self.assertEqual(self.load("x509"), "server O=Example,CN=vnc.example.org verdict 0\n"
                                            "client O=Example,CN=alice verdict 0\n")

    def test_psk(self):
        self.need("psktool")
        for block in commands("psk"):
            self.run_block(block)
        self.assertEqual(self.load("psk"), "user qemu\n")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
