#!/usr/bin/env python3
"""Each check finds what it is there for, and leaves the rest alone."""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import banned
import beside
import cxx
import layers
import limits
import machine
import module_table
import run
import scripts
from tree import Finding, Tree

LAYERS = """# comment
0 base : | fmt | words
1 log  : base | fmt spdlog | log
2 net  : base log | asio beast | listeners
"""


class CheckTest(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="llf-checks-"))
        self.addCleanup(shutil.rmtree, self.root)

    def tree(self, **files: str) -> Tree:
        """A tree of these files; __ in a name stands for /, and _dot_ for a dot."""
        for name, text in files.items():
            self.write(name.replace("__", "/").replace("_dot_", "."), text)
        return Tree(self.root)

    def write(self, path: str, text: str) -> Tree:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        return Tree(self.root)

    def rules(self, findings: list[Finding]) -> list[str]:
        return [finding.rule for finding in findings]

    def messages(self, findings: list[Finding]) -> str:
        return "\n".join(map(str, findings))


class Layers(CheckTest):
    def check_file(self, path: str, text: str) -> str:
        self.write("src/layers.txt", LAYERS)
        self.write("src/base/error.hpp", "")
        return self.messages(layers.check(self.write(path, text)))

    def test_named_modules_and_libraries_may_be_included(self):
        text = '#include "base/error.hpp"\n#include <spdlog/spdlog.h>\n#include <vector>\n'
        self.assertEqual("", self.check_file("src/log/log.cpp", text))

    def test_a_module_below_may_not(self):
        self.write("src/net/timer.hpp", "")
        found = self.check_file("src/log/log.cpp", '#include "net/timer.hpp"\n')
        self.assertIn("src/log/log.cpp:1: [layers] module log may not use net", found)

    def test_a_library_outside_its_modules_may_not(self):
        found = self.check_file("src/log/log.cpp", "\n#include <boost/asio/post.hpp>\n")
        self.assertIn("src/log/log.cpp:2: [layers] module log may not use asio", found)

    def test_googletest_is_for_tests(self):
        self.assertEqual("", self.check_file("src/log/a_test.cpp", "#include <gtest/gtest.h>\n"))
        self.assertIn("only tests", self.check_file("src/log/a.cpp", "#include <gtest/gtest.h>\n"))

    def test_a_header_of_ours_is_written_with_its_module(self):
        found = self.check_file("src/log/a.cpp", '#include "a.hpp"')
        self.assertIn('write "module/file.hpp"', found)
        self.assertIn("is ours", self.check_file("src/log/b.cpp", "#include <base/error.hpp>"))
        self.assertIn("not there", self.check_file("src/log/c.cpp", '#include "base/none.hpp"'))

    def test_a_module_without_a_line(self):
        self.assertIn("has no line", self.check_file("src/misc/a.cpp", ""))

    def test_a_module_named_before_its_own_line_would_make_a_cycle(self):
        text = "0 a : b | | one\n1 b : a | | two\n"
        _, findings = layers.read_layers(text)
        self.assertIn("a uses b, which has no line above", self.messages(findings))

    def test_a_line_that_cannot_be_read_or_names_an_unknown_library(self):
        _, findings = layers.read_layers("0 a : x\n0 b : | nope | word\n")
        self.assertIn("not of the form", self.messages(findings))
        self.assertIn("unknown third-party name nope", self.messages(findings))


def long_function(lines: int) -> str:
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


class Limits(CheckTest):
    def check_source(self, text: str) -> str:
        return self.messages(limits.check(self.write("src/base/a.cpp", text)))

    def test_at_the_limit_is_fine_and_above_is_not(self):
        self.assertEqual("", self.check_source("int a;\n" * 400))
        self.assertIn("[file-lines] 401 lines", self.check_source("int a;\n" * 401))
        self.assertEqual("", self.check_source(long_function(70)))
        self.assertIn("a.cpp:1: [function-lines] f: 71 lines", self.check_source(long_function(71)))
        self.assertEqual("", self.check_source("// " + "x" * 97 + "\n"))
        self.assertIn("[columns] 101 columns", self.check_source("// " + "x" * 98 + "\n"))

    def test_parameters(self):
        found = self.check_source("void f(int a, std::map<int, int> b, int c, int d) {\n}\n")
        self.assertEqual("", found)
        found = self.check_source("void f(int a, int b, int c, int d,\n       int e) {\n}\n")
        self.assertIn("[parameters] f: 5 parameters", found)
        self.assertIn("[bool-parameter] f", self.check_source("void f(int a, bool b) {\n}\n"))

    def test_an_exception_holds_at_its_number_only(self):
        self.write("src/base/a.cpp", "int a;\n" * 410)
        path = "tools/checks/exceptions.txt"
        self.assertEqual([], limits.check(self.write(path, "file-lines src/base/a.cpp 410 why\n")))
        found = limits.check(self.write(path, "file-lines src/base/a.cpp 409 why\n"))
        self.assertEqual(["file-lines"], self.rules(found))
        found = limits.check(self.write(path, "file-lines src/base/a.cpp 450 why\n"))
        self.assertIn("lower this to 410", self.messages(found))

    def test_an_exception_that_nobody_needs_goes(self):
        self.write("src/base/a.cpp", "int a;\n")
        text = "file-lines src/base/a.cpp 410 why\nfile-lines src/base/gone.cpp 500 why\n"
        found = self.messages(limits.check(self.write("tools/checks/exceptions.txt", text)))
        self.assertIn("keeps to file-lines now", found)
        self.assertIn("gone.cpp breaks no rule", found)
        found = limits.check(self.write("tools/checks/exceptions.txt", "columns a.cpp 3\n"))
        self.assertIn("not of the form", self.messages(found))


