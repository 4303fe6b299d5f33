"""Numbers of a run: samples, their medians, ratios with an interval, and the table."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

BOOTSTRAP_ROUNDS = 2000
SEED = 7
Taken = TypeVar("Taken")


def quantile(values: list[float], part: float) -> float:
    """Linear between the two nearest values."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * part
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def paired_ratio(ours: list[float], theirs: list[float],
                 together: int = 1) -> tuple[float, float, float]:
    """The median of ours / theirs, round by round, with its 95 % bootstrap interval. What slows a
    whole round down, a machine shared with others above all, does not count. Every `together`
    rounds had something in common (the same processes): they are one sample."""
    draw = random.Random(SEED)
    rounds = [our / their for our, their in zip(ours, theirs, strict=True)]
    ratios = [statistics.mean(rounds[at:at + together]) for at in range(0, len(rounds), together)]
    medians = [statistics.median(draw.choices(ratios, k=len(ratios)))
               for _ in range(BOOTSTRAP_ROUNDS)]
    return statistics.median(ratios), quantile(medians, 0.025), quantile(medians, 0.975)


def interleave(rounds: int, candidates: dict[str, Callable[[], Taken]]) -> dict[str, list[Taken]]:
    """Calls every candidate once a round, every other round in reverse, so that a machine that
    slows down slows all of them."""
    found: dict[str, list[Taken]] = {name: [] for name in candidates}
    for number in range(rounds):
        order = list(candidates) if number % 2 == 0 else list(reversed(candidates))
        for name in order:
            found[name].append(candidates[name]())
    return found


@dataclass
class Row:
    """One line of the table. `values` are the samples, in `unit`."""

    id: str
    what: str
    unit: str
    values: list[float]
    beside: str = ""  # the peer and its median
    ratio: str = ""
    target: str = ""
    met: bool | None = None  # None: not judged
    facts: dict = field(default_factory=dict)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def against(self, peer: str, values: list[float]) -> None:
        """Puts a peer beside this row, and the ratio of the medians."""
        theirs = statistics.median(values)
        self.beside = f"{peer} {number(theirs)}"
        self.facts["ratio"] = self.median / theirs
        self.ratio = f"{self.facts['ratio']:.2f}"

    def against_paired(self, peer: str, values: list[float], together: int = 1) -> float:
        """Puts a peer that took turns with this row beside it; returns the paired ratio."""
        self.against(peer, values)
        ratio, low, high = paired_ratio(self.values, values, together)
        self.ratio = f"{ratio:.3f} [{low:.3f}, {high:.3f}]"
        self.facts |= {"ratio": ratio, "ratio_interval": [low, high]}
        return ratio

    def judge(self, target: str, met: bool) -> Row:
        self.target, self.met = target, met
        return self

    def as_json(self) -> dict:
        return {**vars(self), "median": self.median}


def number(value: float) -> str:
    """Three significant digits, without exponents."""
    if value == 0:
        return "0"
    for limit, digits in ((100, 0), (10, 1), (1, 2), (0.1, 3)):
        if abs(value) >= limit:
            return f"{value:.{digits}f}"
    return f"{value:.4f}"


def cells(row: Row) -> list[str]:
    spread = ""
    if len(row.values) > 1:
        spread = f"{number(quantile(row.values, 0.1))} … {number(quantile(row.values, 0.9))}"
    met = {True: "yes", False: "NO", None: ""}[row.met]
    return [row.id, row.what, f"{number(row.median)} {row.unit}".strip(), spread,
            str(len(row.values)), row.beside, row.ratio, row.target, met]


def table(rows: list[Row]) -> str:
    head = ["", "what", "median", "p10 … p90", "n", "beside", "ratio", "target", "met"]
    lines = [head, *[cells(row) for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
            for line in lines]
    return "\n".join([text[0], "  ".join("-" * width for width in widths), *text[1:]])
