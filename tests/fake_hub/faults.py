"""What goes wrong, and when. README.md has the table."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, fields

MIB = 1024 * 1024
Span = int | tuple[int, int]

_CHOICES = {
    "content_range": ("", "shifted", "total", "long", "short", "earlier", "beyond", "missing",
                      "garbage"),
    "content_encoding": ("", "gzip", "br"),
    "change": ("both", "etag", "content"),
    "validators": ("both", "etag", "weak", "date", "none"),
    "digest_in": ("both", "api", "head"),
    "api_body": ("", "html", "garbage", "empty", "truncated", "cut", "huge", "nested"),
}


@dataclass
class Limits:
    """A fault strikes matching requests only, with probability `share`, and `times` times."""

    times: int | None = None  # left; None: no end
    share: float = 1.0
    only: str = ""  # a pattern, searched in "ORIGIN METHOD TARGET"


@dataclass
class Failure:
    status: int  # 0: never any answer
    limits: Limits
    retry_after: str | None = None
    code: str = ""  # X-Error-Code


@dataclass
class Faults:
    """May be changed at any time from any thread; each request looks afresh."""

    seed: int = 1
    # the body of a file
    drop_after: Span | None = None
    drop_reset: bool = False
    stall_after: int | None = None
    flip_at: int | None = None
    change_from: int | None = None
    change: str = "both"
    rate_connection: int | None = None
    rate_total: int | None = None
    # how a file is served
    ignore_range: bool = False
    needs_range: bool = False
    content_range: str = ""
    content_encoding: str = ""
    chunked: bool = False
    no_accept_ranges: bool = False
    validators: str = "both"
    # where the hub sends the client
    redirect: str = ""
    redirect_status: int = 302
    redirect_hops: int = 0
    resolve_cache: bool = False
    expire_s: float = 3600.0
    expire_uses: int | None = None
    # what the hub says
    digest: str = ""
    digest_in: str = "both"
    size_delta: int = 0
    commit: str = ""
    gated_api: bool = False
    api_body: str = ""
    api_bytes: int = 64 * MIB

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        self._limits: dict[str, Limits] = {}
        self._failures: list[Failure] = []
        self._transfers: dict[str, int] = {}
        self._random = random.Random(self.seed)
        self._seeded = self.seed

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            if name not in _NAMES:
                raise AttributeError(f"no fault is named {name}")
            if value not in _CHOICES.get(name, (value,)):
                raise ValueError(f"{name} is one of {_CHOICES[name]}, not {value!r}")
        super().__setattr__(name, value)

    def set(self, name: str, value: object, *, times: int | None = None, share: float = 1.0,
            only: str = "") -> None:
        with self._lock:
            setattr(self, name, value)
            self._limits[name] = Limits(times, share, only)

    def fail(self, status: int, *, times: int | None = None, share: float = 1.0, only: str = "",
             retry_after: str | int | None = None, code: str = "") -> None:
        """Requests get `status` in place of an answer. The oldest call that fits counts."""
        with self._lock:
            after = None if retry_after is None else str(retry_after)
            self._failures.append(Failure(status, Limits(times, share, only), after, code))

    def reset(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            for entry in fields(self):
                setattr(self, entry.name, entry.default)
            self._forget()

    # --- asked by the server ---

    def failure(self, subject: str) -> Failure | None:
        with self._lock:
            return next((rule for rule in self._failures if self._use(rule.limits, subject)), None)

    def strikes(self, name: str, subject: str) -> bool:
        """Whether this fault hits the request; uses up one of its times."""
        with self._lock:
            value = getattr(self, name)
            if value is None or value is False or value == "":
                return False
            return self._use(self._limits.setdefault(name, Limits()), subject)

    def _use(self, limits: Limits, subject: str) -> bool:
        if limits.times == 0 or not re.search(limits.only, subject):
            return False
        if limits.share < 1 and self._dice().random() >= limits.share:
            return False
        if limits.times is not None:
            limits.times -= 1
        return True

    def left(self, name: str) -> int | None:
        """How many times it will still strike; None without a limit."""
        with self._lock:
            return self._limits.get(name, Limits()).times

    def drop_point(self, count: int, subject: str) -> int | None:
        """After how many bytes of a body of `count` the connection goes."""
        with self._lock:
            span = self.drop_after
            low, high = span if isinstance(span, tuple) else (span, span)
            if low is None or low >= count or not self.strikes("drop_after", subject):
                return None
            return self._dice().randint(low, min(high, count - 1))

    def changed(self, key: str, subject: str, *, counts: bool) -> bool:
        """Whether the file `key` has become another one by the next transfer, which may be this."""
        with self._lock:
            number = self._transfers.get(key, 0) + 1
            if counts:
                self._transfers[key] = number
            return (self.change_from is not None and number >= self.change_from
                    and self.strikes("change_from", subject))

    def _dice(self) -> random.Random:
        if self._seeded != self.seed:
            self._random, self._seeded = random.Random(self.seed), self.seed
        return self._random

    # --- as text ---

    def parse(self, text: str) -> None:
        """NAME=VALUE[,times=N][,share=X][,retry_after=S][,code=C][,only=REGEX]; `only` is last.
        Raises ValueError."""
        name, equals, rest = text.partition("=")
        rest, _, only = rest.partition(",only=")
        value, *modifiers = rest.split(",")
        options: dict[str, object] = {"only": only}
        for modifier in modifiers:
            key, _, number = modifier.partition("=")
            if key not in ("times", "share", "retry_after", "code"):
                raise ValueError(f"{text}: {key} is unknown")
            options[key] = {"times": int, "share": float}.get(key, str)(number)
        if not equals or (name not in _NAMES and name != "fail"):
            raise ValueError(f"{text}: no such fault")
        if name == "fail":
            self.fail(int(value), **options)
        else:
            self.set(name, _read(value, _NAMES[name]), **options)


_NAMES = {entry.name: str(entry.type) for entry in fields(Faults)}


def _read(text: str, kind: str) -> object:
    first = kind.split(" ")[0]
    if first == "Span":
        low, dash, high = text.partition("-")
        return (int(low), int(high)) if dash else int(low)
    if first == "bool":
        if text not in ("true", "false"):
            raise ValueError(f"true or false, not {text!r}")
        return text == "true"
    return {"int": int, "float": float, "str": str}[first](text)
