#!/usr/bin/env python3
"""clang-tidy over the tree, which remembers the files that were clean.

A file is clean as long as nothing that clang-tidy read has changed: its text, every header that it
includes (ours by content, the system's by size and time), its flags, .clang-tidy and the program.
What is remembered lies in the cache folder, one small file per source; removing it is always safe.

Most of the time goes into headers, so files of one folder with the same flags and checks are
looked at together, as a batch: a source that includes them. A batch that is not clean is halved,
down to single files, so what is said of a file does not depend on its batch. The analyzer looks
into the functions of its main file only and gets every file alone.
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
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "clang-tidy-19"
COMPILER = "clang++-19"
SCANNER = "clang-scan-deps-19"
FILE_TIMEOUT_S = 600
BATCH_FILES = 10
# Precompiled headers, warnings and sanitizers are the compiler's affair; clang-tidy reads the text.
_DROP = re.compile(r"-W(?!l,)\S*|-f(no-)?sanitize\S*|-f(no-)?pch-\S*|-fprofile-\S*"
                   r"|-fcoverage-\S*|-g\S*|-O\S*")
# Looking into templates' bodies takes the analyzer half of its time and finds nothing of ours.
_ANALYZER = "c++-template-inlining=false,c++-stdlib-inlining=false"
_ONLY_ANALYZER = "-*,clang-analyzer-*"
_NO_ANALYZER = "-clang-analyzer-*"
# To clang-tidy a batch's sources are headers. One too many does no harm: it only splits a batch.
_OURS = r"/(src|tests|bench)/.*\.[ch]pp$"


@dataclass(frozen=True)
class Job:
    path: Path          # the source, absolute
    flags: tuple[str, ...]
    checks: str         # added to those of .clang-tidy
    alone: bool = False  # never in a batch

    @property
    def analyzed(self) -> bool:
        return _NO_ANALYZER not in self.checks

    @property
    def batch_checks(self) -> str:
        return _NO_ANALYZER if self.analyzed else self.checks


@dataclass(frozen=True)
class Run:
    """Files that clang-tidy looks at together, and the checks that it does."""

    jobs: tuple[Job, ...]
    checks: str


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
        return f"{_NO_ANALYZER},-performance-*"
    return _NO_ANALYZER if re.search(r"\bco_(await|return|yield)\b", text) else ""


def stands_alone(path: Path, text: str) -> bool:
    """Fuzz targets have a function in common; a macro reaches the files behind it."""
    return path.name.endswith("_fuzz.cpp") or bool(re.search(r"(?m)^\s*#\s*(define|undef)\b", text))


def read_jobs(database: Path, root: Path) -> list[Job]:
    jobs = {}
    for entry in json.loads(database.read_text()):
        path = Path(os.path.normpath(Path(entry["directory"]) / entry["file"]))
        inside = path.relative_to(root).parts if path.is_relative_to(root) else ("",)
        if inside[0] not in ("src", "tests", "bench") or path in jobs:
            continue
        arguments = entry.get("arguments") or shlex.split(entry["command"])
        text = path.read_text(errors="replace") if path.exists() else ""
        jobs[path] = Job(path, compile_flags(arguments), extra_checks(path, text),
                         stands_alone(path, text))
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


def files_read(jobs: list[Job], folder: Path, processes: int) -> dict[Job, list[str]]:
    """The source and every header that it includes, where all of these are there."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        database = Path(name) / "compile_commands.json"
        database.write_text(json.dumps([
            {"directory": name, "file": str(job.path),
             "arguments": [COMPILER, *job.flags, "-c", str(job.path), "-o", str(number)]}
            for number, job in enumerate(jobs)]))
        found = subprocess.run([SCANNER, "-format=make", "-j", str(processes),
                                f"-compilation-database={database}"],
                               capture_output=True, text=True, check=False)
    rules = re.findall(r"(?m)^(\d+): (.*)$", found.stdout.replace("\\\n", " "))
    return {jobs[int(number)]: [word.replace("\\ ", " ")
                                for word in re.findall(r"(?:[^\s\\]|\\.)+", words)]
            for number, words in rules}


