"""Calls that this code does not make, each with what to use instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch

from cxx import scrub
from ratchet import Measure, judge
from tree import Finding, Tree

SRC = ("src/*.cpp", "src/*.hpp")
CXX = SRC + ("tests/*.cpp", "tests/*.hpp", "bench/*.cpp", "bench/*.hpp")
TESTS = ("*_test.cpp", "*_test.hpp", "src/*/test_*.hpp", "tests/*", "bench/*")


@dataclass(frozen=True)
class Ban:
    rule: str
    pattern: str
    instead: str
    where: tuple[str, ...] = CXX
    free: tuple[str, ...] = ()


# A call of the C library by that name, with or without std:: or ::, and not of a member.
_C = r"(?<![\w.>:])(?:std::|::)?"

BANS = (
    Ban("sleep",
        r"\bthis_thread::sleep|" + _C + r"(u?sleep|nanosleep|clock_nanosleep)\s*\(\s*[\w&]",
        "wait for the event itself, with a deadline; unit tests move a ManualClock",
        free=("tests/fake_*",)),
    Ban("python-sleep", r"\btime\.sleep\s*\(", "support.patience, which waits for the event itself",
        ("tests/*.py",), ("tests/support/patience.py",)),
    Ban("shell", _C + r"(system|popen)\s*\(", "os::spawn, which runs a program without a shell"),
    Ban("c-strings", _C + r"(strn?cpy|strn?cat|v?sprintf|gets|strtok|strdup|alloca)\s*\(",
        "std::string, std::string_view or fmt::format"),
    Ban("c-numbers", _C + r"(ato[ifl]|atoll|strto[a-z]+|sto[ifdu]\w*|v?s?scanf)\s*\(",
        "std::from_chars, which says where and why it stopped"),
    Ban("threads", r"\bstd::(jthread|thread|async)\b|\bpthread_create\b",
        "a coroutine on the loop, or the blocking pool of os for work that blocks",
        SRC, ("src/os/*", *TESTS)),
    Ban("locks",
        r"\bstd::(\w+_)?mutex\b|\bstd::(lock_guard|unique_lock|scoped_lock|atomic)\b"
        r"|\bstd::condition_variable\w*|\bmake_strand\b|\basio::strand\b",
        "nothing: one loop thread owns all state; results of other threads are posted to it",
        SRC, ("src/os/*", "src/log/*", *TESTS)),
    Ban("environment", r"\b(secure_)?getenv\s*\(", "the reader of variables in os/paths",
        SRC, ("src/os/paths*", *TESTS)),
    Ban("set-environment", _C + r"(setenv|putenv|unsetenv|clearenv)\s*\(",
        "the environment in the options of os::spawn", SRC, ("*_test.cpp",)),
    Ban("catch-all", r"\bcatch\s*\(\s*\.\.\.\s*\)",
        "the exception types of the library that this module owns"),
    Ban("throw", r"\bthrow\b", "Expected and Error: exceptions never leave a module", SRC, TESTS),
    Ban("clock",
        r"\b(steady_clock|system_clock|high_resolution_clock)::now\b"
        r"|\b(clock_gettime|gettimeofday)\s*\(|" + _C + r"time\s*\(\s*(nullptr|NULL|0|&)",
        "base/clock.hpp, which tests can move", SRC, ("src/base/clock*", "*_test.hpp")),
    Ban("process", _C + r"(v?fork|posix_spawnp?|clone3?|exec[vl]p?e?|kill|killpg|waitpid)\s*\(",
        "os::spawn and os::ChildProcess", SRC, ("src/os/*", *TESTS)),
    Ban("signals", _C + r"(signal|sigaction|pthread_sigmask|sigprocmask)\s*\(\s*\w",
        "net/signals.hpp", SRC, ("src/os/*", "src/net/signals*", "src/*/main.cpp", "*_test.cpp")),
    Ban("exit", _C + r"(exit|_exit|_Exit|quick_exit)\s*\(|(?<!\w)(std)?::(abort|terminate)\s*\(",
        "return an Error and let main return the exit code; LLF_ASSERT for our bugs",
        SRC, ("src/base/assert*", "src/os/*", "src/*/main.cpp", *TESTS)),
    Ban("output", r"\bstd::(cout|cerr|clog)\b|" + _C + r"(v?printf|puts|putchar|perror)\s*\(",
        "log for what happened, the cli's output for what a user asked for",
        SRC, ("src/cli/*", "src/*/main.cpp", *TESTS)),
    Ban("using-namespace",
        r"\busing\s+namespace\s+(?!std::(chrono_|string_view_|string_)?literals\b)",
        "names with their namespace, or an alias of it"),
    Ban("assert", _C + r"assert\s*\(", "LLF_ASSERT, which stays on in release builds", SRC),
    Ban("new", r"\bnew\s+[A-Za-z_:]", "std::make_unique or a value"),
    Ban("random", r"(?<!\w)(?:std::|::)s?rand(om)?\s*\(|" + _C + r"s?rand\s*\(",
        "std::mt19937_64 with a seed that is shown"),
    Ban("regex", r"#\s*include\s*<regex>|\bstd::regex\b",
        "a small parser: std::regex recurses with its input"),
    Ban("iostream", r"#\s*include\s*<iostream>", "fmt, or <ostream> where a test needs one", SRC),
    Ban("temp-names", _C + r"(tmpnam|tempnam|mktemp|tmpfile)\s*\(", "mkstemp or mkdtemp"),
)
_DETACHED = re.compile(r"\basio::detached\b")
_LEFT = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_NOLINT = re.compile(r"NOLINT\w*(\([^)]*\))?(.*)")


def check(tree: Tree) -> list[Finding]:
    texts = {path: scrub(tree.text(path)).split("\n") for path in tree.match(*CXX)}
    texts |= {path: tree.lines(path) for path in tree.match("tests/*.py")}
    measures = [measure for ban in BANS for measure in _measures(ban, texts)]
    rules = {ban.rule for ban in BANS}
    return (judge(measures, rules, tree) + _detached(texts) + _left_for_later(tree)
            + _unexplained(tree))


def _measures(ban: Ban, texts: dict[str, list[str]]) -> list[Measure]:
    pattern = re.compile(ban.pattern)
    measures = []
    for path, lines in texts.items():
        if not _fits(path, ban.where) or _fits(path, ban.free):
            continue
        found = [Finding(ban.rule, path, number, f"`{match.group().strip()}`: use {ban.instead}")
                 for number, line in enumerate(lines, 1) if (match := pattern.search(line))]
        measures.append(Measure(ban.rule, path, len(found), 0, found))
    return measures


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def _detached(texts: dict[str, list[str]]) -> list[Finding]:
    """asio::detached stands in one file, which joins what it starts."""
    places = [(path, number) for path, lines in texts.items()
              for number, line in enumerate(lines, 1) if _DETACHED.search(line)]
    if len({path for path, _ in places}) <= 1:
        return []
    return [Finding("detached", path, number, "asio::detached: use net::TaskGroup, which joins; "
                    "only one file may say detached") for path, number in places]


def _left_for_later(tree: Tree) -> list[Finding]:
    here = "tools/checks/"
    return [Finding("left-for-later", path, number, "do it now or write an issue")
            for path in tree.match("src/*", "tests/*", "bench/*", "tools/*", "cmake/*", "web/src/*")
            if not path.startswith(here) and not path.endswith(".gguf")
            for number, line in enumerate(tree.lines(path), 1) if _LEFT.search(line)]


def _unexplained(tree: Tree) -> list[Finding]:
    """A NOLINT names a check that is on, and carries its reason."""
    enabled = _enabled_checks(tree)
    findings = []
    for path in tree.match(*CXX):
        for number, line in enumerate(tree.lines(path), 1):
            match = _NOLINT.search(line)
            if not match or match.group().startswith("NOLINTEND"):
                continue
            names = [name.strip() for name in (match[1] or "()").strip("()").split(",")]
            off = [name for name in names if name and not enabled(name)]
            if off:
                message = f"{off[0]} is off in .clang-tidy: remove this"
            elif not names[0] or len(match[2].strip(" :-.")) < 8:
                message = "write NOLINT(check): reason"
            else:
                continue
            findings.append(Finding("nolint", path, number, message))
    return findings


def _enabled_checks(tree: Tree):
    """Tells whether .clang-tidy has a check on: its last pattern that fits decides."""
    if ".clang-tidy" not in tree.paths:
        return lambda name: True
    text = re.sub(r"#.*", "", tree.text(".clang-tidy").split("WarningsAsErrors")[0])
    patterns = re.findall(r"-?[\w*.-]+", text.split(">", 1)[-1])

    def enabled(name: str) -> bool:
        on = False
        for pattern in patterns:
            if fnmatch(name, pattern.removeprefix("-")):
                on = not pattern.startswith("-")
        return on

    return enabled
