"""Answers as values, before any byte of them is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

Headers = list[tuple[str, str]]


@dataclass
class Answer:
    status: int
    headers: Headers = field(default_factory=list)
    body: Iterable[bytes] = ()
    length: int | None = 0  # Content-Length; None: chunked
    ending: str = ""  # "drop", "reset" or "stall" stand for the end of the message
    paced: bool = False  # the rate limits hold for it


class Refused(Exception):
    """The hub says no, and why."""

    def __init__(self, status: int, code: str, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = list(headers)

    @property
    def answer(self) -> Answer:
        headers = [*self.headers, ("X-Error-Message", self.message)]
        if self.code:
            headers.append(("X-Error-Code", self.code))
        return json_answer({"error": self.message}, self.status, headers)


def json_answer(value: object, status: int = 200, headers: Headers = ()) -> Answer:
    return bytes_answer(json.dumps(value).encode(), "application/json; charset=utf-8", status,
                        headers)


def bytes_answer(body: bytes, kind: str, status: int = 200, headers: Headers = ()) -> Answer:
    return Answer(status, [("Content-Type", kind), *headers], [body], len(body))
