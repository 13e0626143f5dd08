"""Blend images."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Image, Mask
from studio.core.widgets import Range


@node("image.blend", category="Image", title="Blend")
def blend(
    images: tuple[Image, ...],
    mask: Mask | None = None,
    mode: Literal[
        "normal", "multiply", "screen", "overlay", "darken", "lighten", "color_dodge", "color_burn",
        "hard_light", "soft_light", "difference", "exclusion", "add", "subtract", "divide",
    ] = "normal",
    opacity: Annotated[float, Range(0, 1, step=0.01)] = 1.0,
) -> Image:  # fmt: skip
    """Lay images over each other.

    The first is the lowest. Works on sRGB-encoded values, as picture editors do by default. Grey and
    coloured images and those with alpha may be mixed; a batch of one goes with all items.

    Args:
        images: Two or more of the same size, from the lowest to the topmost.
        mask: Where the upper images are seen; softly resized when it has another size.
        mode: How colours mix where both are seen.
        opacity: Of each upper image.

    Raises:
        MissingInputError: No image is linked.
        ShapeError: The images differ in size, or in the length of their batches.

    Source:
        W3C Compositing and Blending Level 1.
    """
    from functools import reduce

    from studio.core.errors import MissingInputError
    from studio.diffusion.pixels import blending
    from studio.diffusion.pixels.masks import resize_mask

    if not images:
        raise MissingInputError("no image is linked", fix="link two or more")
    height, width = images[0].pixels.shape[1:3]
    where = None if mask is None else resize_mask(mask.pixels, width, height)
    layers = [image.pixels for image in images]
    return Image(
        reduce(lambda below, above: blending.blend(below, above, mode, opacity, where), layers)
    )
