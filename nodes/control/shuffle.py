"""Shuffle the content."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Seed
from studio.diffusion.hints.common import Hint


@node("control.shuffle", category="Control", title="Shuffle")
def shuffle(
    image: Image,
    seed: Annotated[int, Seed()] = 0,
) -> Hint:
    """Pull a picture about until its forms are gone and its colours are left, for shuffle ControlNets.

    All pictures of a batch are pulled about alike, so that films do not flicker.

    Args:
        image: Any size and batch; a transparent one is laid on black.
        seed: Fixes where every place goes.

    Raises:
        ShapeError: The image is empty.
        NotFiniteError: It holds values that are not numbers.

    Source:
        Content shuffle of ControlNet 1.1, github.com/lllyasviel/ControlNet-v1-1-nightly.
    """
    from studio.diffusion.hints import colours
    from studio.diffusion.hints.pictures import opaque

    return Hint(Image(colours.shuffle(opaque(image.pixels), seed)))
