"""F46, SEC-10, SEC-12 to SEC-14: what arrives on the connection of a client."""

from __future__ import annotations

import json

import pytest

from raw_requests import ACCEPTED, BODY, HIDDEN, LENGTH, REFUSED, TE, post
from support import processes
from support.chat import ROUTE, chat_body
from support.daemon import Daemon
from support.models import Models
from support.wire import Connection, Cut, Response, ask

KIB = 1 << 10
MIB = 1 << 20
REQUEST_LINE = 8 * KIB
HEAD = 32 * KIB
FIELDS = 100
BODY_LIMIT = 32 * MIB
DEPTH = 64


@pytest.fixture
def loaded(daemon: Daemon, models: Models) -> Daemon:
    models.add("any")
    assert daemon.load("any")[-1] == {"state": "ready"}
    return daemon


def send_raw(daemon: Daemon, via: str, data: bytes) -> tuple[Response, Connection]:
    connection = Connection(daemon.address(via))
    try:
        connection.send(data)
    except OSError:
        pass  # refused before all was sent; the answer must be there all the same
    return connection.read_response(), connection


@pytest.mark.parametrize("name", ACCEPTED)
def test_SEC10_a_sound_request_is_answered_once(loaded: Daemon, models: Models, via: str,
                                                name: str) -> None:
    response, connection = send_raw(loaded, via, ACCEPTED[name])
    assert response.status == 200 and response.complete, response
    connection.request("GET", "/health")
    assert connection.read_response().json() == {"status": "ok"}
    connection.half_close()
    assert connection.at_end()
    assert len(models.records("any", "request")) == 1


@pytest.mark.parametrize("end", [b"", HIDDEN], ids=["alone", "with a request behind"])
def test_SEC10_F46_an_unsound_request_is_refused_and_nothing_behind_it_is_read(
        loaded: Daemon, models: Models, via: str, end: bytes) -> None:
    for name, request in REFUSED.items():
        response, connection = send_raw(loaded, via, request + end)
        assert response.status in (400, 403, 413, 421, 431, 501, 505), (name, response)
        assert response.complete and response.error, name
        assert response.header("connection") == "close", (name, response)
        assert connection.at_end(), f"{name}: a second answer"
        connection.close()
    assert models.records("any", "request") == []


def test_SEC10_a_request_without_length_has_no_body(loaded: Daemon, models: Models,
                                                    via: str) -> None:
    """What follows is the next request: two in, two answers."""
    response, connection = send_raw(loaded, via, post() + post(LENGTH, body=BODY))
    assert response.status == 400, response
    second = connection.read_response()
    assert second.status == 200, second
    assert len(models.records("any", "request")) == 1


def test_SEC10_requests_in_one_packet_are_answered_in_order(loaded: Daemon, models: Models,
                                                            via: str) -> None:
    health = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with Connection(loaded.address(via)) as connection:
        connection.send(health + post(LENGTH, body=BODY) + health + health)
        answers = [connection.read_response().json() for _ in range(4)]
    assert [sorted(answer)[0] for answer in answers] == ["status", "choices", "status", "status"]
    assert len(models.records("any", "request")) == 1


def test_SEC10_what_is_forwarded_is_made_anew(loaded: Daemon, models: Models) -> None:
    request = post(b"Connection: keep-alive, X-Hop", b"X-Hop: 1", b"Keep-Alive: 5",
                   b"Upgrade: h2c", b"TE: trailers", b"X-Forwarded-For: x",
                   b"Authorization: secret",
                   b"Proxy-Connection: close", TE + b"chunked",
                   body=b"%x\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(BODY), BODY))
    response, _ = send_raw(loaded, "tcp", request)
    assert response.status == 200
    record, = models.records("any", "request")
    assert record["body"].encode() == BODY
    assert set(record["headers"]) <= {"host", "content-type", "content-length", "connection",
                                      "accept", "user-agent"}, record["headers"]


def test_SEC10_a_request_cut_anywhere_reaches_nobody(loaded: Daemon, models: Models,
                                                     via: str) -> None:
    request = post(LENGTH, body=BODY)
    for size in range(0, len(request), 7):
        with Connection(loaded.address(via)) as connection:
            connection.send(request[:size])
            connection.half_close()
            rest = connection.drain()
            assert rest == b"" or rest.startswith(b"HTTP/1.1 400"), (size, rest)
    assert models.records("any", "request") == []


def test_SEC10_a_request_sent_byte_by_byte_is_read(loaded: Daemon, via: str) -> None:
    with Connection(loaded.address(via)) as connection:
        for byte in post(TE + b"chunked", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)):
            connection.send(bytes([byte]))
        assert connection.read_response().status == 200


