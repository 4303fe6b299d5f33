"""From the Python llf: import, a typo, another prompt, a backup, all while a chat runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from real import Llf
from support.home import FAKE_WORKER, SOURCE, Home
from support.models import Models
from support.terminal import Terminal

PIRATE = "You are a pirate.\n\nAnswer in one sentence."


class Chat:
    """A chat that runs, with a model that writes down what it is asked."""

    def __init__(self, terminal: Terminal, models: Models) -> None:
        self.terminal, self.models, self.place = terminal, models, 0

    def system(self) -> str:
        """What the model is told of itself with the next question."""
        self.place = self.terminal.await_text("> ", self.place)
        asked = len(self.models.records("m", "request"))
        self.terminal.type("hi\r")
        self.place = self.terminal.await_text("done.", self.place)
        request = self.models.await_records("m", "request", asked + 1)[-1]
        first = json.loads(request["body"])["messages"][0]
        assert first["role"] == "system", first
        return first["content"]


def test_from_the_python_llf_to_a_restored_backup(home: Home, models: Models,
                                                  tmp_path: Path) -> None:
    models.add("m", "answer All is done.")
    llf = Llf(home, {"LLF_ENGINE": str(FAKE_WORKER), "LLF_MODELS": str(models.folder)})
    configs = tmp_path / "project/configs"
    shutil.copytree(SOURCE / "tests/data/predecessor", configs)
    file = home.path / "config/config.json"

    def ok(*words: str) -> str:
        run = llf(*words)
        assert run.returncode == 0, run
        return run.stdout + run.stderr

    files = [str(configs / name) for name in ("local_gguf.json", "config_prompt.json",
                                              "prompt_templates")]
    assert "nothing is written" in ok("config", "import", *files) and not file.exists()
    ok("config", "import", "--write", *files)
    ok("config", "check")
    with Terminal(llf.env, "chat", "m") as terminal:
        chat = Chat(terminal, models)
        assert chat.system() == PIRATE

        good = file.read_text()
        file.write_text(good.replace('"top_p"', '"topp"'))
        run = llf("config", "check")
        assert run.returncode == 2 and "Did you mean 'top_p'?" in run.stderr, run
        line = good[:good.index('"top_p"')].count("\n") + 1
        assert f"{file}: line {line}, column " in run.stderr, run
        assert f"line {line}, column " in ok("server", "status")
        assert chat.system() == PIRATE, "the last good settings hold"

        llf.env["VISUAL"] = "sed -i s/topp/top_p/"
        ok("config", "edit")
        assert file.read_text() == good
        assert not any(line.startswith("settings") for line in ok("server", "status").splitlines())

        ok("prompt", "use", "super_mario")
        assert chat.system() == "You are a plumber."
        assert "super_mario" in ok("config", "diff", "1")
        ok("config", "restore", "1")
        assert file.read_text() == good
        assert chat.system() == PIRATE
        assert len(models.records("m", "start")) == 1, "the model stayed loaded all the time"
    llf.end()
