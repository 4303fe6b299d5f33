"""What every row is measured with: the two programs, the engine, models."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} bench: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Setting:
    root: Path
    build: Path
    engine: Path
    cache: Path  # models and programs that are kept between runs
    scale: float  # of the number of rounds

    @property
    def llf(self) -> Path:
        return self.build / "bin" / "llf"

    @property
    def llfd(self) -> Path:
        return self.build / "bin" / "llfd"

    @property
    def built_in_model(self) -> Path:
        return self.root / "assets" / "models" / "llf-nano.gguf"

    def rounds(self, full: int) -> int:
        return max(3, round(full * self.scale))

    def program(self, name: str) -> Path:
        """bench/NAME.cpp, compiled when it or a header here has changed."""
        program = self.cache / name
        source = self.root / "bench" / f"{name}.cpp"
        newest = max(path.stat().st_mtime for path in (source, *source.parent.glob("*.hpp")))
        if not program.exists() or program.stat().st_mtime < newest:
            subprocess.run(["clang++-19", "-std=c++20", "-O2", "-static", source, "-o", program],
                           check=True)
        return program

    def random_model(self, name: str, *options: str) -> Path:
        """A generated model, made at the first use."""
        path = self.cache / f"random-{name}.gguf"
        tool = self.root / "tools" / "gguf" / "make_random_model"
        if not path.exists() or path.stat().st_mtime < tool.stat().st_mtime:
            say(f"writing {path.name}")
            done = subprocess.run(
                ["/usr/bin/python3", tool, *options, path], capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"{tool}: {done.stderr}")
        return path


def build(preset: str, folder: Path, *programs: str) -> None:
    say(f"building {folder}")
    for argv in (["cmake", "--preset", preset, "-B", folder], ["ninja", "-C", folder, *programs]):
        subprocess.run(argv, cwd=ROOT, check=True, stdout=sys.stderr)


def build_release(folder: Path) -> None:
    """Builds the two programs where they are missing."""
    if not all((folder / "bin" / name).exists() for name in ("llf", "llfd")):
        build("release", folder, "llf", "llfd")


def micro_benchmark(name: str) -> Path:
    """A micro-benchmark of what is in the tree now."""
    folder = ROOT / "build" / "bench"
    build("bench", folder, name)
    return folder / "bin" / name


def find_engine(given: str | None) -> Path:
    if given:
        return Path(given).resolve()
    tool = ROOT / "tools" / "engine"
    found = subprocess.run([tool, "path"], capture_output=True, text=True)
    if found.returncode != 0:
        raise SystemExit("bench: no llama-server here; get one: tools/engine install")
    return Path(found.stdout.strip())
