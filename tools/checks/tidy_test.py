#!/usr/bin/env python3
"""clang-tidy finds what it should, and a clean file is remembered until something changes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

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

    def test_what_reaches_other_files_stands_alone(self):
        self.assertTrue(tidy.stands_alone(Path("json_fuzz.cpp"), "int a;"))
        self.assertTrue(tidy.stands_alone(Path("a.cpp"), "int a;\n#define A\n#include <ctime>\n"))
        self.assertFalse(tidy.stands_alone(Path("a.cpp"), "#include <ctime>  // #define\n"))


class Plan(unittest.TestCase):
    def setUp(self) -> None:
        self.known: dict[tidy.Job, dict] = {}

    def add(self, path: str, *headers: str, **more) -> tidy.Job:
        job = tidy.Job(Path("/r/src") / path, (), more.pop("checks", "-clang-analyzer-*"), **more)
        self.known[job] = {"read": dict.fromkeys(["src/own.hpp", *headers], "")}
        return job

    def runs(self, *unknown: tidy.Job) -> list[tuple[list[str], str]]:
        runs = tidy.plan([*self.known, *unknown], self.known)
        return [([job.path.name for job in run.jobs], run.checks) for run in runs]

    def test_files_of_a_folder_with_the_same_checks_are_looked_at_together(self):
        for path in ("a/a.cpp", "a/b.cpp", "b/c.cpp", "b/d.cpp"):
            self.add(path)
        self.add("a/a_test.cpp", checks="-clang-analyzer-*,-performance-*")
        self.assertEqual([(["a.cpp", "b.cpp"], "-clang-analyzer-*"),
                          (["c.cpp", "d.cpp"], "-clang-analyzer-*"),
                          (["a_test.cpp"], "-clang-analyzer-*,-performance-*")], self.runs())

    def test_the_analyzer_gets_each_file_of_a_batch_alone(self):
        self.add("a/a.cpp", checks="")
        self.add("a/b.cpp")
        self.add("b/c.cpp", checks="")
        self.assertEqual([(["b.cpp", "a.cpp"], "-clang-analyzer-*"), (["c.cpp"], ""),
                          (["a.cpp"], "-*,clang-analyzer-*")], self.runs())

    def test_a_batch_has_a_limit(self):
        for number in range(2 * tidy.BATCH_FILES + 1):
            self.add(f"a/{number}.cpp")
        self.assertEqual([tidy.BATCH_FILES, tidy.BATCH_FILES, 1],
                         [len(files) for files, _ in self.runs()])

    def test_who_lacks_a_header_is_not_behind_one_who_has_it(self):
        self.add("a/a.cpp", "/map", "/set")
        self.add("a/b.cpp", "/map")
        self.add("a/c.cpp", "/set", "/list")
        self.add("a/d.cpp", "/list", "/deque", "/set", checks="")
        self.assertEqual([["b.cpp", "a.cpp", "d.cpp"], ["c.cpp"], ["d.cpp"]],
                         [files for files, _ in self.runs()])

    def test_some_stand_alone(self):
        self.add("a/a.cpp", alone=True)
        self.add("a/b.cpp")
        unknown = tidy.Job(Path("/r/src/a/c.cpp"), (), "-clang-analyzer-*")
        self.assertEqual([["a.cpp"], ["c.cpp"], ["b.cpp"]],
                         [files for files, _ in self.runs(unknown)])


@unittest.skipUnless(all(map(shutil.which, (tidy.PROGRAM, tidy.SCANNER))),
                     f"needs {tidy.PROGRAM} and {tidy.SCANNER}")
class Checking(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="llf-tidy-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        real = Path(__file__).resolve().parents[2]
        shutil.copy(real / ".clang-tidy", self.root / ".clang-tidy")
        self.write("src/a/b.hpp", "#pragma once\ninline int twice(int a) { return 2 * a; }\n")
        self.job = tidy.Job(self.root / "src/a/b.cpp", ("-std=c++2b", f"-I{self.root}/src"), "")

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def cache(self) -> tidy.Cache:
        return tidy.Cache(self.root / "cache", self.root, tidy.PROGRAM)

    def check(self, text: str) -> list[str]:
        self.write("src/a/b.cpp", '#include "a/b.hpp"\n' + text)
        return [said for _, said in tidy.check([self.job], self.cache(), 1)]

    def check_tests(self, *texts: str) -> dict[str, str]:
        """Looks at files with these texts, which have a header in common; what is said by name."""
        jobs = []
        for number, text in enumerate(texts):
            self.write(f"src/a/{number}_test.cpp", '#include "a/b.hpp"\n' + text)
            jobs.append(tidy.Job(self.root / f"src/a/{number}_test.cpp", self.job.flags,
                                 "-clang-analyzer-*,-performance-*"))
        found = {job.path.name: said for job, said in tidy.check(jobs, self.cache(), 2)}
        for job in jobs:
            self.assertEqual(job.path.name not in found, self.cache().knows(job), job.path)
        return found

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
                said, = self.check(text)
                self.assertIn(name, said)
                self.assertIn("src/a/b.cpp:", said)
                self.assertFalse(self.cache().knows(self.job))

    def test_clean_is_remembered_until_something_changes(self):
        self.assertFalse(self.cache().knows(self.job))
        self.assertEqual([], self.check("int f() { return twice(1); }\n"))
        self.assertTrue(self.cache().knows(self.job))
        other = tidy.Job(self.job.path, (*self.job.flags, "-DX"), "")
        self.assertFalse(self.cache().knows(other))
        self.write("src/a/b.hpp", "#pragma once\ninline int twice(int a) { return a + a; }\n")
        self.assertFalse(self.cache().knows(self.job))

    def test_another_configuration_forgets(self):
        self.check("int f() { return twice(1); }\n")
        with open(self.root / ".clang-tidy", "a") as file:
            file.write("# changed\n")
        self.assertFalse(self.cache().knows(self.job))

    def test_what_does_not_compile_is_a_finding(self):
        said, = self.check('#include "a/none.hpp"\n')
        self.assertIn("a/none.hpp", said)

    def test_clean_files_are_looked_at_together(self):
        looked = []
        run_tidy = tidy.run_tidy
        with mock.patch.object(tidy, "run_tidy",
                               lambda *run: looked.append(run) or run_tidy(*run)):
            texts = [f"int f{number}() {{ return twice(1); }}\n" for number in range(3)]
            self.assertEqual({}, self.check_tests(*texts))
        self.assertEqual(1, len(looked))

    def test_a_finding_in_a_batch_is_said_of_its_file(self):
        widens = "long wide{0}(int a, int b) {{\n  return a * b;{1}\n}}\n"
        check = "bugprone-implicit-widening-of-multiplication-result"
        found = self.check_tests(widens.format(0, f"  // NOLINT({check})"), widens.format(1, ""),
                                 "int f();\n")
        self.assertEqual(["1_test.cpp"], list(found))
        self.assertIn("src/a/1_test.cpp:3:10: error:", found["1_test.cpp"])
        self.assertIn(check, found["1_test.cpp"])

    def test_the_analyzer_finds_it_in_a_batch(self):
        self.write("src/a/b.cpp", "int* none() { return nullptr; }\n")
        self.write("src/a/c.cpp", "int f() {\n  int* p = nullptr;\n  return *p;\n}\n")
        jobs = [tidy.Job(self.root / f"src/a/{name}.cpp", self.job.flags, "") for name in "bc"]
        (job, said), = tidy.check(jobs, self.cache(), 2)
        self.assertIn("src/a/c.cpp:3:10: error:", said)
        self.assertEqual([True, False], [self.cache().knows(job) for job in jobs])

    def test_what_collides_in_a_batch_is_clean(self):
        text = "namespace { int f() { return twice(1); } }\n"
        self.assertEqual({}, self.check_tests(text, text, text))

    def test_what_only_compiles_in_a_batch_is_a_finding(self):
        found = self.check_tests("#include <string>\nstd::string s(int a);\n", "std::string t();\n")
        self.assertEqual(["1_test.cpp"], list(found))

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
