"""What every preprocessor does first and last: pictures checked, flattened, sized; lines drawn.

Pictures are float32 ``(batch, height, width, channels)``, sRGB-encoded. Each picture of a batch is
worked on by itself, so that alone it gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import NotFiniteError, RangeError, ShapeError
from studio.diffusion.control.settings import Fit
from studio.diffusion.hints.common import working_size
from studio.diffusion.pixels.filters import resize

Pixels = NDArray[np.float32]
Plane = NDArray[np.float32]

Ground = Literal["black", "white"]

LONGEST = 16384
"""Pixels a side that a working size may have."""


def opaque(pixels: Pixels, ground: Ground = "black") -> Pixels:
    """Return pictures with three channels from 0 to 1, laid on a ground where they have alpha.

    Args:
        pixels: With 1, 3 or 4 channels; what is outside 0 to 1 is cut off.
        ground: What transparent pictures are laid on.

    Raises:
        ShapeError: There is no picture, or one without pixels.
        NotFiniteError: A value is not a number.
    """
    if 0 in pixels.shape:
        raise ShapeError("the image is empty", fix="link an image with pixels")
    if not np.isfinite(pixels).all():
        raise NotFiniteError("the image holds values that are not numbers", fix="link another one")
    made = np.clip(pixels, 0, 1)
    if made.shape[-1] == 4:
        alpha = made[..., 3:]
        made = made[..., :3] * alpha + (1 - alpha) * np.float32(ground == "white")
    if made.shape[-1] == 1:
        made = np.repeat(made, 3, -1)
    return np.ascontiguousarray(made, np.float32)


def prepared(
    pixels: Pixels,
    resolution: int,
    target: tuple[int, int] | None = None,
    fit: Fit = "crop",
    ground: Ground = "black",
) -> Pixels:
    """Return opaque pictures at the size that `working_size` says.

    Raises:
        ShapeError: There is no picture, or one without pixels.
        NotFiniteError: A value is not a number.
        RangeError: The resolution is neither 0 nor 64 to 2048, or a side would be too long.
    """
    flat = opaque(pixels, ground)
    return sized(flat, working_size((flat.shape[2], flat.shape[1]), resolution, target, fit))


def sized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Bring pictures to a width and height, without over- and undershoots.

    Raises:
        RangeError: A side would be too long.
    """
    if (pixels.shape[2], pixels.shape[1]) == size:
        return pixels
    if max(size) > LONGEST:
        raise RangeError(
            f"the hint would be {size[0]} x {size[1]}, over {LONGEST} pixels a side",
            fix="take a smaller resolution, or cut the picture",
        )
    return np.clip(resize(pixels, *size), 0, 1)


def each(pixels: Pixels, work: Callable[[Pixels], Pixels]) -> Pixels:
    """Do something to every ``(height, width, channels)`` picture; planes become three channels."""
    return np.stack([_coloured(work(item)) for item in pixels])


def steps(
    pixels: Pixels, work: Callable[[Pixels], Pixels]
) -> Generator[tuple[int, int], None, Pixels]:
    """Do what `each` does, and yield how many pictures are done, and of how many."""
    made = []
    for item in pixels:
        made.append(_coloured(work(item)))
        yield len(made), len(pixels)
    return np.stack(made)


def _coloured(made: Pixels | Plane) -> Pixels:
    found = np.repeat(made[..., None], 3, -1) if made.ndim == 2 else made
    return np.ascontiguousarray(found, np.float32)


def as_bytes(picture: Pixels) -> NDArray[np.uint8]:
    """Return a picture in 8 bits, rounded."""
    return np.asarray(np.rint(picture * 255), np.uint8)


def grey(picture: Pixels) -> Plane:
    """Return the brightness of a picture, with the weights of Rec. 601."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def blurred(picture: Pixels, sigma: float) -> Pixels:
    """Blur a picture with a Gaussian; edges are mirrored."""
    made = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(made, np.float32).reshape(picture.shape)
