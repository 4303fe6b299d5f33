"""Runs the tests of OpenAI's clients with a daemon of each kind; the packages go to the build
folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.daemon import Daemon
from support.home import Home
from support.models import Models

CALL = """tool-call weather {"city": "Bern in winter"}"""


@pytest.fixture
def real(homes: Callable[[], Home]) -> Iterator[Daemon]:
    daemon = Daemon(homes(), engine=None)
    yield daemon
    assert daemon.stop() == 0


def run_tests(packages: Path, real: Daemon, daemon: Daemon, name: str) -> None:
    run = subprocess.run(
        ["node", "--test", f"{name}.test.mjs"], cwd=packages, capture_output=True, text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(real.home.path),
             "REAL_URL": f"http://127.0.0.1:{real.tcp.place}",
             "FAKE_URL": f"http://127.0.0.1:{daemon.tcp.place}"})
    assert run.returncode == 0, run.stdout + run.stderr


def test_answers_are_as_the_types_of_the_openai_package_say(
        packages: Path, real: Daemon, daemon: Daemon, models: Models) -> None:
    models.add("calls", CALL)
    run_tests(packages, real, daemon, "schema")


@pytest.mark.parametrize("client", ["openai", "ai", "langchain"])
def test_a_client_works(packages: Path, real: Daemon, daemon: Daemon, models: Models,
                        client: str) -> None:
    models.add("long", "tokens 100000", "token-delay-ms 20")
    models.add("dies", "crash-after-events 5")
    models.add("rescued", "crash-after-events 5", "crash-times 1")
    models.add("calls", CALL)
    run_tests(packages, real, daemon, client)
    ends = models.await_records("long", "end", 1)
    assert not any(end["complete"] for end in ends), ends