# --- SEC-12 ---

LIMIT = pytest.mark.parametrize("over", [-1, 0, 1])


@LIMIT
def test_SEC12_request_line(daemon: Daemon, via: str, over: int) -> None:
    line = b"GET /health?"
    end = b" HTTP/1.1"
    line += b"x" * (REQUEST_LINE + over - len(line) - len(end)) + end
    response, _ = send_raw(daemon, via, line + b"\r\nHost: localhost\r\n\r\n")
    assert response.status == (414 if over > 0 else 200), response


@LIMIT
def test_SEC12_head(daemon: Daemon, via: str, over: int) -> None:
    fields = b"Host: localhost\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 4000)
                                             for i in range(7)) + b"X-Last: "
    fields += b"z" * (HEAD + over - len(fields) - 2) + b"\r\n"
    response, _ = send_raw(daemon, via, b"GET /health HTTP/1.1\r\n" + fields + b"\r\n")
    assert response.status == (431 if over > 0 else 200), response


@LIMIT
def test_SEC12_fields(daemon: Daemon, via: str, over: int) -> None:
    fields = b"".join(b"X-%d: y\r\n" % i for i in range(FIELDS + over - 1))
    response, _ = send_raw(daemon, via,
                           b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + fields + b"\r\n")
    assert response.status == (431 if over > 0 else 200), response


@LIMIT
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_SEC12_body(loaded: Daemon, models: Models, framing: str, over: int) -> None:
    empty = json.dumps(chat_body("any", "")).encode()
    begin, end = empty.split(b'""')
    body = begin + b'"' + b"x" * (BODY_LIMIT + over - len(empty)) + b'"' + end
    assert len(body) == BODY_LIMIT + over
    if framing == "length":
        request = post(b"Content-Length: %d" % len(body), body=body)
    else:
        half = len(body) // 2
        request = post(TE + b"chunked", body=b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (
            half, body[:half], len(body) - half, body[half:]))
    response, connection = send_raw(loaded, "tcp", request)
    if over > 0:
        assert response.status == 413 and response.error["code"], response.status
        assert connection.at_end()
        assert models.records("any", "request") == []
    else:
        assert response.status == 200, response
        assert len(models.records("any", "request")[0]["body"]) == BODY_LIMIT + over


@LIMIT
def test_SEC12_depth(loaded: Daemon, models: Models, over: int) -> None:
    depth = DEPTH + over - 1  # the body's object is the first
    text = json.dumps(chat_body("any"))[:-1] + ', "x": ' + "[" * depth + "]" * depth + "}"
    response = ask(loaded.tcp, "POST", ROUTE, text.encode())
    assert response.status == (413 if over > 0 else 200), response


def test_SEC12_deep_and_broken_json_is_refused(loaded: Daemon, models: Models) -> None:
    for text in (b"[" * 1000000, b'{"a":' * 100000):
        assert ask(loaded.tcp, "POST", ROUTE, text).status == 413
    for text in (b"", b"null", b"[]", b"{", b'"x"', b"\xff",
                 b'{"messages": NaN}', b"{} {}", b'{"a": "\xed\xa0\x80"}',
                 b'{"a": "\\ud800"}', b'{"messages": []}', b'{"messages": {}}',
                 b'{"messages": [{}], "model": 1}', b'{"messages": [{}], "stream": "yes"}'):
        response = ask(loaded.tcp, "POST", ROUTE, text)
        assert response.status == 400 and response.error, (text[:40], response)
    assert models.records("any", "request") == []


