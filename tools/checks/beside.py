"""Every source file has its test beside it."""

from __future__ import annotations

import re

from ratchet import Measure, judge
from tree import Finding, Tree

_NEEDS_NONE = re.compile(r"(_test|_bench|/main)\.cpp$")


def check(tree: Tree) -> list[Finding]:
    paths = set(tree.paths)
    measures = []
    for path in tree.match("src/*.cpp"):
        test = path.removesuffix(".cpp") + "_test.cpp"
        if not _NEEDS_NONE.search(path):
            finding = Finding("test-beside", path, 0, f"has no {test.rsplit('/', 1)[1]}")
            measures.append(Measure("test-beside", path, int(test not in paths), 0, [finding]))
    return judge(measures, {"test-beside"}, tree)
