"""Which models are in memory, for whom, and why."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Callable

from support.chat import Answer, Stream, chat, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import at_once, eventually
from support.settings import Settings
from support.wire import Connection

MB = 1_000_000


def large(models: Models, name: str, size: int, *directives: str) -> str:
    """A model of so many bytes of weights, as its file says; they take no place on the disk."""
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    script = "\n".join([f"record {name}.jsonl", *directives, ""])
    pairs = text("fake.script") + struct.pack("<I", 8) + text(script)
    tensor = text("w") + struct.pack("<IQIQ", 1, size // 4, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + pairs + tensor
    head += b"\0" * (-len(head) % 32)
    with open(models.path(name), "wb") as file:
        file.write(head)
        file.truncate(len(head) + size // 4 * 4)
    return name


def decisions(daemon: Daemon) -> list[str]:
    answer = daemon.control("GET", "workers?why=1").json()
    return [f"{one['model']} {one['what']}: {one['why']}" for one in answer["decisions"]]


def waiting(daemon: Daemon) -> list[dict]:
    return daemon.control("GET", "workers").json()["waiting"]


def test_models_take_turns_in_the_memory_that_there_is(start: Callable, models: Models,
                                                       settings: Settings) -> None:
    settings.set(models={"memory": 900})
    daemon = start()
    names = [large(models, f"m{i}", 300 * MB) for i in range(4)]
    for turn in range(12):
        answer = chat(daemon.tcp, names[turn % 4])
        assert answer.whole and answer.text == ANSWER, answer
        assert len(daemon.workers()) <= 2, decisions(daemon)
    said = decisions(daemon)
    assert any("makes room for m" in line for line in said), said
    assert any("of 900.0 MB then" in line or "of 900 MB then" in line for line in said), said


def test_requests_for_more_models_than_fit_are_all_answered(start: Callable, models: Models,
                                                            settings: Settings) -> None:
    settings.set(models={"memory": 700})
    daemon = start()
    names = [large(models, f"m{i}", 300 * MB, "token-delay-ms 5") for i in range(5)]
    for answer in at_once(20, lambda i: chat(daemon.tcp, names[i % 5], stream=i % 2 == 0)):
        assert answer.whole and answer.text == ANSWER, answer
    assert len(daemon.workers()) <= 2
    assert not waiting(daemon)


def test_F10_a_model_that_can_never_fit_is_refused_with_the_numbers(
        start: Callable, models: Models, settings: Settings) -> None:
    settings.set(models={"memory": 200})
    daemon = start()
    large(models, "huge", 300 * MB)
    small = models.add("small")
    answer = chat(daemon.tcp, "huge")
    assert answer.status == 413 and "200" in answer.error["message"], answer
    assert "llf model fit huge" in answer.error["message"]
    assert not models.records("huge", "start")
    assert chat(daemon.tcp, small).whole
    settings.set(models={"memory": 900})
    eventually("it fits now", lambda: chat(daemon.tcp, "huge").whole)


def test_who_waits_for_room_is_shown_and_told(start: Callable, models: Models,
                                              settings: Settings) -> None:
    settings.set(models={"max_loaded": 1})
    daemon = start()
    models.add("busy", "tokens 10000", "token-delay-ms 20")
    models.add("next")
    with Stream(daemon.tcp, chat_body("busy", stream=True)) as busy:
        busy.next()
        with Stream(daemon.tcp, chat_body("next", stream=True)) as later:
            found = eventually("it waits", lambda: waiting(daemon))
            assert found[0]["model"] == "next" and "is busy" in found[0]["why"], found
            assert not models.records("next", "start")
            busy.connection.close()
            answer = later.rest()
    assert answer.whole and answer.text == ANSWER, answer
    assert not waiting(daemon)


def test_one_that_leaves_the_queue_is_not_served(start: Callable, models: Models,
                                                 settings: Settings) -> None:
    settings.set(models={"max_loaded": 1})
    daemon = start()
    models.add("busy", "tokens 200", "token-delay-ms 20")
    models.add("left")
    models.add("next")
    with Stream(daemon.tcp, chat_body("busy", stream=True)) as busy:
        busy.next()
        with Connection(daemon.tcp) as leaves:
            leaves.request("POST", "/v1/chat/completions", chat_body("left"))
            eventually("it waits", lambda: waiting(daemon))
        eventually("it has left", lambda: not waiting(daemon))
        busy.connection.close()
    assert chat(daemon.tcp, "next").whole
    assert not models.records("left", "start")


def test_the_queue_of_a_model_is_bounded(start: Callable, models: Models,
                                         settings: Settings) -> None:
    settings.set(models={"queue": 2}, engine={"slots": 1})
    daemon = start()
    models.add("slow", "tokens 10000", "token-delay-ms 20")
    streams = [Stream(daemon.tcp, chat_body("slow", stream=True)) for _ in range(3)]
    streams[0].next()
    eventually("all are there", lambda: daemon.worker("slow")["active"] == 1
               and daemon.worker("slow")["queued"] == 2)
    with Connection(daemon.tcp) as connection:
        connection.request("POST", "/v1/chat/completions", chat_body("slow"))
        refused = connection.read_response()
    assert refused.status == 503 and refused.header("retry-after") == "1", refused
    assert "models.queue" in refused.error["message"]
    settings.set(models={"queue": 3}, engine={"slots": 1})
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as fourth:
        eventually("it is let in", lambda: daemon.worker("slow")["queued"] == 3)
        fourth.connection.close()
    for stream in streams:
        stream.connection.close()
    daemon.await_idle()


def test_a_pinned_model_stays(start: Callable, models: Models, settings: Settings) -> None:
    settings.set(models={"max_loaded": 1}, profiles={"mine": {"model": "kept", "pinned": True}})
    daemon = start()
    models.add("kept")
    models.add("other")
    assert chat(daemon.tcp, "mine").whole
    answer: Answer = chat(daemon.tcp, "other")
    assert answer.status == 503 and "pinned" in answer.error["message"], answer
    assert chat(daemon.tcp, "mine").whole
    assert len(models.records("kept", "start")) == 1
    settings.set(models={"max_loaded": 2})
    eventually("there is room", lambda: chat(daemon.tcp, "other").whole)


def test_an_engine_that_is_started_again_is_among_the_decisions(start: Callable,
                                                               models: Models) -> None:
    daemon = start()
    assert chat(daemon.tcp, models.add("m")).whole
    os.kill(daemon.worker_pid("m"), signal.SIGKILL)
    assert eventually("it is there again", lambda: chat(daemon.tcp, "m").whole)
    assert any("m loads: its engine is started again" in line for line in decisions(daemon))


def test_models_are_there_from_the_start(start: Callable, models: Models,
                                         settings: Settings) -> None:
    models.add("first")
    models.add("second")
    settings.set(models={"preload": ["first", "gone", "second"]})
    daemon = start()
    eventually("both are loaded", lambda: [*daemon.workers()] == ["first", "second"] and all(
        worker["state"] == "ready" for worker in daemon.workers().values()))
