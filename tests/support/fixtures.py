"""Homes, models and daemons that clean up, and check the invariants, behind each test."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support import processes
from support.daemon import Daemon
from support.home import FAKE_WORKER, LLF, LLFD, Home
from support.invariants import check_gone, check_reports, check_running
from support.models import Models
from support.settings import Settings


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    missing = [str(path) for path in (LLFD, FAKE_WORKER) if not path.exists()]
    if missing:
        pytest.exit(f"not built: {', '.join(missing)}; LLF_BUILD names the build folder", 1)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """The logs of the homes go into the report of a failed test; teardown knows that it failed."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        item.stash[_FAILED] = True
        for home in item.stash.get(_HOMES, []):
            report.sections.append((f"logs of {home.path}", home.logs()))


_FAILED = pytest.StashKey[bool]()
_HOMES = pytest.StashKey[list]()


@pytest.fixture
def homes(request: pytest.FixtureRequest) -> Iterator[Callable[[], Home]]:
    """Makes homes; at the end kills what a failed test left there."""
    made: list[Home] = []
    request.node.stash[_HOMES] = made

    def make() -> Home:
        made.append(Home())
        return made[-1]

    yield make
    for home in made:
        for process in processes.of_home(home.path):
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        home.remove()


@pytest.fixture
def home(homes: Callable[[], Home]) -> Home:
    return homes()


@pytest.fixture
def models(home: Home) -> Models:
    return Models(home.path / "scripts")


@pytest.fixture
def cache(home: Home) -> Path:
    """Where downloads go, of daemons that are told so by HF_HUB_CACHE."""
    return home.path / "hub"


@pytest.fixture
def start(home: Home, models: Models, request: pytest.FixtureRequest) -> Iterator[Callable]:
    """Starts daemons in `home`, with the fake worker and `models`. When the test passed, what still
    runs has to answer, to end well, and to leave nothing."""
    started: list[Daemon] = []

    def launch(*flags: str, **options: object) -> Daemon:
        started.append(Daemon(home, models, flags, **options))
        return started[-1]

    yield launch
    try:
        if not request.node.stash.get(_FAILED, False):
            for daemon in started:
                if daemon.process.poll() is None:
                    check_running(daemon, models)
                code = daemon.stop()
                assert code == 0 or daemon.expected_death, f"llfd ended with {code}"
            if started:
                check_gone(home)
            check_reports(home)
    finally:
        for daemon in started:
            if daemon.process.poll() is None:
                daemon.kill()


@pytest.fixture
def daemon(start: Callable) -> Daemon:
    """One with the usual settings, room for many models, and a short patience with hung workers."""
    return start("--max-loaded", "64", "--stall-timeout", "4")


@pytest.fixture
def llf(daemon: Daemon, home: Home) -> Callable[..., subprocess.CompletedProcess]:
    """Commands to that daemon, whose variables they do not have."""
    def run(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([LLF, "--home", home.path, *words], capture_output=True, text=True,
                              env=os.environ | {"HF_HUB_CACHE": ""}, timeout=120)
    return run


@pytest.fixture
def wrapped_engine(home: Home) -> str:
    """The fake worker behind a shell script, as some install llama-server."""
    script = home.path / "llama-server"
    script.write_text(f'#!/bin/sh\n{FAKE_WORKER} "$@"\nexit $?\n')
    script.chmod(0o700)
    return str(script)


@pytest.fixture(params=["tcp", "unix"])
def via(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[True, False], ids=["stream", "whole"])
def stream(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def settings(home: Home) -> Settings:
    return Settings(home)
