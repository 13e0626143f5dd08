"""Enlarge pictures with an upscaler network: in tiles without seams, to any size.

A picture is cut into even tiles. Each is enlarged with some of its surroundings, and neighbours
fade into each other over half a sine, so that the weights of every pixel add up to one. When memory
has run short, tiles that are not finished are cut further; the ramps at the old cuts stay as they
were, so old and new tiles still add up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Context, Preview, Progress, result_of
from studio.core.errors import NotFiniteError, RangeError, ShapeError
from studio.core.values import Image
from studio.diffusion import tiling
from studio.diffusion.pixels.filters import bleed
from studio.diffusion.tiling import Tile
from studio.diffusion.upscale.finishing import PLAIN, Finish, finished
from studio.diffusion.upscale.networks import UpscalerNetwork
from studio.diffusion.upscale.targets import Target, plan
from studio.diffusion.upscale.through import Through, Warn

Pixels = NDArray[np.float32]

Make = Callable[[], Generator[Progress, None, Image]]

Keep = Callable[[Pixels, Make], Generator[Progress, None, Image]]
"""Takes the pixels of a tile and what enlarges them; returns a stored result, or makes it."""

LEAST_EDGE = 64
"""Smallest tile, in pixels a side."""

_MOST_EDGE = 4096
_WIDEST_RAMP = 16
_KERNELS = 1.5
"""What kernels take beside the tensors that were measured: workspaces, and layouts of their own."""
_PREVIEW_SIDE = 256


@dataclass(frozen=True, slots=True)
class Tiling:
    """How pictures are cut.

    Attributes:
        edge: Longest side of a tile; 0 takes the whole picture, ``None`` what fits into memory.
        overlap: Pixels of its surroundings that a tile sees on each side; at least, where the edge
            is left open.
        budget: Bytes that one tile may take, before memory ran short.
        splits: Into how many parts a side unfinished tiles are cut after memory ran short.
    """

    edge: int | None = None
    overlap: int = 16
    budget: int = 2**31
    splits: int = 1


def tiling_for(
    ctx: Context, way: Literal["auto", "whole", "tiles"], tile: int, overlap: int
) -> Tiling:
    """Return how pictures are cut, with what memory a node has.

    Where memory ran short, tiles are cut into smaller ones, so that finished ones can be kept.

    Args:
        ctx: Knows the memory.
        way: ``auto`` follows the memory, ``whole`` cuts nothing, ``tiles`` takes `tile`.
        tile: Longest side in pixels.
        overlap: How much of its surroundings each piece sees, in pixels.
    """
    edge = {"auto": None, "whole": 0, "tiles": tile}[way]
    divisor = ctx.memory_divisor
    return Tiling(edge, overlap, ctx.memory_budget * divisor, math.isqrt(divisor))


@dataclass(frozen=True, slots=True)
class UpscaleStep:
    """How far enlarging is.

    Attributes:
        done: Tiles behind it.
        total: Tiles in all.
        preview: Makes a small picture of what is there.
    """

    done: int
    total: int
    preview: Preview


def enlarge(
    network: UpscalerNetwork,
    pixels: Pixels,
    target: Target,
    cut: Tiling,
    keep: Keep,
    warn: Warn,
    finish: Finish = PLAIN,
) -> Generator[UpscaleStep, None, Pixels]:
    """Enlarge a batch, one picture after the other.

    The network is run as often as the size needs, four times at most, then the result is resampled
    to the exact size. Grey stays grey. Where there is alpha, colours first spread into what is
    invisible, and alpha is enlarged like a grey picture.

    Args:
        network: On any device.
        pixels: float32 ``(batch, height, width, 1 | 3 | 4)``, 0 to 1, numpy; kept as they are.
        target: The size that is wanted.
        cut: How pictures are cut into tiles.
        keep: Stores finished tiles.
        warn: Told when a number format is too narrow and float32 is used.
        finish: How results come to their exact size, and what they keep of the original.

    Returns:
        float32 ``(batch, height, width, channels)``, numpy.

    Raises:
        ShapeError: There is no picture, or it has another number of channels.
        RangeError: The result would be too large, or the overlap is too wide for the tiles.
        NotFiniteError: The picture or the network holds values that are not numbers.
    """
    _check(pixels, cut)
    pixels = pixels if finish.has_alpha else pixels[..., :3]
    work = _Work(network, pixels.shape, target, cut, keep, warn, finish)
    work.total = sum(work.tiles_of(item) for item in pixels)
    made = []
    for item in pixels:
        enlarged = yield from work.item(item)
        made.append(enlarged)
    return made[0][None] if len(made) == 1 else np.stack(made)


def settled(network: UpscalerNetwork, height: int, width: int, cut: Tiling) -> Tiling:
    """Return how a picture of a size is cut: the edge as a number, the overlap that it needs.

    A picture that stays in one piece has its own longest side as the edge.
    """
    whole = max(height, width)
    if network.is_whole or cut.edge == 0:
        return replace(cut, edge=whole)
    if cut.edge is not None:
        return cut
    pixels = int(cut.budget / (network.bytes_per_pixel * _KERNELS))
    if height * width <= pixels:
        return replace(cut, edge=whole)
    overlap = max(cut.overlap, network.reach)
    edge = min(max(math.isqrt(pixels) - 2 * overlap, LEAST_EDGE), _MOST_EDGE)
    return replace(cut, edge=edge, overlap=overlap)


class _AbsentError(Exception):
    """A tile was not finished before."""


class _Work:
    """A batch on its way through a network."""

    def __init__(
        self,
        network: UpscalerNetwork,
        shape: tuple[int, ...],
        target: Target,
        cut: Tiling,
        keep: Keep,
        warn: Warn,
        finish: Finish,
    ) -> None:
        self._network, self._aspect, self._cut = network, target.aspect, cut
        self._keep, self._through, self._finish = keep, Through(network, warn), finish
        items, height, width, _ = shape
        self._plan = plan(items, width, height, network.scale, target)
        self.done, self.total = 0, 0

    def tiles_of(self, picture: Pixels) -> int:
        """Return how many tiles an item of the batch takes, over all passes."""
        once = sum(
            tiling.count(height, width, self._settled(height, width).edge or 1)
            for width, height in self._plan.passes
        )
        return once * (1 + (_varied_alpha(picture) is not None))

    def item(self, picture: Pixels) -> Generator[UpscaleStep, None, Pixels]:
        """Enlarge one ``(height, width, channels)`` picture."""
        alpha = _varied_alpha(picture)
        colours = picture[..., :3] if alpha is None else bleed(picture)[..., :3]
        made = yield from self._passes(colours)
        if alpha is not None:
            cover = yield from self._passes(alpha)
            made = np.concatenate([made, cover], -1)
        elif picture.shape[-1] == 4:
            made = np.concatenate([made, np.full_like(made[..., :1], picture[0, 0, 3])], -1)
        return finished(made, colours, self._plan.box, self._aspect, self._finish)

    def _passes(self, picture: Pixels) -> Generator[UpscaleStep, None, Pixels]:
        for _ in self._plan.passes:
            picture = yield from self._pass(np.clip(picture, 0, 1))
        return picture

    def _pass(self, picture: Pixels) -> Generator[UpscaleStep, None, Pixels]:
        """Run the network over one picture once."""
        height, width = picture.shape[:2]
        scale, edge = self._network.scale, self._settled(height, width).edge or 1
        canvas = np.zeros((height * scale, width * scale, picture.shape[2]), np.float32)
        covered = np.zeros((height, width), np.float32)
        preview = partial(_preview, picture, canvas, covered)
        for tile in tiling.tiles(height, width, edge):
            self.done += 1
            for part, made in self._parts(tile, picture, edge):
                self._add(canvas, covered, part, made)
                yield UpscaleStep(self.done, self.total, preview)
        return canvas

    def _parts(self, tile: Tile, picture: Pixels, edge: int) -> Iterator[tuple[Tile, Pixels]]:
        """Yield a tile, or the smaller ones that it is cut into since memory ran short."""
        splits = 1 if self._network.is_whole else self._cut.splits
        smaller = min(max(-(-edge // splits), LEAST_EDGE), edge)
        made = self._made(tile, picture) if smaller == edge else self._stored(tile, picture)
        if made is not None:
            yield tile, made
            return
        for inner in tiling.tiles(tile.height, tile.width, smaller):
            part = inner.moved(tile.left, tile.top)
            yield part, self._made(part, picture)

    def _settled(self, height: int, width: int) -> Tiling:
        return settled(self._network, height, width, self._cut)

    def _made(self, tile: Tile, picture: Pixels) -> Pixels:
        """Return a tile and its surroundings, enlarged."""
        height, width = picture.shape[:2]
        pixels = picture[self._seen(tile, height, width).slices]
        if tile == Tile(0, 0, width, height):
            return self._through(pixels)

        def make() -> Generator[Progress, None, Image]:
            yield from ()
            return Image(self._through(pixels)[None])

        kept: Pixels = result_of(self._keep(pixels, make)).pixels[0]
        return kept

    def _stored(self, tile: Tile, picture: Pixels) -> Pixels | None:
        """Return a tile that was finished before memory ran short."""
        pixels = picture[self._seen(tile, *picture.shape[:2]).slices]
        try:
            kept: Pixels = result_of(self._keep(pixels, _absent)).pixels[0]
        except _AbsentError:
            return None
        return kept

    def _seen(self, tile: Tile, height: int, width: int) -> Tile:
        """Return what the network sees of a picture for a tile.

        It begins where the windows of attention would begin in the whole picture.
        """
        overlap, step = self._settled(height, width).overlap, self._network.multiple
        seen = tile.grown(overlap)
        left, top = max(seen.left, 0) // step * step, max(seen.top, 0) // step * step
        right = left + -(-(seen.right - left) // step) * step
        bottom = top + -(-(seen.bottom - top) // step) * step
        return Tile(left, top, right, bottom).within(height, width)

    def _add(self, canvas: Pixels, covered: Pixels, tile: Tile, made: Pixels) -> None:
        """Lay an enlarged tile down, faded out across its cuts, and note how much it covers."""
        scale, (height, width) = self._network.scale, covered.shape
        half = min(self._settled(height, width).overlap // 2, _WIDEST_RAMP)
        reach = tile.grown(half).within(height, width)
        seen = self._seen(tile, height, width)
        inner = reach.moved(-seen.left, -seen.top).scaled(scale)
        across = tiling.fade(tile.left, tile.right, width, half, scale)
        down = tiling.fade(tile.top, tile.bottom, height, half, scale)
        weights = down[:, None] * across[None, :]
        canvas[reach.scaled(scale).slices] += made[inner.slices] * weights[..., None]
        covered[reach.slices] += weights[::scale, ::scale]


def _absent() -> Generator[Progress, None, Image]:
    """Stand in for the making of a tile that is wanted only if it is there."""
    yield from ()
    raise _AbsentError


def _varied_alpha(picture: Pixels) -> Pixels | None:
    """Return alpha as a grey picture, if there is any and it is not the same everywhere."""
    alpha = picture[..., 3:]
    return alpha if alpha.size and alpha.min() != alpha.max() else None


def _preview(picture: Pixels, canvas: Pixels, covered: Pixels) -> NDArray[np.uint8]:
    """Return a small picture: what is finished, and what came in where nothing is yet."""
    scale, step = len(canvas) // len(picture), -(-max(canvas.shape[:2]) // _PREVIEW_SIDE)
    rows, columns = np.arange(0, canvas.shape[0], step), np.arange(0, canvas.shape[1], step)
    before = np.ix_(rows // scale, columns // scale)
    small = canvas[np.ix_(rows, columns)] + picture[before] * (1 - covered[before])[..., None]
    shown = (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.repeat(shown, 3, -1) if shown.shape[-1] == 1 else shown


def _check(pixels: Pixels, cut: Tiling) -> None:
    """Refuse what no picture can come of, and overlaps that are wider than the tiles allow."""
    if pixels.ndim != 4 or 0 in pixels.shape or pixels.shape[3] not in (1, 3, 4):
        raise ShapeError(
            f"pictures of shape {pixels.shape} cannot be enlarged",
            fix="they need (batch, height, width, channels) with 1, 3 or 4 channels",
        )
    if not np.isfinite(pixels).all():
        raise NotFiniteError("the picture holds values that are not numbers", fix="make it anew")
    if cut.edge and cut.overlap > cut.edge // 4:
        raise RangeError(
            f"an overlap of {cut.overlap} px is over a quarter of the tiles of {cut.edge} px",
            fix=f"choose an overlap of up to {cut.edge // 4} px, or larger tiles",
        )
