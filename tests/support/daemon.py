"""An llfd under test."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import ssl
import subprocess
from collections.abc import Sequence

from support import processes
from support.home import FAKE_WORKER, LLFD, Home
from support.models import Models
from support.patience import PATIENCE_S, eventually
from support.wire import Address, Response, ask


class Refused(Exception):
    """llfd said on its readiness pipe that it does not start."""

    def __init__(self, line: dict, code: int) -> None:
        super().__init__(line.get("error", "no readiness line"))
        self.line = line
        self.code = code


class Daemon:
    """Starts at once; ready when the constructor returns."""

    def __init__(self, home: Home, models: Models | None = None, flags: Sequence[str] = (), *,
                 env: dict[str, str] | None = None, open_files: int | None = None,
                 stderr: object = None, engine: str | None = str(FAKE_WORKER),
                 tls: ssl.SSLContext | None = None, around: Sequence[str] = ()) -> None:
        """`around` is a command that becomes llfd, whose own follows it."""
        self.home = home
        self.expected_death = False
        read_end, write_end = os.pipe()
        command = [*around, str(LLFD), "--home", str(home.path), "--ready-fd", str(write_end)]
        if "--port" not in flags:
            command += ["--port", "0"]
        if engine:
            command += ["--engine", engine]
        if models:
            command += ["--models", str(models.folder)]
        self.stderr_path = home.path / "llfd.stderr"

        def limit_files() -> None:
            if open_files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))

        with open(self.stderr_path, "ab") as out:
            self.process = subprocess.Popen(
                [*command, *flags], env=home.environment(**(env or {})), stdin=subprocess.DEVNULL,
                stdout=out, stderr=stderr or out, pass_fds=[write_end], start_new_session=True,
                cwd=home.path, preexec_fn=limit_files)
        os.close(write_end)
        self._await_ready(read_end)
        self.unix = Address("unix", self._find_socket())
        status = self.status()
        assert status["listen"]["tls"] == bool(tls and status["listen"]["port"])
        self.tcp = Address("tcp", status["listen"]["port"], tls)
        self.control("GET", "models")  # from the first look on their folders are watched
        self.base_descriptors = self._descriptors_of_idle(2 if self.tcp.place else 1)

    @property
    def pid(self) -> int:
        return self.process.pid

    def _await_ready(self, read_end: int) -> None:
        text = b""
        with os.fdopen(read_end, "rb", buffering=0) as pipe:
            while not text.endswith(b"\n"):
                if not select.select([pipe], [], [], PATIENCE_S)[0]:
                    self.process.kill()
                    raise AssertionError("llfd does not become ready")
                part = pipe.read(4096)
                if not part:
                    break
                text += part
        line = json.loads(text or "{}")
        if line.get("ready") is not True:
            raise Refused(line, self.process.wait(PATIENCE_S))
        assert line["pid"] == self.pid

    def _find_socket(self) -> str:
        found = [path for path in self.home.run_files() if path.name == "llfd.sock"]
        assert len(found) == 1, self.home.run_files()
        return str(found[0])

    def _descriptors_of_idle(self, listeners: int) -> list[str]:
        """What is open when the connection that asked for the status has been closed."""
        def found() -> list[str] | None:
            left = processes.descriptors(self.pid)
            return left if left.count("socket") <= listeners else None

        return eventually("only listeners are left", found)

    def address(self, via: str) -> Address:
        return {"tcp": self.tcp, "unix": self.unix}[via]

    # --- control API ---

    def control(self, method: str, path: str, body: object = None) -> Response:
        return ask(self.unix, method, "/llf/v1/" + path, body)

    def status(self) -> dict:
        return self.control("GET", "status").json()

    def workers(self) -> dict[str, dict]:
        return {worker["model"]: worker
                for worker in self.control("GET", "workers").json()["workers"]}

    def worker(self, model: str) -> dict:
        return self.workers()[model]

    def worker_pid(self, model: str) -> int:
        pid = self.worker(model)["pid"]
        assert processes.running(pid), pid
        return pid

    def load(self, model: str) -> list[dict]:
        """The events of a load, from begin to end."""
        response = self.control("POST", "load", {"model": model})
        if response.status != 200:
            return [response.json()]
        assert response.complete
        blocks = response.body.decode().split("\n\n")
        return [json.loads(block.strip()[5:]) for block in blocks if "data:" in block]

    def unload(self, model: str) -> Response:
        return self.control("POST", "unload", {"model": model})

    def unload_all(self) -> None:
        for model in self.workers():
            self.unload(model)

    def await_idle(self) -> None:
        eventually("no request is active",
                   lambda: all(worker["active"] == worker["waiting"] == 0
                               for worker in self.workers().values()))

    # --- the end ---

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, and nothing is expected of it any more."""
        self.expected_death = True
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def wait(self) -> int:
        return self.process.wait(PATIENCE_S)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()
