"""The library that makes calls on files fail, and records them: see tests/fault_shim."""

from __future__ import annotations

import errno
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from support.home import BUILD

LIBRARY = BUILD / "bin/fault_shim.so"
FETCH_MODELS = BUILD / "bin/fetch_models"

CALLS = ("write", "sync", "rename", "truncate", "allocate", "symlink", "folder", "open")
_HEAD = ("call", "nth", "every", "error", "struck", "retried", "failed")


class FaultShim:
    """What happens to calls below a folder."""

    def __init__(self, below: Path, control: Path) -> None:
        self._below = below
        self._path = control
        control.write_bytes(bytes(mmap.PAGESIZE))
        with open(control, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(LIBRARY), "FAULT_SHIM_BELOW": str(self._below),
                "FAULT_SHIM_CONTROL": str(self._path)}

    def _get(self, place: int) -> int:
        return struct.unpack_from("=I", self._memory, 4 * place)[0]

    def _set(self, place: int, value: int) -> None:
        struct.pack_into("=I", self._memory, 4 * place, value)

    def counts(self) -> dict[str, int]:
        """How often each call was made since the last `arm`."""
        return {call: self._get(len(_HEAD) + place) for place, call in enumerate(CALLS)}

    @property
    def struck(self) -> int:
        """How many calls have failed."""
        return self._get(_HEAD.index("struck"))

    @property
    def retried(self) -> int:
        """How many syncs there were of files whose sync had failed."""
        return self._get(_HEAD.index("retried"))

    def arm(self, call: str, nth: int, error: int = errno.EIO, *, every: bool = False) -> None:
        """The nth from now on fails, or it and all after it; 0: none."""
        self._set(_HEAD.index("nth"), 0)
        for place in range(len(_HEAD) + len(CALLS)):
            self._set(place, 0)
        self._set(_HEAD.index("call"), CALLS.index(call))
        self._set(_HEAD.index("every"), int(every))
        self._set(_HEAD.index("error"), error)
        self._set(_HEAD.index("nth"), nth)

    def disarm(self) -> None:
        self.arm("write", 0)

    def turn_clock(self, seconds: int) -> None:
        """The time of day is wrong by so much."""
        struct.pack_into("=i", self._memory, 4 * (len(_HEAD) + len(CALLS)), seconds)


@dataclass(frozen=True)
class Record:
    """One call that succeeded."""

    call: str
    words: tuple[str, ...]
    data: bytes


def read_records(log: Path, offset: int = 0) -> tuple[list[Record], int]:
    """Those from an offset on, and where the next will stand."""
    content = log.read_bytes()
    records = []
    while offset < len(content):
        end = content.index(b"\n", offset)
        call, *words, size = content[offset:end].decode().split("\t")
        offset = end + 1 + int(size)
        records.append(Record(call, tuple(words), content[end + 1:offset]))
    return records, offset
