"""Sizes: lines of a file, lines and parameters of a function, columns; and bool parameters."""

from __future__ import annotations

import re

from cxx import functions
from ratchet import Measure, judge
from tree import Finding, Tree

FILE_LINES = 400
FUNCTION_LINES = 70
PARAMETERS = 4
COLUMNS = 100

_BOOL = re.compile(r"^(const\s+)?bool\s+\w+")
_SOURCES = ("*.cpp", "*.hpp", "*.py", "*.sh", "*.cmake", "*CMakeLists.txt", "*.ts", "*.svelte",
            "*.mjs")


def check(tree: Tree) -> list[Finding]:
    measures = []
    for path in tree.match(*_SOURCES) + tree.scripts("bash"):
        measures += _file_lines(tree, path) + _columns(tree, path)
    for path in tree.cxx():
        measures += _functions(tree, path)
    rules = {"file-lines", "columns", "function-lines", "parameters", "bool-parameter"}
    return judge(measures, rules, tree)


def _file_lines(tree: Tree, path: str) -> list[Measure]:
    count = len(tree.lines(path))
    finding = Finding("file-lines", path, 0,
                      f"{count} lines, at most {FILE_LINES}: split it by subject")
    return [Measure("file-lines", path, count, FILE_LINES, [finding])]


def _columns(tree: Tree, path: str) -> list[Measure]:
    long = [Finding("columns", path, number, f"{len(line)} columns, at most {COLUMNS}")
            for number, line in enumerate(tree.lines(path), 1) if len(line) > COLUMNS]
    return [Measure("columns", path, len(long), 0, long)]


def _functions(tree: Tree, path: str) -> list[Measure]:
    longest, long, wide, bools = 0, [], [], []
    for function in functions(tree.text(path)):
        at, name = function.first_line, function.name
        longest = max(longest, function.lines)
        if function.lines > FUNCTION_LINES:
            long.append(Finding("function-lines", path, at,
                                f"{name}: {function.lines} lines, at most {FUNCTION_LINES}"))
        if len(function.parameters) > PARAMETERS:
            wide.append(Finding("parameters", path, at,
                                f"{name}: {len(function.parameters)} parameters, "
                                f"at most {PARAMETERS}: take an options struct"))
        if any(_BOOL.match(parameter) for parameter in function.parameters):
            bools.append(Finding("bool-parameter", path, at, f"{name}: take an enum class instead"))
    return [Measure("function-lines", path, longest, FUNCTION_LINES, long),
            Measure("parameters", path, len(wide), 0, wide),
            Measure("bool-parameter", path, len(bools), 0, bools)]
