"""A mask that is painted: strokes of a soft brush, and the way back. No Qt.

Strokes keep the tiles that they touched, so that undo costs what was painted, not the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""

TILE = 64
UNDO_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Brush:
    """What a stroke is painted with.

    Attributes:
        size: Diameter in pixels of the picture.
        feather: Width of the soft rim in pixels, inside the diameter.
        opacity: How much a stroke adds, 0 to 1.
        erase: Whether it takes away instead.
    """

    size: float = 48.0
    feather: float = 12.0
    opacity: float = 1.0
    erase: bool = False


@dataclass(slots=True)
class _Step:
    """The tiles that one change touched, as they were before."""

    name: str
    tiles: dict[tuple[int, int], Mask] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(tile.nbytes for tile in self.tiles.values())


class Painting:
    """A mask in the making.

    Args:
        mask: uint8 ``(height, width)``, 255 = change; copied.
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask.copy()
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._step: _Step | None = None
        self._cover: Mask | None = None
        self._before: Mask | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a stroke was taken back."""
        return bool(self._undone)

    # --- Strokes ---

    def begin(self, name: str = "Stroke") -> None:
        """Begin a stroke; until it ends, passing a place twice adds nothing twice."""
        self._step = _Step(name)
        self._cover = np.zeros_like(self.mask)
        self._before = self.mask.copy()

    def stroke(self, start: tuple[float, float], end: tuple[float, float], brush: Brush) -> Box:
        """Paint a straight piece and return what it touched.

        Args:
            start: Where the piece begins, in pixels of the picture.
            end: Where it ends.
            brush: What it is painted with.
        """
        assert self._cover is not None
        assert self._before is not None
        reach = brush.size / 2 + 1
        box = self._clipped(
            (
                int(np.floor(min(start[0], end[0]) - reach)),
                int(np.floor(min(start[1], end[1]) - reach)),
                int(np.ceil(max(start[0], end[0]) + reach)),
                int(np.ceil(max(start[1], end[1]) + reach)),
            )
        )
        if not _area(box):
            return box
        self._remember(box)
        part = _slices(box)
        cover = _coverage(box, start, end, brush)
        np.maximum(self._cover[part], cover, out=self._cover[part])
        share = self._cover[part].astype(np.float32) * (brush.opacity / 255.0)
        target = 0.0 if brush.erase else 255.0
        before = self._before[part].astype(np.float32)
        self.mask[part] = np.rint(before + (target - before) * share).astype(np.uint8)
        return box

    def end(self) -> None:
        """End a stroke; one that touched nothing leaves no step."""
        step, self._step = self._step, None
        self._cover = self._before = None
        if step and step.tiles:
            self._done.append(step)
            self._undone.clear()
            while len(self._done) > 1 and sum(item.bytes for item in self._done) > UNDO_BYTES:
                self._done.pop(0)

    # --- Whole changes ---

    def rectangle(self, box: Box, *, erase: bool = False) -> Box:
        """Fill a rectangle."""
        return self._whole("Rectangle", self._clipped(box), 0 if erase else 255)

    def clear(self) -> Box:
        """Empty the mask."""
        return self._whole("Clear", self._all(), 0)

    def invert(self) -> Box:
        """Change what was kept, and keep what was changed."""
        box = self._all()
        self.begin("Invert")
        self._remember(box)
        np.subtract(255, self.mask, out=self.mask)
        self.end()
        return box

    def fill(self, at: tuple[int, int], *, erase: bool = False) -> Box:
        """Fill the area of one value around a point, up to where the value differs."""
        import cv2

        box = self._all()
        if not (0 <= at[0] < box[2] and 0 <= at[1] < box[3]):
            return (0, 0, 0, 0)
        self.begin("Fill")
        self._remember(box)
        cv2.floodFill(self.mask, None, at, 0 if erase else 255, 32, 32)
        self.end()
        return box

    # --- The way back ---

    def undo(self) -> Box:
        """Take the last change back and return what it touched."""
        return self._swap(self._done, self._undone)

    def redo(self) -> Box:
        """Make the change again that was taken back last."""
        return self._swap(self._undone, self._done)

    def _swap(self, source: list[_Step], target: list[_Step]) -> Box:
        if not source:
            return (0, 0, 0, 0)
        step = source.pop()
        other = _Step(step.name)
        for tile, pixels in step.tiles.items():
            part = self._tile(tile)
            other.tiles[tile] = self.mask[part].copy()
            self.mask[part] = pixels
        target.append(other)
        return self._clipped(_around(step.tiles))

    def _whole(self, name: str, box: Box, value: int) -> Box:
        self.begin(name)
        if _area(box):
            self._remember(box)
            self.mask[_slices(box)] = value
        self.end()
        return box

    def _remember(self, box: Box) -> None:
        assert self._step is not None
        for tile in _tiles(box):
            if tile not in self._step.tiles:
                self._step.tiles[tile] = self.mask[self._tile(tile)].copy()

    def _tile(self, tile: tuple[int, int]) -> tuple[slice, slice]:
        row, column = tile
        return slice(row * TILE, (row + 1) * TILE), slice(column * TILE, (column + 1) * TILE)

    def _all(self) -> Box:
        return 0, 0, self.mask.shape[1], self.mask.shape[0]

    def _clipped(self, box: Box) -> Box:
        width, height = self.mask.shape[1], self.mask.shape[0]
        return max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)


def _coverage(box: Box, start: tuple[float, float], end: tuple[float, float], brush: Brush) -> Mask:
    """Return how much of each pixel a piece covers, 0 to 255, soft at the rim."""
    across = np.arange(box[0], box[2], dtype=np.float32) + 0.5
    down = np.arange(box[1], box[3], dtype=np.float32)[:, None] + 0.5
    right, below = end[0] - start[0], end[1] - start[1]
    length = right * right + below * below
    along = ((across - start[0]) * right + (down - start[1]) * below) / max(length, 1e-6)
    along = np.clip(along, 0.0, 1.0)
    distance = np.hypot(across - (start[0] + along * right), down - (start[1] + along * below))
    rim = max(min(brush.feather, brush.size / 2), 1.0)
    share = np.clip((brush.size / 2 - distance) / rim + 0.5 / rim, 0.0, 1.0)
    return np.rint(share * 255).astype(np.uint8)


def _tiles(box: Box) -> Iterator[tuple[int, int]]:
    for row in range(box[1] // TILE, (box[3] - 1) // TILE + 1):
        for column in range(box[0] // TILE, (box[2] - 1) // TILE + 1):
            yield row, column


def _around(tiles: dict[tuple[int, int], Mask]) -> Box:
    rows, columns = zip(*tiles, strict=True)
    return (
        min(columns) * TILE, min(rows) * TILE, (max(columns) + 1) * TILE, (max(rows) + 1) * TILE
    )  # fmt: skip


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box[1], box[3]), slice(box[0], box[2])


def _area(box: Box) -> int:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)