def run_tidy(source: Path, run: Run, root: Path) -> tuple[bool, str]:
    """Whether the source is clean, and what clang-tidy said."""
    command = [PROGRAM, "--quiet", f"--config-file={root / '.clang-tidy'}", str(source),
               *([f"--checks={run.checks}"] if run.checks else []),
               *([f"--header-filter={_OURS}"] if len(run.jobs) > 1 else []),
               "--", *run.jobs[0].flags, "-Xclang", "-analyzer-config", "-Xclang", _ANALYZER]
    try:
        found = subprocess.run(command, cwd=root, capture_output=True, text=True,
                               timeout=FILE_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return False, f"{source}: not done within {FILE_TIMEOUT_S} s"
    clean = found.returncode == 0 and not re.search(r": (warning|error): ", found.stdout)
    noise = re.compile(r"\d+ (warning|error)s? |Suppressed |Use -header-filter")
    said = [line for line in (found.stdout + ("" if clean else found.stderr)).splitlines()
            if not noise.match(line)]
    return clean, "\n".join(said).replace(f"{root}/", "")


def batches(group: list[Job], known: dict[Job, dict]) -> list[list[Job]]:
    """A batch takes a file that reads all system headers of the files before it, so that none gets
    by on what another includes. The analyzer sees what its files lack; the build sees where a
    header of ours is not included."""
    found: list[tuple[list[Job], set[str]]] = []
    headers = {job: {name for name in known[job]["read"] if os.path.isabs(name)} for job in group}
    for job in sorted(group, key=lambda job: (job.analyzed, len(headers[job]), job.path)):
        for batch, seen in found:
            if len(batch) < BATCH_FILES and (job.analyzed or seen <= headers[job]):
                batch.append(job)
                seen |= headers[job]
                break
        else:
            found.append(([job], set(headers[job])))
    return [batch for batch, _ in found]


def plan(jobs: list[Job], known: dict[Job, dict]) -> list[Run]:
    """The runs that together do all checks of all files; the last ones are the analyzer's part of
    the batches."""
    alone = [job for job in jobs if job.alone or job not in known]
    groups: dict[tuple, list[Job]] = {}
    for job in (job for job in jobs if job not in alone):
        groups.setdefault((job.path.parent, job.flags, job.batch_checks), []).append(job)
    found = [batch for group in groups.values() for batch in batches(group, known)]
    together = [batch for batch in found if len(batch) > 1]
    alone += [batch[0] for batch in found if len(batch) == 1]
    return ([Run(tuple(batch), batch[0].batch_checks) for batch in together]
            + [Run((job,), job.checks) for job in alone]
            + [Run((job,), _ONLY_ANALYZER) for batch in together for job in batch if job.analyzed])


def clean_together(run: Run, cache: Cache) -> bool:
    with tempfile.NamedTemporaryFile("w", dir=cache.folder, suffix=".cpp") as source:
        source.writelines(f'#include "{job.path}"  // NOLINT(bugprone-suspicious-include)\n'
                          for job in run.jobs)
        source.flush()
        return run_tidy(Path(source.name), run, cache.root)[0]


def look(run: Run, cache: Cache) -> list[tuple[Job, bool, str]]:
    """Of each file of the run, whether it is clean and what clang-tidy said."""
    if len(run.jobs) == 1:
        return [(run.jobs[0], *run_tidy(run.jobs[0].path, run, cache.root))]
    if clean_together(run, cache):
        return [(job, True, "") for job in run.jobs]
    middle = len(run.jobs) // 2
    return [verdict for half in (run.jobs[:middle], run.jobs[middle:])
            for verdict in look(Run(half, run.checks), cache)]


def check(jobs: list[Job], cache: Cache, processes: int) -> Iterator[tuple[Job, str]]:
    """Yields the files that are not clean and what clang-tidy said; remembers the others."""
    read = files_read(jobs, cache.folder, processes)
    known = {job: cache.describe(job, names) for job, names in read.items()}
    runs = plan(jobs, known)
    left = Counter(job for run in runs for job in run.jobs)
    with ThreadPoolExecutor(processes) as pool:
        for verdicts in pool.map(lambda run: look(run, cache), runs):
            for job, clean, said in verdicts:
                left[job] -= clean
                if not clean:
                    yield job, said
                elif not left[job] and job in known:
                    cache.remember(job, known[job])


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
    bad = set()
    for job, said in check(changed, cache, options.jobs):
        bad.add(job)
        print(said, flush=True)
    clean = len(changed) - len(bad)
    print(f"clang-tidy: {len(jobs)} files, {len(jobs) - len(changed)} as clean as before, {clean} "
          f"clean, {len(bad)} to repair; {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
