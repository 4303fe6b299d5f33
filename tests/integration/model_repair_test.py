"""Damage of models that is found and repaired; what fails leaves the file as it was."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support import processes
from support.chat import chat
from support.daemon import Daemon
from support.downloads import blob, damage, listed
from support.home import LLF, Home
from support.patience import eventually
from support.settings import Settings, await_model
from support.weights import sha256, weights

MIB = 1 << 20
PART = 16 * MIB
SIZE = 40 * MIB
REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(SIZE, chat_template="{{ messages }}")


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(mirrors=1) as hub:
        hub.add(REPO, {FILE: CONTENT}, base_model="org/base")
        yield hub


@pytest.fixture
def daemon(start: Callable, hub: FakeHub, cache: Path) -> Daemon:
    return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})


def sent_by(hub: FakeHub) -> int:
    hub.settle()
    return sum(request.sent for request in hub.requests
               if request.origin != "hub" and request.status in (200, 206))


def test_damage_is_told_and_only_it_is_fetched_anew(llf: Callable, hub: FakeHub,
                                                    cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    assert llf("model", "verify", REPO).returncode == 0
    damage(blob(cache), 5, len(CONTENT) - 1)
    told = llf("--json", "model", "verify", REPO)
    assert told.returncode == 1
    assert json.loads(told.stdout)["files"][0]["damage"] == [[0, PART], [2 * PART, len(CONTENT)]]
    assert "in bytes 0 to 16777215" in llf("model", "verify", REPO).stdout
    hub.forget_requests()
    repaired = llf("model", "verify", REPO, "--repair")
    assert repaired.returncode == 0, repaired
    assert sha256(blob(cache).read_bytes()) == sha256(CONTENT)
    assert sent_by(hub) < SIZE - PART + MIB, "the part in the middle was right"
    assert llf("model", "verify", REPO).returncode == 0
    assert not list(cache.rglob("*.llf-*"))


@pytest.mark.parametrize("left", [PART + 5, 2 * PART, SIZE - 1])
def test_of_a_file_that_was_cut_what_is_right_is_not_fetched_again(
        llf: Callable, hub: FakeHub, cache: Path, left: int) -> None:
    assert llf("pull", REPO).returncode == 0
    os.truncate(blob(cache), left)
    told = json.loads(llf("--json", "model", "verify", REPO).stdout)["files"][0]["damage"]
    assert told[0][0] == left // PART * PART and told[-1][1] >= min(left, 2 * PART), told
    hub.forget_requests()
    repaired = llf("model", "verify", REPO, "--repair")
    assert repaired.returncode == 0, repaired
    assert sha256(blob(cache).read_bytes()) == sha256(CONTENT)
    assert sent_by(hub) <= len(CONTENT) - left // PART * PART + MIB
    assert not list(cache.rglob("*.llf-*"))


def test_a_repair_that_cannot_begin_takes_nothing_away(llf: Callable, hub: FakeHub,
                                                       cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    damage(blob(cache), PART)
    hub.faults.fail(404)
    failed = llf("model", "verify", REPO, "--repair")
    assert failed.returncode != 0 and "it cannot be repaired" in failed.stderr
    assert blob(cache).exists() and not list(cache.rglob("*.llf-*"))


def test_a_repair_that_fails_leaves_the_file_as_it_was_and_goes_on_later(
        llf: Callable, hub: FakeHub, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    content = blob(cache)
    damage(content, PART)
    damaged = content.read_bytes()
    hub.faults.fail(404, only="^bridge ")
    failed = llf("model", "verify", REPO, "--repair")
    assert failed.returncode == 1 and "is not there" in failed.stderr, failed
    assert content.read_bytes() == damaged
    assert REPO in llf("model", "downloads").stdout
    assert llf("model", "prune", "--yes").stdout == "nothing is left over\n"
    hub.faults.reset()
    hub.forget_requests()
    told = llf("pull", "--dry-run", REPO)
    assert "16.8 MB to come" in told.stderr, "what came of the rest is here"
    assert llf("pull", REPO).returncode == 0
    assert sha256(content.read_bytes()) == sha256(CONTENT)
    assert sent_by(hub) < PART + MIB
    assert not list(cache.rglob("*.llf-*"))


def test_a_repair_says_what_is_to_come(llf: Callable, hub: FakeHub, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    damage(blob(cache), PART)
    repaired = llf("model", "verify", REPO, "--repair")
    assert repaired.returncode == 0 and "16.8 MB to come" in repaired.stderr, repaired


@pytest.mark.parametrize("of_url", [False, True])
def test_a_source_that_sends_something_else_destroys_nothing(
        llf: Callable, hub: FakeHub, home: Home, cache: Path, of_url: bool) -> None:
    mirror = hub.mirrors[0]
    url = f"{mirror.url}/{REPO}/resolve/main/{FILE}"
    words = [url, "--sha256", sha256(CONTENT)] if of_url else [REPO]
    assert llf("pull", *words).returncode == 0
    file = home.path / "data/models" / FILE if of_url else blob(cache)
    name = "model-Q4_K_M" if of_url else REPO
    damage(file, PART)
    damaged = file.read_bytes()
    for faults in (hub.faults, mirror.faults):
        faults.flip_at = PART + 1
    hub.forget_requests()
    failed = llf("model", "verify", name, "--repair")
    assert failed.returncode != 0 and "the file that is here stays as it was" in failed.stderr
    assert file.read_bytes() == damaged
    assert not list(home.path.rglob("*.llf-*"))
    hub.settle()
    sent = sum(one.sent for one in hub.requests if one.status in (200, 206))
    assert sent < 3 * (PART + MIB), "only the damaged part came, each time"
    assert llf("model", "verify", name).returncode == 1, "it is still known as damaged"
    for faults in (hub.faults, mirror.faults):
        faults.set("flip_at", PART + 1, times=1)
    assert llf("model", "verify", name, "--repair").returncode == 0
    assert file.read_bytes() == CONTENT


def test_a_repair_that_is_killed_leaves_the_file_as_it_was(
        llf: Callable, daemon: Daemon, start: Callable, hub: FakeHub, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    content = blob(cache)
    damage(content, PART)
    damaged = content.read_bytes()
    hub.faults.rate_total = MIB
    body = {"model": f"{REPO}:Q4_K_M", "repair": True}
    assert daemon.control("POST", "model/verify", body).status == 200
    eventually("the repair comes",
               lambda: listed(daemon)[f"{REPO}:Q4_K_M"]["done_bytes"] > SIZE - PART + MIB)
    daemon.kill()
    assert content.read_bytes() == damaged
    again = start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})
    one = listed(again)[f"{REPO}:Q4_K_M"]
    assert one["state"] == "interrupted" and one["done_bytes"] < one["size_bytes"], one
    hub.faults.reset()
    hub.forget_requests()
    assert llf("model", "verify", REPO, "--repair").returncode == 0
    assert content.read_bytes() == CONTENT
    assert sent_by(hub) < PART
    assert not list(cache.rglob("*.llf-*"))


def test_a_repair_that_is_stopped_leaves_the_file_as_it_was(
        llf: Callable, daemon: Daemon, hub: FakeHub, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    content = blob(cache)
    damage(content, PART)
    damaged = content.read_bytes()
    hub.faults.rate_total = MIB
    body = {"model": f"{REPO}:Q4_K_M", "repair": True}
    assert daemon.control("POST", "model/verify", body).status == 200
    assert llf("model", "downloads", "--discard", REPO).returncode == 0
    eventually("it is discarded", lambda: not listed(daemon))
    assert content.read_bytes() == damaged
    assert not list(cache.rglob("*.llf-*"))


def test_a_repair_that_another_download_keeps_out_takes_nothing_away(
        llf: Callable, daemon: Daemon, hub: FakeHub, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    content = blob(cache)
    damage(content, PART)
    hub.add(REPO, {FILE: weights(SIZE, 2)})
    hub.faults.rate_total = MIB
    command = subprocess.Popen([LLF, "pull", REPO], stderr=subprocess.DEVNULL,
                               env=os.environ | {"LLF_HOME": str(cache.parent)})
    eventually("the next revision comes",
               lambda: listed(daemon).get(f"{REPO}:Q4_K_M", {}).get("connections"))
    failed = llf("model", "verify", f"{REPO}:Q4_K_M", "--repair")
    assert failed.returncode != 0 and "of another revision" in failed.stderr, failed
    assert content.exists()
    assert llf("model", "downloads", "--stop", REPO).returncode == 0
    command.wait(20)


def test_a_model_of_a_url_is_what_it_was_and_is_repaired_from_there(
        llf: Callable, hub: FakeHub, home: Home) -> None:
    url = f"{hub.mirrors[0].url}/{REPO}/resolve/main/{FILE}"
    assert llf("pull", url, "--sha256", sha256(CONTENT)).returncode == 0
    assert llf("model", "verify", "model-Q4_K_M").returncode == 0
    file = home.path / "data/models" / FILE
    check = subprocess.run(["sha256sum", "--check", "--strict", f"{FILE}.sha256"],
                           cwd=file.parent, capture_output=True, text=True)
    assert check.returncode == 0, check
    damage(file, SIZE - 1)
    told = llf("model", "verify", "model-Q4_K_M")
    assert told.returncode == 1 and "DAMAGED" in told.stdout and "--repair" in told.stdout, told
    hub.forget_requests()
    repaired = llf("model", "verify", "model-Q4_K_M", "--repair")
    assert repaired.returncode == 0, repaired
    assert sha256(file.read_bytes()) == sha256(CONTENT)
    assert sent_by(hub) < SIZE - PART + MIB, "the parts before were right"
    assert llf("model", "verify", "model-Q4_K_M").returncode == 0
    assert llf("rm", "model-Q4_K_M", "--yes").returncode == 0
    assert not list(file.parent.iterdir())


def test_no_profile_goes_on_with_what_was_damaged(llf: Callable, daemon: Daemon, hub: FakeHub,
                                                  cache: Path, settings: Settings) -> None:
    assert llf("pull", REPO).returncode == 0
    settings.set(profiles={"mine": {"model": f"{REPO}:Q4_K_M", "context": 256}})
    await_model(daemon, "mine")
    assert chat(daemon.tcp, "mine").whole
    before = daemon.worker_pid("mine")
    damage(blob(cache), PART)
    assert llf("model", "verify", REPO, "--repair").returncode == 0
    eventually("its engine has ended", lambda: not processes.running(before))
    assert chat(daemon.tcp, "mine").whole


@pytest.fixture
def url_model(llf: Callable, hub: FakeHub, home: Home) -> str:
    """The URL of a model that is here, and damaged; nothing beside it there tells its hash."""
    url = f"{hub.mirrors[0].url}/{REPO}/resolve/main/{FILE}"
    assert llf("pull", url).returncode == 0
    damage(home.path / "data/models" / FILE, SIZE - 1)
    return url


def begin_slow_repair(daemon: Daemon, hub: FakeHub) -> None:
    hub.mirrors[0].faults.rate_total = MIB
    body = {"model": "model-Q4_K_M", "repair": True}
    assert daemon.control("POST", "model/verify", body).status == 200
    folder = daemon.home.path / "data/models"
    eventually("it comes", lambda: list(folder.glob("*.llf-part")))


def test_a_model_that_is_being_repaired_is_not_removed(llf: Callable, daemon: Daemon, hub: FakeHub,
                                                       url_model: str, home: Home) -> None:
    begin_slow_repair(daemon, hub)
    refused = llf("rm", "model-Q4_K_M", "--yes")
    assert refused.returncode == 1 and "is being fetched" in refused.stderr, refused
    assert llf("model", "downloads", "--discard", "model-Q4_K_M").returncode == 0
    eventually("it is discarded", lambda: not listed(daemon))
    assert llf("rm", "model-Q4_K_M", "--yes").returncode == 0
    assert not list((home.path / "data/models").iterdir())


def test_a_pull_does_not_take_a_damaged_model_for_a_right_one(
        llf: Callable, daemon: Daemon, start: Callable, hub: FakeHub, url_model: str) -> None:
    begin_slow_repair(daemon, hub)
    daemon.kill()
    hub.mirrors[0].faults.reset()
    start()
    told = llf("pull", url_model)
    assert told.returncode == 1 and "is damaged" in told.stderr, told
    assert llf("model", "verify", "model-Q4_K_M", "--repair").returncode == 0
    assert "is here" in llf("pull", url_model).stderr
