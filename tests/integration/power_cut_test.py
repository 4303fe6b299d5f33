"""F28: the power is cut at any moment of a download."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.fault_shim import FETCH_MODELS, LIBRARY, Record, read_records
from support.home import SOURCE, Home
from support.power_cut import Disk, Pick, everything, first_ones, nothing, some
from support.weights import sha256, weights

MIB = 1 << 20
REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(3 * MIB)
SYNC_STEP = MIB
MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # hundreds of copies are made
SMALL_WRITE = 4096  # of a journal or a ref; what is longer is content, of which a few are enough
# Of the moments between two writes of content, and of the states that are cut off once more.
SHARE = float(os.environ.get("LLF_CUTS", "0.05"))  # LLF_CUTS=1 for all


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(mirrors=1) as hub:
        hub.add(REPO, {FILE: CONTENT})
        hub.mirrors[0].faults.digest = "untold"  # nothing but our notes tells what came
        yield hub


class Fetcher:
    """Fetches the model into folders, each time as after a start of the machine."""

    def __init__(self, home: Home, hub: FakeHub, model: str) -> None:
        self.folders = Path(tempfile.mkdtemp(prefix="llf-t", dir=MEMORY))
        self._boot = home.path / "boot"
        self._log = home.path / "records"
        self._log.touch()
        self._read = 0
        self._count = 0
        self._process = subprocess.Popen(
            [FETCH_MODELS, model, str(SYNC_STEP)], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=home.environment(
                HF_ENDPOINT=hub.url, LLF_CATALOG=str(SOURCE / "assets/catalog.json"),
                LD_PRELOAD=str(LIBRARY), FAULT_SHIM_BELOW=str(self.folders),
                FAULT_SHIM_LOG=str(self._log), FAULT_SHIM_BOOT=str(self._boot)))

    def new_folder(self) -> Path:
        self._count += 1
        return self.folders / str(self._count)

    def fetch(self, folder: Path) -> list[Record]:
        """What was done to the folder until all of it was there."""
        self._count += 1
        self._boot.write_text(f"boot-{self._count}\n")
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        ended = self._process.stdout.readline()
        assert ended == "done\n", ended
        records, self._read = read_records(self._log, self._read)
        return records

    def close(self) -> None:
        self._process.stdin.close()
        code = self._process.wait(60)
        shutil.rmtree(self.folders)
        assert code == 0


@pytest.fixture(params=["repository", "url"])
def fetcher(request: pytest.FixtureRequest, home: Home, hub: FakeHub) -> Iterator[Fetcher]:
    url = f"{hub.mirrors[0].url}/{REPO}/resolve/main/{FILE}"
    fetcher = Fetcher(home, hub, REPO if request.param == "repository" else url)
    yield fetcher
    fetcher.close()
    assert not home.sanitizer_reports()


def shown(folder: Path) -> list[Path]:
    """The names under which programs find models there."""
    return [*folder.glob("own/*.gguf"), *folder.glob("hub/models--*/snapshots/*/*.gguf")]


def check(folder: Path) -> None:
    """Nothing wrong is under a final name."""
    for blob in folder.glob("hub/models--*/blobs/*"):
        assert len(blob.name) != 64 or sha256(blob.read_bytes()) == blob.name, blob
    for path in shown(folder):
        assert path.read_bytes() == CONTENT, path


def check_whole(folder: Path) -> None:
    check(folder)
    assert [path.name for path in shown(folder)] == [FILE]
    for ref in folder.glob("hub/models--*/refs/main"):
        assert ref.read_text() == shown(folder)[0].parent.name


def fates(dice: random.Random) -> list[tuple[Pick, Pick]]:
    """What becomes of names and of content that were not synced."""
    return [(nothing, nothing), (everything, nothing), (first_ones(dice), some(dice)),
            (some(dice), some(dice)), (everything, everything)]


def is_small(record: Record) -> bool:
    return record.call != "write" or len(record.data) < SMALL_WRITE


def mark(folder: Path) -> bytes:
    """The same for the same content."""
    made = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        made.update(str(path.relative_to(folder)).encode())
        if path.is_symlink():
            made.update(os.readlink(path).encode())
        elif path.is_file():
            made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.digest()


def test_F28_a_power_cut_at_any_moment(fetcher: Fetcher) -> None:
    dice = random.Random(28)
    first = fetcher.new_folder()
    first.mkdir()
    disk = Disk(first)
    seen: set[bytes] = set()
    for record in fetcher.fetch(first):
        disk.take(record)
        if not is_small(record) and dice.random() > SHARE:
            continue
        for names, data in fates(dice):
            state = fetcher.new_folder()
            disk.write(state, names, data)
            same = mark(state)
            if same not in seen:
                seen.add(same)
                go_on(fetcher, state, dice)
            shutil.rmtree(state)
    assert len(seen) > 50
    acknowledged = fetcher.new_folder()
    disk.write(acknowledged, nothing, nothing)
    check_whole(acknowledged)


def go_on(fetcher: Fetcher, state: Path, dice: random.Random) -> None:
    """Fetches into what a cut left; now and then that is cut off too."""
    check(state)
    disk = Disk(state)
    records = fetcher.fetch(state)
    check_whole(state)
    if dice.random() < 2 * SHARE:
        for record in records[:dice.randrange(len(records) + 1)]:
            disk.take(record)
        second = fetcher.new_folder()
        disk.write(second, *dice.choice(fates(dice)))
        check(second)
        fetcher.fetch(second)
        check_whole(second)
        shutil.rmtree(second)


def test_F28_what_was_synced_is_not_fetched_again(fetcher: Fetcher, hub: FakeHub) -> None:
    first = fetcher.new_folder()
    first.mkdir()
    disk = Disk(first)
    for record in fetcher.fetch(first):
        if record.call == "rename" and not record.words[1].endswith(".llf-journal"):
            break  # the file gets its name
        disk.take(record)
    state = fetcher.new_folder()
    disk.write(state, nothing, nothing)
    hub.settle()
    hub.forget_requests()
    fetcher.fetch(state)
    check_whole(state)
    hub.settle()
    sent = sum(request.sent for request in hub.requests if FILE in request.target)
    assert sent <= len(CONTENT) - SYNC_STEP
