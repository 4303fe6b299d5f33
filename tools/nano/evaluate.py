#!/usr/bin/python3
"""Asks a model file the held-out questions through llama-server and writes the figures."""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

from corpus import Builder, Corpus
from dialogues import HERE, OFF_TOPIC, Source, commands_in, is_command
from dialogues import load, load_commands, load_questions
from engine import Engine
from tokenizer import IM_START, Tokenizer

RIGHT_BAR, DECLINED_BAR = 0.88, 0.80
_TEST_SYSTEM = "You answer questions of the staff of a small museum, in a friendly tone."
_TEST_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
_ODD_TEXTS = [
    *("", " ", "  two  spaces ", "tab\there", "it's, I'll, they'd, WE'VE", "½ and ² and ٣"),
    *("naïve café – “quoted”", "你好，世界", "日本語 text", "🙂🙂 ok", "a\n\nb\n", "Привет"),
    *("http://127.0.0.1:8000/v1", "nbsp\u00a0here", "x" * 300, "1234567 8.9e10", "a'b 'c' d's"),
    *("e\u0301", "a \n b", "trailing   ", "\u2003wide", "١٢٣ x", "don’t", "\r\n"),
]


class Evaluation:
    """Runs the checks one after another and collects figures and complaints."""

    def __init__(self, engine: Engine, source: Source, tokenizer: Tokenizer) -> None:
        self.engine, self.source, self.tokenizer = engine, source, tokenizer
        self.figures: dict[str, object] = {}
        self.failures: list[str] = []
        self.answers: set[str] = {i.answer for i in source.intents.values()}
        self.heard: set[str] = set()
        self._unfinished = 0

    def ask(self, question: str, system: str = "") -> str:
        messages = [{"role": "system", "content": system}] if system else []
        answer, reason = self.engine.chat([*messages, {"role": "user", "content": question}])
        self._unfinished += reason != "stop"
        self.heard.add(answer)
        return answer

    def held_out(self, system: str, label: str) -> list[tuple[str, str, str]]:
        """Scores the held-out questions; returns the wrong ones with the intent that answered."""
        names = {i.answer: i.name for i in self.source.intents.values()}
        table: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        wrong = []
        for intent, question in load_questions(HERE / "heldout"):
            got = names.get(self.ask(question, system), "?")
            table[intent][0] += got == intent
            table[intent][1] += 1
            if got != intent:
                wrong.append((intent, question, got))
        off = table.pop(OFF_TOPIC)
        right, total = sum(r for r, _ in table.values()), sum(t for _, t in table.values())
        self.figures[label] = {
            "right": right, "known": total, "right_share": round(right / total, 4),
            "declined": off[0], "off_topic": off[1], "declined_share": round(off[0] / off[1], 4),
        }
        if not system:
            scores = {name: f"{r}/{t}" for name, (r, t) in sorted(table.items())}
            self.figures["per_intent"] = scores
            self.figures["wrong"] = [list(item) for item in wrong]
        return wrong

    def core(self) -> None:
        """Questions that must be right."""
        for intent, question in load_questions(HERE / "core.txt"):
            if self.ask(question) != self.source.intents[intent].answer:
                self.failures.append(f"core question answered wrongly: {question!r}")

    def rules(self) -> None:
        """Fresh questions of the training rules: what is left to learn."""
        corpus, rng = Corpus(self.source, self.tokenizer), random.Random("evaluation")
        pairs = [corpus.question(rng) for _ in range(600)]
        right = sum(self.ask(text) == intent.answer for intent, text in pairs)
        self.figures["fresh_rule_questions_right_share"] = round(right / len(pairs), 4)

    def commands(self) -> None:
        """Every `llf ...` in every answer, written or heard, is a listed command."""
        listed = load_commands()
        shown = {c for answer in self.answers | self.heard for c in commands_in(answer)}
        bad = sorted(c for c in shown if not is_command(c, listed))
        self.figures["invalid_commands"] = bad
        if bad:
            self.failures.append(f"commands that do not exist: {bad}")
        self.figures["answers_heard"] = len(self.heard)
        self.figures["answers_not_verbatim"] = len(self.heard - self.answers)
        self.figures["answers_not_finished"] = self._unfinished

    def tokens(self) -> None:
        """Our tokenizer and the engine's give equal ids, alone and in a rendered conversation."""
        texts = [q for _, q in load_questions(HERE / "heldout")] + list(self.answers) + _ODD_TEXTS
        wrong = [t for t in texts if self.engine.tokens(t) != self.tokenizer.encode(t)]
        conversation = [
            {"role": "system", "content": _TEST_SYSTEM},
            {"role": "user", "content": "what's llf?"},
            {"role": "assistant", "content": "A tool."},
            {"role": "user", "content": "how do I stop it?"},
        ]
        rendered = self.engine.post("/apply-template", {"messages": conversation})["prompt"]
        same = self.engine.tokens(rendered, special=True) == self._render(conversation)
        self.figures["tokenizer"] = {
            "texts": len(texts), "mismatches": len(wrong), "prompt_ids_equal": same,
        }
        if wrong or not same:
            self.failures.append(f"tokenizers differ: {wrong[:3]} prompt equal: {same}")

    def _render(self, conversation: list[dict[str, str]]) -> list[int]:
        builder = Builder(self.tokenizer)
        for message in conversation:
            builder.message(message["role"], message["content"], 0.0)
        return [*builder.ids, IM_START, *self.tokenizer.encode("assistant\n")]

    def continuation(self) -> None:
        """An answer that broke off after some token is continued to the same end."""
        right = tried = 0
        for name, question in (("what_is_llf", "what is llf?"), ("s_stop", "how do I stop it?")):
            answer = self.source.intents[name].answer
            for begun in self._beginnings(answer):
                messages = [
                    {"role": "user", "content": question},
                    {"role": "assistant", "content": begun},
                ]
                rest, _ = self.engine.chat(messages)
                tried += 1
                right += answer in (begun + rest, rest)
        self.figures["continuation"] = {"tried": tried, "right": right}
        if right < tried:
            self.failures.append(f"only {right} of {tried} begun answers are continued")

    def _beginnings(self, answer: str) -> list[str]:
        """The answer up to every third token."""
        ids = self.tokenizer.encode(answer)
        sizes = [len(self.tokenizer.tokens[i]) for i in ids]
        return [answer[: sum(sizes[:n])] for n in range(3, len(ids), 3)]

    def conversations(self) -> None:
        """A long chat, a long system message and tools do no harm."""
        intents = self.source.intents
        messages: list[dict[str, object]] = [{"role": "system", "content": "Be brief. " * 400}]
        right = 0
        core = load_questions(HERE / "core.txt")[:40]
        for intent, question in core:
            messages.append({"role": "user", "content": question})
            answer, _ = self.engine.chat(messages)
            right += answer == intents[intent].answer
            messages.append({"role": "assistant", "content": answer})
        self.figures["long_chat"] = {"turns": len(core), "right": right}
        question = [{"role": "user", "content": "how do I download a model?"}]
        answer, _ = self.engine.chat(question, tools=[_TEST_TOOL])
        if answer != intents["m_download"].answer:
            self.failures.append(f"with tools the answer was {answer!r}")


