"""The real engine and model are needed here as in e2e."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from real import missing  # noqa: E402
from support.home import BUILD  # noqa: E402

HERE = Path(__file__).parent
FOLDER = BUILD / "sdk"
INSTALLED = ("package.json", "package-lock.json", ".npmrc")


@pytest.fixture(scope="session", autouse=True)
def _complete() -> None:
    lacking = missing()
    if lacking:
        pytest.exit(lacking, 1)


@pytest.fixture(scope="session")
def packages() -> Path:
    """A folder with node_modules as the lock file says; kept until that changes."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            pytest.exit(f"{program} is not installed: the packages nodejs and npm have it", 1)
    FOLDER.mkdir(exist_ok=True)
    stamp = FOLDER / "installed"
    wanted = b"".join((HERE / name).read_bytes() for name in INSTALLED)
    if not stamp.exists() or stamp.read_bytes() != wanted:
        stamp.unlink(missing_ok=True)
        for name in INSTALLED:
            shutil.copyfile(HERE / name, FOLDER / name)
        subprocess.run(["npm", "ci", "--no-progress"], cwd=FOLDER, check=True)
        stamp.write_bytes(wanted)
    for source in [*HERE.glob("*.test.mjs"), *HERE.glob("*.ts")]:
        shutil.copyfile(source, FOLDER / source.name)
    return FOLDER
