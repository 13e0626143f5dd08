"""Draw a scribble."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint, PixelPerfect, Resolution, TargetFit, TargetSide


@node(
    "control.scribble", category="Control", title="Scribble",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def scribble(
    image: Image,
    threshold: Annotated[float, Range(1, 64, step=1)] = 32.0,
    resolution: Resolution = 0,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
) -> Hint:
    """Draw the strokes of a picture as a child would: white on black, for scribble ControlNets.

    A stroke is where the picture is darker than its surroundings: pencil, outlines, folds.


    Args:
        image: Any size and batch; a transparent one is laid on white.
        threshold: How much darker a stroke is; lower draws more.

    Raises:
        RangeError: The resolution is neither 0 nor 64 to 2048.
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.

    Source:
        Winnemoeller et al. 2012, XDoG: An eXtended difference-of-Gaussians compendium.
    """
    from studio.diffusion.hints import lines
    from studio.diffusion.hints.pictures import prepared

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize, "white")
    return Hint(Image(lines.scribble(pixels, threshold)))
