"""What was asked: the requests of all origins, in the order in which they came."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


@dataclass
class Request:
    """One request. `status`, `sent`, `ended` and `done` change until it is done."""

    origin: str
    method: str
    target: str  # path and query as they came
    headers: dict[str, str]  # names in lower case
    body: bytes = b""
    connection: int = 0  # the connection's number; the same number: kept alive
    status: int | None = None  # None: no head was sent
    sent: int = 0  # bytes of the body that were given to the kernel, without chunk sizes
    done: bool = False
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def subject(self) -> str:
        """What the patterns of faults are searched in."""
        return f"{self.origin} {self.method} {self.target}"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def segments(self) -> list[str]:
        """Decoded one by one, so that %2F stays inside its segment."""
        return [unquote(part, errors="surrogateescape") for part in self.path.split("/")[1:]]

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    def option(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        return self.option(name).lower() in ("1", "true")

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())

    @property
    def token(self) -> str | None:
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    @property
    def range(self) -> tuple[int | None, int | None] | None:
        """First and last byte as asked for; (None, n) are the last n; None: no single range."""
        found = _RANGE.fullmatch(self.header("range") or "")
        if not found or found.groups() == ("", ""):
            return None
        first, last = (int(part) if part else None for part in found.groups())
        return (first, last) if first is None or last is None or first <= last else None

    @property
    def start(self) -> int | None:
        return self.range[0] if self.range else None

    @property
    def end(self) -> int | None:
        return self.range[1] if self.range else None


class Log:
    """Any thread may call anything here."""

    def __init__(self, file: Path | None = None) -> None:
        """`file` gets a JSON line for each request that is done."""
        self._file = file
        self._requests: list[Request] = []
        self._changed = threading.Condition()

    def begin(self, request: Request) -> None:
        with self._changed:
            self._requests.append(request)

    def end(self, request: Request) -> None:
        with self._changed:
            request.ended = time.monotonic()
            request.done = True
            if self._file:
                line = {**asdict(request), "body": request.body.decode("latin-1")}
                with open(self._file, "a", encoding="utf-8") as out:
                    out.write(json.dumps(line) + "\n")
            self._changed.notify_all()

    def all(self) -> list[Request]:
        with self._changed:
            return list(self._requests)

    def clear(self) -> None:
        with self._changed:
            self._requests.clear()

    def settle(self, limit_s: float) -> list[Request]:
        """Waits until every request is done. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: all(r.done for r in self._requests), limit_s):
                raise TimeoutError([r.subject for r in self._requests if not r.done])
            return list(self._requests)
