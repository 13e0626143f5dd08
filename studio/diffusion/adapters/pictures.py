"""A picture that a denoiser follows beside the prompt: an IP-Adapter, its picture, how it acts."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from diffusers.models.attention_processor import Attention
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from studio.core.context import Context, Progress, result_of
from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import DiffusionModel, Image, ImageEncoder, IpAdapter, Mask, Patch
from studio.diffusion.adapters.attending import Reading, attending, cross_attentions, sizes_of
from studio.diffusion.adapters.ip import IpNetwork
from studio.diffusion.adapters.settings import Blocks, PictureSettings, settings_of
from studio.diffusion.adapters.vision import Seen, look
from studio.diffusion.pixels.masks import resize_mask
from studio.diffusion.sampling.inpaint import latent_mask
from studio.diffusion.sampling.steering import Asked, Box, Frame, Lend, Prompt, Steer, referred

Pixels = NDArray[np.float32]
Pair = tuple[torch.Tensor, torch.Tensor]

_BLOCKS: Mapping[tuple[str, Blocks], tuple[str, ...]] = {
    ("sd15", "style"): ("down_blocks.0.", "down_blocks.1.", "up_blocks.2.", "up_blocks.3.", "mid"),
    ("sd15", "composition"): ("down_blocks.2.",),
    ("sdxl", "style"): ("up_blocks.0.attentions.1.",),
    ("sdxl", "composition"): ("down_blocks.2.attentions.1.",),
}
"""Where a family keeps style and composition.

In SD 1.x the deepest level on the way down places things, and what is shallower gives their look.

