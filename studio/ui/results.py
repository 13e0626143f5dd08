"""Results of nodes, read from the store for the eye: arrays are mapped, never copied. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """One output of a result.

    Attributes:
        key: Key of the result.
        output: Name of the output.
        kind: Its value type, such as ``Image``; of a literal: ``int``, ``float``, ``str``.
        arrays: Its arrays by the name of the field, read-only; numpy, memory-mapped when large.
        fields: Its other fields by name, as JSON values; of a literal: ``value``.
        items: Keys of the values of a list whose values are results of their own.
    """

    key: str
    output: str
    kind: str
    arrays: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[str, ...] = ()
