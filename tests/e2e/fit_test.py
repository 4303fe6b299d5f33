"""The memory that is planned for a model is what the engine takes, within a tenth."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from real import Llf
from support.home import SOURCE

TENTH = 0.10
SHAPES = [("qwen2", "0.1b", "q4_0", 4096, 2), ("qwen2", "0.1b", "q8_0", 8192, 1),
          ("llama", "0.1b", "f16", 2048, 4), ("qwen2", "0.5b", "q4_0", 4096, 2),
          ("llama", "0.5b", "q8_0", 2048, 2), ("qwen3", "1b", "q4_0", 4096, 1)]


@pytest.mark.parametrize("arch, size, kind, context, slots", SHAPES)
def test_the_plan_is_within_a_tenth_of_what_the_engine_takes(
        llf: Llf, tmp_path: Path, arch: str, size: str, kind: str, context: int,
        slots: int) -> None:
    model = tmp_path / "random.gguf"
    made = subprocess.run([SOURCE / "tools/gguf/make_random_model", "--arch", arch, "--size", size,
                           "--type", kind, model], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    llf.env |= {"LLF_MODELS": str(tmp_path), "LLF_CONTEXT": str(context), "LLF_SLOTS": str(slots)}
    fit = json.loads(llf("--json", "model", "fit", "random").stdout)
    assert (fit["context"], fit["slots"]) == (context, slots)
    planned = fit["fits"][0]["memory"]["total_bytes"]
    # A prompt that fills a batch: then all buffers are in use.
    answer = llf("run", "--model", "random", "--max-tokens", "4", "word " * 600)
    assert answer.returncode == 0, answer
    workers = json.loads(llf("--json", "ps").stdout)["workers"]
    taken = next(one["rss_bytes"] for one in workers if one["model"] == "random")
    assert abs(planned - taken) <= TENTH * taken, f"{planned / 2**20} planned, {taken / 2**20} MiB"
