"""More than one machine, with real engines: servers that share a model's requests, and a model that
is spread over another process (docs/reference/endpoints.md)."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from real import MODEL
from support.chat import chat
from support.daemon import Daemon
from support.home import SOURCE, Home
from support.patience import PATIENCE_S, eventually
from support.settings import Settings
from support.wire import Address, ask

WEIGHTS = SOURCE / f"assets/models/{MODEL}.gguf"
QUESTION = "How do I stop the server?"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def serves(port: int) -> bool:
    try:
        return ask(Address("tcp", port), "GET", "/health").status == 200
    except OSError:
        return False


@pytest.fixture
def engine(homes: Callable[[], Home]) -> Path:
    """The folder of the engine that llfd finds by itself."""
    daemon = Daemon(homes(), engine=None)
    path = Path(daemon.status()["engine"]["path"])
    assert daemon.stop() == 0
    return path.parent


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Runs programs until the end of the test."""
    running: list[subprocess.Popen] = []

    def launch(*command: str) -> subprocess.Popen:
        with open(tmp_path / f"program{len(running)}.log", "wb") as log:
            running.append(subprocess.Popen(command, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL))
        return running[-1]

    yield launch
    for process in running:
        process.kill()
        process.wait(PATIENCE_S)


def test_two_servers_share_a_model_and_stand_in_for_each_other(
        engine: Path, run: Callable, homes: Callable[[], Home]) -> None:
    ports = [free_port(), free_port()]
    servers = [run(engine / "llama-server", "-m", WEIGHTS, "--alias", "shared", "--host",
                   "127.0.0.1", "--port", str(port), "--slots") for port in ports]
    for port in ports:
        eventually("the server is ready", lambda port=port: serves(port))
    home = homes()
    Settings(home).set(endpoints={
        f"machine{number}": {"url": f"http://127.0.0.1:{port}/v1", "dialect": "llama"}
        for number, port in enumerate(ports)})
    daemon = Daemon(home, engine=None)

    def answers() -> set[str]:
        """Who answers a dozen conversations."""
        used = set()
        for number in range(12):
            body = {"model": "shared", "temperature": 0,
                    "messages": [{"role": "system", "content": f"This is talk {number}."},
                                 {"role": "user", "content": QUESTION}]}
            answer = ask(daemon.tcp, "POST", "/v1/chat/completions", body)
            assert answer.status == 200, answer
            assert answer.json()["choices"][0]["message"]["content"]
            used.add(answer.header("x-llf-endpoint"))
        return used

    assert answers() == {"machine0", "machine1"}
    assert chat(daemon.tcp, "shared", text=QUESTION, stream=True, temperature=0).whole
    servers[0].kill()
    servers[0].wait(PATIENCE_S)
    assert answers() == {"machine1"}, "no request is lost"
    assert daemon.stop() == 0


def test_a_model_is_spread_over_another_process(engine: Path, run: Callable, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch,
                                                homes: Callable[[], Home]) -> None:
    port = free_port()
    monkeypatch.setenv("GGML_RPC_DEBUG", "1")
    other = run(engine / "ggml-rpc-server", "--host", "127.0.0.1", "--port", str(port))
    eventually("it listens", lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
    home = homes()
    Settings(home).set(profiles={
        "spread": {"model": MODEL, "arguments": {"rpc": f"127.0.0.1:{port}"}}})
    daemon = Daemon(home, engine=None)
    alone = chat(daemon.tcp, MODEL, text=QUESTION, temperature=0)
    spread = chat(daemon.tcp, "spread", text=QUESTION, temperature=0)
    assert alone.whole and spread.whole and spread.text == alone.text
    told = (tmp_path / "program0.log").read_text()
    assert "[alloc_buffer]" in told, "it holds weights"
    assert "[graph_" in told, "it computes"
    assert other.poll() is None
    assert daemon.stop() == 0
