"""P1: starting the command line. P3: starting the daemon and letting it idle."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from measure import Row, interleave
from processes import (Server, children, context_switches, free_port, nginx_argv, offers_router,
                       rss_mib, scratch, wait_healthy)
from setting import Setting

IDLE_S = 10
HEALTH_POLL_S = 0.0002


def run_ms(argv: list[str]) -> float:
    """From spawn to the end of a program whose output goes nowhere."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    took = (time.perf_counter() - start) * 1000
    if status != 0:
        raise RuntimeError(f"{' '.join(argv)}: status {status}")
    return took


def p1(setting: Setting) -> list[Row]:
    commands = {
        "llf --version": [str(setting.llf), "--version"],
        "llf --help": [str(setting.llf), "--help"],
        "static hello-world": [str(setting.program("hello"))],
        "llama-server --version": [str(setting.engine), "--version"],
        "curl --version": ["/usr/bin/curl", "--version"],
        "python3 -c pass": ["/usr/bin/python3", "-c", "pass"],
    }
    present = {name: argv for name, argv in commands.items() if Path(argv[0]).exists()}
    for argv in present.values():
        run_ms(argv)
    found = interleave(setting.rounds(100),
                       {name: lambda argv=argv: run_ms(argv) for name, argv in present.items()})
    hello = found["static hello-world"]
    rows = []
    for name, values in found.items():
        row = Row("P1" if name.startswith("llf") else "", name, "ms", values)
        if name.startswith("llf"):
            row.against("hello", hello)
            extra = row.median - statistics.median(hello)
            row.ratio = f"{extra:+.2f} ms"
            row.judge("≤ hello + 1.5 ms, < 3 ms", extra <= 1.5 and row.median < 3)
        rows.append(row)
    return rows


def daemon_commands(setting: Setting, folder: Path, port: int) -> dict[str, list[str]]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    commands = {"llfd": [str(setting.llfd), "--home", str(home), "--port", str(port), "--engine",
                         str(setting.engine)]}
    if nginx := nginx_argv(folder, port):
        commands["nginx"] = nginx
    if offers_router(setting.engine):
        models = folder / "models"
        models.mkdir(exist_ok=True)
        commands["llama-server router"] = [
            str(setting.engine), "--models-dir", str(models), "--host", "127.0.0.1", "--port",
            str(port), "--offline", "--no-ui"]
    return commands


def start_ms(name: str, setting: Setting) -> float:
    with scratch() as folder:
        port = free_port()
        argv = daemon_commands(setting, folder, port)[name]
        with Server(argv, folder / "log") as server:
            return (wait_healthy(("127.0.0.1", port), HEALTH_POLL_S) - server.spawned) * 1000


def idle_facts(names: list[str], setting: Setting) -> dict[str, tuple[float, float]]:
    """Memory in MiB and wake-ups a second of each server that has answered once and then waits;
    all of them wait at the same time."""
    with scratch() as folder:
        servers: dict[str, Server] = {}
        try:
            for name in names:
                port = free_port()
                own = folder / name.split()[0]
                own.mkdir()
                argv = daemon_commands(setting, own, port)[name]
                servers[name] = Server(argv, own / "log")
                wait_healthy(("127.0.0.1", port))
            time.sleep(2)
            groups = {name: [s.pid, *children(s.pid)] for name, s in servers.items()}
            before = {n: sum(map(context_switches, pids)) for n, pids in groups.items()}
            time.sleep(IDLE_S)
            return {name: (sum(map(rss_mib, pids)),
                           (sum(map(context_switches, pids)) - before[name]) / IDLE_S)
                    for name, pids in groups.items()}
        finally:
            for server in servers.values():
                server.stop()


def p3(setting: Setting) -> list[Row]:
    with scratch() as folder:
        names = list(daemon_commands(setting, folder, 1))
    found = interleave(setting.rounds(20),
                       {name: lambda name=name: start_ms(name, setting) for name in names})
    idle = idle_facts(names, setting)
    starts, memories, wakes = [], [], []
    for name in names:
        starts.append(Row("", f"{name}: exec to 200 on /health", "ms", found[name]))
        memories.append(Row("", f"{name}: idle memory", "MiB", [idle[name][0]]))
        wakes.append(Row("", f"{name}: idle wake-ups a second", "", [idle[name][1]]))
    if peer := next(iter(names[1:]), None):
        starts[0].against(peer, found[peer])
        memories[0].against(peer, [idle[peer][0]])
    starts[0].judge("≤ 20 ms", starts[0].median <= 20)
    memories[0].judge("≤ 12 MiB", memories[0].median <= 12)
    wakes[0].judge("0", wakes[0].median == 0)
    for row in (starts[0], memories[0], wakes[0]):
        row.id = "P3"
    return starts + memories + wakes
