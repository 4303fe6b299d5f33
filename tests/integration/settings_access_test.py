"""F30: settings that may not be read or written are told with their place, and stay as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.home import LLF, LLFD, Home
from support.patience import PATIENCE_S
from support.settings import Settings

OTHER = 65534  # nobody, who runs llf here when the tests run as root, for whom nothing is forbidden
AS_ROOT = os.geteuid() == 0
TEXT = '{"log": {"level": "warn"}}'


@pytest.fixture
def llf(home: Home, settings: Settings) -> Callable[..., subprocess.CompletedProcess]:
    """llf of a user who owns the home and its folders."""
    settings.write(TEXT)
    programs = home.path / "bin"
    programs.mkdir()
    for program in (LLF, LLFD):  # where any user can run them
        shutil.copy2(program, programs)
    if AS_ROOT:
        for path in (home.path, settings.path.parent, settings.path):
            os.chown(path, OTHER, OTHER)

    def run(*words: str) -> subprocess.CompletedProcess:
        ids = {"user": OTHER, "group": OTHER, "extra_groups": []} if AS_ROOT else {}
        return subprocess.run([programs / LLF.name, *words], env=home.environment(LLF_PORT="0"),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE_S, **ids)

    return run


def take_away(path: Path, mode: int) -> None:
    if AS_ROOT:
        os.chown(path, 0, 0)
    path.chmod(mode)


def test_f30_a_file_of_somebody_else_is_told(llf: Callable, settings: Settings) -> None:
    assert llf("config", "get", "log.level").stdout == "warn\n"
    take_away(settings.path, 0o600 if AS_ROOT else 0)
    for words in (["config", "get", "log.level"], ["config", "check"],
                  ["config", "set", "log.level", "info"], ["config", "unset", "log.level"],
                  ["server", "start"], ["run", "hi"]):
        run = llf(*words)
        assert run.returncode == 1 and run.stdout == "", (words, run)
        assert f"you may not read {settings.path}" in run.stderr, (words, run)
    settings.path.chmod(0o600)
    assert settings.path.read_text() == TEXT


def test_f30_a_folder_of_somebody_else_is_told(llf: Callable, settings: Settings) -> None:
    settings.path.chmod(0o644)
    take_away(settings.path.parent, 0o755 if AS_ROOT else 0o555)
    try:
        assert llf("config", "get", "log.level").stdout == "warn\n"
        for words in (["set", "log.level", "info"], ["unset", "log.level"],
                      ["import", "--write", str(settings.path.with_name("old.json"))]):
            run = llf("config", *words)
            assert run.returncode == 1 and str(settings.path.parent) in run.stderr, (words, run)
        for words in (["config", "set", "log.level", "info"], ["prompt", "create", "x"]):
            run = llf(*words)
            assert run.returncode == 1, (words, run)
            assert f"you may not write into {settings.path.parent}" in run.stderr, (words, run)
        assert llf("prompt", "list").returncode == 0
        assert settings.path.read_text() == TEXT
        assert sorted(path.name for path in settings.path.parent.iterdir()) == ["config.json"]
    finally:
        settings.path.parent.chmod(0o755)
