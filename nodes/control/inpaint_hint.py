"""Mark what is to be drawn anew."""

from __future__ import annotations

from studio.core.define import node
from studio.core.values import Image, Mask
from studio.diffusion.hints.common import Hint


@node("control.inpaint_hint", category="Control", title="Inpaint hint")
def inpaint_hint(image: Image, mask: Mask) -> Hint:
    """Mark the part of a picture that is to be drawn anew, for inpaint ControlNets.

    Marked pixels are -1 in all channels, as these networks were trained; they are shown as black.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        mask: What is to be drawn anew, from one half up. One for all pictures, or one for each.

    Raises:
        ShapeError: The image is empty, or there are other masks than pictures.
        NotFiniteError: It holds values that are not numbers.
    """
    from studio.diffusion.hints import colours
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(colours.inpaint_hint(opaque(image.pixels), mask.pixels)))
