"""See which way surfaces look."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Annotator, Image
from studio.core.widgets import ModelFile, Range, When
from studio.diffusion.hints.common import (
    Hint,
    InputRange,
    Nearer,
    PixelPerfect,
    Resolution,
    TargetFit,
    TargetSide,
)

_WIDGET = ModelFile(
    "annotators",
    "NormalBae exported to ONNX for normals, or Depth-Anything-V2-Small-hf for depth, from "
    "Hugging Face",
    optional=True,
)
_BY_DEPTH = ("depth_hint", "depth_network")
_BY_FILE = ("depth_network", "normal_network")


@node(
    "control.normal", category="Control", title="Normals",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def normal(
    image: Image,
    by: Literal["depth_hint", "depth_network", "normal_network"] = "depth_hint",
    file: Annotated[Path, _WIDGET, When("by", _BY_FILE)] = Path(),
    strength: Annotated[float, Range(0.1, 32, step=0.1), When("by", _BY_DEPTH)] = 4.0,
    background: Annotated[float, Range(0, 1, step=0.01), When("by", _BY_DEPTH)] = 0.0,
    nearer: Annotated[Nearer, When.equal("by", "depth_network")] = "auto",
    numbers: Annotated[InputRange, When("by", _BY_FILE)] = "imagenet",
    resolution: Resolution = 512,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
    *,
    ctx: Context,
) -> Steps[Hint]:
    """See which way surfaces look: red is left, green up, blue to the front, for normal ControlNets.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        by: ``depth_hint`` takes the image for a depth map already, white near; ``depth_network``
            sees the depth first; ``normal_network`` sees the normals at once.
        file: A network for depth, as Depth takes it, or an ONNX file that gives normals.
        strength: How steep the depth is taken for.
        background: Nearness below which everything is flat.
        nearer: Whether what the network gives large numbers is near (``bright``) or far (``dark``).
        numbers: What an ONNX file wants its pixels as: ``imagenet`` normalised, ``unit`` 0 to 1,
            ``byte`` 0 to 255, ``signed`` -1 to 1.

    Raises:
        MissingInputError: A network is asked for and no file is chosen.
        MissingFileError: There is no such file.
        DamagedFileError: The file cannot be read.
        UnsupportedError: It holds another kind of network.
        RangeError: The resolution is neither 0 nor 64 to 2048.
        ShapeError: The image is empty, or the network does not take its size.
        NotFiniteError: The image or the network holds values that are not numbers.

    Source:
        Bae et al. 2021, arXiv:2109.09881; colours as of ControlNet 1.1.
    """
    from studio.core.errors import MissingInputError
    from studio.diffusion.hints import maps
    from studio.diffusion.hints.pictures import each, grey, prepared, steps

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize)
    if by == "depth_hint":
        return Hint(
            Image(each(pixels, lambda item: maps.normals(grey(item), strength, background)))
        )
    if file == Path():
        raise MissingInputError(_WIDGET.nothing, fix="or link a depth hint")
    part = "depth" if by == "depth_network" else ""
    with ctx.on_device(Annotator(str(file), part=part)) as network:
        see = (
            partial(maps.depth_normals, network, numbers=numbers, nearer=nearer,
                    strength=strength, background=background)
            if part else partial(maps.seen_normals, network, numbers=numbers)
        )  # fmt: skip
        made = yield from ticks(steps(pixels, see), lambda done: Progress(*done))
    return Hint(Image(made))
