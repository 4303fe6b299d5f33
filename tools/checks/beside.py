"""Every source file has its test beside it."""

from __future__ import annotations

import re

from tree import Finding, Tree

_NEEDS_NONE = re.compile(r"(_test|_bench|/main)\.cpp$")


def check(tree: Tree) -> list[Finding]:
    paths = set(tree.paths)
    findings = []
    for path in tree.match("src/*.cpp"):
        test = path.removesuffix(".cpp") + "_test.cpp"
        if not _NEEDS_NONE.search(path) and test not in paths:
            findings.append(Finding("test-beside", path, 0, f"has no {test.rsplit('/', 1)[1]}"))
        source = path.removesuffix("_test.cpp")
        if path.endswith("_test.cpp") and not {source + ".cpp", source + ".hpp"} & paths:
            findings.append(Finding("test-beside", path, 0, "tests no file that is named like it"))
    return findings
