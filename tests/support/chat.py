"""Chat completions over the wire, and their event streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from support.patience import PATIENCE_S
from support.wire import Address, Connection, Response

ROUTE = "/v1/chat/completions"


def chat_body(model: str, text: str = "hi", **fields: object) -> dict:
    return {"model": model, "messages": [{"role": "user", "content": text}], **fields}


@dataclass
class Answer:
    """A whole answer, streamed or not, in one shape."""

    status: int
    text: str = ""
    events: list[dict] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    error: dict | None = None
    done: bool = False  # data: [DONE] was the last event
    complete: bool = False  # the body ended as its framing says

    @property
    def whole(self) -> bool:
        """A client takes this for a finished answer."""
        return self.status == 200 and self.complete and not self.error and self.done

    @property
    def told(self) -> bool:
        """A client cannot take this for a finished answer, and knows why it is none."""
        return self.error is not None and not self.done and (self.status != 200 or
                                                             not self.complete)


class Stream:
    """A chat request whose answer is read event by event."""

    def __init__(self, address: Address, body: dict, timeout_s: float = PATIENCE_S) -> None:
        self.connection = Connection(address, timeout_s)
        self.connection.request("POST", ROUTE, body)
        self.answer = Answer(0)
        self._lines: Iterator[str] | None = None
        self.head: Response | None = None

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def read_head(self) -> int:
        self.head = self.connection.read_head()
        self.answer.status = self.head.status
        if (self.head.header("content-type") or "").startswith("text/event-stream"):
            self._lines = self._read_lines()
        return self.head.status

    def _read_lines(self) -> Iterator[str]:
        rest = b""
        for part in self.connection.parts(self.head):
            *lines, rest = (rest + part).split(b"\n")
            yield from (line.decode() for line in lines)
        assert not rest or not self.head.complete, f"a line without end: {rest!r}"

    def next(self) -> dict | None:
        """The next event that is neither an error nor the end; nothing at the end."""
        if self.head is None:
            self.read_head()
        if self._lines is None:
            return self._read_plain_error()
        for line in self._lines:
            if line.startswith(":"):
                self.answer.comments.append(line[1:].strip())
            elif line.startswith("data:") and self._take(line[5:].strip()):
                return self.answer.events[-1]
        self.answer.complete = self.head.complete
        return None

    def _take(self, data: str) -> bool:
        assert not self.answer.done, f"an event after [DONE]: {data}"
        assert not self.answer.error, f"an event after the error: {data}"
        if data == "[DONE]":
            self.answer.done = True
            return False
        event = json.loads(data)
        if "error" in event:
            self.answer.error = event["error"]
            assert set(event["error"]) == {"message", "type", "param", "code"}, event
            return False
        self.answer.events.append(event)
        for choice in event.get("choices", []):
            self.answer.text += choice["delta"].get("content") or ""
        return True

    def _read_plain_error(self) -> None:
        self.head.body = b"".join(self.connection.parts(self.head))
        self.answer.complete = self.head.complete
        self.answer.error = self.head.error

    def rest(self) -> Answer:
        while self.next() is not None:
            pass
        return self.answer


def chat(address: Address, model: str, *, stream: bool = False, timeout_s: float = PATIENCE_S,
         **fields: object) -> Answer:
    """Asks and reads everything."""
    body = chat_body(model, **fields)
    if stream:
        with Stream(address, {**body, "stream": True}, timeout_s) as opened:
            return opened.rest()
    with Connection(address, timeout_s) as connection:
        connection.request("POST", ROUTE, body)
        response = connection.read_response()
    answer = Answer(response.status, complete=response.complete)
    if response.status == 200 and response.complete:
        answer.events = [response.json()]
        answer.text = answer.events[0]["choices"][0]["message"]["content"]
        answer.done = True
    elif response.complete:
        answer.error = response.error
    return answer
