"""The files of the project, and what a check says about them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

_NEVER = {".git", "build", "node_modules", "__pycache__"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `line` 0 means the whole file."""

    rule: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: [{self.rule}] {self.message}"


class Tree:
    """A checkout: its files as paths relative to the root, with `/`, and their text."""

    def __init__(self, root: Path):
        self.root = Path(root).resolve()
        self.paths = sorted(self._list())
        self._texts: dict[str, str] = {}

    def _list(self) -> list[str]:
        git = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root, capture_output=True, check=False)
        if git.returncode == 0 and (self.root / ".git").exists():
            names = git.stdout.decode("utf-8", "surrogateescape").split("\0")
            return [name for name in set(names) if name and (self.root / name).is_file()]
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in _NEVER]
            found += [str((Path(folder) / name).relative_to(self.root)) for name in files]
        return found

    def match(self, *patterns: str) -> list[str]:
        """Paths that fit one of the shell patterns, in which `*` crosses `/`."""
        return [path for path in self.paths if any(fnmatch(path, p) for p in patterns)]

    def text(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_bytes().decode("utf-8", "replace")
        return self._texts[path]

    def lines(self, path: str) -> list[str]:
        return self.text(path).splitlines()

    def cxx(self) -> list[str]:
        """Our C++: sources and headers below src, tests, bench and cmake."""
        return [p for p in self.match("*.cpp", "*.hpp")
                if p.split("/")[0] in ("src", "tests", "bench", "cmake")]

    def scripts(self, program: str) -> list[str]:
        """Files whose first line runs the program, such as bash."""
        return [p for p in self.paths
                if "." not in p.rsplit("/", 1)[-1].lstrip(".") and self._starts(p, program)]

    def _starts(self, path: str, program: str) -> bool:
        with open(self.root / path, "rb") as file:
            head = file.readline(100)
        return head.startswith(b"#!") and program.encode() in head
