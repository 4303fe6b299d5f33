"""F45-F47: what workers send is cut anywhere, malformed, or not an answer at all."""

from __future__ import annotations

import pytest

from support.chat import chat
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import at_once

REPEATS = 20
EMOJI = "🦙👩‍💻 漢字かな 한국어 äöüß€ 𝔘𝔫𝔦 🇩🇪 e\u0301 done"


def test_F45_split_characters_arrive_whole(daemon: Daemon, models: Models, via: str) -> None:
    models.add("split", "split-utf8", f"answer {EMOJI}")
    for answer in at_once(REPEATS, lambda _: chat(daemon.address(via), "split", stream=True)):
        assert answer.whole and answer.text == EMOJI, answer


def test_F45_characters_arrive_in_a_plain_answer(daemon: Daemon, models: Models,
                                                 via: str) -> None:
    models.add("whole", f"answer {EMOJI}")
    assert chat(daemon.address(via), "whole").text == EMOJI


def test_F46_a_malformed_chunk_of_a_worker_is_told(daemon: Daemon, models: Models,
                                                   via: str) -> None:
    models.add("bad", "bad-chunk", "tokens 30")
    for answer in at_once(REPEATS, lambda _: chat(daemon.address(via), "bad", stream=True)):
        assert answer.told and not answer.complete, answer


@pytest.mark.parametrize("surplus", [10, 1, -1, -10, -100000])
def test_F46_a_wrong_content_length_of_a_worker_is_told(daemon: Daemon, models: Models,
                                                        surplus: int, stream: bool) -> None:
    models.add("wrong", f"wrong-content-length {surplus}")
    for answer in at_once(4, lambda _: chat(daemon.tcp, "wrong", stream=stream)):
        assert answer.told, answer


def test_F46_a_worker_that_cuts_its_answer_is_told(daemon: Daemon, models: Models,
                                                   via: str) -> None:
    # It is asked once more for the rest, and cuts that, too.
    names = [models.add(f"cut-{k}", f"cut-after-events {k}", "tokens 100")
             for k in range(1, REPEATS + 1)]
    for answer in at_once(REPEATS, lambda i: chat(daemon.address(via), names[i], stream=True)):
        assert answer.told and not answer.complete, answer
        assert ANSWER.startswith(answer.text[:40]), answer


def test_F46_a_worker_that_cuts_a_plain_answer_is_told(daemon: Daemon, models: Models) -> None:
    models.add("cut", "cut-after-events 2")
    answer = chat(daemon.tcp, "cut")
    assert answer.told and answer.status == 502, answer
    assert len(models.records("cut", "request")) <= 2


@pytest.mark.parametrize("directive", ["html-200", "wrong-content-type"])
def test_F47_what_is_no_completion_is_a_bad_gateway(daemon: Daemon, models: Models,
                                                    directive: str, stream: bool) -> None:
    models.add("garbage", directive)
    for answer in at_once(REPEATS, lambda _: chat(daemon.tcp, "garbage", stream=stream)):
        assert answer.told and answer.status == 502, answer


def test_F47_a_stream_without_done_is_told(daemon: Daemon, models: Models, via: str) -> None:
    models.add("endless", "no-done")
    for answer in at_once(REPEATS, lambda _: chat(daemon.address(via), "endless", stream=True)):
        assert answer.text == ANSWER
        assert answer.told and not answer.complete, answer


def test_F47_repeated_ids_are_passed_on(daemon: Daemon, models: Models, stream: bool) -> None:
    models.add("twice", "duplicate-ids")
    answer = chat(daemon.tcp, "twice", stream=stream)
    assert answer.whole and answer.text == ANSWER, answer


def test_F47_a_huge_event_is_passed_on_or_told(daemon: Daemon, models: Models, via: str,
                                               stream: bool) -> None:
    models.add("huge", "huge-event 3000000")
    answer = chat(daemon.address(via), "huge", stream=stream)
    if answer.whole:
        assert len(answer.text) == 3000000 + len(ANSWER)
    else:
        assert answer.told, answer.error


@pytest.mark.parametrize(("status", "expected"), [(400, 400), (401, 500), (404, 404), (413, 413),
                                                  (500, 502), (503, 503)])
def test_F47_an_error_of_the_engine_becomes_ours(daemon: Daemon, models: Models, status: int,
                                                 expected: int, stream: bool) -> None:
    models.add("refuses", f"error-status {status}")
    answer = chat(daemon.tcp, "refuses", stream=stream)
    assert answer.told and answer.status == expected, answer
    assert len(models.records("refuses", "request")) == 1
