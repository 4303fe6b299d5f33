"""One home for each test, and a clear word when the machine lacks something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from real import Llf, missing
from support.home import Home


@pytest.fixture(scope="session", autouse=True)
def _complete() -> None:
    lacking = missing()
    if lacking:
        pytest.exit(lacking, 1)


@pytest.fixture
def llf(home: Home) -> Iterator[Llf]:
    program = Llf(home)
    yield program
    program.end()
