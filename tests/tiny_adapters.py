"""Tiny T2I-Adapters, IP-Adapters and image encoders with random weights."""

from __future__ import annotations

import re

import torch
from diffusers import T2IAdapter, UNet2DConditionModel
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from tests.tiny import random_network

Tensors = dict[str, torch.Tensor]
Shapes = dict[str, tuple[int, ...]]


_LEVELS = {
    "full_adapter": [32, 64, 64],
    "full_adapter_xl": [32, 64, 64, 64],
    "light_adapter": [32, 64],
}


def t2i(kind: str = "full_adapter", channels: int = 3, seed: int = 5) -> T2IAdapter:
    """Return a T2I-Adapter for a denoiser of three levels, 32, 64 and 64 wide."""
    cut = 16 if kind.endswith("_xl") else 8
    network: T2IAdapter = random_network(T2IAdapter, seed, channels, _LEVELS[kind], 2, cut, kind)
    return network


def published(network: T2IAdapter) -> Tensors:
    """Return the tensors of a T2I-Adapter under the names that its authors use."""
    is_light = network.config["adapter_type"] == "light_adapter"
    found = {}
    for name, tensor in network.state_dict().items():
        bare = name.removeprefix("adapter.")
        found[_light_name(bare) if is_light else _full_name(bare)] = tensor
    return found


def _light_name(name: str) -> str:
    return name.replace(".resnets.", ".body.")


def _full_name(name: str) -> str:
    name = re.sub(r"body\.(\d)\.in_conv", lambda m: f"body.{2 * int(m[1])}.in_conv", name)
    flat = r"body\.(\d)\.resnets\.(\d)\."
    return re.sub(flat, lambda m: f"body.{2 * int(m[1]) + int(m[2])}.", name)


SIGHT = 24
"""Numbers that the tiny image encoder says of a picture as a whole."""
PATCH_SIGHT = 32
"""Numbers that it says of each patch."""


def image_encoder(seed: int = 6, side: int = 28) -> CLIPVisionModelWithProjection:
    """Return an image encoder of three layers that looks at 4 patches of 14 x 14 pixels."""
    config = CLIPVisionConfig(
        hidden_size=PATCH_SIGHT,
        intermediate_size=64,
        projection_dim=SIGHT,
        num_hidden_layers=3,
        num_attention_heads=1,
        image_size=side,
        patch_size=14,
        hidden_act="gelu",
    )
    network: CLIPVisionModelWithProjection = random_network(
        CLIPVisionModelWithProjection, seed, config
    )
    return network


def ip_adapter(unet: UNet2DConditionModel, kind: str = "base", seed: int = 8) -> Tensors:
    """Return an IP-Adapter for a denoiser, as published files name it.

    Args:
        unet: The denoiser.
        kind: ``base``, ``plus`` or ``full``.
        seed: Of the random weights.
    """
    generator = torch.Generator().manual_seed(seed)
    width = unet.config.cross_attention_dim
    shapes = {f"image_proj.{n}": s for n, s in _PROJECTIONS[kind](width).items()}
    heads = [p for p in unet.attn_processors if p.endswith("attn2.processor")]
    for number, path in enumerate(heads):
        inner = unet.get_submodule(path.removesuffix(".processor")).inner_dim
        for part in ("to_k_ip", "to_v_ip"):
            shapes[f"ip_adapter.{2 * number + 1}.{part}.weight"] = (inner, width)
    return {name: torch.randn(shape, generator=generator) * 0.2 for name, shape in shapes.items()}


def nested(tensors: Tensors) -> dict[str, Tensors]:
    """Return the same as torch files hold it."""
    found: dict[str, Tensors] = {}
    for name, tensor in tensors.items():
        part, _, inside = name.partition(".")
        found.setdefault(part, {})[inside] = tensor
    return found


def _base(width: int) -> Shapes:
    return {
        "proj.weight": (4 * width, SIGHT),
        "proj.bias": (4 * width,),
        "norm.weight": (width,),
        "norm.bias": (width,),
    }


def _full(width: int) -> Shapes:
    return {
        "proj.0.weight": (PATCH_SIGHT, PATCH_SIGHT),
        "proj.0.bias": (PATCH_SIGHT,),
        "proj.2.weight": (width, PATCH_SIGHT),
        "proj.2.bias": (width,),
        "proj.3.weight": (width,),
        "proj.3.bias": (width,),
    }


def _plus(width: int) -> Shapes:
    inner, queries, hidden = 64, 3, 48
    shapes: Shapes = {
        "latents": (1, queries, hidden),
        "proj_in.weight": (hidden, PATCH_SIGHT),
        "proj_in.bias": (hidden,),
        "proj_out.weight": (width, hidden),
        "proj_out.bias": (width,),
        "norm_out.weight": (width,),
        "norm_out.bias": (width,),
    }
    # The library that these are compared with knows four layers only.
    for layer in range(4):
        shapes |= {
            f"layers.{layer}.0.norm1.weight": (hidden,),
            f"layers.{layer}.0.norm1.bias": (hidden,),
            f"layers.{layer}.0.norm2.weight": (hidden,),
            f"layers.{layer}.0.norm2.bias": (hidden,),
            f"layers.{layer}.0.to_q.weight": (inner, hidden),
            f"layers.{layer}.0.to_kv.weight": (2 * inner, hidden),
            f"layers.{layer}.0.to_out.weight": (hidden, inner),
            f"layers.{layer}.1.0.weight": (hidden,),
            f"layers.{layer}.1.0.bias": (hidden,),
            f"layers.{layer}.1.1.weight": (4 * hidden, hidden),
            f"layers.{layer}.1.3.weight": (hidden, 4 * hidden),
        }
    return shapes


_PROJECTIONS = {"base": _base, "full": _full, "plus": _plus}
