"""llf server restart: the next daemon goes on where this one stops (F20), and versions that differ
(F21)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable

import pytest

from support import processes
from support.chat import Stream, chat, chat_body
from support.daemon import Daemon
from support.home import FAKE_WORKER, LLF, LLFD, Home
from support.models import ANSWER, Models
from support.patience import PATIENCE_S, eventually
from support.wire import Address, ask

LONG = 40


@pytest.fixture
def llf(home: Home) -> Callable[..., subprocess.CompletedProcess]:
    return lambda *words, **env: subprocess.run(
        [LLF, *words], capture_output=True, text=True, timeout=PATIENCE_S,
        env=home.environment(**env))


def as_before(daemon: Daemon, models: Models) -> list[str]:
    """The options that a successor needs to be like this one."""
    return ["--port", str(daemon.tcp.place), "--models", str(models.folder), "--engine",
            str(FAKE_WORKER)]


def restart_body(home: Home, *arguments: str, program: str = str(LLFD)) -> dict:
    return {"program": program, "arguments": ["--home", str(home.path), *arguments],
            "environment": [f"{name}={value}" for name, value in home.environment().items()]}


def test_F20_nobody_is_refused_while_one_follows_the_other(daemon: Daemon, models: Models,
                                                           llf: Callable) -> None:
    port = daemon.tcp.place
    failed: list[str] = []
    answered = [0]
    over = threading.Event()

    def knock(via: str) -> None:
        while not over.is_set():
            try:
                # Each on a connection of its own, as a new client.
                assert ask(daemon.address(via), "GET", "/health").status == 200
                answered[0] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, a client saw it
                failed.append(f"{via}: {error!r}")
                return

    threads = [threading.Thread(target=knock, args=(via,)) for via in ("tcp", "unix") * 3]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = answered[0]
        done = llf("server", "restart", *as_before(daemon, models))
        assert done.returncode == 0, done
        assert daemon.status()["pid"] == daemon.pid, "it is the same process"
        eventually("it is asked after that", lambda: answered[0] > before + 20)
    over.set()
    for thread in threads:
        thread.join()
    assert not failed, failed
    assert daemon.tcp.place == port == daemon.status()["listen"]["port"]


def test_F20_a_running_stream_ends_as_if_nothing_happened(daemon: Daemon, models: Models,
                                                          home: Home) -> None:
    models.add("slow", f"tokens {LONG}", "token-delay-ms 50")
    models.add("m")
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as stream:
        assert stream.next()
        answer = daemon.control("POST", "restart",
                                restart_body(home, *as_before(daemon, models)))
        assert answer.status == 202 and answer.json()["requests_active"] == 1, answer
        waiting: list = []
        client = threading.Thread(target=lambda: waiting.append(chat(daemon.tcp, "m")))
        client.start()
        told = stream.rest()
    assert told.whole and len(told.events) >= LONG, told
    client.join()
    assert waiting[0].whole and waiting[0].text == ANSWER, "who came meanwhile waited"
    assert daemon.status()["pid"] == daemon.pid


def test_a_successor_that_is_none_changes_nothing(daemon: Daemon, models: Models,
                                                  home: Home) -> None:
    models.add("m")
    for program in ("/no/such/llfd", str(home.path)):
        answer = daemon.control("POST", "restart", restart_body(home, program=program))
        assert answer.status >= 400, answer
    assert chat(daemon.tcp, "m").whole
    assert ask(daemon.tcp, "POST", "/llf/v1/restart", {}).status == 404, "not for others"


def test_options_that_cannot_work_restart_nothing(daemon: Daemon, llf: Callable) -> None:
    before = daemon.status()["pid"]
    refused = llf("server", "restart", "--port", "99999")
    assert refused.returncode == 2, refused
    assert daemon.status()["pid"] == before


def test_a_port_that_is_taken_restarts_nothing(daemon: Daemon, models: Models,
                                               llf: Callable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = llf("server", "restart", "--port", str(port))
        assert refused.returncode == 1 and f"port {port}" in refused.stderr, refused
        assert "is taken by" in refused.stderr
    assert chat(daemon.tcp, models.add("m")).whole


def test_the_options_of_before_hold_unless_they_are_given_anew(daemon: Daemon, models: Models,
                                                               llf: Callable) -> None:
    before = daemon.status()["options"]
    assert ["--stall-timeout", "4"] == before[-2:], before
    assert llf("server", "restart", "--max-loaded", "5").returncode == 0
    after = daemon.status()["options"]
    kept = [word for word in before if word not in ("--max-loaded", "64")]
    assert after == [*kept, "--max-loaded", "5"]
    assert chat(daemon.tcp, models.add("m")).whole, "the port is the same"


def test_two_at_once_end_well(daemon: Daemon, models: Models, home: Home) -> None:
    runs = [subprocess.Popen([LLF, "server", "restart", *as_before(daemon, models)],
                             env=home.environment(), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(4)]
    codes = [run.wait(PATIENCE_S) for run in runs]
    assert 0 in codes and set(codes) <= {0, 1}, [run.communicate() for run in runs]
    assert daemon.status()["pid"] == daemon.pid
    assert len([one for one in processes.of_home(home.path) if one.name == "llf-guard"]) == 1


def test_a_service_manager_is_told_by_both(start: Callable, home: Home, models: Models,
                                           llf: Callable) -> None:
    path = home.path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(path))
        notices.settimeout(PATIENCE_S)
        daemon = start(env={"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "400000"})

        def await_notice(text: bytes) -> None:
            while notices.recv(100) != text:
                pass

        await_notice(b"READY=1")
        await_notice(b"WATCHDOG=1")
        await_notice(b"WATCHDOG=1")
        done = llf("server", "restart", *as_before(daemon, models))
        assert done.returncode == 0, done
        await_notice(b"READY=1")
        await_notice(b"WATCHDOG=1")
        assert daemon.stop() == 0
        await_notice(b"STOPPING=1")


def test_a_socket_of_a_service_manager_is_served(home: Home, models: Models) -> None:
    models.add("m")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        script = textwrap.dedent("""
            import os, sys
            listener = int(sys.argv[1])
            os.dup2(listener, 3)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="http")
            os.execv(sys.argv[2], sys.argv[2:])
        """)
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(listener.fileno()), str(LLFD), "--home",
             str(home.path), "--port", str(port), "--engine", str(FAKE_WORKER), "--models",
             str(models.folder)],
            env=home.environment(), pass_fds=[listener.fileno()])
        try:
            assert chat(Address("tcp", port), "m").text == ANSWER
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0


# --- F21 ---


OTHER = textwrap.dedent(r"""
    import fcntl, json, os, socket, sys
    path, lock, status = sys.argv[1], open(sys.argv[2], "w"), json.loads(sys.argv[3])
    fcntl.flock(lock, fcntl.LOCK_EX)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print("ready", flush=True)
    while True:
        peer, _ = listener.accept()
        head = b""
        while b"\r\n\r\n" not in head and (part := peer.recv(4096)):
            head += part
        if not head:
            continue
        body = json.dumps(status).encode()
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        peer.close()
        if b"/llf/v1/stop" in head:
            os.unlink(path)
            break
""")


@pytest.mark.parametrize(("on_demand", "active", "replaced"),
                         [(True, 0, True), (False, 0, False), (True, 1, False)])
def test_F21_one_of_another_version_makes_room_if_nobody_needs_it(
        start: Callable, home: Home, llf: Callable, on_demand: bool, active: int,
        replaced: bool) -> None:
    first = start()
    status = first.status()
    assert first.stop() == 0
    status.update(protocol=99, on_demand=on_demand, requests_active=active)
    path = first.unix.place
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, path, str(os.path.dirname(path)) + "/llfd.lock",
         json.dumps(status)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "ready\n"
        shown = llf("ls", "--json")
        if replaced:
            assert shown.returncode == 0 and "models" in shown.stdout, shown
            assert other.wait(PATIENCE_S) == 0
            assert llf("server", "stop").returncode == 0
        else:
            assert shown.returncode == 1 and "llf server restart" in shown.stderr, shown
            assert other.poll() is None
    finally:
        other.kill()
        other.wait()
        if os.path.exists(path):
            os.unlink(path)
