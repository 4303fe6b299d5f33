"""F37-F39: clients that leave, half leave, or do not read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support import processes
from support.chat import ROUTE, Stream, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import at_once, eventually
from support.wire import Connection

CLIENTS = 20
LEAVE = pytest.mark.parametrize("leave", [Connection.close, Connection.reset],
                                ids=["fin", "rst"])


def spread(daemon: Daemon, models: Models, *directives: str) -> list[str]:
    """Loaded models, enough that each of CLIENTS gets a slot."""
    first = models.add("model", *directives)
    count = CLIENTS // slots_of(daemon, first)
    names = [first, *models.add_many(count - 1, "model", *directives)]
    at_once(count, lambda i: daemon.load(names[i]))
    return names


def slots_of(daemon: Daemon, model: str) -> int:
    """How many requests the model's worker answers at once."""
    assert daemon.load(model)[-1] == {"state": "ready"}
    slots = daemon.worker(model)["slots"]
    assert CLIENTS % slots == 0
    return slots


def await_requests(models: Models, names: list[str]) -> None:
    for name in names:
        models.await_records(name, "request", CLIENTS // len(names))


def check_cancelled(daemon: Daemon, models: Models, names: list[str]) -> None:
    """Every request ended at the worker before its end, and the worker lives on."""
    for name in names:
        ends = models.await_records(name, "end", CLIENTS // len(names))
        assert not any(end["complete"] for end in ends), ends
        assert len(models.records(name, "start")) == 1
    daemon.await_idle()


@LEAVE
def test_F37_leaving_after_the_first_token_cancels(daemon: Daemon, models: Models, via: str,
                                                   leave: Callable) -> None:
    names = spread(daemon, models, "tokens 100000", "token-delay-ms 50")

    def use(i: int) -> None:
        stream = Stream(daemon.address(via), chat_body(names[i % len(names)], stream=True))
        for _ in range(i % 5 + 1):
            assert stream.next() is not None
        leave(stream.connection)

    at_once(CLIENTS, use)
    check_cancelled(daemon, models, names)


@LEAVE
def test_F37_leaving_before_the_first_token_cancels(daemon: Daemon, models: Models, via: str,
                                                    leave: Callable, stream: bool) -> None:
    names = spread(daemon, models, "hang-before-first-byte-ms 60000", "burn-cpu")
    connections = [Connection(daemon.address(via)) for _ in range(CLIENTS)]
    for i, connection in enumerate(connections):
        connection.request("POST", ROUTE, chat_body(names[i % len(names)], stream=stream))
    await_requests(models, names)
    for connection in connections:
        leave(connection)
    check_cancelled(daemon, models, names)


@LEAVE
def test_F37_leaving_while_the_model_loads_leaves_nothing(daemon: Daemon, models: Models,
                                                          via: str, leave: Callable) -> None:
    models.add("slow", "slow-start-ms 1000")
    connections = [Connection(daemon.address(via)) for _ in range(CLIENTS)]
    for i, connection in enumerate(connections):
        connection.request("POST", ROUTE, chat_body("slow", stream=i % 2 == 0))
    models.await_records("slow", "start", 1)
    for connection in connections:
        leave(connection)
    eventually("nobody waits", lambda: daemon.worker("slow")["waiting"] == 0)
    eventually("it is ready", lambda: daemon.worker("slow")["state"] == "ready")
    assert models.records("slow", "request") == []


def test_F37_the_slot_of_a_client_that_left_serves_the_next(daemon: Daemon, models: Models,
                                                            via: str) -> None:
    slots = slots_of(daemon, models.add("narrow", "tokens 100000", "token-delay-ms 20"))
    for _ in range(CLIENTS):
        streams = [Stream(daemon.address(via), chat_body("narrow", stream=True))
                   for _ in range(slots)]
        for stream in streams:
            assert stream.next() is not None
        for stream in streams:
            stream.connection.close()


def test_F38_a_half_closed_client_gets_its_whole_answer(daemon: Daemon, models: Models,
                                                        via: str, stream: bool) -> None:
    names = spread(daemon, models, "token-delay-ms 100", "hang-before-first-byte-ms 1500",
                   "burn-cpu")

    def use(i: int) -> None:
        body = chat_body(names[i % len(names)], stream=stream)
        if stream:
            with Stream(daemon.address(via), body) as opened:
                opened.connection.half_close()
                answer = opened.rest()
            assert answer.whole and answer.text == ANSWER, answer
            return
        with Connection(daemon.address(via)) as connection:
            connection.request("POST", ROUTE, body)
            connection.half_close()
            response = connection.read_response()
        assert response.status == 200 and response.complete
        assert set(response.interim) <= {102}, response.interim
        assert response.json()["choices"][0]["message"]["content"] == ANSWER

    at_once(CLIENTS, use)


def test_F38_a_client_that_half_closes_and_then_leaves_cancels(daemon: Daemon,
                                                               models: Models) -> None:
    names = spread(daemon, models, "hang-before-first-byte-ms 60000", "burn-cpu")
    connections = [Connection(daemon.tcp) for _ in range(CLIENTS)]
    for i, connection in enumerate(connections):
        connection.request("POST", ROUTE, chat_body(names[i % len(names)], stream=i % 2 == 0))
        connection.half_close()
    await_requests(models, names)
    for connection in connections:
        connection.reset()
    check_cancelled(daemon, models, names)


def test_F39_a_client_that_never_reads_costs_no_memory_and_is_dropped(daemon: Daemon,
                                                                      models: Models) -> None:
    slots = slots_of(daemon, models.add("flood", "flood-events"))
    before = processes.resident_bytes(daemon.pid)
    streams = [Stream(daemon.address(("tcp", "unix")[i % 2]), chat_body("flood", stream=True))
               for i in range(slots)]
    most = 0

    def dropped() -> bool:
        nonlocal most
        most = max(most, processes.resident_bytes(daemon.pid))
        return len(models.records("flood", "end")) == slots

    eventually("all are dropped", dropped, 120)
    assert most - before < 16 << 20, f"grew by {(most - before) >> 20} MiB"
    assert daemon.worker("flood")["restarts"] == 0
    for stream in streams:
        stream.connection.close()


def test_F39_a_long_stream_costs_no_memory(daemon: Daemon, models: Models, via: str) -> None:
    models.add("flood", "flood-events")
    with Stream(daemon.address(via), chat_body("flood", stream=True)) as stream:
        assert stream.read_head() == 200
        received = before = 0
        for part in stream.connection.parts(stream.head):
            received += len(part)
            if not before and received > 10 << 20:
                before = processes.resident_bytes(daemon.pid)
            if received > 60 << 20:
                break
        growth = processes.resident_bytes(daemon.pid) - before
    assert growth < 16 << 20, f"grew by {growth >> 20} MiB"
    models.await_records("flood", "end", 1)
