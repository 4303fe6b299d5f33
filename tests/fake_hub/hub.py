"""The hub as a test uses it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from fake_hub.faults import Faults
from fake_hub.origin import Origin, Shared
from fake_hub.record import Request
from fake_hub.repository import Commit, Content, File, Repository, Source, make_files
from fake_hub.server import Server

_SETTLE_S = 30.0


class FakeHub:
    """Serves from the constructor to close(); everything may be called at any time."""

    def __init__(self, *, token: str | None = None, port: int = 0, bridge_port: int = 0,
                 mirrors: int = 0, record: Path | None = None,
                 tls: Mapping[str, ssl.SSLContext] | None = None) -> None:
        """`token` opens everything; `record` gets a JSON line for each request; the origins of
        `tls` ("hub", "bridge", "mirror1") speak https."""
        self._shared = Shared(record)
        self.faults = Faults()
        self.hub = Origin("hub", self._shared, self.faults)
        self.bridge = Origin("bridge", self._shared, self.faults)
        self.mirrors = [Origin(f"mirror{number}", self._shared)
                        for number in range(1, mirrors + 1)]
        ports = {"hub": port, "bridge": bridge_port}
        self._servers = [Server(origin, ports.get(origin.name, 0), (tls or {}).get(origin.name))
                         for origin in (self.hub, self.bridge, *self.mirrors)]
        self._shared.bridge_url = self.bridge.url
        if token:
            self.add_token(token)
        for server in self._servers:
            server.start()

    def __enter__(self) -> FakeHub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._shared.stopping.is_set():
            self._shared.stop()
            for server in self._servers:
                server.stop()

    @property
    def url(self) -> str:
        return self.hub.url

    @property
    def bridge_url(self) -> str:
        return self.bridge.url

    # --- what it holds ---

    def add(self, repo: str, files: Mapping[str, Source | Content], *, revision: str = "main",
            lfs: bool | Callable[[str, int], bool] = True, xet: bool = True,
            sha256: Mapping[str, str] | None = None, **about: object) -> Commit:
        """A commit with just these files; `about` are members of Repository. A repository that is
        there already gets the commit on the branch `revision`. `sha256` spares reading big files;
        see make_files for `lfs`."""
        made = make_files(files, lfs=lfs, xet=xet, sha256=sha256 or {})
        repositories = self._shared.catalog.repositories
        repository = repositories.get(repo) or Repository(repo)
        for name, value in about.items():
            if not hasattr(repository, name):
                raise TypeError(f"a repository has no {name}")
            setattr(repository, name, value)
        commit = repository.commit(revision, made)
        repositories[repo] = repository
        return commit

    def add_raw_entries(self, repo: str, entries: Iterable[str | dict], *,
                        content: bytes = b"from a hostile hub\n", revision: str = "main") -> None:
        """Lists entries as they are, in trees and siblings. A text is the name of an LFS file
        with `content`, which is served; a dict is an entry of a tree, and only listed."""
        commit = self.repository(repo).find(revision)
        commit.raw += [entry if isinstance(entry, dict) else File(entry, Content(content))
                       for entry in entries]

    def add_token(self, token: str, access: Iterable[str] | None = None) -> None:
        """A user who may see the gated and private repositories `access`; None: all of them."""
        self._shared.catalog.tokens[token] = None if access is None else frozenset(access)

    def rename(self, old: str, new: str) -> None:
        """The old name redirects to the new one."""
        catalog = self._shared.catalog
        repository = catalog.repositories.pop(old)
        repository.id = new
        catalog.repositories[new] = repository
        catalog.renamed[old] = new

    def repository(self, repo: str) -> Repository:
        return self._shared.catalog.repositories[repo]

    def file(self, repo: str, path: str, revision: str = "main") -> File:
        found = self.repository(repo).find(revision).find(path)
        if not found:
            raise KeyError(path)
        return found

    def expire_signatures(self) -> None:
        """The URLs that were signed until now get 403."""
        self._shared.signer.revoke()

    # --- what was asked ---

    @property
    def requests(self) -> list[Request]:
        """A copy of the list; the requests in it change until they are done."""
        return self._shared.log.all()

    def find(self, pattern: str) -> list[Request]:
        """Requests with `pattern` in "ORIGIN METHOD TARGET"."""
        return [request for request in self.requests if re.search(pattern, request.subject)]

    def settle(self) -> list[Request]:
        """Waits until no request is under way, so that `sent` is final; stalled ones never end."""
        return self._shared.log.settle(_SETTLE_S)

    def forget_requests(self) -> None:
        self._shared.log.clear()
