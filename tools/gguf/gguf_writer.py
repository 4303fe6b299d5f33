"""Writes GGUF version 3 files (the GGUF specification of the ggml project), little endian.

    writer = GgufWriter()
    writer.add("general.architecture", "llama")                # also bool, int -> u32, float -> f32
    writer.add("general.sampling.top_k", 1, ValueType.INT32)    # any other type is named
    writer.add("tokenizer.ggml.tokens", ["a", "b"])             # list -> array of one type
    writer.add_tensor("token_embd.weight", array, TensorType.Q8_0)   # numpy, rows x columns
    writer.add_stream("big.weight", (4096, 1024), TensorType.Q4_0, make_chunks)
    writer.write("model.gguf")

Shapes are numpy's (slowest dimension first); the file holds them reversed, as ggml counts them.
A streamed tensor's `make_chunks` is called once, while the file is written, and yields float32
arrays of whole rows, so a model of any size needs the memory of one chunk only.
The file appears under its name only when it is complete.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO

import numpy as np

VERSION = 3
BLOCK = 32  # values in one quantised block
_CHUNK_VALUES = 1 << 22


class ValueType(IntEnum):
    """Types of metadata values, with the numbers of the file format."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


class TensorType(IntEnum):
    """Types of tensors that this module can write, with the numbers of the file format."""

    F32 = 0
    F16 = 1
    Q4_0 = 2
    Q8_0 = 8


# llama.cpp's numbers for the metadata value general.file_type ("mostly this type").
FILE_TYPE = {TensorType.F32: 0, TensorType.F16: 1, TensorType.Q4_0: 2, TensorType.Q8_0: 7}

_SCALAR_FORMAT = {
    ValueType.UINT8: "<B",
    ValueType.INT8: "<b",
    ValueType.UINT16: "<H",
    ValueType.INT16: "<h",
    ValueType.UINT32: "<I",
    ValueType.INT32: "<i",
    ValueType.FLOAT32: "<f",
    ValueType.BOOL: "<?",
    ValueType.UINT64: "<Q",
    ValueType.INT64: "<q",
    ValueType.FLOAT64: "<d",
}

_ROW_BYTES = {
    TensorType.F32: lambda columns: columns * 4,
    TensorType.F16: lambda columns: columns * 2,
    TensorType.Q4_0: lambda columns: columns // BLOCK * 18,
    TensorType.Q8_0: lambda columns: columns // BLOCK * 34,
}


def quantize_q8_0(values: np.ndarray) -> bytes:
    """Blocks of 32: a float16 scale, then 32 signed bytes."""
    blocks = np.ascontiguousarray(values, dtype=np.float32).reshape(-1, BLOCK)
    scale = np.abs(blocks).max(axis=1) / np.float32(127)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = blocks * inverse[:, None]
    out = np.empty((len(blocks), 34), dtype=np.uint8)
    out[:, :2] = scale.astype("<f2")[:, None].view(np.uint8)
    out[:, 2:] = np.trunc(scaled + np.copysign(0.5, scaled)).astype(np.int8).view(np.uint8)
    return out.tobytes()


def quantize_q4_0(values: np.ndarray) -> bytes:
    """Blocks of 32: a float16 scale, then 16 bytes; i is in a low, i + 16 in a high nibble."""
    blocks = np.ascontiguousarray(values, dtype=np.float32).reshape(-1, BLOCK)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)[:, 0]
    scale = extreme / np.float32(-8)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    nibbles = np.clip(np.trunc(blocks * inverse[:, None] + np.float32(8.5)), 0, 15).astype(np.uint8)
    out = np.empty((len(blocks), 18), dtype=np.uint8)
    out[:, :2] = scale.astype("<f2")[:, None].view(np.uint8)
    out[:, 2:] = nibbles[:, :16] | (nibbles[:, 16:] << 4)
    return out.tobytes()


_ENCODE: dict[TensorType, Callable[[np.ndarray], bytes]] = {
    TensorType.F32: lambda values: np.ascontiguousarray(values, dtype="<f4").tobytes(),
    TensorType.F16: lambda values: np.ascontiguousarray(values, dtype="<f2").tobytes(),
    TensorType.Q4_0: quantize_q4_0,
    TensorType.Q8_0: quantize_q8_0,
}


@dataclass(frozen=True)
class _Tensor:
    name: str
    shape: tuple[int, ...]
    type: TensorType
    chunks: Callable[[], Iterable[np.ndarray | bytes | memoryview]]

    @property
    def rows(self) -> int:
        return int(np.prod(self.shape[:-1], dtype=np.int64))

    @property
    def size(self) -> int:
        """Bytes in the file, padding excluded."""
        return self.rows * _ROW_BYTES[self.type](self.shape[-1])


