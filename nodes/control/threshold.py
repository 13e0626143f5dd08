"""Make black and white."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range, When
from studio.diffusion.hints.common import Hint


@node("control.threshold", category="Control", title="Threshold")
def threshold(
    image: Image,
    by: Literal["level", "otsu"] = "level",
    level: Annotated[float, Range(0, 1, step=0.01), When.equal("by", "level")] = 0.5,
) -> Hint:
    """Make every pixel black or white, for ControlNets of lines and of QR codes.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        by: Whether a fixed level parts dark from light, or Otsu's method finds one for each picture.
        level: Brightness above which a pixel becomes white.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.

    Source:
        Otsu 1979, A threshold selection method from gray-level histograms.
    """
    from studio.diffusion.hints import lines
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(lines.threshold(opaque(image.pixels), None if by == "otsu" else level)))
