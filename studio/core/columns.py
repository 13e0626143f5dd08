"""Thousands of values of one kind, made a field at a time: no step of it is Python's for each value.

Making them one by one takes five times as long: a frozen value sets each of its fields by name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from itertools import repeat
from typing import Any, TypeVar, cast

T = TypeVar("T")
Columns = dict[str, list[Any]]


def columns_of(rows: Sequence[Any], kind: type[Any], types: Mapping[str, Any]) -> Columns | None:
    """Part plain objects into columns for `made`; keys that are not known go into ``extra``.

    Args:
        rows: Plain data, such as the values of ``nodes`` in a file.
        kind: A dataclass with a field for each known name, and ``extra``.
        types: What each known name may hold: a type, or several.

    Returns:
        Values by field, or ``None`` where any row needs a closer look: it is no object, lacks what
        it needs, or holds what it may not.
    """
    if not {*map(type, rows)} <= {dict}:
        return None
    names = set().union(*rows)
    defaults = {field.name: _default(field) for field in fields(kind)}
    found: Columns = {}
    for name, wanted in types.items():
        default = defaults[name]
        if name in names or default is MISSING:
            column = [row.get(name, default) for row in rows]
            if not {*map(type, column)} <= {*(wanted if isinstance(wanted, tuple) else (wanted,))}:
                return None
            found[name] = column
    if unknown := names - types.keys():
        found["extra"] = [{k: v for k, v in row.items() if k in unknown} for row in rows]
    return found


def made(kind: type[T], columns: Mapping[str, Iterable[Any]], count: int) -> list[T]:
    """Make values of a frozen dataclass with slots, and without a ``__post_init__``.

    Args:
        kind: The dataclass.
        columns: Values by field; fields that have none get their defaults, shared by all.
        count: How many.
    """
    found = [*map(object.__new__, repeat(kind, count))]
    for field in fields(cast(type[Any], kind)):
        column = columns[field.name] if field.name in columns else repeat(_default(field))
        deque(map(getattr(kind, field.name).__set__, found, column), maxlen=0)
    return found


def shared(values: Iterable[str], known: dict[str, str]) -> list[str]:
    """Return texts so that equal ones are one object, which is found and compared at once.

    Args:
        values: Texts.
        known: Each text by itself; what is new is added.
    """
    held = [*values]
    return [*map(known.setdefault, held, held)]


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