class Functions(unittest.TestCase):
    def names(self, text: str) -> list[tuple[str, int]]:
        return [(function.name, function.lines) for function in cxx.functions(text)]

    def test_finds_functions_methods_and_tests(self):
        text = ("namespace a {\n\nclass B {\n public:\n  B(int x)\n      : x_(x) {\n    y();\n  }\n"
                "  void one() { y(); }\n};\n\n"
                "int f(const char* s = \"){\") {  // (\n  if (x) {\n  }\n}\n\n"
                "TEST(B, works) {\n}\n\n}  // namespace a\n")
        self.assertEqual([("B", 4), ("f", 4), ("TEST", 2)], self.names(text))

    def test_tables_and_lambdas_in_statements_are_no_functions(self):
        text = "const auto f = [](int a) {\n  return a;\n};\nint t[] = {\n};\n"
        self.assertEqual([], self.names(text))

    def test_scrub_blanks_comments_and_literals(self):
        self.assertEqual('a("     ");' + " " * 10 + "\n", cxx.scrub('a("x)//y"); // rand()\n'))
        self.assertNotIn("rand", cxx.scrub('R"(rand())" /* rand() */ "\\"rand()"'))
        self.assertIn('"base/a.hpp"', cxx.scrub('#include "base/a.hpp"\n'))
        self.assertIn("kill()", cxx.scrub("int a = 1'000; kill(); char c = 'x';"))


class Banned(CheckTest):
    def check_source(self, text: str, path: str = "src/gateway/a.cpp") -> list[str]:
        return self.rules(banned.check(self.write(path, text)))

    def test_every_ban_finds_its_call(self):
        samples = {
            "sleep": "std::this_thread::sleep_for(1ms);", "shell": "std::system(a);",
            "c-strings": "strcpy(a, b);", "c-numbers": "std::atoi(a);", "threads": "std::thread t;",
            "locks": "std::mutex m;", "environment": "std::getenv(a);",
            "set-environment": "::setenv(a, b, 1);", "catch-all": "} catch (...) {",
            "throw": "throw Bad();", "clock": "std::chrono::steady_clock::now();",
            "process": "::fork();", "signals": "::signal(SIGINT, a);", "exit": "std::exit(1);",
            "output": 'std::printf("");', "using-namespace": "using namespace std;",
            "assert": "assert(a);", "new": "auto* a = new B;", "random": "std::rand();",
            "regex": "#include <regex>", "iostream": "#include <iostream>",
            "temp-names": "std::tmpnam(a);", "python-sleep": "    time.sleep(0.1)",
        }
        self.assertEqual({ban.rule for ban in banned.BANS}, set(samples))
        for rule, text in samples.items():
            path = "tests/a.py" if rule.startswith("python") else "src/gateway/a.cpp"
            with self.subTest(rule):
                self.assertIn(rule, self.check_source(text + "\n", path))

    def test_other_names_are_left_alone(self):
        for text in ("loop.system(1);", "co_await sleep_for(1ms);", "void A::abort() {", "abort();",
                     "worker->kill();", "std::vsnprintf(a, b, c);", "int renew = 1;", "// throw",
                     '"fork()"',
                     "using namespace std::chrono_literals;", "steady_clock::time_point now;",
                     "int timeout(int a);", "static_assert(a);", "request.signal(SIGTERM);"):
            with self.subTest(text):
                self.assertEqual([], self.check_source(text + "\n"))

    def test_the_place_that_is_for_it_may(self):
        self.assertEqual([], self.check_source("::fork();\n", "src/os/child_process.cpp"))
        self.assertEqual(["process"], self.check_source("::fork();\n", "src/worker/worker.cpp"))

    def test_an_exception_counts_the_calls(self):
        self.write("tools/checks/exceptions.txt", "locks src/gateway/a.cpp 1 why\n")
        self.assertEqual([], self.check_source("std::mutex a;\n"))
        self.assertEqual(["locks", "locks"], self.check_source("std::mutex a;\nstd::mutex b;\n"))

    def test_detached_stands_in_one_file(self):
        self.assertEqual([], self.check_source("asio::detached\n", "src/net/task_group.cpp"))
        self.assertEqual(["detached"] * 2, self.check_source("asio::detached\n"))

    def test_what_is_left_for_later(self):
        self.assertEqual(["left-for-later"], self.check_source("// TO" + "DO: more\n"))

    def test_nolint_names_a_check_that_is_on_and_a_reason(self):
        self.write(".clang-tidy", "# -x: why\nChecks: >\n  -*,\n  bugprone-*,\n  -bugprone-off\n")
        self.assertEqual(["nolint"], self.check_source("a;  // NOLINT\n"))
        self.assertEqual(["nolint"], self.check_source("a;  // NOLINT(bugprone-a)\n"))
        self.assertEqual([], self.check_source("a;  // NOLINT(bugprone-a): it is meant so\n"))
        found = self.check_source("a;  // NOLINT(bugprone-off): it is meant so\n")
        self.assertEqual(["nolint"], found)


