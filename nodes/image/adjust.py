"""Adjust the tones and colours of an image."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range


@node("image.adjust", category="Image", title="Adjust")
def adjust(
    image: Image,
    brightness: Annotated[float, Range(-1, 1, step=0.01)] = 0.0,
    contrast: Annotated[float, Range(0, 4, step=0.01)] = 1.0,
    gamma: Annotated[float, Range(0.1, 10, step=0.01, scale="log")] = 1.0,
    saturation: Annotated[float, Range(0, 4, step=0.01)] = 1.0,
    hue: Annotated[float, Range(-180, 180, step=1, unit="°")] = 0.0,
) -> Image:
    """Change brightness, contrast, gamma, saturation and hue, in this order.

    Works on sRGB-encoded values. Alpha stays. What leaves the range of 0 to 1 is kept for the nodes
    behind it and cut off only when it is saved.

    Args:
        image: Any size and batch. Grey images have no saturation and hue to change.
        brightness: Added to all colours.
        contrast: Factor of the distance from middle grey; 1 changes nothing.
        gamma: Above 1 lifts the middle tones, below 1 lowers them; black and white stay.
        saturation: Factor of the distance from grey; 0 is grey, 1 changes nothing.
        hue: Turn round the circle of colours.

    Source:
        W3C Filter Effects Module Level 1.
    """
    from studio.diffusion.pixels import filters

    return Image(filters.adjust(image.pixels, brightness, contrast, gamma, saturation, hue))
