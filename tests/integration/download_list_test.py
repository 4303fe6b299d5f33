"""What is told of downloads that are not running, and how they are named."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.daemon import Daemon
from support.downloads import ended_of, listed
from support.home import LLF, Home
from support.patience import eventually
from support.weights import weights
from support.wire import ask

MIB = 1 << 20
SIZE = 24 * MIB
REPO = "org/model-GGUF"
NAME = f"{REPO}:Q4_K_M"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.add(REPO, {"model-Q4_K_M.gguf": weights(SIZE), "model-Q8_0.gguf": weights(MIB, 8)})
        yield hub


@pytest.fixture
def variables(hub: FakeHub, home: Home) -> dict[str, str]:
    return {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(home.path / "hub")}


@pytest.fixture
def llf(home: Home, variables: dict[str, str]) -> Callable[..., subprocess.CompletedProcess]:
    return lambda *arguments: subprocess.run([LLF, *arguments], capture_output=True, text=True,
                                             env=home.environment(**variables), timeout=60)


def begun(daemon: Daemon, hub: FakeHub, home: Home, variables: dict[str, str]) -> None:
    """A download that goes on alone, and of which a part is there."""
    hub.faults.rate_total = 8 * MIB
    command = subprocess.Popen([LLF, "pull", REPO], env=home.environment(**variables),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually("some came", lambda: listed(daemon).get(NAME, {}).get("done_bytes", 0) > 6 * MIB)
    command.terminate()
    command.wait(20)


def test_what_a_killed_daemon_had_fetched_is_shown_by_the_next(
        start: Callable, hub: FakeHub, home: Home, variables: dict[str, str],
        llf: Callable) -> None:
    first = start(env=variables)
    begun(first, hub, home, variables)
    first.kill()
    hub.faults.reset()
    second = start(env=variables)
    found = listed(second)[NAME]
    assert found["state"] == "interrupted"
    assert 4 * MIB < found["done_bytes"] < found["size_bytes"], found
    shown = llf("model", "downloads").stdout
    percent = found["done_bytes"] * 100 // found["size_bytes"]
    assert f"{percent} %" in shown and percent > 10, shown
    hub.settle()
    hub.forget_requests()
    assert ask(second.unix, "POST", "/llf/v1/downloads", {"model": REPO}).complete
    hub.settle()
    sent = sum(request.sent for request in hub.requests if request.origin == "bridge")
    assert sent <= SIZE - found["done_bytes"] + MIB, "what was shown did not come again"


def test_who_names_a_model_on_its_way_is_told_how_far_it_is(
        start: Callable, hub: FakeHub, home: Home, variables: dict[str, str],
        llf: Callable) -> None:
    begun(start(env=variables), hub, home, variables)
    hub.faults.rate_total = MIB
    for words in (("run", "model:q4", "hi"), ("run", "-m", "org/model", "hi"), ("rm", NAME),
                  ("show", "model-gguf")):
        refused = llf(*words)
        assert refused.returncode == 1, refused
        assert f"{NAME} is being downloaded, " in refused.stderr, refused
        assert "% of it has come: `llf model downloads` shows it" in refused.stderr, refused
    stopped = llf("model", "downloads", "--stop", "model")
    assert stopped.stdout.startswith(f"stopped {NAME}: llf model download {NAME} goes on"), stopped
    eventually("it stopped", lambda: "has ended early" in llf("run", "model:q4", "hi").stderr)
    gone = llf("model", "downloads", "--discard", "model")
    assert gone.stdout == f"{NAME} is stopped, and what had come of it discarded\n", gone


def test_what_was_stopped_or_has_failed_is_so_for_the_next_daemon(
        start: Callable, hub: FakeHub, home: Home, variables: dict[str, str],
        llf: Callable) -> None:
    first = start(env=variables)
    begun(first, hub, home, variables)
    assert llf("model", "downloads", "--stop", NAME).returncode == 0
    hub.faults.fail(404, only="^bridge ")
    failed = ended_of(first, f"{REPO}:Q8_0")
    assert failed["state"] == "failed"
    eventually("it is stopped", lambda: listed(first)[NAME]["state"] == "stopped")
    first.kill()
    found = listed(start(env=variables))
    assert found[NAME]["state"] == "stopped"
    other = found[f"{REPO}:Q8_0"]
    assert (other["state"], other["error"]) == ("failed", failed["error"])


def test_discarding_one_leaves_what_another_one_is_fetching(
        start: Callable, hub: FakeHub, home: Home, variables: dict[str, str],
        llf: Callable) -> None:
    """Two models with one projector, of which the first is stopped while that comes."""
    hub.add("org/eyes-GGUF", {"eyes-Q4_0.gguf": weights(MIB, 1), "eyes-Q8_0.gguf": weights(MIB, 2),
                              "mmproj-F16.gguf": weights(16 * MIB, 3)})
    daemon = start(env=variables)
    hub.faults.rate_total = 4 * MIB
    commands = []
    for quantisation in ("Q4_0", "Q8_0"):
        name = f"org/eyes-GGUF:{quantisation}"
        commands.append(subprocess.Popen([LLF, "pull", name], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL,
                                         env=home.environment(**variables)))
        eventually("the projector comes",
                   lambda name=name: listed(daemon).get(name, {}).get("done_bytes", 0) > 3 * MIB)
        if quantisation == "Q4_0":
            assert llf("model", "downloads", "--stop", name).returncode == 0
            commands[0].wait(20)
    assert llf("model", "downloads", "--discard", "org/eyes-GGUF:Q4_0").returncode == 0
    eventually("it is gone", lambda: "org/eyes-GGUF:Q4_0" not in listed(daemon))
    hub.faults.reset()
    assert commands[1].wait(60) == 0, listed(daemon)
    assert not list((home.path / "hub").rglob("*.llf-*"))


@pytest.mark.parametrize("name", [NAME, REPO, "model", "MODEL-gguf", "org/mo", f"hf.co/{REPO}"])
def test_a_download_is_stopped_by_a_shorter_name(start: Callable, hub: FakeHub, home: Home,
                                                 variables: dict[str, str], llf: Callable,
                                                 name: str) -> None:
    daemon = start(env=variables)
    begun(daemon, hub, home, variables)
    stopped = llf("model", "downloads", "--stop", name)
    assert stopped.returncode == 0, stopped
    eventually("it is stopped", lambda: listed(daemon)[NAME]["state"] == "stopped")
    assert llf("model", "downloads", "--discard", name).returncode == 0
    eventually("it is gone", lambda: NAME not in listed(daemon))


def test_a_download_is_stopped_by_its_name_of_the_catalog(start: Callable, hub: FakeHub,
                                                          variables: dict[str, str],
                                                          home: Home, llf: Callable) -> None:
    hub.add("Qwen/Qwen3-0.6B-GGUF", {"Qwen3-0.6B-Q8_0.gguf": weights(SIZE)})
    hub.faults.rate_total = MIB
    daemon = start(env=variables)
    command = subprocess.Popen([LLF, "pull", "qwen3:0.6b"], env=home.environment(**variables),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    name = "Qwen/Qwen3-0.6B-GGUF:Q8_0"
    eventually("it is listed", lambda: name in listed(daemon))
    command.terminate()
    command.wait(20)
    stopped = llf("model", "downloads", "--stop", "qwen3:0.6b")
    assert stopped.returncode == 0, stopped
    eventually("it is stopped", lambda: listed(daemon)[name]["state"] == "stopped")
    discarded = llf("model", "downloads", "--discard", "qwen3:0.6b:Q8_0")
    assert discarded.returncode == 0, discarded
    eventually("it is gone", lambda: name not in listed(daemon))


def test_a_name_that_may_be_several_stops_none(start: Callable, hub: FakeHub, home: Home,
                                               variables: dict[str, str], llf: Callable) -> None:
    daemon = start(env=variables)
    hub.faults.rate_total = MIB
    for quantisation in ("Q4_K_M", "Q8_0"):
        command = subprocess.Popen([LLF, "pull", f"{REPO}:{quantisation}"],
                                   env=home.environment(**variables),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually("it is listed", lambda q=quantisation: f"{REPO}:{q}" in listed(daemon))
        command.terminate()
        command.wait(20)
    unclear = llf("model", "downloads", "--stop", "model")
    assert unclear.returncode == 1, unclear
    assert NAME in unclear.stderr and f"{REPO}:Q8_0" in unclear.stderr, unclear
    unknown = llf("model", "downloads", "--stop", "other")
    assert unknown.returncode == 1 and "no download of 'other'" in unknown.stderr, unknown
    for one in listed(daemon):
        daemon.control("POST", "downloads/stop", {"model": one})


def test_locks_of_the_cache_are_for_all_whom_the_umask_leaves_in(
        start: Callable, hub: FakeHub, home: Home, variables: dict[str, str]) -> None:
    before = os.umask(0o002)
    try:
        daemon = start(env=variables)
    finally:
        os.umask(before)
    assert ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": f"{REPO}:Q8_0"}).complete
    locks = list((home.path / "hub/.locks").rglob("*.lock"))
    assert [stat.S_IMODE(os.stat(lock).st_mode) for lock in locks] == [0o664]
    own = [path for path in home.run_files() if path.name == "llfd.lock"]
    assert [stat.S_IMODE(os.stat(path).st_mode) for path in own] == [0o600]