class Beside(CheckTest):
    def test_a_source_needs_its_test(self):
        tree = self.tree(src__a__x_dot_cpp="", src__a__x_test_dot_cpp="", src__a__y_dot_cpp="",
                         src__a__main_dot_cpp="", src__a__z_bench_dot_cpp="", src__a__h_dot_hpp="")
        self.assertEqual(["src/a/y.cpp: [test-beside] has no y_test.cpp"],
                         [str(finding) for finding in beside.check(tree)])

    def test_an_exception_says_where_it_is_tested(self):
        self.write("tools/checks/exceptions.txt", "test-beside src/a/y.cpp 1 by z_test.cpp\n")
        self.assertEqual([], beside.check(self.write("src/a/y.cpp", "")))
        self.assertEqual(["ratchet"], self.rules(beside.check(self.write("src/a/y_test.cpp", ""))))


class ModuleTable(CheckTest):
    def test_stale_is_found_and_fixed(self):
        text = f"# A\n\n{module_table.BEGIN}\nold\n{module_table.END}\n\nrest\n"
        self.write("src/layers.txt", LAYERS)
        tree = self.write("ARCHITECTURE.md", text)
        self.assertEqual(["module-table"], self.rules(module_table.check(tree)))
        module_table.fix(tree)
        fixed = Tree(self.root)
        self.assertEqual([], module_table.check(fixed))
        self.assertIn("| 1 | `log` | log | `base` | fmt spdlog |", fixed.text("ARCHITECTURE.md"))
        self.assertTrue(fixed.text("ARCHITECTURE.md").endswith("\n\nrest\n"))

    def test_a_document_without_the_markers(self):
        self.write("src/layers.txt", LAYERS)
        self.assertIn("lacks", self.messages(module_table.check(self.write("ARCHITECTURE.md", ""))))


class Machine(CheckTest):
    def found(self, text: str) -> list[int]:
        tree = self.write("a.md", text)
        return [f.line for f in machine.find(tree, ["/data/checkout"], ["mirror.example.net"])]

    def test_paths_of_the_machine_and_of_homes(self):
        self.assertEqual([2], self.found("fine\ncd /data/checkout/build\n"))
        self.assertEqual([1], self.found("/home/" + "ada/x\n"))
        self.assertEqual([], self.found("/home/you/x ~/x /data/checkouts x/data/checkout\n"))

    def test_registries(self):
        self.assertEqual([1], self.found('"resolved": "https://mirror.example.net/p.tgz"\n'))


class Scripts(CheckTest):
    @unittest.skipUnless(shutil.which("clang-format-19"), "needs clang-format-19")
    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        tree = self.tree(src__a__good_dot_cpp="int a;\n", src__a__bad_dot_cpp="int   a;\n")
        self.assertEqual(["src/a/bad.cpp"], [f.path for f in scripts.check_format(tree)])

    @unittest.skipUnless(shutil.which("clang-format-19"), "needs clang-format-19")
    def test_a_format_that_cannot_be_read(self):
        self.write(".clang-format", "BasedOnStyle: Nobody\n")
        found = scripts.check_format(self.tree(src__a__bad_dot_cpp="int   a;\n"))
        self.assertIn("[format] clang-format-19 failed with exit code 1", self.messages(found))

    @unittest.skipUnless(shutil.which("shellcheck"), "needs shellcheck")
    def test_shell(self):
        tree = self.tree(tools__good="#!/usr/bin/env bash\necho a\n",
                         tools__bad="#!/bin/bash\nrm $1\n")
        self.assertEqual(["tools/bad"], [f.path for f in scripts.check_shell(tree)])

    def test_a_shellcheck_that_cannot_run(self):
        self.write("tools/good", "#!/usr/bin/env bash\necho a\n")
        with unittest.mock.patch.object(scripts, "_program", return_value="false"):
            found = scripts.check_shell(Tree(self.root))
        self.assertIn("[shell] false failed with exit code 1", self.messages(found))


class Run(CheckTest):
    def run_with(self, *arguments: str) -> tuple[int, str]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output), unittest.mock.patch.object(
                sys, "argv", ["run.py", "--root", str(self.root), *arguments]):
            return run.main(), output.getvalue()

    def test_the_exit_code_says_whether_something_was_found(self):
        self.write("src/a/y.cpp", "")
        self.assertEqual((0, ""), self.run_with("limits"))
        code, said = self.run_with("beside", "limits")
        self.assertEqual(1, code)
        self.assertIn("src/a/y.cpp: [test-beside] has no y_test.cpp\n1 to repair", said)


if __name__ == "__main__":
    unittest.main()
