"""Runs hub.test.mjs: llf and the package share one cache, either way."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from fake_hub import FakeHub
from support.weights import sha256, weights
from support.wire import ask

REPO = "org/model-GGUF"
OURS, THEIRS = "model-Q4_0.gguf", "model-Q8_0.gguf"
CONTENT = weights(3 << 20)


def test_hub_package(packages: Path, start: Callable, tmp_path: Path) -> None:
    with FakeHub() as hub:
        hub.add(REPO, {OURS: CONTENT, THEIRS: weights(2 << 20, 2)})
        daemon = start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(tmp_path)})
        fetched = ask(daemon.unix, "POST", "/llf/v1/downloads", {"model": f"{REPO}:Q4_0"})
        assert b'"state":"done"' in fetched.body, fetched
        run = subprocess.run(
            ["node", "--test", "hub.test.mjs"], cwd=packages, capture_output=True, text=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "HUB_URL": hub.url,
                 "CACHE": str(tmp_path), "MODEL": REPO, "FILE": OURS, "THEIRS": THEIRS,
                 "SHA256": sha256(CONTENT)})
        assert run.returncode == 0, run.stdout + run.stderr
        found = {model["id"] for model in daemon.control("GET", "models").json()["models"]}
        assert {f"{REPO}:Q4_0", f"{REPO}:Q8_0"} <= found, "what the package downloaded is there"
