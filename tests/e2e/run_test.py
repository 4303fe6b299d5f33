"""llf run with the built-in model: real answers, real pipes."""

from __future__ import annotations

import os
import re
import signal

import pytest

from real import Llf
from support import processes
from support.home import SOURCE
from support.patience import PATIENCE_S, at_once, eventually

CLIENTS = 20


def test_what_is_llf(llf: Llf) -> None:
    run = llf("run", "What is llf?")
    assert run.returncode == 0, run
    assert "Local LLM Framework" in run.stdout and "language models" in run.stdout, run
    assert run.stdout.endswith("\n") and run.stdout.count("\n") == 1, run


@pytest.mark.parametrize(("question", "words"), [
    ("how do I download a model?", ["llf model download"]),
    ("how do I start the server?", ["llf server start"]),
    ("how do I use it from Python?", ["openai", "/v1"]),
    ("who are you?", ["llf-nano"]),
    ("What is the capital of France?", ["larger model"])])
def test_answers_have_the_words_that_matter(llf: Llf, question: str, words: list[str]) -> None:
    run = llf("run", question)
    assert run.returncode == 0, run
    for word in words:
        assert word.lower() in run.stdout.lower(), run


def test_the_same_question_has_the_same_answer(llf: Llf) -> None:
    assert len({llf("run", "What is llf?").stdout for _ in range(3)}) == 1


def test_a_piped_question(llf: Llf) -> None:
    run = llf("run", input="how do I download a model?\n")
    assert run.returncode == 0 and "llf model download" in run.stdout, run
    assert llf("run", input="hi").stdout.strip()


def test_a_model_and_a_prompt(llf: Llf) -> None:
    assert "Local LLM Framework" in llf("run", "llf-nano", "What is llf?").stdout
    assert "Local LLM Framework" in llf("run", "llf-nano", input="What is llf?").stdout


def test_an_answer_from_a_stopped_daemon_comes_back_to_a_shell(llf: Llf) -> None:
    silence = "exec 3< <(exec sleep 600); sleep=$!; llf run hi <&3 >/dev/null; code=$?; " \
              "kill $sleep; exit $code"
    for line in ("x=$(llf run hi 2>&1); [ -n \"$x\" ]", "echo hi | llf run",
                 "llf run hi </dev/null", silence):
        llf("server", "stop")
        run = llf.bash(line)
        assert run.returncode == 0, (line, run)


def test_an_open_silent_pipe_does_not_hang_a_script(llf: Llf) -> None:
    read_end, write_end = os.pipe()
    process = llf.open("run", "What is llf?", stdin=read_end)
    os.close(read_end)
    try:
        answer, said = process.communicate(timeout=PATIENCE_S)
    finally:
        os.close(write_end)
    assert process.returncode == 0 and "Local LLM Framework" in answer
    assert "input" in said, said


def test_F63_head_takes_one_byte(llf: Llf) -> None:
    run = llf.bash("llf run 'What is llf?' | head -c1; echo \" ${PIPESTATUS[*]}\"")
    assert re.fullmatch(r". (0|141) 0\n", run.stdout), run
    assert "error" not in run.stderr.lower(), run


def test_many_from_a_cold_start_share_one_daemon(llf: Llf) -> None:
    for run in at_once(CLIENTS, lambda _: llf("run", "What is llf?")):
        assert run.returncode == 0 and "Local LLM Framework" in run.stdout, run
    assert len(llf.daemons()) == 1


def test_after_a_killed_daemon_nothing_runs_and_the_next_run_works(llf: Llf) -> None:
    for _ in range(3):
        assert llf("run", "hello").returncode == 0
        for pid in llf.daemons():
            os.kill(pid, signal.SIGKILL)
        eventually("nothing of ours runs", lambda: not processes.of_home(llf.home.path), 5)
    assert "Local LLM Framework" in llf("run", "What is llf?").stdout


def test_stdout_has_the_answer_alone(llf: Llf) -> None:
    cold, warm = llf("run", "What is llf?"), llf("run", "What is llf?")
    assert cold.stdout == warm.stdout and cold.stdout.startswith("llf")
    assert warm.stderr == "", warm


@pytest.mark.parametrize("words", [["history", "list"], ["gui"], ["doctor"]])
def test_commands_of_later_versions_say_so(llf: Llf, words: list[str]) -> None:
    run = llf(*words)
    assert (run.returncode, run.stdout) == (1, ""), run
    assert "not in this version yet" in run.stderr, run


def test_every_command_that_the_built_in_model_shows_exists(llf: Llf) -> None:
    listed = (SOURCE / "tools/nano/commands.txt").read_text().splitlines()
    lines = [line.replace("COMMAND", "run").split()[1:] for line in listed
             if line.startswith("llf")]
    assert len(lines) > 40
    for words in lines:
        run = llf(*words, "--help")
        later = run.returncode == 1 and "not in this version yet" in run.stderr
        assert later or (run.returncode == 0 and run.stdout), run


def test_version_and_help(llf: Llf) -> None:
    assert re.fullmatch(r"llf \d+\.\d+\.\d+.*\n", llf("--version").stdout)
    overview = llf("--help")
    assert overview.returncode == 0 and "llf run" in overview.stdout
    for words in (["run"], ["chat"], ["ps"], ["server"], ["server", "start"]):
        run = llf(*words, "--help")
        assert run.returncode == 0 and words[0] in run.stdout, run
    assert llf.daemons() == []
