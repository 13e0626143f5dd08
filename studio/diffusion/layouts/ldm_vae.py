"""The VAE of Stable Diffusion 1.x and XL: published names <-> `AutoencoderKL`."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import torch

from studio.diffusion.layouts.names import Pairs, Shapes, norm_groups

_RESNET = {
    "norm1": "norm1",
    "conv1": "conv1",
    "norm2": "norm2",
    "conv2": "conv2",
    "nin_shortcut": "conv_shortcut",
}
_ATTENTION = {"norm": "group_norm", "q": "to_q", "k": "to_k", "v": "to_v", "proj_out": "to_out.0"}
_OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


def is_published(names: Container[str]) -> bool:
    """Return whether the names are the published ones and not those of the network."""
    return "decoder.up.0.block.0.conv1.weight" in names


def levels_of_file(names: Container[str]) -> tuple[int, int]:
    """Return levels and layers a level, read off published names."""
    return _counted(names, "decoder.up.{}.block.{}.conv1.weight")


def levels_of_network(names: Container[str]) -> tuple[int, int]:
    """Return levels and layers a level, read off the names of an `AutoencoderKL`."""
    return _counted(names, "decoder.up_blocks.{}.resnets.{}.conv1.weight")


def pairs(levels: int, layers: int) -> Pairs:
    """Return published names beside the network's names.

    Args:
        levels: Levels of the encoder and the decoder.
        layers: Residual blocks of a level of the encoder; the decoder has one more.
    """
    table = [("quant_conv", "quant_conv"), ("post_quant_conv", "post_quant_conv")]
    for side in ("encoder", "decoder"):
        table += _ends(side)
    for level in range(levels):
        up = levels - 1 - level
        down_file, down = f"encoder.down.{level}", f"encoder.down_blocks.{level}"
        up_file, up_network = f"decoder.up.{up}", f"decoder.up_blocks.{level}"
        for layer in range(layers):
            table += _resnet(f"{down_file}.block.{layer}", f"{down}.resnets.{layer}")
        for layer in range(layers + 1):
            table += _resnet(f"{up_file}.block.{layer}", f"{up_network}.resnets.{layer}")
        table.append((f"{down_file}.downsample.conv", f"{down}.downsamplers.0.conv"))
        table.append((f"{up_file}.upsample.conv", f"{up_network}.upsamplers.0.conv"))
    return table


def old_names() -> dict[str, str]:
    """Return the parts of attention's names that older folders have, with today's."""
    return {f".attentions.0.{old}.": f".attentions.0.{new}." for old, new in _OLD_ATTENTION.items()}


def config(shapes: Shapes, scale: float) -> dict[str, Any]:
    """Return the settings of the network that these tensors belong to.

    Args:
        shapes: Shapes by published name, without ``first_stage_model.``.
        scale: The family's factor to unit variance.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
        ValueError: The tensors belong to no network of this kind.
    """
    levels, layers = levels_of_file(shapes)
    widths = [shapes[f"decoder.up.{level}.block.0.conv2.weight"][0] for level in range(levels)]
    return {
        "in_channels": shapes["encoder.conv_in.weight"][1],
        "out_channels": shapes["decoder.conv_out.weight"][0],
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "block_out_channels": widths,
        "layers_per_block": layers,
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
        "use_quant_conv": "quant_conv.weight" in shapes,
        "use_post_quant_conv": "post_quant_conv.weight" in shapes,
        "mid_block_add_attention": "decoder.mid.attn_1.q.weight" in shapes,
        "norm_num_groups": norm_groups(widths),
        "scaling_factor": scale,
    }


def to_network(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Give attention the shape of the network: a 1 x 1 convolution is a matrix there."""
    return {
        name: tensor[:, :, 0, 0] if _is_attention(name) and tensor.shape[2:] == (1, 1) else tensor
        for name, tensor in tensors.items()
    }


def to_file(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Give attention the shape of the file: a matrix is a 1 x 1 convolution there."""
    return {
        name: tensor[:, :, None, None] if _is_attention(name) and tensor.ndim == 2 else tensor
        for name, tensor in tensors.items()
    }


def _is_attention(name: str) -> bool:
    return ".attentions.0." in name or ".mid.attn_1." in name


def _counted(names: Container[str], pattern: str) -> tuple[int, int]:
    levels = layers = 0
    while pattern.format(levels, 0) in names:
        levels += 1
    while pattern.format(0, layers) in names:
        layers += 1
    return levels, layers - 1


def _resnet(file: str, network: str) -> Pairs:
    return [(f"{file}.{left}", f"{network}.{right}") for left, right in _RESNET.items()]


def _ends(side: str) -> Pairs:
    """Return the names of the convolutions at both ends, and of the middle."""
    table = [
        (f"{side}.conv_in", f"{side}.conv_in"),
        (f"{side}.conv_out", f"{side}.conv_out"),
        (f"{side}.norm_out", f"{side}.conv_norm_out"),
    ]
    for block in (1, 2):
        table += _resnet(f"{side}.mid.block_{block}", f"{side}.mid_block.resnets.{block - 1}")
    middle = f"{side}.mid_block.attentions.0"
    return table + [(f"{side}.mid.attn_1.{a}", f"{middle}.{b}") for a, b in _ATTENTION.items()]
