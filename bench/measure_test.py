#!/usr/bin/python3
"""Tests of measure."""

from __future__ import annotations

import unittest

from measure import Row, cells, interleave, number, paired_ratio, quantile, table


class MeasureTest(unittest.TestCase):
    def test_quantile_is_linear_between_values(self) -> None:
        self.assertEqual(quantile([4, 1, 3, 2], 0), 1)
        self.assertEqual(quantile([4, 1, 3, 2], 1), 4)
        self.assertEqual(quantile([1, 2], 0.5), 1.5)
        self.assertEqual(quantile([5], 0.9), 5)

    def test_interleave_reverses_every_other_round(self) -> None:
        order = []
        found = interleave(3, {"a": lambda: order.append("a") or 1.0,
                               "b": lambda: order.append("b") or 2.0})
        self.assertEqual("".join(order), "abbaab")
        self.assertEqual(found, {"a": [1.0] * 3, "b": [2.0] * 3})

    def test_paired_ratio_leaves_out_what_slows_a_round(self) -> None:
        theirs = [1.0 + i for i in range(20)]
        ours = [value * (1.98 if i % 2 else 2.02) for i, value in enumerate(theirs)]
        ratio, low, high = paired_ratio(ours, theirs)
        self.assertAlmostEqual(ratio, 2.0)
        self.assertTrue(1.98 - 1e-9 <= low <= ratio <= high <= 2.02 + 1e-9, (low, high))
        self.assertEqual(paired_ratio([3.0], [2.0]), (1.5, 1.5, 1.5))
        self.assertEqual(paired_ratio([1.0, 3.0, 2.0], [1.0] * 3, together=2), (2.0, 2.0, 2.0))
        with self.assertRaises(ValueError):
            paired_ratio([1.0, 2.0], [1.0])

    def test_row_beside_a_peer_that_took_turns(self) -> None:
        row = Row("P10", "x", "/s", [10.0, 30.0, 20.0])
        self.assertEqual(row.against_paired("peer", [10.0, 30.0, 40.0]), 1.0)
        self.assertEqual((row.beside, row.ratio), ("peer 30.0", "1.000 [0.500, 1.000]"))

    def test_row_beside_a_peer(self) -> None:
        row = Row("P1", "x", "ms", [2.0, 4.0, 3.0])
        row.against("peer", [1.5, 1.5])
        row.judge("≤ 4", row.median <= 4)
        expected = ["P1", "x", "3.00 ms", "2.20 … 3.80", "3", "peer 1.50", "2.00", "≤ 4", "yes"]
        self.assertEqual(cells(row), expected)

    def test_numbers_have_three_digits(self) -> None:
        self.assertEqual([number(v) for v in (0, 0.01234, 0.1234, 1.234, 12.34, 123.4, 1234.5)],
                         ["0", "0.0123", "0.123", "1.23", "12.3", "123", "1234"])

    def test_table_has_a_line_for_each_row(self) -> None:
        text = table([Row("P1", "x", "ms", [1.0]), Row("", "longer name", "ms", [1.0, 2.0])])
        self.assertEqual(len(text.splitlines()), 4)


if __name__ == "__main__":
    unittest.main()
