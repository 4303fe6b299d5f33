"""Bodies that are meant to break readers (F43, F44), and files and clocks that change under way
(F13, F18)."""

from __future__ import annotations

import json
import os
import signal
import threading

import pytest

from support.chat import ROUTE, Stream, chat, chat_body
from support.daemon import Daemon
from support.models import ANSWER, Models
from support.wire import Connection, Response

STALL_S = 4  # as the fixture `daemon` has it


def send(daemon: Daemon, body: bytes) -> Response:
    with Connection(daemon.tcp) as connection:
        connection.send(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        b"Content-Length: %d\r\n\r\n%s" % (ROUTE.encode(), len(body), body))
        return connection.read_response()


def message(content: bytes, more: bytes = b"") -> bytes:
    return b'{"model":"m","messages":[{"role":"user","content":"%s"}]%s}' % (content, more)


REFUSED = {
    "nan": message(b"x", b',"temperature":NaN'),
    "infinity": message(b"x", b',"temperature":-Infinity'),
    "huge number": message(b"x", b',"temperature":1e999'),
    "long number": message(b"x", b',"seed":' + b"9" * 400),
    "leading zero": message(b"x", b',"seed":01'),
    "lone quote": message(b'"'),
    "raw control": message(b"a\x01b"),
    "raw newline": message(b"a\nb"),
    "invalid utf-8": message(b"\xff\xfe"),
    "overlong utf-8": message(b"\xc0\xaf"),
    "cut utf-8": message(b"\xe2\x82"),
    "utf-8 surrogate": message(b"\xed\xa0\x80"),
    "lone surrogate": message(b"\\ud800"),
    "utf-16": message(b"x").decode().encode("utf-16"),
    "trailing comma": message(b"x", b","),
    "comment": message(b"x", b"/* */"),
    "two values": message(b"x") * 2,
    "nothing": b"",
    "array": b"[" + message(b"x") + b"]",
    "deep": message(b"x", b',"tools":' + b"[" * 5000 + b"]" * 5000),
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "duplicate key": b'{"model":"none",' + message(b"x")[1:],
}

TAKEN = {
    "nul escape": message(b"a\\u0000b"),
    "surrogate pair": message(b"\\ud83d\\ude00"),
    "escaped key": message(b"x").replace(b'"model"', b'"m\\u006fdel"'),
    "many spaces": b" " * 100_000 + message(b"x") + b"\n" * 100_000,
    "long text": message(b"word " * 200_000),
    "many unknown values": message(b"x", b',"metadata":[' + b",".join([b"0"] * 1_000_000) + b"]"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_F43_F44_what_is_no_json_is_refused(daemon: Daemon, models: Models, name: str) -> None:
    models.add("m")
    answer = send(daemon, REFUSED[name])
    assert answer.status == (413 if "deep" in name else 400), answer
    assert answer.error["message"]
    assert models.records("m", "request") == []


@pytest.mark.parametrize("name", TAKEN)
def test_F43_F44_what_is_odd_but_json_reaches_the_engine_sound(daemon: Daemon, models: Models,
                                                               name: str) -> None:
    models.add("m")
    answer = send(daemon, TAKEN[name])
    assert answer.status == 200, answer
    [seen] = models.records("m", "request")
    sent, came = json.loads(TAKEN[name]), json.loads(seen["body"])
    assert came["messages"] == sent["messages"]


# --- F13 ---


def test_F13_a_model_that_goes_while_it_is_loaded_is_served_until_it_leaves(
        daemon: Daemon, models: Models) -> None:
    path = models.path(models.add("m"))
    assert chat(daemon.tcp, "m").text == ANSWER
    path.unlink()
    pid = daemon.worker_pid("m")
    gone = chat(daemon.tcp, "m")
    assert gone.status == 404 or gone.text == ANSWER, gone
    path.write_bytes(b"GGUF, but broken")
    assert daemon.unload("m").status == 200
    broken = chat(daemon.tcp, "m")
    assert broken.status >= 400 and broken.error["message"], broken
    assert daemon.workers().get("m", {}).get("pid") != pid
    path.unlink()
    models.add("m")
    assert chat(daemon.tcp, "m").text == ANSWER


# --- F18, F33 ---


def test_F18_F33_a_daemon_that_was_stopped_for_long_blames_nobody(daemon: Daemon,
                                                                  models: Models) -> None:
    models.add("slow", "tokens 60", "token-delay-ms 100")
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as stream:
        assert stream.next()
        pid = daemon.worker_pid("slow")
        # Both, as in a suspend of the machine.
        for one in (daemon.pid, pid):
            os.kill(one, signal.SIGSTOP)
        threading.Event().wait(2 * STALL_S)
        for one in (pid, daemon.pid):
            os.kill(one, signal.SIGCONT)
        answer = stream.rest()
    assert answer.whole, answer
    assert daemon.worker_pid("slow") == pid and daemon.worker("slow")["restarts"] == 0


def test_F18_a_daemon_that_alone_was_stopped_goes_on(daemon: Daemon, models: Models) -> None:
    models.add("slow", "tokens 60", "token-delay-ms 20")
    with Stream(daemon.tcp, chat_body("slow", stream=True)) as stream:
        assert stream.next()
        pid = daemon.worker_pid("slow")
        os.kill(daemon.pid, signal.SIGSTOP)
        threading.Event().wait(2 * STALL_S)
        os.kill(daemon.pid, signal.SIGCONT)
        answer = stream.rest()
    assert answer.whole, answer
    assert daemon.worker_pid("slow") == pid
