"""Leave the brightness."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint


@node("control.recolor", category="Control", title="Recolour hint")
def recolor(
    image: Image,
    by: Literal["luminance", "intensity"] = "luminance",
    gamma: Annotated[float, Range(0.1, 2, step=0.05)] = 1.0,
) -> Hint:
    """Leave the brightness of a picture, for ControlNets that colour it anew.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        by: ``luminance`` is how light it looks, ``intensity`` its strongest channel.
        gamma: Above 1 darkens the middle tones, below 1 lightens them.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.
    """
    from studio.diffusion.hints import colours
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(colours.recolor(opaque(image.pixels), by, gamma)))
