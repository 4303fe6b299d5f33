"""The JSON under /api: models, their files, and who the user is."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from fake_hub.answers import Answer, Headers, Refused, json_answer
from fake_hub.claims import Claims
from fake_hub.origin import Origin
from fake_hub.record import Request
from fake_hub.repository import Commit, File, Repository

_DEFAULT_PAGE = 1000
_LISTED = ("_id", "id", "modelId", "likes", "private", "downloads", "tags", "createdAt",
           "pipeline_tag", "library_name")
_LISTED_IN_FULL = (*_LISTED, "author", "gated", "lastModified", "sha", "siblings")
_SORTS = ("downloads", "likes", "lastModified", "createdAt", "id")


def whoami(request: Request) -> Answer:
    if not request.token:
        raise Refused(401, "", "Nobody is logged in: there is no token")
    return json_answer({
        "type": "user", "id": "0" * 24, "name": "tester", "fullname": "Tester", "orgs": [],
        "auth": {"type": "access_token",
                 "accessToken": {"displayName": "test", "role": "read"}}})


def models(origin: Origin, request: Request) -> Answer:
    """Search. As on the real hub, gated and lastModified come with full=true or expand only."""
    claims = Claims(request, origin.faults, "api")
    found = [repository for repository in origin.shared.catalog.visible(request.token)
             if _matches(request, repository)]
    infos = [_info(repository, repository.head, claims, blobs=False) for repository in found]
    sort = request.option("sort", "downloads")
    if sort in _SORTS:
        infos.sort(key=lambda info: info[sort], reverse=request.option("direction", "-1") == "-1")
    page, headers = _page(origin, request, infos)
    return json_answer([_chosen(request, info) for info in page], 200, headers)


def _matches(request: Request, repository: Repository) -> bool:
    wanted = [tag for value in request.query.get("filter", []) for tag in value.split(",") if tag]
    words = request.option("search").lower().split()
    author = request.option("author")
    return (all(word in repository.id.lower() for word in words)
            and all(tag in _tags(repository) for tag in wanted)
            and author in ("", repository.id.partition("/")[0]))


def _chosen(request: Request, info: dict) -> dict:
    """The members that were asked for."""
    expand = [*request.query.get("expand", []), *request.query.get("expand[]", [])]
    if expand:
        names = ("_id", "id", *expand)
    else:
        names = _LISTED_IN_FULL if request.flag("full") else _LISTED
        names += ("cardData",) if request.flag("cardData") else ()
    return {name: value for name, value in info.items() if name in names}


def _page(origin: Origin, request: Request, entries: list) -> tuple[list, Headers]:
    """One page, and the Link to the next. Raises Refused for a cursor that is none."""
    try:
        limit = max(1, int(request.option("limit", str(_DEFAULT_PAGE))))
        cursor = request.option("cursor")
        start = json.loads(base64.urlsafe_b64decode(cursor))["start"] if cursor else 0
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(400, "", f"Bad limit or cursor: {error}") from error
    rest = start + limit
    if rest >= len(entries):
        return entries[start:], []
    following = base64.urlsafe_b64encode(json.dumps({"start": rest}).encode()).decode()
    query = [(name, value) for name, values in request.query.items() if name != "cursor"
             for value in values] + [("cursor", following)]
    link = f'<{origin.url}{request.path}?{urlencode(query)}>; rel="next"'
    return entries[start:rest], [("Link", link)]


def model(origin: Origin, request: Request, repository: Repository, commit: Commit) -> Answer:
    claims = Claims(request, origin.faults, "api")
    info = _info(repository, commit, claims, blobs=request.flag("blobs"))
    expand = "expand" in request.query or "expand[]" in request.query
    return json_answer(_chosen(request, info) if expand else info)


def refs(origin: Origin, request: Request, repository: Repository) -> Answer:
    claims = Claims(request, origin.faults, "api")
    return json_answer({"tags": [], "converts": [], "branches": [
        {"name": name, "ref": f"refs/heads/{name}",
         "targetCommit": claims.commit(repository.commits[commit])}
        for name, commit in repository.branches.items()]})


def _tags(repository: Repository) -> list[str]:
    tags = [*repository.tags]
    if any(path.lower().endswith(".gguf") for path in repository.head.files):
        tags.append("gguf")
    if repository.license:
        tags.append(f"license:{repository.license}")
    if repository.base_model:
        tags += [f"base_model:{repository.base_model}",
                 f"base_model:quantized:{repository.base_model}"]
    return [*tags, "region:us"]


def _info(repository: Repository, commit: Commit, claims: Claims, *, blobs: bool) -> dict:
    card = {"license": repository.license, "base_model": repository.base_model}
    tags = _tags(repository)
    info = {
        "_id": repository.hex_id, "id": repository.id, "modelId": repository.id,
        "author": repository.id.partition("/")[0], "sha": claims.commit(commit),
        "lastModified": repository.last_modified, "createdAt": repository.last_modified,
        "private": repository.private, "gated": repository.gated, "disabled": False,
        "downloads": repository.downloads, "likes": repository.likes, "tags": tags,
        "pipeline_tag": "text-generation", "library_name": "gguf",
        "cardData": {name: value for name, value in card.items() if value},
        "siblings": _siblings(commit, claims, blobs),
    }
    if "gguf" in tags:
        template = repository.chat_template
        info["gguf"] = {"total": 1_000_000, "architecture": "llama", "context_length": 4096,
                        **({"chat_template": template} if template else {}),
                        **(repository.gguf or {})}
    return info


def _siblings(commit: Commit, claims: Claims, blobs: bool) -> list[dict]:
    found = [_sibling(file, claims) for file in commit.files.values()]
    for entry in commit.raw:
        if isinstance(entry, File):
            found.append(_sibling(entry, claims))
        elif entry.get("type", "file") == "file":
            found.append(_raw_sibling(entry))
    return found if blobs else [{"rfilename": entry["rfilename"]} for entry in found]


def _sibling(file: File, claims: Claims) -> dict:
    entry = {"rfilename": file.path, "size": claims.size(file), "blobId": file.oid}
    if file.lfs:
        entry["lfs"] = {"sha256": claims.digest(file), "size": claims.size(file),
                        "pointerSize": len(file.pointer)}
    return entry


def _raw_sibling(entry: dict) -> dict:
    sibling = {"rfilename": entry.get("path"), "size": entry.get("size"),
               "blobId": entry.get("oid")}
    if "lfs" in entry:
        sibling["lfs"] = {("sha256" if name == "oid" else name): value
                          for name, value in entry["lfs"].items()}
    return sibling


# --- trees ---

def tree(origin: Origin, request: Request, commit: Commit, folder: str) -> Answer:
    if folder and folder not in commit.folders:
        raise Refused(404, "EntryNotFound", "There is no such folder in this revision",
                      [("X-Repo-Commit", commit.hash)])
    claims = Claims(request, origin.faults, "api")
    below = _below(folder, recursive=request.flag("recursive"))
    entries = [_folder_entry(path) for path in commit.folders if below(path)]
    entries += [_tree_entry(file, claims) for path, file in commit.files.items() if below(path)]
    if not folder:
        entries += [_tree_entry(entry, claims) if isinstance(entry, File) else entry
                    for entry in commit.raw]
    page, headers = _page(origin, request, entries)
    if request.flag("expand"):
        page = [_expanded(entry, commit, claims) for entry in page]
    return json_answer(page, 200, headers)


def paths_info(origin: Origin, request: Request, commit: Commit) -> Answer:
    """The body is JSON, or a form as huggingface_hub sends it. Paths that are not there are left
    out."""
    paths, expand = _asked_paths(request)
    claims = Claims(request, origin.faults, "api")
    found = []
    for path in paths:
        file = commit.find(path)
        if file:
            found.append(_tree_entry(file, claims))
        elif path in commit.folders:
            found.append(_folder_entry(path))
    return json_answer([_expanded(entry, commit, claims) for entry in found] if expand else found)


def _asked_paths(request: Request) -> tuple[list[str], bool]:
    if "json" in (request.header("content-type") or ""):
        try:
            body = json.loads(request.body)
            paths = body["paths"]
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(400, "", f"Bad body: {error}") from error
        return [paths] if isinstance(paths, str) else paths, bool(body.get("expand"))
    form = parse_qs(request.body.decode("latin-1"))
    return form.get("paths", []), form.get("expand", [""])[-1].lower() == "true"


def _below(folder: str, *, recursive: bool) -> Callable[[str], bool]:
    prefix = folder + "/" if folder else ""
    return lambda path: path.startswith(prefix) and (recursive or "/" not in path[len(prefix):])


def _folder_entry(path: str) -> dict:
    oid = hashlib.sha1(path.encode("utf-8", "surrogateescape")).hexdigest()
    return {"type": "directory", "oid": oid, "size": 0, "path": path}


def _tree_entry(file: File, claims: Claims) -> dict:
    entry = {"type": "file", "oid": file.oid, "size": claims.size(file), "path": file.path}
    if file.lfs:
        entry["lfs"] = {"oid": claims.digest(file), "size": claims.size(file),
                        "pointerSize": len(file.pointer)}
    if file.xet:
        entry["xetHash"] = file.xet_hash
    return entry


def _expanded(entry: dict, commit: Commit, claims: Claims) -> dict:
    last = {"id": claims.commit(commit), "title": "Upload", "date": commit.date}
    return {**entry, "lastCommit": last, "securityFileStatus": {"status": "safe"}}
