"""A home of its own for one test, and the programs under test."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LLF_BUILD") or SOURCE / "build/asan").resolve()

LLF = BUILD / "bin/llf"
LLFD = BUILD / "bin/llfd"
FAKE_WORKER = BUILD / "bin/fake_worker"


class Home:
    """A new folder with a short name, since the paths of sockets are limited."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="llf-t", dir="/tmp"))
        self.run = self.path / "run"

    def environment(self, **more: str) -> dict[str, str]:
        """What a program sees: nothing of the tester's settings, and reports of the sanitizers go
        to files here. The small quarantine keeps memory measurable."""
        reports = self.path / "sanitizer"
        sanitizers = {}
        for name, extra in (("ASAN_OPTIONS", "quarantine_size_mb=8"), ("UBSAN_OPTIONS", "")):
            options = [os.environ.get(name, ""), f"log_path={reports}", extra]
            sanitizers[name] = ":".join(option for option in options if option)
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.path),
                "LLF_HOME": str(self.path), "TERM": "xterm",
                **({"ASAN_SYMBOLIZER_PATH": os.environ["ASAN_SYMBOLIZER_PATH"]}
                   if "ASAN_SYMBOLIZER_PATH" in os.environ else {}), **sanitizers, **more}

    def sanitizer_reports(self) -> str:
        return "\n".join(path.read_text(errors="replace")
                         for path in sorted(self.path.glob("sanitizer.*")))

    def run_files(self) -> list[Path]:
        return sorted(path for path in self.run.rglob("*") if not path.is_dir())

    def logs(self) -> str:
        """The ends of the logs, for the report of a failed test; of the workers' a few."""
        folder = self.path / "state/log"
        workers = sorted(path for path in folder.glob("*.log") if path.name != "llfd.log")
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-2000:]}"
                         for path in (self.path / "llfd.stderr", folder / "llfd.log", *workers[:3])
                         if path.is_file())

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
