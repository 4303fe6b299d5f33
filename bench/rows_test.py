#!/usr/bin/python3
"""Tests of what the rows read: engines' command lines, logs and streams."""

from __future__ import annotations

import json
import socket
import tempfile
import unittest
from pathlib import Path

from measure import Row
from processes import EngineCommand, unchunk
from relays import haproxy_relay, nginx_relay, upstream_port
from rows_held import read_answer, read_event
from rows_model import Comparison, Side, ready_to_task_ms, speed_rows
from rows_relay import PER_SECOND, REFUSED, Taken, added, judged, latency_rows
from rows_settings import micro_samples

LOG = """0.00.010.000 I srv  llama_server: listening on unix://old.sock
0.00.011.000 I slot launch_slot_: id  0 | task 0 | processing task, is_child = 0
0.00.059.603 I srv  llama_server: model loaded
0.00.059.613 I srv  llama_server: listening on unix://w-1.sock
0.01.060.857 I slot launch_slot_: id  0 | task 0 | processing task, is_child = 0
0.01.070.857 I slot launch_slot_: id  0 | task 1 | processing task, is_child = 0
"""


class RowsTest(unittest.TestCase):
    def test_last_start_of_a_log_counts(self) -> None:
        self.assertAlmostEqual(ready_to_task_ms(LOG), 1001.244)
        with self.assertRaises(RuntimeError):
            ready_to_task_ms("nothing")

    def test_flags_are_replaced_with_their_values(self) -> None:
        argv = ["server", "--host", "a.sock", "--offline", "--alias", "x"]
        command = EngineCommand(argv, {}, "/")
        found = command.replaced({"--host": ["--port", "1"], "--alias": []})
        self.assertEqual(found, ["server", "--port", "1", "--offline"])

    def test_chunks_are_joined(self) -> None:
        self.assertEqual(unchunk(b"3\r\nabc\r\n2;x=y\r\n\r\n\r\n0\r\n\r\n"), b"abc\r\n")

    def test_fast_model_is_shown_not_judged(self) -> None:
        sides = {"llfd": Side([100.0], [5.0], ["x"]),
                 "bare": Side([100.0], [5.0], ["x"])}
        for token_ms, judged in ((10.0, True), (0.3, None)):
            rows = speed_rows(Comparison(1, sides, 1, 1000), token_ms)
            self.assertEqual([row.met for row in rows], [judged, judged, judged, True])

    def test_other_text_is_a_miss(self) -> None:
        sides = {"llfd": Side([1.0], [1.0], ["x", "y"]),
                 "bare": Side([1.0], [1.0], ["x", "z"])}
        same = speed_rows(Comparison(1, sides, 1, 1), 20.0)[3]
        self.assertEqual((same.median, same.met), (50, False))

    def test_only_the_repetitions_of_a_micro_benchmark_count(self) -> None:
        def entry(kind: str, ms: float) -> dict:
            return {"run_name": "save/real_time", "run_type": kind, "real_time": ms,
                    "time_unit": "ms"}
        output = json.dumps({"benchmarks": [entry("iteration", 1.5), entry("iteration", 2.5),
                                            entry("aggregate", 9.0)]})
        self.assertEqual(micro_samples(output), {"save": [1.5, 2.5]})

    def test_the_last_port_is_the_upstreams(self) -> None:
        self.assertEqual(upstream_port("srv: model loaded\nsrv: listening on port 4711\n"), 4711)

    def test_what_is_added_is_above_the_floor_of_the_same_round(self) -> None:
        taken = {"llfd": [Taken(30, 90, 1), Taken(50, 90, 1)],
                 "direct": [Taken(10, 80, 1), Taken(20, 80, 1)]}
        self.assertEqual(added(taken), {"llfd": [20, 30]})

    def test_targets_are_limits_of_either_side(self) -> None:
        for target, ours, met in (("≤ 1.2", 12.0, True), ("≤ 1.2", 13.0, False),
                                  ("≥ 0.9", 9.0, True), ("≥ 0.9", 8.0, False)):
            row = judged(Row("P5", "x", "", [ours]), {"nginx": [10.0]}, "nginx", target)
            self.assertEqual((row.target, row.met), (f"{target} × nginx", met))
        alone = judged(Row("P5", "x", "", [1.0]), {}, "nginx", "≤ 1.2")
        self.assertEqual((alone.beside, alone.met), ("", None))

    def test_p99_is_judged_as_it_is(self) -> None:
        taken = {"llfd": [Taken(30, 90, 1)], "nginx": [Taken(20, 80, 1)],
                 "direct": [Taken(10, 10, 1)]}
        rows = latency_rows("P5", "x", taken, {"p50": "≤ 1.2", "p99": "≤ 1.0"})
        self.assertEqual([(row.what, row.values, row.met) for row in rows], [
            ("llfd: x, p50 added", [20], False), ("nginx: x, p50 added", [10], None),
            ("llfd: x, p99", [90], False), ("nginx: x, p99", [80], None),
            ("direct: x, p99", [10], None)])
        shown = latency_rows("P6", "x", taken, {"p50": "≤ 2.5"})
        self.assertEqual([row.met for row in shown], [True, None, None, None, None])

    def test_wrk_tells_of_what_was_refused(self) -> None:
        self.assertEqual(PER_SECOND.search("Requests/sec:  12345.67\n")[1], "12345.67")
        self.assertIsNone(REFUSED.search("  10 requests in 2.00s, 1.00MB read\n"))
        self.assertTrue(REFUSED.search("  Non-2xx or 3xx responses: 3\n"))

    def test_relays_lead_to_the_upstreams_socket(self) -> None:
        for relay, text in ((nginx_relay, "server unix:/x.sock;"),
                            (haproxy_relay, "server up unix@/x.sock")):
            with self.subTest(text), tempfile.TemporaryDirectory() as folder:
                if argv := relay(Path(folder), 1, "unix:/x.sock"):
                    self.assertIn(text, Path(argv[-1]).read_text())

    def test_answers_and_events_are_read_to_their_end(self) -> None:
        for read, data in ((read_answer, b'HTTP/1.1 200 OK\r\n\r\n{"usage":{},"id":1}'),
                           (read_event, b'HTTP/1.1 200 OK\r\n\r\n{"content":"@1"}\n\n')):
            for part, whole in ((data, True), (data[:-1], False)):
                ours, theirs = socket.socketpair()
                with ours, theirs:
                    theirs.sendall(part)
                    theirs.shutdown(socket.SHUT_WR)
                    self.assertEqual(read(ours), whole)


if __name__ == "__main__":
    unittest.main()
