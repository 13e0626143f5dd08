"""Blur for a ControlNet."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint


@node("control.blur", category="Control", title="Blur hint")
def blur(
    image: Image,
    sigma: Annotated[float, Range(0.01, 64, step=0.5, unit=" px")] = 9.0,
) -> Hint:
    """Blur a picture with a Gaussian, for blur and tile ControlNets.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        sigma: Standard deviation of the Gaussian.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.
    """
    from studio.diffusion.hints import colours
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(colours.blur(opaque(image.pixels), sigma)))
