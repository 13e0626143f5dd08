"""The denoiser of Stable Diffusion 1.x and XL: published names <-> `UNet2DConditionModel`.

The config is read off names and shapes. What shapes do not say follows from the layout: where the
input projection of attention is a convolution there are 8 heads, where it is linear there is one
for each 64 channels.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from studio.diffusion.layouts.names import Pairs, Shapes, norm_groups

_RESNET = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}
_TIME_CHANNELS = 256


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The blocks of a denoiser, without widths.

    Attributes:
        resnets: Residual blocks of each level on the way down.
        attention: Whether each level has attention.
        middle_attention: Whether the middle has attention.
    """

    resnets: tuple[int, ...]
    attention: tuple[bool, ...]
    middle_attention: bool


def skeleton_of_file(names: Container[str]) -> Skeleton:
    """Read the blocks off published names, without ``model.diffusion_model.``."""
    resnets, attention = [0], [False]
    block = 1
    while True:
        if f"input_blocks.{block}.0.op.weight" in names:
            resnets.append(0)
            attention.append(False)
        elif f"input_blocks.{block}.0.in_layers.2.weight" in names:
            resnets[-1] += 1
            attention[-1] |= f"input_blocks.{block}.1.proj_in.weight" in names
        else:
            break
        block += 1
    middle = "middle_block.1.proj_in.weight" in names
    return Skeleton(tuple(resnets), tuple(attention), middle)


def skeleton_of_network(names: Container[str]) -> Skeleton:
    """Read the blocks off the names of a `UNet2DConditionModel`."""
    resnets: list[int] = []
    attention: list[bool] = []
    while f"down_blocks.{len(resnets)}.resnets.0.conv1.weight" in names:
        level, count = len(resnets), 0
        while f"down_blocks.{level}.resnets.{count}.conv1.weight" in names:
            count += 1
        attention.append(f"down_blocks.{level}.attentions.0.proj_in.weight" in names)
        resnets.append(count)
    middle = "mid_block.attentions.0.proj_in.weight" in names
    return Skeleton(tuple(resnets), tuple(attention), middle)


def pairs(skeleton: Skeleton) -> Pairs:
    """Return published names beside the network's names."""
    table = [
        ("time_embed.0", "time_embedding.linear_1"),
        ("time_embed.2", "time_embedding.linear_2"),
        ("label_emb.0.0", "add_embedding.linear_1"),
        ("label_emb.0.2", "add_embedding.linear_2"),
        ("input_blocks.0.0", "conv_in"),
        ("out.0", "conv_norm_out"),
        ("out.2", "conv_out"),
    ]
    return table + _down(skeleton) + _middle(skeleton) + _up(skeleton)


