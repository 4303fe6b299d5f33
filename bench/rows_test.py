#!/usr/bin/python3
"""Tests of what the rows read: engines' command lines, logs and streams."""

from __future__ import annotations

import json
import unittest

from processes import EngineCommand, unchunk
from rows_model import Comparison, Side, ready_to_task_ms, speed_rows
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


if __name__ == "__main__":
    unittest.main()
