"""Find soft edges."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Annotator, Image
from studio.core.widgets import ModelFile, When
from studio.diffusion.hints.common import (
    Hint,
    InputRange,
    PixelPerfect,
    Resolution,
    TargetFit,
    TargetSide,
)

_WIDGET = ModelFile(
    "annotators", "HED, PiDiNet or TEED exported to ONNX, from Hugging Face", optional=True
)


@node(
    "control.soft_edge", category="Control", title="Soft edges",
    groups={"Size": ("resolution", "pixel_perfect", "width", "height", "resize")},
)  # fmt: skip
def soft_edge(
    image: Image,
    by: Literal["gradients", "network"] = "gradients",
    file: Annotated[Path, _WIDGET, When.equal("by", "network")] = Path(),
    numbers: Annotated[InputRange, When.equal("by", "network")] = "unit",
    resolution: Resolution = 512,
    pixel_perfect: PixelPerfect = False,
    width: TargetSide = 512,
    height: TargetSide = 512,
    resize: TargetFit = "crop",
    *,
    ctx: Context,
) -> Steps[Hint]:
    """Find the edges of a picture with their strength, for soft edge ControlNets.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        by: ``gradients`` at several widths need no file; a ``network`` knows which edges matter.
        file: An ONNX file that gives one map of edges.
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
        Xie and Tu 2015, Holistically-nested edge detection, arXiv:1504.06375.
    """
    from studio.core.errors import MissingInputError
    from studio.diffusion.hints import lines, maps
    from studio.diffusion.hints.pictures import prepared, steps

    target = (width, height) if pixel_perfect else None
    pixels = prepared(image.pixels, resolution, target, resize)
    if by == "gradients":
        return Hint(Image(lines.soft_edge(pixels)))
    if file == Path():
        raise MissingInputError(_WIDGET.nothing, fix="or take gradients, which need no file")
    with ctx.on_device(Annotator(str(file))) as network:
        walk = steps(pixels, partial(maps.soft_edges, network, numbers=numbers))
        made = yield from ticks(walk, lambda done: Progress(*done))
    return Hint(Image(made))
