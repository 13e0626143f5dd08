"""Lists of values, some of whose items are read only when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import TypeVar, cast

from studio.core.values import Sequence

T = TypeVar("T")


def item_at(values: Sequence[T], index: int) -> T:
    """Return one value of a list, by its reader when it has one."""
    item = values.items[index]
    if values.reader:
        module, _, name = values.reader.partition(":")
        item = getattr(import_module(module), name)(item)
    return cast(T, item)
