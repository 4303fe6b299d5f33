"""F24 and F27: disks that fail or fill up while a model comes."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.daemon import Daemon
from support.fault_shim import FaultShim
from support.home import Home
from support.patience import at_once, eventually
from support.small_disk import mounted_disk
from support.weights import sha256, weights
from support.wire import ask

MIB = 1 << 20
REPO = "org/model-GGUF"
NAME = f"{REPO}:Q4_K_M"
FILE = "model-Q4_K_M.gguf"
SMALL = weights(3 * MIB)
LARGE = weights(24 * MIB)
MOST = 12  # of one call that fail in turn; LLF_FAULTS=1000 for all


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.add(REPO, {FILE: SMALL})
        yield hub


@pytest.fixture
def shim(home: Home, cache: Path) -> FaultShim:
    return FaultShim(cache, home.path / "fault.control")


def environment(hub: FakeHub, cache: Path, shim: FaultShim) -> dict[str, str]:
    return {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache), **shim.environment()}


def download(daemon: Daemon) -> dict:
    """Downloads to the end; how that ended."""
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": REPO})
    assert answer.status == 200, answer
    lines = answer.body.decode().splitlines()
    return [json.loads(line[5:]) for line in lines if line.startswith("data:")][-1]["download"]


def fetched(daemon: Daemon) -> None:
    ended = download(daemon)
    assert ended["state"] == "done", ended


def check(cache: Path) -> None:
    """Every file in it is what its name says, and visible only as a whole."""
    for blob in cache.glob("models--*/blobs/*"):
        if len(blob.name) == 64:
            assert sha256(blob.read_bytes()) == blob.name
    for link in cache.glob("models--*/snapshots/*/**/*"):
        assert link.is_dir() or link.resolve(strict=True).is_file()


def check_whole(cache: Path, content: bytes) -> None:
    check(cache)
    shown = list(cache.glob("models--*/snapshots/*/*"))
    assert [path.name for path in shown] == [FILE]
    assert shown[0].read_bytes() == content
    left = sorted(path.name for path in cache.glob("models--*/blobs/*"))
    assert left == [sha256(content)], "no remains"
    commit = next(cache.glob("models--*/refs/main")).read_text()
    assert commit == shown[0].parent.name


def chosen(count: int) -> list[int]:
    """1 to count, or as many of them as MOST, the first and last ones among them."""
    most = int(os.environ.get("LLF_FAULTS", MOST))
    if count <= most:
        return list(range(1, count + 1))
    return sorted({1 + place * (count - 1) // (most - 1) for place in range(most)})


@pytest.mark.parametrize("call", ["write", "sync", "rename", "allocate", "symlink", "folder",
                                  "open"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_F27_a_call_that_fails_once_is_told_and_costs_nothing_else(
        start: Callable, hub: FakeHub, cache: Path, shim: FaultShim, call: str,
        error: int) -> None:
    daemon = start(env=environment(hub, cache, shim))
    shim.disarm()
    fetched(daemon)
    count = shim.counts()[call]
    assert count > 0, shim.counts()
    for nth in chosen(count):
        shutil.rmtree(cache)
        shim.arm(call, nth, error)
        ended = download(daemon)
        if shim.struck == 0:  # a few calls depend on how the bytes come
            assert ended["state"] == "done", ended
            continue
        assert ended["state"] == "failed", (nth, ended)
        full = "full" in ended["error"] and error == errno.ENOSPC
        assert os.strerror(error) in ended["error"] or full, (nth, ended)
        assert str(cache) in ended["error"], (nth, ended)
        assert shim.retried == 0, "a sync that failed says nothing the second time"
        shim.disarm()
        check(cache)
        fetched(daemon)
        check_whole(cache, SMALL)


def test_F27_truncate_where_space_cannot_be_taken(start: Callable, hub: FakeHub, cache: Path,
                                                  shim: FaultShim) -> None:
    daemon = start(env=environment(hub, cache, shim))
    shim.arm("allocate", 1, errno.EOPNOTSUPP, every=True)
    fetched(daemon)
    assert shim.counts()["truncate"] > 0, shim.counts()
    check_whole(cache, SMALL)


def test_F27_a_sync_that_failed_makes_everything_come_again(
        start: Callable, hub: FakeHub, cache: Path, shim: FaultShim) -> None:
    daemon = start(env=environment(hub, cache, shim))
    fetched(daemon)
    syncs = shim.counts()["sync"]
    sent = []
    for nth in range(1, syncs + 1):
        shutil.rmtree(cache)
        shim.arm("sync", nth)
        assert download(daemon)["state"] == "failed"
        shim.disarm()
        hub.settle()
        hub.forget_requests()
        fetched(daemon)
        sent.append(content_sent(hub))
        check_whole(cache, SMALL)
    assert any(count >= len(SMALL) for count in sent), "one of them was that of the content"


def content_sent(hub: FakeHub) -> int:
    hub.settle()
    return sum(request.sent for request in hub.requests if request.origin == "bridge")


# --- F24: others fill the disk ---

@pytest.fixture
def disk(home: Home) -> Iterator[Path]:
    """Room for the model beside what a download leaves free, and little more."""
    with mounted_disk(home.path / "disk", 320) as folder:
        yield folder


def fill(disk: Path) -> Path:
    """What others put there, to the last byte."""
    other = disk / "other"
    with open(other, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(MIB))
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return other


def filled_meanwhile(daemon: Daemon, hub: FakeHub, disk: Path) -> tuple[dict, Path]:
    """A download during which the disk becomes full, and what fills it."""
    hub.add(REPO, {FILE: LARGE})
    hub.faults.rate_total = 8 * MIB

    def when_some_came() -> Path:
        eventually("some came", lambda: done_bytes(daemon) > 4 * MIB)
        return fill(disk)

    ended, other = at_once(2, lambda i: download(daemon) if i == 0 else when_some_came())
    hub.settle()
    hub.faults.reset()
    hub.forget_requests()
    return ended, other


def done_bytes(daemon: Daemon) -> int:
    downloads = daemon.control("GET", "downloads").json()["downloads"]
    return sum(one["done_bytes"] for one in downloads)


def test_F24_a_disk_that_others_fill_keeps_what_came(start: Callable, hub: FakeHub, disk: Path,
                                                     home: Home) -> None:
    shim = FaultShim(disk, home.path / "fault.control")
    daemon = start(env=environment(hub, disk, shim))
    shim.arm("allocate", 1, errno.EOPNOTSUPP, every=True)  # as file systems without that have it
    ended, other = filled_meanwhile(daemon, hub, disk)
    assert ended["state"] == "failed", ended
    assert "full" in ended["error"] and str(disk) in ended["error"], ended
    assert "MB more are needed" in ended["error"], ended
    check(disk)
    again = download(daemon)
    assert again["state"] == "failed" and "full" in again["error"], again
    other.unlink()
    hub.settle()
    hub.forget_requests()
    fetched(daemon)
    assert content_sent(hub) < len(LARGE) - 3 * MIB, "it goes on from where it was"
    check_whole(disk, LARGE)


def test_F24_space_that_was_taken_is_there(start: Callable, hub: FakeHub, disk: Path,
                                           home: Home) -> None:
    daemon = start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(disk)})
    ended, other = filled_meanwhile(daemon, hub, disk)
    if ended["state"] == "failed":  # the names of the model had no room
        assert "No space left" in ended["error"] and str(disk) in ended["error"], ended
    check(disk)
    other.unlink()
    fetched(daemon)
    assert content_sent(hub) == 0, "all of it had come"
    check_whole(disk, LARGE)
