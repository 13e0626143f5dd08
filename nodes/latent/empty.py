"""Make an empty latent."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.values import DiffusionModel, Latent
from studio.core.widgets import Range


@node("latent.empty", category="Latent", title="Empty latent")
def empty_latent(
    model: DiffusionModel,
    width: Annotated[int, Range(64, 8192, step=8, unit=" px", multiple=8)] = 512,
    height: Annotated[int, Range(64, 8192, step=8, unit=" px", multiple=8)] = 512,
    batch: Annotated[int, Range(1, 256)] = 1,
) -> Latent:
    """Make a latent with nothing in it, to draw on from noise.

    Args:
        model: Only its family counts: it sets the number of channels.
        width: Width of the picture; models draw best at the size that they were trained on.
        height: Height of the picture.
        batch: How many pictures are drawn at once; each is what it would be alone.

    Raises:
        UnknownFamilyError: It is not known which family the model belongs to.
    """
    from studio.diffusion.latents import empty
    from studio.facts.families import family

    return Latent(empty(family(model.family), width, height, batch), model.family)
