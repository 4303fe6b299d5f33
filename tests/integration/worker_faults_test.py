"""F01-F06: workers that die, stop, hang, are merely busy, or do not want to end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from support import processes
from support.chat import Answer, Stream, chat, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import at_once, eventually

REPEATS = 20
WAYS = [("tcp", True), ("unix", False)]
WAY = pytest.mark.parametrize(("via", "stream"), WAYS, ids=["tcp-stream", "unix-whole"])


@pytest.fixture
def bystander(daemon: Daemon, models: Models) -> Iterator[None]:
    """A stream of another worker, which must neither end nor change its worker meanwhile."""
    models.add("steady", "token-delay-ms 50", "tokens 100000")
    with Stream(daemon.tcp, chat_body("steady", stream=True)) as stream:
        stream.next()
        pid = daemon.worker_pid("steady")
        with ThreadPoolExecutor(1) as pool:
            stopping = False

            def read() -> bool:
                while not stopping:
                    if stream.next() is None:
                        return False
                return True

            reading: Future[bool] = pool.submit(read)
            try:
                yield
            finally:
                stopping = True
            assert reading.result(), stream.answer
        assert daemon.worker_pid("steady") == pid
        assert daemon.worker("steady")["restarts"] == 0


def check_works_again(daemon: Daemon, models: Models, name: str, starts: int = 2) -> None:
    """The model answers, from a second process and no more."""
    answer = chat(daemon.tcp, name, max_tokens=3)
    assert answer.whole, answer
    assert len(models.records(name, "start")) == starts


@WAY
def test_F01_a_request_whose_worker_dies_before_the_first_byte_is_replayed(
        daemon: Daemon, models: Models, bystander: None, via: str, stream: bool) -> None:
    names = models.add_many(REPEATS, "dies", "crash-before-first-byte", "crash-times 1")
    for answer in at_once(REPEATS,
                          lambda i: chat(daemon.address(via), names[i], stream=stream)):
        assert answer.whole and answer.text == ANSWER, answer
    for name in names:
        assert len(models.records(name, "start")) == 2
        assert len(models.records(name, "request")) == 2


@WAY
def test_F01_a_worker_killed_while_it_works_on_the_first_byte_is_replaced(
        daemon: Daemon, models: Models, via: str, stream: bool) -> None:
    names = models.add_many(REPEATS, "killed", "hang-before-first-byte-ms", "burn-cpu",
                            "crash-times 1")

    def kill_and_read(i: int) -> Answer:
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(chat, daemon.address(via), names[i], stream=stream)
            record = models.await_records(names[i], "request", 1)[0]
            os.kill(record["pid"], signal.SIGKILL)
            return asking.result()

    for answer in at_once(REPEATS, kill_and_read):
        assert answer.whole and answer.text == ANSWER, answer


@WAY
def test_F01_a_request_that_kills_every_worker_is_tried_twice_and_fails(
        daemon: Daemon, models: Models, bystander: None, via: str, stream: bool) -> None:
    names = models.add_many(5, "poison", "crash-before-first-byte")
    for name, answer in zip(names, at_once(5, lambda i: chat(daemon.address(via), names[i],
                                                             stream=stream))):
        assert answer.status == 502 and answer.told, answer
        assert answer.error["type"] == "server_error", answer
        assert len(models.records(name, "request")) == 2


def test_F02_a_stream_whose_worker_dies_twice_tells_and_is_not_ended(
        daemon: Daemon, models: Models, bystander: None, via: str) -> None:
    names = [models.add(f"dies-{k}", f"crash-after-events {k}", "crash-times 2", "tokens 60",
                        "token-delay-ms 2") for k in range(2, REPEATS + 2)]
    for k, answer in enumerate(at_once(REPEATS, lambda i: chat(daemon.address(via), names[i],
                                                               stream=True)), 2):
        assert answer.status == 200 and answer.told, (k, answer)
        assert not answer.complete and ANSWER.startswith(answer.text[:40]), answer
        assert len(models.records(names[k - 2], "request")) == 2
    at_once(REPEATS, lambda i: check_works_again(daemon, models, names[i], 3))


def test_F02_a_worker_that_dies_behind_the_head_is_no_short_answer(daemon: Daemon,
                                                                   models: Models) -> None:
    models.add("head", "crash-after-events 0", "crash-times 1")
    answer = chat(daemon.tcp, "head", stream=True)
    assert answer.told or (answer.whole and answer.text == ANSWER), answer


def test_F02_a_plain_answer_is_replayed_since_nothing_of_it_was_sent(daemon: Daemon,
                                                                     models: Models) -> None:
    names = [models.add(f"dies-{k}", f"crash-after-events {k}", "crash-times 1")
             for k in range(1, 6)]
    for answer in at_once(5, lambda i: chat(daemon.unix, names[i])):
        assert answer.whole and answer.text == ANSWER, answer


def test_F03_a_stopped_worker_fails_its_request_and_is_replaced(
        daemon: Daemon, models: Models, bystander: None, via: str) -> None:
    names = models.add_many(REPEATS, "stopped", "tokens 400", "token-delay-ms 100")

    def stop_and_read(i: int) -> None:
        with Stream(daemon.address(via), chat_body(names[i], stream=True)) as stream:
            stream.next()
            pid = daemon.worker_pid(names[i])
            os.kill(pid, signal.SIGSTOP)
            answer = stream.rest()
        assert answer.told and not answer.complete, answer
        eventually("the stopped worker is gone", lambda: processes.look(pid) is None)
        check_works_again(daemon, models, names[i])

    at_once(REPEATS, stop_and_read)


@WAY
def test_F04_a_worker_that_hangs_behind_a_good_health_is_replaced(
        daemon: Daemon, models: Models, bystander: None, via: str, stream: bool) -> None:
    names = models.add_many(REPEATS, "hangs", "stall-after-events 3", "crash-times 1")

    def check(i: int) -> None:
        answer = chat(daemon.address(via), names[i], stream=stream)
        assert answer.told, answer
        assert answer.status == (200 if stream else 504), answer
        check_works_again(daemon, models, names[i])

    at_once(REPEATS, check)


@WAY
def test_F04_a_worker_that_neither_answers_nor_works_is_replaced(
        daemon: Daemon, models: Models, via: str, stream: bool) -> None:
    names = models.add_many(5, "silent", "hang-before-first-byte-ms", "crash-times 1")

    def check(i: int) -> None:
        answer = chat(daemon.address(via), names[i], stream=stream)
        assert answer.told, answer
        # It would hang again: not replayed.
        assert len(models.records(names[i], "request")) == 1
        check_works_again(daemon, models, names[i])

    at_once(5, check)


def test_F05_a_worker_that_reads_a_long_prompt_is_left_alone(daemon: Daemon,
                                                             models: Models) -> None:
    models.add("prefill", "hang-before-first-byte-ms 20000", "burn-cpu")

    def ask(i: int) -> Answer:
        return chat(daemon.tcp, "prefill", stream=i != 1)

    with ThreadPoolExecutor(3) as pool:
        asking = []
        for i in range(3):
            asking.append(pool.submit(ask, i))
            models.await_records("prefill", "request", i + 1)
        worker = daemon.worker("prefill")
        assert worker["state"] == "ready", worker
        assert (worker["slots"], worker["active"], worker["queued"]) == (2, 2, 1), worker
        streamed, whole, queued = (future.result() for future in asking)
    for answer in (streamed, whole, queued):
        assert answer.whole and answer.text == ANSWER, answer
    assert "ping" in streamed.comments, streamed.comments
    assert "queued 1" in queued.comments, queued.comments
    after = daemon.worker("prefill")
    assert (after["pid"], after["restarts"]) == (worker["pid"], 0), after


def test_F05_an_engine_behind_a_script_is_seen_to_work(start: Callable, wrapped_engine: str,
                                                       models: Models) -> None:
    daemon = start("--stall-timeout", "2", engine=wrapped_engine)
    models.add("prefill", "hang-before-first-byte-ms 6000", "burn-cpu")
    answer = chat(daemon.tcp, "prefill")
    assert answer.whole and answer.text == ANSWER, answer


def test_F06_a_worker_that_ignores_sigterm_is_killed(daemon: Daemon, models: Models) -> None:
    names = models.add_many(REPEATS, "stubborn", "ignore-sigterm")
    at_once(REPEATS, lambda i: daemon.load(names[i]))
    pids = [daemon.worker_pid(name) for name in names]

    def unload(i: int) -> None:
        response = daemon.unload(names[i])
        assert response.status == 200 and response.json() == {"unloaded": True}, response
        eventually("the worker is reaped", lambda: processes.look(pids[i]) is None)

    at_once(REPEATS, unload)


def test_F06_a_daemon_ends_in_spite_of_workers_that_ignore_sigterm(daemon: Daemon,
                                                                   models: Models) -> None:
    names = models.add_many(3, "stubborn", "ignore-sigterm")
    at_once(3, lambda i: daemon.load(names[i]))
    assert daemon.stop() == 0
