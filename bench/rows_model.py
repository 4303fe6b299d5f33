"""P4, P4a: a request to a model that is not loaded. P10: speed beside the bare engine."""

from __future__ import annotations

import re
import shutil
import statistics
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from measure import Row, interleave
from processes import (Address, Answer, BareEngine, EngineCommand, Llfd, Router, cpu_ns,
                       offers_router, scratch, stream_chat, wait_healthy)
from setting import Setting, say

JUDGED_MS = 10  # a token; below it the ratio is printed, not judged
ANSWER_TOKENS = 64
# Two starts of one engine differ by up to 6 %, for as long as they run: it matters where in memory
# their weights came to lie. So all of them are started anew for every few rounds.
SITTINGS = 16
SITTING_ROUNDS = 2
STREAMS = (1, 4, 8)
READY_LINE = re.compile(r"(\d+)\.(\d\d)\.(\d{3})\.(\d{3}) .*listening on ")
TASK_LINE = re.compile(r"(\d+)\.(\d\d)\.(\d{3})\.(\d{3}) .*processing task")


def engine_ms(match: re.Match[str]) -> float:
    """The engine's own clock: minutes, seconds, milliseconds, microseconds since its start."""
    minutes, seconds, ms, us = (int(group) for group in match.groups())
    return minutes * 60_000 + seconds * 1000 + ms + us / 1000


def ready_to_task_ms(log: str) -> float:
    """From the engine's line of readiness to its first task, of the last start in its log."""
    ready = list(READY_LINE.finditer(log))
    task = TASK_LINE.search(log, ready[-1].end()) if ready else None
    if task is None:
        raise RuntimeError(f"the engine's log has no ready line and task: {log[-1000:]}")
    return engine_ms(task) - engine_ms(ready[-1])


def model_folder(folder: Path, model: Path) -> Path:
    models = folder / "models"
    models.mkdir(exist_ok=True)
    (models / model.name).symlink_to(model)
    return models


# --- P4, P4a ---


class ColdStarts:
    """One request to each of llf, the bare engine and the router, nothing loaded before."""

    def __init__(self, setting: Setting, folder: Path, model: Path) -> None:
        self.body = {"model": model.stem, "max_tokens": 4, "temperature": 0,
                     "messages": [{"role": "user", "content": "Say hello."}]}
        self.folder, self.model = folder, model.stem
        self.ready_ms: dict[str, list[float]] = {"llfd": [], "engine alone": []}
        models = model_folder(folder, model)
        self.llfd = Llfd(setting.llfd, folder, setting.engine, "--port", "0", "--models",
                         str(models))
        self.router: Router | None = None
        try:
            self.command = EngineCommand.of(self.llfd.load(self.model)["pid"])
            if offers_router(setting.engine):
                self.router = Router(self.command, models, folder / "router.log")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self.router:
            self.router.stop()
        self.llfd.stop()

    def through_llfd(self) -> float:
        self.llfd.unload(self.model)
        time.sleep(0.1)
        answer = stream_chat(self.llfd.address, self.body)
        self.ready_ms["llfd"].append(ready_to_task_ms(self.llfd.engine_log(self.model)))
        return answer.to_first_ms

    def engine_alone(self) -> float:
        with BareEngine(self.command, self.folder / "bare.log") as engine:
            wait_healthy(engine.address)
            answer = stream_chat(engine.address, self.body)
        log = (self.folder / "bare.log").read_text()
        self.ready_ms["engine alone"].append(ready_to_task_ms(log))
        return (answer.first - engine.spawned) * 1000

    def through_router(self) -> float:
        self.router.unload(self.model)
        time.sleep(0.1)
        return stream_chat(self.router.address, self.body).to_first_ms


def cold_model(setting: Setting) -> tuple[Path, str]:
    if setting.built_in_model.exists():
        return setting.built_in_model, "built-in model"
    say("no built-in model yet: a random one of its shape stands in")
    return setting.random_model(
        "nano", "--width", "192", "--layers", "4", "--heads", "6", "--kv-heads",
        "2", "--head-dim", "32", "--ff", "512", "--vocab", "1024"), "random model of its shape"


