#!/usr/bin/python3
"""Trains the model: a fixed number of steps on two processes, resumable, the same every time."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread in each process is the fastest

import torch  # noqa: E402
import torch.multiprocessing as mp
from torch.nn import functional as F

from corpus import Corpus, Mix, Row
from dialogues import load
from model import Nano, Shape
from optimizer import Optimizer
from tokenizer import Tokenizer, train as train_tokenizer

WORKERS = 2
POOL_STEPS = 8  # rows are drawn for so many steps at once and grouped by length
LOG_EVERY = SAVE_EVERY = 50


@dataclass(frozen=True)
class Stage:
    """What is learnt from a step on: padded tokens of one process in one step, spent on rows and
    on prompts that only the intent classifier sees (half the work), and what rows are made of."""

    begin: int
    row_tokens: int
    prompt_tokens: int
    mix: Mix


LAST_MIX = Mix(whole=0.35, two_turns=0.25, system_growth=0.55, later_prompts=0.15, begun=0.35)
# Choosing the answer is the slow part of learning; saying it to the end comes later.
STAGES = (
    Stage(0, 1024, 2560, Mix(history_weight=0.05)),
    Stage(600, 1536, 1536, Mix()),
    Stage(904, 1536, 1536, Mix(whole=0.60)),
    Stage(1104, 2048, 1280, LAST_MIX),
)
# The learning rate relative to its highest, as (step, rate) corners.
RATES = ((0, 0.02), (40, 1.0), (1000, 1.0), (2400, 0.0))
STEPS = RATES[-1][0]


def prepare_tokenizer(folder: Path, seed: int, vocabulary: int) -> Tokenizer:
    path = folder / "tokenizer.json"
    if not path.exists():
        bare = Corpus(load(), Tokenizer([]))
        train_tokenizer(bare.sample_texts(12000, random.Random(seed)), vocabulary).save(path)
    return Tokenizer.load(path)


@dataclass(frozen=True)
class Batch:
    """What one process learns from in one step."""

    rows: list[Row]
    prompts: list[Row]


def batches(corpus: Corpus, rng: random.Random, stage: Stage) -> list[Batch]:
    """POOL_STEPS batches, rows of like length together."""
    corpus.mix = stage.mix
    rows = _groups(corpus.row, stage.row_tokens, rng)
    if stage.prompt_tokens == 0:
        return [Batch(group, []) for group in rows]
    prompts = _groups(corpus.prompt_row, stage.prompt_tokens, rng)
    return [Batch(*pair) for pair in zip(rows, prompts)]


def _groups(
    draw: Callable[[random.Random], Row], tokens: int, rng: random.Random
) -> list[list[Row]]:
    rows: list[Row] = []
    total = 0
    while total < POOL_STEPS * tokens:
        row = draw(rng)
        rows.append(row)
        total += len(row.ids)
    rows.sort(key=lambda row: len(row.ids))
    groups: list[list[Row]] = [[] for _ in range(POOL_STEPS)]
    seen = 0
    for row in rows:
        groups[min(seen * POOL_STEPS // total, POOL_STEPS - 1)].append(row)
        seen += len(row.ids)
    rng.shuffle(groups)
    return groups


def _pad(rows: list[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, prompt ends and intents of rows as tensors."""
    ids = torch.zeros(len(rows), max(len(row.ids) for row in rows), dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = torch.tensor(row.ids)
    ends = torch.tensor([row.prompt_end for row in rows])
    return ids, ends, torch.tensor([row.intent for row in rows])


def loss_of(model: Nano, batch: Batch) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss, averaged over the supervised tokens and intents, and figures for the log."""
    ids, ends, intents = _pad(batch.rows)
    weights = torch.zeros(ids.shape)
    for i, row in enumerate(batch.rows):
        weights[i, : len(row.ids)] = torch.tensor(row.weights)
    hidden, scores = model(ids[:, :-1], ends)
    picked = weights[:, 1:] > 0
    logits = model.logits(hidden[picked])
    losses = F.cross_entropy(logits, ids[:, 1:][picked], reduction="none")
    shares = weights[:, 1:][picked]
    if batch.prompts:
        ids, ends, more = _pad(batch.prompts)
        scores = torch.cat([scores, model.classify(ids, ends)])
        intents = torch.cat([intents, more])
    text, aux = (losses * shares).sum() / shares.sum(), F.cross_entropy(scores, intents)
    answer = losses[shares == 1.0].mean().item()
    right = (scores.argmax(1) == intents).float().mean().item()
    figures = {"answer": answer, "right": right, "intents": float(len(intents)), "steps": 1.0}
    return text + aux, figures


def rate(step: int) -> float:
    """The learning rate of a step, between the corners of RATES."""
    for (left, low), (right, high) in zip(RATES, RATES[1:]):
        if step <= right:
            return low + (high - low) * (step - left) / (right - left)
    return 0.0


@dataclass(frozen=True)
class Meeting:
    """What the processes share: weights and gradients by name, and where they wait."""

    tensors: dict[str, torch.Tensor]
    gate: Barrier


class Worker:
    """One of the processes. Gradients meet in shared memory; each updates its own tensors."""

    def __init__(self, rank: int, args: argparse.Namespace, meeting: Meeting) -> None:
        torch.set_num_threads(1)
        self.rank, self.args = rank, args
        self.shared, self.gate = meeting.tensors, meeting.gate
        self.corpus = Corpus(load(), Tokenizer.load(args.folder / "tokenizer.json"))
        self.model = Nano(Shape(args.vocabulary), len(self.corpus.intents))
        self.named = list(self.model.named_parameters())
        for name, parameter in self.named:
            parameter.data = self.shared[name]
        sizes = [0] * WORKERS
        owner: dict[str, int] = {}
        for name, parameter in sorted(self.named, key=lambda item: -item[1].numel()):
            owner[name] = sizes.index(min(sizes))
            sizes[owner[name]] += parameter.numel()
        self.optimizer = Optimizer([(n, p) for n, p in self.named if owner[n] == rank])

    def run(self) -> None:
        step = self._resume()
        steps, begin, pool = self.args.steps, time.time(), -1
        sums: dict[str, float] = {}
        while step < steps:
            if step // POOL_STEPS != pool:
                pool = step // POOL_STEPS
                rng = random.Random(f"{self.args.seed} {self.rank} {pool}")
                stage = max((s for s in STAGES if s.begin <= step), key=lambda s: s.begin)
                groups = batches(self.corpus, rng, stage)
            figures = self._step(groups[step % POOL_STEPS], rate(step))
            for key, value in figures.items():
                sums[key] = sums.get(key, 0.0) + value
            step += 1
            if step % LOG_EVERY == 0 and self.rank == 0:
                means = {key: value / sums["steps"] for key, value in sums.items()}
                self._log(step, means, time.time() - begin)
                sums = {}
            if step % SAVE_EVERY == 0 or step == steps:
                self._save(step)

    def _step(self, batch: Batch, scale: float) -> dict[str, float]:
        self.model.zero_grad(set_to_none=True)
        loss, figures = loss_of(self.model, batch)
        loss.backward()
        for name, parameter in self.named:
            self.shared[f"grad {self.rank} {name}"].copy_(parameter.grad)
        self.gate.wait()
        for name, parameter in self.optimizer.parameters:
            grads = [self.shared[f"grad {r} {name}"] for r in range(WORKERS)]
            parameter.grad = sum(grads) / WORKERS
        self.optimizer.step(scale)
        self.gate.wait()
        return figures

    def _log(self, step: int, means: dict[str, float], seconds: float) -> None:
        scores = f"answer {means['answer']:.3f} intents right {means['right']:.3f}"
        print(f"step {step}/{self.args.steps} {scores} {seconds:.0f} s", flush=True)
        with open(self.args.folder / "train.jsonl", "a") as out:
            out.write(json.dumps({"step": step, **means, "seconds": seconds}) + "\n")

    def _checkpoint(self) -> Path:
        return self.args.folder / f"checkpoint-{self.rank}.pt"

    def _save(self, step: int) -> None:
        own = dict(self.shared) if self.rank == 0 else {}
        state = {k: v for k, v in own.items() if not k.startswith("grad ")}
        partial = self._checkpoint().with_suffix(".part")
        torch.save({"step": step, "weights": state, "optimizer": self.optimizer.state()}, partial)
        self.gate.wait()
        os.replace(partial, self._checkpoint())
        self.gate.wait()

    def _resume(self) -> int:
        files = [self.args.folder / f"checkpoint-{r}.pt" for r in range(WORKERS)]
        if not all(file.exists() for file in files):
            return 0
        saved = [torch.load(file) for file in files]
        if len({s["step"] for s in saved}) != 1:
            return 0
        self.optimizer.load(saved[self.rank]["optimizer"])
        self.gate.wait()
        if self.rank == 0:
            for name, value in saved[0]["weights"].items():
                self.shared[name].copy_(value)
        self.gate.wait()
        return saved[0]["step"]


def _work(rank: int, args: argparse.Namespace, meeting: Meeting) -> None:
    Worker(rank, args, meeting).run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="checkpoints and caches")
    parser.add_argument("--steps", type=int, default=STEPS, help="end earlier")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vocabulary", type=int, default=1536)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    prepare_tokenizer(args.folder, args.seed, args.vocabulary)
    torch.manual_seed(args.seed)
    model = Nano(Shape(args.vocabulary), len(load().intents))
    shared = {n: p.detach().clone().share_memory_() for n, p in model.named_parameters()}
    for rank in range(WORKERS):
        for name, parameter in model.named_parameters():
            shared[f"grad {rank} {name}"] = torch.zeros_like(parameter).share_memory_()
    context = mp.get_context("fork")
    meeting = Meeting(shared, context.Barrier(WORKERS))
    workers = [context.Process(target=_work, args=(r, args, meeting)) for r in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return max(abs(worker.exitcode) for worker in workers)


if __name__ == "__main__":
    sys.exit(main())
