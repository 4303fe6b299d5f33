"""Where downloads come from: several sources of one file, hubs with hiccups, plain servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.daemon import Daemon
from support.downloads import ended_of, fetched, listed, plan_of, stored
from support.home import Home
from support.patience import eventually
from support.small_disk import mounted_disk
from support.weights import sha256, weights
from support.wire import Connection, ask

MIB = 1 << 20
SIZE = 24 * MIB
REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(SIZE)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(mirrors=1) as hub:
        hub.add(REPO, {FILE: CONTENT})
        yield hub


@pytest.fixture
def daemon(start: Callable, hub: FakeHub, cache: Path) -> Daemon:
    return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})


def is_right(cache: Path) -> bool:
    blobs = [path for path in cache.glob("models--*/blobs/*") if len(path.name) == 64]
    return [sha256(blob.read_bytes()) for blob in blobs] == [sha256(CONTENT)]


@contextmanager
def followed(daemon: Daemon, body: dict) -> Iterator[dict]:
    """A download that has begun: its plan."""
    with Connection(daemon.unix) as follower:
        follower.request("POST", "/llf/v1/downloads", body)
        first = next(follower.parts(follower.read_head()))
        yield json.loads(first.split(b"\n")[0].removeprefix(b"data: "))["plan"]


def test_mirrors_are_used_at_once(daemon: Daemon, hub: FakeHub) -> None:
    hub.faults.rate_total = hub.mirrors[0].faults.rate_total = 8 * MIB
    fetched(daemon, REPO, mirrors=[hub.mirrors[0].url])
    hub.settle()
    origins = {request.origin for request in hub.requests if request.sent > MIB}
    assert len(origins) >= 2, origins


@pytest.mark.parametrize("place", [0, SIZE // 2, -1])
def test_F55_a_bit_that_a_mirror_always_flips_does_no_harm(daemon: Daemon, hub: FakeHub,
                                                           cache: Path, place: int) -> None:
    mirror = hub.mirrors[0]
    hub.faults.rate_total = mirror.faults.rate_total = 16 * MIB
    mirror.faults.flip_at = place
    fetched(daemon, REPO, mirrors=[mirror.url])
    assert stored(cache) == [FILE] and is_right(cache)


@pytest.mark.parametrize("bad", ["hub", "mirror"])
def test_F55_a_source_that_sends_another_file_is_found_out(daemon: Daemon, hub: FakeHub,
                                                           cache: Path, bad: str) -> None:
    mirror = hub.mirrors[0]
    hub.faults.rate_total = mirror.faults.rate_total = 32 * MIB
    faults = hub.faults if bad == "hub" else mirror.faults
    faults.change = "content"
    faults.change_from = 1
    ended = fetched(daemon, REPO, mirrors=[mirror.url])
    assert stored(cache) == [FILE] and is_right(cache)
    url = hub.url if bad == "hub" else mirror.url
    assert f"{url}/{REPO}" in ended["note"], ended


def test_F55_where_all_sources_are_bad_all_are_named(daemon: Daemon, hub: FakeHub,
                                                     cache: Path) -> None:
    mirror = hub.mirrors[0]
    hub.faults.flip_at = mirror.faults.flip_at = SIZE // 2
    ended = ended_of(daemon, REPO, mirrors=[mirror.url])
    assert ended["state"] == "failed" and "SHA-256" in ended["error"], ended
    assert hub.url in ended["error"] and mirror.url in ended["error"], ended
    assert not stored(cache) and not list(cache.glob("models--*/blobs/*"))


def test_a_hiccup_while_it_is_planned_is_no_failure(daemon: Daemon, hub: FakeHub,
                                                    cache: Path) -> None:
    hub.faults.fail(503, times=1, only="/api/models/")
    hub.faults.set("api_body", "cut", times=1)
    fetched(daemon, REPO)
    assert stored(cache) == [FILE]
    hub.faults.fail(429, times=1, only="/api/models/", retry_after=1)
    assert plan_of(daemon, REPO)["missing_bytes"] == 0
    hub.settle()
    assert {503, 429} < {request.status for request in hub.find("/api/models/")}


def broken(kind: str) -> bytes:
    if kind == "no GGUF":
        return b"<!DOCTYPE html>" + CONTENT[15:]
    if kind == "too short":  # its header tells of bytes behind its end
        return weights(2 * SIZE)[:SIZE]
    return CONTENT[:8] + b"\xff" * 8 + CONTENT[16:]  # tensors without number


@pytest.mark.parametrize("kind", ["no GGUF", "too short", "header"])
def test_what_is_no_model_is_not_fetched_to_its_end(daemon: Daemon, hub: FakeHub, cache: Path,
                                                    kind: str) -> None:
    hub.add("org/broken-GGUF", {"broken-Q4_0.gguf": broken(kind)})
    hub.faults.rate_total = 4 * MIB
    ended = ended_of(daemon, "org/broken-GGUF")
    assert ended["state"] == "failed" and "is no model" in ended["error"], ended
    hub.settle()
    assert sum(request.sent for request in hub.requests) < SIZE / 2
    assert not stored(cache) and not list(cache.rglob("*.llf-*"))


def test_who_joins_a_download_is_told_where_it_comes_from(daemon: Daemon,
                                                          hub: FakeHub) -> None:
    hub.faults.rate_total = MIB
    mirror = hub.mirrors[0]
    with (followed(daemon, {"model": REPO}) as first,
          followed(daemon, {"model": REPO, "endpoint": mirror.url}) as plan):
        assert "joined" not in first
    assert plan["joined"] and plan["sources"] == [f"{hub.url}/"]
    hub.faults.reset()
    fetched(daemon, REPO)
    assert plan_of(daemon, REPO, endpoint=mirror.url)["sources"] == [f"{mirror.url}/"]


def test_what_is_here_of_an_unfinished_download_is_told(daemon: Daemon, hub: FakeHub) -> None:
    hub.faults.rate_total = 8 * MIB
    with followed(daemon, {"model": REPO}):
        eventually("a third came", lambda: next(iter(listed(daemon).values()), {}).get(
            "done_bytes", 0) > SIZE / 3)
        daemon.control("POST", "downloads/stop", {"model": REPO})
    eventually("it is stopped", lambda: next(iter(listed(daemon).values()))["state"] == "stopped")
    plan = plan_of(daemon, REPO)
    assert plan["size_bytes"] == len(CONTENT)
    assert 0 < plan["missing_bytes"] < SIZE * 0.7, plan
    hub.faults.reset()
    fetched(daemon, REPO)


def test_until_when_a_busy_server_is_left_alone_is_told(daemon: Daemon, hub: FakeHub) -> None:
    hub.faults.fail(429, only="^bridge ", retry_after=3600)
    with followed(daemon, {"model": REPO}):
        eventually("it is told", lambda: "429 and is asked again at" in (
            next(iter(listed(daemon).values()), {}).get("trouble") or ""))
        daemon.control("POST", "downloads/stop", {"model": REPO})


def test_answers_of_no_hub_and_of_no_revision_are_told_in_words(daemon: Daemon,
                                                                hub: FakeHub) -> None:
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": f"{REPO}@v9"})
    assert answer.status == 404 and "no such branch, tag or commit" in answer.error["message"]
    hub.faults.api_body = "html"
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": REPO})
    assert f"{hub.url}/: what answers is no model hub" in answer.error["message"], answer
    assert "HF_ENDPOINT" in answer.error["message"]


def test_the_hub_of_a_request_is_asked_where_that_of_the_daemon_is_none(start: Callable,
                                                                       hub: FakeHub,
                                                                       cache: Path) -> None:
    daemon = start(env={"HF_ENDPOINT": "no URL", "HF_HUB_CACHE": str(cache)})
    refused = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": REPO})
    assert "HF_ENDPOINT, which llfd was started with" in refused.error["message"], refused
    fetched(daemon, REPO, endpoint=hub.url)


def test_a_plan_says_that_there_is_no_room_and_nothing_comes(start: Callable, hub: FakeHub,
                                                             home: Home) -> None:
    """Room for two of three parts: the reserve of 256 MiB stays free."""
    parts = {f"big-Q8_0-0000{i}-of-00003.gguf": weights(20 * MIB, seed=i) for i in (1, 2, 3)}
    hub.add("org/big-GGUF", parts)
    with mounted_disk(home.path / "disk", 304) as disk:
        daemon = start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(disk)})
        assert "too full" in plan_of(daemon, "org/big-GGUF")["shortage"]
        ended = ended_of(daemon, "org/big-GGUF")
        assert ended["state"] == "failed" and "too full" in ended["error"]
        hub.settle()
        assert not [request for request in hub.requests if request.origin == "bridge"]
        assert plan_of(daemon, REPO)["shortage"] is None
        daemon.stop()


def test_a_file_of_another_server(daemon: Daemon, hub: FakeHub) -> None:
    url = f"{hub.mirrors[0].url}/{REPO}/resolve/main/{FILE}"
    assert fetched(daemon, url)["model"] == "model-Q4_K_M"
    found = {model["id"]: model for model in daemon.control("GET", "models").json()["models"]}
    assert found["model-Q4_K_M"]["source"] == "folder"


def test_a_file_of_another_server_that_is_another(daemon: Daemon, hub: FakeHub) -> None:
    url = f"{hub.mirrors[0].url}/{REPO}/resolve/main/{FILE}"
    wrong = ended_of(daemon, url, sha256="0" * 64)
    assert wrong["state"] == "failed" and "SHA-256" in wrong["error"]


def test_a_sha256_that_cannot_be_asked_for_is_not_taken_for_none(daemon: Daemon,
                                                                 hub: FakeHub) -> None:
    url = f"{hub.mirrors[0].url}/{REPO}/resolve/main/{FILE}"
    hub.mirrors[0].faults.fail(503, only=r"\.sha256")
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": url, "dry_run": True})
    assert answer.status == 503 and "SHA-256" in answer.error["message"], answer
    hub.mirrors[0].faults.reset()
    assert plan_of(daemon, url)["files"][0]["sha256"] is None
