"""A model with its settings goes from one machine to another as a file."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.chat import chat
from support.daemon import Daemon
from support.fault_shim import FaultShim
from support.home import LLF, Home
from support.invariants import check_gone, check_reports
from support.models import ANSWER, model_file
from support.patience import eventually
from support.settings import add_prompt
from support.small_disk import mounted_disk
from support.weights import sha256

REPO = "acme/tiny-GGUF"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = f"{REPO}:Q4_0"
CONTENT = model_file({"fake.script": f"answer {ANSWER}\n"})
PROJECTOR = model_file({"general.type": "mmproj"})
FILES = {"tiny-Q4_0.gguf": CONTENT, "mmproj-F16.gguf": PROJECTOR}
LARGE = 192 << 20
MOST = int(os.environ.get("LLF_FAULTS", "12"))  # of one call that fail in turn


class Machine:
    """A home with a Hugging Face cache of its own, and its daemon."""

    def __init__(self, home: Home, cache: Path | None = None) -> None:
        self.home = home
        self.cache = cache or home.path / "hub"
        self.env = {"HF_HUB_CACHE": str(self.cache)}
        self.shim = FaultShim(self.cache, home.path / "fault.control")
        self.start()

    def start(self) -> None:
        self.daemon = Daemon(self.home, None, (), env=self.env | self.shim.environment())

    def llf(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([LLF, *words], env=self.home.environment(**self.env),
                              capture_output=True, text=True, timeout=60)

    def begin(self, *words: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([LLF, *words], env=self.home.environment(**self.env),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def done(self, *words: str | Path) -> dict:
        run = self.llf("--json", *words)
        assert run.returncode == 0, run
        return json.loads(run.stdout)

    def refuses(self, *words: str | Path) -> str:
        run = self.llf(*words)
        assert run.returncode == 1, run
        return run.stderr

    def put(self, files: dict[str, bytes]) -> None:
        """As a download leaves it."""
        folder = self.cache / f"models--{REPO.replace('/', '--')}"
        snapshot = folder / "snapshots" / COMMIT
        for part in (snapshot, folder / "blobs", folder / "refs"):
            part.mkdir(parents=True, exist_ok=True)
        (folder / "refs/main").write_text(COMMIT)
        for name, content in files.items():
            (folder / "blobs" / sha256(content)).write_bytes(content)
            (snapshot / name).symlink_to(f"../../blobs/{sha256(content)}")

    def names(self) -> set[str]:
        models = self.daemon.control("GET", "models").json()["models"]
        return {model["id"] for model in models if model["source"] != "built-in"}

    def files(self) -> list[Path]:
        """What stands in the places of models, locks left out."""
        return [path for folder in (self.cache, self.home.path / "data/models")
                for path in folder.rglob("*") if path.suffix != ".lock" and not path.is_dir()]


@pytest.fixture
def machine(homes: Callable[[], Home]) -> Iterator[Callable[..., Machine]]:
    made: list[Machine] = []

    def make(cache: Path | None = None) -> Machine:
        made.append(Machine(homes(), cache))
        return made[-1]

    yield make
    for one in made:
        code = one.daemon.stop()
        assert code == 0 or one.daemon.expected_death, code
        check_gone(one.home)
        check_reports(one.home)


@pytest.fixture
def source(machine: Callable[[], Machine]) -> Machine:
    made = machine()
    made.put(FILES)
    return made


@pytest.fixture
def target(machine: Callable[[], Machine]) -> Machine:
    return machine()


@pytest.fixture
def bundle(source: Machine) -> Path:
    path = source.home.path / "tiny.llf"
    source.done("model", "export", NAME, path)
    return path


@pytest.fixture
def large(source: Machine) -> Path:
    """A bundle that takes a while."""
    source.put({"large-Q8_0.gguf": CONTENT + bytes(LARGE)})
    path = source.home.path / "large.llf"
    source.done("model", "export", f"{REPO}:Q8_0", path)
    return path


@pytest.fixture
def small_disk(homes: Callable[[], Home]) -> Iterator[Path]:
    with mounted_disk(homes().path / "disk", 8) as folder:
        yield folder


def entries_of(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}


def write(path: Path, entries: dict[str, bytes]) -> None:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


def test_any_program_for_archives_opens_it(bundle: Path) -> None:
    entries = entries_of(bundle)
    assert list(entries) == ["manifest.json", "model/tiny-Q4_0.gguf", "model/mmproj-F16.gguf"]
    manifest = json.loads(entries["manifest.json"])
    assert manifest["llf_bundle"] == 1
    assert (manifest["model"], manifest["repository"], manifest["commit"]) == (NAME, REPO, COMMIT)
    for file in manifest["files"]:
        assert len(entries[file["name"]]) == file["size_bytes"]
        assert hashlib.sha256(entries[file["name"]]).hexdigest() == file["sha256"]
    listed = subprocess.run(["tar", "tf", bundle], capture_output=True, text=True, check=True)
    assert listed.stdout.split() == list(entries)


def test_the_model_has_its_name_and_runs(bundle: Path, target: Machine) -> None:
    assert not target.names()
    imported = target.done("model", "import", bundle)
    assert imported["model"] == NAME
    assert [file["how"] for file in imported["files"]] == ["unpacked", "unpacked"]
    assert target.names() == {NAME}
    assert target.done("model", "where", NAME)["projector"].endswith("/mmproj-F16.gguf")
    answer = chat(target.daemon.unix, NAME)
    assert answer.whole and answer.text == ANSWER, answer
    again = target.done("model", "import", bundle)
    assert [file["how"] for file in again["files"]] == ["was there", "was there"]
    assert target.llf("model", "verify", NAME).returncode == 0


def test_settings_go_with_it(source: Machine, target: Machine) -> None:
    path = source.home.path / "coder.llf"
    add_prompt(source.home, "mine", "You write code.")
    for setting, value in (("model", NAME), ("prompt", "mine"), ("inference.temperature", "0.25")):
        assert source.llf("config", "set", f"profiles.coder.{setting}", value).returncode == 0
    source.done("model", "export", "coder", path)
    assert {"profiles.json", "prompts/mine.json"} <= set(entries_of(path))
    settings = target.done("model", "import", path)["settings"]
    assert [(one["kind"], one["name"], one["state"]) for one in settings] == [
        ("prompt", "mine", "added"), ("profile", "coder", "added")]
    assert target.names() == {NAME, "coder"}
    profile = target.done("config", "get", "profiles.coder")
    assert profile == {"model": NAME, "prompt": "mine", "inference": {"temperature": 0.25}}
    assert chat(target.daemon.unix, "coder").whole
    target.llf("config", "set", "profiles.coder.prompt", "")
    kept = target.llf("model", "import", path)
    assert "profile coder: there is another" in kept.stdout, kept


def test_a_file_of_no_repository_goes_into_the_folder_of_the_home(source: Machine,
                                                                  target: Machine) -> None:
    file = source.home.path / "own-model.gguf"
    file.write_bytes(CONTENT)
    source.done("model", "export", file, source.home.path / "own.llf")
    imported = target.done("model", "import", source.home.path / "own.llf")
    assert imported["model"] == "own-model"
    assert (target.home.path / "data/models/own-model.gguf").read_bytes() == CONTENT
    assert not target.cache.exists() or not list(target.cache.glob("models--*"))
    verified = target.done("model", "verify", "own-model")["files"][0]
    assert verified["expected"] == sha256(CONTENT) and verified["right"]


def test_an_export_replaces_nothing_unless_told(bundle: Path, source: Machine) -> None:
    before = bundle.read_bytes()
    bundle.write_bytes(b"mine")
    assert "--replace" in source.refuses("model", "export", NAME, bundle)
    assert bundle.read_bytes() == b"mine"
    source.done("model", "export", NAME, bundle, "--replace")
    assert bundle.read_bytes() == before


def test_a_changed_byte_is_refused(bundle: Path, target: Machine) -> None:
    content = bytearray(bundle.read_bytes())
    for place in (content.find(CONTENT) + 30, content.find(PROJECTOR) + 30):
        content[place] ^= 1
        bundle.write_bytes(content)
        assert "SHA-256" in target.refuses("model", "import", bundle)
        assert not target.names() and not target.files()
        content[place] ^= 1


def test_a_cut_file_is_refused(bundle: Path, target: Machine) -> None:
    content = bundle.read_bytes()
    for length in (520, 1500, 2200, len(content) // 2):
        bundle.write_bytes(content[:length])
        assert "bundle" in target.refuses("model", "import", bundle).replace("cut", "bundle")
        assert not target.names() and not target.files()


@pytest.mark.parametrize("path", ["../../../../evil.gguf", "/tmp/evil.gguf", "a/../../x.gguf"])
@pytest.mark.parametrize("key", ["name", "path"])
def test_SEC_31_paths_stay_in_their_place(bundle: Path, target: Machine, path: str,
                                          key: str) -> None:
    entries = entries_of(bundle)
    manifest = json.loads(entries.pop("manifest.json"))
    if key == "name":
        entries = {path if name == manifest["files"][0]["name"] else name: content
                   for name, content in entries.items()}
    manifest["files"][0][key] = path
    write(bundle, {"manifest.json": json.dumps(manifest).encode(), **entries})
    assert "cannot be the path" in target.refuses("model", "import", bundle)
    assert not target.names() and not target.files()


@pytest.mark.parametrize("path", ["...gguf", "..gguf", ".gguf", "a/...gguf"])
def test_SEC_31_no_folder_is_named_after_what_leads_elsewhere(
        source: Machine, target: Machine, path: str) -> None:
    files = source.home.path / "own"
    files.mkdir()
    (files / "m.gguf").write_bytes(CONTENT)
    (files / "mmproj-a.gguf").write_bytes(PROJECTOR)
    bundle = source.home.path / "own.llf"
    source.done("model", "import", files)
    source.done("model", "export", "m", bundle)
    entries = entries_of(bundle)
    manifest = json.loads(entries.pop("manifest.json"))
    manifest["files"][0]["path"] = path
    write(bundle, {"manifest.json": json.dumps(manifest).encode(), **entries})
    assert "no model file" in target.refuses("model", "import", bundle)
    assert not target.names() and not target.files()
    assert not list((target.home.path / "data").rglob("*.gguf"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE,
                                  tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(bundle: Path, target: Machine, kind: bytes) -> None:
    entries = entries_of(bundle)
    with tarfile.open(bundle, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            if name == "model/mmproj-F16.gguf":
                entry.type, entry.linkname, entry.size = kind, "/etc/passwd", 0
            tar.addfile(entry, io.BytesIO(content))
    assert "no plain file" in target.refuses("model", "import", bundle)
    assert not target.names() and not target.files()


def test_kill_9_while_it_is_unpacked(large: Path, target: Machine) -> None:
    command = target.begin("model", "import", large)
    eventually("something is written", lambda: target.files() or command.poll() is not None)
    target.daemon.kill()
    command.wait(20)
    target.start()
    assert not target.names()
    assert target.done("model", "import", large)["files"][0]["how"] == "unpacked"
    assert target.names() == {f"{REPO}:Q8_0"}
    assert not [path for path in target.files() if "import" in path.name]


def test_kill_9_while_it_is_written(large: Path, source: Machine) -> None:
    large.unlink()
    command = source.begin("model", "export", f"{REPO}:Q8_0", large)
    part = large.with_name(f".{large.name}.llf-export")
    eventually("something is written", lambda: part.exists() or command.poll() is not None)
    source.daemon.kill()
    command.wait(20)
    assert not large.exists()
    source.start()
    source.done("model", "export", f"{REPO}:Q8_0", large)
    assert large.exists() and not part.exists()


def test_leaving_stops_it(large: Path, target: Machine) -> None:
    command = target.begin("model", "import", large)
    eventually("something is written", lambda: target.files() or command.poll() is not None)
    command.kill()
    command.wait(20)
    eventually("nothing is left", lambda: not target.files() or target.names())


def test_F24_what_a_disk_has_no_room_for_is_not_begun(
        source: Machine, machine: Callable[..., Machine], small_disk: Path) -> None:
    room = os.statvfs(small_disk)
    size = 2 * room.f_bavail * room.f_frsize
    source.put({"large-Q8_0.gguf": CONTENT + bytes(size - len(CONTENT))})
    path = source.home.path / "large.llf"
    assert "too full" in source.refuses("model", "export", f"{REPO}:Q8_0", small_disk / "m.llf")
    assert not list(small_disk.iterdir())
    source.done("model", "export", f"{REPO}:Q8_0", path)
    small = machine(small_disk)
    assert "too full" in small.refuses("model", "import", path)
    assert not small.names() and not small.files()
    assert not list(small_disk.glob("models--*"))


@pytest.mark.parametrize("call", ["write", "sync", "rename", "symlink", "folder", "open"])
def test_F24_a_disk_that_fills_up_meanwhile_keeps_nothing_of_an_import(
        bundle: Path, machine: Callable[..., Machine], call: str) -> None:
    """From each of its calls on, the disk is full."""
    full = machine()
    for nth in range(1, MOST):
        full.shim.arm(call, nth, errno.ENOSPC, every=True)
        run = full.llf("model", "import", bundle)
        struck = full.shim.struck
        full.shim.disarm()
        if not struck:
            assert run.returncode == 0, run
            break
        assert run.returncode == 1 and "No space left" in run.stderr, (nth, run)
        assert not full.names() and not full.files(), nth
        assert not list(full.cache.glob("models--*")), nth
    else:
        full.done("model", "import", bundle)
    assert nth > 1 and full.names() == {NAME}


@pytest.mark.parametrize("call", ["write", "sync", "truncate", "open"])
def test_F24_a_disk_that_fills_up_meanwhile_keeps_nothing_of_an_export(
        source: Machine, call: str) -> None:
    path = source.cache / "tiny.llf"  # the shim's folder
    for nth in range(1, MOST):
        source.shim.arm(call, nth, errno.ENOSPC, every=True)
        run = source.llf("model", "export", NAME, path)
        struck = source.shim.struck
        source.shim.disarm()
        left = [one.name for one in source.cache.iterdir() if "tiny.llf" in one.name]
        if not struck:
            assert run.returncode == 0 and left == ["tiny.llf"], run
            break
        assert run.returncode == 1 and "No space left" in run.stderr, (nth, run)
        assert not left, nth
    else:
        source.done("model", "export", NAME, path)
    assert nth > 1


def test_a_profile_of_a_bundle_hides_no_model(source: Machine, target: Machine) -> None:
    path = source.home.path / "evil.llf"
    builtin = source.done("model", "default")["default"]
    for name in (builtin, "coder"):
        assert source.llf("config", "set", f"profiles.{name}.model", NAME).returncode == 0
    source.done("model", "export", NAME, path)
    run = target.llf("model", "import", path)
    assert run.returncode == 0, run
    assert f"profile {builtin}: left out: it would hide the model" in run.stdout, run
    assert target.names() == {NAME, "coder"}
    assert target.done("model", "info", builtin)["source"] == "built-in"


def test_what_a_killed_export_left_is_pruned(large: Path, source: Machine) -> None:
    large.unlink()
    command = source.begin("model", "export", f"{REPO}:Q8_0", large)
    part = large.with_name(f".{large.name}.llf-export")
    eventually("something is written", lambda: part.exists() or command.poll() is not None)
    source.daemon.kill()
    command.wait(20)
    source.start()
    pruned = source.done("model", "prune", "--yes")["files"]
    assert str(part) in {file["path"] for file in pruned}
    assert not part.exists() and not source.done("model", "prune", "--dry-run")["files"]
