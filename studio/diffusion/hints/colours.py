"""Hints of colours, without a network: blurred, in squares, shuffled, without their colours."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.diffusion.hints.pictures import Pixels, Plane, each
from studio.diffusion.pixels.filters import gaussian, resize, scaled
from studio.diffusion.pixels.masks import resize_mask

Brightness = Literal["luminance", "intensity"]

_WAVES = 256
"""Pixels between the points that pull a shuffled picture about."""
_UNKNOWN = -1.0


def blur(pixels: Pixels, sigma: float) -> Pixels:
    """Blur pictures with a Gaussian, edges mirrored."""
    return gaussian(pixels, sigma)


def tile(pixels: Pixels, down: float) -> Pixels:
    """Take the fine detail from pictures and leave their size.

    Args:
        pixels: Pictures with three channels, 0 to 1.
        down: How many times smaller the picture is whose detail is left; 1 changes nothing.
    """
    if down == 1:
        return pixels
    height, width = pixels.shape[1:3]
    small = resize(pixels, scaled(width, 1 / down), scaled(height, 1 / down), "area")
    return np.clip(resize(small, width, height, "bicubic"), 0, 1)


def color_grid(pixels: Pixels, edge: int) -> Pixels:
    """Fill squares with their mean colour.

    Args:
        pixels: Pictures with three channels, 0 to 1.
        edge: Of a square in pixels; the squares are stretched a little so that none is cut.
    """
    height, width = pixels.shape[1:3]
    small = resize(pixels, max(1, width // edge), max(1, height // edge), "area")
    return resize(small, width, height, "nearest")


def shuffle(pixels: Pixels, seed: int) -> Pixels:
    """Pull pictures about until their forms are gone and their colours are left.

    All pictures of a batch are pulled about alike, so that films do not flicker.

    Args:
        pixels: Pictures with three channels, 0 to 1.
        seed: Fixes where every place goes.

    Source:
        The content shuffle of ControlNet 1.1: Zhang 2023, github.com/lllyasviel/ControlNet-v1-1.
    """
    height, width = pixels.shape[1:3]
    random = np.random.default_rng(seed)
    across = _waves(random, height, width) * np.float32(width - 1)
    down = _waves(random, height, width) * np.float32(height - 1)
    return each(
        pixels,
        lambda item: np.asarray(
            cv2.remap(item, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT),
            np.float32,
        ).reshape(item.shape),
    )


def _waves(random: np.random.Generator, height: int, width: int) -> Plane:
    """Return smooth noise from 0 to 1."""
    coarse = random.random((height // _WAVES + 2, width // _WAVES + 2), np.float32)
    size = coarse.shape[1] * _WAVES, coarse.shape[0] * _WAVES
    fine = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)
    cut = fine[_WAVES // 2 :, _WAVES // 2 :][:height, :width]
    low, high = cut.min(), cut.max()
    return np.asarray((cut - low) / max(high - low, np.float32(1e-6)), np.float32)


def recolor(pixels: Pixels, by: Brightness, gamma: float) -> Pixels:
    """Leave the brightness of pictures, for networks that colour them anew.

    Args:
        pixels: Pictures with three channels, 0 to 1.
        by: ``luminance`` is the lightness of CIE Lab, ``intensity`` the strongest channel.
        gamma: Power of the result; above 1 is darker.
    """

    def work(item: Pixels) -> Plane:
        if by == "intensity":
            plane = item.max(-1)
        else:
            plane = cv2.cvtColor(item, cv2.COLOR_RGB2LAB)[..., 0] / np.float32(100)
        return np.asarray(np.clip(plane, 0, 1) ** np.float32(gamma), np.float32)

    return each(pixels, work)


def inpaint_hint(pixels: Pixels, mask: NDArray[np.float32]) -> Pixels:
    """Mark what is to be drawn anew: -1 in all channels, as inpaint ControlNets were trained.

    Args:
        pixels: Pictures with three channels, 0 to 1.
        mask: float32 ``(batch or 1, height, width)``, of any size; one half and more is marked.

    Raises:
        ShapeError: There are other masks than pictures.
    """
    if len(mask) not in (1, len(pixels)):
        raise ShapeError(
            f"there are {len(mask)} masks for {len(pixels)} pictures",
            fix="link one mask, or one for each picture",
        )
    height, width = pixels.shape[1:3]
    marked = resize_mask(mask, width, height) >= np.float32(0.5)
    return np.where(marked[..., None], np.float32(_UNKNOWN), pixels)
