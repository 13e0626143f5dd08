"""Make a mask from an alpha channel."""

from __future__ import annotations

from typing import Literal

from studio.core.define import node
from studio.core.values import Image, Mask


@node("image.mask_from_alpha", category="Image", title="Mask from alpha")
def mask_from_alpha(image: Image, change: Literal["transparent", "opaque"] = "transparent") -> Mask:
    """Turn the alpha channel of an image into a mask.

    Args:
        image: Any size and batch; without an alpha channel it counts as opaque everywhere.
        change: Which parts change: the erased ones, or those that are there.
    """
    from studio.diffusion.pixels.masks import from_alpha

    clear = from_alpha(image.pixels)
    return Mask(clear if change == "transparent" else 1 - clear)
