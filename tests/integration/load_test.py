"""Many clients at once, as wrk makes them, and many that do nothing (F41, F42): limits hold, nobody
is cut, and memory comes back."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from support import processes
from support.chat import chat, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import PATIENCE_S, eventually
from support.wire import Connection

SECONDS = 3
IDLE = 2000
ROOM = 24 << 20  # of memory that may stay, allocator and sanitizers included


class Load:
    """What wrk says of some seconds of requests."""

    def __init__(self, daemon: Daemon, path: str, clients: int, script: Path | None = None) -> None:
        url = f"http://127.0.0.1:{daemon.tcp.place}{path}"
        command = ["wrk", "-t", "2", "-c", str(clients), "-d", f"{SECONDS}s", "--timeout", "20s"]
        if script:
            command += ["-s", str(script)]
        self.text = subprocess.run([*command, url], capture_output=True, text=True, check=True,
                                   timeout=PATIENCE_S).stdout
        self.requests = self._number(r"(\d+) requests in")
        self.refused = self._number(r"Non-2xx or 3xx responses: (\d+)")
        self.cut = self._number(r"Socket errors: connect (\d+)") + self._number(
            r"Socket errors: .* read (\d+)") + self._number(r"Socket errors: .* timeout (\d+)")

    def _number(self, pattern: str) -> int:
        found = re.search(pattern, self.text)
        return int(found.group(1)) if found else 0


def chats(folder: Path, model: str) -> Path:
    script = folder / "chat.lua"
    body = json.dumps(chat_body(model))
    script.write_text(f"wrk.method = 'POST'\nwrk.body = [[{body}]]\n"
                      "wrk.headers['Content-Type'] = 'application/json'\n")
    return script


def warm(daemon: Daemon, clients: int, script: Path) -> int:
    """What the daemon holds after a first load: an allocator keeps what it has had."""
    Load(daemon, "/v1/chat/completions", clients, script)
    daemon.await_idle()
    return processes.resident_bytes(daemon.pid)


def memory_is_back(daemon: Daemon, before: int) -> None:
    eventually("the memory is back", lambda: processes.resident_bytes(daemon.pid) < before + ROOM)


def test_many_who_ask_for_little_are_all_answered(daemon: Daemon) -> None:
    before = processes.resident_bytes(daemon.pid)
    for path in ("/health", "/v1/models"):
        load = Load(daemon, path, 200)
        assert load.requests > 200 and load.refused == load.cut == 0, load.text
    memory_is_back(daemon, before)


def test_as_many_chats_as_may_wait_are_all_answered(daemon: Daemon, models: Models,
                                                    tmp_path: Path) -> None:
    models.add("m")
    daemon.load("m")
    before = warm(daemon, 60, chats(tmp_path, "m"))
    load = Load(daemon, "/v1/chat/completions", 60, chats(tmp_path, "m"))
    assert load.requests > 60 and load.refused == load.cut == 0, load.text
    daemon.await_idle()
    memory_is_back(daemon, before)


def test_more_than_may_wait_are_told_so(daemon: Daemon, models: Models, tmp_path: Path) -> None:
    models.add("slow", "token-delay-ms 100")
    daemon.load("slow")
    before = warm(daemon, 300, chats(tmp_path, "slow"))
    load = Load(daemon, "/v1/chat/completions", 300, chats(tmp_path, "slow"))
    assert load.cut == 0, load.text
    assert load.refused > 0, load.text
    daemon.await_idle()
    memory_is_back(daemon, before)


def connected(daemon: Daemon, count: int, data: bytes) -> list[Connection]:
    """So many connections, each of which has sent this."""
    connections = []
    for _ in range(count):
        connections.append(Connection(daemon.tcp))
        connections[-1].send(data)
    return connections


def test_F41_idle_connections_cost_others_nothing(start: Callable, models: Models) -> None:
    models.add("m")
    daemon = start(open_files=4 * IDLE)
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    idle = connected(daemon, IDLE, request)
    for connection in idle:
        assert connection.read_response().status == 200
    assert chat(daemon.tcp, "m").text == ANSWER
    for connection in idle[::10]:
        connection.send(request)
        assert connection.read_response().status == 200, "it is still served"
    for connection in idle:
        connection.close()


def test_F42_requests_that_do_not_end_cost_others_nothing(start: Callable, models: Models) -> None:
    models.add("m")
    daemon = start(open_files=4 * IDLE)
    partial = connected(daemon, IDLE, b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n")
    assert chat(daemon.tcp, "m").text == ANSWER
    for connection in partial:
        assert connection.read_response().status == 408
        connection.close()