def _rows_of(array: np.ndarray) -> Iterator[np.ndarray]:
    rows = array.reshape(-1, array.shape[-1])
    step = max(1, _CHUNK_VALUES // array.shape[-1])
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def _string(text: str) -> bytes:
    raw = text.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


def _guess(value: object) -> ValueType:
    if isinstance(value, bool):
        return ValueType.BOOL
    if isinstance(value, str):
        return ValueType.STRING
    if isinstance(value, int):
        return ValueType.UINT32
    if isinstance(value, float):
        return ValueType.FLOAT32
    raise TypeError(f"no GGUF type for {type(value).__name__}")


def _scalar(value: object, kind: ValueType) -> bytes:
    if kind is ValueType.STRING:
        if not isinstance(value, str):
            raise TypeError(f"not a string: {value!r}")
        return _string(value)
    return struct.pack(_SCALAR_FORMAT[kind], value)


class GgufWriter:
    """Collects metadata and tensors, then writes one file. Keys and names must be unique."""

    def __init__(self, alignment: int = 32) -> None:
        if alignment <= 0 or alignment % 8:
            raise ValueError("the alignment must be a positive multiple of 8")
        self._alignment = alignment
        self._metadata: dict[str, bytes] = {}
        self._tensors: dict[str, _Tensor] = {}
        if alignment != 32:
            self.add("general.alignment", alignment)

    def add(self, key: str, value: object, kind: ValueType | None = None) -> None:
        """Adds one metadata value. For a list, `kind` is the type of its items."""
        if key in self._metadata:
            raise ValueError(f"metadata key twice: {key}")
        if isinstance(value, (list, tuple)):
            if not value and kind is None:
                raise ValueError(f"{key}: an empty list needs the type of its items")
            item_kind = kind if kind is not None else _guess(value[0])
            body = struct.pack("<IIQ", ValueType.ARRAY, item_kind, len(value))
            body += b"".join(_scalar(item, item_kind) for item in value)
        else:
            scalar_kind = kind if kind is not None else _guess(value)
            body = struct.pack("<I", scalar_kind) + _scalar(value, scalar_kind)
        self._metadata[key] = _string(key) + body

    def add_tensor(self, name: str, array: np.ndarray, kind: TensorType) -> None:
        """Adds a tensor that is in memory; it is encoded when the file is written."""
        self.add_stream(name, array.shape, kind, lambda: _rows_of(array))

    def add_stream(
        self,
        name: str,
        shape: tuple[int, ...],
        kind: TensorType,
        chunks: Callable[[], Iterable[np.ndarray | bytes | memoryview]],
    ) -> None:
        """Adds a tensor whose values `chunks()` yields later: arrays of whole rows to encode, or
        bytes that are encoded as `kind` already."""
        if name in self._tensors:
            raise ValueError(f"tensor name twice: {name}")
        if not 1 <= len(shape) <= 4 or min(shape) < 1:
            raise ValueError(f"{name}: bad shape {shape}")
        if kind in (TensorType.Q4_0, TensorType.Q8_0) and shape[-1] % BLOCK:
            raise ValueError(f"{name}: rows of {shape[-1]} values are not whole blocks of {BLOCK}")
        self._tensors[name] = _Tensor(name, tuple(int(n) for n in shape), kind, chunks)

    def write(self, path: str | os.PathLike[str]) -> int:
        """Writes the file and returns its size in bytes."""
        target = Path(path)
        partial = target.with_name(target.name + ".part")
        try:
            with open(partial, "wb") as out:
                out.write(self._header())
                self._pad(out)
                for tensor in self._tensors.values():
                    self._write_tensor(out, tensor)
                size = out.tell()
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        return size

    def _header(self) -> bytes:
        parts = [b"GGUF", struct.pack("<IQQ", VERSION, len(self._tensors), len(self._metadata))]
        parts += self._metadata.values()
        offset = 0
        for tensor in self._tensors.values():
            parts.append(_string(tensor.name))
            parts.append(struct.pack("<I", len(tensor.shape)))
            parts.append(struct.pack(f"<{len(tensor.shape)}Q", *reversed(tensor.shape)))
            parts.append(struct.pack("<IQ", tensor.type, offset))
            offset += -(-tensor.size // self._alignment) * self._alignment
        return b"".join(parts)

    def _write_tensor(self, out: BinaryIO, tensor: _Tensor) -> None:
        start = out.tell()
        encode = _ENCODE[tensor.type]
        for chunk in tensor.chunks():
            if isinstance(chunk, (bytes, memoryview)):
                out.write(chunk)
                continue
            if chunk.shape[-1] != tensor.shape[-1]:
                raise ValueError(f"{tensor.name}: a chunk with rows of {chunk.shape[-1]} values")
            out.write(encode(chunk))
        written = out.tell() - start
        if written != tensor.size:
            raise ValueError(f"{tensor.name}: {written} bytes came, {tensor.size} were declared")
        self._pad(out)

    def _pad(self, out: BinaryIO) -> None:
        out.write(bytes(-out.tell() % self._alignment))
