"""Show colours in squares."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint


@node("control.color_grid", category="Control", title="Colour grid")
def color_grid(
    image: Image,
    edge: Annotated[int, Range(8, 256, step=8, unit=" px")] = 64,
) -> Hint:
    """Fill squares of a picture with their mean colour, for colour adapters.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        edge: Of the squares. They are stretched a little so that none is cut at the border.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.
    """
    from studio.diffusion.hints import colours
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(colours.color_grid(opaque(image.pixels), edge)))
