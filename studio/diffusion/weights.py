"""The one gateway through which weights are opened.

What a file is, its content decides: safetensors is mapped, a torch file goes through torch's
restricted reader after our own walk over its pickle, with inert stand-ins for what training tools
leave behind. Nothing that a file names is imported or called, there is no fallback, and whatever
does not come out as plain dense tensors is refused.
"""

from __future__ import annotations

import mmap
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from studio.core.errors import DamagedFileError, UnsafeFileError
from studio.facts import folders, pickled
from studio.facts.described import Header
from studio.facts.header import read_header
from studio.facts.pickle_walk import ATTRIBUTE, Opaque

DTYPES: Mapping[str, torch.dtype] = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "U16": torch.uint16,
    "I16": torch.int16, "U32": torch.uint32, "I32": torch.int32, "U64": torch.uint64,
    "I64": torch.int64, "F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32,
    "F64": torch.float64, "C64": torch.complex64, "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2, "F8_E8M0": torch.float8_e8m0fnu,
}  # fmt: skip
"""Torch's number formats by our names."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights(Mapping[str, torch.Tensor]):
    """The tensors of a file or folder, mapped where the format allows it.

    A tensor of a mapped file is the file: it costs no memory of its own, and writing to it changes
    a private copy only.

    Attributes:
        header: The description that they were opened by.
        tensors: By the names in the header.
    """

    header: Header
    tensors: Mapping[str, torch.Tensor]

    def __getitem__(self, name: str) -> torch.Tensor:
        """Return one tensor."""
        return self.tensors[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in the order of the file."""
        return iter(self.tensors)

    def __len__(self) -> int:
        """Return how many tensors there are."""
        return len(self.tensors)


def open_weights(path: str | Path) -> Weights:
    """Open a safetensors file, a torch file, or a diffusers folder.

    Args:
        path: The file or folder; its extension is not looked at.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It is truncated or is something else; the message says which.
        UnsafeFileError: It asks for more than tensors.
        UnsupportedError: It is a known format that this program does not read.
    """
    header = read_header(path)
    if header.format == "folder":
        return _open_folder(header)
    opened = _mapped(header) if header.format == "safetensors" else _unpickled(header)
    return Weights(header, opened)


def _open_folder(header: Header) -> Weights:
    """Open every part of a folder."""
    tensors: dict[str, torch.Tensor] = {}
    for part, files in folders.parts(header.path).items():
        for file in files:
            start = folders.prefix(part)
            tensors |= {start + name: tensor for name, tensor in open_weights(file).items()}
    return Weights(header, tensors)


def _mapped(header: Header) -> dict[str, torch.Tensor]:
    """Map a safetensors file and return views of it."""
    with header.path.open("rb") as file:
        mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    tensors = {}
    for name, facts in header.tensors.items():
        dtype = DTYPES[facts.dtype]
        if facts.start + facts.bytes > len(mapping):
            raise DamagedFileError(f"{header.path} became shorter while it was opened")
        # An empty tensor has no bytes that a view could begin at.
        flat = (
            torch.frombuffer(mapping, dtype=dtype, count=facts.count, offset=facts.start)
            if facts.count
            else torch.empty(0, dtype=dtype)
        )
        tensors[name] = flat.view(facts.shape)
    return tensors


class _Inert(Opaque):
    """Stands in for a foreign class: takes everything, keeps its state as data, does nothing."""

    def __new__(cls, *_: object, **__: object) -> _Inert:
        made = object.__new__(cls)
        made.name, made.state = cls.__name__, {}
        return made

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        self.state = state if isinstance(state, dict) else {}


class _Table(dict[object, object]):
    """Stands in for a foreign class that is a dict; becomes a plain one."""

    def __new__(cls, *_: object, **__: object) -> dict[object, object]:  # type: ignore[misc]  # torch fills only exact dicts
        return {}


class _Parameters(dict[object, object]):
    """Stands in for ``ParameterDict``: holds what the original held."""

    def __setstate__(self, state: object) -> None:
        inside = state.get("_parameters") if isinstance(state, dict) else None
        self.update(inside if isinstance(inside, dict) else {})


class _Row(list[object]):
    """Stands in for a foreign class that is a list; becomes a plain one."""

    def __new__(cls, *_: object, **__: object) -> list[object]:  # type: ignore[misc]  # torch fills only exact lists
        return []


def _stand_in(name: str) -> type:
    """Return the class that stands in for a foreign name."""
    last = name.rpartition(".")[2]
    known = {"ParameterDict": _Parameters, "deque": _Row}
    tables = ("AttributeDict", "defaultdict", "dict")
    return _Table if last in tables else known.get(last) or type(f"_Inert{last}", (_Inert,), {})


def _unpickled(header: Header) -> dict[str, torch.Tensor]:
    """Read a torch file through torch's restricted reader and keep its tensors only."""
    zipped = header.format == "zip"
    named = {*header.asked, *ATTRIBUTE}
    foreign = sorted(name for name in named if not pickled.TORCH_ITSELF.fullmatch(name))
    inert: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
        (_stand_in(name), name.replace("__builtin__.", "builtins.")) for name in foreign
    ]
    try:
        with torch.serialization.safe_globals(inert), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            root = _restricted(header.path, zipped)
    except Exception as error:  # noqa: BLE001  # whatever a hostile file provokes means no
        raise UnsafeFileError(
            f"{header.path} was refused by the restricted reader: {str(error)[:200]}",
            fix="get the file as safetensors",
        ) from None
    found = pickled.flatten(root, lambda value: isinstance(value, torch.Tensor))
    if found.keys() != header.tensors.keys():
        raise DamagedFileError(f"{header.path} holds other tensors than it says")
    return {name: _plain(header, name, value) for name, value in found.items()}


def _restricted(path: Path, zipped: bool) -> object:
    """Return what torch's restricted reader makes of a file, mapped where it can be."""
    # Torch maps named files only, and takes every name with this ending for safetensors.
    if zipped and path.suffix.lower() != ".safetensors":
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    with path.open("rb") as file:
        return torch.load(file, map_location="cpu", weights_only=True)


def _plain(header: Header, name: str, value: object) -> torch.Tensor:
    """Return a tensor as it is, or refuse what is not dense and as described."""
    facts = header.tensors[name]
    if (
        not isinstance(value, torch.Tensor)
        or type(value) not in (torch.Tensor, torch.nn.Parameter)
        or value.layout is not torch.strided
        or value.is_quantized
        or value.is_nested
        or value.device.type != "cpu"
        or tuple(value.shape) != facts.shape
        or value.dtype is not DTYPES[facts.dtype]
        or _extent(value) > value.untyped_storage().nbytes()
    ):
        raise UnsafeFileError(f"{header.path} holds {name!r}, which is no plain tensor")
    return value.detach()


def _extent(value: torch.Tensor) -> int:
    """Return how many bytes of its storage a tensor reaches."""
    if not value.numel():
        return 0
    steps = zip(value.shape, value.stride(), strict=True)
    last = int(value.storage_offset()) + sum((length - 1) * stride for length, stride in steps)
    return (last + 1) * value.element_size()
