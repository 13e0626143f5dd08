"""Take away detail."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint


@node("control.tile", category="Control", title="Tile hint")
def tile(
    image: Image,
    down: Annotated[float, Range(1, 8, step=0.25)] = 1.0,
) -> Hint:
    """Take the fine detail from a picture, for tile ControlNets, which draw it anew.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        down: How many times smaller the picture is whose detail is left; 1 changes nothing.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.
    """
    from studio.diffusion.hints import colours
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(colours.tile(opaque(image.pixels), down)))