def config(shapes: Shapes) -> dict[str, Any]:
    """Return the settings of the network that these tensors belong to.

    Args:
        shapes: Shapes by published name, without ``model.diffusion_model.``.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
        ValueError: The tensors belong to no network of this kind.
    """
    skeleton = skeleton_of_file(shapes)
    if len(set(skeleton.resnets)) != 1:
        raise ValueError(f"levels of {skeleton.resnets} residual blocks")
    widths = _widths(shapes, skeleton)
    depths = _depths(shapes, skeleton)
    linear = _is_linear(shapes)
    return {
        "in_channels": shapes["input_blocks.0.0.weight"][1],
        "out_channels": shapes["out.2.weight"][0],
        "block_out_channels": widths,
        "layers_per_block": skeleton.resnets[0],
        "cross_attention_dim": _context_width(shapes),
        "down_block_types": [_block("Down", has) for has in skeleton.attention],
        "up_block_types": [_block("Up", has) for has in reversed(skeleton.attention)],
        "mid_block_type": f"UNetMidBlock2D{'CrossAttn' if skeleton.middle_attention else ''}",
        "transformer_layers_per_block": depths,
        "use_linear_projection": linear,
        "attention_head_dim": [max(1, width // 64) for width in widths] if linear else 8,
        "norm_num_groups": norm_groups(widths),
    } | _vector(shapes)


def _vector(shapes: Shapes) -> dict[str, Any]:
    """Return the settings of the vector beside the text: pooled text and sizes."""
    if "label_emb.0.0.weight" not in shapes:
        return {}
    return {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": _TIME_CHANNELS,
        "projection_class_embeddings_input_dim": shapes["label_emb.0.0.weight"][1],
    }


def _block(way: str, attention: bool) -> str:
    return f"{'CrossAttn' if attention else ''}{way}Block2D"


def _blocks(skeleton: Skeleton) -> list[list[int]]:
    """Return the numbers of the input blocks of each level, without the downsamplers."""
    found, block = [], 1
    for count in skeleton.resnets:
        found.append(list(range(block, block + count)))
        block += count + 1
    return found


def _widths(shapes: Shapes, skeleton: Skeleton) -> list[int]:
    last = [blocks[-1] for blocks in _blocks(skeleton)]
    return [shapes[f"input_blocks.{block}.0.out_layers.3.weight"][0] for block in last]


def _depths(shapes: Shapes, skeleton: Skeleton) -> list[int]:
    """Return the transformer layers of each level; the middle's depth is the last level's."""
    depths = [max(1, _depth(shapes, f"input_blocks.{blocks[0]}.1")) for blocks in _blocks(skeleton)]
    if skeleton.middle_attention:
        middle = _depth(shapes, "middle_block.1")
        if skeleton.attention[-1] and middle != depths[-1]:
            raise ValueError(f"a middle of {middle} layers below a level of {depths[-1]}")
        depths[-1] = middle
    return depths


def _depth(shapes: Shapes, attention: str) -> int:
    depth = 0
    while f"{attention}.transformer_blocks.{depth}.attn2.to_k.weight" in shapes:
        depth += 1
    return depth


def _is_linear(shapes: Shapes) -> bool:
    axes = {len(shape) for name, shape in shapes.items() if name.endswith(".proj_in.weight")}
    return axes == {2}


def _context_width(shapes: Shapes) -> int:
    for name, shape in shapes.items():
        if name.endswith("attn2.to_k.weight"):
            return shape[1]
    raise KeyError("attn2.to_k.weight")


def _resnet(file: str, network: str) -> Pairs:
    return [(f"{file}.{left}", f"{network}.{right}") for left, right in _RESNET.items()]


def _down(skeleton: Skeleton) -> Pairs:
    table: Pairs = []
    for level, blocks in enumerate(_blocks(skeleton)):
        for index, block in enumerate(blocks):
            table += _resnet(f"input_blocks.{block}.0", f"down_blocks.{level}.resnets.{index}")
            if skeleton.attention[level]:
                table.append((f"input_blocks.{block}.1", f"down_blocks.{level}.attentions.{index}"))
        if level < len(skeleton.resnets) - 1:
            step = f"input_blocks.{blocks[-1] + 1}.0.op"
            table.append((step, f"down_blocks.{level}.downsamplers.0.conv"))
    return table


def _middle(skeleton: Skeleton) -> Pairs:
    last = 2 if skeleton.middle_attention else 1
    table = _resnet("middle_block.0", "mid_block.resnets.0")
    table += _resnet(f"middle_block.{last}", "mid_block.resnets.1")
    if skeleton.middle_attention:
        table.append(("middle_block.1", "mid_block.attentions.0"))
    return table


def _up(skeleton: Skeleton) -> Pairs:
    table: Pairs = []
    block, levels = 0, len(skeleton.resnets)
    for level in range(levels):
        attention = skeleton.attention[levels - 1 - level]
        count = skeleton.resnets[levels - 1 - level] + 1
        for index in range(count):
            table += _resnet(f"output_blocks.{block}.0", f"up_blocks.{level}.resnets.{index}")
            if attention:
                table.append((f"output_blocks.{block}.1", f"up_blocks.{level}.attentions.{index}"))
            if index == count - 1 and level < levels - 1:
                step = f"output_blocks.{block}.{2 if attention else 1}.conv"
                table.append((step, f"up_blocks.{level}.upsamplers.0.conv"))
            block += 1
    return table
