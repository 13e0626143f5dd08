"""The one door for everything that samples: a denoiser, what steers it, and a walk.

A node opens it with `painter`, and draws with it as often as it likes: whole pictures, crops and
tiles. What the patches of a model ask for is resolved here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from studio.core.context import Context
from studio.core.values import Conditioning, DiffusionModel, Handle, Latent, Patch
from studio.diffusion.adapters.pictures import picture_control
from studio.diffusion.control.controls import hint_control
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steering import Box, Control, Lend
from studio.diffusion.sampling.steps import Step
from studio.diffusion.sampling.walk import Warn, walk
from studio.facts.families import describe, family
from studio.facts.header import read_header

if TYPE_CHECKING:
    import torch
    from diffusers import UNet2DConditionModel

    from studio.facts.families import Family, Prediction


@dataclass(frozen=True, slots=True)
class Painter:
    """A denoiser on its device, and everything that steers it.

    Attributes:
        unet: The network.
        family: Its family.
        prediction: What it says.
        controls: What its patches ask for.
        warn: Takes a code and a text.
    """

    unet: UNet2DConditionModel
    family: Family
    prediction: Prediction | None
    controls: tuple[Control, ...]
    warn: Warn

    def walk(
        self,
        positive: tuple[Conditioning, ...],
        negative: Conditioning | None,
        latent: Latent,
        settings: Settings,
    ) -> Generator[Step[torch.Tensor], None, Latent]:
        """Turn noise into a latent that the prompts describe, as `sampling.walk` does.

        Args:
            positive: What to draw.
            negative: What to steer away from.
            latent: Where to start.
            settings: How; the prediction is the checkpoint's unless it is set.
        """
        prediction = settings.prediction or self.prediction
        settings = replace(settings, prediction=prediction)
        return walk(
            self.unet, self.family, positive, negative, latent, settings, self.warn, self.controls
        )

    def cropped(self, box: Box, size: tuple[int, int]) -> Painter:
        """Return the same for a crop of the picture, of which hints and masks are cut out.

        Args:
            box: The crop, in pixels of a picture of `size`.
            size: Width and height of the whole picture.
        """
        return replace(self, controls=tuple(one.cropped(box, size) for one in self.controls))

    def item(self, index: int, items: int) -> Painter:
        """Return the same for one picture of a batch of so many."""
        return replace(self, controls=tuple(one.item(index, items) for one in self.controls))


@contextmanager
def painter(ctx: Context, model: DiffusionModel) -> Iterator[Painter]:
    """Lend a denoiser and everything that steers it, while a block runs.

    Networks of controls are loaded by the first step at which they act, so that what never acts is
    never loaded, and lent until the block ends.

    Args:
        ctx: Lends networks and resolves what patches refer to.
        model: The denoiser, with its patches.

    Raises:
        ModelError: A file cannot be loaded.
    """
    facts = describe(read_header(model.file))
    known = family(model.family or facts.family)
    with controls(ctx, model) as found, ctx.on_device(model) as unet:
        yield Painter(unet, known, facts.prediction, found, ctx.warn)


@contextmanager
def controls(ctx: Context, model: DiffusionModel) -> Iterator[tuple[Control, ...]]:
    """Return what the patches of a model ask for; what they lend goes back when the block ends.

    Args:
        ctx: Lends networks and resolves what patches refer to.
        model: The denoiser, with its patches.
    """
    with ExitStack() as stack:
        lend = _lender(ctx, stack)
        yield tuple(
            MAKERS[patch.kind](ctx, model, patch, lend)
            for patch in model.patches
            if patch.kind in MAKERS
        )


def _lender(ctx: Context, stack: ExitStack) -> Lend:
    """Return what lends a network when it is first asked for, until the stack ends."""

    def lend(handle: Handle) -> Callable[[], Any]:
        return cache(lambda: stack.enter_context(ctx.on_device(handle)))

    return lend


Make = Callable[[Context, DiffusionModel, Patch, Lend], Control]

MAKERS: Mapping[str, Make] = {
    "controlnet": hint_control,
    "t2i_adapter": hint_control,
    "ip_adapter": picture_control,
}
"""What makes a control of a patch, by the kind of the patch."""
