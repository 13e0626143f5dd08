"""Take a film apart."""

from __future__ import annotations

from typing import NamedTuple

from studio.core.context import Context, Steps
from studio.core.define import node
from studio.core.values import Frames, Image, Sequence


class Stills(NamedTuple):
    """The frames of a film, and how fast they follow each other.

    Attributes:
        images: One picture for each frame; read when it is needed.
        fps: Frames a second.
    """

    images: Sequence[Image]
    fps: float


@node("image.from_frames", category="Image", title="Frames to images")
def images_of_frames(frames: Frames, *, ctx: Context) -> Steps[Stills]:
    """Make a list of the frames of a film, for nodes that take one picture.

    Linked to an input that takes one image, the nodes behind it run once for each frame: hints,
    detail passes, and everything else. Frames that are alike to the last bit run once.

    Args:
        frames: The film. Take only a part of a long one at first: each frame becomes a file.

    Raises:
        MissingFileError: The film is gone.
        DamagedFileError: The film ends early.
        WriteError: The disk is full.
    """
    from studio.diffusion.stills import apart

    return Stills((yield from apart(frames, ctx.folder)), frames.fps)
