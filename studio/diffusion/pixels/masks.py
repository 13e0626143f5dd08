"""Work on masks: float32 ``(batch, height, width)``, 0 keeps, 1 changes."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.diffusion.pixels.filters import gaussian, resize

Pixels = NDArray[np.float32]

_ASPECT_TOLERANCE = 0.01
_BRUSH = 8
_BRUSHES = {"square": cv2.MORPH_RECT, "round": cv2.MORPH_ELLIPSE}


def resize_mask(mask: Pixels, width: int, height: int, *, hard: bool = False) -> Pixels:
    """Bring a mask to another size, softly (bilinear) or hard (nearest)."""
    return resize(mask[..., None], width, height, "nearest" if hard else "bilinear")[..., 0]


def check_proportions(mask: Pixels, width: int, height: int) -> None:
    """Refuse a mask that does not go with pictures of a size.

    Raises:
        ShapeError: It is empty, or its proportions are others by over a hundredth.
    """
    down, across = mask.shape[1:]
    if 0 in mask.shape or abs(across * height / (down * width) - 1) > _ASPECT_TOLERANCE:
        raise ShapeError(
            f"the mask is {across} x {down}, the picture {width} x {height}",
            fix="give a mask with the proportions of the picture",
        )


def grow(mask: Pixels, pixels: int, brush: Literal["square", "round"] = "round") -> Pixels:
    """Move the outline outwards by a brush of that radius, inwards when it is negative."""
    work = cv2.dilate if pixels > 0 else cv2.erode
    left = abs(pixels)
    while left and len(mask):
        # A wide brush costs its area for each pixel; small ones one after another, their radius.
        radius = min(left, _BRUSH)
        edge = 2 * radius + 1
        kernel = cv2.getStructuringElement(_BRUSHES[brush], (edge, edge))
        mask = np.stack([work(item, kernel) for item in mask])
        left -= radius
    return mask


def moved(mask: Pixels, across: int, down: int) -> Pixels:
    """Move what a mask shows; what was left behind becomes 0, and nothing wraps round."""
    height, width = mask.shape[1:]
    made = np.zeros_like(mask)
    if abs(across) < width and abs(down) < height:
        rows, columns = _overlap(down, height), _overlap(across, width)
        made[:, rows[0], columns[0]] = mask[:, rows[1], columns[1]]
    return made


def _overlap(by: int, length: int) -> tuple[slice, slice]:
    """Return where a moved line ends up, and which part of it that is."""
    return slice(max(by, 0), length + min(by, 0)), slice(max(-by, 0), length - max(by, 0))


def without_others(mask: Pixels) -> Pixels:
    """Take from each item what any other item of the batch covers."""
    if len(mask) < 2:
        return mask
    # The greatest of all others is the greatest, or the second greatest for the one that holds it.
    second, first = np.sort(mask, 0)[-2:]
    others = np.where(mask == first, second, first)
    return np.asarray(np.clip(mask - others, 0, 1), np.float32)


def feather(mask: Pixels, radius: float) -> Pixels:
    """Soften the outline with a Gaussian whose standard deviation is `radius` pixels."""
    return gaussian(mask[..., None], radius)[..., 0]


def from_alpha(pixels: Pixels) -> Pixels:
    """Return where a picture is transparent; nowhere when it has no alpha."""
    if pixels.shape[-1] != 4:
        return np.zeros(pixels.shape[:3], np.float32)
    return np.asarray(1 - np.clip(pixels[..., 3], 0, 1), np.float32)


def without_alpha(pixels: Pixels) -> Pixels:
    """Return a picture without its alpha channel, its colours as they are."""
    return np.ascontiguousarray(pixels[..., :3])


def from_painting(pixels: Pixels) -> Pixels:
    """Turn a painted picture into a mask: white is 1, black and transparent are 0."""
    grey = pixels[..., :3].mean(-1)
    return np.asarray(grey * pixels[..., 3] if pixels.shape[-1] == 4 else grey, np.float32)


def shaped(
    mask: Pixels | None, width: int, height: int, *, invert: bool, grown: int, feathered: float
) -> Pixels:
    """Bring a mask to a size, then invert, grow and feather it, in this order.

    Args:
        mask: Of any size; ``None`` is empty.
        width: In pixels.
        height: In pixels.
        invert: Whether 0 and 1 change places.
        grown: Pixels that the outline moves outwards.
        feathered: Standard deviation of the soft outline in pixels.
    """
    if mask is None:
        made = np.zeros((1, height, width), np.float32)
    else:
        made = np.clip(resize_mask(mask, width, height), 0, 1)
    return feather(grow(1 - made if invert else made, grown), feathered)
