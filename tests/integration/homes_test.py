"""Homes, run folders, locks and ports: who owns what when several start."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support import processes
from support.chat import chat
from support.daemon import Daemon, Refused
from support.home import LLF, LLFD, Home
from support.models import Models
from support.patience import PATIENCE_S, at_once, eventually
from support.wire import ask


@pytest.fixture
def taken() -> socket.socket:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def test_a_taken_port_fails_a_start_with_who_holds_it_and_what_to_set(
        start: Callable, taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(Refused) as refused:
        start("--port", str(port))
    message = str(refused.value)
    assert refused.value.code == 1
    assert str(port) in message and str(os.getpid()) in message, message
    assert "python3" in message and "--port" in message and "LLF_PORT" in message, message
    start()  # and nothing of the failed start is in the way


def test_a_daemon_on_demand_goes_on_without_a_taken_port(start: Callable, models: Models,
                                                         taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    daemon = start("--port", str(port), "--on-demand")
    listen = daemon.status()["listen"]
    assert str(os.getpid()) in listen["error"] and str(port) in listen["error"], listen
    assert chat(daemon.unix, models.add("any")).whole
    daemon.expected_death = True  # there is no port for the usual check
    assert daemon.stop() == 0


def test_a_daemon_on_demand_ends_when_idle(start: Callable, models: Models) -> None:
    daemon = start("--on-demand", "--idle-exit", "1")
    assert daemon.status()["on_demand"] is True
    assert daemon.wait() == 0


def test_a_running_answer_keeps_a_daemon_on_demand(start: Callable, models: Models) -> None:
    daemon = start("--on-demand", "--idle-exit", "1")
    models.add("slow", "tokens 50", "token-delay-ms 60")
    assert chat(daemon.tcp, "slow", stream=True).whole
    assert daemon.wait() == 0


def test_only_loopback_is_served(start: Callable) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "localhost", "x"):
        with pytest.raises(Refused) as refused:
            start("--host", host)
        assert refused.value.code != 0 and host in str(refused.value)


def test_ipv6_loopback_is_served(start: Callable) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    daemon = start("--host", "::1")
    with socket.create_connection(("::1", daemon.tcp.place)) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
    daemon.expected_death = True
    assert daemon.stop() == 0


def test_a_second_daemon_of_a_home_is_refused(start: Callable, models: Models) -> None:
    first = start()
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            start()
        assert refused.value.code == 1 and refused.value.line["kind"] == "conflict"
    assert chat(first.unix, models.add("any")).whole


def test_f31_files_of_the_dead_are_in_nobodys_way(start: Callable, home: Home) -> None:
    with subprocess.Popen(["true"]) as dead:
        pass
    first = start()
    run_folder = Path(first.unix.place).parent
    assert first.stop() == 0
    (home.path / "config/prompts").mkdir(parents=True)
    left = [run_folder / name for name in ("llfd.lock", "start.lock", "llfd.pid")]
    left += [home.path / "config/config.lock", home.path / "config/prompts/prompts.lock"]
    for path in left:
        path.write_text(f"{dead.pid}\n")
        path.chmod(0o600)
    for words in (["config", "set", "log.level", "info"], ["prompt", "create", "x"]):
        run = subprocess.run([LLF, *words], env=home.environment(), capture_output=True, text=True,
                             timeout=PATIENCE_S)
        assert run.returncode == 0, (words, run)
    daemon = start()
    assert int((run_folder / "llfd.pid").read_text()) == daemon.pid


def test_of_many_daemons_at_once_one_wins(start: Callable) -> None:
    def attempt(_: int) -> Daemon | Refused:
        try:
            return start()
        except Refused as refused:
            return refused

    outcomes = at_once(8, attempt)
    assert sum(isinstance(outcome, Daemon) for outcome in outcomes) == 1, outcomes


def test_two_homes_never_share_a_daemon(homes: Callable[[], Home]) -> None:
    pair = [homes(), homes()]
    folders = [Models(home.path / "scripts") for home in pair]
    daemons = [Daemon(home, folder) for home, folder in zip(pair, folders)]
    try:
        folders[0].add("left")
        folders[1].add("right")
        assert daemons[0].unix != daemons[1].unix
        assert chat(daemons[0].tcp, "left").whole and chat(daemons[1].tcp, "right").whole
        assert chat(daemons[0].tcp, "right").status == 404
        assert daemons[0].stop() == 0
        assert chat(daemons[1].tcp, "right").whole
    finally:
        for daemon in daemons:
            daemon.stop()
    for home in pair:
        eventually("nothing runs", lambda home=home: not processes.of_home(home.path))


def test_two_users_folders_under_xdg_never_share_a_daemon(homes: Callable[[], Home]) -> None:
    """Without --home: one runtime folder, two data folders."""
    home = homes()
    runtime = home.path / "runtime"
    runtime.mkdir(mode=0o700)
    started = []
    try:
        for name in ("one", "two"):
            env = home.environment(HOME=str(home.path / name), XDG_RUNTIME_DIR=str(runtime))
            del env["LLF_HOME"]
            read_end, write_end = os.pipe()
            started.append(subprocess.Popen([LLFD, "--port", "0", "--ready-fd", str(write_end)],
                                            env=env, pass_fds=[write_end], start_new_session=True,
                                            stderr=subprocess.DEVNULL))
            os.close(write_end)
            with os.fdopen(read_end) as pipe:
                assert '"ready":true' in pipe.readline()
        assert len(list(runtime.glob("llf/*/llfd.sock"))) == 2
        assert (runtime / "llf").stat().st_mode & 0o777 == 0o700
    finally:
        for process in started:
            process.terminate()
            assert process.wait() == 0
    assert not list(runtime.glob("llf/*/*.sock"))


def _shared(path: Path) -> None:
    path.chmod(0o755)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _file(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.write_text("")


def _foreign(path: Path) -> None:
    os.chown(path, 12345, 12345)


@pytest.mark.parametrize("spoil", [_shared, _link, _file, _foreign])
def test_a_run_folder_that_is_not_ours_is_refused(start: Callable, home: Home,
                                                  spoil: Callable[[Path], None]) -> None:
    if spoil is _foreign and os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    home.run.mkdir(mode=0o700)
    spoil(home.run)
    with pytest.raises(Refused) as refused:
        start()
    assert refused.value.code != 0
    assert str(home.run) in str(refused.value) and "0700" in str(refused.value)


def test_a_home_too_long_for_sockets_uses_another_run_folder(homes: Callable[[], Home]) -> None:
    home = homes()
    home.path = home.path / ("x" * 90)
    home.path.mkdir()
    home.run = home.path / "run"
    daemon = subprocess.Popen([LLFD, "--home", home.path, "--port", "0", "--ready-fd", "1"],
                              env=home.environment(), stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, start_new_session=True)
    line = daemon.stdout.readline()
    daemon.terminate()
    assert daemon.wait() == 0
    assert '"ready":true' in line, line


def test_flags_that_are_none_are_usage_errors(home: Home) -> None:
    for flags in (["--nonsense"], ["--port", "x"], ["--port", "65536"], ["--port"],
                  ["--log-level", "loud"], ["--load-timeout", "0"], ["--stall-timeout", "-1"]):
        run = subprocess.run([LLFD, "--home", home.path, *flags], env=home.environment(),
                             capture_output=True, text=True)
        assert run.returncode == 2 and flags[0] in run.stderr, run
        assert run.stdout == ""
    wrong = subprocess.run([LLFD], env=home.environment(LLF_PORT="x"), capture_output=True,
                           text=True)
    assert wrong.returncode == 2 and "LLF_PORT" in wrong.stderr


def test_a_home_that_cannot_be_written_is_told(start: Callable, home: Home) -> None:
    (home.path / "state").write_text("a file in the way")
    with pytest.raises(Refused) as refused:
        start()
    assert str(home.path / "state") in str(refused.value)


def test_the_daemon_answers_without_any_engine(start: Callable) -> None:
    daemon = start(engine=None, env={"PATH": "/nowhere"})
    assert ask(daemon.tcp, "GET", "/health").status == 200
    assert daemon.status()["listen"]["port"] == daemon.tcp.place
    daemon.expected_death = True
    assert daemon.stop() == 0


def test_the_settings_file_counts_and_flags_win_over_it(start: Callable, home: Home) -> None:
    settings = home.path / "config/config.json"
    settings.parent.mkdir()
    settings.write_text('{"models": {"max_loaded": 1}, // for small machines\n'
                        ' "log": {"level": "debug"}, "server": {"host": "127.0.0.2"},}')
    daemon = start()
    assert daemon.status()["listen"]["address"] == "127.0.0.2"
    daemon.expected_death = True
    assert daemon.stop() == 0
    assert start("--host", "127.0.0.1").status()["listen"]["address"] == "127.0.0.1"


@pytest.mark.parametrize("text, place", [
    ("{\n \"server\": {\"prot\": 1}}", "line 2, column 13: there is no setting 'server.prot'"),
    ("{\"server\": {\"port\": 70000}}", "line 1, column 21: server.port: 70000 is not a whole"),
    ("", "line 1, column 1: the text ends too early"),
])
def test_a_wrong_settings_file_fails_a_start_with_the_place(start: Callable, home: Home, text: str,
                                                            place: str) -> None:
    settings = home.path / "config/config.json"
    settings.parent.mkdir()
    settings.write_text(text)
    with pytest.raises(Refused) as refused:
        start()
    assert refused.value.code == 2
    assert f"{settings}: {place}" in str(refused.value)
    assert settings.read_text() == text
    assert not home.run_files()
