"""llf server and llf ps, and the port that they announce."""

from __future__ import annotations

import json
import socket
import subprocess

import pytest

from real import MODEL, Llf
from support.chat import chat
from support.home import LLF
from support.patience import PATIENCE_S, eventually
from support.wire import Address, ask


def status(llf: Llf) -> dict:
    run = llf("server", "status", "--json")
    assert run.returncode == 0, run
    return json.loads(run.stdout)


def test_start_status_restart_stop(llf: Llf) -> None:
    started = llf("server", "start")
    assert started.returncode == 0, started
    first = status(llf)
    assert first["on_demand"] is False and first["listen"]["error"] is None
    assert ask(Address("tcp", first["listen"]["port"]), "GET", "/health").status == 200
    restarted = llf("server", "restart")
    assert restarted.returncode == 0, restarted
    second = status(llf)
    assert second["pid"] == first["pid"], "the successor takes the place of the same process"
    assert second["listen"] == first["listen"]
    begun = [line for line in llf("server", "logs").stdout.splitlines() if " started, pid" in line]
    assert len(begun) == 2, begun
    assert llf("server", "stop").returncode == 0
    # It has given everything back; the sanitizer still looks for leaks.
    eventually("no daemon is left", lambda: not llf.daemons())


def test_start_twice_is_no_error(llf: Llf) -> None:
    assert llf("server", "start").returncode == 0
    again = llf("server", "start")
    assert again.returncode == 0, again
    assert len(llf.daemons()) == 1


def test_status_and_stop_of_nothing_start_nothing(llf: Llf) -> None:
    run = llf("server", "status")
    assert run.returncode == 1 and (run.stdout + run.stderr).strip(), run
    assert llf("server", "stop").returncode == 0
    assert llf("ps", "--json").returncode == 0
    assert llf.daemons() == []


def test_ps(llf: Llf) -> None:
    assert llf("run", "hello").returncode == 0
    worker, = json.loads(llf("ps", "--json").stdout)["workers"]
    assert worker["model"] == MODEL and worker["state"] == "ready" and worker["rss_bytes"] > 0
    table = llf("ps")
    assert table.returncode == 0 and MODEL in table.stdout, table
    assert "\x1b" not in table.stdout


def test_logs(llf: Llf) -> None:
    assert llf("run", "hello").returncode == 0
    for words in (["server", "logs"], ["server", "logs", MODEL]):
        run = llf(*words)
        assert run.returncode == 0 and run.stdout.strip(), run
        assert "\x1b" not in run.stdout
    following = llf.open("server", "logs", "--follow")
    assert following.stdout.readline().strip()
    following.terminate()
    following.wait(PATIENCE_S)


def test_a_taken_port(llf: Llf) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        llf.env["LLF_PORT"] = port
        explicit = llf("server", "start")
        assert explicit.returncode == 1, explicit
        assert port in explicit.stderr and "python3" in explicit.stderr, explicit
        eventually("the daemon that could not listen has ended", lambda: not llf.daemons())
        # On demand it goes on without the port.
        assert "Local LLM Framework" in llf("run", "What is llf?").stdout
        assert port in status(llf)["listen"]["error"]


def test_curl_streams(llf: Llf) -> None:
    assert llf("server", "start").returncode == 0
    port = status(llf)["listen"]["port"]
    body = {"messages": [{"role": "user", "content": "What is llf?"}], "stream": True,
            "temperature": 0}
    run = subprocess.run(
        ["curl", "-sSN", f"http://localhost:{port}/v1/chat/completions", "-H",
         "Content-Type: application/json", "-d", json.dumps(body)],
        capture_output=True, text=True, timeout=PATIENCE_S)
    assert run.returncode == 0, run
    events = [line[6:] for line in run.stdout.splitlines() if line.startswith("data: ")]
    assert events[-1] == "[DONE]" and len(events) > 10, events
    text = "".join(json.loads(event)["choices"][0]["delta"].get("content") or ""
                   for event in events[:-1] if json.loads(event)["choices"])
    assert "Local LLM Framework" in text


def test_streamed_and_whole_answers_are_the_same(llf: Llf) -> None:
    assert llf("server", "start").returncode == 0
    address = Address("tcp", status(llf)["listen"]["port"])
    streamed = chat(address, MODEL, text="How do I download a model?", stream=True, temperature=0)
    whole = chat(address, MODEL, text="How do I download a model?", temperature=0)
    assert streamed.whole and streamed.text == whole.text
    assert "llf model download" in whole.text, whole
    assert whole.events[0]["usage"]["completion_tokens"] > 5


def test_the_built_in_model_is_listed(llf: Llf) -> None:
    assert llf("server", "start").returncode == 0
    address = Address("tcp", status(llf)["listen"]["port"])
    assert MODEL in [model["id"] for model in ask(address, "GET", "/v1/models").json()["data"]]


@pytest.mark.parametrize("number", ["INT", "TERM"])
def test_a_daemon_in_a_terminal_ends_at_a_signal(llf: Llf, number: str) -> None:
    process = subprocess.Popen([LLF.with_name("llfd"), "--port", "0"], env=llf.env,
                               stderr=subprocess.PIPE, text=True)
    assert "listening on http://127.0.0.1:" in process.stderr.readline()
    assert llf("run", "hello").returncode == 0
    subprocess.run(["kill", f"-{number}", str(process.pid)], check=True)
    assert process.wait(PATIENCE_S) == 0
    eventually("its workers are gone", lambda: not llf.daemons())
