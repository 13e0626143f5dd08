"""Tiny denoisers and prompts for the tests of sampling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from diffusers import UNet2DConditionModel

from studio.core.values import Conditioning, Latent, Segment

WIDTH = 16
TOKENS = 5


def tiny_unet(seed: int = 0, *, sdxl: bool = False) -> UNet2DConditionModel:
    """Build a denoiser of two levels, 8 and 16 channels, with random weights."""
    extra = (
        {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 8,
            "projection_class_embeddings_input_dim": 6 * 8 + WIDTH,
            "use_linear_projection": True,
        }
        if sdxl
        else {}
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        unet = UNet2DConditionModel(
            block_out_channels=(8, 16),
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            layers_per_block=1,
            norm_num_groups=4,
            attention_head_dim=4,
            cross_attention_dim=WIDTH,
            **extra,
        )
    return unet.eval().requires_grad_(False)


def prompt(seed: int, *, tokens: int = TOKENS, family: str = "sd15") -> Conditioning:
    """Make a prompt of one segment from a seed."""
    generator = torch.Generator().manual_seed(seed)
    states = torch.randn(1, tokens, WIDTH, generator=generator)
    pooled = torch.randn(1, WIDTH, generator=generator) if family == "sdxl" else None
    return Conditioning((Segment(states, pooled),), family)


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
