"""Nothing in the tree belongs to one machine: no path of it, no package registry that it uses."""

from __future__ import annotations

import os
import re
import subprocess

from tree import Finding, Tree

_BINARY = ("*.gguf", "*.png", "*.jpg", "*.gif", "*.ico", "*.woff2")
_TOO_COMMON = {"/", "/root", "/home", "/tmp", "/usr", "/srv", "/var", "/opt"}


def check(tree: Tree) -> list[Finding]:
    return find(tree, _own_folders(tree), _own_registries())


def find(tree: Tree, folders: list[str], hosts: list[str]) -> list[Finding]:
    paths = r"(?<![.\w])(?:" + "|".join(re.escape(f) for f in folders) + r")(?=[/\s\"'`:;,)]|$)"
    patterns = [(re.compile(r"(?<![.\w])/home/(?!you\b|user\b)[a-z_][\w-]*/|(?<![.\w])/Users/\w+/"),
                 "a path of somebody's home")]
    if folders:
        patterns.append((re.compile(paths), "a path of this machine"))
    if hosts:
        patterns.append((re.compile("|".join(re.escape(host) for host in hosts)),
                         "the package registry that this machine uses"))
    binary = set(tree.match(*_BINARY))
    return [Finding("machine", path, number, what)
            for path in tree.paths if path not in binary
            for number, line in enumerate(tree.lines(path), 1)
            for pattern, what in patterns if pattern.search(line)]


def _own_folders(tree: Tree) -> list[str]:
    folders = {str(tree.root), os.path.expanduser("~").rstrip("/")}
    return sorted(f for f in folders if f.startswith("/") and f not in _TOO_COMMON)


def _own_registries() -> list[str]:
    hosts = set()
    for command in (["apt-get", "indextargets", "--format", "$(REPO_URI)"],
                    ["npm", "config", "get", "registry"],
                    ["pip3", "config", "get", "global.index-url"]):
        try:
            found = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        hosts |= set(re.findall(r"^[a-z+]+://(?:[^/@\s]*@)?([^/:\s]+)", found.stdout, re.MULTILINE))
    return sorted(hosts)
