"""A stream whose worker dies in the middle is gone on with by the next one, where that is faithful;
elsewhere the client is told."""

from __future__ import annotations

import os
import signal

import pytest

from support.chat import Answer, Stream, chat, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import at_once
from support.wire import Connection, ask

REPEATS = 20
LONG = "word " * 3 + ANSWER + " and so on, until the end of it."


def ids(answer: Answer) -> set:
    return {(event["id"], event["created"], event["model"]) for event in answer.events}


def same_as(answer: Answer, undisturbed: Answer) -> bool:
    """Nothing is missing and nothing came twice."""
    return (answer.whole and answer.text == undisturbed.text and len(ids(answer)) == 1
            and len(answer.events) == len(undisturbed.events)
            and answer.events[-1]["choices"] == undisturbed.events[-1]["choices"])


def test_F02_a_chat_is_gone_on_with_at_every_event(daemon: Daemon, models: Models,
                                                   via: str) -> None:
    models.add("calm", f"answer {LONG}")
    undisturbed = chat(daemon.unix, "calm", stream=True)
    assert undisturbed.whole and undisturbed.text == LONG
    events = len(undisturbed.events)
    names = [models.add(f"dies-{k}", f"answer {LONG}", f"crash-after-events {k}", "crash-times 1")
             for k in range(1, events)]
    for k, answer in enumerate(at_once(len(names), lambda i: chat(daemon.address(via), names[i],
                                                                  stream=True)), 1):
        assert same_as(answer, undisturbed), (k, answer)
        requests = models.records(names[k - 1], "request")
        assert len(requests) == 2, (k, requests)


def test_a_continuation_counts_all_tokens_and_keeps_the_limit(daemon: Daemon,
                                                              models: Models) -> None:
    models.add("calm", f"answer {LONG}")
    models.add("dies", f"answer {LONG}", "crash-after-events 5", "crash-times 1")
    fields = {"max_tokens": 9, "stream_options": {"include_usage": True}}
    undisturbed = chat(daemon.unix, "calm", stream=True, **fields)
    answer = chat(daemon.unix, "dies", stream=True, **fields)
    assert answer.whole and answer.text == undisturbed.text, answer
    assert answer.events[-2]["choices"][0]["finish_reason"] == "length"
    used, expected = (one.events[-1]["usage"] for one in (answer, undisturbed))
    assert used["completion_tokens"] == expected["completion_tokens"] == 9


def test_a_beginning_of_the_clients_own_is_kept(daemon: Daemon, models: Models) -> None:
    models.add("dies", f"answer {LONG}", "crash-after-events 4", "crash-times 1")
    messages = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "word word"}]
    with Stream(daemon.unix, {"model": "dies", "messages": messages, "stream": True}) as stream:
        answer = stream.rest()
    assert answer.whole and "word word" + answer.text == LONG, answer


def test_F02_a_completion_is_gone_on_with(daemon: Daemon, models: Models) -> None:
    models.add("dies", f"answer {LONG}", "crash-after-events 6", "crash-times 1")
    body = {"model": "dies", "prompt": "What?", "stream": True}
    with Connection(daemon.tcp) as connection:
        connection.request("POST", "/v1/completions", body)
        response = connection.read_response()
    text = response.body.decode()
    assert response.complete and text.endswith("data: [DONE]\n\n"), text
    said = "".join(part.split('"')[0] for part in text.split('"text":"')[1:])
    assert said == LONG, text
    assert len(models.records("dies", "request")) == 2


@pytest.mark.parametrize("fields", [{"tools": [{"type": "function", "function": {"name": "f"}}]},
                                    {"response_format": {"type": "json_object"}},
                                    {"logprobs": True}, {"n": 2}], ids=lambda fields: [*fields][0])
def test_F02_what_cannot_be_gone_on_with_faithfully_is_told(daemon: Daemon, models: Models,
                                                            fields: dict) -> None:
    models.add("dies", f"answer {LONG}", "crash-after-events 6", "crash-times 1")
    answer = chat(daemon.tcp, "dies", stream=True, **fields)
    assert answer.status == 200 and answer.told and not answer.complete, answer
    assert len(models.records("dies", "request")) == 1


def test_a_worker_that_is_killed_from_outside_is_no_reason_to_break(daemon: Daemon,
                                                                    models: Models) -> None:
    names = [models.add(f"killed-{i}", f"answer {LONG}", "token-delay-ms 30")
             for i in range(REPEATS)]

    def kill_and_read(i: int) -> Answer:
        with Stream(daemon.tcp, chat_body(names[i], stream=True)) as stream:
            for _ in range(2 + i % 7):
                stream.next()
            os.kill(daemon.worker_pid(names[i]), signal.SIGKILL)
            return stream.rest()

    for start in range(0, REPEATS, 4):
        for answer in at_once(4, lambda i: kill_and_read(start + i)):
            assert answer.whole and answer.text == LONG and len(ids(answer)) == 1, answer


def test_a_client_that_leaves_while_its_answer_is_rescued_ends_it(daemon: Daemon,
                                                                  models: Models) -> None:
    models.add("slow", f"answer {LONG}", "crash-after-events 3", "crash-times 1",
               "token-delay-ms 50", "tokens 1000")
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as stream:
        for _ in range(8):
            assert stream.next() is not None
    ends = models.await_records("slow", "end", 1)
    assert not ends[-1]["complete"]


def test_an_engine_that_does_not_go_on_is_not_made_to(daemon: Daemon, models: Models) -> None:
    """Some refuse, or begin anew: then the client is told why the stream broke."""
    models.add("thinks", f"answer {LONG}", "thinks", "crash-after-events 5", "crash-times 1")
    answer = chat(daemon.tcp, "thinks", stream=True)
    assert answer.told and not answer.complete, answer
    assert "ended with signal 9" in answer.error["message"], answer
    assert len(models.records("thinks", "request")) == 1


def test_unloading_is_no_crash(daemon: Daemon, models: Models) -> None:
    """Who ends a model by name does not want it loaded again for a stream that broke."""
    models.add("ended", f"answer {LONG}", "token-delay-ms 400", "tokens 200")
    with Stream(daemon.tcp, chat_body("ended", stream=True)) as stream:
        stream.next()
        stream.next()
        assert ask(daemon.unix, "POST", "/llf/v1/unload", {"model": "ended"}).status == 200
        answer = stream.rest()
    assert answer.told, answer
    assert len(models.records("ended", "start")) == 1
