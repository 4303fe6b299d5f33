"""One upstream, and llfd and its peers as relays in front of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from processes import (EngineCommand, Llfd, Server, free_port, nginx_argv, server_program,
                       wait_healthy)
from rows_model import model_folder
from setting import Setting

SLOTS = 64  # as many requests at once as llfd lets a worker have
CONNECTIONS = 40_000
LISTENING = re.compile(r"listening on port (\d+)")


def nginx_relay(folder: Path, port: int, upstream: str) -> list[str] | None:
    """As nginx is set up for event streams: no buffering, connections to the upstream kept."""
    argv = nginx_argv(folder, port)
    if argv is None:
        return None
    config = folder / "nginx.conf"
    relay = ("location /v1 { proxy_pass http://up; proxy_http_version 1.1; proxy_buffering off;"
             ' proxy_set_header Connection ""; } ')
    http = (f"upstream up {{ server {upstream}; keepalive 128; keepalive_requests 100000000; }}"
            " keepalive_requests 100000000; server {")
    events = f"events {{ worker_connections {CONNECTIONS}; }}"
    text = config.read_text().replace("events {}", events)
    if os.geteuid() == 0:  # else its worker would be another user, who may not use llfd's socket
        text = "user root; " + text
    config.write_text(text.replace("server {", http).replace("location", relay + "location"))
    return argv


def haproxy_relay(folder: Path, port: int, upstream: str) -> list[str] | None:
    program = server_program("haproxy")
    if program is None:
        return None
    place = "unix@" + upstream.removeprefix("unix:") if upstream.startswith("unix:") else upstream
    (folder / "haproxy.cfg").write_text(
        "global\n nbthread 1\n maxconn 2000\n"
        "defaults\n mode http\n option http-no-delay\n http-reuse always\n timeout connect 10s\n"
        " timeout client 600s\n timeout server 600s\n"
        f"frontend in\n bind 127.0.0.1:{port}\n default_backend up\n"
        f"backend up\n server up {place}\n")
    return [program, "-db", "-f", str(folder / "haproxy.cfg")]


def upstream_port(log: str) -> int:
    return int(LISTENING.search(log)[1])


def chat(model: str, **fields: object) -> str:
    message = "Name the three largest cities of Norway, and how many people live there."
    return json.dumps({"model": model, "messages": [{"role": "user", "content": message}],
                       **fields}, separators=(",", ":"))


class Relays:
    """llfd with the upstream as the engine of a model, nginx and HAProxy before the same socket,
    and the upstream itself; each by its name, with its port."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self.servers: list[Server] = []
        self.model = setting.built_in_model.stem
        self.ports: dict[str, int] = {}
        models = model_folder(folder, setting.built_in_model)
        try:
            llfd = Llfd(setting.llfd, folder, setting.program("relay_upstream"), "--port", "0",
                        "--models", str(models), "--slots", str(SLOTS))
            self.servers.append(llfd)
            command = EngineCommand.of(llfd.load(self.model)["pid"])
            socket = Path(command.cwd) / command.argv[command.argv.index("--host") + 1]
            self.ports["llfd"] = llfd.address[1]
            self.start("nginx", nginx_relay, folder, f"unix:{socket}")
            self.start("HAProxy", haproxy_relay, folder, f"unix:{socket}")
            self.ports["direct"] = upstream_port(llfd.engine_log(self.model))
        except BaseException:
            self.close()
            raise

    def start(self, name: str, relay: Callable[[Path, int, str], list[str] | None], folder: Path,
              upstream: str) -> None:
        own = folder / name
        own.mkdir()
        port = free_port()
        if argv := relay(own, port, upstream):
            self.servers.append(Server(argv, own / "log"))
            wait_healthy(("127.0.0.1", port))
            self.ports[name] = port

    def close(self) -> None:
        for server in reversed(self.servers):
            server.stop()
