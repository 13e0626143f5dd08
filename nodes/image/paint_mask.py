"""Use a painted mask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import Image, Mask
from studio.core.widgets import Paint, Range


@node("image.paint_mask", category="Image", title="Paint mask")
def paint_mask(
    image: Image,
    mask: Annotated[Path, Paint()] = Path(),
    invert: bool = False,
    grow: Annotated[int, Range(-256, 256, unit=" px")] = 0,
    feather: Annotated[float, Range(0, 256, step=0.5, unit=" px")] = 0.0,
) -> Mask:
    """Take a mask that was painted over an image.

    Args:
        image: Sets the size; a mask of another size is resized softly.
        mask: The painted picture: white changes, black keeps; transparent counts as black. Nothing
            painted keeps everything.
        invert: Whether painted and unpainted change places; before it grows.
        grow: Moves the outline outwards, or inwards when it is negative.
        feather: Softens the outline with a Gaussian of this standard deviation.

    Raises:
        MissingFileError: The painted picture is gone.
        DamagedFileError: It cannot be read.
    """
    from studio.diffusion.pixels import masks
    from studio.media.pictures import read_pixels

    height, width = image.pixels.shape[1:3]
    painted = masks.from_painting(read_pixels(mask)) if mask.name else None
    made = masks.shaped(painted, width, height, invert=invert, grown=grow, feathered=feather)
    return Mask(made)
