"""Draw line art."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint, PixelPerfect, Resolution, TargetFit, TargetSide


@node(
    "control.line_art", category="Control", title="Line art",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def line_art(
    image: Image,
    sigma: Annotated[float, Range(0.1, 32, step=0.1, unit=" px")] = 6.0,
    intensity: Annotated[float, Range(0, 16, step=0.5)] = 8.0,
    resolution: Resolution = 0,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
) -> Hint:
    """Draw the lines of a picture with their weights: white on black, for line art ControlNets.

    Args:
        image: Any size and batch; a transparent one is laid on white.
        sigma: Width of the surroundings that a line is told from; wider draws broader lines.
        intensity: Contrast of 8-bit values below which a line does not count for the strength of
            all.

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
    return Hint(Image(lines.line_art(pixels, sigma, intensity)))
