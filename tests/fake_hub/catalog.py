"""The repositories of a hub, and who may see what of them."""

from __future__ import annotations

from fake_hub.answers import Refused
from fake_hub.repository import Commit, File, Repository


class Catalog:
    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.renamed: dict[str, str] = {}
        self.tokens: dict[str, frozenset[str] | None] = {}  # None: access to everything

    def knows(self, token: str | None) -> bool:
        return token in self.tokens

    def allows(self, token: str | None, name: str) -> bool:
        if token not in self.tokens:
            return False
        access = self.tokens[token]
        return access is None or name in access

    def visible(self, token: str | None) -> list[Repository]:
        return [repository for repository in self.repositories.values()
                if not repository.private or self.allows(token, repository.id)]

    def repository(self, name: str, token: str | None) -> Repository:
        """What one may not see does not exist; without a token the hub does not even say that."""
        found = self.repositories.get(name)
        if found and (not found.private or self.allows(token, name)):
            return found
        if token:
            raise Refused(404, "RepoNotFound", "There is no such repository")
        raise Refused(401, "RepoNotFound", "No such repository, or it needs a user's token")

    def commit(self, repository: Repository, revision: str) -> Commit:
        found = repository.find(revision)
        if not found:
            raise Refused(404, "RevisionNotFound", f"{repository.id} has no revision {revision!a}")
        return found

    def file(self, commit: Commit, path: str) -> File:
        found = commit.find(path)
        if not found:
            raise Refused(404, "EntryNotFound", "There is no such file in this revision",
                          [("X-Repo-Commit", commit.hash)])
        return found

    def check_gate(self, repository: Repository, token: str | None) -> None:
        """Gated repositories are seen by everybody; their files are not."""
        if not repository.gated or self.allows(token, repository.id):
            return
        if token:
            raise Refused(403, "GatedRepo",
                          f"{repository.id} is gated and this user was not let in")
        raise Refused(401, "GatedRepo", f"{repository.id} is gated: a token is needed")

    def stored(self, hex_id: str, name: str) -> tuple[Repository, File] | None:
        """The file behind a path of the bridge."""
        for repository in self.repositories.values():
            if repository.hex_id != hex_id:
                continue
            for commit in repository.commits.values():
                for file in [*commit.files.values(), *commit.raw]:
                    if isinstance(file, File) and file.xet_hash == name:
                        return repository, file
        return None
