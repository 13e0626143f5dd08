"""A control that looks at a picture: a ControlNet or a T2I-Adapter, its hint, and how it acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from studio.core.errors import ShapeError
from studio.core.values import Mask
from studio.diffusion.control.fitting import fitted
from studio.diffusion.control.settings import ControlSettings
from studio.diffusion.pixels.masks import resize_mask
from studio.diffusion.sampling.inpaint import latent_mask
from studio.diffusion.sampling.steering import Asked, Box, Frame, Steer, Tensors

Pixels = NDArray[np.float32]
Each = TypeVar("Each", Pixels, torch.Tensor)


class HintNetwork(Protocol):
    """A network that turns a hint into residuals."""

    @property
    def is_inside(self) -> bool:
        """Whether its residuals belong inside of the blocks, not between them."""

    @property
    def is_pooled(self) -> bool:
        """Whether only the mean of each residual counts, and only where something is wanted."""

    def kind_of(self, hint: Pixels, wanted: str) -> int:
        """Return what a union network takes a hint for; 0 for all others.

        Args:
            hint: ``(height, width, 3)``.
            wanted: Name of the kind, or ``auto``.
        """

    def prepared(self, hint: torch.Tensor) -> Tensors:
        """Return what is made of a hint once, ``(items, 3, height, width)``."""

    def residuals(self, prepared: Tensors, kind: int, asked: Asked) -> Tensors:
        """Return residuals from shallow to deep, for the rows of a network call."""


@dataclass(frozen=True, slots=True)
class HintControl:
    """A network, its hint, and how it acts.

    Attributes:
        network: Lends the network; it is loaded when this is first called.
        name: Name of its file, for people.
        identity: Names everything that it consists of.
        hint: float32 ``(1 | items, height, width, 3)``, 0 to 1; -1 where a hint for inpainting
            has nothing.
        mask: Where it acts, float32 ``(1 | items, height, width)``; ``None`` is everywhere.
        settings: How it acts.
    """

    network: Callable[[], HintNetwork]
    name: str
    identity: tuple[str, ...]
    hint: Pixels
    mask: Pixels | None
    settings: ControlSettings

    @property
    def title(self) -> str:
        """What it is, for people."""
        return f"the control {self.name}"

    def begin(self, frame: Frame) -> HintSteering:
        """Get ready for one walk.

        Raises:
            ShapeError: The hint or the mask is neither one nor as many as the batch.
        """
        return HintSteering(self, frame)

    def cropped(self, box: Box, size: tuple[int, int]) -> HintControl:
        """Return the same for a crop of the picture."""
        left, top, right, bottom = box
        hint = fitted(self.hint, *size, self.settings.fit)[:, top:bottom, left:right]
        mask = self.mask
        if mask is not None:
            mask = resize_mask(mask, *size)[:, top:bottom, left:right]
        # The crop has the proportions of what it is for; whatever differs is a rounded pixel.
        settings = replace(self.settings, fit="stretch")
        return replace(self, hint=hint, mask=mask, settings=settings)

    def item(self, index: int, items: int) -> HintControl:
        """Return the same for one item of a batch of so many."""
        _check_items(self, items)
        hint = self.hint if len(self.hint) == 1 else self.hint[index : index + 1]
        mask = self.mask
        if mask is not None and len(mask) > 1:
            mask = mask[index : index + 1]
        return replace(self, hint=hint, mask=mask)


class HintSteering:
    """A hint control during one walk; what is made of the hint is made once.

    Args:
        control: The control.
        frame: What is sampled.
    """

    def __init__(self, control: HintControl, frame: Frame) -> None:
        _check_items(control, frame.items)
        if control.mask is not None:
            latent = torch.Size((frame.items, 1, frame.height // 8, frame.width // 8))
            latent_mask(Mask(control.mask), latent)
        self._control, self._frame = control, frame
        self._settings = control.settings
        self._hint: Pixels | None = None
        self._prepared: dict[tuple[int, int], tuple[Tensors, int]] = {}
        self._masks: dict[tuple[int, int], torch.Tensor] = {}

    @property
    def order(self) -> tuple[str, ...]:
        """Where it stands among others."""
        return self._control.identity

    def acts(self, step: int) -> bool:
        """Say whether it adds anything at a step."""
        return self._settings.factor(step, self._frame.passed) != 0

    def steer(self, asked: Asked) -> Steer:
        """Return the residuals for a network call, 0 for prompts that it does not act on."""
        network = self._control.network()
        side = "positive" if network.is_pooled else self._settings.acts_on
        acting = [side in ("both", prompt) for prompt in asked.prompts]
        if not any(acting):
            return Steer()
        prepared, kind = self._made_of_hint(network, asked.items)
        rows = len(asked.x) // len(asked.prompts)
        repeated = tuple(part.expand(rows, *part.shape[1:]) for part in prepared)
        repeated = tuple(torch.cat([part] * sum(acting)) for part in repeated)
        found = network.residuals(repeated, kind, _only(asked, acting))
        weighed = self._weighed(found, asked)
        spread = tuple(_spread(residual, acting) for residual in weighed)
        return Steer(inside=spread) if network.is_inside else Steer(between=spread)

    def _weighed(self, residuals: Tensors, asked: Asked) -> list[torch.Tensor]:
        """Return residuals times strength, the weight of the block, and the mask."""
        factor = self._settings.factor(asked.step, self._frame.passed)
        weights = self._settings.block_weights(len(residuals))
        weighed = []
        for residual, weight in zip(residuals, weights, strict=True):
            scaled = residual * (factor * weight)
            if self._control.mask is not None:
                mask = _of(self._mask(scaled), asked.items)
                scaled = scaled * mask.repeat(len(scaled) // len(mask), 1, 1, 1)
            weighed.append(scaled)
        return weighed

    def _mask(self, like: torch.Tensor) -> torch.Tensor:
        """Return the mask at the size of a residual, each value the mean of its area."""
        size = (like.shape[2], like.shape[3])
        if size not in self._masks:
            mask = torch.tensor(self._control.mask, dtype=torch.float32)[:, None].clamp(0, 1)
            resized = interpolate(mask, size=size, mode="area")
            self._masks[size] = resized.to(like.device, like.dtype)
        return self._masks[size]

    def _made_of_hint(self, network: HintNetwork, items: slice) -> tuple[Tensors, int]:
        """Return what the network makes of the hint of some items, made once."""
        if self._hint is None:
            frame = self._frame
            self._hint = fitted(self._control.hint, frame.width, frame.height, self._settings.fit)
        chosen = _of(self._hint, items)
        place = (0 if len(self._hint) == 1 else items.start or 0, len(chosen))
        if place not in self._prepared:
            pixels = torch.tensor(np.ascontiguousarray(np.moveaxis(chosen, -1, 1)))
            prepared = network.prepared(pixels.to(self._frame.device, self._frame.dtype))
            kind = network.kind_of(chosen[0], self._settings.union_kind)
            self._prepared[place] = prepared, kind
        return self._prepared[place]


def _of(each: Each, items: slice) -> Each:
    """Return what belongs to some items of a batch; what is one belongs to all."""
    return each if len(each) == 1 else each[items]


def _only(asked: Asked, acting: list[bool]) -> Asked:
    """Return a network call with the rows of some of its prompts."""
    if all(acting):
        return asked
    pick = [index for index, acts in enumerate(acting) if acts]

    def rows(tensor: torch.Tensor) -> torch.Tensor:
        chunks = tensor.chunk(len(acting))
        return torch.cat([chunks[index] for index in pick])

    added = {name: rows(value) for name, value in asked.added.items()} if asked.added else None
    prompts = tuple(asked.prompts[index] for index in pick)
    return replace(asked, x=rows(asked.x), tokens=rows(asked.tokens), added=added, prompts=prompts)


def _spread(residual: torch.Tensor, acting: list[bool]) -> torch.Tensor:
    """Put zeros where prompts were left out."""
    if all(acting):
        return residual
    parts = iter(residual.chunk(sum(acting)))
    nothing = torch.zeros_like(residual.chunk(sum(acting))[0])
    return torch.cat([next(parts) if acts else nothing for acts in acting])


def _check_items(control: HintControl, items: int) -> None:
    """Refuse hints and masks that are neither one nor as many as the batch."""
    masks = 1 if control.mask is None else len(control.mask)
    for what, count in (("hint", len(control.hint)), ("mask", masks)):
        if count not in (1, items):
            raise ShapeError(
                f"the {what} of {control.title} has {count} pictures, the latent {items}",
                fix="give one, or one for each picture of the batch",
            )
