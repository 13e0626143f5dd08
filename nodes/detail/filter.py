"""Choose among detections."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.boxes import NO_EDITS, BoxEdits
from studio.core.context import Context
from studio.core.define import node
from studio.core.values import Detections, Mask
from studio.core.widgets import Boxes, Range, Text


@node(
    "detail.filter", category="Detail", title="Filter detections",
    floors={"area_max": "area_min"},
)  # fmt: skip
def filter_detections(
    detections: Detections,
    mask: Mask | None = None,
    top: Annotated[int, Range(0, 100)] = 0,
    by: Literal["area", "confidence"] = "area",
    area_min: Annotated[float, Range(0, 1, step=0.01)] = 0.0,
    area_max: Annotated[float, Range(0, 1, step=0.01)] = 1.0,
    labels: Annotated[str, Text(limit=4096)] = "",
    order: Literal[
        "none", "left_right", "top_down", "centre_edge", "area", "confidence"
    ] = "left_right",
    edits: Annotated[BoxEdits, Boxes()] = NO_EDITS,
    *,
    ctx: Context,
) -> Detections:
    """Keep some of what was found, change it by hand, and put it in order.

    Edits made by hand come first: what was unticked takes no place among the top. What was added by
    hand always stays. Ids stay what they were.

    Args:
        detections: What was found.
        mask: Keeps what it touches, one for all pictures or one for each; nothing linked keeps all.
        top: How many of each picture stay; 0 is all.
        by: Whether the largest or the most certain are the top.
        area_min: Least share of the picture that a box covers.
        area_max: Most share of the picture that a box covers.
        labels: Names that stay, joined by commas; empty is all.
        order: The order in which they are worked on.
        edits: What was unticked, moved and added on the picture. It belongs to the detections that
            it was made for: when those change, nothing of it is done until it is taken over.

    Raises:
        RangeError: The most area is below the least.
        ShapeError: There is another number of masks than of pictures, or of other proportions.
    """
    from studio.diffusion.detect.choosing import Choice, chosen

    choice = Choice(top, by, area_min, area_max, labels, order)
    return chosen(detections, choice, edits, mask, ctx.warn)
