"""Find edges."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range
from studio.diffusion.hints.common import Hint, PixelPerfect, Resolution, TargetFit, TargetSide


@node(
    "control.canny", category="Control", title="Canny edges",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def canny(
    image: Image,
    low: Annotated[int, Range(1, 255)] = 100,
    high: Annotated[int, Range(1, 255)] = 200,
    aperture: Literal["3", "5", "7"] = "3",
    l2: bool = False,
    resolution: Resolution = 0,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
) -> Hint:
    """Find the edges of a picture: thin white lines on black, for canny ControlNets.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        low: Change of brightness at which an edge that has begun goes on.
        high: Change of brightness at which an edge begins.
        aperture: Width of the filter that measures it, in pixels; wider ones find more.
        l2: Whether the length of the gradient counts instead of the sum of its parts.

    Raises:
        RangeError: The resolution is neither 0 nor 64 to 2048.
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.

    Source:
        Canny 1986, A computational approach to edge detection.
    """
    from studio.diffusion.hints import lines
    from studio.diffusion.hints.pictures import prepared

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize)
    return Hint(Image(lines.canny(pixels, low, high, int(aperture), l2)))
