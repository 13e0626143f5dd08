"""Small weights files, written byte by byte."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

BYTES = {"F16": 2, "F32": 4, "U8": 1}

Tensors = Mapping[str, tuple[str, tuple[int, ...]]]


def entries(tensors: Tensors) -> dict[str, object]:
    """Return the table of a safetensors header."""
    table: dict[str, object] = {}
    position = 0
    for name, (dtype, shape) in tensors.items():
        end = position + math.prod(shape) * BYTES[dtype]
        table[name] = {"dtype": dtype, "shape": shape, "data_offsets": [position, end]}
        position = end
    return table


def framed(header: bytes, data: bytes) -> bytes:
    """Return a safetensors file of a header and data."""
    return len(header).to_bytes(8, "little") + header + data


def safetensors(tensors: Tensors, metadata: Mapping[str, str] | None = None) -> bytes:
    """Return a safetensors file whose weights are zeros."""
    table = ({"__metadata__": dict(metadata)} if metadata else {}) | entries(tensors)
    size = sum(math.prod(shape) * BYTES[dtype] for dtype, shape in tensors.values())
    return framed(json.dumps(table).encode(), bytes(size))
