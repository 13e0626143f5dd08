"""Pipelines of diffusers without text networks, which our walks are compared with."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import EulerDiscreteScheduler, UNet2DConditionModel

from tests.diffusion.setting import prompt
from tests.tiny import shared, vae

MARKS = [
    pytest.mark.torch,
    # diffusers' schedulers make arrays of tensors in a way that numpy 2 warns of.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
GUIDANCE = 5.0


def pipeline(kind: Any, name: str, unet: UNet2DConditionModel, **parts: Any) -> Any:
    """Return a pipeline of a family with the noise levels of our ``normal`` schedule."""
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        timestep_spacing="linspace", steps_offset=1,
    )  # fmt: skip
    parts |= {"text_encoder": None, "tokenizer": None}
    if name == "sd15":
        parts |= {"feature_extractor": None, "safety_checker": None}
        parts |= {"requires_safety_checker": False}
    else:
        parts |= {"text_encoder_2": None, "tokenizer_2": None}
    made = kind(vae=shared(vae), unet=unet, scheduler=scheduler, **parts)
    made.set_progress_bar_config(disable=True)
    return made


def drawn_by(made: Any, name: str, **given: Any) -> torch.Tensor:
    """Return the latent that a pipeline ends at, of the two prompts that all walks here have."""
    positive, negative = (prompt(seed, family=name).segments[0] for seed in (1, 2))
    given |= {"prompt_embeds": positive.tokens, "negative_prompt_embeds": negative.tokens}
    if positive.pooled is not None:
        given["pooled_prompt_embeds"] = positive.pooled
        given["negative_pooled_prompt_embeds"] = negative.pooled
    latents: torch.Tensor = made(guidance_scale=GUIDANCE, output_type="latent", **given).images
    return latents
