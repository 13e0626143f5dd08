"""Where a large picture is redrawn: pieces with weights that add up to one, and seams laid over.

All cuts lie on the grid of latents, 8 pixels, so that a piece sees whole latents only. A layer
covers what is below it by the sum of its weights: 1 everywhere for the tiles, and for what mends
seams 1 along the cuts and 0 far from them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.diffusion import tiling
from studio.diffusion.redraw.settings import GRID, Cut, Order, Seams
from studio.diffusion.tiling import Tile, fade

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a picture that is drawn at once.

    Attributes:
        seen: What is drawn.
        laid: What of it is laid down.
        weights: float32 ``(height, width)`` of what is laid down, how much it covers.
    """

    seen: Tile
    laid: Tile
    weights: Pixels


NO_MENDING = Seams()

Layer = tuple[tuple[Piece, ...], ...]
"""Pieces that cover what is below them, in phases: each phase sees what those before it drew."""


def layers(height: int, width: int, cut: Cut, seams: Seams = NO_MENDING) -> list[Layer]:
    """Return the layers of a picture: the tiles, then what mends the seams.

    Args:
        height: In pixels, a multiple of 8.
        width: In pixels, a multiple of 8.
        cut: How it is cut.
        seams: How the cuts are mended.
    """
    grid = tiling.tiles(height // GRID, width // GRID, cut.inner // GRID)
    tiles = [tile.scaled(GRID) for tile in grid]
    below: Layer = _phases(tiles, [_tile(tile, height, width, cut) for tile in tiles], cut.order)
    return [below, *_mending(tiles, height, width, cut, seams)]


def _phases(tiles: list[Tile], pieces: list[Piece], order: Order) -> Layer:
    if order == "linear":
        return (tuple(pieces),)
    rows = sorted({tile.top for tile in tiles})
    columns = sorted({tile.left for tile in tiles})
    colour = [(rows.index(tile.top) + columns.index(tile.left)) % 2 for tile in tiles]
    phases = ([p for p, at in zip(pieces, colour, strict=True) if at == one] for one in (0, 1))
    return tuple(tuple(phase) for phase in phases if phase)


def _tile(tile: Tile, height: int, width: int, cut: Cut) -> Piece:
    laid = tile.grown(cut.blend).within(height, width)
    across = fade(tile.left, tile.right, width, cut.blend, 1)
    down = fade(tile.top, tile.bottom, height, cut.blend, 1)
    seen = tile.grown(cut.padding).within(height, width)
    return Piece(seen, laid, down[:, None] * across[None, :])


def _mending(tiles: list[Tile], height: int, width: int, cut: Cut, seams: Seams) -> Iterator[Layer]:
    """Yield a layer for the upright cuts, one for the level ones, and one for the crossings."""
    rows = sorted({(tile.top, tile.bottom) for tile in tiles})
    columns = sorted({(tile.left, tile.right) for tile in tiles})
    upright, level = _overs(columns, width, seams), _overs(rows, height, seams)
    along_rows = [_along(span, height, cut) for span in rows]
    along_columns = [_along(span, width, cut) for span in columns]
    found = [(along_rows, upright), (level, along_columns)]
    if seams.way == "half_and_corners":
        found.append((level, upright))
    for down, across in found if seams.way != "none" else ():
        pairs = itertools.product(down, across)
        pieces = tuple(_piece(one, other, seams, height, width) for one, other in pairs)
        if pieces:
            yield (pieces,)


@dataclass(frozen=True, slots=True, eq=False)
class _Span:
    """A stretch along one axis, and how much it covers."""

    start: int
    end: int
    weights: Pixels


def _along(span: tuple[int, int], length: int, cut: Cut) -> _Span:
    """Return the stretch of a tile along a cut, which fades into the next one."""
    weights = fade(*span, length, cut.blend, 1)
    return _Span(max(span[0] - cut.blend, 0), min(span[1] + cut.blend, length), weights)


def _overs(spans: list[tuple[int, int]], length: int, seams: Seams) -> list[_Span]:
    """Return the stretches over the cuts along one axis; they touch at most."""
    least = min(end - start for start, end in spans) // (2 * GRID) * GRID
    half = min(seams.width // 2, least) if seams.way == "band" else least
    ramp = min(seams.blur, half) if seams.way == "band" else half
    return [_over(end, half, max(ramp, 1)) for _, end in spans if end < length]


def _over(at: int, half: int, ramp: int) -> _Span:
    """Return a stretch over a cut, which fades out to both sides."""
    places = np.abs(np.arange(-half, half) + 0.5)
    weights = np.sin(np.pi / 2 * np.clip((half - places) / ramp, 0, 1)) ** 2
    return _Span(at - half, at + half, weights.astype(np.float32))


def _piece(down: _Span, across: _Span, seams: Seams, height: int, width: int) -> Piece:
    laid = Tile(across.start, down.start, across.end, down.end)
    seen = on_grid(laid.grown(seams.padding)).within(height, width)
    return Piece(seen, laid, down.weights[:, None] * across.weights[None, :])


def on_grid(tile: Tile) -> Tile:
    """Return the smallest rectangle of whole latents around another one."""
    left, top = tile.left // GRID * GRID, tile.top // GRID * GRID
    return Tile(left, top, -(-tile.right // GRID) * GRID, -(-tile.bottom // GRID) * GRID)


class Canvas:
    """A picture on which a layer comes to lie.

    Args:
        below: float32 ``(height, width, channels)``; kept as it is.

    Attributes:
        below: What came in.
    """

    def __init__(self, below: Pixels) -> None:
        self.below = below
        self._laid = np.zeros_like(below)
        self._cover = np.zeros((*below.shape[:2], 1), np.float32)

    def lay(self, piece: Piece, made: Pixels) -> None:
        """Lay a piece down.

        Args:
            piece: Which.
            made: float32 ``(height, width, channels)`` of what it sees.
        """
        inner = piece.laid.moved(-piece.seen.left, -piece.seen.top)
        weights = piece.weights[..., None]
        self._laid[piece.laid.slices] += made[inner.slices] * weights
        self._cover[piece.laid.slices] += weights

    def picture(self, step: int = 1) -> Pixels:
        """Return what is there by now, or every so manieth row and column of it."""
        thin = np.s_[::step, ::step]
        shown: Pixels = self._laid[thin] + self.below[thin] * (1 - self._cover[thin])
        return shown
