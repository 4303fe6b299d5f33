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


def test_f30_a_folder_that_is_only_written_into_keeps_what_it_had(llf: Callable,
                                                                  settings: Settings) -> None:
    assert llf("config", "set", "log.level", "info").returncode == 0
    settings.path.parent.chmod(0o300)
    try:
        run = llf("config", "set", "log.level", "debug")
        assert run.returncode == 0, run
    finally:
        settings.path.parent.chmod(0o700)
    assert "debug" in settings.path.read_text()
    kept = [path.read_text() for path in (settings.path.parent / "backups").iterdir()]
    assert TEXT in kept and any('"info"' in text for text in kept), kept


def test_f30_prompts_that_may_not_be_seen_are_told(llf: Callable, settings: Settings,
                                                   home: Home) -> None:
    assert llf("prompt", "create", "x").returncode == 0
    folder = settings.path.parent / "prompts"
    project = home.path / "prompt_templates"
    for name in ("open", "closed"):
        (project / name).mkdir(parents=True)
        (project / name / "prompt.json").write_text('{"system_prompt": "S"}')
    take_away(project / "closed", 0o700 if AS_ROOT else 0)
    folder.chmod(0)
    try:
        for words in (["list"], ["show", "x"], ["use", "x"], ["delete", "x"]):
            run = llf("prompt", *words)
            assert run.returncode == 1 and str(folder) in run.stderr, (words, run)
            assert f"chmod u+rwx {folder}" in run.stderr, (words, run)
        run = llf("prompt", "import", str(project / "closed"), "--name", "y")
        assert run.returncode == 1 and f"you may not enter {project}/closed" in run.stderr, run
        run = llf("config", "import", str(project))
        assert f"you may not enter {project}/closed" in run.stdout, run
    finally:
        folder.chmod(0o700)
        (project / "closed").chmod(0o700)


def test_f30_a_folder_of_somebody_else_is_told(llf: Callable, settings: Settings) -> None:
    old = settings.path.parents[1] / "old.json"
    old.write_text('{"server_port": 9000}')
    settings.path.chmod(0o644)
    take_away(settings.path.parent, 0o755 if AS_ROOT else 0o555)
    try:
        assert llf("config", "get", "log.level").stdout == "warn\n"
        for words in (["config", "set", "log.level", "info"], ["config", "unset", "log.level"],
                      ["config", "import", "--write", str(old)], ["prompt", "create", "x"]):
            run = llf(*words)
            assert run.returncode == 1, (words, run)
            assert f"you may not write into {settings.path.parent}" in run.stderr, (words, run)
        assert llf("prompt", "list").returncode == 0
        assert llf("config", "import", str(old)).returncode == 0
        assert settings.path.read_text() == TEXT
        assert sorted(path.name for path in settings.path.parent.iterdir()) == ["config.json"]
    finally:
        settings.path.parent.chmod(0o755)
