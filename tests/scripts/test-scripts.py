#!/usr/bin/env python3
"""The checks of scripts/ find what they are there to find."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"


def run(script, *arguments):
    """The exit status and the output of a script."""
    done = subprocess.run([sys.executable, SCRIPTS / script, *arguments], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Tree(unittest.TestCase):
    """A test with a small tree of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")


class CheckIncludes(Tree):
    def test_finds_each_bad_edge_of_the_fixture_and_nothing_else(self):
        status, output = run("check-includes", "--root", HERE / "layers")
        expected = (HERE / "layers" / "expected.txt").read_text(encoding="utf-8")
        self.assertEqual(output, expected)
        self.assertEqual(status, 1)

    def test_is_content_with_good_edges(self):
        self.write("io/base/bytes.hpp", "// Bytes.\n#include <vector>\n")
        self.write("io/core/watch.cpp", '// Watch.\n#include "io/base/bytes.hpp"\n')
        self.assertEqual(run("check-includes", "--root", self.root), (0, ""))

    def test_does_not_call_an_empty_tree_good(self):
        self.assertEqual(run("check-includes", "--root", self.root)[0], 1)


class CheckHeaders(Tree):
    def check(self):
        return run("check-headers", "--root", self.root, "--compiler", "g++")

    def setUp(self):
        super().setUp()
        self.write("io/base/meson.build", "files('good.hpp', 'bad.hpp')\n")
        self.write("io/base/good.hpp", "// Good.\n#pragma once\nstruct Good {};\n")

    def test_is_content_with_a_header_that_stands_alone(self):
        self.assertEqual(self.check(), (0, ""))

    def test_finds_a_header_that_needs_another(self):
        self.write("io/base/bad.hpp", "// Bad.\n#pragma once\ninline std::string bad;\n")
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("io/base/bad.hpp: does not compile alone with g++", output)

    def test_finds_a_header_that_cannot_be_included_twice(self):
        self.write("io/base/bad.hpp", "// Bad.\nstruct Bad {};\n")
        self.assertEqual(self.check()[0], 1)

    def test_leaves_headers_to_the_build_that_their_sources_include_first(self):
        self.write("io/base/bad.hpp", "// Bad.\n#pragma once\ninline std::string bad;\n")
        self.write("io/base/bad.cpp", '// Bad.\n#include "io/base/bad.hpp"\n#include <string>\n')
        self.assertEqual(run("check-headers", "--root", self.root), (0, ""))
        self.assertEqual(self.check()[0], 1)
        self.write("io/base/bad.cpp", '// Bad.\n#include <string>\n#include "io/base/bad.hpp"\n')
        self.assertEqual(run("check-headers", "--root", self.root)[0], 1)

    def test_finds_a_header_that_is_not_installed(self):
        self.write("io/base/extra.hpp", "// Extra.\n#pragma once\n")
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("io/base/extra.hpp: in no meson.build", output)

    def test_lets_internal_headers_stay_uninstalled(self):
        self.write("io/base/extra.hpp", "// Extra (internal).\n#pragma once\n")
        self.assertEqual(self.check(), (0, ""))


class CheckReadme(Tree):
    README = "Title\n\n.. example: a.cpp\n\nNext paragraph.\n"
    CODE = '// A.\nint main() {\n\n    return 0;\n}\n'

    def check(self, *arguments):
        return run("check-readme", "--root", self.root, *arguments)

    def test_writes_a_block_that_it_then_accepts(self):
        self.write("README.rst", self.README)
        self.write("a.cpp", self.CODE)
        self.assertEqual(self.check()[0], 1)
        self.assertEqual(self.check("--write")[0], 0)
        written = (self.root / "README.rst").read_text(encoding="utf-8")
        self.assertTrue(written.endswith("    }\n\nNext paragraph.\n"), written)
        self.assertEqual(self.check(), (0, ""))
        self.assertEqual(self.check("--write")[0], 0)
        self.assertEqual((self.root / "README.rst").read_text(encoding="utf-8"), written)

    def test_finds_a_block_that_differs_from_its_file(self):
        self.write("README.rst", self.README)
        self.write("a.cpp", self.CODE)
        self.check("--write")
        self.write("a.cpp", self.CODE.replace("return 0", "return 1"))
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("return 1", output)


