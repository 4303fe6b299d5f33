"""Runs llama-server over a model file and talks to it, for the evaluation."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

_READY_TIMEOUT_S = 60
_REQUEST_TIMEOUT_S = 60


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_REQUEST_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_REQUEST_TIMEOUT_S)
        self.sock.connect(self._path)


class Engine:
    """A llama-server of our own on a Unix socket, ended with the `with` block."""

    def __init__(self, program: str, model: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nano-")
        self._socket = os.path.join(self._folder.name, "s.sock")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("LLAMA_", "HF_"))}
        command = [program, "-m", str(model), "--host", self._socket, "--ctx-size", "1024"]
        command += ["--parallel", "1", "--threads", "1", "--cache-ram", "0", "--offline", "--no-ui"]
        with open(os.path.join(self._folder.name, "log"), "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )

    def __enter__(self) -> Engine:
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self.request("GET", "/health", None)[0] == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.05)
        log = Path(self._folder.name, "log").read_text(errors="replace")
        self.__exit__()
        raise RuntimeError("llama-server did not get ready:\n" + log[-2000:])

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def request(self, method: str, path: str, body: object) -> tuple[int, dict]:
        connection = _UnixConnection(self._socket)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read() or b"{}")
        finally:
            connection.close()

    def post(self, path: str, body: object) -> dict:
        status, reply = self.request("POST", path, body)
        if status != 200:
            raise RuntimeError(f"{path}: {status}: {reply}")
        return reply

    def chat(self, messages: list[dict[str, object]], **options: object) -> tuple[str, str]:
        """The answer and its finish reason. No sampling options: the file's own count."""
        body = {"messages": messages, "max_tokens": 200, **options}
        reply = self.post("/v1/chat/completions", body)
        choice = reply["choices"][0]
        return choice["message"]["content"] or "", choice["finish_reason"]

    def tokens(self, text: str, special: bool = False) -> list[int]:
        body = {"content": text, "add_special": False, "parse_special": special}
        return self.post("/tokenize", body)["tokens"]
