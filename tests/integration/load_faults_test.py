"""F07, F08, F11, F12, F14, F15: loading and unloading that goes wrong or happens twice at once."""

from __future__ import annotations

import os
import random
import socket
import threading
from collections.abc import Callable

import pytest

from support import processes
from support.chat import Answer, chat
from support.daemon import Daemon, Refused
from support.home import SOURCE, Home
from support.models import ANSWER, Models
from support.patience import at_once, eventually

WAITERS = 10
RACES = 150


def test_F07_an_exit_at_load_answers_every_waiter_with_the_last_lines_of_log(
        daemon: Daemon, models: Models, via: str) -> None:
    models.add("broken", "slow-start-ms 500", "log error: a telling line", "exit-at-load 3")
    answers = at_once(WAITERS, lambda i: chat(daemon.address(via), "broken", stream=i % 2 == 0))
    for answer in answers:
        assert answer.told and answer.status in (502, 503), answer
        assert "a telling line" in answer.error["message"], answer
    assert len(models.records("broken", "start")) == 1


def test_F07_no_more_than_the_last_twenty_lines_are_told(daemon: Daemon, models: Models) -> None:
    models.add("chatty", *(f"log line number {i} of many" for i in range(50)), "exit-at-load 1")
    message = chat(daemon.tcp, "chatty").error["message"]
    assert "line number 49 of many" in message
    assert message.count("of many") <= 20


def test_F07_a_load_tells_its_failure(daemon: Daemon, models: Models) -> None:
    models.add("broken", "log a telling line", "exit-at-load 3")
    assert "a telling line" in daemon.load("broken")[-1]["error"]["message"]


def test_F07_an_engine_without_its_libraries_says_which(daemon: Daemon, models: Models) -> None:
    models.add("unlinked", "missing-lib")
    answer = chat(daemon.tcp, "unlinked")
    assert answer.told and "libllama.so.0" in answer.error["message"], answer


def test_F07_an_engine_that_is_none_is_told_with_what_to_do(start: Callable,
                                                            models: Models) -> None:
    daemon = start(engine="/bin/true", env={"PATH": "/nowhere"})
    models.add("any")
    answer = chat(daemon.tcp, "any")
    assert answer.told and answer.status == 503, answer
    assert "engine.path" in answer.error["message"] or "llama-server" in answer.error["message"]
    daemon.expected_death = True  # without an engine no request can succeed afterwards
    assert daemon.stop() == 0


def test_F07_a_load_that_takes_too_long_is_ended(start: Callable, models: Models) -> None:
    daemon = start("--load-timeout", "1")
    models.add("lazy", "never-ready")
    answers = at_once(3, lambda i: chat(daemon.tcp, "lazy", stream=i == 0))
    for answer in answers:
        assert answer.told and answer.status == 504, answer
    eventually("its process is gone",
               lambda: not processes.running(models.records("lazy", "start")[0]["pid"]))


def refused(daemon: Daemon, models: Models, content: bytes) -> str:
    """The error of a load of a model file with this content, which no engine saw."""
    models.path("bad").write_bytes(content)
    error = daemon.load("bad")[-1]["error"]
    assert str(models.path("bad")) in error["message"], error
    running = {process.name for process in processes.of_home(daemon.home.path)}
    assert "fake_worker" not in running, "no engine was started"
    return error["message"]


def test_F12_a_file_that_is_no_model_never_reaches_an_engine(daemon: Daemon,
                                                             models: Models) -> None:
    assert "no GGUF file" in refused(daemon, models, b"")
    assert "no GGUF file" in refused(daemon, models, b"<html>not found</html>" * 1000)
    assert "at byte 4" in refused(daemon, models, b"GGUF" + bytes(100))
    assert "do not fit" in refused(daemon, models, b"GGUF\3\0\0\0" + b"\xff" * 100)
    models.path("bad").unlink()
    models.path("bad").mkdir()
    answer = chat(daemon.tcp, models.add("good"))
    assert answer.whole, answer


def test_F12_a_model_cut_anywhere_never_reaches_an_engine(daemon: Daemon, models: Models) -> None:
    whole = (SOURCE / "assets/models/llf-nano.gguf").read_bytes()
    for size in range(0, len(whole), 1 << 16):
        assert "at byte " in refused(daemon, models, whole[:size]), size
    answer = chat(daemon.tcp, "bad")
    assert answer.told and answer.status == 503 and "bytes are missing" in answer.error["message"]
    models.path("bad").write_bytes(whole)
    assert daemon.load("bad")[-1] == {"state": "ready"}


@pytest.mark.parametrize("where", ["stdout", "stderr", "none"])
def test_readiness_is_seen_wherever_its_line_appears(daemon: Daemon, models: Models,
                                                     where: str) -> None:
    models.add("told", f"ready-on {where}", "slow-start-ms 200")
    assert chat(daemon.tcp, "told").whole


def test_a_flood_of_log_while_loading_blocks_nothing(daemon: Daemon, models: Models) -> None:
    models.add("flood", "flood-log 3000000")
    assert chat(daemon.tcp, "flood").whole


