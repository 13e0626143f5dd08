"""Results of nodes, read from the store for the eye: large arrays are mapped. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.core.errors import DamagedFileError
from studio.engine.codec import unpack
from studio.engine.rows import Row, arrays_in, parsed
from studio.engine.store import Store

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One output of a result.

    Attributes:
        key: Key of the result.
        output: Name of the output.
        kind: Its value type, such as ``Image``; of a literal: ``int``, ``float``, ``str``, ``bool``.
        arrays: Its arrays by the name of the field, read-only numpy; mapped when they are large.
        fields: Its other fields by name, as JSON values; of a literal: ``value``.
        items: Keys of the values of a list whose values are results of their own, each as
            ``key.output``.
    """

    key: str
    output: str
    kind: str
    arrays: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[str, ...] = ()


def read_result(store: Store, key: str, output: str) -> Result | None:
    """Return an output of a stored result; ``None`` when there is none, or it is damaged."""
    row = store.row(key)
    if row is None:
        return None
    try:
        header = parsed(row.header)
        value = dict(zip(header["names"], header["values"], strict=True))[output]
        return _result(key, output, value, _arrays(store, row, output, value))
    except (OSError, LookupError, ValueError, TypeError, AttributeError, DamagedFileError):
        return None  # the next run makes it again


def _result(key: str, output: str, value: Any, arrays: Mapping[int, Any]) -> Result:
    if not isinstance(value, dict) or "type" not in value:
        return Result(key, output, type(value).__name__, fields={"value": value})
    held = value["fields"]
    mapped = {
        name: arrays[item["array"]]
        for name, item in held.items()
        if isinstance(item, dict) and "array" in item
    }
    others = {name: item for name, item in held.items() if name not in mapped}
    return Result(key, output, value["type"], mapped, others, _items(held))


def _items(held: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that a list names."""
    items = held.get("items")
    found = [
        item["fields"]["key"]
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and item.get("type") == "Ref"
    ]
    return tuple(found)


def _arrays(store: Store, row: Row, output: str, value: Any) -> dict[int, Any]:
    """Return the arrays of a value by their numbers."""
    numbers = arrays_in(value)
    if row.data is not None:
        buffers = unpack(row.data)
        parts: list[tuple[Any, int, str, tuple[int, ...]]] = [
            (buffers[n].data, 0, buffers[n].dtype, buffers[n].shape) for n in numbers
        ]
    else:
        parts = [
            (str(item.path), item.offset, item.dtype, item.shape)
            for item in store.locate(row.key, output)
        ]
    return {number: _array(*part) for number, part in zip(numbers, parts, strict=True)}


def _array(source: Any, offset: int, dtype: str, shape: tuple[int, ...]) -> Any:
    """Return an array over bytes or over a part of a file, never copied unless numpy must."""
    import numpy as np

    kind = np.dtype(_DTYPES[dtype])
    if isinstance(source, str) and 0 not in shape:
        found: Any = np.memmap(source, kind, "r", offset, shape)
    else:
        found = np.frombuffer(b"" if isinstance(source, str) else source, kind).reshape(shape)
    if dtype == "BF16":  # numpy has no such numbers: they are the upper halves of float32
        found = (found.astype(np.uint32) << 16).view(np.float32)
    found.flags.writeable = False
    return found
