"""Files by path: what the hub says of them, where it sends the client, and the bridge there."""

from __future__ import annotations

from urllib.parse import quote

from fake_hub.answers import Answer, Headers, Refused, bytes_answer
from fake_hub.claims import Claims
from fake_hub.origin import Origin
from fake_hub.record import Request
from fake_hub.repository import Commit, File, Repository
from fake_hub.transfer import file_answer

# Names of the fault redirect; any other value is such a text itself.
_REDIRECTS = {
    "": "{bridge}{signed}",
    "same": "{hub}{signed}",
    "host": "http://localhost:{port}{signed}",
    "relative": "{signed}",
    "loop": "{hub}{target}",
}


def resolve(origin: Origin, request: Request, repository: Repository, commit: Commit,
            path: str) -> Answer:
    origin.shared.catalog.check_gate(repository, request.token)
    file = origin.shared.catalog.file(commit, path)
    claims = Claims(request, origin.faults, "head")
    headers = [("X-Repo-Commit", claims.commit(commit))]
    if origin.is_mirror:
        return file_answer(request, origin.faults, file.content, file.etag, commit.date,
                           [*headers, *_linked(file, claims)])
    hop = int(request.option("hop", "0"))
    if hop < origin.faults.redirect_hops:
        return _redirect(307, f"{request.path}?hop={hop + 1}")
    redirected = origin.faults.strikes("redirect", request.subject)
    if file.lfs or redirected:
        place = _location(origin, request, repository, file, redirected)
        headers += [*_linked(file, claims), ("ETag", f'"{file.oid}"'), ("Accept-Ranges", "bytes")]
        return _redirect(origin.faults.redirect_status, place, headers)
    if origin.faults.strikes("resolve_cache", request.subject):
        place = (f"/api/resolve-cache/models/{repository.id}/{commit.hash}/{_quoted(path)}"
                 f"?{quote(request.path, safe='')}=&etag=%22{file.oid}%22")
        return _redirect(307, place, headers)
    return file_answer(request, origin.faults, file.content, file.oid, commit.date, headers)


def resolve_cache(origin: Origin, request: Request, repository: Repository, commit: Commit,
                  path: str) -> Answer:
    """Where the hub sends clients for small files, on its own origin."""
    origin.shared.catalog.check_gate(repository, request.token)
    file = origin.shared.catalog.file(commit, path)
    headers = [("X-Repo-Commit", Claims(request, origin.faults, "head").commit(commit))]
    return file_answer(request, origin.faults, file.content, file.oid, commit.date, headers)


def stored(origin: Origin, request: Request, hex_id: str, name: str) -> Answer:
    """The bridge: nobody is asked who he is, the signature alone counts."""
    shared = origin.shared
    if not shared.signer.accepts(request.target, origin.faults.expire_uses,
                                 counts=request.method == "GET"):
        return bridge_error(403, "AccessDenied")
    found = shared.catalog.stored(hex_id, name)
    if not found:
        return bridge_error(404, "NoSuchKey")
    repository, file = found
    return file_answer(request, origin.faults, file.content, file.xet_hash,
                       repository.last_modified)


def bridge_error(status: int, code: str) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>\n'
    return bytes_answer(text.encode(), "application/xml", status)


def renamed(request: Request, old: str, new: str) -> Answer:
    """Nothing is said about the file here, only where its repository is now."""
    return _redirect(307, request.target.replace(_quoted(old), _quoted(new), 1))


def _linked(file: File, claims: Claims) -> Headers:
    digest = claims.digest(file) if file.lfs else file.oid
    headers = [("X-Linked-Size", str(claims.size(file))), ("X-Linked-ETag", f'"{digest}"')]
    return [*headers, ("X-Xet-Hash", file.xet_hash)] if file.xet else headers


def _location(origin: Origin, request: Request, repository: Repository, file: File,
              redirected: bool) -> str:
    """Empty: the redirect leads nowhere."""
    name = origin.faults.redirect if redirected else ""
    if name == "none":
        return ""
    signed = origin.shared.signer.sign(f"/xet-bridge/{repository.hex_id}/{file.xet_hash}",
                                       file.path, origin.faults.expire_s)
    values = {"{bridge}": origin.shared.bridge_url, "{hub}": origin.url, "{signed}": signed,
              "{port}": origin.url.rpartition(":")[2], "{target}": request.target}
    place = _REDIRECTS.get(name, name)
    for key, value in values.items():
        place = place.replace(key, value)
    return place


def _redirect(status: int, place: str, headers: Headers = ()) -> Answer:
    """The body has a length of its own, which is not the file's."""
    located = [("Location", place)] if place else []
    return bytes_answer(f"Redirecting to {place}\n".encode("utf-8", "surrogateescape"),
                        "text/plain; charset=utf-8", status, [*headers, *located])


def _quoted(path: str) -> str:
    return quote(path, errors="surrogateescape")


def no_route() -> Refused:
    return Refused(404, "", "The hub has no such address")
