"""What the tests of the fake hub itself ask with."""

from __future__ import annotations

from urllib.parse import urlsplit

from fake_hub.hub import FakeHub
from support.wire import Address, Response, ask

REPO = "org/model-GGUF"
NAME = "model-Q4_K_M.gguf"
DATA = bytes(range(256)) * 40


def fetch(url: str, method: str = "GET", *, headers: dict[str, str] | None = None,
          body: object = None) -> Response:
    """One request on a connection of its own; no redirect is followed."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return ask(Address("tcp", parts.port), method, target, body, headers=headers)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def resolve_url(hub: FakeHub, path: str = NAME, revision: str = "main") -> str:
    return f"{hub.url}/{REPO}/resolve/{revision}/{path}"


def signed_url(hub: FakeHub, path: str = NAME) -> str:
    """Where the hub sends a client for the file."""
    return fetch(resolve_url(hub, path), "HEAD").header("location")


def content(hub: FakeHub, span: str | None = None, **headers: str) -> Response:
    """The file from the bridge; `span` as in "0-9"."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if span is not None:
        fields["Range"] = f"bytes={span}"
    return fetch(signed_url(hub), headers=fields)
