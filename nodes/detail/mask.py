"""Make masks of detections."""

from __future__ import annotations

from typing import Annotated

from studio.core.context import Context
from studio.core.define import node
from studio.core.values import Detections, Mask
from studio.core.widgets import Range
from studio.diffusion.detail.settings import Brush, MaskShape, Merge, Shape


@node("detail.mask", category="Detail", title="Mask detections")
def mask_detections(
    detections: Detections,
    mask: Mask | None = None,
    shape: Shape = "auto",
    offset_x: Annotated[int, Range(-4096, 4096, unit=" px")] = 0,
    offset_y: Annotated[int, Range(-4096, 4096, unit=" px")] = 0,
    grow: Annotated[int, Range(-512, 512, unit=" px")] = 4,
    brush: Brush = "square",
    merge: Merge = "none",
    blur: Annotated[float, Range(0, 256, step=0.5, unit=" px")] = 4.0,
    *,
    ctx: Context,
) -> Mask:
    """Draw a mask for everything that was found, to be redrawn one after the other.

    Item k is detection k, picture by picture. What is erased, too small or off the given mask keeps
    its place as a black item, which Redraw details passes over.

    Args:
        detections: What was found.
        mask: Only what meets this mask is kept. One for all pictures, or one for each.
        shape: ``box``, the ``ellipse`` inside it, or the outline that some detectors give
            (``segment``; the box where there is none). ``auto`` is the best there is.
        offset_x: Moves masks to the right.
        offset_y: Moves masks upwards.
        grow: Moves outlines outwards, or inwards when it is negative.
        brush: Shape that they grow by.
        merge: ``merge`` makes one mask of all that was found in a picture; ``merge_invert`` takes
            everything else instead.
        blur: Softens outlines with a Gaussian of this standard deviation, last of all.

    Raises:
        ShapeError: The given mask has other proportions, or another number of items.
    """
    from studio.diffusion.detail.masks import detection_masks

    look = MaskShape(shape, offset_x, offset_y, grow, brush, merge, blur)
    chosen = None if mask is None else mask.pixels
    made = detection_masks(detections, look, chosen, ctx.warn)
    return Mask(made.pixels, made.pictures)
