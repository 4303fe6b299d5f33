#!/usr/bin/python3
"""Checks without training: rules, answers, commands, test questions, the card's figures."""

from __future__ import annotations

import json
import sys
from collections import Counter

from dialogues import HERE, OFF_TOPIC, Source, commands_in, is_command, known_questions
from dialogues import load, load_commands, load_questions, normalise
from grammar import GrammarError

MAX_ANSWER_CHARS = 330
MIN_HELD_OUT, MIN_OFF_TOPIC, MIN_PER_INTENT = 300, 60, 2


def answer_faults(source: Source) -> list[str]:
    """Answers that are long, equal to another, or show a command that does not exist."""
    listed, faults = load_commands(), []
    for intent in source.intents.values():
        shown = commands_in(intent.answer)
        bad = [c for c in shown if not is_command(c, listed)]
        faults += [f"{intent.name}: no such command: {c}" for c in bad]
        if len(intent.answer) > MAX_ANSWER_CHARS:
            faults.append(f"{intent.name}: the answer has {len(intent.answer)} characters")
        if intent.answer.count("`") % 2:
            faults.append(f"{intent.name}: an odd backtick")
    counts = Counter(i.answer for i in source.intents.values())
    return faults + [f"an answer twice: {a}" for a, n in counts.items() if n > 1]


def question_faults(source: Source) -> list[str]:
    """Held-out and core questions: enough of them, of known intents, none in both."""
    held, core = load_questions(HERE / "heldout"), load_questions(HERE / "core.txt")
    faults = [f"unknown intent {n}: {q}" for n, q in held + core if n not in source.intents]
    counts = Counter(name for name, _ in held)
    few = [name for name in source.intents if counts[name] < MIN_PER_INTENT]
    faults += [f"{name}: fewer than {MIN_PER_INTENT} held-out questions" for name in few]
    if len(held) - counts[OFF_TOPIC] < MIN_HELD_OUT or counts[OFF_TOPIC] < MIN_OFF_TOPIC:
        faults.append("too few held-out questions")
    both = {normalise(q) for _, q in held} & {normalise(q) for _, q in core}
    faults += [f"both held out and core: {q}" for q in sorted(both)]
    twice = [q for q, n in Counter(normalise(q) for _, q in held).items() if n > 1]
    return faults + [f"held out twice: {q}" for q in twice]


def card_faults() -> list[str]:
    """Figures of the built-in model that its card does not have."""
    model = HERE.parents[1] / "assets/models/llf-nano.gguf"
    card = model.with_suffix(".md").read_text()
    metrics = json.loads(model.with_suffix(".metrics.json").read_text())
    plain, system = metrics["held_out"], metrics["held_out_with_system_message"]
    figures = [f"{model.stat().st_size:,} bytes"]
    for part, whole in (("right", "known"), ("declined", "off_topic")):
        share = f"{100 * plain[part] / plain[whole]:.1f} %"
        figures.append(f"{plain[part]} of {plain[whole]} = {share}")
        figures.append(f"{100 * system[part] / system[whole]:.1f} %")
    return [f"the model card lacks: {figure}" for figure in figures if figure not in card]


def main() -> int:
    try:
        source = load()
    except GrammarError as error:
        print(error)
        return 1
    faults = answer_faults(source) + question_faults(source) + card_faults()
    settled = {normalise(q) for _, q in load_questions(HERE / "core.txt")}
    claims = known_questions(source)
    for text, owners in claims.items():
        if len(owners) > 1 and text not in settled:
            print(f"note: left out, because several intents claim it: {text!r} {sorted(owners)}")
    kinds = [(i.questions, i.near_misses, i.follow_ups) for i in source.intents.values()]
    rules = sum(len(kind.rules) for three in kinds for kind in three)
    print(f"{len(source.intents)} intents, {rules} rules, {len(claims)} short questions")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
