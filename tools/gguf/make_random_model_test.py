#!/usr/bin/python3
"""Tests of make_random_model. The last one asks the real llama-server, where there is one."""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
sys.dont_write_bytecode = True
from gguf_writer_test import Reader, unpack_q8_0  # noqa: E402


def load_program():
    loader = importlib.machinery.SourceFileLoader("random_model", str(FOLDER / "make_random_model"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


program = load_program()
TINY = ["--width", "64", "--layers", "2", "--heads", "2", "--kv-heads", "1", "--head-dim", "32",
        "--ff", "128", "--vocab", "1500"]


class RandomModelTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name) / "random.gguf"

    def make(self, *options: str) -> Reader:
        with contextlib.redirect_stdout(io.StringIO()):
            program.main([*TINY, *options, str(self.path)])
        return Reader(self.path.read_bytes())

    def test_same_arguments_give_the_same_bytes(self) -> None:
        first = self.make("--type", "q4_0").raw
        self.assertEqual(first, self.make("--type", "q4_0").raw)
        self.assertNotEqual(first, self.make("--type", "q4_0", "--seed", "2").raw)

    def test_architecture_and_type_are_recorded(self) -> None:
        for arch in ("llama", "qwen2", "qwen3"):
            for name, number in (("f16", 1), ("q4_0", 2), ("q8_0", 8)):
                reader = self.make("--arch", arch, "--type", name, "--ctx", "777")
                self.assertEqual(reader.metadata["general.architecture"][1], arch)
                self.assertEqual(reader.metadata[f"{arch}.context_length"][1], 777)
                self.assertEqual(reader.tensors["blk.1.ffn_down.weight"][:2], ([128, 64], number))

    def test_each_architecture_has_its_own_tensors(self) -> None:
        self.assertNotIn("blk.0.attn_q.bias", self.make("--arch", "llama").tensors)
        self.assertIn("blk.0.attn_q.bias", self.make("--arch", "qwen2").tensors)
        self.assertIn("blk.0.attn_k_norm.weight", self.make("--arch", "qwen3").tensors)

    def test_every_merge_joins_two_known_tokens_into_a_known_one(self) -> None:
        tokens, merges = program.make_vocabulary(40000)
        known = set(tokens)
        self.assertEqual(len(known), 40000)
        for merge in merges:
            left, right = merge.split(" ")
            self.assertTrue({left, right, left + right} <= known, merge)

    def test_output_rows_of_special_and_byte_tokens_are_zero(self) -> None:
        reader = self.make("--type", "q8_0")
        start = reader.data + reader.tensors["output.weight"][2]
        raw = reader.raw[start : start + 1500 * 64 // 32 * 34]
        rows = unpack_q8_0(raw).reshape(1500, 64)
        self.assertTrue((rows[:259] == 0).all())
        self.assertTrue((np.abs(rows[259:]).sum(axis=1) > 0).all())
        self.assertEqual(len(np.unique(rows[259:], axis=0)), 1500 - 259)

    def test_impossible_shapes_are_refused(self) -> None:
        for bad in (["--heads", "3"], ["--ff", "100"], ["--layers", "0"], ["--vocab", "10"]):
            with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
                self.make(*bad)

    def test_real_engine_answers_with_plain_letters_until_the_limit(self) -> None:
        found = subprocess.run([FOLDER.parent / "engine", "path"], text=True, capture_output=True)
        completion = Path(found.stdout.strip() or "none").with_name("llama-completion")
        if not completion.exists():
            self.skipTest("no engine on this machine")
        for arch in ("llama", "qwen2", "qwen3"):
            self.make("--arch", arch)
            answer = subprocess.run(
                [completion, "-m", self.path, "--offline", "-no-cnv", "-p", "abc", "-n", "24", "-t",
                 "1", "-c", "64", "--no-display-prompt", "--no-warmup"],
                capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.assertRegex(answer.stdout.strip(), r"^[a-z ]{24,}$", json.dumps(answer.stderr))


if __name__ == "__main__":
    unittest.main()
