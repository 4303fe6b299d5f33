"""What the hub stores: repositories, their commits, the files in them and the files' bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

PIECE_BYTES = 256 * 1024
_BIG_BYTES = 10 * 1024 * 1024
_WEIGHTS = (".gguf", ".bin", ".safetensors", ".onnx", ".pt", ".pth", ".zip", ".gz", ".npz")

Source = bytes | str | Path


class Content:
    """The bytes of a file, in memory or on disk. Those on disk are never read as a whole."""

    def __init__(self, source: Source, sha256: str | None = None) -> None:
        """`source` is bytes, or the path of a file; `sha256` spares reading it."""
        self._bytes = source if isinstance(source, bytes) else None
        self._path = None if isinstance(source, bytes) else Path(source)
        self.size = self._path.stat().st_size if self._path else len(source)
        self.sha256 = sha256 or self._digest(hashlib.sha256())

    def pieces(self, start: int, count: int) -> Iterator[bytes]:
        """`count` bytes from `start`; what lies behind the end of the file are zeros."""
        inside = max(0, min(count, self.size - start))
        yield from self._from_memory(start, inside) if self._path is None \
            else self._from_disk(start, inside)
        if count > inside:
            yield bytes(count - inside)

    def _from_memory(self, start: int, count: int) -> Iterator[bytes]:
        for place in range(start, start + count, PIECE_BYTES):
            yield self._bytes[place:min(place + PIECE_BYTES, start + count)]

    def _from_disk(self, start: int, count: int) -> Iterator[bytes]:
        with open(self._path, "rb", buffering=0) as file:
            file.seek(start)
            while count > 0:
                piece = file.read(min(PIECE_BYTES, count))
                if not piece:
                    return
                count -= len(piece)
                yield piece

    def _digest(self, digest: hashlib._Hash) -> str:
        for piece in self.pieces(0, self.size):
            digest.update(piece)
        return digest.hexdigest()

    @cached_property
    def git_oid(self) -> str:
        """The name of these bytes as a git blob."""
        return self._digest(hashlib.sha1(b"blob %d\0" % self.size))


@dataclass(frozen=True)
class File:
    """One path of a commit. Git holds an LFS file's pointer, and its content lies at the bridge."""

    path: str
    content: Content
    lfs: bool = True
    xet: bool = True

    @cached_property
    def pointer(self) -> bytes:
        text = (f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.content.sha256}\n"
                f"size {self.content.size}\n")
        return text.encode()

    @cached_property
    def oid(self) -> str:
        """The git blob that stands at the path."""
        return Content(self.pointer).git_oid if self.lfs else self.content.git_oid

    @cached_property
    def xet_hash(self) -> str:
        """64 digits that are not the SHA-256; the bridge's name for the content and its ETag."""
        return hashlib.sha256(b"xet " + self.content.sha256.encode()).hexdigest()

    @property
    def etag(self) -> str:
        """What the hub itself calls the content: SHA-256 of an LFS file, git blob of another."""
        return self.content.sha256 if self.lfs else self.oid


@dataclass
class Commit:
    hash: str
    files: dict[str, File]
    date: str
    raw: list[File | dict] = field(default_factory=list)  # listed as they are

    def find(self, path: str) -> File | None:
        extra = {entry.path: entry for entry in self.raw if isinstance(entry, File)}
        return self.files.get(path) or extra.get(path)

    @property
    def folders(self) -> list[str]:
        found = set()
        for path in self.files:
            while path := path.rpartition("/")[0]:
                found.add(path)
        return sorted(found)


@dataclass
class Repository:
    id: str
    license: str | None = "mit"
    base_model: str | None = None
    gated: bool | str = False  # False, "auto", "manual"
    private: bool = False
    chat_template: str | None = None
    gguf: dict | None = None  # members beside those that are made up
    downloads: int = 0
    likes: int = 0
    tags: tuple[str, ...] = ()
    last_modified: str = "2026-01-02T03:04:05.000Z"
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    @property
    def hex_id(self) -> str:
        return hashlib.sha256(self.id.encode()).hexdigest()[:24]

    @property
    def head(self) -> Commit:
        return self.commits[self.branches.get("main") or next(iter(self.branches.values()))]

    def find(self, revision: str) -> Commit | None:
        if revision == "HEAD":
            return self.head
        return self.commits.get(self.branches.get(revision, revision))

    def commit(self, revision: str, files: dict[str, File]) -> Commit:
        """The same files make the same commit; its hash stays valid when the branch moves on."""
        digest = hashlib.sha1(self.id.encode())
        for path in sorted(files):
            digest.update(f"\0{path}\0{files[path].oid}".encode("utf-8", "surrogateescape"))
        made = Commit(digest.hexdigest(), files, self.last_modified)
        self.commits[made.hash] = made
        self.branches[revision] = made.hash
        return made


def make_files(sources: Mapping[str, Source | Content], *, lfs: bool | Callable[[str, int], bool],
               xet: bool, sha256: Mapping[str, str]) -> dict[str, File]:
    """`lfs`: True as the real hub has it (weights and whatever is big), False never, or
    lfs(path, size)."""
    def stored_as_lfs(path: str, size: int) -> bool:
        if callable(lfs):
            return lfs(path, size)
        return lfs and (path.lower().endswith(_WEIGHTS) or size > _BIG_BYTES)

    made = {}
    for path, source in sources.items():
        content = source if isinstance(source, Content) else Content(source, sha256.get(path))
        as_lfs = stored_as_lfs(path, content.size)
        made[path] = File(path, content, as_lfs, xet and as_lfs)
    return made
