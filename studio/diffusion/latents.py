"""Makes latents and changes their size, without any network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from studio.core.errors import RangeError

if TYPE_CHECKING:
    from studio.facts.families import Family

PIXELS = 8
"""Pixels a side that one latent stands for."""
MOST = 8192
"""Most pixels a side."""
Method = Literal["nearest", "bilinear", "bicubic", "area"]


def empty(family: Family, width: int, height: int, batch: int) -> Tensor:
    """Return latents of nothing: zeros ``(batch, channels, height / 8, width / 8)``.

    Args:
        family: Says how many channels there are.
        width: Width in pixels, a multiple of 8.
        height: Height in pixels, a multiple of 8.
        batch: How many.
    """
    return torch.zeros(batch, family.latent_channels, height // PIXELS, width // PIXELS)


def resize(samples: Tensor, scale: float, method: Method) -> Tensor:
    """Change the size of latents.

    Args:
        samples: float32 ``(batch, channels, height, width)``; kept as they are.
        scale: Factor of both sides; the result is rounded to whole latents, at least one.
        method: ``area`` averages, and repeats when it enlarges; ``bilinear`` and ``bicubic``
            average first when they make smaller.

    Raises:
        RangeError: A side would be over 8192 pixels.
    """
    height, width = (max(1, round(side * scale)) for side in samples.shape[2:])
    if max(height, width) * PIXELS > MOST:
        raise RangeError(
            f"{scale:g} times the size is {width * PIXELS} x {height * PIXELS} pixels",
            fix=f"stay below {MOST} pixels a side",
        )
    smooth = method in ("bilinear", "bicubic")
    return interpolate(samples, (height, width), mode=method, antialias=smooth and scale < 1)