class CountCases(Tree):
    def count(self, *runs):
        self.write("log.json", "".join(json.dumps(one) + "\n" for one in runs))
        return run("count-cases", self.root / "log.json")

    def test_counts_cases_and_programs(self):
        self.assertEqual(self.count(
            {"result": "OK", "stdout": "[  PASSED  ] 3 test(s).\n"},
            {"result": "OK"},
            {"result": "SKIP"},
            {"result": "FAIL", "stdout": "[  PASSED  ] 2 test(s).\n",
             "stderr": "[  FAILED  ] 1 test(s), listed below:\n"},
            {"result": "TIMEOUT", "stdout": ""},
        ), (0, "6 2\n"))


class FeatureTable(Tree):
    """A document with the table of one log, and what other logs say of it."""

    LOG = ("ok gtk-vnc raw 32 bits\nok gtk-vnc raw 8 bits\nok viewers tigervnc ZRLE\n"
           "ok novnc-features 1.7.0 zrle\n")

    def table(self, log, *arguments):
        self.write("log", log)
        return run("feature-table", "--root", self.root, *arguments, self.root / "log")

    def setUp(self):
        super().setUp()
        self.write("docs/vnc.rst", "Viewers\n\n.. feature table\n\n\n.. end of feature table\n")
        self.table(self.LOG, "--write")

    def test_is_content_with_its_log(self):
        self.assertIn(self.table(self.LOG)[1],
                      (self.root / "docs/vnc.rst").read_text(encoding="utf-8"))
        self.assertEqual(self.table(self.LOG, "--check"), (0, ""))

    def test_is_content_with_more_than_it_says(self):
        self.assertEqual(self.table(self.LOG + "ok gtk-vnc cursor\n", "--check")[0], 0)

    def test_finds_what_was_not_seen(self):
        log = self.LOG.replace("ok viewers tigervnc ZRLE\n", "")
        self.assertEqual(self.table(log, "--check"),
                         (1, "docs/vnc.rst: TigerVNC was not seen to do 'ZRLE'\n"))

    def test_finds_what_failed_once(self):
        log = self.LOG + "FAILED gtk-vnc raw 16 bits after 0.1 s: AssertionError\n"
        self.assertEqual(self.table(log, "--check"),
                         (1, "docs/vnc.rst: gtk-vnc was not seen to do 'Raw'\n"))


class CheckSecurity(Tree):
    PAGE = """Rows
----

========  =====  =======
row       what   shown by
========  =====  =======
IO-01     one    io/good
P-RFB-02  two    ui/good
          lines  io/good
========  =====  =======

Not yet
-------

* TLS: P-TLS-01
"""

    def setUp(self):
        super().setUp()
        self.write("docs/security.rst", self.PAGE)
        self.write("tests/io/test-good.cpp", "// IO-01, P-RFB-02: what holds\n")
        self.write("tests/ui/test-good.cpp", "// P-RFB-02: what holds\n")

    def check(self):
        return run("check-security", "--root", self.root)

    def test_a_page_that_is_true_passes(self):
        self.assertEqual(self.check(), (0, ""))

    def test_finds_a_test_that_does_not_mention_its_row(self):
        self.write("tests/io/test-good.cpp", "// IO-01, P-RFB-021: what holds\n")
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("tests/io/test-good.cpp does not mention P-RFB-02", output)

    def test_finds_a_test_that_is_not_there(self):
        (self.root / "tests/ui/test-good.cpp").unlink()
        self.assertIn("there is no tests/ui/test-good.cpp", self.check()[1])

    def test_finds_a_row_that_the_page_lacks(self):
        self.write("tests/io/test-more.cpp", "// IO-02: more\n")
        self.assertIn("tests/io/test-more.cpp:1: IO-02 is not in", self.check()[1])

    def test_finds_a_row_twice(self):
        self.write("docs/security.rst", self.PAGE + "* files: IO-01\n")
        self.assertIn("IO-01 has a test and is not to come", self.check()[1])


if __name__ == "__main__":
    unittest.main()
