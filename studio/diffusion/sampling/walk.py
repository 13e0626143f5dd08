"""Sampling as a whole: from a latent, prompts and settings to a new latent, step by step.

`walk` is what a node calls. It knows no node and no engine; it yields a `Step` after each update.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from studio.core.errors import MissingInputError, NotFiniteError, RangeError, UnsupportedError
from studio.core.values import Conditioning, Latent, Segment
from studio.diffusion.sampling.denoise import Denoiser, Guide
from studio.diffusion.sampling.inpaint import latent_mask, mask_at, masked, restored
from studio.diffusion.sampling.noise import StepNoise, item_seeds, start_noise
from studio.diffusion.sampling.samplers import SAMPLERS, STOCHASTIC
from studio.diffusion.sampling.schedules import noise_table
from studio.diffusion.sampling.settings import Settings, walked_sigmas
from studio.diffusion.sampling.steering import Control
from studio.diffusion.sampling.steps import Denoise, Step, Walk

if TYPE_CHECKING:
    from diffusers import UNet2DConditionModel

    from studio.facts.families import Family

Warn = Callable[[str, str], None]

LEFT_OVER_TOLERANCE = 1e-3


def walk(
    unet: UNet2DConditionModel,
    family: Family,
    positive: tuple[Conditioning, ...],
    negative: Conditioning | None,
    latent: Latent,
    settings: Settings,
    warn: Warn = lambda code, text: None,
    controls: Sequence[Control] = (),
) -> Generator[Step[torch.Tensor], None, Latent]:
    """Turn noise into a latent that the prompts describe.

    Args:
        unet: The network, on its device, with its patches.
        family: Its family.
        positive: What to draw; several share the picture by region and strength.
        negative: What to steer away from. Without one, families whose empty prompt is zeros take
            that; others need it unless guidance is 1.
        latent: Where to start. Its mask says what may change. Noise left in it is gone on from.
        settings: How.
        warn: Takes a code and a text.
        controls: What steers the network, in any order.

    Returns:
        A latent on the CPU; the given one when there is nothing to do.

    Raises:
        RangeError: A setting is outside its range.
        MissingInputError: Guidance needs a negative prompt.
        NotFiniteError: The numbers left their range; the message names the first bad step.
        UnsupportedError: The latent has a mask, and noise left in it before or after.
    """
    if settings.denoise == 0:
        return latent
    sigmas = walked_sigmas(settings, noise_table(family, settings.prediction))
    mask = _mask(latent, sigmas[-1])
    if mask is not None and not mask.any():
        warn("W_EMPTY_MASK", "the mask is black everywhere; the latent is returned as it came")
        return latent
    _check_left_over(latent, sigmas[0], warn)
    negative = _negative(family, positive, negative, settings.guidance)
    guide = Guide(positive, negative, settings.guidance, settings.rescale)
    shape = latent.samples.shape
    denoiser = Denoiser(unet, family, guide, sigmas, shape, settings.prediction, controls)
    for title in denoiser.steerings.idle:
        warn("W_UNUSED", f"{title} acts at none of the {denoiser.steps} steps")
    x = yield from _sampled(denoiser, latent, mask, sigmas, settings)
    return replace(latent, samples=x.cpu(), family=family.id, sigma=sigmas[-1], key="")


def _mask(latent: Latent, end: float) -> torch.Tensor | None:
    if latent.mask is None:
        return None
    if latent.sigma > 0 or end > 0:
        raise UnsupportedError(
            "a latent with a mask cannot have noise left in it, before or after",
            fix="sample to the end in one pass, or take the mask away",
        )
    return latent_mask(latent.mask, latent.samples.shape, latent.mask_mode)


def _check_left_over(latent: Latent, start: float, warn: Warn) -> None:
    if latent.sigma > 0 and abs(latent.sigma / start - 1) > LEFT_OVER_TOLERANCE:
        warn(
            "W_NOISE_MISMATCH",
            f"the latent holds noise of sigma {latent.sigma:.3g}, sampling starts at {start:.3g}",
        )


def _negative(
    family: Family,
    positive: tuple[Conditioning, ...],
    negative: Conditioning | None,
    guidance: float,
) -> Conditioning | None:
    """Return the negative prompt, or what stands for none."""
    if negative is not None or guidance == 1:
        return negative
    if not family.zero_empty_negative:
        raise MissingInputError(
            f"guidance {guidance:g} steers away from a negative prompt, and there is none",
            fix="link an encoded prompt, which may be empty, or set guidance to 1",
        )
    [first, *_] = positive[0].segments
    pooled = None if first.pooled is None else torch.zeros_like(first.pooled)
    segment = Segment(torch.zeros_like(first.tokens), pooled)
    return Conditioning((segment,), family.id, size_ids=positive[0].size_ids)


def _sampled(
    denoiser: Denoiser,
    latent: Latent,
    mask: torch.Tensor | None,
    sigmas: list[float],
    settings: Settings,
) -> Walk[torch.Tensor]:
    """Add the start noise, walk, and put back what the mask keeps."""
    seeds, device = item_seeds(latent, settings.seed), denoiser.device
    denoise: Denoise[torch.Tensor] = denoiser
    shape = latent.samples.shape[1:]
    clean = latent.samples.to(device, torch.float32)
    noise = start_noise(shape, seeds).to(device)
    x = clean if latent.sigma > 0 else clean + noise * sigmas[0]
    if mask is not None:
        mask = mask.to(device)
        at = mask_at(mask, latent.mask_mode, sigmas, denoiser.table)
        denoise = masked(denoise, at, clean, noise)
    x = yield from _finite(_steps(denoise, x, sigmas, StepNoise(shape, seeds, device), settings))
    return x if mask is None else restored(x, mask, clean)


def _steps(
    denoise: Denoise[torch.Tensor],
    x: torch.Tensor,
    sigmas: list[float],
    noise: StepNoise,
    settings: Settings,
) -> Walk[torch.Tensor]:
    if settings.sampler in STOCHASTIC:
        return STOCHASTIC[settings.sampler](denoise, x, sigmas, noise, settings.eta)
    if settings.sampler in SAMPLERS:
        return SAMPLERS[settings.sampler](denoise, x, sigmas, noise)
    known = ", ".join(SAMPLERS)
    raise RangeError(f"there is no sampler {settings.sampler!r}", fix=f"take one of {known}")


def _finite(steps: Walk[torch.Tensor]) -> Walk[torch.Tensor]:
    """Pass steps on, and stop at the first that left the numbers."""
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                end: torch.Tensor = stop.value
                return end
            # The sum of finite latents is finite, and costs a tenth of looking at each number.
            if not math.isfinite(float(step.x.sum())):
                raise NotFiniteError(
                    f"step {step.index + 1} of {step.total} at sigma {step.sigma:.3g} gave numbers "
                    "that are not finite",
                    fix="lower guidance, or compute in float32",
                )
            yield step
    finally:
        steps.close()
