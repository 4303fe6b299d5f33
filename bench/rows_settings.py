"""S1, S2: loading and saving the settings. S3: from a settings file's change to its effect."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from measure import Row, interleave
from processes import (START_S, Llfd, Server, free_port, nginx_argv, request, scratch,
                       wait_healthy)
from setting import Setting, micro_benchmark

POLL_S = 0.0005
REPETITIONS = 20
BLOCK = 10_000  # bytes, as long as the settings that are saved


def micro_samples(output: str) -> dict[str, list[float]]:
    """Milliseconds of each repetition, by benchmark, of Google Benchmark's JSON."""
    found: dict[str, list[float]] = {}
    for one in json.loads(output)["benchmarks"]:
        if one["run_type"] == "iteration":
            assert one["time_unit"] == "ms", one
            found.setdefault(one["run_name"].split("/")[0], []).append(one["real_time"])
    return found


def durable_write_ms(folder: Path) -> float:
    """What replacing one file takes when it must survive a power cut: a save does that twice."""
    start = time.perf_counter()
    file = os.open(folder / "new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.write(file, b"x" * BLOCK)
    os.fsync(file)
    os.close(file)
    os.rename(folder / "new", folder / "file")
    place = os.open(folder, os.O_RDONLY)
    os.fsync(place)
    os.close(place)
    return (time.perf_counter() - start) * 1000


def load_and_save(setting: Setting) -> list[Row]:
    program = micro_benchmark("config_bench")
    done = subprocess.run(
        [program, "--benchmark_format=json", "--benchmark_min_time=0.1",
         f"--benchmark_repetitions={setting.rounds(REPETITIONS)}",
         "--benchmark_enable_random_interleaving=true"],
        env={**os.environ, "TMPDIR": str(setting.cache)}, capture_output=True, text=True,
        check=True)
    found = micro_samples(done.stdout)
    writes = [durable_write_ms(setting.cache) for _ in range(setting.rounds(50))]
    load = Row("S1", "settings of 10 KB: read, parse, check, merge", "ms", found["load_10_kb"])
    load.against("JSON alone", found["parse_10_kb"])
    load.judge("< 1 ms", load.median < 1)
    save = Row("S2", "the same: check, keep a backup, save, durable", "ms",
               found["save_into_10_kb"])
    save.against("one write", writes)
    save.judge("≤ 5 ms", save.median <= 5)
    return [load, save, Row("", "one file replaced, durable", "ms", writes)]


def replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def wait_for(word: bytes, ask) -> float:
    """Asks until the answer has `word`; the moment of that answer."""
    deadline = time.perf_counter() + START_S
    while time.perf_counter() < deadline:
        if word in ask():
            return time.perf_counter()
        time.sleep(POLL_S)
    raise TimeoutError(f"{word!r} never came")


class LlfdReload:
    """A profile of another name in the settings file, until /v1/models lists it."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self.llfd = Llfd(setting.llfd, folder, setting.engine, "--port", "0")
        self.file = folder / "config" / "config.json"
        self.file.parent.mkdir(exist_ok=True)
        self.number = 0

    def take(self) -> float:
        self.number += 1
        name = f"profile-{self.number:06}"
        text = json.dumps({"profiles": {name: {"model": "llf-nano"}}})
        start = time.perf_counter()
        replace(self.file, text)
        seen = wait_for(name.encode(),
                        lambda: request(self.llfd.address, "GET", "/v1/models")[1])
        return (seen - start) * 1000

    def stop(self) -> None:
        self.llfd.stop()


class NginxReload:
    """Another answer in its configuration and a SIGHUP, until it gives that answer."""

    def __init__(self, argv: list[str], folder: Path, port: int) -> None:
        self.file = folder / "nginx.conf"
        self.text = self.file.read_text()
        self.address = ("127.0.0.1", port)
        self.server = Server(argv, folder / "log")
        self.number = 0
        wait_healthy(self.address)

    def take(self) -> float:
        self.number += 1
        name = f"answer-{self.number:06}"
        start = time.perf_counter()
        replace(self.file, self.text.replace('"ok"', f'"{name}"'))
        self.server.process.send_signal(signal.SIGHUP)
        seen = wait_for(name.encode(), lambda: request(self.address, "GET", "/health")[1])
        return (seen - start) * 1000

    def stop(self) -> None:
        self.server.stop()


def reload(setting: Setting) -> list[Row]:
    with scratch() as folder:
        sides: dict[str, LlfdReload | NginxReload] = {}
        try:
            sides["llfd"] = LlfdReload(setting, folder)
            port = free_port()
            own = folder / "nginx"
            own.mkdir()
            if argv := nginx_argv(own, port):
                sides["nginx"] = NginxReload(argv, own, port)
            for side in sides.values():
                side.take()
            found = interleave(setting.rounds(50),
                               {name: side.take for name, side in sides.items()})
        finally:
            for side in sides.values():
                side.stop()
    rows = [Row("", f"{name}: settings changed to first answer by them", "ms", values)
            for name, values in found.items()]
    rows[0].id = "S3"
    if "nginx" in found:
        rows[0].against("nginx", found["nginx"])
    rows[0].judge("≤ 50 ms", rows[0].median <= 50)
    return rows


def settings(setting: Setting, wanted: set[str]) -> list[Row]:
    rows = []
    if wanted & {"S1", "S2"}:
        rows += load_and_save(setting)
    if "S3" in wanted:
        rows += reload(setting)
    return rows
