"""What holds after every fault: the daemon works, holds nothing more than before, and leaves
nothing behind."""

from __future__ import annotations

import os
import stat

from support import processes
from support.chat import chat
from support.daemon import Daemon
from support.home import Home
from support.models import ANSWER, Models
from support.patience import eventually

_KEPT = {"llfd.lock", "start.lock", "workers.json"}


def check_running(daemon: Daemon, models: Models) -> None:
    """The next request succeeds on either way in; then, with nothing loaded, no zombie and no
    descriptor is left."""
    model = models.add("afterwards")
    for via in ("tcp", "unix"):
        answer = chat(daemon.address(via), model, stream=via == "tcp")
        assert answer.whole and answer.text == ANSWER, answer
    daemon.await_idle()
    daemon.unload_all()
    eventually("llfd has no worker", lambda: not processes.workers(daemon.pid))
    check_descriptors(daemon)


def check_descriptors(daemon: Daemon) -> None:
    def at_base() -> bool:
        left = processes.descriptors(daemon.pid)
        for known in daemon.base_descriptors:
            if known in left:
                left.remove(known)
        surplus[:] = left
        return not left

    surplus: list[str] = []
    try:
        eventually("descriptors are back to base", at_base)
    except AssertionError:
        raise AssertionError(f"descriptors left open: {surplus}") from None


def check_gone(home: Home) -> None:
    """Nothing of this home runs, and its run folder holds no socket and no temporary file."""
    eventually("no process of this home is left", lambda: not processes.of_home(home.path))
    left = home.run_files()
    assert not [path for path in left if stat.S_ISSOCK(os.lstat(path).st_mode)], left
    assert {path.name for path in left} <= _KEPT, left
    strays = [path for path in home.path.rglob("*") if path.suffix in (".tmp", ".part")]
    assert not strays, strays


def check_reports(home: Home) -> None:
    reports = home.sanitizer_reports()
    assert not reports, f"sanitizer:\n{reports}"
