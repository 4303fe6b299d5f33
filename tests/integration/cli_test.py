"""llf in front of the fake worker: what goes wrong between a model and a terminal or a pipe."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios

import pytest

from support import processes
from support.home import FAKE_WORKER, LLF, LLFD, Home
from support.models import ANSWER, Models
from support.patience import PATIENCE_S, at_once, eventually

REPEATS = 20
SIGPIPE_CODES = (0, 141, -signal.SIGPIPE)


class Cli:
    def __init__(self, home: Home, models: Models) -> None:
        self.home = home
        self.env = home.environment(LLF_ENGINE=str(FAKE_WORKER), LLF_MODELS=str(models.folder),
                                    LLF_PORT="0", LLF_STALL_TIMEOUT="2", LLF_MAX_LOADED="64")

    def run(self, *words: str, **options: object) -> subprocess.CompletedProcess:
        options = {"stdin": subprocess.DEVNULL, **options} if "input" not in options else options
        return subprocess.run([LLF, *words], env=self.env, capture_output=True, text=True,
                              timeout=PATIENCE_S, **options)

    def open(self, *words: str, **options: object) -> subprocess.Popen:
        return subprocess.Popen([LLF, *words], env=self.env,
                                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **options})

    def daemon_pid(self) -> int:
        return json.loads(self.run("server", "status", "--json").stdout)["pid"]


@pytest.fixture
def cli(home: Home, models: Models) -> Cli:
    cli = Cli(home, models)
    yield cli
    cli.run("server", "stop")
    eventually("nothing of this home runs", lambda: not processes.of_home(home.path))
    assert not [path for path in home.run_files() if path.name.endswith(".sock")]
    assert not home.sanitizer_reports(), home.sanitizer_reports()


def test_an_answer_goes_to_stdout_alone(cli: Cli, models: Models) -> None:
    models.add("any")
    run = cli.run("run", "any", "hello there")
    assert (run.returncode, run.stdout) == (0, ANSWER + "\n"), run


def test_F45_split_characters_are_printed_whole(cli: Cli, models: Models) -> None:
    models.add("split", "split-utf8")
    for run in at_once(REPEATS, lambda _: cli.run("run", "split", "hello there")):
        assert (run.returncode, run.stdout) == (0, ANSWER + "\n"), run


def test_F63_a_closed_stdout_ends_quietly_and_cancels(cli: Cli, models: Models) -> None:
    models.add("long", "tokens 100000", "token-delay-ms 10")
    for count in range(1, REPEATS + 1):
        process = cli.open("run", "long", "hello there")
        assert process.stdout.read(1) == b"T"
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(PATIENCE_S) in SIGPIPE_CODES, said
        assert "error" not in said.lower() and "pipe" not in said.lower(), said
        end = models.await_records("long", "end", count)[-1]
        assert end["complete"] is False, end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_killed_client_cancels(cli: Cli, models: Models, number: int) -> None:
    models.add("long", "tokens 100000", "token-delay-ms 10")
    process = cli.open("run", "long", "hello there")
    process.stdout.read(1)
    process.send_signal(number)
    process.wait(PATIENCE_S)
    assert models.await_records("long", "end", 1)[0]["complete"] is False


def test_F64_an_interrupt_keeps_what_came_and_ends_with_130(cli: Cli, models: Models) -> None:
    models.add("long", "tokens 100000", "token-delay-ms 10")
    process = cli.open("run", "long", "hello there")
    first = process.stdout.read(4)
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(PATIENCE_S) == 130
    assert (first + rest).startswith(b"The fake")
    assert models.await_records("long", "end", 1)[0]["complete"] is False


PIPE_SIZE = 4096
UNREAD = ("tokens 100000", f"huge-event {2 * PIPE_SIZE}")


def await_full(pipe: int) -> None:
    """Until somebody waits for room in a pipe of PIPE_SIZE."""
    def full() -> bool:
        return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0] == PIPE_SIZE

    eventually("the pipe is full", full)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_F64_an_answer_that_nobody_reads_is_interrupted_at_once(cli: Cli, models: Models,
                                                                number: int) -> None:
    models.add("long", *UNREAD)
    process = cli.open("run", "long", "hello there", pipesize=PIPE_SIZE)
    await_full(process.stdout.fileno())
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 128 + number
    assert process.stderr.read() == b""
    assert models.await_records("long", "end", 1)[0]["complete"] is False


def test_F64_a_chat_whose_answer_nobody_reads_is_ended_by_the_first_signal(
        cli: Cli, models: Models) -> None:
    models.add("long", *UNREAD)
    ours, theirs = pty.openpty()
    process = cli.open("chat", "long", stdin=theirs, stderr=theirs, pipesize=PIPE_SIZE)
    os.close(theirs)
    try:
        os.write(ours, b"hello there\r")
        await_full(process.stdout.fileno())
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    finally:
        process.kill()
        os.close(ours)
    assert models.await_records("long", "end", 1)[0]["complete"] is False


def test_F02_a_broken_answer_is_an_error_behind_what_came(cli: Cli, models: Models) -> None:
    models.add("dies", "crash-after-events 4")
    run = cli.run("run", "dies", "hello there")
    assert run.returncode == 1
    assert run.stdout.strip() and ANSWER.startswith(run.stdout.strip()), run
    assert run.stderr.strip(), run


def test_F07_a_model_that_does_not_load_says_why(cli: Cli, models: Models) -> None:
    models.add("broken", "log a telling line", "exit-at-load 1")
    run = cli.run("run", "broken", "hello there")
    assert (run.returncode, run.stdout) == (1, ""), run
    assert "a telling line" in run.stderr


def test_SEC42_model_text_cannot_steer_a_terminal(cli: Cli, models: Models) -> None:
    evil = ("a\x1b]0;title\x07b\x1b[31mc\x1b]52;c;eA==\x1b\\d\x9b1me\u202ef\U000e0041g\x08h\x00i\rj"
            "\x1bPq\x1b\\k")
    models.add("evil", "echo")
    models.add("split", "echo", "split-utf8")
    for name in ("evil", "split"):
        run = cli.run("run", name, f"say {evil.replace(chr(0), '')} now")
        assert run.returncode == 0, run
        bad = [c for c in run.stdout if c not in "\t\n" and (
            ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202a\u202b\u202c\u202d\u202e" or
            0xe0000 <= ord(c) <= 0xe007f)]
        assert not bad, (bad, run.stdout)
        for letter in "abcdefghijk":
            assert letter in run.stdout, run.stdout


def test_a_model_that_is_not_there_names_the_nearest(cli: Cli, models: Models) -> None:
    models.add("qwen3-8b")
    for name in ("qwen:8b", "org/qwen3-8b"):
        run = cli.run("run", name)
        assert (run.returncode, run.stdout) == (1, ""), run
        assert name in run.stderr, run
    assert "qwen3-8b" in cli.run("run", "qwen3:8b").stderr


def test_a_name_that_is_short_for_several_lists_them_however_it_is_given(
        cli: Cli, models: Models) -> None:
    for name in ("small-a", "small-b"):
        models.add(name)
    told = "llf: 'small' may be any of these, say which: small-a, small-b"
    option = cli.run("run", "-m", "small", "hi")
    assert (option.returncode, option.stderr) == (1, told + "\n"), option
    word = cli.run("run", "small", "hi")
    assert word.returncode == 1, word
    assert word.stderr == told + ". If it belongs to the prompt, put the prompt in quotes.\n"


def test_a_profile_may_be_shortened_but_not_to_remove_its_model(cli: Cli, models: Models) -> None:
    models.add("any")
    assert cli.run("config", "set", "profiles.pin.model", "any").returncode == 0
    assert cli.run("run", "-m", "pi", "hi").stdout == ANSWER + "\n"
    refused = cli.run("rm", "pi", "--yes")
    assert refused.returncode != 0 and "short for the profile 'pin'" in refused.stderr, refused
    assert models.path("any").exists()


def test_many_clients_from_cold_start_one_daemon(cli: Cli, models: Models) -> None:
    models.add("any")
    for run in at_once(REPEATS, lambda _: cli.run("run", "any", "hello there")):
        assert (run.returncode, run.stdout) == (0, ANSWER + "\n"), run
    daemons = [process for process in processes.of_home(cli.home.path) if process.name == "llfd"]
    assert len(daemons) == 1, daemons
    assert len(models.records("any", "start")) == 1


def test_F17_after_a_killed_daemon_the_next_command_works(cli: Cli, models: Models) -> None:
    models.add("any")
    for _ in range(5):
        assert cli.run("run", "any", "hello there").stdout == ANSWER + "\n"
        for process in processes.of_home(cli.home.path):
            if process.name == "llfd":
                os.kill(process.pid, signal.SIGKILL)
        eventually("nothing of ours runs", lambda: not processes.of_home(cli.home.path), 5)
    assert cli.run("run", "any", "hello there").stdout == ANSWER + "\n"


def test_F17_a_client_of_a_killed_daemon_is_told(cli: Cli, models: Models) -> None:
    models.add("long", "tokens 100000", "token-delay-ms 10")
    process = cli.open("run", "long", "hello there")
    process.stdout.read(1)
    for daemon in processes.of_home(cli.home.path):
        if daemon.name == "llfd":
            os.kill(daemon.pid, signal.SIGKILL)
    process.stdout.read()
    assert process.wait(PATIENCE_S) == 1
    assert process.stderr.read().strip()
    assert cli.run("ls").returncode == 0  # starts the next one, which removes what is left


def test_stdin_is_appended_and_an_open_silent_pipe_does_not_hang(cli: Cli,
                                                                 models: Models) -> None:
    models.add("echo", "echo")
    run = cli.run("run", "echo", "first part", input="second part\n")
    assert "first part" in run.stdout and "second part" in run.stdout, run
    assert run.stdout.index("first part") < run.stdout.index("second part")
    assert "only part" in cli.run("run", "echo", input="only part").stdout
    read_end, write_end = os.pipe()
    process = cli.open("run", "echo", "first part", stdin=read_end)
    os.close(read_end)
    try:
        answer, said = process.communicate(timeout=PATIENCE_S)
    finally:
        os.close(write_end)
    assert (process.returncode, answer.strip()) == (0, b"first part")
    assert b"input" in said, said


def test_an_empty_value_takes_no_other_word(cli: Cli, models: Models) -> None:
    models.add("any")
    run = cli.run("run", "any", "--system=", "hello there")
    assert (run.returncode, run.stdout) == (0, ANSWER + "\n"), run
    body = models.records("any", "request")[-1]["body"]
    assert [message["role"] for message in json.loads(body)["messages"]] == ["user"]


def test_a_request_that_the_engine_refuses_is_no_wrong_usage(cli: Cli, models: Models) -> None:
    models.add("refuses", "error-status 400")
    run = cli.run("run", "refuses", "hello there")
    assert (run.returncode, run.stdout) == (1, ""), run
    assert run.stderr.strip(), run


def test_relative_paths_in_the_environment_are_those_of_the_caller(cli: Cli,
                                                                   models: Models) -> None:
    models.add("any")
    cli.env |= {"LLF_MODELS": ".", "LLF_ENGINE": os.path.relpath(FAKE_WORKER, models.folder)}
    run = cli.run("run", "any", "hello there", cwd=models.folder)
    assert (run.returncode, run.stdout) == (0, ANSWER + "\n"), run


def test_a_setting_that_the_daemon_refuses_is_told_as_wrong_usage(cli: Cli) -> None:
    run = cli.run("server", "start", "--log-level", "loud")
    assert (run.returncode, run.stdout) == (2, ""), run
    assert run.stderr == "llf: --log-level: 'loud' is none of debug, info, warn, error\n", run
    cli.env["LLF_PORT"] = "abc"
    run = cli.run("run", "hi")
    assert (run.returncode, run.stdout) == (2, ""), run
    assert run.stderr == "llf: LLF_PORT: 'abc' is not a whole number from 0 to 65535\n", run


REFUSED = [["--host", "localhost"], ["--log-level", "loud"], ["--max-loaded", "65"],
           ["--load-timeout", "999999999"]]


def test_a_daemon_is_not_stopped_for_options_that_cannot_work(cli: Cli) -> None:
    assert cli.run("ls").returncode == 0
    pid = cli.daemon_pid()
    for command in (["server", "start"], ["serve"], ["server", "restart"]):
        for options in REFUSED:
            run = cli.run(*command, *options)
            assert run.returncode in (1, 2) and options[0] in run.stderr, run
            assert cli.daemon_pid() == pid, run


def test_a_daemon_is_not_stopped_for_an_environment_that_cannot_work(cli: Cli) -> None:
    assert cli.run("server", "start").returncode == 0
    pid = cli.daemon_pid()
    cli.env["LLF_MAX_LOADED"] = "none"
    run = cli.run("server", "restart")
    assert run.returncode == 2 and "LLF_MAX_LOADED" in run.stderr, run
    assert cli.daemon_pid() == pid


def test_a_check_of_the_daemons_options_leaves_nothing(home: Home) -> None:
    read_end, write_end = os.pipe()
    checked = subprocess.run([LLFD, "--check", "--ready-fd", str(write_end)],
                             env=home.environment(), pass_fds=[write_end], timeout=PATIENCE_S)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        assert json.load(pipe)["ready"] is True
    assert checked.returncode == 0
    assert list(home.path.iterdir()) == []


def test_usage_errors_exit_2(cli: Cli) -> None:
    for words in (["--nonsense"], ["run", "--nonsense"], ["nonsense"], ["server", "nonsense"]):
        run = cli.run(*words)
        assert (run.returncode, run.stdout) == (2, ""), (words, run)
        assert run.stderr.strip()
