"""F09, F19, F32, F35, F36, F60, F61: the machine ends a worker, gives its pid to another one, turns
its clock, has no more threads or memory to give, lets another program lock a file, or breaks it."""

from __future__ import annotations

import fcntl
import json
import resource
import subprocess
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support import processes
from support.cgroup import Cgroup
from support.chat import Stream, chat, chat_body
from support.daemon import Refused
from support.fault_shim import FaultShim
from support.home import LLF, Home
from support.models import ANSWER, Models
from support.patience import PATIENCE_S, eventually
from support.wire import Cut, ask

MEGABYTE = 1 << 20
DAY_S = 86_400


@pytest.fixture
def group(request: pytest.FixtureRequest) -> Iterator[Cgroup]:
    """Of a controller; removed when the daemons, which are asked for first, have ended."""
    made = Cgroup(request.param)
    yield made
    made.limit(None)
    made.remove()


@pytest.mark.parametrize("group", ["memory"], indirect=True)
def test_F09_a_worker_that_the_system_ended_for_its_memory_is_told_and_not_tried_again(
        group: Cgroup, start: Callable, models: Models) -> None:
    daemon = start()
    models.add("greedy", f"eat-memory {400 * MEGABYTE}")
    models.add("modest", "tokens 5")
    assert daemon.load("greedy")[-1]["state"] == "ready"
    group.limit(200 * MEGABYTE)
    group.take(daemon.worker_pid("greedy"))
    for stream in (True, False):
        answer = chat(daemon.tcp, "greedy", stream=stream)
        assert answer.told, answer
        assert "more memory than this machine has" in answer.error["message"], answer
        assert "smaller context" in answer.error["message"], answer
        assert chat(daemon.tcp, "modest").whole
        group.take(daemon.pid)  # the next worker begins in the group of its daemon
    assert len(models.records("greedy", "request")) == 2, "each request was tried once"


def test_F19_a_process_that_got_the_pid_of_a_worker_is_left_alone(
        start: Callable, home: Home, models: Models) -> None:
    daemon = start()
    assert chat(daemon.tcp, models.add("any")).whole
    journal, = (path for path in home.run_files() if path.name == "workers.json")
    entries = json.loads(journal.read_text())
    daemon.kill()
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        journal.write_text(json.dumps([{**entry, "pid": stranger.pid} for entry in entries]))
        assert chat(start().tcp, "any").whole
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("seconds", [DAY_S, -DAY_S, 3600, -1], ids=["day", "day-back", "hour",
                                                                    "step-back"])
def test_F32_the_clock_is_turned_and_nothing_waits_or_ends_for_it(
        start: Callable, home: Home, models: Models, tmp_path: Path, seconds: int) -> None:
    shim = FaultShim(home.path / "nothing", tmp_path / "control")
    daemon = start("--stall-timeout", "4", env=shim.environment())
    models.add("talks", "tokens 60", "token-delay-ms 50")
    assert chat(daemon.tcp, models.add("idle")).whole
    idle = daemon.worker_pid("idle")
    with Stream(daemon.tcp, chat_body("talks", stream=True)) as stream:
        assert stream.next() is not None
        shim.turn_clock(seconds)
        assert stream.rest().whole
    worker = daemon.worker("idle")
    assert worker["pid"] == idle, "it was neither unloaded nor replaced"
    assert 0 <= worker["idle_s"] < 60 and 0 <= worker["uptime_s"] < 60, worker
    assert 0 <= daemon.status()["uptime_s"] < 60
    assert chat(daemon.tcp, "idle").text == ANSWER
    metrics = ask(daemon.tcp, "GET", "/metrics").body.decode()
    negative = [line for line in metrics.splitlines() if " -" in line]
    assert not negative, negative
    shim.turn_clock(0)
    assert chat(daemon.tcp, "talks").whole