def report(figures: dict[str, object], failures: list[str]) -> None:
    held = figures["held_out"]
    for intent, question, got in figures["wrong"]:
        print(f"  {intent:14} {got:14} {question}")
    print("per intent:", "  ".join(f"{name} {n}" for name, n in figures["per_intent"].items()))
    print(f"held out: right {held['right']}/{held['known']} = {held['right_share']:.1%}")
    print(f"off topic: {held['declined']}/{held['off_topic']} = {held['declined_share']:.1%}")
    print({k: v for k, v in figures.items() if k not in ("per_intent", "wrong")})
    for failure in failures:
        print("FAILED:", failure)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True, help="the llama-server program")
    parser.add_argument("--tokenizer", type=Path, required=True, help="its tokenizer.json")
    parser.add_argument("--metrics", type=Path, help="write the figures here, as JSON")
    parser.add_argument("model", type=Path)
    args = parser.parse_args()
    with Engine(args.engine, args.model) as engine:
        evaluation = Evaluation(engine, load(), Tokenizer.load(args.tokenizer))
        evaluation.held_out("", "held_out")
        evaluation.held_out(_TEST_SYSTEM, "held_out_with_system_message")
        evaluation.core()
        evaluation.rules()
        evaluation.tokens()
        evaluation.continuation()
        evaluation.conversations()
        evaluation.commands()
    figures, failures = evaluation.figures, evaluation.failures
    held = figures["held_out"]
    if held["right_share"] < RIGHT_BAR or held["declined_share"] < DECLINED_BAR:
        failures.append("a bar is missed")
    figures["bytes"] = args.model.stat().st_size
    report(figures, failures)
    if args.metrics:
        args.metrics.write_text(json.dumps({**figures, "failures": failures}, indent=1) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
