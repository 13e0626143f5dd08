"""Change the size of a latent."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Latent
from studio.core.widgets import Range


@node("latent.upscale", category="Latent", title="Resize latent")
def upscale_latent(
    latent: Latent,
    scale: Annotated[float, Range(0.125, 8, step=0.25, scale="log")] = 2.0,
    method: Literal["nearest", "bilinear", "bicubic", "area"] = "nearest",
) -> Latent:
    """Make a latent larger or smaller, to be drawn over with a denoise of about 0.5.

    Its mask goes along. Decoded as it is, the result is blurred or blocky.

    Args:
        latent: Any size and batch.
        scale: Factor of width and height; the result is rounded to multiples of 8 pixels.
        method: ``nearest`` repeats and keeps contrast, ``bilinear`` and ``bicubic`` are smooth,
            ``area`` averages when it makes smaller.

    Raises:
        RangeError: The result would be over 8192 pixels wide or high.
        ShapeError: The latent is empty.
    """
    from studio.core.errors import ShapeError
    from studio.diffusion.latents import resize

    if 0 in latent.samples.shape:
        raise ShapeError(
            f"a latent of shape {tuple(latent.samples.shape)} is empty", fix="give it a size"
        )
    return replace(latent, samples=resize(latent.samples, scale, method))
