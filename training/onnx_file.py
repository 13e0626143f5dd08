"""Writes ONNX files, field by field, so that neither recipes nor tests need the ``onnx`` package.

Numbers are those of the protocol buffer messages in ``onnx.proto`` (IR version 8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES = {"float32": 1, "uint8": 2, "int64": 7, "float16": 10}
_OPSET = 17


class Op:
    """One node of a graph: operator, names of inputs and outputs apart by spaces, attributes."""

    def __init__(self, kind: str, inputs: str, outputs: str, **attributes: Any) -> None:
        self.kind, self.inputs, self.outputs = kind, inputs.split(), outputs.split()
        self.attributes = attributes


def write(
    path: Path,
    ops: Sequence[Op],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Mapping[str, Sequence[int | str]],
    constants: Mapping[str, NDArray[Any]] | None = None,
    metadata: Mapping[str, str] | None = None,
    dtype: str = "float32",
) -> Path:
    """Write a graph.

    Args:
        path: where.
        ops: its nodes, each after those that it depends on.
        inputs: shapes by name; lengths that are texts are free.
        outputs: likewise.
        constants: its weights, by name.
        metadata: texts about the file.
        dtype: of inputs and outputs.
    """
    graph = b"".join(_block(1, _op(op)) for op in ops) + _text(2, path.stem)
    graph += b"".join(_block(5, _tensor(n, a)) for n, a in (constants or {}).items())
    graph += b"".join(_block(11, _value(n, shape, dtype)) for n, shape in inputs.items())
    graph += b"".join(_block(12, _value(n, shape, dtype)) for n, shape in outputs.items())
    model = _number(1, 8) + _block(7, graph) + _block(8, _text(1, "") + _number(2, _OPSET))
    model += b"".join(_block(14, _text(1, k) + _text(2, v)) for k, v in (metadata or {}).items())
    path.write_bytes(model)
    return path


def _op(op: Op) -> bytes:
    made = b"".join(_text(1, name) for name in op.inputs)
    made += b"".join(_text(2, name) for name in op.outputs) + _text(4, op.kind)
    return made + b"".join(_block(5, _attribute(n, v)) for n, v in op.attributes.items())


def _attribute(name: str, value: Any) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _number(20, 3)
    return _text(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _tensor(name: str, array: NDArray[Any]) -> bytes:
    sizes = b"".join(_number(1, length) for length in array.shape)
    kind = _number(2, _DTYPES[array.dtype.name])
    return sizes + kind + _text(8, name) + _block(9, np.ascontiguousarray(array).tobytes())


def _value(name: str, shape: Sequence[int | str], dtype: str) -> bytes:
    sizes = [_text(2, n) if isinstance(n, str) else _number(1, n) for n in shape]
    dims = b"".join(_block(1, size) for size in sizes)
    return _text(1, name) + _block(2, _block(1, _number(1, _DTYPES[dtype]) + _block(2, dims)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _block(field, value.encode())


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    made = bytearray()
    while True:
        low, value = value & 127, value >> 7
        made.append(low | (128 if value else 0))
        if not value:
            return bytes(made)
