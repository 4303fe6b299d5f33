"""llf chat in a terminal of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from real import Llf
from support.home import FAKE_WORKER, LLF, Home
from support.models import Models
from support.patience import PATIENCE_S, eventually
from support.terminal import Terminal


@pytest.fixture
def terminal(llf: Llf) -> Iterator[Terminal]:
    opened = Terminal(llf.env, "chat")
    yield opened
    opened.close()


def test_a_question_is_answered_and_eof_leaves(terminal: Terminal) -> None:
    terminal.await_text("> ")
    terminal.type("What is llf?\r")
    place = terminal.await_text("Local LLM Framework")
    place = terminal.await_text("> ", place)
    terminal.type("how do I download a model?\r")
    place = terminal.await_text("llf model download", place)
    terminal.await_text("> ", place)
    terminal.type("\x04")
    assert terminal.exit_code() == 0


def test_llf_alone_chats(llf: Llf) -> None:
    opened = Terminal(llf.env)
    try:
        opened.await_text("> ")
        opened.type("\x04")
        assert opened.exit_code() == 0
    finally:
        opened.close()


def test_eof_typed_ahead_leaves(llf: Llf) -> None:
    """Before the terminal is in raw mode it turns Ctrl-D into something else."""
    opened = Terminal(llf.env, "chat")
    try:
        opened.type("\x04")
        assert opened.exit_code() == 0
    finally:
        opened.close()


def test_the_first_chat_says_once_which_model_to_download(llf: Llf) -> None:
    hint = "For real work: "
    for times in (1, 0):
        with Terminal(llf.env) as opened:
            opened.await_text("> ")
            assert opened.text.count(hint) == times
            opened.type("\x04")
            assert opened.exit_code() == 0


@pytest.fixture
def endless(home: Home, models: Models) -> Iterator[Terminal]:
    """A chat with a model that does not stop by itself."""
    models.add("endless", "answer one two three four", "tokens 100000", "token-delay-ms 20")
    llf = Llf(home, {"LLF_ENGINE": str(FAKE_WORKER), "LLF_MODELS": str(models.folder)})
    opened = Terminal(llf.env, "chat", "endless")
    yield opened
    opened.close()
    llf.end()


def test_an_interrupt_cancels_the_answer_and_keeps_what_came(endless: Terminal,
                                                             models: Models) -> None:
    endless.await_text("> ")
    for count in (1, 2):
        begin = len(endless.text)
        endless.type("go\r")
        place = endless.await_text("one two three", begin)
        endless.type("\x03")
        end = models.await_records("endless", "end", count)[-1]
        assert end["complete"] is False
        endless.await_text("> ", place)
    endless.type("\x04")
    assert endless.exit_code() == 0


def test_a_second_interrupt_leaves(endless: Terminal, models: Models) -> None:
    endless.await_text("> ")
    endless.type("go\r")
    place = endless.await_text("one two three")
    endless.type("\x03")
    endless.await_text("> ", place)
    endless.type("\x03")
    assert endless.exit_code() in (0, 130)
    models.await_records("endless", "end", 1)


def test_a_terminal_that_goes_away_cancels(endless: Terminal, models: Models) -> None:
    endless.await_text("> ")
    endless.type("go\r")
    endless.await_text("one two")
    endless.process.send_signal(signal.SIGHUP)
    endless.process.wait(PATIENCE_S)
    eventually("the answer is cancelled", lambda: models.records("endless", "end"))
    assert models.records("endless", "end")[0]["complete"] is False


def test_the_terminal_is_restored(endless: Terminal) -> None:
    import termios
    before = termios.tcgetattr(endless.fd)
    endless.await_text("> ")
    endless.type("go\r")
    place = endless.await_text("one two")
    endless.type("\x03")
    endless.await_text("> ", place)
    endless.type("\x03")
    endless.exit_code()
    assert termios.tcgetattr(endless.fd)[3] == before[3]


def test_chat_of_a_pipe_answers_each_line_and_ends(llf: Llf) -> None:
    run = llf("chat", input="What is llf?\n")
    assert run.returncode == 0, run
    assert "Local LLM Framework" in run.stdout, run
