"""Resize an image."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range, When


@node("image.resize", category="Image", title="Resize")
def resize(
    image: Image,
    by: Literal["size", "scale"] = "size",
    width: Annotated[int, Range(1, 16384, unit=" px"), When.equal("by", "size")] = 512,
    height: Annotated[int, Range(1, 16384, unit=" px"), When.equal("by", "size")] = 512,
    aspect: Annotated[Literal["fit", "fill", "stretch"], When.equal("by", "size")] = "fit",
    scale: Annotated[
        float, Range(0.01, 64, step=0.05, scale="log"), When.equal("by", "scale")
    ] = 2.0,
    method: Literal["nearest", "bilinear", "bicubic", "lanczos", "area"] = "lanczos",
) -> Image:
    """Make an image larger or smaller.

    Works on sRGB-encoded values. Making smaller averages over all the pixels that meet, so nothing
    flickers or aliases; with an alpha channel, invisible colours do not bleed in.

    Args:
        image: Any size and batch.
        by: Whether the new size or a factor is given.
        width: New width, or that of the box.
        height: New height, or that of the box.
        aspect: ``fit`` keeps the proportions and stays inside the box, ``fill`` keeps them and cuts
            off evenly what stands over, ``stretch`` takes exactly this width and height.
        scale: Factor of both width and height.
        method: ``nearest`` keeps hard pixels, ``area`` averages, ``lanczos`` is the sharpest.

    Raises:
        RangeError: The result would be wider or higher than 16384 pixels.
    """
    from studio.core.errors import RangeError
    from studio.diffusion.pixels.filters import resize as resample
    from studio.diffusion.pixels.filters import resize_to, scaled

    if by == "size":
        return Image(resize_to(image.pixels, width, height, aspect, method))
    size = scaled(image.pixels.shape[2], scale), scaled(image.pixels.shape[1], scale)
    if max(size) > 16384:
        text = f"{scale:g} times the size is {size[0]} x {size[1]} pixels"
        raise RangeError(text, fix="stay below 16384 pixels a side")
    return Image(resample(image.pixels, *size, method))
