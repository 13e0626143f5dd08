"""Tiny real networks with random weights, the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

VOCABULARY = 49408
TEXT_WIDTH = 16
"""Width of the first tower, and of the text that an SD 1.x denoiser sees."""
SECOND_WIDTH = 24
"""Width of SDXL's second tower, and of its pooled vector."""
TIME_IDS = 6
"""Sizes that SDXL is conditioned on; each becomes 256 numbers."""


def sd15_unet(seed: int = 0, channels: int = 4) -> UNet2DConditionModel:
    """Return a denoiser of two levels, 32 and 64 wide; 8 heads, as its layout says."""
    return random_network(
        UNet2DConditionModel, seed, **_unet(channels), cross_attention_dim=TEXT_WIDTH
    )


def sdxl_unet(seed: int = 0) -> UNet2DConditionModel:
    """Return a denoiser of two levels, with linear projections, a vector and deep attention."""
    return random_network(
        UNet2DConditionModel,
        seed,
        **_unet(4),
        cross_attention_dim=TEXT_WIDTH + SECOND_WIDTH,
        use_linear_projection=True,
        transformer_layers_per_block=[1, 2],
        attention_head_dim=[1, 1],
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=SECOND_WIDTH + TIME_IDS * 256,
    )


def vae(seed: int = 1, scale: float = 0.18215) -> AutoencoderKL:
    """Return a VAE of four levels, 8 to 16 wide: 8 x 8 pixels are one latent."""
    return random_network(
        AutoencoderKL,
        seed,
        block_out_channels=[8, 8, 16, 16],
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        scaling_factor=scale,
    )


def clip_l(seed: int = 2) -> CLIPTextModel:
    """Return the tower of SD 1.x, the first of SDXL."""
    return random_network(
        CLIPTextModel, seed, CLIPTextConfig(**_text(TEXT_WIDTH), hidden_act="quick_gelu")
    )


def clip_g(seed: int = 3) -> CLIPTextModelWithProjection:
    """Return the second tower of SDXL."""
    config = CLIPTextConfig(
        **_text(SECOND_WIDTH), hidden_act="gelu", projection_dim=SECOND_WIDTH, pad_token_id=0
    )
    return random_network(CLIPTextModelWithProjection, seed, config)


def _unet(channels: int) -> dict[str, Any]:
    return {
        "in_channels": channels,
        "block_out_channels": [32, 64],
        "layers_per_block": 1,
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"],
        "norm_num_groups": 32,
    }


def _text(width: int) -> dict[str, Any]:
    return {
        "vocab_size": VOCABULARY,
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": 3,
        "num_attention_heads": 1,
        "bos_token_id": 49406,
        "eos_token_id": 49407,
    }


@cache
def shared(make: Callable[..., Any], *arguments: Any) -> Any:
    """Return a network that tests only ask and never change: building takes longer than asking."""
    return make(*arguments)


def random_network(kind: Any, seed: int, *arguments: Any, **settings: Any) -> Any:
    """Build a network from a seed, without disturbing the global random state."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = kind(*arguments, **settings)
    return network.requires_grad_(False).eval()
