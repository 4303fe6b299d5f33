"""What runs during a measurement: programs, servers, and requests to them."""

from __future__ import annotations

import contextlib
import glob
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STOP_S = 20
START_S = 120
POLL_S = 0.001

Address = str | tuple[str, int]  # a Unix socket's path, or host and port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(address: Address) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    sock.settimeout(START_S)
    try:
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    if not isinstance(address, str):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def request(address: Address, method: str, target: str, body: object = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = connect(address)
    with contextlib.closing(connection):
        payload = None if body is None else json.dumps(body)
        connection.request(method, target, payload, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()


def wait_healthy(address: Address, poll_s: float = POLL_S) -> float:
    """Asks /health until it answers 200; the moment of that answer."""
    deadline = time.perf_counter() + START_S
    while time.perf_counter() < deadline:
        with contextlib.suppress(OSError), connect(address) as sock:
            sock.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if sock.recv(4096).startswith(b"HTTP/1.1 200"):
                return time.perf_counter()
        time.sleep(poll_s)
    raise TimeoutError(f"no answer on {address}")


@dataclass
class Answer:
    """One streamed chat answer; moments are of time.perf_counter."""

    sent: float
    first: float  # the first event with content
    last: float
    text: str
    tokens: int

    @property
    def to_first_ms(self) -> float:
        return (self.first - self.sent) * 1000


def unchunk(raw: bytes) -> bytes:
    out = []
    at = 0
    while True:
        end = raw.index(b"\r\n", at)
        size = int(raw[at:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(out)
        out.append(raw[end + 2 : end + 2 + size])
        at = end + 4 + size


def stream_chat(address: Address, body: dict) -> Answer:
    payload = json.dumps({**body, "stream": True, "stream_options": {"include_usage": True}})
    sent = time.perf_counter()
    raw = b""
    first = 0.0
    with connect(address) as sock:
        sock.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(payload), payload.encode()))
        while part := sock.recv(1 << 16):
            now = time.perf_counter()
            raw += part
            if not first and b'"content":"' in raw:
                first = now
            if b"data: [DONE]" in raw and raw.endswith(b"0\r\n\r\n"):
                break
    last = time.perf_counter()
    head, _, rest = raw.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200") or not first:
        raise RuntimeError(f"not answered: {raw[:500]!r}")
    events = [json.loads(block[6:]) for block in unchunk(rest).decode().split("\n\n")
              if block.startswith("data: {")]
    text = "".join(choice["delta"].get("content") or "" for e in events for choice in e["choices"])
    return Answer(sent, first, last, text, events[-1]["usage"]["completion_tokens"])


# --- facts of a process ---


def cpu_ns(pid: int) -> int:
    """Processor time of all threads, ended ones too, by the clock that Linux has for each process
    (clock_getcpuclockid). Exact to the nanosecond, other than /proc/PID/stat."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def rss_mib(pid: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def context_switches(pid: int) -> int:
    found = 0
    for path in glob.glob(f"/proc/{pid}/task/*/status"):
        found += sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", Path(path).read_text()))
    return found


def children(pid: int) -> list[int]:
    return [int(p) for path in glob.glob(f"/proc/{pid}/task/*/children")
            for p in Path(path).read_text().split()]


# --- servers ---


class Server:
    """A process that is ended, by its pid, when its `with` ends."""

    def __init__(self, argv: list[str], log: Path, **options: object) -> None:
        self.spawned = time.perf_counter()
        with open(log, "wb") as out:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            **options)
        self.pid = self.process.pid
        self.log = log

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Llfd(Server):
    """A daemon with a home of its own."""

    def __init__(self, program: Path, home: Path, engine: Path, *flags: str) -> None:
        self.home = home
        ready, theirs = os.pipe()
        try:
            super().__init__(
                [str(program), "--home", str(home), "--engine", str(engine), "--ready-fd",
                 str(theirs), *flags], home / "llfd.log", pass_fds=[theirs])
        finally:
            os.close(theirs)
        with open(ready) as pipe:
            self.ready_line = pipe.readline()
        if '"ready":true' not in self.ready_line.replace(" ", ""):
            self.stop()
            raise RuntimeError(f"llfd did not start: {self.ready_line or self.log.read_text()}")
        self.socket = glob.glob(f"{home}/run/**/llfd.sock", recursive=True)[0]
        listen = json.loads(self.control("GET", "status"))["listen"]
        self.address = (listen["address"], listen["port"])

    def control(self, method: str, route: str, body: object = None) -> bytes:
        status, answer = request(self.socket, method, f"/llf/v1/{route}", body)
        if status != 200:
            raise RuntimeError(f"{route}: {status} {answer!r}")
        return answer

    def worker(self, model: str) -> dict | None:
        workers = json.loads(self.control("GET", "workers"))["workers"]
        return next((w for w in workers if w["model"] == model and w["state"] != "stopped"), None)

    def load(self, model: str) -> dict:
        """The worker, ready."""
        answer = self.control("POST", "load", {"model": model})
        worker = self.worker(model)
        if worker is None or worker["state"] != "ready":
            raise RuntimeError(f"{model} was not loaded: {answer[-500:]!r}")
        return worker

    def unload(self, model: str) -> None:
        self.control("POST", "unload", {"model": model})
        deadline = time.monotonic() + STOP_S
        while self.worker(model) is not None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{model} is still there")
            time.sleep(0.005)

    def engine_log(self, model: str) -> str:
        answer = json.loads(self.control("GET", f"logs?source={model}&lines=200"))
        return "\n".join(answer["lines"])


@dataclass
class EngineCommand:
    """How llfd started a worker, to start the same engine without it."""

    argv: list[str]
    env: dict[str, str]
    cwd: str

    @classmethod
    def of(cls, pid: int) -> EngineCommand:
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
        env = dict(entry.split("=", 1) for entry in
                   Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0") if "=" in entry)
        return cls(argv, env, os.readlink(f"/proc/{pid}/cwd"))

    def replaced(self, changes: dict[str, list[str]]) -> list[str]:
        """The arguments with each named flag, and its value, replaced."""
        out, skip = [], False
        for at, item in enumerate(self.argv):
            if skip:
                skip = False
            elif item in changes:
                out += changes[item]
                skip = at + 1 < len(self.argv)
            else:
                out.append(item)
        return out


class BareEngine(Server):
    """llama-server with a worker's flags, on a TCP port."""

    def __init__(self, command: EngineCommand, log: Path) -> None:
        port = free_port()
        self.address = ("127.0.0.1", port)
        host = ["--host", "127.0.0.1", "--port", str(port)]
        super().__init__(command.replaced({"--host": host}), log, env=command.env, cwd=command.cwd)


class Router(Server):
    """llama-server's own router with a worker's flags; it starts and stops engines itself."""

    def __init__(self, command: EngineCommand, models: Path, log: Path) -> None:
        port = free_port()
        self.address = ("127.0.0.1", port)
        changes = {"--host": ["--host", "127.0.0.1", "--port", str(port)],
                   "--model": ["--models-dir", str(models)], "--alias": []}
        super().__init__(command.replaced(changes), log, env=command.env, cwd=command.cwd)
        wait_healthy(self.address)

    def unload(self, model: str) -> None:
        request(self.address, "POST", "/models/unload", {"model": model})
        deadline = time.monotonic() + STOP_S
        while time.monotonic() < deadline:
            models = json.loads(request(self.address, "GET", "/v1/models")[1])["data"]
            found = next(m for m in models if m["id"] == model)
            if found["status"]["value"] == "unloaded" and not children(self.pid):
                return
            time.sleep(0.01)
        raise TimeoutError("the router does not unload")


def offers_router(engine: Path) -> bool:
    shown = subprocess.run([engine, "--help"], capture_output=True, text=True, timeout=60).stdout
    return "--models-dir" in shown


def server_program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def nginx_argv(folder: Path, port: int) -> list[str] | None:
    """nginx with one worker and a /health of its own; None when it is not installed."""
    program = server_program("nginx")
    if program is None:
        return None
    (folder / "logs").mkdir(exist_ok=True)
    temp = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in
                   ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temp} server {{ listen 127.0.0.1:{port};"
        ' location /health { return 200 "ok"; } } }')
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder with a short path (it holds sockets), removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="llf-bench-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
