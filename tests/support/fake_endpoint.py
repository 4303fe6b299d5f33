"""A server elsewhere with OpenAI's interface, which answers as a test says."""

from __future__ import annotations

import json
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from support.patience import PATIENCE_S

Answer = Callable[[socket.socket], None]


@dataclass
class Seen:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: dict
    connection: int  # which one of the server's, from 1


def whole(status: int, body: object, headers: dict[str, str] | None = None) -> Answer:
    """An answer with Content-Length."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(data)}",
             *(f"{name}: {value}" for name, value in
               {"Content-Type": "application/json", **(headers or {})}.items())]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + data)


def raw(data: bytes) -> Answer:
    """These bytes; the connection stays open."""
    return lambda peer: peer.sendall(data)


def cut(data: bytes) -> Answer:
    """These bytes, and then the end."""
    def answer(peer: socket.socket) -> None:
        peer.sendall(data)
        peer.shutdown(socket.SHUT_RDWR)
    return answer


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(peer.detach())  # a close would wait for whoever reads


def silence(_: socket.socket) -> None:
    """Nothing, for as long as the other end stays."""


def error(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    return whole(status, {"error": {"message": message, "type": "x", "code": None}}, headers)


def chat_answer(text: str) -> Answer:
    return whole(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "theirs",
                       "choices": [{"index": 0, "finish_reason": "stop",
                                    "message": {"role": "assistant", "content": text}}],
                       "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}})


def stream_bytes(words: Sequence[str]) -> bytes:
    """A whole answer as a stream of events."""
    def event(delta: dict, reason: str | None = None) -> bytes:
        data = json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1,
                           "model": "theirs",
                           "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
        return f"data: {data}\n\n".encode()

    events = [event({"content": word}) for word in words]
    events += [event({}, "stop"), b"data: [DONE]\n\n"]
    head = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    return head + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in events) + b"0\r\n\r\n"


class FakeEndpoint:
    """Answers requests for completions with `answers` in their order, the last one again and again;
    lists `models`."""

    def __init__(self, *answers: Answer, models: Sequence[str] = ("big",),
                 context: ssl.SSLContext | None = None) -> None:
        self.answers = list(answers) or [chat_answer("from elsewhere")]
        self.models = models
        self.seen: list[Seen] = []
        self.listed = 0
        self._connections = 0
        self._context = context
        self._peers: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> FakeEndpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._listener.close()
        for peer in self._peers:
            try:
                peer.shutdown(socket.SHUT_RDWR)  # a close would wait for whoever reads
            except OSError:
                pass
            peer.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            threading.Thread(target=self._serve, args=(peer, self._connections),
                             daemon=True).start()

    def _serve(self, peer: socket.socket, number: int) -> None:
        peer.settimeout(PATIENCE_S)
        try:
            if self._context:
                peer = self._context.wrap_socket(peer, server_side=True)
            self._peers.append(peer)
            with peer.makefile("rb") as stream:
                while seen := self._read(stream, number):
                    self._answer(peer, seen)
        except OSError:
            peer.close()

    @staticmethod
    def _read(stream: object, number: int) -> Seen | None:
        first = stream.readline().decode()
        if not first:
            return None
        method, path, _ = first.split(" ")
        headers = {}
        while (line := stream.readline().decode().strip()):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        return Seen(method, path, headers, json.loads(body) if body else {}, number)

    def _answer(self, peer: socket.socket, seen: Seen) -> None:
        if seen.path == "/v1/models":
            self.listed += 1
            whole(200, {"object": "list", "data": [{"id": name} for name in self.models]})(peer)
            return
        answer = self.answers[min(len(self.seen), len(self.answers) - 1)]
        self.seen.append(seen)
        answer(peer)
