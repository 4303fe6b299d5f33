"""What a client did wrong is told as that, and what could not be done for it is named: SDKs try a
request again that ends with a 500, and take silence for consent."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from support.chat import Stream, chat, chat_body
from support.daemon import Daemon
from support.home import Home
from support.models import ANSWER, Models
from support.settings import Settings
from support.wire import Connection, Response, ask

TOOLS = [{"type": "function", "function": {"name": name}} for name in ("f", "g")]
USAGE = {"stream_options": {"include_usage": True}}


def post(daemon: Daemon, path: str, body: dict, headers: dict | None = None) -> Response:
    return ask(daemon.tcp, "POST", path, body, headers=headers or {})


def post_chat(daemon: Daemon, headers: dict | None = None, **fields: object) -> Response:
    return post(daemon, "/v1/chat/completions", chat_body("m", **fields), headers)


def sent(models: Models) -> dict:
    return json.loads(models.records("m", "request")[-1]["body"])


def call(**fields: object) -> list[dict]:
    return [{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": [fields]}]


@pytest.mark.parametrize("fields", [
    {"messages": [{"content": "hi"}]}, {"messages": [5]},
    {"messages": [{"role": "robot", "content": "hi"}]},
    {"messages": [{"role": "user", "content": {"text": "hi"}}]}, {"messages": call(id="a")},
    {"tools": [5]}, {"tools": [{"type": "function"}]}, {"tool_choice": "required"},
    {"tool_choice": {"type": "function", "function": {"name": "h"}}, "tools": TOOLS},
    {"logit_bias": {"5": "x"}}, {"reasoning_effort": "a bit"},
    {"response_format": {"type": "json_schema"}}, {"stream_options": {"include_usage": 1}}],
    ids=str)
def test_a_wrong_form_is_refused_before_a_worker_starts(daemon: Daemon, models: Models,
                                                        fields: dict) -> None:
    models.add("m")
    for path in ("/v1/chat/completions", "/v1/chat/completions/input_tokens"):
        if path.endswith("tokens") and not {"messages", "tools"} & {*fields}:
            continue
        answer = post(daemon, path, {**chat_body("m"), **fields})
        assert answer.status == 400 and answer.error["param"] == [*fields][0], answer
    assert not models.records("m", "start")


def test_a_completion_tells_five_log_probabilities_at_most(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = post(daemon, "/v1/completions", {"model": "m", "prompt": "a", "logprobs": 6})
    assert answer.status == 400 and answer.error["param"] == "logprobs", answer


@pytest.mark.parametrize(("words", "status", "param"), [
    ("image input is not supported - hint: you may need to provide the mmproj", 400, "messages"),
    ("Failed to parse messages: Missing 'x' in 0x7ffe12345678", 400, "messages"),
    ("something invalid at 0x7ffe12345678", 400, None),
    ("out of luck at 0x7ffe12345678", 502, None)])
def test_SEC16_the_engines_500_is_told_as_what_it_is(daemon: Daemon, models: Models, home: Home,
                                                     words: str, status: int,
                                                     param: str | None) -> None:
    models.add("m", "error-status 500", f"error-message {words}")
    answer = post_chat(daemon)
    assert answer.status == status and answer.error["param"] == param, answer
    assert "0x7ffe" not in answer.body.decode(), answer
    log = (home.path / "state/log/llfd.log").read_text()
    assert f"the engine of m answered 500: {words}" in log


@pytest.mark.parametrize(("path", "fields"), [
    ("/v1/chat/completions/input_tokens", {"messages": [{"role": "user", "content": "hi"}]}),
    ("/v1/embeddings", {"input": "a"}), ("/tokenize", {"content": "a"}),
    ("/detokenize", {"tokens": [1]})], ids=str)
def test_a_stream_where_there_is_none_is_left_out(daemon: Daemon, models: Models, path: str,
                                                  fields: dict) -> None:
    models.add("m")
    body = {"model": "m", "stream": True, **fields}
    answer = post(daemon, path, body)
    assert answer.status == 200 and answer.header("x-llf-ignored") == "stream", answer
    assert post(daemon, path, body, {"x-llf-strict": "1"}).status == 400


def test_a_strict_client_is_told_of_every_field(daemon: Daemon, models: Models) -> None:
    models.add("m")
    messages = [{"role": "user", "content": "hi", "mood": "good"}]
    plain = post_chat(daemon, messages=messages, stream_options={"colour": 1})
    assert plain.header("x-llf-ignored") == "messages[].mood, stream_options.colour", plain
    assert post_chat(daemon, {"X-LLF-Strict": "TRUE"}, messages=messages).status == 400
    wrong = post_chat(daemon, {"x-llf-strict": "yes"})
    assert wrong.status == 400 and wrong.error["param"] == "x-llf-strict", wrong


def test_a_call_that_a_model_cannot_make_is_named(daemon: Daemon, models: Models,
                                                  stream: bool) -> None:
    models.add("m", "no-tools")
    answer = post_chat(daemon, tools=TOOLS, tool_choice="required", stream=stream)
    assert answer.status == 200 and answer.header("x-llf-ignored") == "tool_choice", answer
    strict = post_chat(daemon, {"x-llf-strict": "true"}, tools=TOOLS, tool_choice="required",
                       stream=stream)
    assert strict.status == 400 and strict.error["param"] == "tool_choice", strict


def test_a_call_that_a_model_did_not_make_is_named(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = post_chat(daemon, tools=TOOLS, tool_choice="required")
    assert answer.status == 200 and answer.header("x-llf-ignored") == "tool_choice", answer
    models.add("calls", 'tool-call g {"a":1}')
    body = {**chat_body("calls"), "tools": TOOLS, "tool_choice": TOOLS[1]}
    answer = post(daemon, "/v1/chat/completions", body)
    assert answer.status == 200 and answer.header("x-llf-ignored") is None, answer


def test_the_choice_of_one_tool_is_given_to_the_engine(daemon: Daemon, models: Models) -> None:
    models.add("m")
    assert post_chat(daemon, tools=TOOLS, tool_choice=TOOLS[1]).status == 200
    assert sent(models)["tools"] == [TOOLS[1]] and sent(models)["tool_choice"] == "required"


def test_a_stream_tells_what_was_used_as_OpenAI_does(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = chat(daemon.tcp, "m", stream=True, **USAGE)
    assert answer.whole and answer.text == ANSWER
    *others, last = answer.events
    assert all(event["usage"] is None and event["choices"] for event in others), answer
    assert last["choices"] == [] and last["usage"]["completion_tokens"] > 5, last
    plain = chat(daemon.tcp, "m", stream=True)
    assert not any("usage" in event for event in plain.events), "these are the engine's own"


def test_several_whole_answers_are_made_of_a_stream(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = post_chat(daemon, n=2).json()
    assert answer["object"] == "chat.completion" and "usage" in answer
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": ANSWER,
                                               "refusal": None}
    assert sent(models)["stream"] is True


def test_an_answer_that_had_to_wait_says_how_long(start: Callable, models: Models,
                                                  settings: Settings) -> None:
    settings.set(engine={"slots": 1})
    daemon = start()
    models.add("m", "slow-start-ms 300", "token-delay-ms 100", "tokens 10")
    loaded = post_chat(daemon).header("x-llf-queued") or ""
    assert loaded.endswith("; reason=load") and int(loaded[8:].split(";")[0]) >= 300, loaded
    with Stream(daemon.tcp, chat_body("m", stream=True)) as first:
        first.next()
        queued = post_chat(daemon).header("x-llf-queued") or ""
        assert queued.startswith("wait_ms=") and queued.endswith("; reason=queue"), queued
    daemon.await_idle()
    assert post_chat(daemon).header("x-llf-queued") is None


def test_a_model_that_failed_too_often_says_when_to_come_back(daemon: Daemon,
                                                              models: Models) -> None:
    models.add("m", "exit-at-load 1")
    for _ in range(12):
        answer = post_chat(daemon)
    assert answer.status == 503 and "is not tried again for" in answer.error["message"], answer
    wait = int(answer.error["message"].split("is not tried again for ")[1].split(" ")[0])
    assert int(answer.header("retry-after") or 0) == wait > 1, answer


def test_SEC05_two_credentials_are_refused(start: Callable, settings: Settings) -> None:
    settings.set(server={"api_key": "right"})
    daemon = start()
    for lines, status in ((("Authorization: Bearer right",), 200),
                          (("Authorization: Bearer right", "x-api-key: right"), 200),
                          (("Authorization: Bearer right", "x-api-key: wrong"), 400),
                          (("Authorization: Bearer right", "Authorization: Bearer x"), 400),
                          (("Authorization: Basic eDp5", "x-api-key: right"), 400)):
        with Connection(daemon.tcp) as connection:
            head = "\r\n".join(("GET /v1/models HTTP/1.1", "Host: localhost", *lines, "", ""))
            connection.send(head.encode())
            answer = connection.read_response()
        assert answer.status == status, (lines, answer)
    assert daemon.stop() == 0
