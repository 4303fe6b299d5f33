"""Facts about processes from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    state: str
    name: str

    @property
    def zombie(self) -> bool:
        return self.state in ("Z", "X")


def look(pid: int) -> Process | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Process(pid, int(fields[1]), fields[0], name)


def everything() -> list[Process]:
    found = (look(int(entry)) for entry in os.listdir("/proc") if entry.isdigit())
    return [process for process in found if process]


def running(pid: int) -> bool:
    process = look(pid)
    return process is not None and not process.zombie


def workers(daemon: int) -> list[Process]:
    """The children of an llfd but for its guard; zombies too."""
    return [process for process in everything()
            if process.parent == daemon and process.name != "llf-guard"]


def of_home(home: Path) -> list[Process]:
    """Running processes that belong to this LLF_HOME: by folder, arguments or environment."""
    mark = os.fsencode(home)
    return [process for process in everything()
            if not process.zombie and process.pid != os.getpid() and _mentions(process.pid, mark)]


def _mentions(pid: int, mark: bytes) -> bool:
    try:
        if os.readlink(os.fsencode(f"/proc/{pid}/cwd")).startswith(mark):
            return True
        for file in ("cmdline", "environ"):
            values = Path(f"/proc/{pid}/{file}").read_bytes().split(b"\0")
            if any(mark in value for value in values):
                return True
    except OSError:
        return False
    return False


def descriptors(pid: int) -> list[str]:
    """What each open descriptor points to; a socket or pipe without its number."""
    found = []
    for entry in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{entry}").split(":[")[0])
        except OSError:
            continue
    return sorted(found)


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS:")


def most_resident_bytes(pid: int) -> int:
    """The highest that resident_bytes ever was."""
    return _status_bytes(pid, "VmHWM:")


def _status_bytes(pid: int, key: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return 0


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))