def test_F08_a_crash_loop_is_given_up_and_can_be_reset(daemon: Daemon, models: Models) -> None:
    models.add("loop", "log a telling line", "exit-at-load 1")
    answers = [chat(daemon.tcp, "loop") for _ in range(12)]
    assert all(answer.told for answer in answers), answers
    spawned = len(models.records("loop", "start"))
    assert spawned <= 6, spawned
    worker = daemon.worker("loop")
    assert worker["state"] in ("failed", "backoff") and worker["error"], worker
    assert not processes.workers(daemon.pid)
    # Given up: answered without another try.
    for answer in at_once(WAITERS, lambda _: chat(daemon.tcp, "loop")):
        assert answer.told and answer.status == 503, answer
    assert len(models.records("loop", "start")) == spawned
    # Somebody corrects it and loads it: that counts as a reset.
    models.add("loop")
    assert daemon.load("loop")[-1] == {"state": "ready"}
    assert chat(daemon.tcp, "loop").whole


def test_F08_a_worker_that_crashes_while_idle_comes_back(daemon: Daemon, models: Models) -> None:
    models.add("idle")
    assert daemon.load("idle")[-1] == {"state": "ready"}
    pid = daemon.worker_pid("idle")
    os.kill(pid, 9)
    eventually("a new worker is ready", lambda: daemon.worker("idle")["state"] == "ready" and
               daemon.worker("idle")["pid"] not in (0, pid))
    assert daemon.worker("idle")["restarts"] == 1


def test_F11_sockets_left_by_the_dead_are_replaced(start: Callable, home: Home,
                                                   models: Models) -> None:
    folder = _run_folder(start, home)
    for name in ("llfd.sock", "w-00000000.sock", "w-abcdef01.sock"):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(folder / name))
    daemon = start()
    assert chat(daemon.unix, models.add("any")).whole


def test_F11_a_socket_that_somebody_serves_is_left_alone(start: Callable, home: Home) -> None:
    folder = _run_folder(start, home)
    with socket.socket(socket.AF_UNIX) as foreign:
        foreign.bind(str(folder / "llfd.sock"))
        foreign.listen()
        with pytest.raises(Refused) as refused:
            start()
        assert refused.value.code != 0
        assert "llfd.sock" in str(refused.value)
    (folder / "llfd.sock").unlink()
    start()


def _run_folder(start: Callable, home: Home) -> object:
    first = start()
    folder = next(path for path in home.run_files() if path.name == "llfd.sock").parent
    assert first.stop() == 0
    return folder


def test_F14_requests_for_a_model_at_once_load_it_once(daemon: Daemon, models: Models) -> None:
    models.add("twin")
    for count in range(1, RACES + 1):
        barrier = threading.Barrier(2)

        def ask(i: int, barrier: threading.Barrier = barrier) -> Answer:
            barrier.wait()
            return chat(daemon.address(("tcp", "unix")[i]), "twin", stream=i == 0)

        for answer in at_once(2, ask):
            assert answer.whole and answer.text == ANSWER, answer
        assert len(models.records("twin", "start")) == count
        assert daemon.unload("twin").status == 200


def test_F14_twenty_requests_and_loads_at_once_load_it_once(daemon: Daemon,
                                                            models: Models) -> None:
    for name in models.add_many(5, "many", "slow-start-ms 50"):
        def ask(i: int, name: str = name) -> None:
            if i % 4 == 0:
                assert daemon.load(name)[-1] == {"state": "ready"}
            else:
                assert chat(daemon.tcp, name, stream=i % 2 == 0).whole

        at_once(20, ask)
        assert len(models.records(name, "start")) == 1


def test_F14_requests_at_once_share_the_room_that_another_model_makes(
        start: Callable, models: Models) -> None:
    daemon = start("--max-loaded", "1")
    names = [models.add(name) for name in ("odd", "even")]
    for turn in range(20):
        name = names[turn % 2]
        for answer in at_once(4, lambda i, name=name: chat(daemon.tcp, name, stream=i % 2 == 0)):
            assert answer.whole and answer.text == ANSWER, answer
    assert [len(models.records(name, "start")) for name in names] == [10, 10]


def test_F15_who_is_served_is_not_unloaded_to_make_room(start: Callable, models: Models) -> None:
    daemon = start("--max-loaded", "1")
    names = [models.add(name) for name in ("odd", "even")]
    for _ in range(20):
        for answer in at_once(4, lambda i: chat(daemon.tcp, names[i % 2], stream=i < 2)):
            # Some find no place; nobody loses the one that he has.
            assert answer.whole or answer.status == 503, answer


def test_F15_an_unload_races_requests_and_none_is_lost(daemon: Daemon, models: Models) -> None:
    models.add("raced", "token-delay-ms 2")
    seed = random.randrange(1 << 30)
    print("seed", seed)
    done = threading.Event()

    def unload() -> None:
        pauses = random.Random(seed)
        while not done.wait(pauses.random() * 0.05):
            assert daemon.unload("raced").status in (200, 404)

    unloading = threading.Thread(target=unload)
    unloading.start()
    try:
        def ask(i: int) -> None:
            pauses = random.Random(seed + i)
            for _ in range(40):
                answer = chat(daemon.tcp, "raced", stream=i % 2 == 0)
                assert answer.whole and answer.text == ANSWER, answer
                done.wait(pauses.random() * 0.05)

        at_once(2, ask)
    finally:
        done.set()
        unloading.join()
