"""Servers elsewhere whose models are used like those here (F48-F50)."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.certificates import Authority
from support.chat import Stream, chat, chat_body
from support.daemon import Daemon
from support.fake_endpoint import (FakeEndpoint, chat_answer, cut, error, raw, reset, silence,
                                   stream_bytes, whole)
from support.home import LLF, Home
from support.models import ANSWER, Models
from support.patience import eventually
from support.settings import Settings
from support.wire import Response, ask

WORDS = ["One", " two", " three."]


@pytest.fixture
def with_endpoints(start: Callable, home: Home) -> Callable[..., Daemon]:
    """A daemon whose settings name these: a fake one, or settings."""
    def launch(env: dict | None = None, **endpoints: FakeEndpoint | dict) -> Daemon:
        Settings(home).set(endpoints={
            name: {"url": one.url} if isinstance(one, FakeEndpoint) else one
            for name, one in endpoints.items()})
        return start(env=env) if env else start()
    return launch


@pytest.fixture
def office() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as made:
        yield made


def post(daemon: Daemon, body: dict, headers: dict | None = None,
         path: str = "/v1/chat/completions") -> Response:
    return ask(daemon.tcp, "POST", path, body, headers=headers or {})


def state_of(daemon: Daemon, name: str) -> dict:
    [found] = [one for one in daemon.control("GET", "endpoints").json()["endpoints"]
               if one["name"] == name]
    return found


def test_a_model_elsewhere_is_listed_and_answers(with_endpoints: Callable, office: FakeEndpoint,
                                                 models: Models, stream: bool) -> None:
    models.add("m")
    office.answers = [raw(stream_bytes(WORDS)) if stream else chat_answer("".join(WORDS))]
    daemon = with_endpoints(office=office)
    listed = {one["id"] for one in ask(daemon.tcp, "GET", "/v1/models").json()["data"]}
    assert {"m", "big"} <= listed
    answer = chat(daemon.tcp, "big", stream=stream)
    assert answer.whole and answer.text == "One two three."
    assert chat(daemon.tcp, "office/big", stream=stream).whole
    assert chat(daemon.tcp, "m").text == ANSWER
    assert [seen.body["model"] for seen in office.seen] == ["big", "big"]
    assert daemon.workers().keys() == {"m"}, "nothing is loaded for it"
    assert state_of(daemon, "office")["state"] == "good"


def test_connections_are_used_again(with_endpoints: Callable, office: FakeEndpoint) -> None:
    daemon = with_endpoints(office=office)
    for _ in range(5):
        assert chat(daemon.tcp, "big").whole
    assert len({seen.connection for seen in office.seen}) == 1, office.seen


def test_it_gets_its_key_its_name_and_what_its_dialect_has(
        with_endpoints: Callable, office: FakeEndpoint, home: Home) -> None:
    key = home.path / "key"
    key.write_text("sk-office\n")
    key.chmod(0o600)
    daemon = with_endpoints(office={"url": office.url, "api_key": {"file": str(key)}})
    body = chat_body("big", temperature=0.5, top_k=3, user="me", keep_alive="5m", nonsense=1)
    answer = post(daemon, body)
    assert answer.status == 200 and answer.header("x-llf-endpoint") == "office"
    assert sorted(answer.header("x-llf-ignored").split(", ")) == ["nonsense", "top_k"]
    [seen] = office.seen
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["authorization"] == "Bearer sk-office"
    assert seen.body == {"model": "big", "messages": body["messages"], "temperature": 0.5,
                         "user": "me"}
    strict = post(daemon, body, {"x-llf-strict": "true"})
    assert strict.status == 400 and "top_k" in strict.error["message"]
    assert "sk-office" not in home.logs()


def test_vllm_gets_its_own_names(with_endpoints: Callable, office: FakeEndpoint) -> None:
    daemon = with_endpoints(office={"url": office.url, "dialect": "vllm"})
    assert post(daemon, chat_body("big", top_k=3, repeat_penalty=1.1)).status == 200
    assert office.seen[0].body["repetition_penalty"] == 1.1
    assert office.seen[0].body["top_k"] == 3 and "repeat_penalty" not in office.seen[0].body


def test_a_profile_may_be_of_a_model_elsewhere(start: Callable, home: Home,
                                               office: FakeEndpoint) -> None:
    Settings(home).set(endpoints={"office": {"url": office.url}},
                       profiles={"cold": {"model": "big", "inference": {"temperature": 0}}})
    daemon = start()
    assert chat(daemon.tcp, "cold").whole
    assert office.seen[0].body["temperature"] == 0 and office.seen[0].body["model"] == "big"


def test_another_llf_is_an_endpoint_like_any_other(
        with_endpoints: Callable, homes: Callable, stream: bool) -> None:
    far_home = homes()
    far_models = Models(far_home.path / "scripts")
    far_models.add("far")
    far = Daemon(far_home, far_models)
    daemon = with_endpoints(far={"url": f"http://127.0.0.1:{far.tcp.place}/v1",
                                 "dialect": "llama"})
    answer = chat(daemon.tcp, "far", stream=stream, repetition_penalty=1.5)
    assert answer.whole and answer.text == ANSWER
    request = json.loads(far_models.records("far", "request")[-1]["body"])
    assert request["repeat_penalty"] == 1.5
    vectors = post(daemon, {"model": "far", "input": "a"}, path="/v1/embeddings")
    assert vectors.status == 200 and vectors.json()["data"]
    refused = post(daemon, {"model": "far", "content": "a"}, path="/tokenize")
    assert refused.status == 400 and "/tokenize is not there" in refused.error["message"]
    assert far.stop() == 0


def test_endpoints_are_added_while_it_runs(start: Callable, home: Home,
                                           office: FakeEndpoint) -> None:
    office.answers = [raw(stream_bytes(["from", " elsewhere"]))]
    daemon = start()

    def llf(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([LLF, *words], capture_output=True, text=True, timeout=60,
                              env=home.environment())

    added = llf("endpoint", "add", "office", office.url)
    assert added.returncode == 0, added
    shown = llf("endpoint", "list").stdout
    assert "office" in shown and "ready" in shown and "big" in shown, shown
    assert "big" in llf("ls").stdout
    told = llf("run", "--model", "big", "Hello there")
    assert told.returncode == 0 and "from elsewhere" in told.stdout, told
    assert llf("endpoint", "remove", "office").returncode == 0
    assert chat(daemon.tcp, "big").error["code"] == "model_not_found"


# --- F48: what may be wrong with one ---


@pytest.mark.parametrize(("answer", "status", "words"), [
    (error(401, "no"), 502, "endpoints.office.api_key"),
    (error(403, "no"), 502, "endpoints.office.api_key"),
    (error(404, "no such model"), 404, "no such model"),
    (error(400, "temperature is wrong"), 400, "temperature is wrong"),
    (error(422, "no"), 400, "answered 422"),
    (error(413, "long"), 413, "long"),
    (error(500, "ouch"), 502, "ouch"),
    (error(503, "later"), 502, "later"),
    (whole(200, b"<html>", {"Content-Type": "text/html"}), 502, "something else"),
    (whole(301, b"", {"Location": "http://127.0.0.1:1/"}), 502, "301"),
    (reset, 502, "the endpoint 'office'"),
    (cut(b""), 502, "the endpoint 'office'"),
    (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), 502, "cut short"),
    (raw(b"nonsense\r\n\r\n"), 502, "not valid HTTP"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_F48_an_error_is_told(with_endpoints: Callable, office: FakeEndpoint, answer: Callable,
                              status: int, words: str) -> None:
    office.answers = [answer]
    daemon = with_endpoints(office=office)
    told = post(daemon, chat_body("big"))
    assert told.status == status, told
    assert words in told.error["message"], told


def test_F48_too_many_requests_keep_when_to_come_again(with_endpoints: Callable,
                                                       office: FakeEndpoint) -> None:
    office.answers = [error(429, "slow down", {"Retry-After": "7"}), chat_answer("at last")]
    daemon = with_endpoints(office=office)
    told = post(daemon, chat_body("big"))
    assert told.status == 429 and told.header("retry-after") == "7", told
    assert told.error["type"] == "rate_limit_error" and "slow down" in told.error["message"]
    waiting = post(daemon, chat_body("big"))
    assert waiting.status == 503 and int(waiting.header("retry-after")) in (6, 7), waiting
    assert len(office.seen) == 1, "it is not asked before"


def test_F48_one_that_is_silent_is_given_up(with_endpoints: Callable, office: FakeEndpoint) -> None:
    office.answers = [silence]
    daemon = with_endpoints(office={"url": office.url, "timeout": 1})
    told = post(daemon, chat_body("big"))
    assert told.status == 504 and "office" in told.error["message"], told


def test_F48_one_that_is_not_there_costs_others_nothing(with_endpoints: Callable,
                                                        models: Models) -> None:
    models.add("m")
    daemon = with_endpoints(gone={"url": "http://127.0.0.1:1/v1"},
                            lost={"url": "http://nobody.invalid/v1"})
    assert chat(daemon.tcp, "m").whole
    listed = ask(daemon.tcp, "GET", "/v1/models")
    assert listed.status == 200 and "m" in {one["id"] for one in listed.json()["data"]}
    assert state_of(daemon, "gone")["error"]
    assert "nobody.invalid" in state_of(daemon, "lost")["error"]


@pytest.mark.parametrize("answer", [error(503, "later"), error(429, "busy"), reset,
                                    error(401, "key")], ids=["503", "429", "reset", "401"])
def test_F48_another_one_answers_instead(with_endpoints: Callable, answer: Callable,
                                         stream: bool) -> None:
    good = raw(stream_bytes(WORDS)) if stream else chat_answer("".join(WORDS))
    with FakeEndpoint(answer) as bad, FakeEndpoint(good) as spare:
        daemon = with_endpoints(a_bad=bad, b_spare=spare)
        for _ in range(6):
            assert chat(daemon.tcp, "big", stream=stream).text == "One two three."
        assert len(bad.seen) <= 2, "it is left alone"


def test_F48_a_model_that_fails_takes_the_others_nothing_away(with_endpoints: Callable) -> None:
    with FakeEndpoint(error(502, "cannot be loaded"), chat_answer("fine")) as office:
        daemon = with_endpoints(office={"url": office.url, "models": ["dead", "big"]})
        assert post(daemon, chat_body("dead")).status == 502
        told = post(daemon, chat_body("dead"))
        assert told.status == 503 and "the model 'dead' of" in told.error["message"], told
        assert chat(daemon.tcp, "big").text == "fine"


def test_F48_what_the_client_did_wrong_is_not_tried_elsewhere(with_endpoints: Callable) -> None:
    with FakeEndpoint(error(400, "no")) as one, FakeEndpoint(error(400, "no")) as other:
        daemon = with_endpoints(one=one, other=other)
        assert post(daemon, chat_body("big")).status == 400
        assert len(one.seen) + len(other.seen) == 1


# --- F49, F50 ---


def test_F49_a_stream_that_is_cut_anywhere_ends_with_an_error(with_endpoints: Callable,
                                                              office: FakeEndpoint) -> None:
    whole_stream = stream_bytes(WORDS)
    daemon = with_endpoints(office=office)
    body = whole_stream.index(b"\r\n\r\n") + 4
    for at in [*range(0, body, 40), *range(body, len(whole_stream), 23)]:
        office.answers = [cut(whole_stream[:at])]
        office.seen.clear()
        with Stream(daemon.tcp, chat_body("big", f"cut at {at}", stream=True)) as stream:
            answer = stream.rest()
        assert answer.told, (at, answer)
        assert "".join(WORDS).startswith(answer.text), (at, answer)
        # A pause would hide the next cut.
        forgotten = {"url": office.url, "timeout": 100 + at}
        Settings(daemon.home).set(endpoints={"office": forgotten})
        assert daemon.control("POST", "settings/reload", {}).status == 200
        daemon.control("GET", "endpoints")


def test_F50_what_fails_is_not_multiplied(with_endpoints: Callable) -> None:
    with FakeEndpoint(error(503, "no")) as one, FakeEndpoint(error(503, "no")) as other:
        daemon = with_endpoints(one=one, other=other)
        requests = 200
        statuses = []

        def ask_some() -> None:
            for _ in range(requests // 8):
                statuses.append(post(daemon, chat_body("big")).status)

        threads = [threading.Thread(target=ask_some) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(statuses) == requests and set(statuses) <= {502, 503}
        assert len(one.seen) + len(other.seen) <= 1.2 * requests


# --- many ---


def test_the_turns_of_a_conversation_go_to_one_server(with_endpoints: Callable) -> None:
    with FakeEndpoint() as one, FakeEndpoint() as other:
        daemon = with_endpoints(one=one, other=other)
        for talk in range(8):
            messages = []
            for turn in range(4):
                messages.append({"role": "user", "content": f"talk {talk}, turn {turn}"})
                assert post(daemon, {"model": "big", "messages": messages}).status == 200
                messages.append({"role": "assistant", "content": "Well."})
        for server in (one, other):
            talks = [seen.body["messages"][0]["content"] for seen in server.seen]
            assert all(talks.count(talk) == 4 for talk in talks), talks
        assert one.seen and other.seen, "they share the conversations"


def test_a_client_that_leaves_ends_the_request_there(with_endpoints: Callable) -> None:
    gone = threading.Event()

    def watch(peer: object) -> None:
        peer.sendall(stream_bytes(WORDS)[:-40])
        if not peer.recv(1):
            gone.set()

    with FakeEndpoint(watch) as office:
        daemon = with_endpoints(office=office)
        with Stream(daemon.tcp, chat_body("big", stream=True)) as stream:
            assert stream.next()
        assert gone.wait(20)
        eventually("it counts no more", lambda: state_of(daemon, "office")["active"] == 0)


def test_log_probabilities_of_others_have_their_shape_too(with_endpoints: Callable) -> None:
    logprobs = {"content": [{"token": "hi", "logprob": -0.5, "bytes": None, "top_logprobs": []}]}
    event = {"id": "c", "error": None, "choices": [{"index": 0, "delta": {"content": "hi"},
                                                    "logprobs": logprobs}]}
    events = [f"data: {json.dumps(event)}\n\n", "data: [DONE]\n\n"]
    broken = [events[0], f"data: {json.dumps({'error': {'message': 'the quota is used up'}})}\n\n"]

    def stream(parts: list[str]) -> bytes:
        body = "".join(parts).encode()
        return (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)) + body

    with FakeEndpoint(raw(stream(events)), raw(stream(broken))) as office:
        daemon = with_endpoints(office=office)
        answer = post(daemon, chat_body("big", stream=True, logprobs=True))
        assert answer.complete and answer.body.endswith(b"data: [DONE]\n\n"), answer
        first = json.loads(answer.body.split(b"\n\n")[0].removeprefix(b"data: "))
        assert first["choices"][0]["logprobs"] == {**logprobs, "refusal": None}
        told = chat(daemon.tcp, "big", stream=True, logprobs=True)
        assert told.told and "the quota is used up" in told.error["message"], told


def test_a_proxy_is_on_the_way(with_endpoints: Callable, home: Home) -> None:
    with FakeEndpoint() as proxy:
        daemon = with_endpoints(office={"url": "http://far.example:8000/v1", "models": ["big"],
                                        "proxy": f"http://me:pw@127.0.0.1:{proxy.port}"})
        assert chat(daemon.tcp, "big").whole
        assert proxy.seen[0].path == "http://far.example:8000/v1/chat/completions"
        assert proxy.seen[0].headers["proxy-authorization"] == "Basic bWU6cHc="
        assert proxy.seen[0].headers["host"] == "far.example:8000"


def test_an_encrypted_one_must_be_who_it_says(with_endpoints: Callable, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    with (FakeEndpoint(context=authority.server()) as good,
          FakeEndpoint(context=authority.server(days=-1)) as expired,
          FakeEndpoint(context=authority.server("DNS:other.example")) as other):
        known = str(authority.certificate)
        daemon = with_endpoints(
            good={"url": good.url, "certificates": known, "models": ["big"]},
            stranger={"url": good.url, "models": ["strange"]},
            expired={"url": expired.url, "certificates": known, "models": ["old"]},
            other={"url": other.url, "certificates": known, "models": ["misnamed"]})
        for _ in range(2):
            assert chat(daemon.tcp, "big").whole
        assert len({seen.connection for seen in good.seen}) == 1, "it is used again"
        for model in ("strange", "old", "misnamed"):
            told = post(daemon, chat_body(model))
            assert told.status in (502, 503) and "certificate" in told.error["message"], told
        assert len(good.seen) == 2 and not expired.seen and not other.seen
