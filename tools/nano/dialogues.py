"""Reads the dialogue source (dialogues/*.txt), the held-out questions and the command list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from grammar import Choice, GrammarError, Lists, parse, weight

HERE = Path(__file__).resolve().parent
OFF_TOPIC = "off_topic"
_ENUMERATE_UP_TO = 3000


@dataclass
class Rules:
    """Rules with the cumulative weights by which one is drawn."""

    rules: list[Choice] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, rule: Choice, lists: Lists) -> None:
        self.rules.append(rule)
        self.weights.append(weight(lists.count(rule)))

    def __bool__(self) -> bool:
        return bool(self.rules)


@dataclass
class Intent:
    """One thing that people ask, its one answer, and how they say it."""

    name: str
    topic: str  # the file's name; a follow-up belongs to a question of the same topic
    weight: float
    answer: str = ""
    questions: Rules = field(default_factory=Rules)
    near_misses: Rules = field(default_factory=Rules)
    follow_ups: Rules = field(default_factory=Rules)


@dataclass
class Source:
    lists: Lists
    intents: dict[str, Intent]


def _lines(path: Path) -> list[tuple[int, str]]:
    """Lines without comments and blanks; one that begins with a space continues the one above."""
    out: list[tuple[int, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" ") and out:
            out[-1] = (out[-1][0], out[-1][1] + " " + line.strip())
        else:
            out.append((number, line.rstrip()))
    return out


def load(folder: Path = HERE / "dialogues") -> Source:
    """Reads all files; raises GrammarError with file and line for anything that is wrong."""
    lists = Lists()
    rule_lines: list[tuple[Path, int, str]] = []
    for path in sorted(folder.glob("*.txt")):
        for number, line in _lines(path):
            if line.startswith("@"):
                name, _, items = line[1:].partition(":")
                items = "|".join(item.strip() for item in _split_items(items))
                lists.add(name.strip(), items)
            else:
                rule_lines.append((path, number, line))
    intents: dict[str, Intent] = {}
    current: Intent | None = None
    for path, number, line in rule_lines:
        try:
            if line.startswith("=="):
                current = _begin_intent(line, path.stem, intents)
            elif current is None:
                raise GrammarError("a rule before the first '== intent'")
            else:
                _add_line(current, line, lists)
        except GrammarError as error:
            raise GrammarError(f"{path.name}:{number}: {error}") from error
    for intent in intents.values():
        if not intent.answer or not intent.questions:
            raise GrammarError(f"{intent.name}: needs one 'A:' and a 'Q:'")
    return Source(lists, intents)


def _split_items(text: str) -> list[str]:
    """Splits at the bars that are not inside parentheses."""
    items, depth, begin = [], 0, 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            items.append(text[begin:at])
            begin = at + 1
    return items + [text[begin:]]


def _begin_intent(line: str, topic: str, intents: dict[str, Intent]) -> Intent:
    words = line[2:].split()
    if not words or words[0] in intents:
        raise GrammarError(f"intent without a name, or twice: {line}")
    intent = Intent(words[0], topic, float(words[1]) if len(words) > 1 else 1.0)
    intents[intent.name] = intent
    return intent


def _add_line(intent: Intent, line: str, lists: Lists) -> None:
    kind, _, text = line.partition(":")
    text = text.strip()
    if kind == "A":
        if intent.answer:
            raise GrammarError(f"{intent.name}: a second answer")
        intent.answer = text
        return
    rules = {"Q": intent.questions, "N": intent.near_misses, "F": intent.follow_ups}.get(kind)
    if rules is None:
        raise GrammarError(f"a line must begin with A:, Q:, N: or F:, not {line[:20]!r}")
    rules.add(parse(text), lists)


def normalise(text: str) -> str:
    """Lower case, letters and digits only: the form in which questions count as equal."""
    return " ".join(re.sub(r"[^\w<>]+", " ", text.lower()).split())


def load_questions(path: Path) -> list[tuple[str, str]]:
    """(intent, question) pairs of one file, or of all files of a folder."""
    out: list[tuple[str, str]] = []
    for file in sorted(path.glob("*.txt")) if path.is_dir() else [path]:
        intent = ""
        for _, line in _lines(file):
            if line.startswith("=="):
                intent = line[2:].strip()
            else:
                out.append((intent, line))
    return out


def known_questions(source: Source) -> dict[str, set[str]]:
    """Normalised questions of all small rules, with the intents that claim them."""
    known: dict[str, set[str]] = {}
    for intent in source.intents.values():
        for rule in intent.questions.rules:
            if intent.name != OFF_TOPIC and source.lists.count(rule) <= _ENUMERATE_UP_TO:
                for text in source.lists.all(rule):
                    known.setdefault(normalise(text), set()).add(intent.name)
    return known


_COMMAND = re.compile(r"llf(?![\w-])")


def commands_in(text: str) -> list[str]:
    """Every `llf ...` in backticks, also after a pipe."""
    found = []
    for code in re.findall(r"`([^`]*)`", text):
        for part in code.split("|"):
            match = _COMMAND.match(part.strip())
            if match:
                found.append(part.strip())
    return found


def load_commands(path: Path = HERE / "commands.txt") -> list[list[str]]:
    return [line.split() for _, line in _lines(path)]


def is_command(text: str, commands: list[list[str]]) -> bool:
    """True when a listed command fits as a whole; its UPPER words stand for one argument each."""
    words = re.findall(r'"[^"]*"|\S+', text)
    return any(_fits(words, pattern) for pattern in commands)


def _fits(words: list[str], pattern: list[str]) -> bool:
    if len(words) != len(pattern):
        return False
    return all(
        word == want or (want.isupper() and not word.startswith("-"))
        for word, want in zip(words, pattern)
    )
