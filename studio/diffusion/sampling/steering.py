"""What stands beside a denoiser and steers it: the vocabulary, and how several become one.

A `Control` is what a patch on a model asks for, with its pictures. It begins once for each walk,
and is then asked once for each network call. ControlNets give residuals between the blocks,
T2I-Adapters inside of them, IP-Adapters wrap the call. Nothing of it changes the network itself, so
one network serves models with and without controls at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import torch

from studio.core.context import Context
from studio.core.errors import TypeMismatchError
from studio.core.values import Handle, Image, Mask, Patch

if TYPE_CHECKING:
    from diffusers import UNet2DConditionModel

Tensors = tuple[torch.Tensor, ...]
Prompt = Literal["negative", "positive"]
Lend = Callable[[Handle], Callable[[], Any]]
"""Takes a handle and returns what lends its network; it is loaded when that is first called."""
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What one walk samples.

    Attributes:
        items: Pictures of the batch.
        width: In pixels.
        height: In pixels.
        passed: For each update that is walked, the share of the noise of training that is behind
            it: 0 where it begins in pure noise, 1 where hardly any is left.
        device: Where the denoiser is.
        dtype: Number format that it computes in.
    """

    items: int
    width: int
    height: int
    passed: tuple[float, ...]
    device: torch.device
    dtype: torch.dtype

    @property
    def steps(self) -> int:
        """Return how many updates are walked."""
        return len(self.passed)


@dataclass(frozen=True, slots=True)
class Asked:
    """One network call that is about to be made.

    Attributes:
        unet: The denoiser.
        x: ``(prompts * items, channels, height / 8, width / 8)``, scaled as the network takes it,
            all items of the first prompt first.
        timestep: Number on the device.
        tokens: ``(prompts * items, tokens, width)``.
        added: Pooled vectors and size ids, for families that have them.
        prompts: What each of the prompts is.
        items: Which items of the batch the call is for.
        step: Index of the update, from 0.
    """

    unet: UNet2DConditionModel
    x: torch.Tensor
    timestep: torch.Tensor
    tokens: torch.Tensor
    added: dict[str, torch.Tensor] | None
    prompts: tuple[Prompt, ...]
    items: slice
    step: int


@dataclass(frozen=True, slots=True)
class Steer:
    """What one control adds to one network call.

    Attributes:
        between: Residuals for the skip connections from shallow to deep, and for the middle.
        inside: Residuals for the blocks on the way down.
        around: Entered around exactly this call of the denoiser.
    """

    between: Tensors = ()
    inside: Tensors = ()
    around: Callable[[], AbstractContextManager[object]] | None = None


class Steering(Protocol):
    """A control during one walk."""

    @property
    def order(self) -> tuple[str, ...]:
        """Where it stands among others; the same however they were chained."""

    def acts(self, step: int) -> bool:
        """Say whether it adds anything at a step, without loading anything."""

    def steer(self, asked: Asked) -> Steer:
        """Return what it adds to a network call."""


class Control(Protocol):
    """What a patch asks for, with its pictures, for any number of walks."""

    @property
    def title(self) -> str:
        """What it is, for people."""

    def begin(self, frame: Frame) -> Steering:
        """Get ready for one walk.

        Raises:
            ShapeError: Its pictures are neither one nor as many as the items of the batch.
        """

    def cropped(self, box: Box, size: tuple[int, int]) -> Control:
        """Return the same for a crop of the picture.

        Args:
            box: The crop, in pixels of a picture of `size`.
            size: Width and height of the whole picture.
        """

    def item(self, index: int, items: int) -> Control:
        """Return the same for one item of a batch of so many."""


def referred(ctx: Context, patch: Patch, name: str) -> tuple[Image, Mask | None]:
    """Return the picture that a patch refers to, and where it acts, if that is said.

    Args:
        ctx: Resolves them.
        patch: What asks for them.
        name: What it calls the picture.

    Raises:
        MissingInputError: They left the store.
        TypeMismatchError: They are no picture and no mask.
    """
    refs = dict(patch.refs)
    picture, mask = ctx.fetch(refs[name]), None
    if "mask" in refs:
        mask = ctx.fetch(refs["mask"])
    if not isinstance(picture, Image) or not isinstance(mask, Mask | None):
        raise TypeMismatchError(
            f"the {name} is an image, and where it acts a mask", fix="run again"
        )
    return picture, mask


class Steerings:
    """All controls of one walk.

    Args:
        controls: In any order; what they add up to does not depend on it, to the last bit.
        frame: What is sampled.

    Attributes:
        idle: Titles of those that act at none of the steps.
    """

    def __init__(self, controls: Iterable[Control], frame: Frame) -> None:
        begun = [(control.title, control.begin(frame)) for control in controls]
        steps = range(frame.steps)
        self.idle = [title for title, one in begun if not any(map(one.acts, steps))]
        # Sums of floats depend on their order, so it is one that chaining cannot change.
        self._steerings = sorted((one for _, one in begun), key=lambda one: one.order)

    @contextmanager
    def around(self, asked: Asked) -> Iterator[dict[str, Any]]:
        """Return what a denoiser is to be called with, besides; call it inside of the block."""
        steers = [one.steer(asked) for one in self._steerings if one.acts(asked.step)]
        given: dict[str, Any] = {}
        between = added_up([steer.between for steer in steers if steer.between])
        if between:
            given["down_block_additional_residuals"] = between[:-1]
            given["mid_block_additional_residual"] = between[-1]
        inside = added_up([steer.inside for steer in steers if steer.inside])
        if inside:
            # The denoiser empties this list, so it is one of its own.
            given["down_intrablock_additional_residuals"] = list(inside)
        with ExitStack() as stack:
            for steer in steers:
                if steer.around:
                    stack.enter_context(steer.around())
            yield given


def added_up(parts: Sequence[Tensors]) -> Tensors:
    """Add tuples of tensors one after the other; nothing for none."""
    if not parts:
        return ()
    total = parts[0]
    for part in parts[1:]:
        total = tuple(one + other for one, other in zip(total, part, strict=True))
    return total
