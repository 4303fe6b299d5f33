"""F22 to F24, F51 to F59: downloads from a hub and a network that do everything wrong."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.daemon import Daemon
from support.downloads import ended_of, fetched, listed, plan_of, stored
from support.home import LLF, Home
from support.patience import at_once, eventually
from support.small_disk import mounted_disk
from support.weights import sha256, weights
from support.wire import ask

MIB = 1 << 20
SIZE = 24 * MIB
REPO = "org/model-GGUF"
NAME = f"{REPO}:Q4_K_M"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(SIZE)
TOKEN = "hf_secret"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(mirrors=1) as hub:
        hub.add(REPO, {FILE: CONTENT, "model-Q8_0.gguf": weights(MIB, 8), "README.md": b"# M\n"},
                license="mit")
        hub.add_token(TOKEN)
        yield hub


@pytest.fixture
def cache(home: Home) -> Iterator[Path]:
    """Where downloads go. At the end every file in it is what its name says, and visible only as a
    whole."""
    root = home.path / "hub"
    yield root
    for blob in root.glob("models--*/blobs/*"):
        if len(blob.name) == 64:
            assert sha256(blob.read_bytes()) == blob.name
    for link in root.glob("models--*/snapshots/*/**/*"):
        assert link.is_dir() or link.resolve(strict=True).is_file()


@pytest.fixture
def downloading(start: Callable, hub: FakeHub, cache: Path) -> Daemon:
    return start(env=environment(hub, cache))


def environment(hub: FakeHub, cache: Path) -> dict[str, str]:
    return {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache), "HF_TOKEN": TOKEN}


def content_sent(hub: FakeHub) -> int:
    hub.settle()
    return sum(request.sent for request in hub.requests
               if request.origin != "hub" and request.status in (200, 206))


def test_a_model_is_planned_fetched_and_listed(downloading: Daemon, hub: FakeHub,
                                               cache: Path) -> None:
    plan = plan_of(downloading, REPO)
    assert plan["model"] == NAME and plan["license"] == "mit"
    assert [one["label"] for one in plan["others"]] == ["Q8_0"]
    assert plan["size_bytes"] == plan["missing_bytes"] == len(CONTENT)
    assert not stored(cache)
    assert fetched(downloading, REPO)["verified_bytes"] == len(CONTENT)
    assert stored(cache) == [FILE]
    found = {model["id"]: model for model in downloading.control("GET", "models").json()["models"]}
    assert found[NAME]["source"] == "hugging face" and found[NAME]["size_bytes"] == len(CONTENT)
    assert content_sent(hub) < len(CONTENT) + MIB
    hub.forget_requests()
    fetched(downloading, REPO)
    assert content_sent(hub) == 0, "it is there"


def test_a_dry_run_writes_nothing(downloading: Daemon, home: Home, hub: FakeHub,
                                  cache: Path) -> None:
    def files() -> set[Path]:
        return {path for path in home.path.rglob("*") if "log" not in path.parts}
    mirror = hub.mirrors[0].url
    for given in ([REPO], [REPO, "--mirror", mirror], [f"{mirror}/{REPO}/resolve/main/{FILE}"]):
        for there in (False, True):
            before = files()
            run = subprocess.run([LLF, "pull", *given, "--dry-run"], capture_output=True, text=True,
                                 env=home.environment(**environment(hub, cache)), timeout=60)
            assert run.returncode == 0 and FILE in run.stdout, run
            assert files() == before
            if not there:
                fetched(downloading, given[0])


def test_SEC_33_the_token_goes_to_the_hub_only(downloading: Daemon, hub: FakeHub) -> None:
    fetched(downloading, REPO)
    hub.settle()
    assert any(request.header("authorization") == f"Bearer {TOKEN}" for request in hub.find("^hub"))
    others = [request for request in hub.requests if request.origin != "hub"]
    assert others and not any(request.header("authorization") for request in others)


def test_F51_dropped_connections_cost_nothing(downloading: Daemon, hub: FakeHub) -> None:
    hub.faults.set("drop_after", (MIB, 3 * MIB), times=8)
    fetched(downloading, REPO)
    assert content_sent(hub) <= len(CONTENT) + 8 * MIB


def test_F52_a_server_that_ignores_ranges(downloading: Daemon, hub: FakeHub, cache: Path) -> None:
    hub.faults.ignore_range = True
    fetched(downloading, REPO)
    assert stored(cache) == [FILE]


def test_F52_and_then_is_cut(downloading: Daemon, hub: FakeHub, cache: Path) -> None:
    hub.faults.ignore_range = True
    hub.faults.set("drop_after", 5 * MIB, times=2)
    fetched(downloading, REPO)
    assert stored(cache) == [FILE]


def test_F53_a_file_that_changes_under_way_is_never_mixed(downloading: Daemon, hub: FakeHub,
                                                          cache: Path) -> None:
    hub.faults.change_from = 3
    ended = ended_of(downloading, REPO)
    assert ended["state"] == "failed", ended
    assert "promised" in ended["error"] or "another" in ended["error"], ended
    assert not stored(cache)


@pytest.mark.parametrize("wrong", ["shifted", "total", "long", "short", "earlier", "beyond",
                                   "missing", "garbage"])
def test_F54_a_wrong_content_range_once_is_overcome(downloading: Daemon, hub: FakeHub, cache: Path,
                                                    wrong: str) -> None:
    hub.faults.set("content_range", wrong, times=2, only=r"bytes=[1-9]|bridge")
    fetched(downloading, REPO)
    assert stored(cache) == [FILE]


def test_F54_and_always_is_given_up(downloading: Daemon, hub: FakeHub, cache: Path) -> None:
    hub.faults.content_range = "shifted"
    assert ended_of(downloading, REPO)["state"] == "failed"
    assert not stored(cache)


@pytest.mark.parametrize("place", [0, SIZE // 2, -1])
def test_F55_a_flipped_bit_is_repaired_and_told(downloading: Daemon, hub: FakeHub, cache: Path,
                                                place: int) -> None:
    hub.faults.set("flip_at", place, times=1)
    ended = fetched(downloading, REPO)
    assert stored(cache) == [FILE]
    if ended["note"] is not None:  # not where the byte came with the look at the file's size
        assert "had been damaged" in ended["note"]


@pytest.mark.parametrize("place", [0, SIZE // 2, -1])
def test_F55_a_wrong_file_is_never_kept(downloading: Daemon, hub: FakeHub, cache: Path,
                                        place: int) -> None:
    hub.faults.flip_at = place
    ended = ended_of(downloading, REPO)
    assert ended["state"] == "failed"
    assert "SHA-256" in ended["error"] or (place == 0 and "is no model" in ended["error"])
    assert not stored(cache)
    assert not list(cache.glob("models--*/blobs/*"))


@pytest.mark.parametrize("redirect", ["same", "host", "relative"])
def test_F56_redirects_are_followed(downloading: Daemon, hub: FakeHub, redirect: str) -> None:
    hub.faults.redirect = redirect
    fetched(downloading, REPO)


@pytest.mark.parametrize("redirect", ["loop", "none", "file:///etc/hostname"])
def test_F56_redirects_to_nowhere_are_not(downloading: Daemon, hub: FakeHub,
                                          redirect: str) -> None:
    hub.faults.redirect = redirect
    assert ended_of(downloading, REPO)["state"] == "failed"


def test_F56_signatures_that_expire_are_renewed(downloading: Daemon, hub: FakeHub) -> None:
    hub.faults.expire_uses = 2
    fetched(downloading, REPO)


def test_F57_compressed_ranges_are_not_taken(downloading: Daemon, hub: FakeHub,
                                             cache: Path) -> None:
    hub.faults.set("content_encoding", "gzip", times=3)
    fetched(downloading, REPO)
    assert hub.faults.left("content_encoding") == 0
    assert stored(cache) == [FILE]
    hub.settle()
    assert {request.header("accept-encoding") for request in hub.requests} == {"identity"}


def test_F57_and_always_is_given_up(downloading: Daemon, hub: FakeHub, cache: Path) -> None:
    hub.faults.content_encoding = "gzip"
    ended = ended_of(downloading, REPO)
    assert ended["state"] == "failed" and ended["done_bytes"] == 0, ended
    assert not stored(cache)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(downloading: Daemon, hub: FakeHub, status: int) -> None:
    hub.faults.fail(status, times=3, only="^bridge", retry_after=1)
    fetched(downloading, REPO)


def test_a_plan_tells_of_terms_to_accept(start: Callable, hub: FakeHub, cache: Path) -> None:
    hub.add("org/gated-GGUF", {"g-Q4_0.gguf": weights(MIB)}, gated="manual")
    daemon = start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})
    planned = subprocess.run([LLF, "--home", daemon.home.path, "pull", "org/gated-GGUF", "-n"],
                             capture_output=True, text=True)
    assert "accept its terms at" in planned.stderr, planned


def test_refusals_are_told_in_words(downloading: Daemon, hub: FakeHub) -> None:
    hub.add("org/gated-GGUF", {"g-Q4_0.gguf": weights(MIB)}, gated="manual")
    hub.add_token("hf_outsider", access=[])
    ended = ended_of(downloading, "org/gated-GGUF", token="hf_outsider")
    assert ended["state"] == "failed" and "gated" in ended["error"]
    for model, status, words in (("org/absent-GGUF", 404, "no such repository"),
                                 (f"{REPO}:Q2_K", 404, "It has: Q8_0, Q4_K_M"),
                                 ("no-such-model", 404, "catalog"), ("a/b/c", 400, "ORG/REPO")):
        answer = ask(downloading.unix, "POST", "/llf/v1/downloads", {"model": model})
        assert answer.status == status and words in answer.error["message"], answer


@pytest.mark.parametrize("body", ["html", "garbage", "empty", "truncated", "cut", "huge", "nested"])
def test_a_hub_that_talks_nonsense_is_told(downloading: Daemon, hub: FakeHub, body: str) -> None:
    hub.faults.api_body = body
    answer = ask(downloading.unix, "POST", "/llf/v1/downloads", {"model": REPO})
    assert answer.status >= 500 or answer.status == 413, answer


def test_SEC_31_names_that_are_paths_are_left_out(downloading: Daemon, hub: FakeHub, cache: Path,
                                                  home: Home) -> None:
    hub.add_raw_entries(REPO, ["../../../../escaped-Q4_0.gguf", "/tmp/escaped.gguf",
                               "a\\..\\escaped.gguf", "x\u0000.gguf", "y" * 300 + ".gguf"])
    fetched(downloading, REPO)
    assert stored(cache) == [FILE]
    assert not [path for path in home.path.rglob("*escaped*")]


def test_F22_fifty_commands_for_one_model_are_one_download(downloading: Daemon, hub: FakeHub,
                                                           home: Home, cache: Path) -> None:
    hub.faults.rate_total = 16 * MIB
    run = at_once(50, lambda _: subprocess.run(
        [LLF, "pull", REPO], env=home.environment(**environment(hub, cache)),
        capture_output=True, text=True, timeout=120))
    assert all(one.returncode == 0 for one in run), run[0]
    assert all(one.stdout == f"{NAME} is there: llf run {NAME}\n" for one in run)
    # Once, and what was under way when a slow part was taken over.
    assert content_sent(hub) < len(CONTENT) + 8 * MIB


def test_a_download_goes_on_when_its_command_leaves(downloading: Daemon, hub: FakeHub, home: Home,
                                                    cache: Path) -> None:
    hub.faults.rate_total = 6 * MIB
    command = subprocess.Popen([LLF, "pull", REPO],
                               env=home.environment(**environment(hub, cache)),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    eventually("something came", lambda: listed(downloading).get(NAME, {}).get("done_bytes"))
    command.send_signal(signal.SIGINT)
    _, err = command.communicate(timeout=20)
    assert command.returncode == 130 and "llfd goes on with it" in err
    assert listed(downloading)[NAME]["state"] == "running"
    hub.faults.reset()
    fetched(downloading, REPO)


def test_a_command_whose_daemon_dies_says_how_to_go_on(downloading: Daemon, hub: FakeHub,
                                                        home: Home, cache: Path) -> None:
    hub.faults.rate_total = MIB
    command = subprocess.Popen([LLF, "pull", REPO],
                               env=home.environment(**environment(hub, cache)),
                               stderr=subprocess.PIPE, text=True)
    eventually("something came", lambda: listed(downloading).get(NAME, {}).get("done_bytes"))
    downloading.kill()
    _, err = command.communicate(timeout=20)
    assert command.returncode == 1
    assert "llfd ended in the middle of it: the same command goes on" in err, err


def test_a_stopped_download_goes_on_where_it_was(downloading: Daemon, hub: FakeHub) -> None:
    hub.faults.rate_total = 6 * MIB
    stop = {"model": NAME}
    done = at_once(2, lambda i: ended_of(downloading, REPO) if i == 0 else eventually(
        "it is stopped", lambda: listed(downloading).get(NAME, {}).get("done_bytes", 0) > 4 * MIB
        and downloading.control("POST", "downloads/stop", stop).status == 200))
    assert done[0]["state"] == "stopped"
    assert content_sent(hub) < len(CONTENT)
    hub.faults.reset()
    fetched(downloading, REPO)
    assert content_sent(hub) < len(CONTENT) + 8 * MIB


def test_F58_kill_at_any_moment(start: Callable, hub: FakeHub, cache: Path, home: Home) -> None:
    """A download that is done before a kill begins anew."""
    dice = random.Random(58)
    hub.faults.rate_total = 12 * MIB
    came = bytearray(len(CONTENT))  # 1 for each byte that was sent to an earlier daemon
    for _ in range(int(os.environ.get("LLF_KILLS", "200"))):
        daemon = start(env=environment(hub, cache))
        command = subprocess.Popen([LLF, "pull", REPO], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL,
                                   env=home.environment(**environment(hub, cache)))
        goal = dice.randrange(2 * MIB)
        eventually("bytes came", lambda goal=goal, command=command:
                   sent_now(hub) >= goal or command.poll() is not None)
        daemon.kill()
        command.wait(20)
        assert sent_again(hub, came) <= 8 * MIB
        if command.returncode == 0:
            assert stored(cache) == [FILE]
            shutil.rmtree(cache)
            came[:] = bytes(len(came))
    hub.faults.reset()
    fetched(start(env=environment(hub, cache)), REPO)
    assert sent_again(hub, came) <= 8 * MIB
    assert stored(cache) == [FILE]


def sent_again(hub: FakeHub, came: bytearray) -> int:
    """How many bytes were sent of those that `came`, which has all of them then."""
    hub.settle()
    ranges = [(request.start or 0, (request.start or 0) + request.sent)
              for request in hub.requests
              if request.origin != "hub" and request.status in (200, 206)]
    hub.forget_requests()
    again = sum(came.count(1, begin, end) for begin, end in ranges)
    for begin, end in ranges:
        came[begin:end] = bytes([1]) * (end - begin)
    return again


def sent_now(hub: FakeHub) -> int:
    return sum(request.sent for request in hub.requests if request.origin != "hub")


def test_F24_a_full_disk_is_told_before_anything_comes(start: Callable, hub: FakeHub,
                                                       small_disk: Path) -> None:
    daemon = start(env=environment(hub, small_disk))
    ended = ended_of(daemon, REPO)
    assert ended["state"] == "failed" and "too full" in ended["error"]
    assert content_sent(hub) < MIB
    assert not stored(small_disk)


@pytest.fixture
def small_disk(home: Home) -> Iterator[Path]:
    with mounted_disk(home.path / "disk", 8) as folder:
        yield folder


def test_F59_a_connection_that_falls_silent_is_replaced(downloading: Daemon,
                                                        hub: FakeHub) -> None:
    hub.faults.set("stall_after", MIB, times=1)
    fetched(downloading, REPO)


def test_search_finds_repositories(downloading: Daemon) -> None:
    found = downloading.control("POST", "search", {"query": "model"}).json()["models"]
    assert [one["repository"] for one in found] == [REPO]
