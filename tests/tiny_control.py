"""Tiny ControlNets with random weights, and files of every layout written without our own tables.

The names of the original code are spelt out here for the one small network that the tests use, so
that a mistake in the tables of the program cannot hide.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel, ControlNetUnionModel, UNet2DConditionModel
from safetensors.torch import save_file

from tests import tiny

HINTS = (8, 16, 24, 32)
"""Widths that the hint goes through."""
BLOCKS = 5
"""Residuals of these networks: four on the way down, and the middle."""

UNETS = {"sd15": tiny.sd15_unet, "sdxl": tiny.sdxl_unet}

_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
_DENOISER = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
    "down_blocks.1.attentions.0": "input_blocks.3.1",
    "mid_block.attentions.0": "middle_block.1",
    **{f"down_blocks.0.resnets.0.{a}": f"input_blocks.1.0.{b}" for a, b in _RESNET.items()},
    **{f"down_blocks.1.resnets.0.{a}": f"input_blocks.3.0.{b}" for a, b in _RESNET.items()},
    **{f"mid_block.resnets.0.{a}": f"middle_block.0.{b}" for a, b in _RESNET.items()},
    **{f"mid_block.resnets.1.{a}": f"middle_block.2.{b}" for a, b in _RESNET.items()},
}
_CONTROL = {
    "controlnet_cond_embedding.conv_in": "input_hint_block.0",
    "controlnet_cond_embedding.conv_out": "input_hint_block.14",
    **{f"controlnet_cond_embedding.blocks.{k}": f"input_hint_block.{2 * k + 2}" for k in range(6)},
    **{f"controlnet_down_blocks.{k}": f"zero_convs.{k}.0" for k in range(4)},
    "controlnet_mid_block": "middle_block_out.0",
}


def controlnet(
    seed: int = 5, family: str = "sd15", unet: UNet2DConditionModel | None = None
) -> ControlNetModel:
    """Return a ControlNet whose closing convolutions are not zero, as after training.

    Args:
        seed: Of its weights.
        family: Of the tiny denoiser that it is for.
        unet: Another denoiser that it is for.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = ControlNetModel.from_unet(
            unet or UNETS[family](), conditioning_embedding_out_channels=HINTS,
            load_weights_from_unet=False,
        )  # fmt: skip
        _wake(net)
    return net.requires_grad_(False).eval()


def union(kinds: int = 6, seed: int = 6, family: str = "sdxl") -> ControlNetUnionModel:
    """Return a union ControlNet of so many kinds."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        settings = dict(ControlNetModel.from_unet(UNETS[family]()).config)
        unknown = ("num_attention_heads", "mid_block_type")
        settings = {name: settings[name] for name in settings if name not in unknown}
        settings |= {"conditioning_embedding_out_channels": HINTS, "num_control_type": kinds}
        settings |= {"num_trans_channel": 32, "num_proj_channel": 32, "num_trans_head": 8}
        net = ControlNetUnionModel.from_config(settings)
        _wake(net)
    return net.requires_grad_(False).eval()


def published(net: torch.nn.Module, prefix: str = "control_model.") -> dict[str, torch.Tensor]:
    """Return a ControlNet's tensors by the names of the original code."""
    return {prefix + _original(n, _DENOISER | _CONTROL): t for n, t in net.state_dict().items()}


def published_base(unet: UNet2DConditionModel) -> dict[str, torch.Tensor]:
    """Return the part of a denoiser that a ControlNet copies, by the names of the original code."""
    stems = ("up_blocks.", "conv_norm_out.", "conv_out.")
    state = {name: t for name, t in unet.state_dict().items() if not name.startswith(stems)}
    return {_original(name, _DENOISER): tensor for name, tensor in state.items()}


def difference(net: torch.nn.Module, unet: UNet2DConditionModel) -> dict[str, torch.Tensor]:
    """Return a file of differences."""
    base = published_base(unet)
    whole = published(net, "")
    found = {name: t - base[name] if name in base else t for name, t in whole.items()}
    return {"difference": torch.tensor(1.0), **found}


def lora(
    unet: UNet2DConditionModel, net: ControlNetModel, rank: int = 4
) -> tuple[dict[str, torch.Tensor], ControlNetModel]:
    """Return a Control-LoRA on a denoiser, and the network in full that it stands for."""
    generator = torch.Generator().manual_seed(17)
    base, whole, file = published_base(unet), published(net, ""), {}
    file["lora_controlnet"] = torch.tensor([])
    for name in whole:
        if name not in base or base[name].ndim < 2:
            file[name] = whole[name]
            continue
        out, *into = base[name].shape
        tail = [1, 1] if base[name].ndim == 4 else []
        up = torch.randn(out, rank, *tail, generator=generator) * 0.1
        down = torch.randn(rank, *into, generator=generator) * 0.1
        stem = name.removesuffix(".weight")
        file |= {f"{stem}.up": up, f"{stem}.down": down}
        added = torch.einsum("or,ri->oi", up.reshape(out, rank), down.reshape(rank, -1))
        whole[name] = base[name] + added.reshape(base[name].shape)
    return file, _with(net, whole)


def write(path: Path, tensors: dict[str, torch.Tensor], **settings: Any) -> Path:
    """Write a safetensors file, as another program would."""
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, **settings)
    return path


def _with(net: ControlNetModel, whole: dict[str, torch.Tensor]) -> ControlNetModel:
    """Return a network with these tensors, by the names of the original code."""
    made = ControlNetModel.from_config(net.config)
    names = {_original(name, _DENOISER | _CONTROL): name for name in made.state_dict()}
    made.load_state_dict({names[name]: tensor for name, tensor in whole.items()})
    return made.requires_grad_(False).eval()


def _original(name: str, table: dict[str, str]) -> str:
    """Return the original name of a tensor."""
    stem = max((stem for stem in table if name.startswith(f"{stem}.")), key=len)
    return table[stem] + name.removeprefix(stem)


def _wake(net: torch.nn.Module) -> None:
    """Give what begins as zeros random numbers."""
    for name, parameter in net.named_parameters():
        if not parameter.any() and name.endswith("weight"):
            torch.nn.init.normal_(parameter, std=0.2)
