#!/usr/bin/python3
"""The fake hub as a program; README.md tells how to use it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fake_hub import FakeHub  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A Hugging Face Hub with faults on demand.")
    parser.add_argument("--root", type=Path, required=True, help="folder of ORG/REPO/FILES")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bridge-port", type=int, default=0)
    parser.add_argument("--mirrors", type=int, default=0, metavar="N")
    parser.add_argument("--token", help="opens gated and private repositories")
    parser.add_argument("--record", type=Path, metavar="FILE", help="JSON lines of the requests")
    parser.add_argument("--fault", "--faults", action="append", default=[],
                        metavar="NAME=VALUE[,times=N][,share=X][,only=REGEX]")
    return parser.parse_args()


def add_folder(hub: FakeHub, folder: Path) -> None:
    """The repository ORG/REPO of the folder; REPO.json beside it has arguments of FakeHub.add."""
    about = folder.with_name(folder.name + ".json")
    options = json.loads(about.read_text()) if about.is_file() else {}
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*"))
             if path.is_file()}
    hub.add(f"{folder.parent.name}/{folder.name}", files, **options)


def main() -> int:
    given = arguments()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with FakeHub(token=given.token, port=given.port, bridge_port=given.bridge_port,
                 mirrors=given.mirrors, record=given.record) as hub:
        try:
            for fault in given.fault:
                hub.faults.parse(fault)
        except ValueError as error:
            print(f"serve.py: {error}", file=sys.stderr)
            return 2
        for folder in sorted(given.root.glob("*/*")):
            if folder.is_dir():
                add_folder(hub, folder)
        print(f"listening on {hub.url}")
        for origin in (hub.bridge, *hub.mirrors):
            print(f"{origin.name} on {origin.url}")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    sys.exit(main())
