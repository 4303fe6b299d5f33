"""The settings file of a home."""

from __future__ import annotations

import json
import os

from support.daemon import Daemon
from support.home import Home
from support.patience import eventually
from support.wire import ask


class Settings:
    """The settings file of a home, written as an editor that saves whole files does."""

    def __init__(self, home: Home) -> None:
        self.path = home.path / "config/config.json"
        self.path.parent.mkdir(exist_ok=True)

    def write(self, text: str | bytes) -> None:
        new = self.path.with_suffix(".new")
        new.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.replace(new, self.path)

    def set(self, **sections: object) -> None:
        self.write(json.dumps(sections))


def add_prompt(home: Home, name: str, system: str, **members: object) -> None:
    folder = home.path / "config/prompts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"system": system, **members}))


def error_of(daemon: Daemon) -> str | None:
    return daemon.status()["settings"]["error"]


def models_of(daemon: Daemon) -> set[str]:
    return {model["id"] for model in ask(daemon.unix, "GET", "/v1/models").json()["data"]}


def await_model(daemon: Daemon, name: str) -> None:
    """The file has been taken over when a profile of it is known."""
    eventually(f"the profile {name}", lambda: name in models_of(daemon))


def pid_of(daemon: Daemon, model: str) -> int | None:
    worker = daemon.workers().get(model, {})
    return worker["pid"] if worker.get("state") == "ready" else None
