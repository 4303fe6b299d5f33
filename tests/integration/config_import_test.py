"""llf config import: what the Python llf kept in its configs folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import processes
from support.home import LLF, SOURCE, Home
from support.patience import PATIENCE_S

DATA = SOURCE / "tests/data/predecessor"
CONFIGS = ["local_huggingface", "local_gguf", "local_legacy", "openai", "anthropic",
           "several_servers"]
SECRETS = ("sk-openai-not-a-real-key", "sk-ant-not-a-real-key")


class Import:
    """`llf config` in a home of its own, and a project of the Python llf."""

    def __init__(self, home: Home, project: Path) -> None:
        self.home = home
        self.project = project
        self.configs = project / "configs"
        shutil.copytree(DATA, self.configs)
        self.file = home.path / "config/config.json"

    def llf(self, *words: str) -> subprocess.CompletedProcess:
        run = subprocess.run([LLF, *words], env=self.home.environment(), stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=PATIENCE_S)
        assert not any(secret in run.stdout + run.stderr for secret in SECRETS), run
        return run

    def __call__(self, *words: str) -> subprocess.CompletedProcess:
        return self.llf("config", "import", *words)

    def of(self, name: str, *words: str) -> dict:
        run = self(str(self.configs / name), "--json", *words)
        assert run.returncode == 0, run
        return json.loads(run.stdout)

    def touch(self, path: str) -> Path:
        file = (self.project / path).resolve()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
        return file

    def backups(self) -> list[Path]:
        return sorted(self.file.parent.glob("backups/*"))


@pytest.fixture
def imports(home: Home, tmp_path: Path) -> Iterator[Import]:
    yield Import(home, tmp_path / "project")
    assert not processes.of_home(home.path), "llf config import needs no daemon"
    assert not home.sanitizer_reports(), home.sanitizer_reports()


def notes_of(report: dict) -> dict[str, dict]:
    return {note["key"]: note for note in report["notes"]}


@pytest.mark.parametrize("name", CONFIGS)
def test_every_key_of_every_example_has_its_note(imports: Import, name: str) -> None:
    report = imports.of(f"{name}.json")
    notes = notes_of(report)

    def check(value: object, prefix: str) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                check(item, f"{prefix[:-1]}[{index}].")
        elif isinstance(value, dict):
            for key, inner in value.items():
                known = prefix + key in notes
                if known or not isinstance(inner, dict | list):
                    assert known, (prefix + key, notes.keys())
                else:
                    check(inner, f"{prefix}{key}.")

    check(json.loads((DATA / f"{name}.json").read_text()), "")
    assert all(note["to"] or note["why"] for note in report["notes"])
    assert not imports.file.exists()


@pytest.mark.parametrize("name", CONFIGS)
def test_comments_of_examples_change_nothing(imports: Import, name: str) -> None:
    clean, noted = imports.of(f"{name}.json"), imports.of(f"{name}.json.example")
    assert noted["settings"] == clean["settings"]
    comments = [note for note in noted["notes"] if note["key"] == "_…"]
    assert len(comments) == 1
    assert [note for note in noted["notes"] if note not in comments] == clean["notes"]


def test_a_local_server_is_a_profile_with_its_arguments(imports: Import) -> None:
    engine = imports.touch("../llama.cpp/build/bin/llama-server")
    model = imports.touch("models/qwen-coder/qwen2.5-coder-7b-instruct-q5_k_m.gguf")
    name = "qwen2.5-coder-7b-instruct-q5_k_m"
    assert imports.of("local_gguf.json")["settings"] == {
        "server": {"host": "127.0.0.1", "port": 8000},
        "models": {"default": name, "folder": str(imports.project / "models")},
        "engine": {"path": str(engine)},
        "inference": {"temperature": 0.7, "max_tokens": 2048, "top_p": 0.9, "top_k": 50,
                      "repeat_penalty": 1.1},
        "profiles": {name: {"model": str(model), "context": 4096, "slots": 2,
                            "arguments": {"n-gpu-layers": 99, "flash-attn": "on"}}},
        "log": {"level": "error"}}


def test_several_servers_are_several_profiles(imports: Import) -> None:
    report = imports.of("several_servers.json")
    settings, notes = report["settings"], notes_of(report)
    assert settings["profiles"].keys() == {"coder", "writer"}
    assert settings["profiles"]["coder"]["arguments"] == {"jinja": True}
    assert settings["models"]["default"] == "writer"
    assert settings["server"] == {"port": 8001}
    assert notes["local_llm_servers[1].server_host"]["outcome"] == "refused"
    assert notes["local_llm_servers[1].auto_start"]["outcome"] == "meaningless"


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_server_elsewhere_is_an_endpoint(imports: Import, name: str) -> None:
    report = imports.of(f"{name}.json", "--write")
    notes = notes_of(report)
    [endpoint] = report["settings"]["endpoints"].values()
    assert endpoint["url"].startswith("https://"), endpoint
    assert notes["llm_endpoint.api_base_url"]["outcome"] == "taken"
    assert notes["llm_endpoint.model_name"]["to"] == "models.default"
    assert notes["llm_endpoint.api_key"]["outcome"] == "refused"
    assert "***" in notes["llm_endpoint.api_key"]["why"]
    assert "sk-" not in imports.file.read_text()


def test_settings_are_written_once_beside_those_that_are_there(imports: Import) -> None:
    imports.file.parent.mkdir(parents=True)
    mine = ('{\n  // mine\n  "server": {"port": 1, "idle_exit": 7},\n'
            '  "profiles": {"x": {"model": "m"}}\n}\n')
    imports.file.write_text(mine)
    shown = imports(str(imports.configs / "local_gguf.json"))
    assert "--write" in shown.stderr and imports.file.read_text() == mine
    run = imports(str(imports.configs / "local_gguf.json"), "--write")
    assert run.returncode == 0 and run.stdout == shown.stdout, run
    text = imports.file.read_text()
    assert "// mine" in text
    shown = json.loads(imports.llf("config", "show").stdout)
    assert shown["server"]["port"] == 8000 and shown["server"]["idle_exit"] == 7
    assert shown["profiles"].keys() == {"x", "qwen2.5-coder-7b-instruct-q5_k_m"}
    [kept] = imports.backups()
    assert kept.read_text() == mine
    again = imports(str(imports.configs / "local_gguf.json"), "--write")
    assert again.returncode == 0 and imports.file.read_text() == text
    assert imports.backups() == [kept], "nothing changed"


def test_a_wrong_settings_file_is_left_alone(imports: Import) -> None:
    imports.file.parent.mkdir(parents=True)
    imports.file.write_text('{"sever": {}}')
    run = imports(str(imports.configs / "local_gguf.json"), "--write")
    assert run.returncode == 2 and "there is no setting 'sever'" in run.stderr, run
    assert imports.file.read_text() == '{"sever": {}}'


def test_prompts_are_taken_over_with_the_settings(imports: Import) -> None:
    sources = [str(imports.configs / name)
               for name in ("local_legacy.json", "config_prompt.json", "prompt_templates")]
    run = imports(*sources, "--write")
    assert run.returncode == 0, run
    assert "prompts: config_prompt, socratic_tutor, super_mario\n" in run.stdout
    shown = json.loads(imports.llf("prompt", "show", "config_prompt").stdout)
    assert shown["system"] == "You are a pirate."
    assert json.loads(imports.file.read_text())["prompts"] == {"use": "config_prompt"}
    listed = json.loads(imports.llf("prompt", "list", "--json").stdout)["prompts"]
    own = {one["name"]: one for one in listed if one["from"] == "own"}
    assert own["super_mario"]["description"] == "You are a plumber."

    assert imports(*sources, "--write").returncode == 0, "the same again is no conflict"
    changed = imports.home.path / "config/prompts/super_mario.json"
    changed.write_text('{"system": "mine"}')
    before = imports.file.read_text()
    refused = imports(*sources, "--write")
    assert refused.returncode == 1, refused
    assert "'super_mario' already" in refused.stderr and "--replace" in refused.stderr
    assert changed.read_text() == '{"system": "mine"}' and imports.file.read_text() == before
    assert imports(*sources, "--write", "--replace").returncode == 0
    assert "plumber" in changed.read_text()


def test_one_template_may_be_named_by_its_folder_or_file(imports: Import) -> None:
    folder = imports.configs / "prompt_templates/socratic_tutor"
    for path in (str(folder), f"{folder}/", str(folder / "prompt.json")):
        assert json.loads(imports(path, "--json").stdout)["prompts"] == ["socratic_tutor"]
    (folder / "prompt.json").write_text('{\n "system_prompt": 1}')
    run = imports(str(folder))
    assert run.returncode == 2 and "line 2, column 19" in run.stderr, run
    report = imports.of("prompt_templates")
    assert report["prompts"] == ["super_mario"]
    assert "line 2" in notes_of(report)["socratic_tutor"]["why"]


@pytest.mark.parametrize("text, said", [
    ('{\n  "log_level": "INFO"\n  "model_dir": "m"\n}', "line 3, column 3"),
    ("{}", "no key of the Python llf"),
    ("[]", "no key of the Python llf"),
    ('{"server": {"port": 1}}', "no key of the Python llf"),
    ("", "line 1, column 1"),
])
def test_what_is_no_file_of_the_predecessor_is_refused(imports: Import, text: str,
                                                       said: str) -> None:
    file = imports.configs / "x.json"
    file.write_text(text)
    run = imports(str(file), "--write")
    assert (run.returncode, run.stdout) == (2, ""), run
    assert f"{file}: " in run.stderr and said in run.stderr, run
    assert not imports.file.exists()


def test_paths_begin_at_the_project(imports: Import, tmp_path: Path) -> None:
    folder = imports.of("local_gguf.json", "--root", str(tmp_path))["settings"]["models"]["folder"]
    assert folder == str(tmp_path / "models")
    missing = imports(str(imports.configs / "nothing.json"))
    assert missing.returncode == 1 and "nothing.json" in missing.stderr, missing
    assert imports(str(tmp_path)).returncode == 2, "no templates in it"
    assert imports().returncode == 2
