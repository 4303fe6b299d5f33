"""Models of the fake worker: its scripts, and what it recorded. tests/fake_worker has the words."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

from support.patience import PATIENCE_S, eventually

ANSWER = "The fake worker answers: one two three, ä€ 漢字 🦙 done."


def model_file(texts: dict[str, str]) -> bytes:
    """A GGUF file without tensors, with these texts as metadata."""
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    string = struct.pack("<I", 8)
    pairs = b"".join(text(key) + string + text(value) for key, value in texts.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(texts)) + pairs


class Models:
    """A folder of models. Each records what happens to it in NAME.jsonl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(self, name: str, *directives: str) -> str:
        """A model of this behaviour; replaces one of that name in one step."""
        path = self.folder / f"{name}.gguf"
        script = "\n".join([f"record {name}.jsonl", *directives, ""])
        (self.folder / f"{name}.new").write_bytes(model_file({"fake.script": script}))
        os.replace(self.folder / f"{name}.new", path)
        return name

    def add_many(self, count: int, stem: str, *directives: str) -> list[str]:
        return [self.add(f"{stem}-{i}", *directives) for i in range(count)]

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.gguf"

    def records(self, name: str, event: str | None = None) -> list[dict]:
        """What the model's workers wrote, all or one kind: start, request, end."""
        try:
            lines = (self.folder / f"{name}.jsonl").read_text().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        found = [json.loads(line) for line in lines if line.endswith("\n")]
        return [record for record in found if event in (None, record["event"])]

    def await_records(self, name: str, event: str, count: int,
                      limit_s: float = PATIENCE_S) -> list[dict]:
        def enough() -> list[dict] | None:
            found = self.records(name, event)
            return found if len(found) >= count else None

        return eventually(f"{count} × {event} of {name}", enough, limit_s)

    def forget(self, name: str) -> None:
        (self.folder / f"{name}.jsonl").unlink(missing_ok=True)
