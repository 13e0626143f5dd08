"""Invert for a ControlNet."""

from __future__ import annotations

from studio.core.define import node
from studio.core.values import Image
from studio.diffusion.hints.common import Hint


@node("control.invert", category="Control", title="Invert hint")
def invert(image: Image) -> Hint:
    """Turn black lines on white into white lines on black, as ControlNets want them.

    Args:
        image: Any size and batch; a transparent one is laid on white.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.
    """
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(1 - opaque(image.pixels, "white")))
