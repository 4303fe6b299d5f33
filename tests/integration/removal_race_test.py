"""F23: models that are removed, downloaded and used at the same time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from fake_hub import FakeHub
from support.chat import Answer, chat
from support.daemon import Daemon
from support.downloads import fetched, stored
from support.models import ANSWER, model_file
from support.patience import at_once
from support.weights import sha256
from support.wire import Response, ask

REPO = "org/model-GGUF"
LABELS = ("Q4_K_M", "Q8_0", "F16")
# The first two are the same content, which the store keeps once.
CONTENTS = {f"model-{label}.gguf": model_file({"fake.script": script})
            for label, script in zip(LABELS, ("", "", "token-delay-ms 1\n"), strict=True)}
ROUNDS = 12


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.add(REPO, CONTENTS)
        yield hub


@pytest.fixture
def busy(start: Callable, hub: FakeHub, cache: Path) -> Daemon:
    return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})


def check_store(daemon: Daemon, cache: Path) -> None:
    """What is listed is there, what is there is listed, and nothing is half there."""
    links = list(cache.glob("models--*/snapshots/*/*"))
    wanted = {link.resolve(strict=True) for link in links}
    blobs = set(cache.resolve().glob("models--*/blobs/*"))
    assert blobs == wanted, "each content is somebody's"
    for blob in blobs:
        assert sha256(blob.read_bytes()) == blob.name
    models = daemon.control("GET", "models").json()["models"]
    assert {model["id"] for model in models if model["id"].startswith(REPO)} == {
        f"{REPO}:{link.stem.removeprefix('model-')}" for link in links}


def removed(daemon: Daemon, model: str) -> Response:
    return ask(daemon.unix, "POST", "/llf/v1/model/remove", {"model": model})


def is_clear(answer: Answer) -> bool:
    """The whole answer, or an error that says why there is none; 502 or 503 where the file went
    while it was opened."""
    if answer.whole:
        return answer.text == ANSWER
    return answer.told and answer.status in (404, 502, 503)


def test_F23_removed_downloaded_and_used_at_once(busy: Daemon, cache: Path) -> None:
    over = Event()
    counts = {"removed": 0, "fetched": 0, "answered": 0}

    def remove(dice: random.Random) -> None:
        while not over.wait(dice.random() / 10):
            answer = removed(busy, f"{REPO}:{dice.choice(LABELS)}")
            assert answer.status in (200, 404, 409), answer
            counts["removed"] += answer.status == 200

    def download(dice: random.Random) -> None:
        for _ in range(ROUNDS):
            fetched(busy, f"{REPO}:{dice.choice(LABELS)}")
            counts["fetched"] += 1

    def use(dice: random.Random) -> None:
        while not over.is_set():
            answer = chat(busy.tcp, f"{REPO}:{dice.choice(LABELS)}", stream=dice.random() < 0.5)
            assert is_clear(answer), answer
            counts["answered"] += answer.whole
            if answer.status == 404:
                over.wait(dice.random() / 50)

    def part(number: int) -> None:
        dice = random.Random(number)
        if number > 1:
            (use, use, remove)[number % 3](dice)
            return
        try:
            download(dice)
        finally:
            ended.append(number)
            if len(ended) == 2:
                over.set()

    ended: list[int] = []
    at_once(6, part)
    assert all(counts.values()), counts
    check_store(busy, cache)
    for label in LABELS:
        fetched(busy, f"{REPO}:{label}")
        assert chat(busy.tcp, f"{REPO}:{label}").whole
    assert stored(cache) == sorted(CONTENTS)
    check_store(busy, cache)
    for label in LABELS:
        assert removed(busy, f"{REPO}:{label}").status == 200
        check_store(busy, cache)
    assert not stored(cache) and not list(cache.glob("models--*/blobs/*"))