Source: Wang et al. 2024, InstantStyle, arXiv:2404.02733, section 3.3, for SDXL.
"""


def reads(path: str, family: str, blocks: Blocks) -> bool:
    """Say whether an attention belongs to some blocks of a family, by its path."""
    return blocks == "all" or path.startswith(_BLOCKS.get((family, blocks), ()))


@dataclass(frozen=True, slots=True)
class PictureControl:
    """An IP-Adapter, its pictures, and how it acts.

    Attributes:
        network: Lends the adapter; it is loaded when this is first called.
        sight: Returns what the image encoder saw; it is loaded when this is first called.
        name: Name of the file, for people.
        identity: Names everything that it consists of.
        family: Id of the family of the denoiser.
        count: How many pictures there are.
        mask: Where it acts, float32 ``(1 | items, height, width)``; ``None`` is everywhere.
        settings: How it acts.
        picked: Index of the only picture that counts; ``None`` is all.
    """

    network: Callable[[], IpNetwork]
    sight: Callable[[], Seen]
    name: str
    identity: tuple[str, ...]
    family: str
    count: int
    mask: Pixels | None
    settings: PictureSettings
    picked: int | None = None

    @property
    def title(self) -> str:
        """What it is, for people."""
        return f"the IP-Adapter {self.name}"

    @property
    def is_each(self) -> bool:
        """Whether every item of a batch has a picture of its own."""
        return self.settings.pictures == "per_item" and self.count > 1 and self.picked is None

    def begin(self, frame: Frame) -> PictureSteering:
        """Get ready for one walk.

        Raises:
            ShapeError: The mask, or pictures for each item, are neither one nor as many as the
                batch; or the mask has other proportions.
        """
        return PictureSteering(self, frame)

    def cropped(self, box: Box, size: tuple[int, int]) -> PictureControl:
        """Return the same for a crop of what is drawn: the mask is cut, the example stays whole."""
        if self.mask is None:
            return self
        left, top, right, bottom = box
        return replace(self, mask=resize_mask(self.mask, *size)[:, top:bottom, left:right])

    def item(self, index: int, items: int) -> PictureControl:
        """Return the same for one item of a batch of so many."""
        self.check(items)
        mask = self.mask
        if mask is not None and len(mask) > 1:
            mask = mask[index : index + 1]
        return replace(self, mask=mask, picked=index if self.is_each else self.picked)

    def check(self, items: int) -> None:
        """Refuse pictures and masks that are neither one nor as many as a batch.

        Raises:
            ShapeError: They are not.
        """
        masks = 1 if self.mask is None else len(self.mask)
        for what, count in (("mask", masks), ("image", self.count if self.is_each else 1)):
            if count not in (1, items):
                raise ShapeError(
                    f"the {what} of {self.title} has {count} pictures, the latent {items}",
                    fix="give one, or one for each picture of the batch",
                )


class PictureSteering:
    """An IP-Adapter during one walk; what is made of its pictures is made once.

    Args:
        control: The control.
        frame: What is sampled.
    """

    def __init__(self, control: PictureControl, frame: Frame) -> None:
        control.check(frame.items)
        size = (frame.height // 8, frame.width // 8)
        if control.mask is not None:
            latent_mask(Mask(control.mask), torch.Size((frame.items, 1, *size)))
        self._control, self._frame = control, frame
        self._timing = control.settings.timing
        self._sizes = {height * width: (height, width) for height, width in _levels(*size)}
        self._masks: dict[int, torch.Tensor] = {}
        self._tokens: Pair | None = None
        self._pairs: dict[tuple[int, int | None, tuple[Prompt, ...], int], Pair] = {}

    @property
    def order(self) -> tuple[str, ...]:
        """Where it stands among others."""
        return self._control.identity

    def acts(self, step: int) -> bool:
        """Say whether it adds anything at a step."""
        return self._timing.factor(step, self._frame.passed) != 0

    def steer(self, asked: Asked) -> Steer:
        """Return what lets the denoiser read the pictures during one call."""
        network = self._control.network()
        attentions = cross_attentions(asked.unet)
        _check_fit(network, [attention for _, attention in attentions])
        factors = self._factors(asked)
        mask = None if self._control.mask is None else partial(self._mask, asked)
        readings = [
            (attention, Reading(*self._pair(network, index, asked), factors, mask))
            for index, (name, attention) in enumerate(attentions)
            if reads(name, self._control.family, self._control.settings.blocks)
        ]
        if not readings:
            raise UnsupportedError(
                f"the model has no blocks for {self._control.settings.blocks}",
                fix="let all blocks read the picture",
            )
        return Steer(around=lambda: attending(readings))

    def _factors(self, asked: Asked) -> torch.Tensor:
        """Return the weight for each row of a call, 0 for prompts that it does not act on."""
        factor = self._timing.factor(asked.step, self._frame.passed)
        acting = [self._timing.acts_on in ("both", prompt) for prompt in asked.prompts]
        weights = torch.tensor([factor * acts for acts in acting])
        rows = weights.repeat_interleave(len(asked.x) // len(acting))
        return rows.to(asked.x.device, asked.x.dtype)[:, None, None]

    def _pair(self, network: IpNetwork, index: int, asked: Asked) -> Pair:
        """Return keys and values of one attention for the rows of a call, made once."""
        rows = len(asked.x) // len(asked.prompts)
        start = asked.items.start if self._control.is_each else None
        place = (index, start, asked.prompts, rows)
        if place not in self._pairs:
            states = self._states(network, asked, rows)
            layers = (network.keys[index], network.values[index])
            keys, values = (layer(states).to(asked.x.dtype) for layer in layers)
            self._pairs[place] = keys, values
        return self._pairs[place]

    def _states(self, network: IpNetwork, asked: Asked, rows: int) -> torch.Tensor:
        """Return the tokens for each row of a call: those of no picture for what is not wanted."""
        if self._tokens is None:
            self._tokens = network.tokens(self._control.sight())
        tokens, blank = self._tokens
        if self._control.picked is not None:
            tokens = tokens[self._control.picked :][:1]
        if self._control.is_each:
            tokens = tokens[asked.items]
        else:
            tokens = tokens.reshape(1, -1, tokens.shape[-1]).expand(rows, -1, -1)
        none = blank.repeat(rows, tokens.shape[1] // blank.shape[1], 1)
        parts = {"positive": tokens, "negative": none}
        return torch.cat([parts[prompt] for prompt in asked.prompts])

    def _mask(self, asked: Asked, positions: int) -> torch.Tensor:
        """Return the mask for the positions of a level, each value the mean of its area."""
        if positions not in self._masks:
            pixels = torch.tensor(self._control.mask, dtype=torch.float32)[:, None].clamp(0, 1)
            resized = interpolate(pixels, size=self._sizes[positions], mode="area")
            flat = resized.reshape(len(resized), positions, 1)
            self._masks[positions] = flat.to(asked.x.device, asked.x.dtype)
        mask = self._masks[positions]
        return mask if len(mask) == 1 else mask[asked.items].repeat(len(asked.prompts), 1, 1)


def picture_control(
    ctx: Context, model: DiffusionModel, patch: Patch, lend: Lend
) -> PictureControl:
    """Make the control of an IP-Adapter.

    Args:
        ctx: Resolves the pictures and the mask, and keeps what the image encoder saw.
        model: The denoiser.
        patch: What is put on it.
        lend: Lends the adapter, loaded when it is first needed.
    """
    image, mask = referred(ctx, patch, "image")
    return PictureControl(
        network=lend(IpAdapter(patch.file, model.family)),
        sight=_sight(ctx, image.pixels, patch),
        name=Path(patch.file).name,
        identity=(patch.file, repr(patch.settings), patch.side, repr(patch.refs)),
        family=model.family,
        count=len(image.pixels),
        mask=mask.pixels if mask else None,
        settings=settings_of(patch),
    )


def _sight(ctx: Context, pixels: Pixels, patch: Patch) -> Callable[[], Seen]:
    """Return a function that looks at pictures once, or finds what was seen before."""
    encoder = ImageEncoder(patch.others[0])

    def make() -> Generator[Progress, None, tuple[torch.Tensor, ...]]:
        yield Progress(0, 1)
        with ctx.on_device(encoder) as network:
            seen = look(network, pixels)
        return seen.whole, seen.patches, seen.blank

    @cache
    def sight() -> Seen:
        named = {"encoder": dict(patch.settings)["encoder"]}
        return Seen(*result_of(ctx.part("sight", named, [Image(pixels)], make)))

    return sight


def _levels(height: int, width: int) -> list[tuple[int, int]]:
    """Return the sizes of a latent on the way down, where odd ones are rounded up."""
    sizes = [(height, width)]
    while sizes[-1] != (1, 1):
        sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
    return sizes


def _check_fit(network: IpNetwork, attentions: Sequence[Attention]) -> None:
    """Refuse an adapter that was made for another denoiser.

    Raises:
        ShapeError: The cross attentions are others in number or width.
    """
    wanted = [sizes_of(attention) for attention in attentions]
    given = [(network.built.token_width, width) for width in network.built.widths]
    if wanted != given:
        raise ShapeError(
            f"the IP-Adapter is made for {len(given)} cross attentions, {_said(given)}; "
            f"the model has {len(wanted)}, {_said(wanted)}",
            fix="choose an IP-Adapter that was made for this model",
        )


def _said(widths: Sequence[tuple[int, int]]) -> str:
    texts, inner = {text for text, _ in widths}, {width for _, width in widths}
    return f"of {sorted(inner)} channels for text of {sorted(texts)}"
