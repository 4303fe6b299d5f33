"""SEC-02, SEC-04, SEC-16: who may ask, how, and what errors tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.chat import ROUTE, chat_body
from support.daemon import Daemon
from support.home import Home
from support.models import Models
from support.wire import Connection, Response, ask

GOOD_HOSTS = ["localhost", "LocalHost", "localhost:{port}", "localhost:1", "localhost.",
              "127.0.0.1", "127.0.0.1:{port}", "127.8.8.8", "[::1]", "[::1]:{port}",
              "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]"]
BAD_HOSTS = ["", ".", ":{port}", "evil.example", "evil.example:{port}", "127.0.0.1.evil.example",
             "localhost.evil.example", "evil.localhost", "localhost..", "127.0.0.1:", "127.0.0.1:x",
             "127.0.0.1:{port}:1", "127.0.0.1:99999999", "::1", "::ffff:127.0.0.1", "[::1",
             "[::1]x", "[127.0.0.1]", "[::2]", "0.0.0.0", "0", "127.1", "2130706433", "0x7f000001",
             "localhost@evil.example", "evil.example@localhost", "192.168.0.1", "local host",
             "localhost/", "localhost,evil.example", "host.docker.internal", "\xe4.example",
             "[fe80::1]", "[::]", "*"]
ROUTES = [("GET", "/health"), ("GET", "/v1/models"), ("GET", "/nowhere"), ("POST", ROUTE),
          ("POST", "/llf/v1/stop")]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_SEC02_names_of_this_machine_are_served(daemon: Daemon, host: str) -> None:
    named = host.format(port=daemon.tcp.place)
    assert ask(daemon.tcp, "GET", "/health", headers={"Host": named}).status == 200


def test_SEC02_every_other_name_is_refused_on_every_route(daemon: Daemon, models: Models) -> None:
    models.add("any")
    for host in BAD_HOSTS:
        named = host.format(port=daemon.tcp.place)
        for method, path in ROUTES:
            with Connection(daemon.tcp) as connection:
                body = "" if method == "GET" else "Content-Length: 2\r\n"
                connection.send(f"{method} {path} HTTP/1.1\r\nHost: {named}\r\n{body}\r\n{{}}"[
                    :None if body else -2].encode("latin-1"))
                response = connection.read_response()
            assert response.status in (400, 403), (host, path, response)
            assert response.error, host
    assert models.records("any") == []
    assert daemon.process.poll() is None


def test_SEC02_the_unix_socket_takes_any_name(daemon: Daemon) -> None:
    for host in ("llfd", "localhost", "evil.example"):
        assert ask(daemon.unix, "GET", "/health", headers={"Host": host}).status == 200


def test_SEC02_a_target_with_a_foreign_authority_is_refused(daemon: Daemon) -> None:
    for target in ("http://evil.example/health", "http://localhost.evil.example/health",
                   "http://localhost@evil.example/health", "https://evil.example:1/health"):
        assert ask(daemon.tcp, "GET", target).status in (400, 403), target


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded",
                                          "multipart/form-data; boundary=x", "", "text/json",
                                          "application/jsonp", "text/plain;application/json"])
def test_SEC04_a_body_must_be_json_and_say_so(daemon: Daemon, models: Models,
                                              content_type: str) -> None:
    models.add("any")
    response = ask(daemon.tcp, "POST", ROUTE, chat_body("any"),
                   headers={"Content-Type": content_type})
    assert response.status == 415 and response.error, response
    assert models.records("any") == []


@pytest.mark.parametrize("content_type", ["application/json", "Application/Json",
                                          "application/json; charset=utf-8"])
def test_SEC04_json_is_taken(daemon: Daemon, models: Models, content_type: str) -> None:
    models.add("any")
    assert ask(daemon.tcp, "POST", ROUTE, chat_body("any"),
               headers={"Content-Type": content_type}).status == 200


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "https://localhost.evil.example",
                                    "file://", "chrome-extension://x", "http://0.0.0.0:8000"])
def test_SEC04_pages_of_other_sites_are_refused(daemon: Daemon, models: Models,
                                                origin: str) -> None:
    models.add("any")
    for method, path in ROUTES:
        response = ask(daemon.tcp, method, path, chat_body("any") if method == "POST" else None,
                       headers={"Origin": origin})
        assert response.status == 403, (path, response)
        assert response.header("access-control-allow-origin") is None
    preflight = ask(daemon.tcp, "OPTIONS", ROUTE, headers={
        "Origin": origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status in (403, 404, 405), preflight
    assert preflight.header("access-control-allow-origin") is None
    assert models.records("any") == []


def test_the_control_api_is_not_on_the_port(daemon: Daemon) -> None:
    for method, path in (("GET", "status"), ("GET", "models"), ("GET", "workers"),
                         ("POST", "load"), ("POST", "unload"), ("GET", "logs"), ("POST", "stop"),
                         ("GET", "%73tatus"), ("GET", "../v1/status")):
        response = ask(daemon.tcp, method, "/llf/v1/" + path, {} if method == "POST" else None)
        assert response.status == 404, (path, response)
    assert daemon.process.poll() is None


def test_the_sockets_are_private(daemon: Daemon) -> None:
    socket = Path(daemon.unix.place)
    assert socket.stat().st_mode & 0o777 == 0o600
    assert socket.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/v1/models/", 404), ("GET", "/health/", 404),
    ("GET", "/v1/models/none", 404), ("GET", "/v1/models/%2e%2e%2fetc%2fpasswd", 404),
    ("GET", "/../../etc/passwd", 400), ("GET", ROUTE, 405), ("POST", "/health", 405),
    ("DELETE", "/v1/models", 405), ("PUT", ROUTE, 405), ("BREW", "/health", 405),
    ("HEAD", "/health", 200), ("HEAD", "/nowhere", 404), ("GET", "/v1/../health", 200),
    ("GET", "/%68ealth", 200), ("GET", "/health?x=y", 200)])
def test_routes_and_methods(daemon: Daemon, via: str, method: str, path: str,
                            status: int) -> None:
    response = ask(daemon.address(via), method, path, {} if method in ("POST", "PUT") else None)
    assert response.status == status, response
    if status == 405:
        assert response.header("allow"), response
    if status >= 400 and method != "HEAD":
        assert response.error
    if method == "HEAD":
        assert response.body == b""


def test_SEC16_errors_tell_nothing_of_this_machine(daemon: Daemon, models: Models,
                                                   home: Home) -> None:
    models.add("leaks", f"log loaded {home.path}/secret at 0x7ffe12345678", "exit-at-load 1")
    models.add("html", "html-200")
    models.add("cut", "cut-after-events 2")
    models.add("chunk", "bad-chunk")
    models.add("crash", "crash-before-first-byte")
    models.add("status", "error-status 500")
    answers = [ask(daemon.tcp, "POST", ROUTE, chat_body(model, stream=stream))
               for model in ("leaks", "html", "cut", "chunk", "crash", "status", "none")
               for stream in (False, True)]
    answers += [ask(daemon.tcp, "POST", ROUTE, body) for body in (b"{", b"[]", b"\xff", b"{}")]
    answers += [ask(daemon.tcp, "GET", path) for path in ("/", "/v1/models/none", "/v1/models")]
    for answer in answers:
        check_discreet(answer, home)


def check_discreet(answer: Response, home: Home) -> None:
    text = answer.body.decode(errors="replace")
    assert not re.search(r"0x[0-9a-f]{6,}", text), text
    assert str(home.path) not in text, text
    assert not re.search(r"\.(cpp|hpp)\b", text), text
    assert not re.search(r"(^|[\s\"'])/(tmp|usr|root|home|run|proc)/", text), text
