"""Runs openai.test.mjs with a daemon of each kind; packages go to the build folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.daemon import Daemon
from support.home import Home
from support.models import Models

@pytest.fixture
def real(homes: Callable[[], Home]) -> Iterator[Daemon]:
    daemon = Daemon(homes(), engine=None)
    yield daemon
    assert daemon.stop() == 0


def test_openai_package(packages: Path, real: Daemon, daemon: Daemon, models: Models) -> None:
    models.add("long", "tokens 100000", "token-delay-ms 20")
    models.add("dies", "crash-after-events 5")
    run = subprocess.run(
        ["node", "--test", "openai.test.mjs"], cwd=packages, capture_output=True, text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(real.home.path),
             "REAL_URL": f"http://127.0.0.1:{real.tcp.place}",
             "FAKE_URL": f"http://127.0.0.1:{daemon.tcp.place}"})
    assert run.returncode == 0, run.stdout + run.stderr
    ends = models.await_records("long", "end", 2)
    assert not any(end["complete"] for end in ends), ends
