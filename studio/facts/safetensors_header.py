"""The header of a safetensors file, checked before anything believes it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.core.errors import DamagedFileError
from studio.facts.described import BITS, Header, TensorFacts

HEADER_LIMIT = 16 * 2**20
METADATA_LIMIT = 4 * 2**20
TENSOR_LIMIT = 65_536
_AXES_LIMIT = 16
_AXIS_LIMIT = 2**40
_COUNT_LIMIT = 2**48
_AGAIN = "download it again"


def read(path: Path) -> Header:
    """Read and check the header.

    Raises:
        DamagedFileError: The file is truncated or contradicts itself.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > HEADER_LIMIT:
            raise _damaged(
                path, f"its header claims {length:,} bytes; {HEADER_LIMIT:,} are allowed"
            )
        if 8 + length > size:
            raise _damaged(path, f"its header claims {length:,} bytes; the file has {size:,}")
        fields = _parse(path, file.read(length))
    metadata = _metadata(path, fields.pop("__metadata__", {}))
    if len(fields) > TENSOR_LIMIT:
        raise _damaged(path, f"it names {len(fields):,} tensors; {TENSOR_LIMIT:,} are allowed")
    tensors = {name: _tensor(path, name, entry) for name, entry in fields.items()}
    _check_layout(path, tensors, size - 8 - length)
    placed = {
        name: TensorFacts(facts.shape, facts.dtype, facts.start + 8 + length)
        for name, facts in tensors.items()
    }
    return Header(path, "safetensors", placed, metadata)


def _damaged(path: Path, what: str) -> DamagedFileError:
    return DamagedFileError(f"{path} is damaged: {what}", fix=_AGAIN)


def _parse(path: Path, raw: bytes) -> dict[str, Any]:
    """Return the JSON object of the header, refusing names that occur twice."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name occurs twice")
        return found

    try:
        fields = json.loads(raw.decode("utf-8"), object_pairs_hook=unique)
        json.dumps(list(fields), ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError, TypeError) as error:
        raise _damaged(path, f"its header is no valid JSON ({error})"[:200]) from None
    if not isinstance(fields, dict):
        raise _damaged(path, "its header is not a JSON object")
    return fields


def _metadata(path: Path, found: object) -> dict[str, str]:
    """Return the texts about the file, checked."""
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise _damaged(path, "its metadata is not a table of texts")
    if sum(len(name) + len(text) for name, text in found.items()) > METADATA_LIMIT:
        raise _damaged(path, f"its metadata is larger than {METADATA_LIMIT:,} bytes")
    return found


def _tensor(path: Path, name: str, entry: object) -> TensorFacts:
    """Check one entry on its own."""
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(end)]}:
            pass
        case _:
            raise _damaged(path, f"the entry of {name[:80]!r} is incomplete")
    if dtype not in BITS:
        raise _damaged(path, f"{name[:80]!r} has the unknown number format {dtype[:20]!r}")
    if not _is_shape(shape):
        raise _damaged(path, f"{name[:80]!r} has the shape {str(shape)[:80]}")
    facts = TensorFacts(tuple(shape), dtype, start)
    if start < 0 or end - start != facts.bytes:
        raise _damaged(path, f"{name[:80]!r} needs {facts.bytes:,} bytes and has {end - start:,}")
    return facts


def _is_shape(shape: list[Any]) -> bool:
    """Return whether a shape is one that torch can hold, even where an axis has no length."""
    return (
        len(shape) <= _AXES_LIMIT
        and all(type(length) is int and 0 <= length <= _AXIS_LIMIT for length in shape)
        and math.prod(max(1, length) for length in shape) <= _COUNT_LIMIT
    )


def _check_layout(path: Path, tensors: Mapping[str, TensorFacts], size: int) -> None:
    """Check that the tensors fill the file without a gap or an overlap."""
    position = 0
    for name, facts in sorted(tensors.items(), key=lambda item: (item[1].start, item[1].bytes)):
        if facts.start != position:
            raise _damaged(path, f"{name[:80]!r} begins at {facts.start:,} instead of {position:,}")
        position += facts.bytes
    if position != size:
        word = "too short (an interrupted download?)" if position > size else "too long"
        raise _damaged(path, f"it is {word}: {size:,} bytes of tensors instead of {position:,}")
