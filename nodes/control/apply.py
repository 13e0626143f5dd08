"""Apply a ControlNet."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from studio.core.context import Context
from studio.core.define import node
from studio.core.spec import Need
from studio.core.values import ControlNet, DiffusionModel, Image, Mask, Side
from studio.core.widgets import Curve, Range, Text
from studio.diffusion.control.settings import Basis, ControlSettings, Fit, Mode, UnionKind


@node(
    "control.apply", category="Control", title="Apply ControlNet",
    groups={
        "Strength": ("strength", "curve", "start", "end", "basis"),
        "What it acts on": ("mode", "side", "block_weights"),
        "Hint": ("resize", "union_type"),
    },
    floors={"end": "start"}, needs={"controlnet": Need("strength", "union_type")},
)  # fmt: skip
def apply(
    model: DiffusionModel,
    controlnet: ControlNet,
    hint: Image,
    mask: Mask | None = None,
    strength: Annotated[float, Range(0, 10, step=0.05)] = 1.0,
    curve: Annotated[tuple[tuple[float, float], ...], Curve(0, 1)] = (),
    start: Annotated[float, Range(0, 1, step=0.01)] = 0.0,
    end: Annotated[float, Range(0, 1, step=0.01)] = 1.0,
    basis: Basis = "steps",
    mode: Mode = "balanced",
    side: Side = "both",
    resize: Fit = "crop",
    union_type: UnionKind = "auto",
    block_weights: Annotated[str, Text(limit=1024)] = "",
    *,
    ctx: Context,
) -> DiffusionModel:
    """Let a picture steer what a model draws.

    Several may be chained, in any order: what they add up to is the same to the last bit. The hint
    is brought to the size that is drawn. With a strength of 0, or where no step lies between start
    and end, the result is that of the plain model, and the network is never loaded.

    Args:
        model: The denoiser.
        controlnet: What reads the hint; a ControlNet or a T2I-Adapter of the model's family.
        hint: One picture for all, or one for each picture of the batch or frame of the film. Edges,
            depth, a pose: what the network was trained on. What is transparent counts as black.
        mask: Where it acts; without one, everywhere.
        strength: How strongly; 1 is as it was trained, 0 is off.
        curve: Factor of the strength from the first step to the last; empty is 1 throughout.
        start: Share of the steps before which it does nothing.
        end: Share of the steps after which it does nothing.
        basis: Whether start and end count the ``steps``, or the ``noise`` that is behind, as other
            programs do: the same part of the picture's making, whatever the schedule.
        mode: What matters more: ``prompt`` lets the shallow blocks do less, ``control`` does that
            too, and leaves the negative prompt unsteered, so that guidance strengthens the hint.
        side: Prompts that it acts on.
        resize: What happens to a hint of other proportions: ``crop`` cuts off what stands over,
            ``pad`` adds borders, ``stretch`` changes the proportions.
        union_type: What a union network is to take the hint for; ``auto`` looks at the hint.
            Others leave it alone.
        block_weights: A factor from 0 to 2 for each block, from the shallowest to the middle, with
            commas between: 13 for SD 1.x, 10 for SDXL. They stand in for those of the mode.

    Raises:
        FamilyMismatchError: The network steers another family than the model's.
        RangeError: It would end before it starts, or a block weight is no number from 0 to 2.
        ShapeError: There are more or fewer block weights than blocks.
        UnsupportedError: The union network does not know hints of ``union_type``.

    Source:
        Zhang et al. 2023, arXiv:2302.05543, equation 4 and section 3.4.
    """
    from studio.diffusion.control.applied import applied
    from studio.diffusion.control.settings import read_weights

    settings = ControlSettings(
        strength, curve, start, end, mode,
        read_weights(block_weights, controlnet.blocks), resize, side, union_type, basis,
    )  # fmt: skip
    patch = applied(model, controlnet, hint, mask, settings, ctx.warn)
    return replace(model, patches=(*model.patches, patch), key="")
