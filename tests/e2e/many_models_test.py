"""Several models on the real engine: they take turns, workers are killed and stopped, and no
request is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from real import MODEL
from support.chat import Answer, Stream, chat, chat_body
from support.daemon import Daemon
from support.home import SOURCE, Home
from support.patience import at_once

QUESTION = "How do I stop the server?"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a realistic shape, which takes some milliseconds for a token."""
    path = tmp_path_factory.mktemp("weights") / "large.gguf"
    made = subprocess.run([SOURCE / "tools/gguf/make_random_model", "--arch", "qwen2", "--size",
                           "0.5b", "--type", "q4_0", path], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return path


@pytest.fixture
def real(homes: Callable[[], Home], weights: Path, tmp_path: Path) -> Iterator[Daemon]:
    """The built-in model under three more names, and the large one."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("one", "two", "three"):
        shutil.copyfile(SOURCE / f"assets/models/{MODEL}.gguf", folder / f"{name}.gguf")
    (folder / "large.gguf").symlink_to(weights)
    daemon = Daemon(homes(), flags=("--models", str(folder), "--max-loaded", "2",
                                    "--stall-timeout", "5"), engine=None)
    yield daemon
    assert daemon.stop() == 0


def ask(daemon: Daemon, model: str, **fields: object) -> Answer:
    return chat(daemon.tcp, model, text=QUESTION, temperature=0, **fields)


def long_body(**fields: object) -> dict:
    return chat_body("large", QUESTION, temperature=0, max_tokens=60, stream=True, **fields)


def test_more_models_than_fit_take_turns_and_no_request_is_lost(real: Daemon) -> None:
    names = ["one", "two", "three", MODEL]
    expected = ask(real, MODEL).text
    assert expected
    for answer in at_once(16, lambda i: ask(real, names[i % 4], stream=i % 2 == 0)):
        assert answer.whole and answer.text == expected, answer
    assert len(real.workers()) <= 2
    said = json.dumps(real.control("GET", "workers?why=1").json()["decisions"])
    assert "makes room for" in said, said


def read_and_kill(real: Daemon, events: int) -> Answer:
    """An answer of the built-in model whose engine is killed after some events. It is fast: until
    then it is stopped whenever an event has come."""
    assert ask(real, "one").whole
    pid = real.worker_pid("one")
    os.kill(pid, signal.SIGSTOP)
    body = chat_body("one", "What is llf?", temperature=0, stream=True)
    with Stream(real.tcp, body) as stream:
        for _ in range(events):
            os.kill(pid, signal.SIGCONT)
            assert stream.next() is not None, stream.answer
            os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        return stream.rest()


def rescued(real: Daemon) -> int:
    """How many streams were gone on with, as the daemon's log says."""
    return Path(real.status()["log_file"]).read_text().count("is gone on with")


def test_F02_a_killed_engine_is_not_seen_by_the_client(real: Daemon) -> None:
    undisturbed = chat(real.tcp, "one", text="What is llf?", temperature=0, stream=True)
    assert undisturbed.whole and len(undisturbed.events) > 30, undisturbed
    for attempt in range(30):  # some engines have said all before they are killed
        answer = read_and_kill(real, 1 + attempt % 4)
        assert answer.whole and answer.text == undisturbed.text, answer
        assert len({event["id"] for event in answer.events}) == 1
        assert real.control("POST", "load", {"model": "one"}).complete
        if rescued(real) >= 5:
            break
    assert rescued(real) >= 5


def test_F02_a_large_model_goes_on_with_its_own_beginning(real: Daemon) -> None:
    """Its weights are random: what follows hangs on the last bit, and is not compared."""
    with Stream(real.tcp, long_body(stream_options={"include_usage": True})) as stream:
        while len(stream.answer.events) < 20:
            assert stream.next() is not None
        begun = stream.answer.text
        os.kill(real.worker_pid("large"), signal.SIGKILL)
        answer = stream.rest()
    assert answer.whole and answer.text.startswith(begun) and len(answer.text) > len(begun), answer
    assert answer.events[-1]["usage"]["completion_tokens"] == 60
    assert len({event["id"] for event in answer.events}) == 1


def test_F03_a_stopped_engine_is_replaced_and_others_are_not_disturbed(real: Daemon) -> None:
    assert ask(real, "one").whole
    with Stream(real.tcp, long_body()) as stream:
        stream.next()
        pid = real.worker_pid("large")
        os.kill(pid, signal.SIGSTOP)
        for _ in range(5):
            assert ask(real, "one").whole
        answer = stream.rest()
    assert answer.told, answer
    with Stream(real.tcp, long_body()) as stream:
        assert stream.rest().whole
    assert real.worker_pid("large") != pid
