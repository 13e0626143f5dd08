"""Make a film of images."""

from __future__ import annotations

from typing import Annotated

from studio.core.context import Context, Steps
from studio.core.define import node
from studio.core.values import Frames, Image, Sequence
from studio.core.widgets import Range


@node("image.to_frames", category="Image", title="Images to frames")
def frames_of_images(
    images: Sequence[Image],
    fps: Annotated[float, Range(0.01, 1000, step=1)] = 8.0,
    *,
    ctx: Context,
) -> Steps[Frames]:
    """Make a film of a list of images, in their order.

    What nodes made of each frame or of each picture of a folder becomes a film again, to be saved
    or enlarged. A list that was computed is in memory as a whole while it is written.

    Args:
        images: All of one size; a batch among them gives as many frames as it has pictures.
        fps: Frames a second.

    Raises:
        ShapeError: Two images differ in size, or there are none.
        WriteError: The disk is full.
    """
    from studio.diffusion.stills import together

    return (yield from together(images, ctx.folder, fps))
