"""What the nodes of all preprocessors share: their result, and at which size they work.

Light, so that nodes may import it for the hints of their parameters.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from studio.core.errors import RangeError
from studio.core.values import Image
from studio.core.widgets import Range, When
from studio.diffusion.control.settings import Fit

LEAST, MOST = 64, 2048

InputRange = Literal["imagenet", "unit", "byte", "signed"]
Nearer = Literal["auto", "bright", "dark"]

Resolution = Annotated[
    int, Range(0, MOST, step=64, unit=" px"), When.equal("pixel_perfect", False),
    "Shorter side of the hint; 0 keeps the size of the picture.",
]  # fmt: skip
PixelPerfect = Annotated[bool, "Whether the hint gets as many pixels as will be seen of it."]
TargetSide = Annotated[
    int, Range(LEAST, 8192, step=8, unit=" px"), When.equal("pixel_perfect", True),
    "Of the picture that will be drawn.",
]  # fmt: skip
TargetFit = Annotated[
    Fit, When.equal("pixel_perfect", True),
    "How the hint will be brought to that size: as in Apply ControlNet.",
]  # fmt: skip


class Hint(NamedTuple):
    """What a ControlNet is shown.

    Attributes:
        hint: Three channels, 0 to 1, as many pictures as came in.
    """

    hint: Image


def working_size(
    size: tuple[int, int],
    resolution: int,
    target: tuple[int, int] | None = None,
    fit: Fit = "crop",
) -> tuple[int, int]:
    """Return the width and height at which a picture is looked at.

    Args:
        size: Width and height of the picture.
        resolution: Its shorter side afterwards; 0 leaves it as it is.
        target: Width and height of the picture that will be drawn; then as many pixels are taken as
            will be seen there, and `resolution` does not count.
        fit: How the hint will be brought to `target`: ``pad`` shows all of it, so the smaller of
            both factors counts; else the larger one does.

    Raises:
        RangeError: The resolution is neither 0 nor 64 to 2048.
    """
    shorter = min(size)
    if target is not None:
        factors = target[0] / size[0], target[1] / size[1]
        resolution = round(shorter * (min(factors) if fit == "pad" else max(factors)))
        resolution = min(max(resolution, LEAST), MOST)
    if resolution == 0:
        return size
    if not LEAST <= resolution <= MOST:
        raise RangeError(
            f"a resolution of {resolution} pixels is neither 0 nor {LEAST} to {MOST}",
            fix="give 0 to keep the size of the picture",
        )
    width, height = (max(1, round(side * resolution / shorter)) for side in size)
    return width, height
