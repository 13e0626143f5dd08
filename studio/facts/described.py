"""What a weights file says about itself, as data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Format = Literal["safetensors", "zip", "legacy", "folder"]

BITS: Mapping[str, int] = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32,
    "U64": 64, "I64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
"""Bits of one number, by the names that safetensors gives to number formats."""


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """What a header says of one tensor.

    Attributes:
        shape: Length of each axis.
        dtype: Number format, one of `BITS`.
        start: Where its bytes begin in the file; -1 where the header does not say.
    """

    shape: tuple[int, ...]
    dtype: str
    start: int = -1

    @property
    def count(self) -> int:
        """Return how many numbers it holds."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Return its size in bytes."""
        return self.count * BITS[self.dtype] // 8


Setting = bool | int | float | str | tuple["Setting", ...] | None


@dataclass(frozen=True, slots=True)
class Module:
    """One layer of a network that was pickled whole, with the layers inside it.

    Attributes:
        kind: Name of its class, such as ``Conv2d``.
        settings: Its plain attributes, such as ``stride``.
        modules: The layers inside, by name, in order.
        labels: Names of the classes that the network tells apart, by number.
    """

    kind: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    modules: Mapping[str, Module] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Header:
    """The description of a weights file.

    Attributes:
        path: The file or folder.
        format: How it is stored.
        tensors: Facts by name, in the order of the file; in a folder the names begin with the
            part and a slash, as in ``unet/conv_in.weight``.
        metadata: Texts that the file carries about itself.
        warnings: What a user should know, in sentences.
        network: The layers, where the file holds a network pickled whole.
        asked: Dotted names of everything that a pickled file wants imported.
    """

    path: Path
    format: Format
    tensors: Mapping[str, TensorFacts]
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    network: Module | None = None
    asked: frozenset[str] = frozenset()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every tensor."""
        return {name: facts.shape for name, facts in self.tensors.items()}

    @property
    def bytes(self) -> int:
        """Return the size of all tensors in bytes."""
        return sum(facts.bytes for facts in self.tensors.values())
