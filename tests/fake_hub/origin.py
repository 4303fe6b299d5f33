"""What the servers of one hub share, and what is each one's own."""

from __future__ import annotations

import itertools
import os
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from fake_hub.catalog import Catalog
from fake_hub.faults import Faults
from fake_hub.record import Log
from fake_hub.signing import Signer


class Pace:
    """Spreads bytes over time, whoever sends them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at = 0.0

    def delay_s(self, count: int, rate: int) -> float:
        """How long to wait before sending `count` more."""
        with self._lock:
            now = time.monotonic()
            due = max(self._free_at, now)
            self._free_at = due + count / rate
            return due - now


class Shared:
    def __init__(self, record: Path | None) -> None:
        self.catalog = Catalog()
        self.signer = Signer()
        self.log = Log(record)
        self.pace = Pace()
        self.numbers = itertools.count(1)
        self.bridge_url = ""
        self.stopping = threading.Event()
        self._wait_end, self._stop_end = os.pipe()

    def stop(self) -> None:
        """Those who hold or pace a connection leave it."""
        self.stopping.set()
        os.close(self._stop_end)

    def __del__(self) -> None:
        """Only when nobody can be waiting any more."""
        os.close(self._wait_end)

    def hold(self, connection: socket.socket) -> None:
        """Returns when the client is gone, or everything stops."""
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        poll.register(self._wait_end, select.POLLHUP)
        poll.poll()


@dataclass
class Origin:
    """One server: "hub", "bridge" or "mirrorN"."""

    name: str
    shared: Shared
    faults: Faults = field(default_factory=Faults)
    url: str = ""

    @property
    def is_mirror(self) -> bool:
        return self.name.startswith("mirror")
