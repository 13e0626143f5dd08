"""Masks of what was found in pictures: one item for each detection, in their order.

A detection that leaves nothing keeps its place with a black item, so item k is always detection k,
with its own box, label and id. The order of the work is that of ADetailer: draw, move, grow, merge,
then keep what meets the user's mask; the outline is softened last.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.core.values import Detection, Detections
from studio.diffusion.detail.settings import MaskShape, Shape
from studio.diffusion.pixels.masks import check_proportions, feather, grow, moved, resize_mask

Pixels = NDArray[np.float32]
Warn = Callable[[str, str], None]

LEAST_SIDE = 8
"""Shortest side in pixels of a box that is worth a mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """Masks and the pictures that they belong to.

    Attributes:
        pixels: float32 ``(items, height, width)``.
        pictures: Index of the picture of each item; empty where item k is all of picture k.
    """

    pixels: Pixels
    pictures: tuple[int, ...]


def detection_masks(found: Detections, look: MaskShape, chosen: Pixels | None, warn: Warn) -> Masks:
    """Return the masks of all detections, picture by picture.

    Args:
        found: The detections of each picture.
        look: How the masks look.
        chosen: The user's mask, one item for all pictures or one for each, of any size with the
            proportions of the pictures; a mask that does not meet it is dropped. ``None`` keeps all.
        warn: Told of boxes that are too small, and when nothing is left of what was found.

    Returns:
        An item for each detection; one for each picture when they are merged, or where nothing was
        found at all.

    Raises:
        ShapeError: The user's mask has another number of items or other proportions.
    """
    width, height = found.size
    _check(chosen, found)
    kept = None if chosen is None else resize_mask(chosen, width, height)
    parts = []
    for index, records in enumerate(found.items):
        made = shaped(records, width, height, look, warn)
        if kept is not None:
            made = meeting(made, kept[index if len(kept) > 1 else 0])
        parts.append(made)
    count = sum(map(len, found.items))
    if count == 0 and look.merge == "none":
        return Masks(np.zeros((len(parts), height, width), np.float32), ())
    pixels = feather(np.concatenate(parts), look.blur)
    if count and not pixels.any():
        warn("W_EMPTY_MASK", f"nothing is left of the masks of {count} detections")
    if look.merge != "none":
        return Masks(pixels, ())
    return Masks(pixels, tuple(index for index, part in enumerate(parts) for _ in part))


def shaped(
    records: tuple[Detection, ...], width: int, height: int, look: MaskShape, warn: Warn
) -> Pixels:
    """Return the hard masks of the detections of one picture, ``(items, height, width)``."""
    made = np.zeros((len(records), height, width), np.float32)
    for index, record in enumerate(records):
        name = f"{record.label or 'detection'} {record.id}"
        if not _is_large(record):
            warn(
                "W_TOO_SMALL",
                f"{name} is smaller than {LEAST_SIDE} pixels and gets no mask; a least area in "
                "Filter detections keeps such out",
            )
            continue
        if look.shape == "segment" and len(record.polygon) < 3:
            warn("W_QUALITY", f"{name} has no outline; its box is taken")
        made[index] = outlined(record, width, height, look.shape)
    made = grow(moved(made, look.offset_x, -look.offset_y), look.grown, look.brush)
    if look.merge == "none":
        return made
    merged: Pixels = made.max(0, initial=0)[None]
    # Where nothing was found, everything would be what was not found.
    is_turned = look.merge == "merge_invert" and merged.any()
    return np.asarray(1 - merged, np.float32) if is_turned else merged


def outlined(record: Detection, width: int, height: int, shape: Shape) -> Pixels:
    """Return the mask of one detection: pixels whose centre lies inside are 1.

    Args:
        record: Its box and outline.
        width: Of the picture in pixels.
        height: Of the picture in pixels.
        shape: What is drawn.
    """
    left, top, right, bottom = record.box
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    if shape in ("auto", "segment") and len(record.polygon) > 2:
        return _filled(record.polygon, width, height)
    if shape != "ellipse":
        inside = ((y >= top) & (y < bottom))[:, None] & ((x >= left) & (x < right))
        return inside.astype(np.float32)
    across = (2 * x - left - right) / max(right - left, 1e-6)
    down = (2 * y - top - bottom) / max(bottom - top, 1e-6)
    return (across**2 + down[:, None] ** 2 <= 1).astype(np.float32)


def meeting(masks: Pixels, chosen: Pixels) -> Pixels:
    """Make those black that share no pixel with the user's mask ``(height, width)``."""
    meets = ((masks > 0) & (chosen > 0)).any((1, 2), keepdims=True)
    return np.where(meets, masks, np.float32(0))


def _is_large(record: Detection) -> bool:
    left, top, right, bottom = record.box
    return min(right - left, bottom - top) >= LEAST_SIDE


def _filled(polygon: tuple[tuple[float, float], ...], width: int, height: int) -> Pixels:
    """Fill an outline by the even-odd rule, without rounding its points."""
    turns = np.zeros((height, width + 1), np.int32)
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        low, high = min(y0, y1), max(y0, y1)
        first = min(max(math.ceil(low - 0.5), 0), height)
        rows = np.arange(first, min(max(math.ceil(high - 0.5), first), height))
        crossing = x0 + (rows + 0.5 - y0) * ((x1 - x0) / (y1 - y0 or 1))
        columns = np.clip(np.ceil(crossing - 0.5), 0, width).astype(np.intp)
        np.add.at(turns, (rows, columns), 1)
    return (turns.cumsum(1)[:, :width] % 2).astype(np.float32)


def _check(chosen: Pixels | None, found: Detections) -> None:
    if chosen is None:
        return
    pictures, (width, height) = len(found.items), found.size
    if len(chosen) not in (1, pictures):
        raise ShapeError(
            f"the mask has {len(chosen)} items, and there are {pictures} pictures",
            fix="give one mask, or one for each picture",
        )
    check_proportions(chosen, width, height)
