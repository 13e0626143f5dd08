"""Write tiny checkpoints in the published layouts, from diffusers and transformers modules.

Independent of the product on purpose: it walks the modules and counts blocks as the original
training code did, and shares no table of names with `studio.diffusion.layouts`.

    python -m tests.tools.write_original_layouts FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from tests import tiny

Tensors = dict[str, torch.Tensor]


def sd15(unet: Any, vae: Any, text: Any) -> Tensors:
    """Return the tensors of a Stable Diffusion 1.x checkpoint."""
    found = {f"model.diffusion_model.{name}": t for name, t in unet_names(unet)}
    found |= {f"first_stage_model.{name}": t for name, t in vae_names(vae)}
    found |= {f"cond_stage_model.transformer.{name}": t for name, t in hf_names(text)}
    return _owned(found)


def sdxl(unet: Any, vae: Any, first: Any, second: Any) -> Tensors:
    """Return the tensors of a Stable Diffusion XL checkpoint."""
    found = {f"model.diffusion_model.{name}": t for name, t in unet_names(unet)}
    found |= {f"first_stage_model.{name}": t for name, t in vae_names(vae)}
    found |= {f"conditioner.embedders.0.transformer.{name}": t for name, t in hf_names(first)}
    found |= {f"conditioner.embedders.1.model.{name}": t for name, t in open_clip_names(second)}
    return _owned(found)


def unet_names(unet: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Name a denoiser's tensors as openaimodel.py numbers its blocks."""
    yield from _of(unet.time_embedding.linear_1, "time_embed.0")
    yield from _of(unet.time_embedding.linear_2, "time_embed.2")
    if getattr(unet, "add_embedding", None) is not None:
        yield from _of(unet.add_embedding.linear_1, "label_emb.0.0")
        yield from _of(unet.add_embedding.linear_2, "label_emb.0.2")
    yield from _of(unet.conv_in, "input_blocks.0.0")
    block = 1
    for level in unet.down_blocks:
        for index, resnet in enumerate(level.resnets):
            yield from _resnet(resnet, f"input_blocks.{block}.0")
            if hasattr(level, "attentions"):
                yield from _of(level.attentions[index], f"input_blocks.{block}.1")
            block += 1
        for step in level.downsamplers or []:
            yield from _of(step.conv, f"input_blocks.{block}.0.op")
            block += 1
    yield from _resnet(unet.mid_block.resnets[0], "middle_block.0")
    yield from _of(unet.mid_block.attentions[0], "middle_block.1")
    yield from _resnet(unet.mid_block.resnets[1], "middle_block.2")
    block = 0
    for level in unet.up_blocks:
        for index, resnet in enumerate(level.resnets):
            parts = 1
            yield from _resnet(resnet, f"output_blocks.{block}.0")
            if hasattr(level, "attentions"):
                yield from _of(level.attentions[index], f"output_blocks.{block}.1")
                parts = 2
            if index == len(level.resnets) - 1 and level.upsamplers:
                yield from _of(level.upsamplers[0].conv, f"output_blocks.{block}.{parts}.conv")
            block += 1
    yield from _of(unet.conv_norm_out, "out.0")
    yield from _of(unet.conv_out, "out.2")


