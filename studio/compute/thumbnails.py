"""Small pictures of results, for the window and for messages: RGBA, at most 256 pixels a side."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.values import Frames, Image, Latent, Mask, Sequence
from studio.engine.events import Thumbnail

LARGEST = 256
"""Most pixels of a side."""


def thumbnail(value: Any) -> Thumbnail | None:
    """Return a small picture of the first item of a result, for those that have one."""
    match value:
        case Image() | Mask() if value.pixels.size:
            return of_pixels(value.pixels[0])
        case Latent() if value.samples.any():  # nothing is drawn in an empty one
            return of_pixels(_rough(value))
        case Frames():
            from studio.media.films import read

            return next((of_pixels(picture) for picture in read(value)), None)
        case Sequence(items=(first, *_), reader=""):
            return thumbnail(first)
    return None


def of_pixels(pixels: NDArray[Any]) -> Thumbnail:
    """Return a small picture.

    Args:
        pixels: ``(height, width)`` or ``(height, width, 1 | 3 | 4)``; uint8, or float from 0 to 1.
    """
    small = _reduced(pixels if pixels.ndim == 3 else pixels[..., None])
    if small.dtype != np.uint8:
        small = (np.nan_to_num(small).clip(0, 1) * 255).round().astype(np.uint8)
    height, width = small.shape[:2]
    return Thumbnail(width, height, _rgba(small).tobytes())


def _reduced(pixels: NDArray[Any]) -> NDArray[Any]:
    """Average blocks of pixels until no side is over the limit."""
    factor = math.ceil(max(pixels.shape[:2]) / LARGEST)
    if factor <= 1:
        return pixels
    summed: NDArray[Any] = pixels.astype(np.float32)
    for axis in (0, 1):
        starts = np.arange(0, pixels.shape[axis], factor)
        counts = np.diff(np.append(starts, pixels.shape[axis])).astype(np.float32)
        shape = [1, 1, 1]
        shape[axis] = -1
        summed = np.add.reduceat(summed, starts, axis) / counts.reshape(shape)
    return summed.round().astype(np.uint8) if pixels.dtype == np.uint8 else summed


def _rgba(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    channels = pixels.shape[2]
    colours = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    alpha = pixels[..., 3:4] if channels == 4 else np.full_like(pixels[..., :1], 255)
    return np.concatenate([colours, alpha], axis=2)


def _rough(latent: Latent) -> NDArray[np.uint8]:
    from studio.diffusion.preview import approximate, projection

    return approximate(latent.samples[:1], projection({}, latent.family))
