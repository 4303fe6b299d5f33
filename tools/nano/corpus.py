"""Turns the dialogue source into training rows, endlessly and reproducibly."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from dialogues import OFF_TOPIC, Intent, Rules, Source, known_questions, load_questions, normalise
from dialogues import HERE
from noise import rough, short
from tokenizer import IM_END, IM_START, Tokenizer

# The chat template keeps this much (see export.py); training rows look the same.
SYSTEM_CHARS = 120
MESSAGE_CHARS = 600

_OFF_TOPIC_SHARE = 0.17
_NEAR_MISS_SHARE = 0.17


@dataclass(frozen=True)
class Mix:
    """Of what the rows are made."""

    whole: float = 0.16  # share of rows whose answer is not cut
    history_weight: float = 1.0  # loss weight of the answer to the first of two questions
    two_turns: float = 0.10  # share of rows with two questions
    system_growth: float = 0.15  # chance that a system message goes on with another sentence
    later_prompts: float = 0.0  # share of bare prompts with two questions
    begun: float = 0.0  # share of whole answers that are given up to some letter


@dataclass(frozen=True)
class Row:
    """Token ids; `weights[i]` is the loss weight of predicting `ids[i]`."""

    ids: list[int]
    weights: list[float]
    prompt_end: int  # index of the last prompt token, where the intent must be known
    intent: int


class Corpus:
    """Draws rows. The same random generator state gives the same rows."""

    def __init__(self, source: Source, tokenizer: Tokenizer) -> None:
        self.source, self.tokenizer = source, tokenizer
        self.intents = list(source.intents.values())
        self.index = {intent.name: i for i, intent in enumerate(self.intents)}
        self._held_out = {normalise(q) for _, q in load_questions(HERE / "heldout")}
        self._claims = known_questions(source)
        self._core: dict[str, list[str]] = {}
        for name, question in load_questions(HERE / "core.txt"):
            self._claims[normalise(question)] = {name}
            self._core.setdefault(name, []).append(question)
        self._known = [i for i in self.intents if i.name != OFF_TOPIC]
        self._near = [i for i in self.intents if i.near_misses]
        self._off = source.intents[OFF_TOPIC]
        self._systems = source.lists.choice("system_message")
        self._tools = source.lists.choice("tool_name")
        self._answers = [tokenizer.encode(i.answer) for i in self.intents]
        self._cuts = [self._cut(i) for i in range(len(self.intents))]
        self.mix = Mix()
        self.dropped = 0

    def _cut(self, index: int) -> int:
        """How many tokens of an answer tell it from all others, and one more."""
        mine = self._answers[index]
        longest = 0
        for other in self._answers:
            if other is not mine:
                same = 0
                while same < min(len(mine), len(other)) and mine[same] == other[same]:
                    same += 1
                longest = max(longest, same)
        return min(longest + 2, len(mine))

    def _draw(self, rules: Rules, rng: random.Random) -> str:
        return self.source.lists.sample(rng.choices(rules.rules, rules.weights)[0], rng)

    def question(self, rng: random.Random) -> tuple[Intent, str]:
        """A question and the intent that answers it; never a held-out or an ambiguous one."""
        while True:
            intent, text = self._any_question(rng)
            if self._allowed(intent, text):
                return intent, text

    def _allowed(self, intent: Intent, text: str) -> bool:
        key = normalise(text)
        if key in self._held_out:
            self.dropped += 1
            return False
        claims = self._claims.get(key)
        return bool(text) and (claims is None or claims == {intent.name})

    def _any_question(self, rng: random.Random) -> tuple[Intent, str]:
        roll = rng.random()
        if roll < _NEAR_MISS_SHARE:
            text = self._draw(rng.choice(self._near).near_misses, rng)
            return self._off, rough(text, rng)
        if roll < _NEAR_MISS_SHARE + _OFF_TOPIC_SHARE:
            text = self._draw(self._off.questions, rng)
            if rng.random() < 0.05:
                more = range(rng.randrange(1, 6))
                others = [self._draw(self._off.questions, rng) for _ in more]
                text = ". ".join([text, *others])
            return self._off, rough(text, rng)
        intent = rng.choices(self._known, [i.weight for i in self._known])[0]
        if intent.name in self._core and rng.random() < 0.10:
            return intent, short(rng.choice(self._core[intent.name]), rng)
        text = self._draw(intent.questions, rng)
        return intent, (short if intent.topic == "social" else rough)(text, rng)

    def follow_up(self, before: Intent, rng: random.Random) -> tuple[Intent, str] | None:
        """A question that is only clear after one of the same topic."""
        alike = [i for i in self._known if i.topic == before.topic and i is not before]
        options = [i for i in alike if i.follow_ups]
        if not options:
            return None
        intent = rng.choice(options)
        text = rough(self._draw(intent.follow_ups, rng), rng)
        return (intent, text) if normalise(text) not in self._held_out else None

    def system(self, rng: random.Random) -> str:
        """A system message, often none, sometimes with the line of tools of the template."""
        roll = rng.random()
        text = ""
        if 0.68 <= roll < 0.76:
            text = "You are a helpful assistant."
        elif roll >= 0.76:
            text = self.source.lists.sample(self._systems, rng)
            while rng.random() < self.mix.system_growth:
                text += " " + self.source.lists.sample(self._systems, rng)
        text = text[:SYSTEM_CHARS]
        if rng.random() < 0.04:
            tools = [self._tool(rng) for _ in range(rng.choice((1, 1, 2, 3, 5)))]
            text += ("\n" if text else "") + "Tools: "
            text += ", ".join(f"{name}({', '.join(keys)})" for name, keys in tools)[:SYSTEM_CHARS]
        return text

    def _tool(self, rng: random.Random) -> tuple[str, list[str]]:
        """The name of a tool and of its parameters."""
        name = self.source.lists.sample(self._tools, rng).replace(" ", "_")
        return name, rng.choice((["city"], ["query"], ["path"], ["text", "to"], ["id"], []))

    def row(self, rng: random.Random) -> Row:
        """One training row: mostly a question with the telling start of its answer."""
        builder = Builder(self.tokenizer)
        system = self.system(rng)
        if system:
            builder.message("system", system, 0.03)
        intent, text = self.question(rng)
        roll = rng.random()
        if roll >= 1.0 - self.mix.two_turns:
            second = self.follow_up(intent, rng) if rng.random() < 0.5 else None
            builder.user(text, rng)
            builder.message("assistant", intent.answer, self.mix.history_weight)
            intent, text = second or self.question(rng)
        elif roll < 0.01:
            return self._tool_row(builder, rng)
        builder.user(text, rng)
        share = min(self.mix.whole, 0.16) if intent is self._off else self.mix.whole
        return self._answer(builder, intent, rng, whole=rng.random() < share)

    def prompt_row(self, rng: random.Random) -> Row:
        """A prompt of one question, with nothing to predict but the intent."""
        builder = Builder(self.tokenizer)
        system = self.system(rng)
        if system:
            builder.message("system", system, 0.0)
        intent, text = self.question(rng)
        if self.mix.later_prompts > 0.0 and rng.random() < self.mix.later_prompts:
            second = self.follow_up(intent, rng) if rng.random() < 0.5 else None
            builder.user(text, rng)
            builder.message("assistant", intent.answer, 0.0)
            intent, text = second or self.question(rng)
        builder.user(text, rng)
        builder.add([IM_START, *self.tokenizer.encode("assistant\n")], 0.0)
        return Row(builder.ids, [], len(builder.ids) - 1, self.index[intent.name])

    def _tool_row(self, builder: Builder, rng: random.Random) -> Row:
        """A tool's result follows the question; the question is answered all the same."""
        intent, text = self.question(rng)
        builder.user(text, rng)
        name, keys = self._tool(rng)
        arguments = {key: self._draw(self._off.questions, rng) for key in keys}
        call = json.dumps({"name": name, "arguments": arguments})
        builder.message("assistant", f"<tool_call>\n{call}\n</tool_call>", 0.0)
        builder.message("tool", self._draw(self._off.questions, rng), 0.0)
        return self._answer(builder, intent, rng, whole=False)

    def _answer(
        self, builder: Builder, intent: Intent, rng: random.Random, whole: bool
    ) -> Row:
        index = self.index[intent.name]
        builder.add([IM_START, *self.tokenizer.encode("assistant\n")], 0.0)
        prompt_end = len(builder.ids) - 1
        answer = self._answers[index]
        if not whole:
            builder.add(answer[: self._cuts[index]], 1.0)
        elif self.mix.begun > 0.0 and rng.random() < self.mix.begun:
            at = rng.randrange(len(intent.answer) // 4, len(intent.answer))
            builder.add(self.tokenizer.encode(intent.answer[:at]), 0.0)
            builder.add([*self.tokenizer.encode(intent.answer[at:]), IM_END], 1.0)
        else:
            builder.add([*answer, IM_END], 1.0)
        return Row(builder.ids, builder.weights, prompt_end, index)

    def sample_texts(self, count: int, rng: random.Random) -> list[str]:
        """Text for training the tokenizer."""
        texts = [i.answer for i in self.intents] * 10
        for _ in range(count):
            texts += [self.question(rng)[1], self.system(rng)]
        return texts + ["user\n", "assistant\n", "system\n"] * count


class Builder:
    """Collects the tokens of one ChatML conversation, split as llama-server splits it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.ids: list[int] = []
        self.weights: list[float] = []

    def add(self, ids: list[int], weight: float) -> None:
        self.ids += ids
        self.weights += [weight] * len(ids)

    def message(self, role: str, content: str, weight: float) -> None:
        self._message(self._tokenizer.encode(f"{role}\n{content}"), weight)

    def user(self, content: str, rng: random.Random) -> None:
        text = "user\n" + content[:MESSAGE_CHARS]
        if rng.random() < 0.40:
            self._message(self._tokenizer.encode_dropout(text, 0.08, rng), 0.0)
        else:
            self._message(self._tokenizer.encode(text), 0.1)

    def _message(self, body: list[int], weight: float) -> None:
        self.add([IM_START], 0.0)
        self.add(body, weight)
        self.add([IM_END, *self._tokenizer.encode("\n")], 0.0)
