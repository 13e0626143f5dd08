"""See the depth."""

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
    Nearer,
    PixelPerfect,
    Resolution,
    TargetFit,
    TargetSide,
)

_FITTING = (
    "the folders Depth-Anything-V2-Small-hf by depth-anything or dpt-large by Intel, "
    "or MiDaS as an ONNX file, from Hugging Face"
)


@node(
    "control.depth", category="Control", title="Depth",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def depth(
    image: Image,
    file: Annotated[Path, ModelFile("annotators", _FITTING)],
    nearer: Nearer = "auto",
    numbers: InputRange = "imagenet",
    resolution: Resolution = 512,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
    *,
    ctx: Context,
) -> Steps[Hint]:
    """See how near everything in a picture is: white is near, for depth ControlNets.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        file: A folder of transformers with a network for depth, or an ONNX file that gives one map.
        nearer: Whether what the network gives large numbers is near (``bright``) or far (``dark``);
            ``auto`` knows it of folders and takes ONNX files as ``bright``.
        numbers: What an ONNX file wants its pixels as: ``imagenet`` normalised, ``unit`` 0 to 1,
            ``byte`` 0 to 255, ``signed`` -1 to 1. Folders say it themselves.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file cannot be read.
        UnsupportedError: It holds another kind of network.
        RangeError: The resolution is neither 0 nor 64 to 2048.
        ShapeError: The image is empty, or the network does not take its size.
        NotFiniteError: The image or the network holds values that are not numbers.

    Source:
        Yang et al. 2024, Depth Anything V2, arXiv:2406.09414; Ranftl et al. 2021, arXiv:2103.13413.
    """
    from studio.diffusion.hints import maps
    from studio.diffusion.hints.pictures import prepared, steps

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize)
    with ctx.on_device(Annotator(str(file), part="depth")) as network:
        made = yield from ticks(
            steps(pixels, partial(maps.depth, network, numbers=numbers, nearer=nearer)),
            lambda done: Progress(*done),
        )
    return Hint(Image(made))
