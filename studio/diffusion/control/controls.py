"""From a patch on a model to the control that it asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Context
from studio.core.values import ControlNet, DiffusionModel, Patch
from studio.diffusion.control.hinted import HintControl
from studio.diffusion.control.settings import settings_of
from studio.diffusion.sampling.steering import Lend, referred
from studio.facts.families import controls as facts
from studio.facts.header import read_header

BASE = "base"
"""Kind of the patch that says on which checkpoint the weights of a ControlNet build."""


def hint_control(ctx: Context, model: DiffusionModel, patch: Patch, lend: Lend) -> HintControl:
    """Make the control of a ControlNet or a T2I-Adapter.

    Args:
        ctx: Resolves the hint and the mask.
        model: The denoiser.
        patch: What is put on it.
        lend: Lends the network, loaded when it is first needed.
    """
    hint, mask = referred(ctx, patch, "hint")
    return HintControl(
        network=lend(handle_of(patch, model)),
        name=Path(patch.file).name,
        identity=(patch.file, repr(patch.settings), patch.side, repr(patch.refs)),
        hint=colours(hint.pixels),
        mask=mask.pixels if mask else None,
        settings=settings_of(patch.settings, patch.side),
    )


def handle_of(patch: Patch, model: DiffusionModel) -> ControlNet:
    """Return the handle of a patch's network.

    Files that hold only a difference are another network on each checkpoint; all others are the
    same one whatever they steer.
    """
    builds = facts.describe(read_header(patch.file)).needs_base
    base = (Patch(BASE, model.file),) if builds else ()
    return ControlNet(patch.file, model.family, base)


def colours(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a hint with three channels; what is transparent is black, as in maps of lines."""
    if pixels.shape[-1] == 1:
        return np.repeat(pixels, 3, -1)
    if pixels.shape[-1] == 4:
        return np.ascontiguousarray(pixels[..., :3] * pixels[..., 3:])
    return pixels