def cold(setting: Setting, wanted: set[str]) -> list[Row]:
    model, name = cold_model(setting)
    with scratch() as folder:
        starts = ColdStarts(setting, folder, model)
        try:
            candidates = {"llfd": starts.through_llfd, "engine alone": starts.engine_alone}
            if starts.router:
                candidates["llama-server router"] = starts.through_router
            for run in candidates.values():
                run()
            for values in starts.ready_ms.values():
                values.clear()
            found = interleave(setting.rounds(20), candidates)
        finally:
            starts.close()
    rows = []
    if "P4" in wanted:
        ours = Row("P4", "llfd: engine's ready line to its first task", "ms",
                   starts.ready_ms["llfd"])
        bare = starts.ready_ms["engine alone"]
        ours.against("polled", bare)
        ours.judge("≤ 5 ms", ours.median <= 5)
        rows += [ours, Row("", "bare engine, /health polled at 1 ms", "ms", bare)]
    if "P4a" in wanted:
        for peer, values in found.items():
            row = Row("", f"{peer}: cold request to first token", "ms", values)
            if peer == "llfd":
                row.id, row.what = "P4a", f"{row.what}, {name}"
                row.against("engine", found["engine alone"])
                row.judge("≤ 50 ms", row.median <= 50)
            rows.append(row)
    return rows


# --- P10 ---


def chat_body(model: str, number: int) -> dict:
    words = " ".join(f"word{number}x{i}" for i in range(12))
    return {"model": model, "messages": [{"role": "user", "content": f"Please repeat: {words}"}],
            "max_tokens": ANSWER_TOKENS, "temperature": 0, "seed": 1, "ignore_eos": True,
            "cache_prompt": False}


@dataclass
class Side:
    """What was measured on one way to the model."""

    rates: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def ask(self, address: Address, model: str, streams: int) -> None:
        """One round: `streams` requests at once."""
        number = len(self.texts)
        bodies = [chat_body(model, number + i) for i in range(streams)]
        pool = ThreadPoolExecutor(streams)
        try:
            self.add(list(pool.map(lambda body: stream_chat(address, body), bodies)))
        finally:
            pool.shutdown(wait=False)  # an interrupted run must not wait for the answers

    def add(self, answers: list[Answer]) -> None:
        after_first = sum(a.tokens - 1 for a in answers)
        took = max(a.last for a in answers) - min(a.first for a in answers)
        self.rates.append(after_first / took)
        self.firsts.append(statistics.mean(a.to_first_ms for a in answers))
        self.texts += [a.text for a in answers]


@dataclass
class Comparison:
    """The same number of streams on every way to the model, over all sittings."""

    streams: int
    sides: dict[str, Side] = field(default_factory=lambda: defaultdict(Side))
    daemon_ns: int = 0  # processor time while llfd was asked
    worker_ns: int = 0


class Speed:
    """llfd with a loaded model, and the bare engine (and its router) with the same flags."""

    def __init__(self, setting: Setting, folder: Path, model: Path) -> None:
        self.model = model.stem
        models = model_folder(folder, model)
        self.servers = []
        try:
            llfd = Llfd(setting.llfd, folder, setting.engine, "--port", "0", "--models",
                        str(models), "--slots", str(max(STREAMS)))
            self.servers.append(llfd)
            self.llfd = llfd
            self.worker = llfd.load(self.model)["pid"]
            command = EngineCommand.of(self.worker)
            bare = BareEngine(command, folder / "bare.log")
            self.servers.append(bare)
            wait_healthy(bare.address)
            self.addresses: dict[str, Address] = {"llfd": llfd.address, "bare": bare.address}
            if offers_router(setting.engine):
                router = Router(command, models, folder / "router.log")
                self.servers.append(router)
                self.addresses["router"] = router.address
            for address in self.addresses.values():  # warms every slot; the router loads its model
                Side().ask(address, self.model, max(STREAMS))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for server in reversed(self.servers):
            server.stop()

    def token_ms(self) -> float:
        side = Side()
        side.ask(self.addresses["bare"], self.model, 1)
        return 1000 / side.rates[0]

    def reload(self) -> None:
        """Starts llfd's worker again, after the others."""
        self.llfd.unload(self.model)
        self.worker = self.llfd.load(self.model)["pid"]
        Side().ask(self.llfd.address, self.model, max(STREAMS))

    def measure(self, into: Comparison) -> None:
        """Every way to the model takes its turn SITTING_ROUNDS times."""
        def turn(name: str) -> float:
            before = cpu_ns(self.llfd.pid), cpu_ns(self.worker)
            into.sides[name].ask(self.addresses[name], self.model, into.streams)
            if name == "llfd":
                into.daemon_ns += cpu_ns(self.llfd.pid) - before[0]
                into.worker_ns += cpu_ns(self.worker) - before[1]
            return 0

        interleave(SITTING_ROUNDS, {name: lambda name=name: turn(name) for name in self.addresses})


