"""A hub with one repository; the programs of the project are not needed here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fake_hub import FakeHub
from fake_hub.asking import DATA, NAME, REPO


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """In place of the check that the project is built."""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(token="hf_all") as made:
        made.add(REPO, {NAME: DATA, "README.md": b"# Model\n", "sub/extra.gguf": b"extra"},
                 base_model="org/model", chat_template="{{ messages }}", downloads=7, likes=2)
        yield made
