"""F16, F17, F34, F62: the daemon is told to end, is killed, or runs out of things."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import processes
from support.chat import Stream, chat, chat_body
from support.daemon import Daemon
from support.home import Home
from support.invariants import check_gone
from support.models import Models
from support.patience import at_once, eventually
from support.wire import Address, Connection, Cut, ask

STREAMS = 20
MODELS = 10  # so that each stream has a slot
KILLS = 25


def open_streams(daemon: Daemon, names: list[str]) -> list[Stream]:
    """Twenty streams, each past its first event, half of them on the Unix socket."""
    streams = [Stream(daemon.address("unix" if i % 2 else "tcp"),
                      chat_body(names[i % len(names)], stream=True)) for i in range(STREAMS)]
    for stream in streams:
        assert stream.next() is not None, stream.answer
    return streams


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_F16_running_streams_are_answered_before_the_daemon_ends(
        daemon: Daemon, models: Models, number: int) -> None:
    names = models.add_many(MODELS, "short", "tokens 40", "token-delay-ms 50")
    streams = open_streams(daemon, names)
    daemon.signal(number)
    for answer in at_once(STREAMS, lambda i: streams[i].rest()):
        assert answer.whole, answer
    assert daemon.wait() == 0


def test_F16_no_new_request_is_taken_while_streams_run_out(daemon: Daemon,
                                                           models: Models) -> None:
    names = models.add_many(MODELS, "short", "tokens 60", "token-delay-ms 50")
    idle = Connection(daemon.tcp)
    idle.request("GET", "/health")
    assert idle.read_response().status == 200
    streams = open_streams(daemon, names)
    daemon.signal(signal.SIGTERM)
    assert idle.at_end()
    eventually("the port is closed", lambda: not _reachable(daemon.tcp))
    eventually("the socket is closed", lambda: not _reachable(daemon.unix))
    for answer in at_once(STREAMS, lambda i: streams[i].rest()):
        assert answer.whole, answer
    assert daemon.wait() == 0


def _reachable(address: Address) -> bool:
    try:
        Connection(address).close()
        return True
    except OSError:
        return False


@pytest.mark.parametrize("signals", [1, 2])
def test_F16_streams_that_do_not_end_get_an_error(daemon: Daemon, models: Models,
                                                  signals: int) -> None:
    """After the first signal in due time, after a second one at once."""
    names = models.add_many(MODELS, "endless", "tokens 1000000", "token-delay-ms 100")
    streams = open_streams(daemon, names)
    waiting = Connection(daemon.unix)
    waiting.request("POST", "/v1/chat/completions", chat_body(names[0]))
    models.await_records(names[0], "request", STREAMS // MODELS + 1)
    daemon.signal(signal.SIGTERM)
    if signals == 2:
        eventually("it stops", lambda: not _reachable(daemon.tcp))
        daemon.signal(signal.SIGTERM)
    for answer in at_once(STREAMS, lambda i: streams[i].rest()):
        assert answer.told and not answer.complete, answer
        assert answer.error["code"] == "unavailable", answer
    response = waiting.read_response()
    assert response.status == 503 and response.error["code"] == "unavailable"
    assert daemon.wait() == 0


def test_F16_a_request_that_waits_for_its_model_is_told(daemon: Daemon, models: Models) -> None:
    models.add("lazy", "never-ready")
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(chat, daemon.tcp, "lazy", stream=True)
        models.await_records("lazy", "start", 1)
        daemon.signal(signal.SIGTERM)
        daemon.signal(signal.SIGTERM)
        assert asking.result().told
    assert daemon.wait() == 0


def test_F17_nothing_outlives_a_killed_daemon_and_the_next_one_starts(
        start: Callable, home: Home, models: Models) -> None:
    seed = random.randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    models.add("slow", "slow-start-ms 100")
    models.add("talks", "tokens 100000", "token-delay-ms 20")
    models.add("stubborn", "ignore-sigterm")
    for _ in range(KILLS):
        daemon = start("--max-loaded", "8")
        pause = threading.Event()

        def use(i: int, daemon: Daemon = daemon) -> None:
            try:
                chat(daemon.unix, ("slow", "talks", "stubborn")[i], stream=True)
            except (OSError, Cut, AssertionError):
                pass

        with ThreadPoolExecutor(3) as pool:
            for i in range(3):
                pool.submit(use, i)
            pause.wait(chance.random() * 0.4)
            daemon.kill()
            check_gone(home)
    assert chat(start().tcp, "slow").whole


def test_F17_a_killed_guard_leaves_its_work_to_the_next_daemon(
        start: Callable, home: Home, models: Models) -> None:
    daemon = start()
    assert chat(daemon.tcp, models.add("any")).whole
    os.kill(_guard(daemon), signal.SIGKILL)
    eventually("the guard is reaped", lambda: len(_children(daemon)) == 1)
    daemon.kill()
    eventually("no worker outlives it", lambda: not processes.of_home(home.path))
    assert [path for path in home.run_files() if path.suffix == ".sock"]
    assert start().stop() == 0
    check_gone(home)


def test_F17_an_engine_behind_a_script_ends_with_its_daemon(
        start: Callable, home: Home, wrapped_engine: str, models: Models) -> None:
    daemon = start(engine=wrapped_engine)
    assert chat(daemon.tcp, models.add("any")).whole
    daemon.kill()
    check_gone(home)


def _children(daemon: Daemon) -> list[processes.Process]:
    return [process for process in processes.everything() if process.parent == daemon.pid]


def _guard(daemon: Daemon) -> int:
    return next(child.pid for child in _children(daemon) if child.name == "llf-guard")


def test_F34_out_of_descriptors_streams_live_and_new_clients_are_refused(
        start: Callable, models: Models) -> None:
    daemon = start(open_files=96)
    models.add("talks", "tokens 60", "token-delay-ms 50")
    for _ in range(3):
        stream = Stream(daemon.tcp, chat_body("talks", stream=True))
        assert stream.next() is not None
        refused = sum(at_once(200, lambda i: _fill(daemon, i)))
        assert refused > 0
        answer = stream.rest()
        assert answer.whole, answer
        stream.connection.close()
        eventually("new clients are served again", lambda: _served(daemon.tcp))
        assert _served(daemon.unix)


def _fill(daemon: Daemon, i: int) -> int:
    """One of many clients that come at once; 1 when it was turned away."""
    try:
        with Connection(daemon.address("unix" if i % 2 else "tcp")) as connection:
            connection.request("GET", "/health")
            status = connection.read_response().status
            assert status in (200, 503)
            if status == 503:
                return 1
            threading.Event().wait(0.3)
            return 0
    except (OSError, Cut):
        return 1


def _served(address: Address) -> bool:
    try:
        return ask(address, "GET", "/health").status == 200
    except (OSError, Cut):
        return False


def test_F34_the_control_socket_is_served_when_the_port_is_full(start: Callable) -> None:
    daemon = start(open_files=96)
    held = []
    for _ in range(200):
        try:
            connection = Connection(daemon.tcp)
            connection.request("GET", "/health")
            held.append(connection)
        except OSError:
            break
    for connection in held:
        connection.close()
    eventually("it is served again", lambda: _served(daemon.unix))


def test_F62_a_full_log_disk_stops_nothing(start: Callable, home: Home, models: Models) -> None:
    folder = home.path / "state/log"
    folder.mkdir(parents=True)
    (folder / "llfd.log").symlink_to("/dev/full")
    daemon = start("--log-level", "debug")
    models.add("talks", "flood-log 100000")
    for _ in range(20):
        assert chat(daemon.tcp, "talks").whole
    assert daemon.stop() == 0
    (folder / "llfd.log").unlink()


def test_F62_a_closed_log_pipe_stops_nothing(start: Callable, models: Models) -> None:
    reader = subprocess.Popen(["/bin/true"], stdin=subprocess.PIPE)
    reader.wait()
    daemon = start(stderr=reader.stdin)
    models.add("talks")
    for _ in range(20):
        assert chat(daemon.tcp, "talks").whole
    reader.stdin.close()
    assert daemon.stop() == 0


def test_a_stopped_daemon_leaves_nothing(start: Callable, home: Home, models: Models) -> None:
    for _ in range(5):
        daemon = start()
        assert chat(daemon.tcp, models.add("any")).whole
        assert daemon.stop() == 0
        check_gone(home)


def test_the_stop_route_drains_like_a_signal(daemon: Daemon, models: Models) -> None:
    names = models.add_many(MODELS, "short", "tokens 20", "token-delay-ms 50")
    streams = open_streams(daemon, names)
    response = daemon.control("POST", "stop")
    assert (response.status, response.json()) == (202, {"stopping": True})
    for answer in at_once(STREAMS, lambda i: streams[i].rest()):
        assert answer.whole, answer
    assert daemon.wait() == 0
