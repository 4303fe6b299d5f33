"""A machine with a GPU, as far as llfd sees one: a device, and programs that tell of its memory."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.chat import chat
from support.daemon import Daemon
from support.home import FAKE_WORKER, LLF, Home
from support.models import ANSWER, Models
from support.patience import eventually
from support.wire import ask

MIB = 1 << 20

# Gives the command behind it a /dev of its own, in which NVIDIA's driver is.
WITH_DEVICE = """#!/bin/sh
set -e
dev=$1
shift
mkdir "$dev"
mount -t tmpfs dev "$dev"
for one in null zero full random urandom tty; do
  : >"$dev/$one"
  mount --bind "/dev/$one" "$dev/$one"
done
ln -s /proc/self/fd "$dev/fd"
mkdir "$dev/shm"
mount --bind /dev/shm "$dev/shm"
: >"$dev/nvidiactl"
mount --rbind "$dev" /dev
exec "$@"
"""

ENGINE = """#!/bin/sh
if [ "$1" = --list-devices ]; then
  echo 'Available devices:'
  echo '  CUDA0: NVIDIA GeForce RTX 4060 (8188 MiB, 7105 MiB free)'
  exit
fi
exec {worker} "$@"
"""

# 700 MiB for each engine of this home.
NVIDIA_SMI = """#!/bin/sh
[ "$1 $2" = '--query-compute-apps=pid,used_gpu_memory --format=csv,noheader,nounits' ] || exit 2
for process in /proc/[0-9]*; do
  if tr '\\0' ' ' 2>/dev/null <"$process/cmdline" | grep -q -- '--model {home}'; then
    echo "${{process#/proc/}}, 700"
  fi
done
"""


@pytest.fixture
def gpu(home: Home, start: Callable) -> Iterator[Daemon]:
    def program(name: str, text: str) -> Path:
        path = home.path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    around = ["unshare", "--mount", str(program("with-device", WITH_DEVICE))]
    tried = subprocess.run([*around, str(home.path / "tried"), "true"], capture_output=True)
    if tried.returncode != 0:
        pytest.skip("may not mount a file system here")
    program("nvidia-smi", NVIDIA_SMI.format(home=home.path))
    engine = program("llama-server", ENGINE.format(worker=FAKE_WORKER))
    path = f"{home.path / 'bin'}:{home.environment()['PATH']}"
    yield start(env={"PATH": path}, engine=str(engine),
                around=[*around, str(home.path / "dev")])


def test_memory_of_gpus_is_learnt_after_a_load(gpu: Daemon, models: Models, home: Home) -> None:
    answer = chat(gpu.tcp, models.add("m"))
    assert answer.whole and answer.text == ANSWER, answer
    eventually("it is learnt", lambda: gpu.worker("m")["gpu_bytes"] == 700 * MIB)
    shown = subprocess.run([LLF, "--home", home.path, "ps"], capture_output=True, text=True)
    assert "GPU" in shown.stdout and "734.0 MB" in shown.stdout, shown
    metrics = ask(gpu.tcp, "GET", "/metrics").body.decode()
    assert f'llf_worker_gpu_memory_bytes{{model="m"}} {700 * MIB}' in metrics


def test_memory_of_gpus_is_room_for_models(gpu: Daemon, models: Models) -> None:
    models.add("m")
    machine = gpu.control("POST", "fit", {"model": "m"}).json()["machine"]
    assert (machine["gpu_bytes"], machine["gpu_available_bytes"]) == (8188 * MIB, 7105 * MIB)
