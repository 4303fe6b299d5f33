"""Models after their download: damage that is found and repaired, leftovers, templates."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.daemon import Daemon
from support.home import LLF, Home
from support.weights import sha256, weights

MIB = 1 << 20
PART = 16 * MIB
SIZE = 40 * MIB
REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(SIZE, chat_template="{{ messages }}")


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.add(REPO, {FILE: CONTENT}, base_model="org/base")
        yield hub


@pytest.fixture
def cache(home: Home) -> Path:
    return home.path / "hub"


@pytest.fixture
def daemon(start: Callable, hub: FakeHub, cache: Path) -> Daemon:
    return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})


@pytest.fixture
def llf(daemon: Daemon, home: Home) -> Callable:
    def run(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([LLF, "--home", home.path, *words], capture_output=True, text=True,
                              env=os.environ | {"HF_HUB_CACHE": ""}, timeout=120)
    return run


def blob(cache: Path) -> Path:
    return next(cache.glob("models--*/snapshots/*/*")).resolve()


def damage(file: Path, *places: int) -> None:
    with file.open("r+b") as opened:
        for place in places:
            opened.seek(place)
            byte = opened.read(1)
            opened.seek(place)
            opened.write(bytes([byte[0] ^ 1]))


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


def test_a_repair_that_cannot_begin_takes_nothing_away(llf: Callable, hub: FakeHub,
                                                       cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    damage(blob(cache), PART)
    hub.faults.fail(404)
    failed = llf("model", "verify", REPO, "--repair")
    assert failed.returncode != 0 and "it cannot be repaired" in failed.stderr
    assert blob(cache).exists() and not list(cache.rglob("*.llf-*"))


def test_a_repair_that_fails_goes_on_later_and_nobody_gets_the_damaged_file(
        llf: Callable, hub: FakeHub, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    content = blob(cache)
    damage(content, PART)
    hub.faults.fail(404, only="^bridge ")
    failed = llf("model", "verify", REPO, "--repair")
    assert failed.returncode != 0
    assert not content.exists()
    assert REPO in llf("model", "downloads").stdout
    assert llf("model", "prune", "--yes").stdout == "nothing is left over\n"
    hub.faults.reset()
    hub.forget_requests()
    assert llf("pull", REPO).returncode == 0
    assert sha256(content.read_bytes()) == sha256(CONTENT)
    assert sent_by(hub) < PART + MIB


def test_a_model_of_nobody_knows_where_is_not_repaired(llf: Callable, home: Home) -> None:
    folder = home.path / "data" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.gguf").write_bytes(b"GGUF but not really")
    answer = llf("model", "verify", "own", "--repair")
    assert answer.returncode != 0
    assert "nothing tells where own came from" in answer.stderr
    assert (folder / "own.gguf").exists()


def test_prune_removes_what_serves_nothing(llf: Callable, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    folder = next(cache.glob("models--*")) / "blobs"
    unnamed = folder / ("0" * 64)
    unnamed.write_bytes(bytes(MIB))
    unfinished = folder / ("1" * 64 + ".llf-part")
    unfinished.write_bytes(bytes(MIB))
    others = folder / ("2" * 64 + ".incomplete")
    others.write_bytes(b"of another program")
    assert llf("model", "prune").returncode == 2, "nobody is there to be asked"
    told = llf("model", "prune", "--dry-run").stdout
    assert str(unnamed) in told and "2.1 MB would become free" in told
    assert unnamed.exists()
    pruned = llf("--json", "model", "prune", "--yes")
    assert pruned.returncode == 0, pruned
    assert json.loads(pruned.stdout)["freed_bytes"] == 2 * MIB
    assert not unnamed.exists() and not unfinished.exists() and others.exists()
    assert llf("model", "verify", REPO).returncode == 0
    assert llf("model", "prune", "--yes").stdout == "nothing is left over\n"


def test_a_template_is_compared_with_that_of_the_base(llf: Callable, hub: FakeHub) -> None:
    assert llf("pull", REPO).returncode == 0
    unknown = llf("model", "info", REPO, "--compare")
    assert unknown.returncode != 0 and "org/base" in unknown.stderr
    hub.add("org/base", {"chat_template.jinja": b"{{ another }}"})
    shown = llf("model", "info", REPO, "--compare")
    assert shown.returncode == 0, shown
    template = json.loads(llf("--json", "model", "info", REPO).stdout)["chat_template"]
    assert template["base"] == "org/base" and template["as_base"] is False
    assert "another than org/base's" in shown.stdout
    hub.add("org/base", {"chat_template.jinja": b"{{ messages }}\n"})
    assert "the same as org/base's" in llf("model", "info", REPO, "--compare").stdout
