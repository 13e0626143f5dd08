"""Redraws a whole picture in tiles, so that a model of small pictures adds detail to large ones.

Every tile is drawn by `drawing.drawn` with some of its surroundings, and laid down by the weights
of `pieces`. Tiles see the picture as it came (in two phases for the order of a chess board), so what
one of them shows depends on what it sees alone, and a tile can be kept by its content.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Preview, Progress, ticks
from studio.core.errors import NotFiniteError, ShapeError
from studio.core.values import Image
from studio.core.widgets import SEED_LIMIT
from studio.diffusion.pixels.filters import bleed
from studio.diffusion.redraw.crops import Crop
from studio.diffusion.redraw.drawing import Redraw, drawn
from studio.diffusion.redraw.pieces import Canvas, Layer, Piece, layers
from studio.diffusion.redraw.settings import GRID, Tiled
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.tiling import Tile

Pixels = NDArray[np.float32]

Make = Callable[[], Generator[Progress, None, Image]]
Keep = Callable[[Tile, Settings, Pixels, Make], Generator[Progress, None, Image]]
"""Takes where a tile lies, how it is sampled, what it sees and what draws it; returns the kept
result, or draws it."""

_PREVIEW_SIDE = 256


def redraw_tiles(
    tools: Redraw, picture: Pixels, tiled: Tiled, keep: Keep
) -> Generator[Progress, None, Pixels]:
    """Redraw a picture in tiles.

    Args:
        tools: What it is drawn with.
        picture: float32 ``(height, width, 1 | 3 | 4)``, 0 to 1; kept as it is.
        tiled: How it is cut, and how the cuts are mended.
        keep: Stores finished tiles.

    Returns:
        float32 of the same shape; alpha as it was.

    Raises:
        ShapeError: The picture is empty.
        NotFiniteError: The picture, or what is drawn, holds values that are not numbers.
        StudioError: As `drawing.drawn` raises.
    """
    _check(picture)
    height, width, channels = picture.shape
    colours = (bleed(picture) if channels == 4 else picture)[..., :3]
    filled = np.pad(colours, ((0, -height % GRID), (0, -width % GRID), (0, 0)), "edge")
    found = layers(filled.shape[0], filled.shape[1], tiled.cut, tiled.seams)
    work = _Work(tools, tiled, keep, filled.shape, found)
    for index, layer in enumerate(found):
        filled = yield from work.layer(layer, filled, is_mending=index > 0)
    made = np.clip(filled[:height, :width], 0, 1)
    return np.concatenate([made, picture[..., 3:]], -1, dtype=np.float32)


class _Work:
    """A picture on its way through its layers."""

    def __init__(
        self, tools: Redraw, tiled: Tiled, keep: Keep, shape: tuple[int, ...], found: list[Layer]
    ) -> None:
        self._tools, self._tiled, self._keep = tools, tiled, keep
        self._size = shape[1], shape[0]
        self._steps = tools.settings.steps * tools.cycles + 2
        self._total = sum(len(phase) for layer in found for phase in layer)
        self._done = 0

    def layer(
        self, layer: Layer, below: Pixels, *, is_mending: bool
    ) -> Generator[Progress, None, Pixels]:
        """Draw one layer and lay it over what is below."""
        canvas = Canvas(below)
        for phase in layer:
            seen = canvas.picture() if phase is not layer[0] else below
            for piece in phase:
                made = yield from self._piece(piece, seen, canvas, is_mending=is_mending)
                canvas.lay(piece, made)
                self._done += 1
                yield self._progress(0, canvas)
        return canvas.picture()

    def _piece(
        self, piece: Piece, seen: Pixels, canvas: Canvas, *, is_mending: bool
    ) -> Generator[Progress, None, Pixels]:
        """Return what is drawn of a piece, and tell how far it is among all."""
        tools = self._for_piece(is_mending=is_mending)
        part = np.ascontiguousarray(seen[piece.seen.slices])
        crop = Crop(piece.seen, piece.seen.width, piece.seen.height)

        def make() -> Generator[Progress, None, Image]:
            made = yield from drawn(tools, part, None, crop, self._size)
            return Image(made[None])

        kept = yield from ticks(
            self._keep(piece.seen, tools.settings, part, make),
            lambda step: self._progress(step.done, canvas),
        )
        pixels: Pixels = kept.pixels[0]
        return pixels

    def _for_piece(self, *, is_mending: bool) -> Redraw:
        """Return the tools for the next piece, with its seed."""
        settings = self._tools.settings
        if is_mending:
            settings = replace(settings, denoise=self._tiled.seams.denoise)
        if self._tiled.has_own_seeds:
            settings = replace(settings, seed=(settings.seed + self._done) % SEED_LIMIT)
        return replace(self._tools, settings=settings)

    def _progress(self, step: int, canvas: Canvas) -> Progress:
        total = self._total * self._steps
        done = min(self._done * self._steps + step, total)
        return Progress(done, total, _preview_of(canvas))


def _preview_of(canvas: Canvas) -> Preview:
    step = -(-max(canvas.below.shape[:2]) // _PREVIEW_SIDE)

    def draw() -> NDArray[np.uint8]:
        small = (np.clip(canvas.picture(step), 0, 1) * 255 + 0.5).astype(np.uint8)
        return np.repeat(small, 3, -1) if small.shape[-1] == 1 else small

    return draw


def _check(picture: Pixels) -> None:
    if picture.ndim != 3 or 0 in picture.shape:
        raise ShapeError(f"a picture of shape {picture.shape} is empty", fix="link a picture")
    if not np.isfinite(picture).all():
        raise NotFiniteError("the picture holds values that are not numbers", fix="make it anew")
