"""P9: what ten thousand connections that are kept, and ten thousand streams, hold of memory."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from measure import Row, interleave
from processes import (POLL_S, Llfd, Server, children, connect, free_port, rss_mib, scratch,
                       server_program, wait_healthy)
from relays import LISTENING, chat, nginx_relay, upstream_port
from setting import Setting, say

COUNT = 10_000
OTHER_FILES = 100  # that a server has open
Start = Callable[[Setting, Path, int], tuple[Server, int]]
PERIOD_US = 3_000_000  # between two events of a stream
MODEL = "m"


def affordable(descriptors: int) -> int:
    """As many as the limit of open files lets a server have that needs so many for each."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return min(COUNT, (limit - OTHER_FILES) // descriptors)


def request_of(body: str) -> bytes:
    return (b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            b"application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body.encode()))


def unexpected(seen: bytes) -> bool:
    say(f"not served: {seen[:200]!r}")
    return False


def read_answer(sock: socket.socket) -> bool:
    """Whether a whole chat answer came."""
    seen = b""
    while part := sock.recv(1 << 16):
        seen += part
        if seen.endswith(b"}") and (b'"usage"' in seen or b'"error"' in seen):
            return seen.startswith(b"HTTP/1.1 200") or unexpected(seen)
    return unexpected(seen)


def read_event(sock: socket.socket) -> bool:
    """Whether one more event of the stream came."""
    seen = b""
    while part := sock.recv(1 << 16):
        seen += part
        if b"\n\n" in seen and b'"content":"@' in seen:
            return True
    return unexpected(seen)


def memory_mib(server: Server) -> float:
    return sum(map(rss_mib, [server.pid, *children(server.pid)]))


def start_llfd(setting: Setting, folder: Path, upstream: int) -> tuple[Server, int]:
    """Before a server elsewhere: a worker answers 64 at once at most."""
    settings = folder / "config" / "config.json"
    settings.parent.mkdir()
    url = f"http://127.0.0.1:{upstream}/v1"
    settings.write_text(json.dumps({"endpoints": {"up": {"url": url, "models": [MODEL]}}}))
    llfd = Llfd(setting.llfd, folder, setting.program("relay_upstream"), "--port", "0")
    return llfd, llfd.address[1]


def start_nginx(_: Setting, folder: Path, upstream: int) -> tuple[Server, int]:
    port = free_port()
    server = Server(nginx_relay(folder, port, f"127.0.0.1:{upstream}"), folder / "nginx.log")
    wait_healthy(("127.0.0.1", port))
    return server, port


@dataclass(frozen=True)
class Kind:
    what: str
    most_kib: int  # the target
    descriptors: int  # of the relay, for each
    at_once: int  # that are asked before any is read
    request: bytes
    again: bytes  # what a second answer needs
    read: Callable[[socket.socket], bool]


CHAT = request_of(chat(MODEL))
STREAM = request_of(chat(MODEL, stream=True, max_tokens=1000, seed=PERIOD_US))
KINDS = (Kind("idle keep-alive connection", 2, 1, 20, CHAT, CHAT, read_answer),
         Kind("relayed stream", 8, 2, COUNT, STREAM, b"", read_event))


@dataclass(frozen=True)
class Held:
    kib: float  # each
    count: int  # that were served once more when all were there
    asked: int


def serve(sockets: list[socket.socket], request: bytes, kind: Kind) -> int:
    """Asks on each, and reads; how many were served."""
    served = 0
    for at in range(0, len(sockets), kind.at_once):
        some = sockets[at:at + kind.at_once]
        for sock in some:
            sock.sendall(request)
        served += sum(map(kind.read, some))
    return served


def hold(server: Server, port: int, kind: Kind) -> Held:
    """Opens all of them, each served once; what that took; and each is served again."""
    asked = affordable(kind.descriptors)
    with ExitStack() as opened, connect(("127.0.0.1", port)) as first:
        first.sendall(CHAT)
        read_answer(first)
        before = memory_mib(server)
        sockets = [opened.enter_context(connect(("127.0.0.1", port))) for _ in range(asked)]
        if serve(sockets, kind.request, kind) != asked:
            raise RuntimeError(f"port {port}: not every {kind.what} was served")
        taken = memory_mib(server) - before
        return Held(taken * 1024 / asked, serve(sockets, kind.again, kind), asked)


def take(setting: Setting, start: Start, kind: Kind) -> Held:
    with scratch() as folder:
        with Server([str(setting.program("relay_upstream"))], folder / "up.log") as upstream:
            while not LISTENING.search(upstream.log.read_text()):
                time.sleep(POLL_S)
            server, port = start(setting, folder, upstream_port(upstream.log.read_text()))
            with server:
                return hold(server, port, kind)


def held(setting: Setting) -> list[Row]:
    starts = {"llfd": start_llfd, "nginx": start_nginx}
    if server_program("nginx") is None:
        del starts["nginx"]
    rows = []
    for kind in KINDS:
        found = interleave(setting.rounds(3), {
            name: lambda start=start: take(setting, start, kind) for name, start in starts.items()})
        memory = {name: [one.kib for one in all_of] for name, all_of in found.items()}
        ours = Row("P9", f"llfd: memory of one {kind.what}", "KiB", memory["llfd"])
        if "nginx" in memory:
            ours.against("nginx", memory["nginx"])
        ours.judge(f"≤ {kind.most_kib} KiB", ours.median <= kind.most_kib)
        counts = [one.count for one in found["llfd"]]
        many = Row("P9", f"llfd: {kind.what}s held", "", counts, target=f"{COUNT:,}")
        if found["llfd"][0].asked == COUNT:  # else the limit of open files is lower
            many.judge(many.target, min(counts) == COUNT)
        rows += [ours, *(Row("", f"nginx: memory of one {kind.what}", "KiB", values)
                         for name, values in memory.items() if name == "nginx"), many]
    return rows
