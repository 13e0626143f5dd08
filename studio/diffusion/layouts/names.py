"""Rename tensors between a file and a network, both ways, by one table of prefixes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")

Pairs = list[tuple[str, str]]
"""Names in the file beside names in the network; a name is a path or the beginning of one."""

Shapes = Mapping[str, tuple[int, ...]]
"""Shapes of tensors by name."""


def forwards(pairs: Pairs) -> Callable[[str], str | None]:
    """Return a function from names in the file to names in the network."""
    return _renamer(pairs)


def backwards(pairs: Pairs) -> Callable[[str], str | None]:
    """Return a function from names in the network to names in the file."""
    return _renamer((network, file) for file, network in pairs)


def renamed(
    tensors: Mapping[str, T], rename: Callable[[str], str | None]
) -> tuple[dict[str, T], list[str]]:
    """Return the tensors under their new names, and the names that the table does not know."""
    found: dict[str, T] = {}
    unknown: list[str] = []
    for name, value in tensors.items():
        new = rename(name)
        if new is None:
            unknown.append(name)
        else:
            found[new] = value
    return found, unknown


def norm_groups(widths: Iterable[int]) -> int:
    """Return the groups of all normalisations: 32, or the largest of 16, 8, 4 that fits.

    Files do not say it. Published networks have 32; small ones, whose widths 32 does not divide,
    follow this rule.

    Args:
        widths: Channels of each level.

    Raises:
        ValueError: Not even 4 divides every width.
    """
    widths = list(widths)
    for groups in (32, 16, 8, 4):
        if all(width % groups == 0 for width in widths):
            return groups
    raise ValueError(f"widths {widths} that 4 does not divide")


def _renamer(pairs: Iterable[tuple[str, str]]) -> Callable[[str], str | None]:
    table = dict(pairs)

    def rename(name: str) -> str | None:
        stem, tail = name, ""
        while stem:
            new = table.get(stem)
            if new is not None:
                return new + tail
            stem, _, last = stem.rpartition(".")
            tail = f".{last}{tail}"
        return None

    return rename
