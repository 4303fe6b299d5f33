"""llf prompt: templates as files, own and shipped, without a daemon."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support import processes
from support.home import LLF, SOURCE, Home
from support.patience import PATIENCE_S, at_once

SHIPPED = sorted(path.stem for path in (SOURCE / "assets/prompts").glob("*.json"))


class Prompt:
    """`llf prompt` in a home of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.path / "config/prompts"

    def __call__(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([LLF, "prompt", *words], env=self.home.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE_S)

    def json(self, *words: str) -> dict:
        run = self(*words, "--json")
        assert run.returncode == 0, run
        return json.loads(run.stdout)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def kept(self) -> list[Path]:
        return sorted(self.folder.glob("backups/*.json"))


@pytest.fixture
def prompt(home: Home) -> Iterator[Prompt]:
    yield Prompt(home)
    assert not processes.of_home(home.path), "llf prompt needs no daemon"
    assert not home.sanitizer_reports(), home.sanitizer_reports()


def refused(run: subprocess.CompletedProcess, code: int, *said: str) -> None:
    assert (run.returncode, run.stdout) == (code, ""), run
    for words in said:
        assert words in run.stderr, run.stderr


def test_the_shipped_templates_are_there(prompt: Prompt) -> None:
    listed = prompt.json("list")["prompts"]
    assert [(one["name"], one["from"]) for one in listed] == [(name, "shipped") for name in SHIPPED]
    assert {"assistant", "coder", "minimal", "reviewer", "summarizer", "translator", "tutor",
            "writer"} <= set(SHIPPED)
    for name in SHIPPED:
        shown = prompt("show", name)
        assert json.loads(shown.stdout) == json.loads(
            (SOURCE / f"assets/prompts/{name}.json").read_text())
    assert not prompt.folder.exists()


def test_a_template_lives_from_create_to_delete(prompt: Prompt) -> None:
    made = prompt("create", "mine", "--from", "coder", "--description", "my own")
    path = prompt.folder / "mine.json"
    assert (made.returncode, made.stdout, made.stderr) == (0, f"{path}\n", ""), made
    assert path.stat().st_mode & 0o777 == 0o600
    assert "mine        own      my own\n" in prompt("list").stdout
    shown = prompt.json("show", "mine")
    assert shown["from"] == "own" and shown["path"] == str(path)
    assert shown["variables"] == ["programming_language"]
    coder = prompt.json("show", "coder")["template"]
    assert shown["template"] == {**coder, "description": "my own"}

    refused(prompt("create", "mine"), 1, "'mine' already", str(path))
    deleted = prompt("delete", "mine")
    assert (deleted.returncode, deleted.stdout) == (0, "")
    [kept] = prompt.kept()
    assert str(kept) in deleted.stderr
    assert json.loads(kept.read_text()) == shown["template"]
    refused(prompt("delete", "mine"), 1, "there is no prompt template 'mine'")
    refused(prompt("delete", "coder"), 1, "'coder' came with llf")


def test_export_and_import_make_the_same(prompt: Prompt, tmp_path: Path) -> None:
    exported = prompt("export", "reviewer")
    assert exported.stdout == prompt("show", "reviewer").stdout
    file = tmp_path / "Code Review.json"
    assert prompt("export", "reviewer", str(file)).stdout == f"{file}\n"
    refused(prompt("export", "reviewer", str(file)), 1, str(file), "--replace")
    assert prompt("export", "reviewer", str(file), "--replace").returncode == 0
    assert prompt.json("import", str(file)) == {
        "name": "code-review", "path": str(prompt.folder / "code-review.json")}
    assert prompt("show", "code-review").stdout == exported.stdout
    refused(prompt("import", str(file)), 1, "'code-review' already", "--replace")
    file.write_text('{"system": "new"}')
    assert prompt("import", str(file), "--replace").returncode == 0
    [kept] = prompt.kept()
    assert kept.read_text() == exported.stdout
    refused(prompt("export", "reviewer", "/nowhere/x.json"), 1, "/nowhere/")


def test_prompts_of_the_python_llf_are_imported(prompt: Prompt, tmp_path: Path) -> None:
    whole = {"system_prompt": "S", "master_prompt": "M", "assistant_prompt": "A",
             "prefix_messages": [{"role": "user", "content": "p"}],
             "suffix_messages": [{"role": "tool", "content": "s"}],
             "conversation_format": "chat", "custom_format": None}
    folder = tmp_path / "Super Cat"
    folder.mkdir()
    (folder / "prompt.json").write_text(json.dumps(whole))
    (folder / "config.json").write_text('{"description": "a cat", "author": "me"}')
    run = prompt("import", str(folder))
    assert run.returncode == 0, run
    for key in ("'suffix_messages[0]'", "'conversation_format'", "'author'"):
        assert f"llf: {key} was not taken: " in run.stderr
    assert prompt.json("show", "super-cat")["template"] == {
        "description": "a cat", "system": "S", "master": "M", "opening": "A",
        "prefix": [{"role": "user", "content": "p"}]}


@pytest.mark.parametrize("text, place", [
    ('{\n  "system": "a"\n  "opening": "b"\n}', "line 3, column 3: "),
    ('{\n  "sytem": "a"}', "line 2, column 3: a prompt template has no 'sytem'. Did you mean "
                           "'system'?"),
    ('{"prefix": [{"role": "robot", "content": ""}]}', "line 1, column 22: prefix[0].role: "),
    ('{"tags": "a"}', "line 1, column 10: tags: must be a list"),
    ('[]', "line 1, column 1: it must be an object"),
    ('', "line 1, column 1: "),
])
def test_a_wrong_file_is_told_with_its_place(prompt: Prompt, tmp_path: Path, text: str,
                                             place: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    refused(prompt("import", str(file)), 2, f"{file}: {place}")
    assert not prompt.folder.exists()
    own = prompt.write("x.json", text)
    refused(prompt("show", "x"), 2, f"{own}: {place}")
    refused(prompt("export", "x"), 2, f"{own}: {place}")
    refused(prompt("create", "y", "--from", "x"), 2, f"{own}: {place}")
    listed = prompt("list")
    assert listed.returncode == 0 and f"broken: {own}: {place}" in listed.stdout, listed
    assert place in prompt.json("list")["prompts"][-1]["error"]
    assert prompt("delete", "x").returncode == 0
    assert prompt.kept()[0].read_text() == text


@pytest.mark.parametrize("name", ["Mine", "my prompt", "../x", "none", "selected", "", "a" * 65])
def test_a_wrong_name_is_refused(prompt: Prompt, tmp_path: Path, name: str) -> None:
    refused(prompt("create", name), 2, "is no name for a prompt template", "a-z")
    file = tmp_path / "x.json"
    file.write_text("{}")
    refused(prompt("import", str(file), "--name", name), 2, "is no name for a prompt template")
    refused(prompt("show", name), 1, "there is no prompt template")
    assert not prompt.folder.exists()


def test_a_folder_that_is_in_the_way_is_told(prompt: Prompt) -> None:
    prompt.folder.parent.mkdir()
    prompt.folder.write_text("")
    refused(prompt("create", "x"), 1, "saving the prompt template 'x'", str(prompt.folder))


def test_of_many_that_create_one_wins(prompt: Prompt) -> None:
    runs = at_once(8, lambda number: prompt("create", "x", "--system", str(number)))
    assert sorted(run.returncode for run in runs) == [0] + [1] * 7, runs
    winner = next(number for number, run in enumerate(runs) if run.returncode == 0)
    assert prompt.json("show", "x")["template"] == {"system": str(winner)}
