#!/usr/bin/python3
"""Tests of fake_worker: fake_worker_test.py PROGRAM."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support.patience import PATIENCE_S as WAIT_S  # noqa: E402
from support.patience import eventually  # noqa: E402

PROGRAM = ""


def exchange(sock: socket.socket, method: str, target: str, body: object = None,
             keep: bool = False) -> None:
    payload = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(payload)}\r\n"
    head += "Connection: keep-alive\r\n\r\n" if keep else "Connection: close\r\n\r\n"
    sock.sendall(head.encode() + payload)


def read_all(sock: socket.socket) -> bytes:
    out = b""
    try:
        while part := sock.recv(65536):
            out += part
    except ConnectionResetError:
        pass
    return out


def unchunk(raw: bytes) -> tuple[bytes, bool]:
    """The body of a chunked answer and whether its last chunk came."""
    out = b""
    while raw:
        size, _, raw = raw.partition(b"\r\n")
        if size == b"0":
            return out, True
        out, raw = out + raw[: int(size, 16)], raw[int(size, 16) + 2 :]
    return out, False


def events(body: bytes) -> list[dict]:
    found = []
    for block in body.decode().split("\n\n"):
        if block.startswith("data: ") and block != "data: [DONE]":
            found.append(json.loads(block[6:]))
    return found


def text_of(found: list[dict]) -> str:
    return "".join(e["choices"][0]["delta"].get("content") or "" for e in found if e["choices"])


class FakeWorkerTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.process: subprocess.Popen | None = None

    def start(self, *script: str, flags: tuple[str, ...] = (), env: dict | None = None,
              wait: str = "ready") -> None:
        if self.process:
            self.end()
        (self.folder / "m.gguf").write_text("\n".join(script))
        (self.folder / "w.sock").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [PROGRAM, "-m", "m.gguf", "--host", "w.sock", "--alias", "fake", "--offline", "--no-ui",
             "-c", "4096", "-t", "2", "-lv", "3", "--cache-ram", "0", *flags],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
        self.addCleanup(self.end)
        wanted = {"ready": (200,), "listening": (200, 503)}.get(wait)
        if wanted:
            eventually(wait, lambda: self.get("/health")[0] in wanted)
        if wait == "exit":
            self.process.wait(WAIT_S)

    def end(self) -> tuple[str, str]:
        """Ends the process; what it printed: (stdout, stderr)."""
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stdout.closed:
            self.printed = self.process.communicate(timeout=WAIT_S)
        return self.printed[0].decode(), self.printed[1].decode()

    def connect(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(WAIT_S)
        self.addCleanup(sock.close)
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            sock.connect("w.sock")
        finally:
            os.chdir(here)
        return sock

    def get(self, target: str, method: str = "GET", body: object = None) -> tuple[int, dict]:
        try:
            with self.connect() as sock:
                exchange(sock, method, target, body)
                head, _, rest = read_all(sock).partition(b"\r\n\r\n")
            return int(head.split()[1]), json.loads(rest)
        except (ConnectionRefusedError, IndexError, FileNotFoundError):
            return 0, {}

    def chat(self, stream: bool = True, **fields: object) -> tuple[bytes, bytes]:
        """Head and body of one answer, until the connection ends."""
        sock = self.connect()
        body = {"messages": [{"role": "user", "content": "hello there"}], "stream": stream}
        exchange(sock, "POST", "/v1/chat/completions", {**body, **fields})
        head, _, rest = read_all(sock).partition(b"\r\n\r\n")
        return head, rest

    def records(self) -> list[dict]:
        return [json.loads(line) for line in (self.folder / "log").read_text().splitlines()]

    # --- command line ---

    def test_help_names_the_options_that_llf_looks_for(self) -> None:
        done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        for name in ("--host", "--alias", "--parallel", "--cache-ram", "--offline", "--no-ui"):
            self.assertIn(name, done.stdout)

    def test_version_goes_to_stderr(self) -> None:
        done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertTrue(done.stderr.startswith("version: "))

    def test_unknown_flag_and_missing_value_exit_1(self) -> None:
        for arguments in (["--nope"], ["-m"]):
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn(arguments[0], done.stderr)

    # --- socket and life ---

    def test_socket_file_stays_and_blocks_the_next_start(self) -> None:
        self.start()
        self.process.terminate()
        self.assertEqual(self.process.wait(WAIT_S), 0)
        self.assertTrue((self.folder / "w.sock").is_socket())
        done = subprocess.run([PROGRAM, "-m", "m.gguf", "--host", "w.sock"], cwd=self.folder,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("couldn't bind", done.stderr)

    def test_long_socket_path_exits_1(self) -> None:
        for length, code in ((107, None), (108, 1)):
            name = "s" * (length - 5) + ".sock"
            (self.folder / "m.gguf").write_text("")
            process = subprocess.Popen([PROGRAM, "-m", "m.gguf", "--host", name], cwd=self.folder,
                                       stderr=subprocess.PIPE)
            first = process.stderr.readline()
            if code is None:
                while b"listening" not in first:
                    first = process.stderr.readline()
                process.terminate()
            self.assertEqual(process.wait(WAIT_S), code or 0)
            process.stderr.close()

    def test_health_is_503_until_ready(self) -> None:
        self.start("never-ready", wait="listening")
        status, body = self.get("/health")
        self.assertEqual((status, body["error"]["type"]), (503, "unavailable_error"))
        self.assertEqual(self.get("/v1/models")[0], 503)
        self.assertNotIn("model loaded", self.end()[1])

    def test_ready_lines_go_where_they_are_wanted(self) -> None:
        line = "listening on unix://w.sock"
        for script, flags, where in (((), (), 1), (("ready-on stdout",), (), 0),
                                     ((), ("--log-jsonl",), 0), (("ready-on none",), (), None),
                                     ((), ("-lv", "1"), None)):
            self.start(*script, flags=flags)
            printed = self.end()
            for stream in (0, 1):
                self.assertEqual(line in printed[stream], stream == where, (script, flags, printed))

    def test_tcp_port_0_is_named_in_the_log(self) -> None:
        process = subprocess.Popen([PROGRAM, "-m", __file__, "--host", "127.0.0.1"],
                                   stderr=subprocess.PIPE)
        self.assertEqual(process.wait(WAIT_S), 1)  # this file is no script
        self.assertIn(b"unknown directive", process.stderr.read())
        process.stderr.close()
        (self.folder / "m").write_bytes(b"GGUF\3\0\0\0" + bytes(16))
        process = subprocess.Popen([PROGRAM, "-m", self.folder / "m", "--port", "0"],
                                   stderr=subprocess.PIPE)
        for line in process.stderr:
            if b"listening on http://127.0.0.1:" in line:
                port = int(line.rsplit(b":", 1)[1])
                break
        with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as sock:
            exchange(sock, "GET", "/health")
            self.assertTrue(sock.recv(100).startswith(b"HTTP/1.1 200"))
        process.terminate()
        process.communicate(timeout=WAIT_S)

    def test_exit_at_load_keeps_its_last_words(self) -> None:
        self.start("log first words", "exit-at-load 3", wait="exit")
        self.assertEqual(self.process.returncode, 3)
        self.assertIn("first words", self.end()[1])

    def test_missing_library_exits_127(self) -> None:
        self.start("missing-lib", wait="exit")
        self.assertEqual(self.process.returncode, 127)
        self.assertFalse((self.folder / "w.sock").exists())

    def test_faults_end_after_crash_times(self) -> None:
        for code in (4, 4, None):
            self.start("crash-times 2", "exit-at-load 4", wait="exit" if code else "ready")
            self.assertEqual(self.process.poll(), code)

    def test_sigterm_can_be_ignored(self) -> None:
        self.start("ignore-sigterm")
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.get("/health")[0], 200)
        self.assertIsNone(self.process.poll())

    def test_log_flood_fills_both_pipes(self) -> None:
        self.start("flood-log 300000", "exit-at-load 0", wait="none")
        self.printed = self.process.communicate(timeout=WAIT_S)
        for printed in self.printed:
            self.assertGreater(len(printed), 299_000)

    # --- answers ---

    def test_stream_has_the_shape_of_the_engine(self) -> None:
        self.start("answer one two \\n three")
        head, raw = self.chat(stream_options={"include_usage": True})
        self.assertTrue(head.startswith(b"HTTP/1.1 200 OK\r\nServer: llama.cpp"))
        self.assertIn(b"Content-Type: text/event-stream", head)
        body, complete = unchunk(raw)
        self.assertTrue(complete)
        self.assertTrue(body.endswith(b"data: [DONE]\n\n"))
        found = events(body)
        self.assertEqual(found[0]["choices"][0]["delta"], {"role": "assistant", "content": None})
        self.assertEqual(text_of(found), "one two \n three")
        self.assertEqual(found[-2]["choices"][0]["finish_reason"], "stop")
        self.assertEqual(found[-1]["choices"], [])
        self.assertEqual(found[-1]["usage"]["completion_tokens"], 4)
        self.assertEqual(len({e["id"] for e in found}), 1)

    def test_plain_answer_has_usage_and_timings(self) -> None:
        self.start("tokens 5", "answer a b c")
        status, body = self.get("/v1/chat/completions", "POST",
                                {"messages": [{"role": "user", "content": "x y"}]})
        self.assertEqual(status, 200)
        self.assertEqual(body["choices"][0]["message"]["content"], "a b c a b")
        self.assertEqual(body["usage"]["total_tokens"], 7)
        self.assertEqual(body["timings"]["predicted_n"], 5)
        self.assertEqual(body["model"], "fake")

    def test_max_tokens_and_echo(self) -> None:
        self.start("echo")
        body, _ = unchunk(self.chat(max_tokens=1)[1])
        self.assertEqual(text_of(events(body)), "hello")
        self.assertEqual(events(body)[-1]["choices"][0]["finish_reason"], "length")

    def test_connection_is_kept_for_the_next_request(self) -> None:
        self.start()
        sock = self.connect()
        for _ in range(3):
            exchange(sock, "GET", "/health", keep=True)
            self.assertIn(b"Keep-Alive: timeout=5", sock.recv(4096))

    def test_other_routes(self) -> None:
        self.start(flags=("-np", "3"))
        self.assertEqual(self.get("/v1/models")[1]["data"][0]["id"], "fake")
        self.assertEqual(self.get("/props")[1]["total_slots"], 3)
        self.assertEqual([s["is_processing"] for s in self.get("/slots")[1]], [False] * 3)
        self.assertEqual(self.get("/nope")[0], 404)
        self.assertEqual(self.get("/v1/chat/completions", "POST", {})[0], 400)
        self.assertEqual(self.get("/v1/embeddings", "POST", {})[0], 501)

    def test_a_template_is_applied_and_begun_answers_go_on(self) -> None:
        asked = {"role": "user", "content": "a b"}
        begun = {"messages": [asked, {"role": "assistant", "content": "c"}]}
        self.start()
        self.assertEqual(self.get("/apply-template", "POST", {"messages": [asked]}),
                         (200, {"prompt": "<user>a b</>\n<assistant>"}))
        self.assertEqual(self.get("/apply-template", "POST", begun),
                         (200, {"prompt": "<user>a b</>\n<assistant>c"}))
        self.assertEqual(self.get("/tokenize", "POST", {"content": "a b\nc"}),
                         (200, {"tokens": [0, 1, 2]}))
        self.start("thinks")
        for target in ("/apply-template", "/v1/chat/completions"):
            self.assertEqual(self.get(target, "POST", begun)[0], 400)
        self.assertEqual(self.get("/apply-template", "POST", {"messages": [asked]})[0], 200)

    def test_api_key_of_the_environment_locks_it(self) -> None:
        self.start(env={"LLAMA_API_KEY": "k"})
        self.assertEqual(self.get("/props")[0], 401)

    # --- faults of an answer ---

    def test_crash_after_events_delivers_them_first(self) -> None:
        for count in range(4):
            self.start(f"crash-after-events {count}")
            body, complete = unchunk(self.chat()[1])
            self.assertEqual((len(events(body)), complete), (count, False))
            self.assertEqual(self.process.wait(WAIT_S), -signal.SIGKILL)

    def test_crash_before_first_byte(self) -> None:
        self.start("crash-before-first-byte")
        self.assertEqual(self.chat(), (b"", b""))

    def test_cut_stream_and_missing_done(self) -> None:
        self.start("cut-after-events 3")
        body, complete = unchunk(self.chat()[1])
        self.assertEqual((len(events(body)), complete), (3, False))
        self.assertEqual(self.get("/health")[0], 200)
        self.start("no-done")
        body, complete = unchunk(self.chat()[1])
        self.assertTrue(complete)
        self.assertNotIn(b"[DONE]", body)

    def test_split_stream_is_the_same_in_single_bytes(self) -> None:
        self.start("split-utf8")
        raw = self.chat()[1]
        body, complete = unchunk(raw)
        self.assertTrue(complete)
        self.assertTrue(text_of(events(body)).endswith("\u6f22\u5b57 \U0001f999 done."))
        self.assertEqual(len(raw), 6 * len(body) + len(b"0\r\n\r\n"))

    def test_stall_keeps_health_and_pings_and_records_the_leaving(self) -> None:
        self.start("stall-after-events 2", "ping-ms 1", "record log")
        sock = self.connect()
        exchange(sock, "POST", "/v1/chat/completions",
                 {"messages": [{"role": "user", "content": "x"}], "stream": True})
        seen = b""
        while b"3\r\n:\n\n\r\n" not in seen:
            seen += sock.recv(4096)
        self.assertEqual(self.get("/health")[0], 200)
        self.assertTrue(self.get("/slots")[1][0]["is_processing"])
        sock.close()
        eventually("the end is recorded", lambda: self.records()[-1]["event"] == "end")
        start, request, end = self.records()
        self.assertEqual(start["argv"][1:3], ["-m", "m.gguf"])
        self.assertIn("PATH", start["env"])
        self.assertEqual(json.loads(request["body"])["stream"], True)
        self.assertEqual((end["complete"], end["events"]), (False, 2))

    def test_hang_with_burn_cpu_uses_the_processor(self) -> None:
        self.start("hang-before-first-byte-ms 300", "burn-cpu", "answer x")
        self.assertEqual(text_of(events(unchunk(self.chat()[1])[0])), "x")
        self.process.terminate()
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        self.assertGreater(usage.ru_utime + usage.ru_stime, 0.1)

    def test_wrong_answers(self) -> None:
        for script, expected in (("html-200", b"text/html"), ("wrong-content-type", b"text/plain"),
                                 ("error-status 503", b"503"),
                                 ("wrong-content-length 10", b"Content-Length: 1000")):
            self.start(script)
            self.assertIn(expected, self.chat()[0])
        self.start("wrong-content-length 7")
        head, body = self.chat(stream=False)
        self.assertIn(b"Content-Length: %d" % (len(body) + 7), head)
        self.start("bad-chunk")
        self.assertIn(b"\r\nzz\r\n", self.chat()[1])

    def test_huge_event_flood_and_duplicate_ids(self) -> None:
        self.start("huge-event 3000000", "answer x", "duplicate-ids")
        body, _ = unchunk(self.chat()[1])
        self.assertEqual(len(text_of(events(body))), 3_000_001)
        self.assertEqual(body.count(b'"id":'), 2 * len(events(body)))
        self.start("flood-events")
        sock = self.connect()
        exchange(sock, "POST", "/v1/chat/completions", {"messages": [], "stream": True})
        size = 0
        while size < 5_000_000:
            size += len(sock.recv(1 << 20))


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
