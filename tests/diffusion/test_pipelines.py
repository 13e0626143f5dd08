"""Our walk ends where the pipelines of diffusers end, with the same noise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import (
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLPipeline,
)

from studio.core.context import result_of
from studio.core.values import Conditioning, Latent
from studio.diffusion.sampling.noise import start_noise
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.walk import walk
from studio.facts.families import family
from tests.diffusion.pipelines import GUIDANCE, MARKS, drawn_by, pipeline
from tests.diffusion.setting import latent, prompt, relative_error
from tests.tiny import sd15_unet, sdxl_unet

pytestmark = MARKS

SEED = 3
UNETS = {"sd15": sd15_unet, "sdxl": sdxl_unet}
PIPELINES: dict[tuple[str, bool], Any] = {
    ("sd15", False): StableDiffusionPipeline,
    ("sd15", True): StableDiffusionImg2ImgPipeline,
    ("sdxl", False): StableDiffusionXLPipeline,
    ("sdxl", True): StableDiffusionXLImg2ImgPipeline,
}


def theirs(name: str, from_image: bool, **given: Any) -> torch.Tensor:
    """Return the latent of diffusers' pipeline."""
    unet = UNETS[name]()
    unet.register_to_config(sample_size=64)  # the img2img pipeline compares it with 64
    return drawn_by(pipeline(PIPELINES[name, from_image], name, unet), name, **given)


def ours(name: str, start: Latent, **settings: Any) -> torch.Tensor:
    wanted: tuple[Conditioning, ...] = (prompt(1, family=name),)
    chosen = Settings(SEED, sampler="euler", schedule="normal", guidance=GUIDANCE, **settings)
    unwanted = prompt(2, family=name)
    walked = walk(UNETS[name](), family(name), wanted, unwanted, start, chosen)
    return result_of(walked).samples


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_a_text_becomes_the_same_latent(name: str) -> None:
    noise = start_noise((4, 6, 10), [SEED])
    expected = theirs(name, False, height=48, width=80, num_inference_steps=8, latents=noise)
    assert relative_error(ours(name, latent(family=name), steps=8), expected) <= 1e-3


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
@pytest.mark.parametrize(
    "settings",
    [
        {"steps": 5, "denoise": 0.5, "denoise_mode": "exact_steps"},
        # A1111's share of the steps is one step more than that of diffusers.
        {"steps": 10, "denoise": 0.4, "denoise_mode": "proportional"},
    ],
    ids=lambda settings: str(settings["denoise_mode"]),
)
def test_a_picture_becomes_the_same_latent(name: str, settings: dict[str, Any]) -> None:
    start = latent(seed=9, family=name)
    generator = torch.Generator().manual_seed(SEED)
    picture = {"image": start.samples, "strength": 0.5, "generator": generator}
    expected = theirs(name, True, num_inference_steps=10, **picture)
    assert relative_error(ours(name, start, **settings), expected) <= 1e-3
