"""A control group of the kernel (version 1 or 2) that holds a limit over processes of a test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

import pytest

from support.patience import eventually

ROOT = Path("/sys/fs/cgroup")


class Cgroup:
    """Skips the test where the machine lets nobody make one."""

    # What the limits are called: in version 1, in version 2.
    FILES: ClassVar = {"memory": ("memory.limit_in_bytes", "memory.max"),
                       "pids": ("pids.max", "pids.max")}

    def __init__(self, controller: str) -> None:
        first = ROOT / controller
        self._folder = (first if first.is_dir() else ROOT) / f"llf-test-{os.getpid()}"
        self._limit = self._folder / self.FILES[controller][not first.is_dir()]
        try:
            self._folder.mkdir()
        except OSError as error:
            pytest.skip(f"no control group can be made here: {error}")
        if not self._limit.exists():
            self._folder.rmdir()
            pytest.skip(f"control groups have no limit of {controller} here")

    def limit(self, most: int | None) -> None:
        unlimited = "max" if self._limit.name.endswith(".max") else "-1"
        self._limit.write_text(unlimited if most is None else str(most))

    def take(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid))

    def tasks(self) -> int:
        return int((self._folder / "pids.current").read_text())

    def remove(self) -> None:
        """When its processes have ended."""
        def gone() -> bool:
            try:
                self._folder.rmdir()
            except OSError:
                return False
            return True

        eventually("the control group is empty", gone)
