"""Cuts a picture into tiles: where they lie, and what they need of their surroundings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from studio.core.errors import RangeError


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of a picture, in its own pixels; right and bottom lie outside.

    Attributes:
        left: First column.
        top: First row.
        right: Column after the last.
        bottom: Row after the last.
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return the columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the rows."""
        return self.bottom - self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return rows and columns, to index an array with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, by: int) -> Tile:
        """Return the rectangle with a border around it, which may leave the picture."""
        return Tile(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, height: int, width: int) -> Tile:
        """Return the part of the rectangle that lies in a picture."""
        left, top = max(self.left, 0), max(self.top, 0)
        return Tile(left, top, min(self.right, width), min(self.bottom, height))


def tiles(height: int, width: int, edge: int) -> Iterator[Tile]:
    """Cut a picture into tiles of nearly equal size, at most `edge` a side, row by row.

    Every pixel lies in exactly one tile.

    Raises:
        RangeError: The edge is below 1.
    """
    if edge < 1:
        raise RangeError(f"a tile edge of {edge} is below 1", fix="choose 1 or more")
    for top, bottom in _spans(height, edge):
        for left, right in _spans(width, edge):
            yield Tile(left, top, right, bottom)


def count(height: int, width: int, edge: int) -> int:
    """Return how many tiles `tiles` cuts."""
    return -(-height // edge) * -(-width // edge)


def _spans(length: int, edge: int) -> list[tuple[int, int]]:
    """Cut a length into nearly equal parts of at most `edge`."""
    parts = -(-length // edge)
    cuts = [length * part // parts for part in range(parts + 1)] if parts else [0]
    return list(pairwise(cuts))