def test_SEC12_a_body_of_many_values_takes_twice_its_size_at_most(loaded: Daemon) -> None:
    before = processes.resident_bytes(loaded.pid)
    body = b'{"messages": [' + b"0," * (15 * MIB) + b"0], \"id_slot\": 1}"
    assert ask(loaded.tcp, "POST", ROUTE, body).status == 400
    growth = processes.most_resident_bytes(loaded.pid) - before
    # The sanitizer keeps 8 MiB of what is freed.
    assert growth < 2 * len(body) + 16 * MIB, f"grew by {growth >> 20} MiB"


def test_SEC12_abuse_leaves_no_memory_behind(loaded: Daemon) -> None:
    def abuse() -> None:
        for _ in range(50):
            send_raw(loaded, "tcp", b"GET /" + b"x" * 100000)[1].close()
            send_raw(loaded, "tcp", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000)[1].close()
            send_raw(loaded, "tcp", post(b"Content-Length: %d" % (BODY_LIMIT + 1),
                                         body=b"x" * MIB))[1].close()

    abuse()
    before = processes.resident_bytes(loaded.pid)
    abuse()
    abuse()
    growth = processes.resident_bytes(loaded.pid) - before
    assert growth < 8 * MIB, f"grew by {growth >> 20} MiB"


# --- SEC-13 ---

@pytest.mark.parametrize(("what", "status"), [
    (post(b"Content-Length: %d" % (40 * MIB)), 413),
    (post(b"Content-Length: %d" % (40 * MIB), host=b"Host: evil.example"), 403),
    (post(b"Content-Length: %d" % (40 * MIB), target=b"/nowhere"), 404),
    (post(b"Content-Length: %d" % (40 * MIB)).replace(b"application/json", b"text/plain"), 415),
    (post(TE + b"chunked", body=b"%x\r\n" % (40 * MIB)), 413),
    (b"POST / HTTP/1.1\r\nX: " + b"y" * 70000, 431),
], ids=["413", "403", "404", "415", "413-chunked", "431"])
def test_SEC13_an_early_refusal_reaches_a_client_that_still_sends(
        daemon: Daemon, what: bytes, status: int) -> None:
    with Connection(daemon.tcp) as connection:
        connection.send(what)
        sent = 0
        try:
            while sent < 2 * MIB:
                connection.send(b"x" * 16 * KIB)
                sent += 16 * KIB
        except OSError:
            pass
        assert sent == 2 * MIB, f"cut after {sent} bytes"
        response = connection.read_response()
    assert response.status == status and response.complete and response.error, response


# --- SEC-14 ---

def test_SEC14_expect_continue_is_answered_before_the_body(loaded: Daemon, via: str) -> None:
    with Connection(loaded.address(via)) as connection:
        connection.send(post(LENGTH, b"Expect: 100-continue"))
        assert _interim(connection) == 100
        connection.send(BODY)
        assert connection.read_response().status == 200


def test_SEC14_a_refusal_comes_instead_of_100(daemon: Daemon) -> None:
    expect = b"Expect: 100-continue"
    for request, status in ((post(b"Content-Length: 99999999999", expect), 413),
                            (post(LENGTH, expect, host=b"Host: evil.example"), 403),
                            (post(LENGTH, expect, target=b"/nowhere"), 404),
                            (post(LENGTH, b"Expect: something"), 417)):
        response, connection = send_raw(daemon, "tcp", request)
        assert response.status == status and response.interim == [], (status, response)
        connection.close()


def _interim(connection: Connection) -> int:
    text = b""
    while not text.endswith(b"\r\n\r\n"):
        text += connection.socket.recv(1)
    return int(text.split()[1])


def test_F40_a_client_that_says_nothing_holds_nothing_up(daemon: Daemon, via: str) -> None:
    held = [Connection(daemon.address(via)) for _ in range(200)]
    try:
        assert ask(daemon.address(via), "GET", "/health").status == 200
    finally:
        for connection in held:
            connection.close()


def test_F40_a_head_that_does_not_end_is_given_up(daemon: Daemon) -> None:
    with Connection(daemon.tcp) as connection:
        connection.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        try:
            assert connection.read_response().status == 408
        except Cut:
            pass
        assert connection.at_end()
