"""Bring a hint to the size of the picture without spoiling what it says.

Lines and flat colours mean something exactly. Where a smooth filter would mix them, they are resized
so that they stay what they are; everything else is resized as a picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.diffusion.control.settings import Fit
from studio.diffusion.pixels.filters import Method, resize, scaled

Pixels = NDArray[np.float32]

_FLAT_COLOURS = 64
_NOTHING = -0.5


def fitted(hint: Pixels, width: int, height: int, fit: Fit) -> Pixels:
    """Bring hints to a size.

    Args:
        hint: float32 ``(batch, height, width, 3)``, 0 to 1; -1 where a hint for inpainting has
            nothing, and there only.
        width: In pixels.
        height: In pixels.
        fit: ``stretch`` changes the proportions, ``crop`` cuts off what stands over, ``pad`` adds
            borders in the middle colour of the hint's own border.
    """
    if hint.shape[1:3] == (height, width):
        return hint
    if fit == "pad":
        return np.stack([_padded(item, width, height) for item in hint])
    if fit == "crop":
        hint = _cut(hint, width, height)
    return np.stack([_resized(item, width, height) for item in hint])


def _cut(hint: Pixels, width: int, height: int) -> Pixels:
    """Cut what stands over evenly off a hint, so that it has the proportions of a size."""
    rows, columns = hint.shape[1:3]
    if columns * height > rows * width:
        kept = max(1, round(rows * width / height))
        left = (columns - kept) // 2
        return hint[:, :, left : left + kept]
    kept = max(1, round(columns * height / width))
    top = (rows - kept) // 2
    return hint[:, top : top + kept]


def _padded(item: Pixels, width: int, height: int) -> Pixels:
    """Resize into a box, and add borders in the middle colour of the hint's border."""
    rows, columns = item.shape[:2]
    factor = min(width / columns, height / rows)
    inside = _resized(item, min(width, scaled(columns, factor)), min(height, scaled(rows, factor)))
    edge = np.concatenate([item[0], item[-1], item[:, 0], item[:, -1]])
    box = np.empty((height, width, item.shape[2]), np.float32)
    box[:] = np.median(edge, axis=0)
    top, left = (height - inside.shape[0]) // 2, (width - inside.shape[1]) // 2
    box[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return box


def _resized(item: Pixels, width: int, height: int) -> Pixels:
    """Resize one hint ``(height, width, 3)`` by what it consists of."""
    nothing = item < _NOTHING
    if nothing.any():
        clean = _resized(np.where(nothing, 0, item), width, height)
        gone = _by(nothing.astype(np.float32), width, height, "nearest")
        return np.where(gone > 0, -1, clean).astype(np.float32)
    colours = _colours(item)
    if colours <= 2:
        return _lines(item, width, height)
    if colours <= _FLAT_COLOURS:
        return _by(item, width, height, "nearest")
    return _by(item, width, height, "bicubic")


def _lines(item: Pixels, width: int, height: int) -> Pixels:
    """Resize two colours: every line stays there, and lines of one pixel stay as thin.

    Shrinking keeps a pixel of the rarer colour wherever one was, so that no line breaks. Growing
    draws outlines smooth, and thins what was thin again.
    """
    low, high = item.min((0, 1)), item.max((0, 1))
    lit = (item > (low + high) / 2).any(-1)
    is_inverse = bool(lit.mean() > 0.5)
    drawn = (lit != is_inverse).astype(np.float32)
    if width * height < item.shape[0] * item.shape[1]:
        made = _by(drawn[..., None], width, height, "area")[..., 0] > 0
    else:
        made = _by(drawn[..., None], width, height, "bicubic")[..., 0] > 0.5
    if _is_thin(drawn):
        made = _thin(made)
    return np.asarray(np.where((made != is_inverse)[..., None], high, low), np.float32)


def _is_thin(drawn: Pixels) -> bool:
    """Return whether all lines are one pixel wide."""
    lit = drawn > 0
    return not (lit[1:, 1:] & lit[1:, :-1] & lit[:-1, 1:] & lit[:-1, :-1]).any()


def _thin(drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin lines to one pixel.

    Source:
        Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns".
    """
    picture = np.pad(drawn, 1)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            gone = _removable(picture, first=first)
            changed |= bool(gone.any())
            picture[1:-1, 1:-1] &= ~gone
    return picture[1:-1, 1:-1]


def _removable(picture: NDArray[np.bool_], *, first: bool) -> NDArray[np.bool_]:
    """Return the pixels that one half of a round of thinning takes away."""
    up, down, middle = picture[:-2], picture[2:], picture[1:-1]
    around = [
        up[:, 1:-1], up[:, 2:], middle[:, 2:], down[:, 2:],
        down[:, 1:-1], down[:, :-2], middle[:, :-2], up[:, :-2],
    ]  # fmt: skip
    count = sum(one.astype(np.int8) for one in around)
    pairs = zip(around, [*around[1:], around[0]], strict=True)
    turns = sum((~one & other).astype(np.int8) for one, other in pairs)
    north, east, south, west = around[0], around[2], around[4], around[6]
    if first:
        open_side = ~(north & east & south) & ~(east & south & west)
    else:
        open_side = ~(north & east & west) & ~(north & south & west)
    inside = middle[:, 1:-1]
    return np.asarray(inside & (count >= 2) & (count <= 6) & (turns == 1) & open_side)


def _colours(item: Pixels) -> int:
    """Return how many colours a hint has, counted no further than they are few."""
    flat = (np.clip(item, 0, 1) * 255).round().astype(np.int32).reshape(-1, 3)
    coded = flat[:, 0] << 16 | flat[:, 1] << 8 | flat[:, 2]
    return len(np.unique(coded))


def _by(item: Pixels, width: int, height: int, method: Method) -> Pixels:
    """Resize one picture by a method."""
    return np.asarray(resize(item[None], width, height, method)[0], np.float32)
