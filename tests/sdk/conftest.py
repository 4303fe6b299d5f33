"""The real engine and model are needed here as in e2e."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from real import missing  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _complete() -> None:
    lacking = missing()
    if lacking:
        pytest.exit(lacking, 1)
