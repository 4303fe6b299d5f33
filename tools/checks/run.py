#!/usr/bin/env python3
"""Runs checks of the tree: `run.py NAME...`, or all of them. Exit code 1 if there are findings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import banned
import beside
import layers
import limits
import machine
import module_table
import scripts
from tree import Tree

CHECKS = {
    "layers": layers.check,
    "limits": limits.check,
    "banned": banned.check,
    "beside": beside.check,
    "module_table": module_table.check,
    "machine": machine.check,
    "format": scripts.check_format,
    "shell": scripts.check_shell,
}
FIXES = {"module_table": module_table.fix}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CHECKS))
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--fix", action="store_true", help="write what a check can write itself")
    options = parser.parse_args()
    names = options.names or list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        parser.error(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    tree = Tree(options.root)
    if options.fix:
        for name in names:
            if name in FIXES:
                FIXES[name](tree)
        tree = Tree(options.root)
    findings = [finding for name in names for finding in CHECKS[name](tree)]
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} to repair ({', '.join(names)})")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
