"""Values as JSON and raw arrays, and back; never pickle.

A value becomes a tree of JSON values in which arrays are numbered, and a list of buffers. The
buffers are laid out as a safetensors file, so that anything can read or map a stored result. This
module knows numpy arrays; `studio.compute.codec` adds an `Arrays` for torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from studio.core import values
from studio.core.errors import DamagedFileError, TypeMismatchError

Raw = bytes | bytearray | memoryview

_PLAIN = (bool, int, float, str, type(None))
_LENGTH = 8
_LONGEST_HEADER = 100_000_000


@dataclass(frozen=True, slots=True)
class Buffer:
    """One array, as it lies in memory.

    Attributes:
        dtype: Name as in safetensors: ``F32``, ``U8``, ``BF16``, ...
        shape: Its size along each axis.
        data: Its bytes, C-contiguous, little-endian.
    """

    dtype: str
    shape: tuple[int, ...]
    data: Raw


class Arrays(Protocol):
    """Turns one kind of array into buffers and back."""

    @property
    def name(self) -> str:
        """Name of the kind, written into stored results."""

    def takes(self, value: Any) -> bool:
        """Say whether a value is such an array."""

    def to_buffer(self, value: Any) -> Buffer:
        """Return its bytes without a copy where possible."""

    def from_buffer(self, buffer: Buffer) -> Any:
        """Make the array, read-only where the kind knows that, without a copy."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value, taken apart.

    Attributes:
        header: JSON values.
        buffers: The arrays that the header numbers.
    """

    header: Any
    buffers: tuple[Buffer, ...]


class NumpyArrays:
    """numpy arrays; read back read-only."""

    name = "numpy"

    def takes(self, value: Any) -> bool:
        """Say whether a value is a numpy array, without importing numpy for it."""
        return type(value).__module__ == "numpy" and type(value).__name__ == "ndarray"

    def to_buffer(self, value: Any) -> Buffer:
        """Return the bytes of an array."""
        import numpy as np

        flat = np.ascontiguousarray(value).reshape(-1)
        return Buffer(dtype_name(value.dtype.name), tuple(value.shape), flat.view(np.uint8).data)

    def from_buffer(self, buffer: Buffer) -> Any:
        """Make a read-only array over the bytes."""
        import numpy as np

        flat = np.frombuffer(buffer.data, np.dtype(_NUMPY[buffer.dtype]))
        array = flat.reshape(buffer.shape)
        array.flags.writeable = False
        return array


_NUMPY = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
}
_NAMES = {name: code for code, name in _NUMPY.items()}


def dtype_name(numpy_name: str) -> str:
    """Return the name that safetensors gives to a numpy type.

    Raises:
        TypeMismatchError: Such arrays cannot be stored.
    """
    if numpy_name not in _NAMES:
        raise TypeMismatchError(f"arrays of {numpy_name} cannot be stored")
    return _NAMES[numpy_name]


class Codec:
    """Takes values apart and puts them together.

    Args:
        arrays: Kinds of arrays beside numpy.
    """

    def __init__(self, *arrays: Arrays) -> None:
        self._arrays: dict[str, Arrays] = {kind.name: kind for kind in (NumpyArrays(), *arrays)}

    def encode(self, value: Any) -> Encoded:
        """Take a value apart.

        Raises:
            TypeMismatchError: It holds something that cannot be stored.
        """
        buffers: list[Buffer] = []
        return Encoded(self._out(value, buffers), tuple(buffers))

    def decode(self, encoded: Encoded) -> Any:
        """Put a value together.

        Raises:
            TypeMismatchError: It holds arrays or types that this process does not know.
            DamagedFileError: The parts do not go together.
        """
        try:
            return self._in(encoded.header, encoded.buffers)
        except (LookupError, AttributeError, TypeError, ValueError) as error:
            raise DamagedFileError(f"a stored value makes no sense: {error}") from error

    def reads(self, header: Any) -> bool:
        """Say whether this process knows all kinds of arrays that a header names."""
        waiting = [header]
        while waiting:
            item = waiting.pop()
            if isinstance(item, dict):
                if item.get("as", "numpy") not in self._arrays:
                    return False
                waiting.extend(item.values())
            elif isinstance(item, list):
                waiting.extend(item)
        return True

    def _out(self, value: Any, buffers: list[Buffer]) -> Any:
        if type(value) in _PLAIN:
            return value
        if isinstance(value, tuple):
            return [self._out(item, buffers) for item in value]
        if isinstance(value, list | dict):
            return {"json": value}
        if isinstance(value, Path):
            return {"path": str(value)}
        if is_dataclass(value) and type(value).__name__ in _types():
            return self._fields_out(value, buffers)
        return self._array_out(value, buffers)

    def _fields_out(self, value: Any, buffers: list[Buffer]) -> dict[str, Any]:
        named = ((item.name, getattr(value, item.name)) for item in fields(value))
        hidden = ("key",) if isinstance(value, values.Value) else ()
        made = {name: self._out(held, buffers) for name, held in named if name not in hidden}
        return {"type": type(value).__name__, "fields": made}

    def _array_out(self, value: Any, buffers: list[Buffer]) -> dict[str, Any]:
        for name, kind in self._arrays.items():
            if kind.takes(value):
                buffers.append(kind.to_buffer(value))
                return {"array": len(buffers) - 1, "as": name}
        raise TypeMismatchError(f"a value of type {type(value).__name__} cannot be stored")

    def _in(self, header: Any, buffers: Sequence[Buffer]) -> Any:
        if isinstance(header, list):
            return tuple(self._in(item, buffers) for item in header)
        if not isinstance(header, dict):
            return header
        if "type" in header:
            made = {name: self._in(item, buffers) for name, item in header["fields"].items()}
            return _types()[header["type"]](**made)
        if "array" in header:
            return self._array_in(header, buffers)
        return Path(header["path"]) if "path" in header else header["json"]

    def _array_in(self, header: dict[str, Any], buffers: Sequence[Buffer]) -> Any:
        if header["as"] not in self._arrays:
            raise TypeMismatchError(f"a stored value holds {header['as']} arrays, unknown here")
        return self._arrays[header["as"]].from_buffer(buffers[header["array"]])


_ROWS = ("Segment", "Patch", "PatchRequest", "Ref", "Detection", "Pose")


def _types() -> dict[str, type[Any]]:
    """Return the types that may be stored; packs may add values while the program runs."""
    return _known_types(len(values.Value.__subclasses__()))


@lru_cache(maxsize=4)
def _known_types(subclasses: int) -> dict[str, type[Any]]:
    return values.value_types() | {name: getattr(values, name) for name in _ROWS}


def pack(buffers: Sequence[Buffer]) -> list[Raw]:
    """Lay buffers out as a safetensors file, in pieces to be written one after the other."""
    # The widest numbers first, so that every array is aligned without holes.
    order = sorted(range(len(buffers)), key=lambda index: -_width(buffers[index]))
    table: dict[str, Any] = {"__metadata__": {"wirebrush": "1"}}
    start = 0
    for index in order:
        item = buffers[index]
        stop = start + len(item.data)
        table[str(index)] = {
            "dtype": item.dtype,
            "shape": list(item.shape),
            "data_offsets": [start, stop],
        }
        start = stop
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)
    return [len(text).to_bytes(_LENGTH, "little"), text, *(buffers[index].data for index in order)]


def _width(item: Buffer) -> int:
    return len(item.data) // max(1, _count(item.shape))


def _count(shape: Iterable[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def layout(data: Raw) -> list[tuple[str, tuple[int, ...], int, int]]:
    """Return dtype, shape, first byte and byte after the last one of each array of `pack`.

    Raises:
        DamagedFileError: The bytes are no such file.
    """
    try:
        length = int.from_bytes(data[:_LENGTH], "little")
        if length > min(len(data), _LONGEST_HEADER):
            raise ValueError("its header is longer than the file")
        table = json.loads(bytes(data[_LENGTH : _LENGTH + length]))
        del table["__metadata__"]
        return [_place(table[str(index)], _LENGTH + length) for index in range(len(table))]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise DamagedFileError(f"a stored result cannot be read: {error}") from error


def _place(entry: dict[str, Any], base: int) -> tuple[str, tuple[int, ...], int, int]:
    start, stop = entry["data_offsets"]
    return entry["dtype"], tuple(entry["shape"]), base + start, base + stop


def unpack(data: Raw) -> tuple[Buffer, ...]:
    """Return the buffers of a file that `pack` laid out, as views of `data`.

    Raises:
        DamagedFileError: The bytes are no such file.
    """
    view = memoryview(data)
    return tuple(
        Buffer(dtype, shape, view[start:stop]) for dtype, shape, start, stop in layout(data)
    )
