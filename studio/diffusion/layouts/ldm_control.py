"""ControlNets of Stable Diffusion 1.x and XL: published names <-> `ControlNetModel`.

A ControlNet is the way down and the middle of a denoiser, a few convolutions that read the hint, and
one more behind each block.
"""

from __future__ import annotations

from typing import Any

from studio.diffusion.layouts import ldm_unet
from studio.diffusion.layouts.ldm_unet import Skeleton
from studio.diffusion.layouts.names import Pairs, Shapes

HINT = "input_hint_block"
_WAY_UP = ("out.", "output_blocks.")
_OF_DENOISERS = ("out_channels", "up_block_types")
_NO_TEXT_WIDTH = 2048
"""Width of the text for networks without attention, which never look at it."""


def pairs(skeleton: Skeleton, levels: int) -> Pairs:
    """Return published names beside the network's names.

    Args:
        skeleton: The blocks.
        levels: Widths that the convolutions of the hint go through.
    """
    table = [pair for pair in ldm_unet.pairs(skeleton) if not pair[0].startswith(_WAY_UP)]
    residuals = sum(skeleton.resnets) + len(skeleton.resnets)
    table += [(f"zero_convs.{k}.0", f"controlnet_down_blocks.{k}") for k in range(residuals)]
    table.append(("middle_block_out.0", "controlnet_mid_block"))
    last = 2 * (levels - 1)
    table.append((f"{HINT}.0", "controlnet_cond_embedding.conv_in"))
    table.append((f"{HINT}.{2 * last + 2}", "controlnet_cond_embedding.conv_out"))
    return table + [
        (f"{HINT}.{2 * block + 2}", f"controlnet_cond_embedding.blocks.{block}")
        for block in range(last)
    ]


def levels_of_file(names: Shapes) -> int:
    """Return how many widths the convolutions of the hint go through, by published names."""
    return _levels(names, HINT + ".{}.weight", 2, 2)


def levels_of_network(names: Shapes) -> int:
    """Return the same by the names of a network."""
    return 1 + _levels(names, "controlnet_cond_embedding.blocks.{}.weight", 0, 1)


def config(shapes: Shapes) -> dict[str, Any]:
    """Return the settings of the network that these tensors belong to.

    Args:
        shapes: Shapes by published name.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
        ValueError: The tensors belong to no network of this kind.
    """
    nothing = {"out.2.weight": (0,), "none.attn2.to_k.weight": (0, _NO_TEXT_WIDTH)}
    settings = ldm_unet.config({**shapes, **nothing})
    for name in _OF_DENOISERS:
        del settings[name]
    hints = [shapes[f"{HINT}.{4 * level}.weight"][0] for level in range(levels_of_file(shapes))]
    return settings | {
        "conditioning_channels": shapes[f"{HINT}.0.weight"][1],
        "conditioning_embedding_out_channels": hints,
    }


def union_config(shapes: Shapes) -> dict[str, Any]:
    """Return what a union network has besides; its names are the same everywhere.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
    """
    kinds, width = shapes["task_embedding"]
    layers = 0
    while f"transformer_layes.{layers}.attn.in_proj_weight" in shapes:
        layers += 1
    return {
        "num_control_type": kinds,
        "num_trans_channel": width,
        "num_trans_layer": layers,
        "num_proj_channel": shapes["spatial_ch_projs.weight"][0],
        "addition_time_embed_dim": shapes["control_add_embedding.linear_1.weight"][1] // kinds,
    }


def _levels(names: Shapes, pattern: str, first: int, step: int) -> int:
    """Return half of how many there are of a pattern with a rising number."""
    count = 0
    while pattern.format(first + step * count) in names:
        count += 1
    return (count + 1) // 2
