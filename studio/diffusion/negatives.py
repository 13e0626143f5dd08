"""What stands for a negative prompt where none is linked."""

from __future__ import annotations

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.errors import MissingInputError
from studio.core.values import Conditioning, DiffusionModel, TextEncoder
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.text import empty_like
from studio.facts.families import describe, family
from studio.facts.header import read_header


def negative_for(
    ctx: Context,
    model: DiffusionModel,
    positive: Conditioning,
    negative: Conditioning | None,
    settings: Settings,
) -> Steps[Conditioning | None]:
    """Return the negative prompt, or the empty one where it is needed and cannot be left out.

    The empty prompt is encoded with the text encoder of the model's own checkpoint.

    Raises:
        MissingInputError: The checkpoint has no text encoder.
    """
    known = family(positive.family)
    if negative is not None or settings.guidance == 1 or settings.denoise == 0:
        return negative
    if known.zero_empty_negative:
        return None
    if "text_encoder" not in describe(read_header(model.file)).parts:
        raise MissingInputError(
            f"there is no negative prompt, and {model.file} has no text encoder to make one",
            fix="link an encoded prompt to negative, or set guidance to 1",
        )
    with ctx.on_device(TextEncoder(model.file, model.family)) as towers:
        encoded = empty_like(towers, known, positive)
        return (yield from ticks(encoded, lambda step: Progress(0, step.total)))
