"""See what everything is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Annotator, Image
from studio.core.widgets import ModelFile
from studio.diffusion.hints.common import (
    Hint,
    InputRange,
    PixelPerfect,
    Resolution,
    TargetFit,
    TargetSide,
)

_FITTING = (
    "the folders segformer-b0-finetuned-ade-512-512 by nvidia or upernet-convnext-small by "
    "openmmlab, from Hugging Face, or such a network as an ONNX file"
)


@node(
    "control.segment", category="Control", title="Segments",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def segment(
    image: Image,
    file: Annotated[Path, ModelFile("annotators", _FITTING)],
    numbers: InputRange = "imagenet",
    resolution: Resolution = 512,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
    *,
    ctx: Context,
) -> Steps[Hint]:
    """Paint every pixel in the colour of what it belongs to, for segmentation ControlNets.

    The colours are those of the 150 classes of ADE20K.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        file: A folder of transformers, or an ONNX file, with a network that knows these classes.
        numbers: What an ONNX file wants its pixels as: ``imagenet`` normalised, ``unit`` 0 to 1,
            ``byte`` 0 to 255, ``signed`` -1 to 1. A folder says that itself.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file cannot be read.
        UnsupportedError: It holds another kind of network.
        RangeError: The resolution is neither 0 nor 64 to 2048.
        ShapeError: The image is empty, or the network does not take its size.
        NotFiniteError: The image or the network holds values that are not numbers.

    Source:
        Zhou et al. 2017, Scene Parsing through ADE20K Dataset; Xie et al. 2021, arXiv:2105.15203.
    """
    from studio.diffusion.hints import maps
    from studio.diffusion.hints.pictures import prepared, steps

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize)
    with ctx.on_device(Annotator(str(file), part="segment")) as network:
        made = yield from ticks(
            steps(pixels, partial(maps.segments, network, numbers=numbers)),
            lambda done: Progress(*done),
        )
    return Hint(Image(made))
