"""See how people stand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from studio.core.context import Context, Progress, Steps
from studio.core.define import node
from studio.core.values import Annotator, Detections, Image, Poses
from studio.core.widgets import ModelFile, Range
from studio.diffusion.hints.common import PixelPerfect, Resolution, TargetFit, TargetSide

_FITTING = (
    "yolo11n-pose, RTMPose or DWPose (dw-ll_ucoco_384) as ONNX files, or the folder "
    "vitpose-base-simple by usyd-community, from Hugging Face"
)


class SeenPoses(NamedTuple):
    """What was seen of people.

    Attributes:
        hint: People drawn on black as OpenPose does, as many pictures as came in.
        poses: Their points, to be changed and drawn by Draw pose.
    """

    hint: Image
    poses: Poses


@node(
    "control.pose", category="Control", title="Pose",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def pose(
    image: Image,
    people: Detections | None,
    file: Annotated[Path, ModelFile("annotators", _FITTING)],
    confidence: Annotated[float, Range(0, 1, step=0.05)] = 0.3,
    hands: bool = True,
    face: bool = True,
    resolution: Resolution = 512,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
    *,
    ctx: Context,
) -> Steps[SeenPoses]:
    """See how people stand, and draw it as OpenPose does, for pose ControlNets.

    YOLO-pose finds the people itself. The other networks look at one at a time: link where people
    were detected, or each picture is taken for one person.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        people: Where people are, for networks that look at one at a time.
        file: An ONNX file, or a folder of transformers with a ViTPose.
        confidence: Below which people and points are left out.
        hands: Whether hands are kept, where the network sees them.
        face: Whether the face is kept, where the network sees it.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file cannot be read.
        UnsupportedError: It holds another kind of network.
        RangeError: The resolution is neither 0 nor 64 to 2048.
        ShapeError: The image is empty, or the people are of another number of pictures.
        NotFiniteError: The image or the network holds values that are not numbers.

    Source:
        Jiang et al. 2023, RTMPose, arXiv:2303.07399; Yang et al. 2023, DWPose, arXiv:2307.15880;
        Xu et al. 2022, ViTPose, arXiv:2204.12484.
    """
    import numpy as np

    from studio.diffusion.hints import figures
    from studio.diffusion.hints.people import Wanted, boxes_for, see
    from studio.diffusion.hints.pictures import prepared

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize)
    size = pixels.shape[2], pixels.shape[1]
    boxes = boxes_for(people, len(pixels), *size)
    wanted = Wanted(confidence, hands, face)
    seen = []
    with ctx.on_device(Annotator(str(file), part="pose")) as network:
        for item, places in zip(pixels, boxes, strict=True):
            seen.append(see(network, item, places, wanted))
            yield Progress(len(seen), len(pixels))
    drawn = np.stack([figures.draw(item, *size) for item in seen])
    return SeenPoses(Image(drawn), Poses(tuple(seen), size))
