"""Model files of any size that are right in every way, for stores and downloads."""

from __future__ import annotations

import hashlib
import random
import struct
from pathlib import Path

_ALIGNMENT = 32
_F32 = 0


def weights(size: int, seed: int = 1, chat_template: str = "") -> bytes:
    """A GGUF file of about `size` bytes: one tensor of random numbers."""
    count = max(size // 4, 1)
    return _head(count, chat_template) + random.Random(seed).randbytes(4 * count)


def sparse_weights(path: Path, size: int) -> None:
    """A GGUF file of about that size which takes no room: one tensor of zeros."""
    head = _head(size // 4, "")
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size // 4 * 4)


def _head(count: int, chat_template: str) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 2 if chat_template else 1)
    head += text("general.architecture") + struct.pack("<I", 8) + text("llama")
    if chat_template:
        head += text("tokenizer.chat_template") + struct.pack("<I", 8) + text(chat_template)
    head += text("token_embd.weight") + struct.pack("<IQIQ", 1, count, _F32, 0)
    return head + bytes(-len(head) % _ALIGNMENT)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
