"""The real thing: llf, llfd and llama-server with the built-in model, in a home of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from support import processes
from support.home import BUILD, LLF, SOURCE, Home
from support.patience import PATIENCE_S, eventually

MODEL = "llf-nano"


def missing() -> str | None:
    """What this machine lacks, with what to do about it."""
    if not (SOURCE / "assets/models/llf-nano.gguf").exists():
        return "assets/models/llf-nano.gguf, the built-in model, is not there"
    prefix = BUILD / "lib/llf/engine"
    found = subprocess.run([SOURCE / "tools/engine", "path", "--prefix", prefix],
                           capture_output=True, text=True)
    if found.returncode != 0:
        return f"no llama-server: run tools/engine install --prefix {prefix}"
    return None


class Llf:
    """Commands in one home. The daemon starts on demand, with any free port."""

    def __init__(self, home: Home, env: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.env = home.environment(LLF_PORT="0", **(env or {}))

    def __call__(self, *words: str, **options: object) -> subprocess.CompletedProcess:
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run([LLF, *words], env=self.env, capture_output=True, text=True,
                              timeout=PATIENCE_S, **options)

    def open(self, *words: str, **options: object) -> subprocess.Popen:
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, "text": True, **options}
        return subprocess.Popen([LLF, *words], env=self.env, **options)

    def bash(self, script: str) -> subprocess.CompletedProcess:
        """A line of bash with `llf` on PATH, that has to end within ten seconds."""
        env = {**self.env, "PATH": f"{LLF.parent}:{self.env['PATH']}"}
        return subprocess.run(["timeout", "10", "bash", "-c", script], env=env, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE_S)

    def daemons(self) -> list[int]:
        return [process.pid for process in processes.of_home(self.home.path)
                if process.name == "llfd"]

    def end(self) -> None:
        """Stops the daemon; nothing of this home is left then."""
        self("server", "stop")
        eventually("nothing of this home runs", lambda: not processes.of_home(self.home.path))
        sockets = [path for path in self.home.run_files() if path.name.endswith(".sock")]
        assert not sockets, sockets
        assert not self.home.sanitizer_reports(), self.home.sanitizer_reports()