def vae_names(vae: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Name a VAE's tensors as the original autoencoder does; its decoder counts from the end."""
    for side, network in (("encoder", vae.encoder), ("decoder", vae.decoder)):
        yield from _of(network.conv_in, f"{side}.conv_in")
        yield from _of(network.conv_norm_out, f"{side}.norm_out")
        yield from _of(network.conv_out, f"{side}.conv_out")
        yield from _vae_resnet(network.mid_block.resnets[0], f"{side}.mid.block_1")
        yield from _vae_attention(network.mid_block.attentions[0], f"{side}.mid.attn_1")
        yield from _vae_resnet(network.mid_block.resnets[1], f"{side}.mid.block_2")
    for level, block in enumerate(vae.encoder.down_blocks):
        for index, resnet in enumerate(block.resnets):
            yield from _vae_resnet(resnet, f"encoder.down.{level}.block.{index}")
        for step in block.downsamplers or []:
            yield from _of(step.conv, f"encoder.down.{level}.downsample.conv")
    for level, block in enumerate(reversed(list(vae.decoder.up_blocks))):
        for index, resnet in enumerate(block.resnets):
            yield from _vae_resnet(resnet, f"decoder.up.{level}.block.{index}")
        for step in block.upsamplers or []:
            yield from _of(step.conv, f"decoder.up.{level}.upsample.conv")
    yield from _of(vae.quant_conv, "quant_conv")
    yield from _of(vae.post_quant_conv, "post_quant_conv")


def hf_names(text: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Name a tower's tensors as transformers did when the checkpoints were published."""
    tower = getattr(text, "text_model", text)
    yield from _of(tower, "text_model")
    length = tower.embeddings.position_embedding.weight.shape[0]
    yield "text_model.embeddings.position_ids", torch.arange(length)[None]


def open_clip_names(text: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Name a tower's tensors as OpenCLIP does: fused attention, a transposed projection."""
    tower = text.text_model
    yield "positional_embedding", tower.embeddings.position_embedding.weight
    yield "token_embedding.weight", tower.embeddings.token_embedding.weight
    yield "text_projection", text.text_projection.weight.T
    yield "logit_scale", torch.tensor(4.6052)
    yield from _of(tower.final_layer_norm, "ln_final")
    for index, layer in enumerate(tower.encoder.layers):
        stem, attention = f"transformer.resblocks.{index}", layer.self_attn
        inputs = (attention.q_proj, attention.k_proj, attention.v_proj)
        yield f"{stem}.attn.in_proj_weight", torch.cat([part.weight for part in inputs])
        yield f"{stem}.attn.in_proj_bias", torch.cat([part.bias for part in inputs])
        yield from _of(attention.out_proj, f"{stem}.attn.out_proj")
        yield from _of(layer.layer_norm1, f"{stem}.ln_1")
        yield from _of(layer.layer_norm2, f"{stem}.ln_2")
        yield from _of(layer.mlp.fc1, f"{stem}.mlp.c_fc")
        yield from _of(layer.mlp.fc2, f"{stem}.mlp.c_proj")


def _of(module: Any, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in module.named_parameters():
        yield f"{prefix}.{name}", tensor


def _resnet(resnet: Any, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    yield from _of(resnet.norm1, f"{prefix}.in_layers.0")
    yield from _of(resnet.conv1, f"{prefix}.in_layers.2")
    yield from _of(resnet.time_emb_proj, f"{prefix}.emb_layers.1")
    yield from _of(resnet.norm2, f"{prefix}.out_layers.0")
    yield from _of(resnet.conv2, f"{prefix}.out_layers.3")
    if resnet.conv_shortcut is not None:
        yield from _of(resnet.conv_shortcut, f"{prefix}.skip_connection")


def _vae_resnet(resnet: Any, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    for name in ("norm1", "conv1", "norm2", "conv2"):
        yield from _of(getattr(resnet, name), f"{prefix}.{name}")
    if resnet.conv_shortcut is not None:
        yield from _of(resnet.conv_shortcut, f"{prefix}.nin_shortcut")


def _vae_attention(attention: Any, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    yield from _of(attention.group_norm, f"{prefix}.norm")
    places = {"q": attention.to_q, "k": attention.to_k, "v": attention.to_v}
    for name, linear in (places | {"proj_out": attention.to_out[0]}).items():
        yield f"{prefix}.{name}.weight", linear.weight[:, :, None, None]
        yield f"{prefix}.{name}.bias", linear.bias


def _owned(tensors: Tensors) -> Tensors:
    return {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}


def main(folder: Path) -> None:
    """Write ``sd15.safetensors`` and ``sdxl.safetensors`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(sd15(tiny.sd15_unet(), tiny.vae(), tiny.clip_l()), folder / "sd15.safetensors")
    networks = (tiny.sdxl_unet(), tiny.vae(scale=0.13025), tiny.clip_l(), tiny.clip_g())
    save_file(sdxl(*networks), folder / "sdxl.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
