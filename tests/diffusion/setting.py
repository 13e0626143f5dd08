"""Prompts, latents and noise for the tests of sampling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from diffusers import UNet2DConditionModel

from studio.core.values import Conditioning, Latent, Segment
from tests import tiny

TOKENS = 5
WIDTHS = {"sd15": tiny.TEXT_WIDTH, "sdxl": tiny.TEXT_WIDTH + tiny.SECOND_WIDTH}


def prompt(seed: int, *, tokens: int = TOKENS, family: str = "sd15") -> Conditioning:
    """Make a prompt of one segment from a seed."""
    return Conditioning((segment(seed, tokens=tokens, family=family),), family)


def segment(
    seed: int, start: float = 0, end: float = 1, *, tokens: int = TOKENS, family: str = "sd15"
) -> Segment:
    """Make a part of a prompt from a seed."""
    generator = torch.Generator().manual_seed(seed)
    states = torch.randn(1, tokens, WIDTHS[family], generator=generator)
    pooled = torch.randn(1, tiny.SECOND_WIDTH, generator=generator) if family == "sdxl" else None
    return Segment(states, pooled, start, end)


def latent(items: int = 1, *, seed: int | None = None, family: str = "sd15") -> Latent:
    """Make a latent of 6 x 10, empty or random; odd sizes find code that assumes even ones."""
    shape = (items, 4, 6, 10)
    if seed is None:
        return Latent(torch.zeros(shape), family)
    return Latent(torch.randn(shape, generator=torch.Generator().manual_seed(seed)), family)


@dataclass
class CountedNoise:
    """Noise that depends on how often it was asked for, so that two programs get the same."""

    shape: tuple[int, ...]
    generator: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(11))

    def __call__(self, sigma: object, after: object) -> torch.Tensor:
        return torch.randn(self.shape, generator=self.generator)


def relative_error(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    """Return the largest difference in shares of the largest value."""
    return float((ours - theirs).abs().max() / theirs.abs().max())


def guided_network(
    unet: UNet2DConditionModel, positive: Conditioning, negative: Conditioning, guidance: float
) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Return the guided noise guess of a network at an integer or broken timestep, spelt out."""

    def predict(x: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
        wanted: torch.Tensor = unet(x, timestep, positive.segments[0].tokens).sample
        unwanted: torch.Tensor = unet(x, timestep, negative.segments[0].tokens).sample
        return unwanted + guidance * (wanted - unwanted)

    return predict
