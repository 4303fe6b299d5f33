"""What tests ask of a daemon's downloads."""

from __future__ import annotations

import json
from pathlib import Path

from support.daemon import Daemon
from support.wire import Response, ask


def _events(answer: Response) -> list[dict]:
    assert answer.status == 200, answer
    lines = answer.body.decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def plan_of(daemon: Daemon, model: str, **more: object) -> dict:
    """What a download would come to."""
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads",
                 {"model": model, "dry_run": True, **more})
    return _events(answer)[0]["plan"]


def ended_of(daemon: Daemon, model: str, **more: object) -> dict:
    """Downloads to the end; how that ended."""
    answer = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": model, **more})
    return _events(answer)[-1]["download"]


def fetched(daemon: Daemon, model: str, **more: object) -> dict:
    ended = ended_of(daemon, model, **more)
    assert ended["state"] == "done", ended
    return ended


def listed(daemon: Daemon) -> dict[str, dict]:
    return {one["model"]: one for one in daemon.control("GET", "downloads").json()["downloads"]}


def stored(cache: Path) -> list[str]:
    """The names of a cache's files."""
    return sorted(path.name for path in cache.glob("models--*/snapshots/*/*"))


def blob(cache: Path) -> Path:
    """The content of the one file of a cache."""
    return next(cache.glob("models--*/snapshots/*/*")).resolve()


def damage(file: Path, *places: int) -> None:
    """Flips a bit at each of the places."""
    with file.open("r+b") as opened:
        for place in places:
            opened.seek(place)
            byte = opened.read(1)
            opened.seek(place)
            opened.write(bytes([byte[0] ^ 1]))
