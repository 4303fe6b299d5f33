"""Small grammars: `how do i (get|fetch) {amodel} (|please)` stands for many sentences.

`(a|b|)` chooses one alternative, `{name}` one item of a list; both nest. Two lists are computed:
`{number}` and `{pseudo}` (a pronounceable word that does not exist).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

_SYLLABLE_STARTS = (
    "b c d f g h j k l m n p r s t v w z bl br ch cl dr fl gr kr pl sh sk sp st tr".split()
)
_SYLLABLE_MIDDLES = "a e i o u a e i o u ai ee oo ou".split()
_SYLLABLE_ENDS = ["", "", "", *"b ck d f g l m n nk p r rt s t x".split()]
_TOKEN = re.compile(r"[()|]|\{\w+\}|[^()|{}]+|[{}]")


class GrammarError(ValueError):
    """A rule that cannot be read, or one that names an unknown list."""


@dataclass(frozen=True)
class Choice:
    """One of several sequences; a part of a sequence is text, a nested choice or a list name."""

    options: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Ref:
    name: str


def parse(text: str) -> Choice:
    """Reads a rule; a top-level `|` parts alternatives too."""
    tokens = _TOKEN.findall(text)
    choice, at = _parse_choice(tokens, 0)
    if at != len(tokens):
        raise GrammarError(f"a ')' too many: {text}")
    return choice


def _parse_choice(tokens: list[str], at: int) -> tuple[Choice, int]:
    options: list[tuple[object, ...]] = []
    parts: list[object] = []
    while at < len(tokens) and tokens[at] != ")":
        token = tokens[at]
        if token == "|":
            options.append(tuple(parts))
            parts = []
        elif token == "(":
            inner, at = _parse_choice(tokens, at + 1)
            if at >= len(tokens):
                raise GrammarError("a ')' is missing: " + "".join(tokens))
            parts.append(inner)
        elif token.startswith("{") and len(token) > 2:
            parts.append(Ref(token[1:-1]))
        else:
            parts.append(token)
        at += 1
    options.append(tuple(parts))
    return Choice(tuple(options)), at


def pseudo_word(rng: random.Random) -> str:
    return "".join(
        rng.choice(_SYLLABLE_STARTS) + rng.choice(_SYLLABLE_MIDDLES) + rng.choice(_SYLLABLE_ENDS)
        for _ in range(rng.choice((1, 2, 2, 2, 3)))
    )


def _number(rng: random.Random) -> str:
    return str(rng.randrange(rng.choice((10, 100, 100, 1000, 3000))))


_COMPUTED = {"number": _number, "pseudo": pseudo_word}


class Lists:
    """The named lists that rules refer to."""

    def __init__(self) -> None:
        self._lists: dict[str, Choice] = {}
        self._counts: dict[str, float] = {}

    def add(self, name: str, items: str) -> None:
        if name in self._lists or name in _COMPUTED:
            raise GrammarError(f"list twice: {name}")
        self._lists[name] = parse(items)

    def choice(self, name: str) -> Choice:
        """The items of a list, to be sampled on their own."""
        return self._lists[name]

    def sample(self, rule: Choice, rng: random.Random) -> str:
        """One sentence of the rule."""
        out: list[str] = []
        self._sample(rule, rng, out)
        return tidy("".join(out))

    def _sample(self, rule: Choice, rng: random.Random, out: list[str]) -> None:
        options = rule.options
        for part in options[int(rng.random() * len(options))]:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, Choice):
                self._sample(part, rng, out)
            elif part.name in _COMPUTED:
                out.append(_COMPUTED[part.name](rng))
            else:
                self._sample(self._lists[part.name], rng, out)

    def count(self, rule: Choice) -> float:
        """How many sentences the rule has, equal ones counted twice. Unknown lists are an error."""
        return sum(self._count_sequence(option) for option in rule.options)

    def _count_sequence(self, parts: tuple[object, ...]) -> float:
        total = 1.0
        for part in parts:
            if isinstance(part, Choice):
                total *= self.count(part)
            elif isinstance(part, Ref):
                total *= self._count_list(part.name)
        return total

    def _count_list(self, name: str) -> float:
        if name in _COMPUTED:
            return 1000.0
        if name not in self._lists:
            raise GrammarError(f"unknown list: {{{name}}}")
        if name not in self._counts:
            self._counts[name] = self.count(self._lists[name])
        return self._counts[name]

    def all(self, rule: Choice) -> Iterator[str]:
        """Every sentence of a rule without computed lists; for small rules only."""
        for option in rule.options:
            for text in self._all_sequence(option):
                yield tidy(text)

    def _all_sequence(self, parts: tuple[object, ...]) -> Iterator[str]:
        if not parts:
            yield ""
            return
        head, rest = parts[0], parts[1:]
        if isinstance(head, str):
            heads: Iterator[str] = iter((head,))
        elif isinstance(head, Choice):
            heads = (t for option in head.options for t in self._all_sequence(option))
        else:
            heads = (t for o in self._lists[head.name].options for t in self._all_sequence(o))
        tails = list(self._all_sequence(rest))
        for text in heads:
            for tail in tails:
                yield text + tail


def weight(count: float) -> float:
    """How often a rule with so many sentences is used: large rules more, but not in proportion."""
    return min(log2(1.0 + count), 12.0)


def tidy(text: str) -> str:
    """Single spaces, and none before punctuation."""
    return re.sub(r" +([,.?!:;])(?= |$)", r"\1", re.sub(r" +", " ", text)).strip()
