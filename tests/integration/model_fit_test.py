"""What a model asks of this machine and what its files say, before and after its download."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import pytest

from fake_hub import FakeHub
from support import processes
from support.daemon import Daemon
from support.downloads import fetched, plan_of
from support.home import LLF, Home
from support.weights import sparse_weights, weights
from support.wire import Response

MIB = 1 << 20
REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
HUGE = 1 << 42  # bytes, more than any machine here has
BYTES, TEXT, LIST = 0, 8, 9  # types of values


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.add(REPO, {FILE: weights(4 * MIB), "model-Q8_0.gguf": weights(MIB, 8)}, license="mit")
        yield hub


@pytest.fixture
def daemon(start: Callable, hub: FakeHub, home: Home) -> Daemon:
    return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(home.path / "hub")})


def fit(daemon: Daemon, model: str) -> dict:
    answer = daemon.control("POST", "fit", {"model": model})
    assert answer.status == 200, answer
    return answer.json()


def info(daemon: Daemon, model: str) -> Response:
    return daemon.control("GET", f"model?name={quote(model, safe='')}")


def address(hub: FakeHub) -> str:
    """Of a file on a server that is no hub to anybody."""
    return f"{hub.url}/{REPO}/resolve/main/{FILE}".replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("fault", ["none", "ignore_range", "chunked"])
def test_fit_of_a_file_at_a_url(daemon: Daemon, hub: FakeHub, fault: str) -> None:
    if fault != "none":
        hub.faults.set(fault, True)
    answer = fit(daemon, address(hub))
    assert answer["model"] == "model-Q4_K_M" and answer["installed"] is False
    only, = answer["fits"]
    assert only["label"] == "Q4_K_M" and only["fit"] == "yes" and only["size_bytes"] == 4 * MIB


def test_fit_of_a_file_of_a_repository(daemon: Daemon, hub: FakeHub, home: Home) -> None:
    for word in (f"{REPO}:{FILE}", address(hub)):
        ended = subprocess.run([LLF, "--home", home.path, "model", "fit", word],
                               capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
        assert "fits (it is not downloaded)" in ended.stdout


def test_the_quantisation_that_is_chosen_is_one_that_fits(daemon: Daemon, hub: FakeHub,
                                                          tmp_path: Path) -> None:
    files = {"model-Q4_K_M.gguf": HUGE, "model-Q2_K.gguf": 3 * MIB, "model-Q3_K_S.gguf": 5 * MIB}
    for name, size in files.items():
        sparse_weights(tmp_path / name, size)
    hub.add("org/big-GGUF", {name: tmp_path / name for name in files},
            sha256={name: f"{size:064x}" for name, size in files.items()})
    plan = plan_of(daemon, "org/big-GGUF")
    assert plan["model"] == "org/big-GGUF:Q3_K_S"
    answer = fit(daemon, "org/big-GGUF")
    assert answer["model"] == plan["model"]
    assert [(one["label"], one["fit"], one["chosen"]) for one in answer["fits"]] == [
        ("Q3_K_S", "yes", True), ("Q2_K", "yes", False), ("Q4_K_M", "no", False)]
    wanted = fit(daemon, "org/big-GGUF:q2_k")["fits"]
    assert [one["label"] for one in wanted] == ["Q3_K_S", "Q2_K", "Q4_K_M"]
    assert [one["label"] for one in wanted if one["chosen"]] == ["Q2_K"]


def test_info_has_the_licence_that_the_hub_told(daemon: Daemon, home: Home) -> None:
    fetched(daemon, REPO)
    assert info(daemon, f"{REPO}:Q4_K_M").json()["license"] == "mit"
    ended = subprocess.run([LLF, "--home", home.path, "model", "info", f"{REPO}:Q4_K_M"],
                           capture_output=True, text=True, timeout=60)
    assert "license       mit\n" in ended.stdout


def key(file: BinaryIO, name: str, kind: int) -> None:
    file.write(struct.pack("<Q", len(name)) + name.encode() + struct.pack("<I", kind))


def hostile_lists(path: Path) -> None:
    """A header that is nearly as long as any may be, all of it lists that are short enough to be
    kept."""
    count, length = 60_000, 4096
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, count))
        for number in range(count):
            key(file, str(number), LIST)
            file.write(struct.pack("<IQ", BYTES, length))
            file.seek(length, 1)
        file.truncate(file.tell())


def hostile_texts(path: Path) -> None:
    """The same of one list of texts, and right."""
    count = 240
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 1))
        key(file, "tokenizer.ggml.tokens", LIST)
        file.write(struct.pack("<IQ", TEXT, count))
        for _ in range(count):
            file.write(struct.pack("<Q", MIB))
            file.seek(MIB, 1)
        file.truncate(file.tell())


@pytest.mark.parametrize("write", [hostile_lists, hostile_texts])
def test_a_hostile_header_takes_less_memory_than_it_is_long(daemon: Daemon, tmp_path: Path,
                                                            write: Callable) -> None:
    path = tmp_path / "hostile.gguf"
    write(path)
    before = processes.most_resident_bytes(daemon.pid)
    answer = info(daemon, str(path))
    if write is hostile_lists:
        assert answer.status == 413 and "values are larger than" in answer.error["message"]
    else:
        assert answer.status == 200 and answer.json()["vocabulary"] == 240
    assert processes.most_resident_bytes(daemon.pid) - before < path.stat().st_size
