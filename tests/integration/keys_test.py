"""API keys, and a server that other machines reach."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable

from support.daemon import Daemon, Refused
from support.home import LLF, Home
from support.models import Models
from support.settings import Settings
from support.wire import Response, ask

import pytest


@pytest.fixture
def llf(home: Home) -> Callable[..., subprocess.CompletedProcess]:
    return lambda *words: subprocess.run([LLF, *words], capture_output=True, text=True, timeout=60,
                                         env=home.environment())


def models_with(daemon: Daemon, key: str | None, header: str = "Authorization") -> Response:
    value = f"Bearer {key}" if header == "Authorization" else key
    return ask(daemon.tcp, "GET", "/v1/models", headers={header: value} if key else {})


def test_a_key_is_asked_for_as_soon_as_there_is_one(start: Callable, llf: Callable) -> None:
    daemon = start()
    assert models_with(daemon, None).status == 200
    made = llf("key", "create", "laptop")
    assert made.returncode == 0, made
    key = made.stdout.strip()
    assert key.startswith("llf-") and key not in llf("key", "list").stdout
    refused = models_with(daemon, None)
    assert refused.status == 401 and refused.header("www-authenticate") == "Bearer", refused
    assert models_with(daemon, key + "0").status == 401
    assert models_with(daemon, key).status == 200
    assert models_with(daemon, key, "x-api-key").status == 200
    assert ask(daemon.unix, "GET", "/v1/models").status == 200, "the owner needs none"
    assert ask(daemon.tcp, "GET", "/health").status == 200
    assert llf("key", "revoke", "laptop").returncode == 0
    assert models_with(daemon, None).status == 200
    assert "no key 'laptop'" in llf("key", "revoke", "laptop").stderr


def test_keys_survive_a_kill_and_are_nowhere_as_they_are(start: Callable, home: Home,
                                                         llf: Callable) -> None:
    first = start()
    key = llf("key", "create", "desk").stdout.strip()
    first.kill()
    second = start()
    assert models_with(second, key).status == 200
    for path in home.path.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert key.encode() not in path.read_bytes(), path
    assert llf("key", "revoke", "desk").returncode == 0


def test_other_machines_are_not_let_in_without_a_key(start: Callable) -> None:
    with pytest.raises(Refused) as refused:
        start("--host", "0.0.0.0")
    assert "llf key create" in str(refused.value)


def test_with_a_key_they_are_by_whatever_name_they_use(start: Callable, llf: Callable,
                                                       models: Models) -> None:
    first = start()
    key = llf("key", "create", "phone").stdout.strip()
    assert first.stop() == 0
    daemon = start("--host", "0.0.0.0")
    models.add("m")

    def request(host: str, extra: str = "") -> bytes:
        with socket.create_connection(("127.0.0.1", daemon.tcp.place), 30) as raw:
            raw.sendall(f"GET /v1/models HTTP/1.1\r\nHost: {host}\r\n{extra}"
                        "Connection: close\r\n\r\n".encode())
            answer = b""
            while part := raw.recv(65536):
                answer += part
            return answer

    bearer = f"Authorization: Bearer {key}\r\n"
    assert request("desk.local:8000", bearer).startswith(b"HTTP/1.1 200 ")
    assert request("desk.local:8000").startswith(b"HTTP/1.1 401 ")
    assert request("desk.local", bearer + "Origin: http://evil.example\r\n").startswith(
        b"HTTP/1.1 403 ")
    assert llf("key", "revoke", "phone").returncode == 0
    assert request("desk.local", bearer).startswith(b"HTTP/1.1 401 "), "and not open to all"
    assert daemon.stop() == 0


def test_a_restart_that_cannot_work_ends_nothing(start: Callable, llf: Callable) -> None:
    daemon = start()
    refused = llf("server", "restart", "--share")
    assert refused.returncode == 1 and "llf key create" in refused.stderr, refused
    assert ask(daemon.tcp, "GET", "/health").status == 200


def test_a_broken_file_of_keys_is_told(home: Home, start: Callable) -> None:
    start().stop()
    (home.path / "data").mkdir(exist_ok=True)
    (home.path / "data/keys.json").write_text("{")
    with pytest.raises(Refused) as refused:
        start()
    assert "keys.json" in str(refused.value)
    (home.path / "data/keys.json").unlink()
