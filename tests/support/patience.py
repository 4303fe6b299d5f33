"""Waiting for what must happen. The limits guard against hanging; they are never measurements."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 60.0
_STEP_S = 0.01


def eventually(what: str, probe: Callable[[], T], limit_s: float = PATIENCE_S) -> T:
    """The first truthy result of `probe`, for facts that nobody announces (files, /proc)."""
    deadline = time.monotonic() + limit_s
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {limit_s} s: {what}; last: {found!r}")
        time.sleep(_STEP_S)


def at_once(count: int, task: Callable[[int], T]) -> list[T]:
    """Runs task(0) … task(count-1) on as many threads; their results, or the first exception."""
    with ThreadPoolExecutor(max_workers=count) as pool:
        return [future.result() for future in [pool.submit(task, i) for i in range(count)]]
