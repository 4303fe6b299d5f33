"""What an answer of the hub says about commits and files: the truth, but for the faults."""

from __future__ import annotations

import hashlib

from fake_hub.faults import Faults
from fake_hub.record import Request
from fake_hub.repository import Commit, File


class Claims:
    """Those of one answer; `place` is "api", or "head" for the headers of a file."""

    def __init__(self, request: Request, faults: Faults, place: str) -> None:
        concerned = faults.digest_in in ("both", place)
        self._digest = faults.digest if concerned and faults.strikes(
            "digest", request.subject) else ""
        self._delta = faults.size_delta if faults.strikes("size_delta", request.subject) else 0
        self._commit = faults.commit if faults.strikes("commit", request.subject) else ""

    def digest(self, file: File) -> str:
        """The SHA-256 of an LFS file."""
        if self._digest == "wrong":
            return hashlib.sha256(b"wrong " + file.content.sha256.encode()).hexdigest()
        return self._digest or file.content.sha256

    def size(self, file: File) -> int:
        return file.content.size + self._delta

    def commit(self, commit: Commit) -> str:
        return self._commit or commit.hash
