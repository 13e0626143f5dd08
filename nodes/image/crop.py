"""Crop an image."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range, When


@node("image.crop", category="Image", title="Crop")
def crop(
    image: Image,
    width: Annotated[int, Range(1, 16384, unit=" px")] = 512,
    height: Annotated[int, Range(1, 16384, unit=" px")] = 512,
    anchor: Literal["center", "corner"] = "center",
    left: Annotated[int, Range(0, 16383, unit=" px"), When.equal("anchor", "corner")] = 0,
    top: Annotated[int, Range(0, 16383, unit=" px"), When.equal("anchor", "corner")] = 0,
) -> Image:
    """Cut a rectangle out of an image.

    Args:
        image: At least as large as the rectangle.
        width: Width of the rectangle.
        height: Height of the rectangle.
        anchor: Whether the rectangle is in the middle, or placed by its upper left corner.
        left: Distance from the left edge.
        top: Distance from the upper edge.

    Raises:
        ShapeError: The rectangle reaches beyond the image.
    """
    from studio.diffusion.pixels import filters

    if anchor == "center":
        return Image(filters.crop_middle(image.pixels, width, height))
    return Image(filters.crop(image.pixels, left, top, width, height))
