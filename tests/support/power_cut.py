"""What a disk may hold after a power cut. POSIX promises only what was synced: content by an fsync
of the file, names by one of their folder. Everything else may have come to the disk, or not, or in
part, in any order."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from support.fault_shim import Record

Pick = Callable[[list], list]  # what of a list of changes came to the disk, in its order
_SECTOR = 512


@dataclass
class File:
    durable: bytes = b""
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def content(self, pick: Pick) -> bytes:
        return _changed(self.durable, pick(self.pending))

    def sync(self) -> None:
        self.durable = _changed(self.durable, self.pending)
        self.pending = []


def _changed(content: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    if not changes:
        return content
    made = bytearray(content)
    for what, place, data in changes:
        if what == "size":
            del made[place:]
            made += bytes(max(0, place - len(made)))
        elif what == "room":
            made += bytes(max(0, place - len(made)))
        else:
            made += bytes(max(0, place - len(made)))
            made[place:place + len(data)] = data
    return bytes(made)


@dataclass(frozen=True)
class Link:
    target: str


@dataclass
class Folder:
    durable: dict[str, object] = field(default_factory=dict)
    live: dict[str, object] = field(default_factory=dict)
    pending: list[dict[str, object]] = field(default_factory=list)  # None: the name goes

    def change(self, names: dict[str, object]) -> None:
        self.pending.append(names)
        _rename(self.live, names)

    def names(self, pick: Pick) -> dict[str, object]:
        made = dict(self.durable)
        for names in pick(self.pending):
            _rename(made, names)
        return made

    def sync(self) -> None:
        self.durable = dict(self.live)
        self.pending = []


def _rename(names: dict[str, object], changes: dict[str, object]) -> None:
    for name, node in changes.items():
        names.pop(name, None)
        if node is not None:
            names[name] = node


class Disk:
    """Begins with what stands in a folder, all of it durable, and goes along with the records."""

    def __init__(self, folder: Path) -> None:
        self._base = folder
        self._inodes: dict[int, File] = {}
        self._root = self._read(folder)

    def _read(self, folder: Path) -> Folder:
        made = Folder()
        for entry in os.scandir(folder):
            path = Path(entry.path)
            if entry.is_symlink():
                made.live[entry.name] = Link(os.readlink(path))
            elif entry.is_dir():
                made.live[entry.name] = self._read(path)
            else:
                file = File(path.read_bytes())
                made.live[entry.name] = self._inodes[entry.inode()] = file
        made.sync()
        return made

    def _folder(self, path: PurePath) -> Folder:
        node = self._root
        for name in path.relative_to(self._base).parts:
            node = node.live[name]
        return node

    def take(self, record: Record) -> None:
        """Goes along with one call."""
        words = record.words
        if record.call in ("write", "size", "room"):
            change = (record.call, int(words[1]), record.data)
            self._inodes[int(words[0])].pending.append(change)
        elif record.call == "sync":
            self._inodes[int(words[0])].sync()
        elif record.call == "sync_names":
            self._folder(PurePath(words[0])).sync()
        else:
            self._change_names(record.call, words)

    def _change_names(self, call: str, words: tuple[str, ...]) -> None:
        path = PurePath(words[-1])
        folder = self._folder(path.parent)
        if call == "create":
            path = PurePath(words[1])
            self._inodes[int(words[0])] = file = File()
            folder.change({path.name: file})
        elif call == "rename":
            source = PurePath(words[0])
            assert source.parent == path.parent, "a file does not change its folder here"
            folder.change({path.name: folder.live[source.name], source.name: None})
        else:
            made = {"symlink": lambda: Link(words[0]), "folder": Folder, "remove": lambda: None}
            folder.change({path.name: made[call]()})

    def write(self, target: Path, names: Pick, data: Pick) -> None:
        """Makes the folder `target` of what came to the disk."""
        self._write(self._root, target, names, data)

    def _write(self, folder: Folder, target: Path, names: Pick, data: Pick) -> None:
        target.mkdir()
        for name, node in folder.names(names).items():
            if isinstance(node, Link):
                os.symlink(node.target, target / name)
            elif isinstance(node, Folder):
                self._write(node, target / name, names, data)
            else:
                (target / name).write_bytes(node.content(data))


def nothing(_: list) -> list:
    return []


def everything(changes: list) -> list:
    return changes


def some(dice: random.Random) -> Pick:
    """Half of it; of a write that came, perhaps only some sectors."""
    def pick(changes: list) -> list:
        found = []
        for change in changes:
            if dice.random() < 0.5:
                continue
            if isinstance(change, tuple) and change[2] and dice.random() < 0.5:
                end = dice.randrange(0, len(change[2]), _SECTOR)
                change = (change[0], change[1], change[2][:end])
            found.append(change)
        return found

    return pick


def first_ones(dice: random.Random) -> Pick:
    """Up to a moment, as file systems with a journal have it for names."""
    return lambda changes: changes[:dice.randrange(len(changes) + 1)]
