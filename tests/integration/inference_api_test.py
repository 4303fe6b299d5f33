"""The other interfaces of OpenAI's and of the engine: completions, embeddings, reranking, tokens;
and what becomes of fields."""

from __future__ import annotations

import json
import struct

import pytest

from support.chat import chat, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.patience import eventually
from support.wire import Connection, Response, ask


def post(daemon: Daemon, path: str, body: dict, headers: dict | None = None) -> Response:
    return ask(daemon.tcp, "POST", path, body, headers=headers or {})


def engine_body(models: Models, name: str) -> dict:
    return json.loads(models.records(name, "request")[-1]["body"])


def ranking(models: Models, name: str) -> str:
    """A model that was made to rank, as its file says."""
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    pairs = (text("fake.script") + struct.pack("<I", 8) + text(f"record {name}.jsonl\n"),
             text("general.architecture") + struct.pack("<I", 8) + text("bert"),
             text("bert.pooling_type") + struct.pack("<II", 4, 4))
    models.path(name).write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(pairs)) + b"".join(pairs))
    return name


def test_a_completion(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = post(daemon, "/v1/completions", {"model": "m", "prompt": "What?"}).json()
    assert answer["object"] == "text_completion"
    assert answer["choices"][0]["text"] == ANSWER


def test_embeddings_get_a_worker_of_their_own(daemon: Daemon, models: Models) -> None:
    models.add("m")
    assert chat(daemon.tcp, "m").whole
    answer = post(daemon, "/v1/embeddings", {"model": "m", "input": ["one", "and two"]}).json()
    assert [one["index"] for one in answer["data"]] == [0, 1]
    assert answer["data"][1]["embedding"] == [7, 2] and answer["model"] == "m"
    assert chat(daemon.tcp, "m").whole
    names = {one["model"] for one in daemon.control("GET", "workers").json()["workers"]}
    assert names == {"m", "m (embeddings)"}
    starts = models.records("m", "start")
    assert len(starts) == 2 and "--embeddings" in starts[1]["argv"], starts
    assert "mean" in starts[1]["argv"], "its file does not say how vectors become one"
    assert daemon.control("POST", "unload", {"model": "m"}).status == 200
    assert daemon.control("GET", "workers").json()["workers"] == [], "both are gone"


def test_a_reranking_model_ranks(daemon: Daemon, models: Models) -> None:
    ranking(models, "ranker")
    answer = post(daemon, "/v1/rerank",
                  {"model": "ranker", "query": "?", "documents": ["long text", "text"]}).json()
    scores = [one["relevance_score"] for one in answer["results"]]
    assert scores == [-9, -4]
    assert "--rerank" in models.records("ranker", "start")[0]["argv"]


def test_another_model_is_not_asked_to_rank(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = post(daemon, "/v1/rerank", {"model": "m", "query": "?", "documents": ["a"]})
    assert answer.status == 400 and "reranking model" in answer.error["message"], answer
    assert not models.records("m", "start")


def test_tokens_are_told_and_counted(daemon: Daemon, models: Models) -> None:
    models.add("m")
    assert len(post(daemon, "/tokenize", {"model": "m", "content": "a b c"}).json()["tokens"]) == 3
    assert post(daemon, "/detokenize", {"model": "m", "tokens": [1, 2]}).json()["content"] == "tt"
    counted = post(daemon, "/v1/chat/completions/input_tokens", chat_body("m", "one two"))
    assert counted.json()["input_tokens"] == 2


def test_a_field_that_nobody_honours_is_named(daemon: Daemon, models: Models,
                                              stream: bool) -> None:
    models.add("m")
    body = chat_body("m", user="me", metadata={"a": 1}, stream=stream, temperature=0.5)
    answer = post(daemon, "/v1/chat/completions", body)
    assert answer.status == 200
    assert answer.header("x-llf-ignored") == "user, metadata"
    assert {"user", "metadata"}.isdisjoint(engine_body(models, "m"))
    strict = post(daemon, "/v1/chat/completions", body, {"x-llf-strict": "true"})
    assert strict.status == 400 and strict.error["param"] == "user", strict
    plain = post(daemon, "/v1/chat/completions", chat_body("m"), {"x-llf-strict": "true"})
    assert plain.status == 200 and plain.header("x-llf-ignored") is None


def test_a_field_gets_the_engines_name(daemon: Daemon, models: Models) -> None:
    models.add("m")
    assert chat(daemon.tcp, "m", repetition_penalty=1.2).whole
    assert engine_body(models, "m")["repeat_penalty"] == 1.2
    assert "repetition_penalty" not in engine_body(models, "m")


@pytest.mark.parametrize("fields", [{"temperature": "hot"}, {"max_tokens": 1.5}, {"n": 0},
                                    {"top_p": 3}, {"tools": "none"}, {"stop": 7},
                                    {"grammar": "(" * 60}, {"keep_alive": "soon"},
                                    {"response_format": {"$ref": "http://x/"}}],
                         ids=lambda fields: [*fields][0])
def test_a_wrong_value_is_refused_before_a_worker_starts(daemon: Daemon, models: Models,
                                                         fields: dict) -> None:
    models.add("m")
    answer = post(daemon, "/v1/chat/completions", chat_body("m", **fields))
    assert answer.status == 400 and answer.error["param"] == [*fields][0], answer
    assert not models.records("m", "start")


@pytest.mark.parametrize("fields", [
    {"json_schema": {"type": "string", "pattern": "^a{2,1}$"}},
    {"json_schema": {"type": "array", "minItems": 5, "maxItems": 2, "items": {}}},
    {"grammar": "root ::= \"a\"{2,1}"},
    {"grammar": "root ::= # \"\n " + "(" * 30000},
    {"dry_sequence_breakers": ["x"] * 40000}, {"samplers": ["top_k"] * 1000},
    {"stop": ["x"] * 100}], ids=lambda fields: [*fields][0])
def test_SEC21_what_engines_die_of_does_not_reach_them(daemon: Daemon, models: Models,
                                                       fields: dict) -> None:
    models.add("m")
    answer = post(daemon, "/v1/chat/completions", chat_body("m", **fields))
    assert answer.status == 400 and answer.error["param"] == [*fields][0], answer
    assert not models.records("m", "start")


def test_F43_a_field_that_is_given_twice_is_refused(daemon: Daemon, models: Models) -> None:
    models.add("m")
    many = b',"x":1' * 100_000
    body = b'{"model":"m","messages":[{"role":"user","content":"hi"}]' + many + b"}"
    with Connection(daemon.tcp) as connection:
        connection.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        % len(body) + body)
        answer = connection.read_response()
    assert answer.status == 400 and answer.error["param"] == "x", answer
    assert not models.records("m", "start")


def test_tokens_are_numbers(daemon: Daemon, models: Models) -> None:
    models.add("m")
    for tokens in ([-5], ["a"], [{}], [1e12]):
        answer = post(daemon, "/detokenize", {"model": "m", "tokens": tokens})
        assert answer.status == 400 and answer.error["param"] == "tokens", answer


def test_a_request_says_how_long_its_model_stays(daemon: Daemon, models: Models) -> None:
    models.add("m")
    assert chat(daemon.tcp, "m", keep_alive="10m").whole
    assert "keep_alive" not in engine_body(models, "m")
    assert daemon.control("GET", "workers").json()["workers"]
    assert chat(daemon.tcp, "m", keep_alive=0).whole
    eventually("the model is gone", lambda: not daemon.workers())


def test_metrics_tell_of_requests_and_engines(daemon: Daemon, models: Models) -> None:
    models.add("m")
    assert chat(daemon.tcp, "m", stream=True).whole
    assert chat(daemon.tcp, "m", temperature="hot").status == 400
    answer = ask(daemon.tcp, "GET", "/metrics")
    assert (answer.header("content-type") or "").startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    assert 'llf_requests_total{model="m",outcome="served"} 1' in lines
    assert 'llf_load_seconds_count{model="m"} 1' in lines
    assert 'llf_time_to_first_token_seconds_count{model="m"} 1' in lines
    assert 'llamacpp:requests_total{model="m"} 1' in lines
    assert any(line.startswith('llf_worker_memory_bytes{model="m"} ') for line in lines)
    names = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    assert len(names) == len(set(names)), "each metric once"


def test_an_answer_has_what_the_schema_wants(daemon: Daemon, models: Models) -> None:
    models.add("m")
    answer = post(daemon, "/v1/chat/completions", chat_body("m")).json()
    choice = answer["choices"][0]
    assert "logprobs" in choice and choice["logprobs"] is None
    assert "refusal" in choice["message"] and choice["message"]["refusal"] is None
