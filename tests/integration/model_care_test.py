"""Models after their download: damage that is found and repaired, leftovers, templates."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub
from support.daemon import Daemon
from support.downloads import blob, damage
from support.fault_shim import FaultShim
from support.home import Home
from support.models import Models
from support.weights import sha256, weights
from support.wire import Connection

MIB = 1 << 20
PART = 16 * MIB
SIZE = 40 * MIB
MOST = 20  # calls that fail in turn
REPO = "org/model-GGUF"
FILE = "model-Q4_K_M.gguf"
CONTENT = weights(SIZE, chat_template="{{ messages }}")


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(mirrors=1) as hub:
        hub.add(REPO, {FILE: CONTENT}, base_model="org/base")
        yield hub


@pytest.fixture
def daemon(start: Callable, hub: FakeHub, cache: Path) -> Daemon:
    return start(env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache)})


def test_a_model_of_nobody_knows_where_is_not_repaired(llf: Callable, home: Home) -> None:
    folder = home.path / "data" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.gguf").write_bytes(b"GGUF but not really")
    answer = llf("model", "verify", "own", "--repair")
    assert answer.returncode != 0
    assert "nothing tells where own came from" in answer.stderr
    assert (folder / "own.gguf").exists()


def test_prune_removes_what_serves_nothing(llf: Callable, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    folder = next(cache.glob("models--*")) / "blobs"
    unnamed = folder / ("0" * 64)
    unnamed.write_bytes(bytes(MIB))
    unfinished = folder / ("1" * 64 + ".llf-part")
    unfinished.write_bytes(bytes(MIB))
    others = folder / ("2" * 64 + ".incomplete")
    others.write_bytes(b"of another program")
    assert llf("model", "prune").returncode == 2, "nobody is there to be asked"
    told = llf("model", "prune", "--dry-run").stdout
    assert str(unnamed) in told and "2.1 MB would become free" in told
    assert unnamed.exists()
    pruned = llf("--json", "model", "prune", "--yes")
    assert pruned.returncode == 0, pruned
    assert json.loads(pruned.stdout)["freed_bytes"] == 2 * MIB
    assert not unnamed.exists() and not unfinished.exists() and others.exists()
    assert llf("model", "verify", REPO).returncode == 0
    assert llf("model", "prune", "--yes").stdout == "nothing is left over\n"


def test_prune_knows_nothing_of_a_cache_that_is_not_there(llf: Callable, hub: FakeHub, home: Home,
                                                          cache: Path) -> None:
    hub.add("org/base", {"chat_template.jinja": b"{{ messages }}"})
    assert llf("pull", REPO).returncode == 0
    assert llf("model", "info", REPO, "--compare").returncode == 0
    unmounted = cache.with_name("unmounted")
    cache.rename(unmounted)
    assert llf("model", "prune", "--yes").stdout == "nothing is left over\n"
    cache.mkdir()  # where its disk is to be mounted
    assert llf("model", "prune", "--yes").stdout == "nothing is left over\n"
    cache.rmdir()
    unmounted.rename(cache)
    assert list((home.path / "data/marks").iterdir())
    damage(blob(cache), 5)
    told = llf("--json", "model", "verify", REPO)
    assert json.loads(told.stdout)["files"][0]["damage"] == [[0, PART]]


def test_prune_forgets_what_was_learned_of_models_that_are_gone(
        llf: Callable, hub: FakeHub, home: Home, models: Models) -> None:
    models.add("any")  # a folder of models that is empty may be a disk that is away
    hub.add("org/base", {"chat_template.jinja": b"{{ messages }}"})
    other = weights(MIB, 2, "{{ messages }}")
    hub.add("org/other-GGUF", {"other-Q4_K_M.gguf": other}, base_model="org/base")
    for repo in (REPO, "org/other-GGUF"):
        assert llf("pull", repo).returncode == 0
        assert llf("model", "info", repo, "--compare").returncode == 0
    bases = home.path / "data/bases"
    learned = {path.name for path in bases.glob("*.json")}
    assert learned == {"models--org--model-GGUF.json", "models--org--other-GGUF.json"}
    assert llf("rm", REPO, "--yes").returncode == 0
    told = json.loads(llf("--json", "model", "prune", "--yes").stdout)["files"]
    assert {file["kind"] for file in told} == {"marks", "notes"}
    assert {path.stem for path in bases.iterdir()} == {"models--org--other-GGUF"}
    assert "the same as org/base's" in llf("model", "info", "org/other-GGUF").stdout


def test_no_name_removes_nothing(llf: Callable, cache: Path) -> None:
    assert llf("pull", REPO).returncode == 0
    assert llf("model", "default", REPO).returncode == 0
    refused = llf("rm", "", "--yes")
    assert refused.returncode != 0 and "is empty" in refused.stderr, refused
    assert blob(cache).exists()


def test_aliases_and_the_default_go_with_their_model(llf: Callable) -> None:
    assert llf("pull", REPO).returncode == 0
    assert llf("model", "alias", "fast", REPO).returncode == 0
    assert "'fast' is an alias of" in llf("model", "alias", "faster", "fast").stderr
    assert llf("model", "alias", "fast", "fast").returncode == 2
    refused = llf("model", "alias", "llf-nano", REPO)
    assert refused.returncode == 1 and "a model's own name" in refused.stderr, refused
    assert llf("model", "default", "fast").returncode == 0
    removed = llf("rm", REPO, "--yes")
    assert removed.returncode == 0, removed
    for word in ("'fast' is gone", "'faster' is gone", "built-in model is that again"):
        assert word in removed.stderr, removed
    assert llf("model", "default").stdout == "llf-nano\n"
    assert "fast" not in llf("config", "show").stdout
    gone = llf("model", "alias", "--remove", "fast")
    assert gone.returncode == 1 and "there is no alias 'fast'" in gone.stderr, gone


def test_a_projector_stays_with_the_model_of_another_commit(llf: Callable, hub: FakeHub,
                                                            cache: Path) -> None:
    repo, four, eight = "org/sees-GGUF", weights(MIB, 4), weights(MIB, 8)
    projector = weights(MIB, 2)
    hub.add(repo, {"sees-Q4_K_M.gguf": four, "mmproj-F16.gguf": projector})
    assert llf("pull", f"{repo}:Q4_K_M").returncode == 0
    hub.add(repo, {"sees-Q4_K_M.gguf": four, "sees-Q8_0.gguf": eight, "mmproj-F16.gguf": projector})
    assert llf("pull", f"{repo}:Q8_0").returncode == 0
    seen = llf("model", "where", f"{repo}:Q8_0").stdout
    assert "mmproj-F16.gguf" in seen
    assert llf("rm", f"{repo}:Q4_K_M", "--yes").returncode == 0
    assert llf("model", "where", f"{repo}:Q8_0").stdout == seen
    assert all(Path(path).exists() for path in seen.splitlines())
    removed = json.loads(llf("--json", "rm", f"{repo}:Q8_0", "--yes").stdout)
    assert removed["freed_bytes"] == len(eight) + len(projector)
    assert not list(cache.glob("models--*"))


@pytest.fixture
def folder(home: Home) -> Path:
    """A model that sees, as somebody has it."""
    folder = home.path / "mine"
    folder.mkdir()
    (folder / "sees.gguf").write_bytes(weights(MIB, 4))
    (folder / "mmproj-F16.gguf").write_bytes(weights(MIB, 5))
    return folder


def test_an_imported_projector_is_of_its_own_model(llf: Callable, home: Home,
                                                   folder: Path) -> None:
    other = home.path / "other.gguf"
    other.write_bytes(weights(MIB, 6))
    assert llf("model", "import", str(other)).returncode == 0
    assert llf("model", "import", str(folder)).returncode == 0
    assert "mmproj" not in llf("model", "where", "other").stdout
    assert "mmproj" in llf("model", "where", "sees").stdout
    (folder / "sees.gguf").rename(folder / "looks.gguf")
    (folder / "mmproj-F16.gguf").unlink()
    (folder / "mmproj-F16.gguf").write_bytes(weights(MIB, 7))
    assert llf("model", "import", str(folder)).returncode == 0
    assert llf("rm", "sees", "--yes").returncode == 0
    assert "looks" in llf("model", "where", "looks").stdout
    assert {path.name for path in (home.path / "data/models").iterdir()} == {"other.gguf", "looks"}


def test_names_that_are_no_utf8_are_told_as_far_as_they_can_be(llf: Callable, daemon: Daemon,
                                                               home: Home) -> None:
    folder = home.path / "given"
    folder.mkdir()
    odd = os.fsencode(folder) + b"/odd-\xe9.gguf"
    Path(os.fsdecode(odd)).write_bytes(weights(MIB, 6))
    imported = llf("--json", "model", "import", str(folder))
    assert imported.returncode == 0, imported
    assert json.loads(imported.stdout)["files"][0]["from"].endswith("/odd-\ufffd.gguf")
    assert "odd-\ufffd" in {one["id"] for one in daemon.control("GET", "models").json()["models"]}
    assert json.loads(llf("--json", "model", "info", "odd").stdout)["id"] == "odd-\ufffd"
    Path(os.fsdecode(odd)).write_bytes(b"no model")
    broken = daemon.control("POST", "model/import", {"path": str(folder), "copy": False})
    assert broken.status != 200 and "odd-\ufffd.gguf" in broken.error["message"], broken
    refused = llf("model", "import", os.fsdecode(odd))
    assert refused.returncode != 0 and "no UTF-8" in refused.stderr, refused
    assert llf("rm", "odd", "--yes").returncode == 0


def test_an_import_is_on_the_disk_before_it_is_told(start: Callable, home: Home,
                                                    folder: Path) -> None:
    own = home.path / "data/models"
    shim = FaultShim(own, home.path / "fault.control")
    daemon = start(env=shim.environment())
    for copy in (False, True):
        for nth in range(1, MOST):
            shim.arm("sync", nth)
            answer = daemon.control("POST", "model/import", {"path": str(folder), "copy": copy})
            struck = shim.struck
            shim.disarm()
            if not struck:
                break
            assert answer.status != 200, (nth, answer)
            assert not [path for path in own.rglob("*") if not path.is_dir()], nth
        assert answer.status == 200 and len(list(own.rglob("*.gguf"))) == 2
        # The folders, the content of two files, and the names of them.
        assert nth > 4, nth
        shutil.rmtree(own)


def test_what_is_copied_and_locked_is_for_all_whom_the_umask_leaves_in(
        start: Callable, home: Home, folder: Path) -> None:
    cache = home.path / "hub"
    blob = cache / "models--o--r/blobs" / sha256(b"x")
    name = cache / "models--o--r/snapshots" / ("a" * 40) / "r-Q4_0.gguf"
    for path in (blob, name):
        path.parent.mkdir(parents=True)
    blob.write_bytes(b"x")
    name.symlink_to(blob)
    before = os.umask(0o022)
    try:
        daemon = start(env={"HF_HUB_CACHE": str(cache)})
    finally:
        os.umask(before)
    body = {"path": str(folder), "copy": True}
    assert daemon.control("POST", "model/import", body).status == 200
    own = home.path / "data/models"
    assert {stat.S_IMODE(path.stat().st_mode) for path in own.rglob("*.gguf")} == {0o644}
    body = {"model": "o/r:Q4_0", "dry_run": False}
    assert daemon.control("POST", "model/remove", body).status == 200
    assert stat.S_IMODE((cache / ".locks").stat().st_mode) == 0o755


def test_nothing_waits_for_a_long_look_at_a_model(start: Callable, home: Home,
                                                  folder: Path) -> None:
    own = home.path / "data/models"
    daemon = start()
    large = own / "large.gguf"
    large.parent.mkdir(parents=True, exist_ok=True)
    large.write_bytes(weights(MIB))
    os.truncate(large, 64 << 30)  # minutes
    with Connection(daemon.unix) as verify:
        verify.request("POST", "/llf/v1/model/verify", {"model": "large", "repair": False})
        told = verify.parts(verify.read_head())
        assert b"done_bytes" in next(told)
        body = {"path": str(folder), "copy": False}
        assert daemon.control("POST", "model/import", body).status == 200
        assert daemon.control("POST", "model/prune", {"dry_run": True}).status == 200
        assert b"done_bytes" in next(told), "it goes on"


def test_a_template_is_compared_with_that_of_the_base(llf: Callable, hub: FakeHub) -> None:
    assert llf("pull", REPO).returncode == 0
    unknown = llf("model", "info", REPO, "--compare")
    assert unknown.returncode != 0 and "org/base" in unknown.stderr
    hub.add("org/base", {"chat_template.jinja": b"{{ another }}"})
    shown = llf("model", "info", REPO, "--compare")
    assert shown.returncode == 0, shown
    template = json.loads(llf("--json", "model", "info", REPO).stdout)["chat_template"]
    assert template["base"] == "org/base" and template["as_base"] is False
    assert "another than org/base's" in shown.stdout
    hub.add("org/base", {"chat_template.jinja": b"{{ messages }}\n"})
    assert "the same as org/base's" in llf("model", "info", REPO, "--compare").stdout
