"""P5 to P8: what a relay adds, and how much goes through it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from measure import Row, interleave
from processes import scratch
from relays import Relays, chat
from setting import Setting, say

PLAIN = ((1, 4000, 0), (16, 2000, 2000))  # connections, requests, a second (0: one by one)
STREAMS = ((1, 50, 100), (32, 25, 50), (64, 100, 200))  # streams; events, and a second, of each
FLOOD_EVENTS = 400_000
WRK_S = 2
WRK_CONNECTIONS = 32
RUN_S = 60
PER_SECOND = re.compile(r"Requests/sec:\s+([\d.]+)")
REFUSED = re.compile(r"Socket errors: .*|Non-2xx.*")


@dataclass(frozen=True)
class Taken:
    """What the client saw in one turn: microseconds, and answers or events a second."""

    p50: float
    p99: float
    rate: float


class Load:
    """Requests of one kind to any of the relays."""

    def __init__(self, setting: Setting, relays: Relays) -> None:
        self.client, self.relays = setting.program("relay_client"), relays

    def take(self, name: str, connections: int, requests: int, rate: int,
             **fields: object) -> Taken:
        done = subprocess.run(
            [self.client, *map(str, (self.relays.ports[name], connections, requests, rate)),
             chat(self.relays.model, **fields)], capture_output=True, text=True, timeout=RUN_S)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")
        return Taken(*map(float, done.stdout.split()))

    def plain(self, name: str, connections: int, requests: int, rate: int) -> Taken:
        return self.take(name, connections, requests, rate)

    def streams(self, name: str, streams: int, events: int, rate: int) -> Taken:
        """An upstream's `seed` is the time between two events, in microseconds."""
        return self.take(name, streams, streams, 0, stream=True, max_tokens=events,
                         seed=1_000_000 // rate if rate else 0)

    def requests(self, name: str, script: Path) -> float:
        """Requests a second that wrk gets answered."""
        url = f"http://127.0.0.1:{self.relays.ports[name]}/v1/chat/completions"
        done = subprocess.run(
            ["wrk", "-t1", f"-c{WRK_CONNECTIONS}", f"-d{WRK_S}s", "-s", script, url],
            capture_output=True, text=True, check=True, timeout=RUN_S)
        if refused := REFUSED.search(done.stdout):
            raise RuntimeError(f"{name}: {refused[0]}")
        return float(PER_SECOND.search(done.stdout)[1])


def added(taken: dict[str, list[Taken]]) -> dict[str, list[float]]:
    """How much later than from the upstream itself half of the answers come, round by round."""
    floor = [one.p50 for one in taken["direct"]]
    return {name: [one.p50 - least for one, least in zip(all_of, floor, strict=True)]
            for name, all_of in taken.items() if name != "direct"}


def judged(row: Row, peers: dict[str, list[float]], peer: str, target: str | None) -> Row:
    """Puts the peer beside the row; `target` is "≤ 1.2" or "≥ 0.9" of it, or there is none."""
    if peer not in peers:
        return row
    ratio = row.against_paired(peer, peers[peer])
    if target:
        limit = float(target.split()[1])
        row.judge(f"{target} × {peer}", ratio <= limit if target[0] == "≤" else ratio >= limit)
    return row


def side_rows(first: Row, sides: dict[str, list[float]]) -> list[Row]:
    """The judged row, and one for each peer."""
    return [first, *(Row("", f"{name}: {first.what.removeprefix('llfd: ')}", first.unit, values)
                     for name, values in sides.items() if name != "llfd")]


def latency_rows(id: str, what: str, taken: dict[str, list[Taken]],
                 targets: dict[str, str]) -> list[Row]:
    """What is added to p50, and p99 as it is, beside nginx, and below them the peers'. Of two p99
    with the same floor the lesser one has less added to it, and the floor's own varies too much to
    be taken away. Without a target it is not judged."""
    last = {name: [one.p99 for one in all_of] for name, all_of in taken.items()}
    rows = []
    for label, sides, target in (("p50 added", added(taken), targets.get("p50")),
                                 ("p99", last, targets.get("p99"))):
        row = Row(id, f"llfd: {what}, {label}", "µs", sides["llfd"])
        judged(row, sides, "nginx", target)
        rows += side_rows(row, sides)
    return rows


def plain_rows(setting: Setting, load: Load) -> list[Row]:
    rows = []
    for connections, requests, rate in PLAIN:
        taken = interleave(setting.rounds(16), {
            name: lambda name=name: load.plain(name, connections, requests, rate)
            for name in load.relays.ports})
        how = f"{connections} connections, {rate:,} a second" if rate else "one by one"
        rows += latency_rows("P5", f"plain answer, {how}", taken,
                             {"p50": "≤ 1.2", "p99": "≤ 1.0"})
    return rows


def stream_rows(setting: Setting, load: Load) -> list[Row]:
    rows = []
    for streams, events, rate in STREAMS:
        taken = interleave(setting.rounds(12), {
            name: lambda name=name: load.streams(name, streams, events, rate)
            for name in load.relays.ports})
        rows += latency_rows("P6", f"event, streams × events/s {streams} × {rate}", taken,
                             {"p50": "≤ 1.1"})
    return rows


def flood_rows(setting: Setting, load: Load) -> list[Row]:
    found = interleave(setting.rounds(8), {
        name: lambda name=name: load.streams(name, 1, FLOOD_EVENTS, 0).rate
        for name in load.relays.ports})
    row = Row("P7", "llfd: one stream, events a second", "/s", found["llfd"])
    return side_rows(judged(row, found, "nginx", "≥ 0.8"), found)


def request_rows(setting: Setting, load: Load, folder: Path) -> list[Row]:
    script = folder / "chat.lua"
    script.write_text(f"wrk.method = 'POST'\nwrk.body = [[{chat(load.relays.model)}]]\n"
                      "wrk.headers['Content-Type'] = 'application/json'\n")
    found = interleave(setting.rounds(6), {
        name: lambda name=name: load.requests(name, script) for name in load.relays.ports})
    row = Row("P8", f"llfd: requests a second, {WRK_CONNECTIONS} connections", "/s", found["llfd"])
    return side_rows(judged(row, found, "HAProxy", "≥ 0.9"), found)


def relay(setting: Setting, wanted: set[str]) -> list[Row]:
    rows = []
    with scratch() as folder:
        relays = Relays(setting, folder)
        try:
            load = Load(setting, relays)
            for name in relays.ports:  # connections to the upstream, memory, caches
                load.plain(name, 32, 2000, 0)
            kinds = {"P5": lambda: plain_rows(setting, load),
                     "P6": lambda: stream_rows(setting, load),
                     "P7": lambda: flood_rows(setting, load),
                     "P8": lambda: request_rows(setting, load, folder)}
            for id, measure in kinds.items():
                if id in wanted:
                    say(id)
                    rows += measure()
        finally:
            relays.close()
    return rows
