"""Our walk ends where the pipelines of diffusers end, with the same noise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import (
    EulerDiscreteScheduler,
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
from tests.diffusion.setting import latent, prompt, relative_error
from tests.tiny import sd15_unet, sdxl_unet, vae

pytestmark = [
    pytest.mark.torch,
    # diffusers' schedulers make arrays of tensors in a way that numpy 2 warns of.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

SEED = 3
UNETS = {"sd15": sd15_unet, "sdxl": sdxl_unet}
PIPELINES: dict[tuple[str, bool], Any] = {
    ("sd15", False): StableDiffusionPipeline,
    ("sd15", True): StableDiffusionImg2ImgPipeline,
    ("sdxl", False): StableDiffusionXLPipeline,
    ("sdxl", True): StableDiffusionXLImg2ImgPipeline,
}


def pipeline(name: str, from_image: bool) -> Any:
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        timestep_spacing="linspace",
        steps_offset=1,
    )
    towers: dict[str, Any] = {"text_encoder": None, "tokenizer": None}
    if name == "sd15":
        towers |= {"safety_checker": None, "feature_extractor": None}
        towers |= {"requires_safety_checker": False}
    else:
        towers |= {"text_encoder_2": None, "tokenizer_2": None, "add_watermarker": False}
    unet = UNETS[name]()
    unet.register_to_config(sample_size=64)  # the img2img pipeline compares it with 64
    made = PIPELINES[name, from_image](vae=vae(), unet=unet, scheduler=scheduler, **towers)
    made.set_progress_bar_config(disable=True)
    return made


def prompts(name: str) -> dict[str, torch.Tensor]:
    positive, negative = prompt(1, family=name), prompt(2, family=name)
    given = {
        "prompt_embeds": positive.segments[0].tokens,
        "negative_prompt_embeds": negative.segments[0].tokens,
    }
    pooled, unwanted = positive.segments[0].pooled, negative.segments[0].pooled
    if pooled is not None and unwanted is not None:
        given |= {"pooled_prompt_embeds": pooled, "negative_pooled_prompt_embeds": unwanted}
    return given


def ours(name: str, start: Latent, **settings: Any) -> torch.Tensor:
    wanted: tuple[Conditioning, ...] = (prompt(1, family=name),)
    chosen = Settings(SEED, sampler="euler", schedule="normal", guidance=5.0, **settings)
    unwanted = prompt(2, family=name)
    walked = walk(UNETS[name](), family(name), wanted, unwanted, start, chosen)
    return result_of(walked).samples


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_a_text_becomes_the_same_latent(name: str) -> None:
    noise = start_noise((4, 6, 10), [SEED])
    theirs = pipeline(name, from_image=False)(
        **prompts(name),
        height=48,
        width=80,
        num_inference_steps=8,
        guidance_scale=5.0,
        latents=noise,
        output_type="latent",
    ).images
    assert relative_error(ours(name, latent(family=name), steps=8), theirs) <= 1e-3


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
    theirs = pipeline(name, from_image=True)(
        **prompts(name),
        image=start.samples,
        strength=0.5,
        num_inference_steps=10,
        guidance_scale=5.0,
        generator=torch.Generator().manual_seed(SEED),
        output_type="latent",
    ).images
    assert relative_error(ours(name, start, **settings), theirs) <= 1e-3
