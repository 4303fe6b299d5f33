#!/usr/bin/python3
"""Tests of gguf_writer: reads the written bytes back with an independent little parser."""

from __future__ import annotations

import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np

from gguf_writer import GgufWriter, TensorType, ValueType, quantize_q4_0, quantize_q8_0

SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q",
           11: "<q", 12: "<d"}


class Reader:
    """Parses a file into `metadata` (key -> (type, value)) and `tensors` (name -> facts)."""

    def __init__(self, raw: bytes, alignment: int = 32) -> None:
        self.raw, self.at = raw, 0
        self.magic = self.take(4)
        self.version, count, keys = self.unpack("<I"), self.unpack("<Q"), self.unpack("<Q")
        self.metadata = {}
        for _ in range(keys):
            key = self.string()
            kind = self.unpack("<I")
            self.metadata[key] = (kind, self.value(kind))
        self.tensors = {}
        for _ in range(count):
            name = self.string()
            dims = [self.unpack("<Q") for _ in range(self.unpack("<I"))]
            self.tensors[name] = (dims, self.unpack("<I"), self.unpack("<Q"))
        self.data = -(-self.at // alignment) * alignment

    def take(self, size: int) -> bytes:
        self.at += size
        return self.raw[self.at - size : self.at]

    def unpack(self, form: str):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def string(self) -> str:
        return self.take(self.unpack("<Q")).decode()

    def value(self, kind: int):
        if kind == 8:
            return self.string()
        if kind == 9:
            item, count = self.unpack("<I"), self.unpack("<Q")
            return (item, [self.value(item) for _ in range(count)])
        return self.unpack(SCALARS[kind])


def unpack_q8_0(raw: bytes) -> np.ndarray:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 34)
    return (blocks[:, :2].copy().view("<f2").astype(np.float32)
            * blocks[:, 2:].copy().view(np.int8))


def unpack_q4_0(raw: bytes) -> np.ndarray:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 18)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
    return blocks[:, :2].copy().view("<f2").astype(np.float32) * (nibbles - 8)


class WriterTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "x.gguf"
        self.random = np.random.default_rng(1)

    def tearDown(self) -> None:
        self.folder.cleanup()

    def test_every_metadata_type_reads_back(self) -> None:
        cases = [(200, ValueType.UINT8), (-3, ValueType.INT8), (60000, ValueType.UINT16),
                 (-300, ValueType.INT16), (4000000000, ValueType.UINT32), (-7, ValueType.INT32),
                 (0.5, ValueType.FLOAT32), (True, ValueType.BOOL), ("grüße", ValueType.STRING),
                 (2**63, ValueType.UINT64), (-(2**40), ValueType.INT64), (0.1, ValueType.FLOAT64)]
        writer = GgufWriter()
        for value, kind in cases:
            writer.add(kind.name, value, kind)
        writer.add("words", ["a", "", "c"])
        writer.add("kinds", [1, 2], ValueType.INT32)
        writer.add("guess", 5)
        size = writer.write(self.path)
        reader = Reader(self.path.read_bytes())
        self.assertEqual(size, self.path.stat().st_size)
        self.assertEqual((reader.magic, reader.version), (b"GGUF", 3))
        for value, kind in cases:
            self.assertEqual(reader.metadata[kind.name], (kind, value))
        self.assertEqual(reader.metadata["words"], (9, (8, ["a", "", "c"])))
        self.assertEqual(reader.metadata["kinds"], (9, (5, [1, 2])))
        self.assertEqual(reader.metadata["guess"], (4, 5))

    def test_tensors_are_aligned_and_dimensions_reversed(self) -> None:
        writer = GgufWriter()
        writer.add("odd", "xyz")
        first = self.random.standard_normal((3, 5), dtype=np.float32)
        second = self.random.standard_normal((2, 64), dtype=np.float32)
        writer.add_tensor("first", first, TensorType.F32)
        writer.add_tensor("second", second, TensorType.F16)
        writer.write(self.path)
        raw = self.path.read_bytes()
        reader = Reader(raw)
        self.assertEqual(reader.tensors["first"], ([5, 3], TensorType.F32, 0))
        self.assertEqual(reader.tensors["second"], ([64, 2], TensorType.F16, 64))
        self.assertEqual(raw[reader.data : reader.data + 60], first.tobytes())
        start = reader.data + 64
        self.assertEqual(raw[start : start + 256], second.astype("<f2").tobytes())
        self.assertEqual(len(raw), start + 256)

    def test_streamed_tensor_equals_one_in_memory(self) -> None:
        array = self.random.standard_normal((10, 96), dtype=np.float32)
        for kind in TensorType:
            writer = GgufWriter()
            writer.add_tensor("whole", array, kind)
            writer.add_stream("parts", (10, 96), kind, lambda: iter([array[:3], array[3:]]))
            writer.write(self.path)
            raw = self.path.read_bytes()
            reader = Reader(raw)
            step = reader.tensors["parts"][2]
            whole = raw[reader.data : reader.data + step]
            self.assertEqual(whole, raw[reader.data + step :])

    def test_encoded_bytes_are_written_as_they_are(self) -> None:
        array = self.random.standard_normal((10, 96), dtype=np.float32)
        raw = quantize_q8_0(array)
        writer = GgufWriter()
        chunks = [raw[:100], memoryview(raw)[100:]]
        writer.add_stream("t", (10, 96), TensorType.Q8_0, lambda: chunks)
        writer.write(self.path)
        reader = Reader(self.path.read_bytes())
        self.assertEqual(reader.raw[reader.data : reader.data + len(raw)], raw)

    def test_custom_alignment_is_recorded(self) -> None:
        writer = GgufWriter(alignment=64)
        writer.add_tensor("a", np.ones(4, np.float32), TensorType.F32)
        writer.add_tensor("b", np.ones(4, np.float32), TensorType.F32)
        writer.write(self.path)
        reader = Reader(self.path.read_bytes(), alignment=64)
        self.assertEqual(reader.metadata["general.alignment"], (4, 64))
        self.assertEqual(reader.tensors["b"][2], 64)

    def test_short_stream_is_refused_and_leaves_no_file(self) -> None:
        writer = GgufWriter()
        writer.add_stream("t", (4, 32), TensorType.F32, lambda: [np.zeros((3, 32), np.float32)])
        with self.assertRaises(ValueError):
            writer.write(self.path)
        self.assertEqual(list(Path(self.folder.name).iterdir()), [])

    def test_bad_input_is_refused(self) -> None:
        writer = GgufWriter()
        writer.add("k", 1)
        with self.assertRaises(ValueError):
            writer.add("k", 2)
        with self.assertRaises(ValueError):
            writer.add("empty", [])
        with self.assertRaises(TypeError):
            writer.add("none", None)
        with self.assertRaises(ValueError):
            writer.add_tensor("q", np.zeros((2, 33), np.float32), TensorType.Q8_0)
        with self.assertRaises(ValueError):
            GgufWriter(alignment=12)


class QuantisationTest(unittest.TestCase):
    def test_q8_0_error_is_at_most_half_a_step(self) -> None:
        values = np.random.default_rng(2).standard_normal((64, 32), dtype=np.float32)
        back = unpack_q8_0(quantize_q8_0(values))
        step = np.abs(values).max(axis=1, keepdims=True) / 127
        self.assertLessEqual(float((np.abs(back - values) / step).max()), 0.6)

    def test_q4_0_error_is_at_most_one_step(self) -> None:
        values = np.random.default_rng(3).standard_normal((64, 32), dtype=np.float32)
        back = unpack_q4_0(quantize_q4_0(values))
        step = np.abs(values).max(axis=1, keepdims=True) / 8
        self.assertLessEqual(float((np.abs(back - values) / step).max()), 1.01)

    def test_zero_block_stays_zero(self) -> None:
        zeros = np.zeros((2, 32), np.float32)
        self.assertTrue((unpack_q8_0(quantize_q8_0(zeros)) == 0).all())
        self.assertTrue((unpack_q4_0(quantize_q4_0(zeros)) == 0).all())

    def test_known_block(self) -> None:
        values = np.zeros((1, 32), np.float32)
        values[0, 0], values[0, 17] = 127.0, -63.6
        raw = quantize_q8_0(values)
        self.assertEqual(raw[:2], np.float16(1).tobytes())
        self.assertEqual(np.frombuffer(raw[2:], np.int8)[[0, 17, 5]].tolist(), [127, -64, 0])


if __name__ == "__main__":
    unittest.main()
