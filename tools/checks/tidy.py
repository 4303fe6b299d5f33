#!/usr/bin/env python3
"""clang-tidy over the tree, which remembers the files that were clean.

A file is clean as long as nothing that clang-tidy read has changed: its text, every header that it
includes (ours by content, the system's by size and time), its flags, .clang-tidy and the program.
What is remembered lies in the cache folder, one small file per source; removing it is always safe.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "clang-tidy-19"
FILE_TIMEOUT_S = 600
# Precompiled headers, warnings and sanitizers are the compiler's affair; clang-tidy reads the text.
_DROP = re.compile(r"-W(?!l,)\S*|-f(no-)?sanitize\S*|-f(no-)?pch-\S*|-fprofile-\S*"
                   r"|-fcoverage-\S*|-g\S*|-O\S*")
# Looking into templates' bodies takes the analyzer half of its time and finds nothing of ours.
_ANALYZER = "c++-template-inlining=false,c++-stdlib-inlining=false"


@dataclass(frozen=True)
class Job:
    path: Path          # the source, absolute
    flags: tuple[str, ...]
    checks: str         # added to those of .clang-tidy


def compile_flags(arguments: list[str]) -> tuple[str, ...]:
    """What clang-tidy needs of a compile command: all but program, files and the dropped flags."""
    flags: list[str] = []
    words = iter(arguments[1:])
    for word in words:
        if word == "-Xclang":
            inner = next(words, "")
            if inner in ("-include-pch", "-include"):
                next(words, "")
                next(words, "")
            elif not _DROP.fullmatch(inner):
                flags += [word, inner]
        elif word in ("-o", "-c", "-MF", "-MT", "-MQ"):
            next(words, "")
        elif word not in ("-MD", "-MMD") and not _DROP.fullmatch(word):
            flags.append(word)
    while flags and not flags[0].startswith("-"):
        flags.pop(0)    # what is left of a compiler launcher
    return tuple(flags)


def extra_checks(path: Path, text: str) -> str:
    """What a file is spared; .clang-tidy says why."""
    if path.name.endswith(("_test.cpp", "_bench.cpp")):
        return "-clang-analyzer-*,-performance-*"
    return "-clang-analyzer-*" if re.search(r"\bco_(await|return|yield)\b", text) else ""


def read_jobs(database: Path, root: Path) -> list[Job]:
    jobs = {}
    for entry in json.loads(database.read_text()):
        path = Path(os.path.normpath(Path(entry["directory"]) / entry["file"]))
        inside = path.relative_to(root).parts if path.is_relative_to(root) else ("",)
        if inside[0] not in ("src", "tests", "bench") or path in jobs:
            continue
        arguments = entry.get("arguments") or shlex.split(entry["command"])
        text = path.read_text(errors="replace") if path.exists() else ""
        jobs[path] = Job(path, compile_flags(arguments), extra_checks(path, text))
    return [jobs[path] for path in sorted(jobs)]


class Cache:
    def __init__(self, folder: Path, root: Path, program: str):
        self.folder = folder
        self.root = root
        self.digests: dict[str, str] = {}
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        config = (root / ".clang-tidy").read_text()
        self.base = version.stdout + config + Path(__file__).read_text()
        folder.mkdir(parents=True, exist_ok=True)

    def _file(self, job: Job) -> Path:
        return self.folder / (str(job.path.relative_to(self.root)).replace("/", "__") + ".json")

    def _key(self, job: Job) -> str:
        flags = [flag.replace(str(self.root), ".") for flag in job.flags]
        return _sha(json.dumps([self.base, flags, job.checks]).encode())

    def _digest(self, path: str) -> str:
        """Of our files the content, relative to the root; of the system's the size and the time."""
        if path not in self.digests:
            full = self.root / path
            try:
                if os.path.isabs(path):
                    stat = full.stat()
                    self.digests[path] = f"{stat.st_size} {stat.st_mtime_ns}"
                else:
                    self.digests[path] = _sha(full.read_bytes())
            except OSError:
                self.digests[path] = "gone"
        return self.digests[path]

    def knows(self, job: Job) -> bool:
        try:
            known = json.loads(self._file(job).read_text())
        except (OSError, ValueError):
            return False
        return known.get("key") == self._key(job) and all(
            self._digest(path) == digest for path, digest in known.get("read", {}).items())

    def describe(self, job: Job, read: list[str]) -> dict:
        """What stands in the cache for a clean file. Taken before clang-tidy reads the files, so a
        change in between is seen next time."""
        names = sorted({self._name(path) for path in read})
        return {"key": self._key(job), "read": {name: self._digest(name) for name in names}}

    def remember(self, job: Job, known: dict) -> None:
        temporary = self._file(job).with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(known))
        temporary.replace(self._file(job))

    def _name(self, path: str) -> str:
        path = os.path.normpath(path)
        inside = os.path.relpath(path, self.root)
        return path if inside.startswith("..") else inside


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files_read(job: Job) -> list[str]:
    """The source and every header that it includes, as the compiler lists them."""
    compiler = PROGRAM.replace("clang-tidy", "clang++")
    found = subprocess.run([compiler, *job.flags, "-M", str(job.path)], capture_output=True,
                           text=True, timeout=FILE_TIMEOUT_S, check=True)
    rule = found.stdout.replace("\\\n", " ").split(": ", 1)[1]
    return [name.replace("\\ ", " ") for name in re.findall(r"(?:[^\s\\]|\\.)+", rule)]


def run_tidy(job: Job, root: Path) -> tuple[bool, str]:
    """Whether the file is clean, and what clang-tidy said."""
    command = [PROGRAM, "--quiet", f"--config-file={root / '.clang-tidy'}", str(job.path),
               *([f"--checks={job.checks}"] if job.checks else []),
               "--", *job.flags, "-Xclang", "-analyzer-config", "-Xclang", _ANALYZER]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True,
                           timeout=FILE_TIMEOUT_S, check=False)
    clean = found.returncode == 0 and not re.search(r": (warning|error): ", found.stdout)
    noise = re.compile(r"\d+ (warning|error)s? |Suppressed |Use -header-filter")
    said = [line for line in (found.stdout + ("" if clean else found.stderr)).splitlines()
            if not noise.match(line)]
    return clean, "\n".join(said).replace(f"{root}/", "")


def check(job: Job, cache: Cache, root: Path) -> tuple[bool, str]:
    try:
        known = cache.describe(job, files_read(job))
        clean, said = run_tidy(job, root)
    except subprocess.TimeoutExpired:
        return False, f"{job.path}: not done within {FILE_TIMEOUT_S} s"
    except subprocess.CalledProcessError as error:
        return False, f"{job.path}: does not compile\n{error.stderr}".replace(f"{root}/", "")
    if clean:
        cache.remember(job, known)
    return clean, said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="holds compile_commands.json")
    parser.add_argument("--cache", type=Path, help="default: build/tidy-cache")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these; default: the whole tree")
    options = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    start = time.monotonic()
    jobs = read_jobs(options.build / "compile_commands.json", root)
    if options.files:
        wanted = {Path(name).resolve() for name in options.files}
        jobs = [job for job in jobs if job.path in wanted]
    cache = Cache(options.cache or root / "build/tidy-cache", root, PROGRAM)
    changed = [job for job in jobs if not cache.knows(job)]
    bad = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for clean, said in pool.map(lambda job: check(job, cache, root), changed):
            bad += not clean
            if not clean:
                print(said, flush=True)
    print(f"clang-tidy: {len(jobs)} files, {len(jobs) - len(changed)} as clean as before, "
          f"{len(changed) - bad} clean, {bad} to repair; {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
