"""Which inputs of a node stand in which section of the inspector. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.spec import Input

MAIN = 8
"""Parameters beyond this many wait under "More": authors put what matters first."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of rows.

    Attributes:
        id: ``main``, ``more``, ``inputs``, or ``group:`` and a title.
        title: For people.
        inputs: In the order of the spec.
        is_open: Whether it is open until the user says otherwise.
    """

    id: str
    title: str
    inputs: tuple[Input, ...]
    is_open: bool = True


def sections(inputs: Iterable[Input]) -> tuple[Section, ...]:
    """Part the inputs of a node into sections; empty ones are left out.

    The groups of the node's author come first, in the order of their first parameters. The place
    of a parameter follows from the spec alone, so that no row moves while it is edited.
    """
    given = tuple(inputs)
    parameters = [item for item in given if not item.is_socket]
    grouped = _grouped(parameters)
    rest = [item for item in parameters if not item.group]
    main = 0 if grouped else MAIN
    found = (
        *grouped,
        Section("main", "Parameters", tuple(rest[:main])),
        Section("inputs", "Inputs", tuple(item for item in given if item.is_socket), is_open=False),
        Section("more", "More", tuple(rest[main:]), is_open=False),
    )
    return tuple(section for section in found if section.inputs)


def _grouped(parameters: Iterable[Input]) -> list[Section]:
    groups: dict[str, list[Input]] = {}
    for item in parameters:
        if item.group:
            groups.setdefault(item.group, []).append(item)
    return [Section(f"group:{title}", title, tuple(items)) for title, items in groups.items()]


def is_shown(item: Input, values: Mapping[str, Any]) -> bool:
    """Tell whether a parameter has a meaning while the others have these values."""
    return item.when is None or values.get(item.when.input) in item.when.values
