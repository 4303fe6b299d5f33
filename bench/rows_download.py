"""P2: looking at a thousand models. P12: downloading, beside aria2 and curl."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from measure import Row, interleave
from processes import Llfd, Server, free_port, nginx_argv, scratch, wait_healthy
from rows_start import run_ms
from setting import Setting

MODELS = 1000
SLOW = 40  # MB a second of each connection
CONNECTIONS = 16


def fill_cache(folder: Path, tiny: Path) -> None:
    """A Hugging Face cache of so many repositories with one file each."""
    blob = hashlib.sha256(tiny.read_bytes()).hexdigest()
    commit = "0" * 40
    for number in range(MODELS):
        place = folder / f"models--maker-{number % 50}--model-{number:04}-GGUF"
        snapshot = place / "snapshots" / commit
        snapshot.mkdir(parents=True)
        (place / "blobs").mkdir()
        (place / "refs").mkdir()
        (place / "refs" / "main").write_text(commit)
        os.link(tiny, place / "blobs" / blob)
        (snapshot / f"model-{number:04}-Q4_K_M.gguf").symlink_to(f"../../blobs/{blob}")


def p2(setting: Setting) -> list[Row]:
    with scratch() as folder:
        cache = folder / "hub"
        tiny = folder / "tiny.gguf"
        tiny.write_bytes(b"GGUF" + bytes(100))
        fill_cache(cache, tiny)
        os.environ["HF_HUB_CACHE"] = str(cache)
        daemon = Llfd(setting.llfd, folder, setting.engine, "--port", "0")
        try:
            commands = {
                "llf model list": [str(setting.llf), "--home", str(folder), "model", "list"],
                "llf ps": [str(setting.llf), "--home", str(folder), "ps"],
                "llf --version": [str(setting.llf), "--version"],
            }
            listed = subprocess.run(commands["llf model list"], capture_output=True, text=True)
            if len(listed.stdout.splitlines()) < MODELS:
                raise RuntimeError(f"not all models are listed: {listed.stdout[-300:]}")
            found = interleave(setting.rounds(100), {
                name: lambda argv=argv: run_ms(argv) for name, argv in commands.items()})
        finally:
            daemon.stop()
            del os.environ["HF_HUB_CACHE"]
    rows = []
    for name, values in found.items():
        judged = name != "llf --version"
        row = Row("P2" if judged else "", f"{name}, {MODELS} models" if judged else name, "ms",
                  values)
        if judged:
            row.judge("≤ 5 ms", row.median <= 5)
        rows.append(row)
    return rows


class Downloads:
    """One file on a server of ours, fetched again and again by several programs."""

    def __init__(self, setting: Setting, folder: Path, port: int, file: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/{file.name}"
        self.slow_url = f"http://127.0.0.1:{port}/slow/{file.name}"
        self.folder, self.size = folder, file.stat().st_size
        self.llf = [str(setting.llf), "--home", str(folder)]
        self.place = folder / "data" / "models" / file.name
        self.target = folder / "fetched"

    def take(self, argv: list[str], result: Path) -> float:
        """MB a second."""
        start = time.perf_counter()
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = time.perf_counter() - start
        assert result.stat().st_size == self.size, result
        result.unlink()
        return self.size / took / 1e6

    def by_llf(self, url: str) -> float:
        return self.take([*self.llf, "pull", url], self.place)

    def by_curl(self, url: str) -> float:
        return self.take(["curl", "-sf", "-o", str(self.target), url], self.target)

    def by_aria2(self, url: str) -> float:
        return self.take(["aria2c", "-q", f"-x{CONNECTIONS}", f"-s{CONNECTIONS}", "-k1M",
                          "--file-allocation=falloc", "--allow-overwrite=true", "-d",
                          str(self.folder), "-o", self.target.name, url], self.target)


def hash_in_memory(block: bytes = bytes(64 << 20), times: int = 8) -> float:
    """MB a second of one core's SHA-256, nothing read from a disk."""
    start = time.perf_counter()
    digest = hashlib.sha256()
    for _ in range(times):
        digest.update(block)
    return len(block) * times / (time.perf_counter() - start) / 1e6


def verification(setting: Setting, downloads: Downloads, file: Path) -> list[Row]:
    """Of a file that the page cache holds."""
    def take(argv: list[str]) -> float:
        start = time.perf_counter()
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        return downloads.size / (time.perf_counter() - start) / 1e6

    core = "SHA-256 in memory, one core"
    found = interleave(setting.rounds(8), {
        "llf": lambda: take([*downloads.llf, "model", "verify", str(file)]),
        core: hash_in_memory,
        "sha256sum": lambda: take(["sha256sum", str(file)])})
    ours = Row("P12", "llf model verify", "MB/s", found.pop("llf"))
    ours.judge("≥ 0.9 of one core", ours.against_paired("one core", found[core]) >= 0.9)
    return [ours, *(Row("", name, "MB/s", values) for name, values in found.items())]


def serve(folder: Path, port: int, root: Path) -> Server | None:
    argv = nginx_argv(folder, port)
    if argv is None:
        return None
    config = folder / "nginx.conf"
    places = (f"sendfile on; location / {{ root {root}; }}"
              f" location /slow/ {{ alias {root}/; limit_rate {SLOW}m; }}")
    config.write_text(config.read_text().replace("location /health", places + " location /health"))
    server = Server(argv, folder / "nginx.log")
    wait_healthy(("127.0.0.1", port))
    return server


def p12(setting: Setting) -> list[Row]:
    file = setting.random_model("1b-q8", "--arch", "llama", "--size", "1b", "--type", "q8_0")
    rows = []
    with scratch() as folder:
        (folder / "nginx").mkdir()
        port = free_port()
        server = serve(folder / "nginx", port, file.parent)
        if server is None:
            return []
        daemon = Llfd(setting.llfd, folder, setting.engine, "--port", "0")
        try:
            downloads = Downloads(setting, folder, port, file)
            for what, url, target in ((f"{SLOW} MB/s a connection", downloads.slow_url, 0.95),
                                      ("as fast as it goes", downloads.url, 1.0)):
                sides = {"llf pull": lambda url=url: downloads.by_llf(url)}
                if shutil.which("aria2c"):
                    sides[f"aria2 -x{CONNECTIONS}"] = lambda url=url: downloads.by_aria2(url)
                if url == downloads.url:  # with one connection it takes half a minute
                    sides["curl"] = lambda url=url: downloads.by_curl(url)
                found = interleave(setting.rounds(5), sides)
                ours = Row("P12", f"llf pull, checksum included: {what}", "MB/s",
                           found["llf pull"])
                if f"aria2 -x{CONNECTIONS}" in found:
                    ours.against("aria2", found[f"aria2 -x{CONNECTIONS}"])
                    ours.judge(f"≥ {target} of aria2", ours.facts["ratio"] >= target)
                rows.append(ours)
                rows += [Row("", f"{name}, no checksum: {what}", "MB/s", values)
                         for name, values in found.items() if name != "llf pull"]
            rows += verification(setting, downloads, file)
        finally:
            daemon.stop()
            server.stop()
    return rows
