"""Blur an image."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range


@node("image.blur", category="Image", title="Blur")
def blur(
    image: Image,
    radius: Annotated[float, Range(0, 256, step=0.5, unit=" px")] = 4.0,
) -> Image:
    """Blur an image with a Gaussian.

    Works on sRGB-encoded values and mirrors the picture at its edges; with an alpha channel,
    invisible colours do not bleed in.

    Args:
        image: Any size and batch.
        radius: Standard deviation of the Gaussian; 0 changes nothing.
    """
    from studio.diffusion.pixels.filters import gaussian

    return Image(gaussian(image.pixels, radius))