def speed_rows(found: Comparison, token_ms: float) -> list[Row]:
    streams, sides = found.streams, found.sides
    label = f"{streams} stream{'s' if streams > 1 else ''}, {token_ms:.1f} ms a token"
    judged = token_ms >= JUDGED_MS
    ours, bare = sides["llfd"], sides["bare"]

    rate = Row("P10", f"tokens a second, {label}", "/s", ours.rates)
    ratio = rate.against_paired("bare", bare.rates, SITTING_ROUNDS)
    first = Row("P10", f"first token, {label}", "ms", ours.firsts)
    first_ratio = first.against_paired("bare", bare.firsts, SITTING_ROUNDS)
    share = Row("P10", f"daemon's processor time ÷ worker's, {streams}", "%",
                [100 * found.daemon_ns / max(1, found.worker_ns)])
    equal = [a == b for a, b in zip(ours.texts, bare.texts)]
    same = Row("P10", f"answers equal to the bare engine's, {streams}", "%",
               [100 * sum(equal) / len(equal)], facts={"answers": len(equal)})
    rate.target, first.target = "≥ 0.99", "≤ 1.02"
    share.target, same.target = "≤ 1 %", "100 %"
    if judged:
        rate.judge(rate.target, ratio >= 0.99)
        first.judge(first.target, first_ratio <= 1.02)
        share.judge(share.target, share.median <= 1)
    if streams == 1:
        same.judge(same.target, all(equal))
    rows = [rate, first, share, same]
    if router := sides.get("router"):
        for what, values, theirs in (("tokens a second", router.rates, bare.rates),
                                     ("first token", router.firsts, bare.firsts)):
            row = Row("", f"router: {what}, {label}", "/s" if "second" in what else "ms", values)
            row.against_paired("bare", theirs, SITTING_ROUNDS)
            rows.append(row)
    return rows


def judged_model(setting: Setting) -> Path:
    """A random model of at least 10 ms a token on this machine."""
    for arch, size, kind in (("qwen2", "0.5b", "q4_0"), ("qwen2", "0.5b", "q8_0"),
                             ("llama", "1b", "q8_0"), ("llama", "3b", "q8_0")):
        model = setting.random_model(f"{arch}-{size}-{kind}", "--arch", arch, "--size", size,
                                     "--type", kind)
        with scratch() as folder:
            speed = Speed(setting, folder, model)
            try:
                if speed.token_ms() >= JUDGED_MS * 1.05:
                    return model
            finally:
                speed.close()
    return model


def p10(setting: Setting, given: Path | None) -> list[Row]:
    rows = []
    models = [given or judged_model(setting)]
    if setting.built_in_model.exists():
        models.append(setting.built_in_model)
    for model in models:
        say(f"P10 with {model.name}")
        comparisons = [Comparison(streams) for streams in STREAMS]
        token_ms = []
        for number in range(setting.rounds(SITTINGS)):
            with scratch() as folder:
                speed = Speed(setting, folder, model)
                try:
                    if number % 2:  # who is loaded first finds more memory in one piece
                        speed.reload()
                    token_ms.append(speed.token_ms())
                    for comparison in comparisons:
                        speed.measure(comparison)
                finally:
                    speed.close()
        for comparison in comparisons:
            rows += speed_rows(comparison, statistics.median(token_ms))
    return rows
