"""Draws a part of a picture anew and lays it back: faces, tiles, whatever a mask shows.

The part is brought to a size that the model knows, encoded, sampled where the mask is white (and
late where it is grey), decoded, matched in colour, brought back, and laid over the picture by the
mask. Where the mask is 0 the picture keeps its bits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.context import Preview, Progress, ticks
from studio.core.values import Conditioning, Latent, Mask
from studio.core.widgets import SEED_LIMIT
from studio.diffusion import vae
from studio.diffusion.painting import Painter
from studio.diffusion.pixels.filters import bleed, resize
from studio.diffusion.pixels.masks import resize_mask
from studio.diffusion.pixels.tones import matched
from studio.diffusion.redraw.crops import Crop
from studio.diffusion.redraw.ring import ringed
from studio.diffusion.redraw.settings import ColourMatch
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steps import Step

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Redraw:
    """Networks, prompts and settings to redraw with.

    Attributes:
        painter: The denoiser and what steers it, for the whole picture.
        vae: A diffusers ``AutoencoderKL``, on any device.
        vae_scale: Factor that brings the VAE's latents to unit variance.
        positive: What to draw.
        negative: What to steer away from; ``None`` as for `walk`.
        settings: How to sample. A denoise of 0 only goes through the VAE.
        colours: How the colours are matched to what was there.
        cycles: How often the part is sampled, each time from the last result and the next seed.
        budget: Bytes for the VAE's activations.
        preview: Makes a rough picture of a latent.
    """

    painter: Painter
    vae: Any
    vae_scale: float
    positive: tuple[Conditioning, ...]
    negative: Conditioning | None
    settings: Settings
    colours: ColourMatch = "ring"
    cycles: int = 1
    budget: int = 2**31
    preview: Callable[[torch.Tensor], NDArray[np.uint8]] | None = None

    def encoded(self, source: Pixels) -> Generator[Any, None, torch.Tensor]:
        """Encode a picture ``(height, width, 1 | 3)``."""
        return vae.encode(
            self.vae, self.vae_scale, source[None], budget=self.budget, warn=self.painter.warn
        )

    def decoded(self, samples: torch.Tensor) -> Generator[Any, None, Pixels]:
        """Decode a latent to a batch of one picture."""
        return vae.decode(
            self.vae, self.vae_scale, samples, budget=self.budget, warn=self.painter.warn
        )

    def walked(self, latent: Latent, cycle: int) -> Generator[Step[torch.Tensor], None, Latent]:
        """Sample a latent; each cycle takes the next seed."""
        seed = (self.settings.seed + cycle) % SEED_LIMIT
        settings = replace(self.settings, seed=seed)
        return self.painter.walk(self.positive, self.negative, latent, settings)

    def named(self, crop: Crop, picture: int, size: tuple[int, int]) -> dict[str, list[int]]:
        """Return what names a drawn part beside its pixels, its prompts and its settings.

        Hints and regions of prompts depend on where a part lies, so then its place counts; bits
        depend on how the VAE is cut where memory is short.

        Args:
            crop: The part.
            picture: Index of its picture in the batch, to which hints belong.
            size: Width and height of the whole picture.
        """
        tile, prompts = crop.tile, [*self.positive, self.negative]
        is_placed = bool(self.painter.controls) or any(each and each.mask for each in prompts)
        cuts = [
            vae.tile_edge(self.vae, way, crop.height, crop.width, self.budget)
            for way in ("encoder", "decoder")
        ]
        where = [picture, tile.left, tile.top, tile.right, tile.bottom, *size]
        return {"place": where if is_placed else [], "vae_tiles": cuts}

    def seen(self, denoised: torch.Tensor) -> Preview | None:
        """Return what makes a rough picture of a guess."""
        return partial(self.preview, denoised) if self.preview else None


def redraw(
    tools: Redraw, picture: Pixels, mask: Pixels | None, crop: Crop
) -> Generator[Progress, None, Pixels]:
    """Redraw a part of a picture.

    Args:
        tools: What it is drawn with.
        picture: float32 ``(height, width, 1 | 3 | 4)``, 0 to 1; kept as it is.
        mask: float32 ``(height, width)``, 0 keeps, 1 changes; ``None`` changes the whole crop.
        crop: Which part, and how large it is drawn.

    Returns:
        The whole picture, as many channels as before; alpha as it was.

    Raises:
        NotFiniteError: The numbers left their range.
        StudioError: As `Painter.walk` and the VAE raise.
    """
    part, size = picture[crop.tile.slices], (picture.shape[1], picture.shape[0])
    alpha = None if mask is None else mask[crop.tile.slices]
    made = yield from drawn(tools, part, alpha, crop, size)
    return paste(picture, made, alpha, crop)


def drawn(
    tools: Redraw, part: Pixels, alpha: Pixels | None, crop: Crop, size: tuple[int, int]
) -> Generator[Progress, None, Pixels]:
    """Draw a part anew, without laying it back.

    Args:
        tools: What it is drawn with.
        part: The pixels of the crop's tile, 1, 3 or 4 channels; kept as they are.
        alpha: The mask there; ``None`` changes all of it.
        crop: Where the part lies, and how large it is drawn.
        size: Width and height of the whole picture.

    Returns:
        float32 of the size of `part`: its colours, 1 channel for grey and else 3, also where the
        mask is 0.
    """
    colours = (bleed(part) if part.shape[-1] == 4 else part)[..., :3]
    source = _resized(colours, crop.width, crop.height)
    mask = None if alpha is None else resize_mask(alpha[None], crop.width, crop.height)
    total = tools.settings.steps * tools.cycles + 2
    samples = yield from ticks(tools.encoded(source), lambda _: Progress(0, total))
    latent = Latent(
        samples, tools.painter.family.id, None if mask is None else Mask(mask), mask_mode="gradient"
    )
    tile = crop.tile
    near = replace(
        tools,
        painter=tools.painter.cropped((tile.left, tile.top, tile.right, tile.bottom), size),
        positive=tuple(_cropped(prompt, crop, size) for prompt in tools.positive),
    )
    latent = yield from _sampled(near, latent, total)
    made = yield from ticks(tools.decoded(latent.samples), lambda _: Progress(total - 1, total))
    made = _toned(_like(made, source), source, None if mask is None else mask[0], tools.colours)
    return _resized(made, part.shape[1], part.shape[0])


def paste(picture: Pixels, made: Pixels, alpha: Pixels | None, crop: Crop) -> Pixels:
    """Lay a drawn part over a picture; where the mask is 0 the bits stay.

    Args:
        picture: float32 ``(height, width, 1 | 3 | 4)``; kept as it is.
        made: What `drawn` returned.
        alpha: float32 of the size of the part, how much of it is seen; ``None`` is all.
        crop: Where it lies.
    """
    result = picture.copy()
    below = picture[crop.tile.slices][..., : made.shape[-1]]
    if alpha is not None:
        cover = alpha[..., None]
        made = np.where(cover > 0, made * cover + below * (1 - cover), below)
    result[crop.tile.slices][..., : made.shape[-1]] = made
    return result


def _sampled(tools: Redraw, latent: Latent, total: int) -> Generator[Progress, None, Latent]:
    """Sample as often as there are cycles, each time from the last result."""
    for cycle in range(tools.cycles):
        before = cycle * tools.settings.steps + 2

        def tell(step: Step[torch.Tensor], before: int = before) -> Progress:
            return Progress(before + step.index, total, tools.seen(step.denoised))

        latent = yield from ticks(tools.walked(latent, cycle), tell)
    return latent


def _cropped(prompt: Conditioning, crop: Crop, size: tuple[int, int]) -> Conditioning:
    """Return a prompt whose region, if it has one, is that of the crop."""
    if prompt.mask is None:
        return prompt
    region = resize_mask(prompt.mask.pixels, *size)[:, crop.tile.slices[0], crop.tile.slices[1]]
    wide = resize_mask(region, crop.width, crop.height)
    return replace(prompt, mask=Mask(wide))


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    """Resample, Lanczos to enlarge, the mean of the area to make smaller; without overshoot."""
    is_smaller = width * height < picture.shape[0] * picture.shape[1]
    made = resize(picture[None], width, height, "area" if is_smaller else "lanczos")[0]
    return np.asarray(np.clip(made, picture.min(), picture.max()), np.float32)


def _like(pictures: Pixels, source: Pixels) -> Pixels:
    """Return the picture of a batch of one, within 0 to 1, grey if the source is."""
    made = np.asarray(np.clip(pictures[0], 0, 1), np.float32)
    return made if source.shape[-1] == 3 else np.asarray(made.mean(-1, keepdims=True), np.float32)


def _toned(made: Pixels, source: Pixels, mask: Pixels | None, way: ColourMatch) -> Pixels:
    """Give a drawn part the colours of what was there."""
    if way == "ring":
        return ringed(made, source, mask)
    return matched(made, source, way)
