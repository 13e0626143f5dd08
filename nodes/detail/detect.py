"""Find things in pictures."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Detections, Detector, Image, Mask
from studio.core.widgets import Range, Text


@node(
    "detail.detect", category="Detail", title="Detect",
    stand_ins={"detector": "starter/toyworld_faces.onnx"},
)  # fmt: skip
def detect(
    image: Image,
    detector: Detector | None = None,
    mask: Mask | None = None,
    confidence: Annotated[float, Range(0, 1, step=0.01)] = 0.3,
    iou: Annotated[float, Range(0, 1, step=0.01)] = 0.7,
    classes: Annotated[str, Text(limit=4096)] = "",
    boxes: Annotated[str, Text(lines=3)] = "",
    *,
    ctx: Context,
) -> Steps[Detections]:
    """Find faces, people or things in each picture of a batch.

    Without a detector, a mask or boxes, the small face detector of the toy world looks. What was
    found is numbered in reading order from 1, through the whole batch.

    Args:
        image: Any size and batch.
        detector: The network that looks.
        mask: Each separate region of it is a detection, with its outline.
        confidence: Least confidence of a detection.
        iou: How far boxes of one class may overlap: intersection over union.
        classes: Names or numbers of the classes that count, joined by commas; empty is all.
        boxes: Boxes given by hand, one a line: left, top, right and bottom in pixels, and a name.

    Raises:
        RangeError: The detector has no such class, or a line is no box.
        ShapeError: There is another number of masks than of pictures, or they have other
            proportions, or the detector's answer has a form that is not known.
        NotFiniteError: The detector answers with values that are not numbers.
    """
    from studio.diffusion.detect.finding import Look, find
    from studio.diffusion.detect.loading import starter

    by_hand = mask is not None or boxes.strip()
    handle = detector or (None if by_hand else Detector(starter().as_posix()))
    look = Look(confidence, iou, classes, boxes)
    drawn = mask.pixels if mask else None
    with ctx.on_device(handle) if handle else nullcontext() as network:
        walk = find(network, image.pixels, look, drawn, ctx.warn)
        return (yield from ticks(walk, lambda step: Progress(step.done, step.total)))
