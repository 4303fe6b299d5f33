"""From a request to an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from fake_hub import api
from fake_hub.answers import Answer, Refused, bytes_answer
from fake_hub.faults import Failure, Faults
from fake_hub.origin import Origin
from fake_hub.record import Request
from fake_hub.repository import Commit, Repository
from fake_hub.resolve import bridge_error, no_route, renamed, resolve, resolve_cache, stored

_NESTED = 1_000_000


def answer(origin: Origin, request: Request) -> Answer:
    failure = origin.faults.failure(request.subject)
    if failure:
        return _failed(origin, failure)
    try:
        if origin.name == "bridge":
            return _bridge_answer(origin, request)
        found = _hub_answer(origin, request)
    except Refused as refused:
        return refused.answer
    is_api = request.path.startswith("/api/") and found.status == 200 and not found.paced
    if is_api and origin.faults.strikes("api_body", request.subject):
        return _twisted(origin.faults, b"".join(found.body))
    return found


def _bridge_answer(origin: Origin, request: Request) -> Answer:
    match request.segments:
        case ["xet-bridge", hex_id, name]:
            return stored(origin, request, hex_id, name)
    return bridge_error(403, "AccessDenied")


def _hub_answer(origin: Origin, request: Request) -> Answer:
    catalog = origin.shared.catalog
    if request.segments[:1] == ["xet-bridge"]:
        return _bridge_answer(origin, request)
    if request.token is not None and not catalog.knows(request.token):
        raise Refused(401, "", "The token is not valid")
    match request.segments:
        case ["api", "whoami-v2"]:
            return api.whoami(request)
        case ["api", "models"]:
            return api.models(origin, request)
        case ["api", "models", organisation, name, *rest]:
            inner = _api_route
        case ["api", "resolve-cache", "models", organisation, name, *rest]:
            inner = partial(_file_route, resolve_cache)
        case [organisation, name, "resolve", *rest]:
            inner = partial(_file_route, resolve)
        case _:
            raise no_route()
    repository_id = f"{organisation}/{name}"
    if repository_id in catalog.renamed:
        return renamed(request, repository_id, catalog.renamed[repository_id])
    repository = catalog.repository(repository_id, request.token)
    return inner(origin, request, repository, rest)


def _api_route(origin: Origin, request: Request, repository: Repository,
               rest: list[str]) -> Answer:
    catalog = origin.shared.catalog
    if origin.faults.strikes("gated_api", request.subject):
        catalog.check_gate(repository, request.token)

    def commit(revision: str) -> Commit:
        return catalog.commit(repository, revision)

    match [request.method == "POST", *rest]:
        case [False]:
            return api.model(origin, request, repository, repository.head)
        case [False, "revision", revision]:
            return api.model(origin, request, repository, commit(revision))
        case [False, "refs"]:
            return api.refs(origin, request, repository)
        case [False, "tree", revision, *folder]:
            return api.tree(origin, request, commit(revision), "/".join(folder))
        case [True, "paths-info", revision]:
            return api.paths_info(origin, request, commit(revision))
    raise no_route()


def _file_route(serve: Callable[..., Answer], origin: Origin, request: Request,
                repository: Repository, rest: list[str]) -> Answer:
    if len(rest) < 2 or request.method == "POST":
        raise no_route()
    commit = origin.shared.catalog.commit(repository, rest[0])
    return serve(origin, request, repository, commit, "/".join(rest[1:]))


# --- faults ---

def _failed(origin: Origin, failure: Failure) -> Answer:
    if failure.status == 0:
        return Answer(0, ending="stall")
    headers = []
    if failure.retry_after is not None:
        headers.append(("Retry-After", failure.retry_after))
    if failure.status == 429:
        left = failure.retry_after if (failure.retry_after or "").isdigit() else "1"
        headers += [("RateLimit", f'"resolvers";r=0;t={left}'),
                    ("RateLimit-Policy", '"fixed window";"resolvers";q=3000;w=300')]
    if origin.name == "bridge":
        made = bridge_error(failure.status, failure.code or "Failed")
        return Answer(made.status, [*made.headers, *headers], made.body, made.length)
    return Refused(failure.status, failure.code, f"Failed with {failure.status}", headers).answer


def _twisted(faults: Faults, body: bytes) -> Answer:
    """The answer of the fault api_body in place of the JSON `body`."""
    kind = "application/json; charset=utf-8"
    half = body[:len(body) // 2]
    if faults.api_body == "huge":
        return Answer(200, [("Content-Type", kind)], _huge(faults.api_bytes), None)
    if faults.api_body == "cut":
        return Answer(200, [("Content-Type", kind)], [half], len(body), "drop")
    if faults.api_body == "html":
        return bytes_answer(b"<!doctype html><title>Sign in to the network</title>\n", "text/html")
    text = {"garbage": b"\x80{\"id\": nothing,]", "empty": b"", "truncated": half,
            "nested": b"[" * _NESTED + b"]" * _NESTED}[faults.api_body]
    return bytes_answer(text, kind)


def _huge(size: int) -> Iterator[bytes]:
    """Well-formed, and of this size."""
    piece = b"a" * 65536
    yield b'["'
    for place in range(0, size - 4, len(piece)):
        yield piece[:size - 4 - place]
    yield b'"]'
