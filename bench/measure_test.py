#!/usr/bin/python3
"""Tests of measure."""

from __future__ import annotations

import unittest

from measure import Row, cells, interleave, interval_of_ratio, number, quantile, table


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

    def test_interval_of_a_ratio_holds_it(self) -> None:
        ours = [2.0 + i / 100 for i in range(20)]
        theirs = [1.0 + i / 100 for i in range(20)]
        low, high = interval_of_ratio(ours, theirs)
        self.assertTrue(1.7 < low < 2.095 / 1.095 < high < 2.1, (low, high))
        self.assertEqual(interval_of_ratio([3.0], [2.0]), (1.5, 1.5))

    def test_row_beside_a_peer(self) -> None:
        row = Row("P1", "x", "ms", [2.0, 4.0, 3.0])
        self.assertEqual(row.against("peer", [1.5, 1.5]), 2.0)
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
