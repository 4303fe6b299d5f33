#!/usr/bin/env python3
"""clang-tidy finds what it should, and a clean file is remembered until something changes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import tidy


class Flags(unittest.TestCase):
    def test_precompiled_headers_warnings_and_sanitizers_are_dropped(self):
        command = ("ccache clang++ -DA=1 -I/x/src -g1 -O1 -Wall -Werror -fsanitize=address -Xclang "
                   "-fno-pch-timestamp -fpch-instantiate-templates -Xclang -include-pch "
                   "-Xclang a.pch -Xclang -include -Xclang a.hxx -std=c++2b -MD -MT a.o "
                   "-MF a.d -o a.o -c a.cpp")
        self.assertEqual(("-DA=1", "-I/x/src", "-std=c++2b"), tidy.compile_flags(command.split()))

    def test_the_analyzer_is_spared_coroutines_tests_and_benchmarks(self):
        self.assertEqual("", tidy.extra_checks(Path("a.cpp"), "int a;"))
        self.assertIn("-clang-analyzer-*", tidy.extra_checks(Path("a.cpp"), "co_await b();"))
        self.assertIn("-clang-analyzer-*", tidy.extra_checks(Path("a_test.cpp"), "int a;"))
        self.assertIn("-clang-analyzer-*", tidy.extra_checks(Path("a_bench.cpp"), "int a;"))


@unittest.skipUnless(shutil.which(tidy.PROGRAM), f"needs {tidy.PROGRAM}")
class Checking(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="llf-tidy-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        real = Path(__file__).resolve().parents[2]
        shutil.copy(real / ".clang-tidy", self.root / ".clang-tidy")
        self.write("src/a/b.hpp", "inline int twice(int a) { return 2 * a; }\n")
        self.job = tidy.Job(self.root / "src/a/b.cpp", ("-std=c++2b", f"-I{self.root}/src"), "")

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def cache(self) -> tidy.Cache:
        return tidy.Cache(self.root / "cache", self.root, tidy.PROGRAM)

    def check(self, text: str) -> tuple[bool, str]:
        self.write("src/a/b.cpp", '#include "a/b.hpp"\n' + text)
        return tidy.check(self.job, self.cache(), self.root)

    def test_findings_of_each_group(self):
        samples = {
            "bugprone-use-after-move":
                "#include <string>\n#include <utility>\nvoid take(std::string s);\n"
                "std::size_t f() { std::string s; take(std::move(s)); return s.size(); }\n",
            "clang-analyzer-core.NullDereference": "int f() { int* p = nullptr; return *p; }\n",
            "performance-for-range-copy":
                "#include <string>\n#include <vector>\n"
                "std::size_t f(const std::vector<std::string>& v) {\n"
                "  std::size_t n = 0;\n  for (const auto s : v) n += s.size();\n  return n;\n}\n",
        }
        for name, text in samples.items():
            with self.subTest(name):
                clean, said = self.check(text)
                self.assertFalse(clean)
                self.assertIn(name, said)
                self.assertIn("src/a/b.cpp:", said)
                self.assertFalse(self.cache().knows(self.job))

    def test_clean_is_remembered_until_something_changes(self):
        self.assertFalse(self.cache().knows(self.job))
        self.assertEqual((True, ""), self.check("int f() { return twice(1); }\n"))
        self.assertTrue(self.cache().knows(self.job))
        other = tidy.Job(self.job.path, (*self.job.flags, "-DX"), "")
        self.assertFalse(self.cache().knows(other))
        self.write("src/a/b.hpp", "inline int twice(int a) { return a + a; }\n")
        self.assertFalse(self.cache().knows(self.job))

    def test_another_configuration_forgets(self):
        self.check("int f() { return twice(1); }\n")
        with open(self.root / ".clang-tidy", "a") as file:
            file.write("# changed\n")
        self.assertFalse(self.cache().knows(self.job))

    def test_what_does_not_compile_is_a_finding(self):
        clean, said = self.check('#include "a/none.hpp"\n')
        self.assertFalse(clean)
        self.assertIn("a/none.hpp", said)

    def test_the_database_gives_our_sources_once(self):
        self.write("src/a/b.cpp", "int a;\n")
        self.write("cmake/c.cpp", "")
        entry = {"directory": str(self.root / "build"), "command": "clang++ -std=c++2b -c x"}
        files = [str(self.root / name) for name in ("src/a/b.cpp", "src/a/b.cpp", "cmake/c.cpp")]
        database = self.root / "db.json"
        database.write_text(json.dumps([entry | {"file": name} for name in files]))
        jobs = tidy.read_jobs(database, self.root)
        self.assertEqual([(self.root / "src/a/b.cpp", ("-std=c++2b",))],
                         [(job.path, job.flags) for job in jobs])


if __name__ == "__main__":
    unittest.main()
