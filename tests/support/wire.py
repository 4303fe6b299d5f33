"""HTTP/1.1 by hand over TCP and Unix sockets: nothing is retried, corrected or hidden."""

from __future__ import annotations

import json
import select
import socket
import ssl
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from support.patience import PATIENCE_S

_READ = 65536


class Address(NamedTuple):
    kind: str  # "tcp" or "unix"
    place: int | str  # port on 127.0.0.1, or path
    tls: ssl.SSLContext | None = None  # over TCP

    def __str__(self) -> str:
        return self.kind


class Cut(Exception):
    """The connection ended in the middle of a message."""


@dataclass
class Response:
    status: int
    headers: list[tuple[str, str]]
    interim: list[int] = field(default_factory=list)
    body: bytes = b""
    complete: bool = False  # the body ended as its framing says

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2 or name.lower() == "set-cookie", f"{name} twice: {values}"
        return values[0] if values else None

    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def error(self) -> dict:
        """The error object, after a look at its shape."""
        found = self.json()["error"]
        assert set(found) == {"message", "type", "param", "code"}, found
        assert isinstance(found["message"], str) and found["message"], found
        assert isinstance(found["type"], str) and isinstance(found["code"], str), found
        return found


class Connection:
    def __init__(self, address: Address, timeout_s: float = PATIENCE_S) -> None:
        self._buffer = b""
        if address.kind == "tcp":
            self.socket = socket.create_connection(("127.0.0.1", address.place), timeout_s)
            if address.tls:
                self.socket = address.tls.wrap_socket(self.socket, server_hostname="127.0.0.1",
                                                      suppress_ragged_eofs=False)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout_s)
            self.socket.connect(address.place)
        self.complete = False

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Closes with RST (TCP); a Unix socket just closes."""
        if self.socket.family == socket.AF_INET:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def half_close(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(self, method: str, target: str, body: object = None, *,
                headers: dict[str, str] | None = None) -> None:
        self.send(request_bytes(method, target, body, headers=headers))

    # --- reading ---

    def readable(self, limit_s: float) -> bool:
        """Whether something has come, or comes within this time, that was not read."""
        return bool(self._buffer) or bool(select.select([self.socket], [], [], limit_s)[0])

    def _fill(self) -> bool:
        try:
            data = self.socket.recv(_READ)
        except ConnectionResetError:
            data = b""
        self._buffer += data
        return bool(data)

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if not self._fill():
                raise Cut(self._buffer)
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._fill():
                raise Cut(self._buffer)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def read_head(self) -> Response:
        """The head of the next final answer. Raises Cut when none comes."""
        interim = []
        while True:
            version, status, *_ = self._line().split(b" ")
            assert version in (b"HTTP/1.1", b"HTTP/1.0"), version
            headers = []
            while line := self._line():
                name, colon, value = line.partition(b":")
                assert colon, line
                headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
            if int(status) >= 200:
                return Response(int(status), headers, interim)
            interim.append(int(status))

    def parts(self, head: Response) -> Iterator[bytes]:
        """The body as it comes: chunks, or the bytes of each read. At its end head.complete."""
        try:
            if (head.header("transfer-encoding") or "").lower() == "chunked":
                yield from self._chunks(head)
            elif head.header("content-length") is not None:
                left = int(head.header("content-length"))
                while left:
                    if not self._buffer and not self._fill():
                        return
                    part, self._buffer = self._buffer[:left], self._buffer[left:]
                    left -= len(part)
                    yield part
                head.complete = True
            else:
                while self._buffer or self._fill():
                    part, self._buffer = self._buffer, b""
                    yield part
                head.complete = True
        except Cut:
            return

    def _chunks(self, head: Response) -> Iterator[bytes]:
        while True:
            size = int(self._line().partition(b";")[0], 16)
            if size == 0:
                while self._line():
                    pass
                head.complete = True
                return
            yield self._exactly(size)
            assert self._exactly(2) == b"\r\n"

    def read_response(self, method: str = "GET") -> Response:
        head = self.read_head()
        if method == "HEAD" or head.status in (204, 304):
            head.complete = True
            return head
        head.body = b"".join(self.parts(head))
        return head

    def at_end(self) -> bool:
        """Waits for the server to close; False when bytes come instead."""
        return not self._buffer and not self._fill()

    def drain(self) -> bytes:
        """Everything until the server closes."""
        while self._fill():
            pass
        data, self._buffer = self._buffer, b""
        return data


def request_bytes(method: str, target: str, body: object = None, *,
                  headers: dict[str, str] | None = None) -> bytes:
    """A well-formed request; `body` is bytes, or anything that JSON can say."""
    fields = {"Host": "localhost"}
    payload = b""
    if body is not None:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(payload))}
    elif method == "POST":
        fields |= {"Content-Length": "0"}
    fields |= headers or {}
    lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + payload


def ask(address: Address, method: str, target: str, body: object = None, *,
        headers: dict[str, str] | None = None, timeout_s: float = PATIENCE_S) -> Response:
    """One request on a connection of its own."""
    with Connection(address, timeout_s) as connection:
        connection.request(method, target, body, headers=headers)
        return connection.read_response(method)