@pytest.mark.parametrize("group", ["pids"], indirect=True)
def test_F35_without_a_thread_or_process_to_be_had_what_runs_goes_on(
        group: Cgroup, start: Callable, models: Models) -> None:
    daemon = start()
    models.add("talks", "tokens 100", "token-delay-ms 30")
    with Stream(daemon.tcp, chat_body("talks", stream=True)) as stream:
        assert stream.next() is not None
        group.take(daemon.pid)
        group.limit(group.tasks())
        refused = chat(daemon.tcp, models.add("next"))
        assert refused.told and refused.status == 503, refused
        assert "starting" in refused.error["message"], refused
        fit = daemon.control("POST", "fit", {"model": "talks"})
        assert fit.status in (200, 503), fit
        verify = daemon.control("POST", "model/verify", {"model": "talks"})
        assert "no more threads" in verify.body.decode(), verify
        group.limit(group.tasks() + 1)  # one that hashes, and none that reads ahead for it
        verify = daemon.control("POST", "model/verify", {"model": "talks"})
        assert "no more threads" not in verify.body.decode(), verify
        assert daemon.control("GET", "models").status == 200
        assert stream.rest().whole
    group.limit(None)
    assert eventually("it works again", lambda: chat(daemon.tcp, "next").whole)
    assert "no more threads" not in daemon.control("POST", "model/verify",
                                                   {"model": "talks"}).body.decode()


def test_F36_a_daemon_without_memory_refuses_or_ends_and_leaves_nothing_behind(
        start: Callable, home: Home, models: Models) -> None:
    daemon = start()
    models.add("any")
    assert chat(daemon.tcp, "any").whole
    resource.prlimit(daemon.pid, resource.RLIMIT_DATA, (MEGABYTE, MEGABYTE))
    for size in (1, 4, 8):
        try:
            answer = chat(daemon.tcp, "any",
                          messages=[{"role": "user", "content": "x" * size * MEGABYTE}])
            assert answer.whole or answer.told, answer
        except (OSError, Cut):
            daemon.expected_death = True
            daemon.wait()
            break
    if daemon.expected_death:
        eventually("no worker outlives it", lambda: not processes.of_home(home.path))
        for report in home.path.glob("sanitizer.*"):
            report.unlink()
    else:
        assert daemon.stop() == 0
    assert chat(start().tcp, "any").whole


def test_F60_who_saves_while_another_does_waits_its_turn_or_says_so(home: Home) -> None:
    def config(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([LLF, "--home", home.path, "config", *words], text=True,
                              env=home.environment(), capture_output=True, timeout=PATIENCE_S)

    def slots() -> str:
        return config("get", "engine.slots").stdout.strip()

    assert config("set", "engine.slots", "2").returncode == 0
    lock, = home.path.rglob("config.lock")
    with ThreadPoolExecutor(1) as pool:
        with open(lock, "r+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            saving = pool.submit(config, "set", "engine.slots", "3")
            assert not futures.wait([saving], timeout=1).done
            assert slots() == "2", "reading waits for nobody"
        assert saving.result().returncode == 0
    assert slots() == "3"
    with open(lock, "r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = config("set", "engine.slots", "4")
    assert refused.returncode == 1 and str(lock) in refused.stderr, refused
    assert slots() == "3"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 4096, b'{"keys":[{"name":3}]}',
                                     b'{"version":99}'],
                         ids=["empty", "cut", "page", "other-types", "newer"])
def test_F61_broken_state_is_never_taken_for_an_empty_one_that_matters(
        start: Callable, home: Home, models: Models, content: bytes) -> None:
    """Without its keys a daemon would let everybody in. Lists that can be made anew are."""
    daemon = start()
    assert daemon.control("POST", "keys", {"name": "mine"}).status == 200
    assert daemon.stop() == 0
    keys, = home.path.rglob("keys.json")
    whole = keys.read_bytes()
    keys.write_bytes(content)
    with pytest.raises(Refused) as refused:
        start()
    assert str(keys) in str(refused.value), refused.value
    assert keys.read_bytes() == content
    keys.write_bytes(whole)
    for name in ("downloads.json", "measured.json"):
        (keys.parent / name).write_bytes(content)
    daemon = start()
    assert ask(daemon.tcp, "GET", "/v1/models").status == 401, "the key holds again"
    assert daemon.control("GET", "downloads").status == 200
    assert daemon.stop() == 0
