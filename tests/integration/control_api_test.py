"""The control API, the models, and unloading."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from support import processes
from support.chat import Stream, chat, chat_body
from support.daemon import Daemon
from support.home import FAKE_WORKER, Home
from support.models import ANSWER, Models
from support.patience import at_once, eventually
from support.wire import Connection, ask


def test_status(daemon: Daemon, models: Models, home: Home) -> None:
    chat(daemon.tcp, models.add("any"))
    status = daemon.status()
    assert status["protocol"] == 1 and status["pid"] == daemon.pid
    assert status["home"] == str(home.path) and status["socket"] == daemon.unix.place
    assert status["log_file"].startswith(str(home.path / "state"))
    assert status["on_demand"] is False and status["uptime_s"] >= 0
    assert status["listen"] == {"address": "127.0.0.1", "port": daemon.tcp.place, "tls": False,
                                "error": None}
    assert status["engine"]["path"] == str(FAKE_WORKER) and status["engine"]["version"]
    assert (status["workers"], status["requests_active"]) == (1, 0)


def test_models_are_listed_and_seen_when_they_come_and_go(daemon: Daemon, models: Models,
                                                          via: str) -> None:
    def listed() -> set[str]:
        answer = ask(daemon.address(via), "GET", "/v1/models").json()
        assert answer["object"] == "list"
        for model in answer["data"]:
            assert model["object"] == "model" and isinstance(model["created"], int)
            assert isinstance(model["owned_by"], str)
        return {model["id"] for model in answer["data"]} - {"llf-nano"}

    assert listed() == set()
    models.add("one")
    models.add("Two.b-Q8_0")
    (models.folder / "part-00001-of-00002.gguf").write_text("GGUF")
    (models.folder / "part-00002-of-00002.gguf").write_text("GGUF")
    (models.folder / "readme.txt").write_text("no model")
    assert {"one", "Two.b-Q8_0"} <= listed() and len(listed()) == 3
    one = ask(daemon.address(via), "GET", "/v1/models/one").json()
    assert one["id"] == "one" and one["object"] == "model"
    models.path("one").unlink()
    assert "one" not in listed()
    gone = ask(daemon.address(via), "GET", "/v1/models/one")
    assert gone.status == 404 and gone.error["code"] == "model_not_found"


def test_models_of_the_control_api_say_where_and_whether_loaded(daemon: Daemon,
                                                                models: Models) -> None:
    models.add("one")
    models.add("two")
    daemon.load("two")
    found = {model["id"]: model for model in daemon.control("GET", "models").json()["models"]}
    assert found["one"]["path"] == str(models.path("one"))
    assert found["one"]["size_bytes"] == models.path("one").stat().st_size
    assert found["one"]["source"] == "folder"
    assert (found["one"]["loaded"], found["two"]["loaded"]) == (False, True)


def test_a_model_whose_process_ended_while_it_loaded_is_not_loaded(daemon: Daemon,
                                                                   models: Models) -> None:
    models.add("bad", "exit-at-load 1")
    daemon.load("bad")
    assert daemon.workers()["bad"]["state"] == "failed"
    for query in ("models", "models?brief=1"):
        listed = daemon.control("GET", query).json()["models"]
        assert [model["id"] for model in listed if model.get("loaded")] == [], listed


def test_a_missing_model_is_told_with_the_nearest_names(daemon: Daemon, models: Models, via: str,
                                                        stream: bool) -> None:
    models.add("qwen3-8b")
    answer = chat(daemon.address(via), "qwen-8b", stream=stream)
    assert answer.status == 404 and answer.told
    assert (answer.error["param"], answer.error["code"]) == ("model", "model_not_found")
    assert answer.error["type"] == "invalid_request_error"
    assert "qwen3-8b" in answer.error["message"], answer
    loaded = daemon.load("qwen-8b")[-1]
    assert loaded["error"]["code"] == "model_not_found"
    assert "qwen3-8b" in loaded["error"]["message"]
    assert daemon.unload("qwen-8b").status == 404


def test_a_load_tells_its_progress_and_the_worker(daemon: Daemon, models: Models) -> None:
    models.add("slow", "slow-start-ms 1500")
    events = daemon.load("slow")
    assert events[-1] == {"state": "ready"}, events
    assert len(events) > 1, events
    for event in events[:-1]:
        assert event["state"] == "starting" and event["elapsed_ms"] >= 0, event
        assert event["progress"] is None or 0 <= event["progress"] <= 1, event
    assert daemon.load("slow") == [{"state": "ready"}]
    worker = daemon.worker("slow")
    assert worker["state"] == "ready" and processes.running(worker["pid"])
    assert worker["rss_bytes"] > 0 and worker["context"] > 0 and worker["slots"] > 0
    assert worker["size_bytes"] == models.path("slow").stat().st_size
    assert (worker["active"], worker["waiting"], worker["restarts"]) == (0, 0, 0)
    assert worker["error"] is None and worker["progress"] is None


def test_a_worker_gets_its_plan_and_a_clean_environment(start, models: Models) -> None:
    daemon = start(env={"LLAMA_API_KEY": "secret", "LLAMA_ARG_CTX_SIZE": "1", "HF_TOKEN": "secret",
                        "https_proxy": "http://evil.example", "AWS_SECRET": "secret"})
    models.add("any")
    assert chat(daemon.tcp, "any").whole
    record, = models.records("any", "start")
    argv, env = record["argv"], record["env"]
    for flag in ("--offline", "--no-ui", "--cache-ram", "--parallel", "--ctx-size", "--threads",
                 "--host", "--alias"):
        assert flag in argv or {"--parallel": "-np", "--ctx-size": "-c", "--threads": "-t",
                                "--alias": "-a"}.get(flag) in argv, (flag, argv)
    assert "--sleep-idle-seconds" not in argv
    assert not [name for name in env if name.startswith(("LLAMA_", "HF_", "AWS")) or
                "proxy" in name.lower()], env
    assert "secret" not in json.dumps(record)
    assert len(argv[argv.index("--host") + 1]) < 100


def test_an_unload_waits_for_running_answers(daemon: Daemon, models: Models) -> None:
    models.add("busy", "tokens 40", "token-delay-ms 50")
    body = chat_body("busy", stream=True)
    with Stream(daemon.tcp, body) as stream, ThreadPoolExecutor(1) as pool:
        assert stream.next() is not None
        unloading = pool.submit(daemon.unload, "busy")
        answer = stream.rest()
        assert answer.whole, answer
        assert unloading.result().json() == {"unloaded": True}
    assert "busy" not in daemon.workers() or daemon.worker("busy")["state"] == "stopped"
    assert not processes.workers(daemon.pid)


def test_an_answer_that_is_too_long_for_an_unload_says_so_and_loads_nothing_again(
        daemon: Daemon, models: Models) -> None:
    models.add("busy", "hang-before-first-byte-ms 60000", "burn-cpu")
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(chat, daemon.tcp, "busy", stream=True)
        models.await_records("busy", "request", 1)
        assert daemon.unload("busy").json() == {"unloaded": True}
        answer = asking.result()
    assert answer.told and "unloaded while it answered" in answer.error["message"], answer
    assert "busy" not in daemon.workers()
    assert len(models.records("busy", "start")) == 1


def test_who_follows_a_log_or_a_load_does_not_delay_the_end(
        daemon: Daemon, models: Models) -> None:
    models.add("slow", "never-ready")
    ended = []
    with Connection(daemon.unix) as log, Connection(daemon.unix) as load:
        log.request("GET", "/llf/v1/logs?follow=1")
        log.read_head()
        load.request("POST", "/llf/v1/load", {"model": "slow"})
        head = load.read_head()
        models.await_records("slow", "start", 1)
        assert daemon.control("POST", "stop").status == 202
        events = b"".join(load.parts(head))
        ended.append(b"being stopped" in events)
        assert daemon.wait() == 0
    assert ended == [True]
    # Nothing was waited for until it was cut.
    assert "stopped" in daemon.home.logs()


def test_unloading_what_is_not_loaded(daemon: Daemon, models: Models) -> None:
    models.add("idle")
    assert daemon.unload("idle").status in (200, 404)
    assert daemon.unload("idle").status in (200, 404)
    assert chat(daemon.tcp, "idle").whole


def test_the_unused_model_makes_room_and_a_busy_one_never(start, models: Models) -> None:
    daemon = start("--max-loaded", "2")
    for name in ("one", "two", "three"):
        models.add(name, "tokens 100000", "token-delay-ms 50")
    with Stream(daemon.tcp, chat_body("one", stream=True)) as first:
        assert first.next() is not None
        assert chat(daemon.tcp, "two", max_tokens=1).whole
        assert chat(daemon.tcp, "three", max_tokens=1).whole
        assert set(daemon.workers()) >= {"one", "three"}
        assert len(processes.workers(daemon.pid)) == 2
        with Stream(daemon.tcp, chat_body("three", stream=True)) as second:
            assert second.next() is not None
            with Stream(daemon.tcp, chat_body("two", stream=True, max_tokens=1)) as third:
                eventually("it waits",
                           lambda: daemon.control("GET", "workers").json()["waiting"])
                assert first.next() is not None
                assert len(models.records("two", "start")) == 1
                second.connection.close()
                assert third.rest().whole
        assert first.next() is not None
    daemon.await_idle()
    assert chat(daemon.tcp, "two", max_tokens=1).whole


def test_logs_of_the_daemon_and_of_a_worker(daemon: Daemon, models: Models) -> None:
    models.add("talks", "log a telling line", "log a \x1b[31mred\x1b[0m line")
    daemon.load("talks")
    lines = daemon.control("GET", "logs?source=talks&lines=100").json()["lines"]
    assert any("a telling line" in line for line in lines), lines
    last = daemon.control("GET", "logs?source=talks&lines=1").json()["lines"]
    assert last == lines[-1:]
    daemon.unload("talks")
    kept = daemon.control("GET", "logs?source=talks&lines=100").json()["lines"]
    assert any("a telling line" in line for line in kept), kept
    assert daemon.control("GET", "logs?source=daemon&lines=10").json()["lines"]
    missing = daemon.control("GET", "logs?source=nobody")
    assert missing.status == 404 and missing.error


def test_logs_are_followed(daemon: Daemon, models: Models) -> None:
    models.add("talks", "log before", "tokens 3")
    daemon.load("talks")
    with Connection(daemon.unix) as following:
        following.request("GET", "/llf/v1/logs?source=talks&lines=100&follow=1")
        head = following.read_head()
        assert head.status == 200 and head.header("content-type").startswith("text/event-stream")
        seen = ""
        parts = following.parts(head)
        while "before" not in seen:
            seen += next(parts).decode()
        # A client that leaves is a line of the worker's log.
        models.add("talks")
        with Stream(daemon.tcp, chat_body("talks", stream=True)) as stream:
            stream.rest()
        daemon.unload("talks")
        daemon.load("talks")
    eventually("the follower is forgotten", lambda: daemon.status()["requests_active"] == 0)


def test_requests_wait_for_slots_and_all_are_answered(daemon: Daemon, models: Models) -> None:
    models.add("narrow", "token-delay-ms 10")
    for answer in at_once(40, lambda i: chat(daemon.tcp, "narrow", stream=i % 2 == 0)):
        assert answer.whole and answer.text == ANSWER, answer


def test_unknown_fields_reach_the_engine_and_dangerous_ones_do_not(daemon: Daemon,
                                                                   models: Models) -> None:
    models.add("any")
    assert chat(daemon.tcp, "any", temperature=0.5, seed=7).whole
    sent = json.loads(models.records("any", "request")[0]["body"])
    assert (sent["temperature"], sent["seed"]) == (0.5, 7)
    for field in ("n_discard", "n_keep", "id_slot", "lora", "n_cmpl"):
        answer = chat(daemon.tcp, "any", **{field: -1})
        assert answer.status == 400 and answer.error["param"] == field, answer
    assert len(models.records("any", "request")) == 1
