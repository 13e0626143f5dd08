"""Writes the trained parts as one plain SD 1.x file: fp16, published names, scale 0.18215."""

import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.checkpoints import load_checkpoint
from training.latents import Latents, load_latents
from training.names import text_names, unet_names, vae_names
from training.unet import UNetRecipe
from training.vae import VaeRecipe
from training.words import LENGTH, Words

STARTER = Path("resources/starter/toyworld.safetensors")
SCALE = 0.18215
METADATA = {
    "modelspec.sai_model_spec": "1.0.0",
    "modelspec.architecture": "stable-diffusion-v1",
    "modelspec.implementation": "https://github.com/Stability-AI/generative-models",
    "modelspec.title": "Toy world",
    "modelspec.description": "A tiny text-to-image model, trained from scratch on drawn scenes.",
    "modelspec.author": "The Wirebrush authors",
    "modelspec.license": "Apache-2.0",
    "modelspec.resolution": "128x128",
    "modelspec.prediction_type": "epsilon",
}
_ALIGNMENT = 64


def export_checkpoint(vae: VaeRecipe, unet: UNetRecipe, output: Path = STARTER) -> None:
    """Write the averaged weights of both runs.

    Raises:
        FileNotFoundError: when a run has not saved anything yet.
    """
    trained_vae, trained_unet = load_checkpoint(vae.checkpoint), load_checkpoint(unet.checkpoint)
    if trained_vae is None or trained_unet is None:
        raise FileNotFoundError(f"nothing trained in {vae.folder}; run python -m training.base")
    tensors = checkpoint_tensors(
        trained_vae["average"], trained_unet["average"], load_latents(unet.latents)
    )
    write_safetensors(output, tensors, METADATA)
    print(f"{output} written, {output.stat().st_size / 2**20:.1f} MiB", flush=True)


def checkpoint_tensors(
    vae: dict[str, Tensor], network: dict[str, Tensor], latents: Latents
) -> dict[str, Tensor]:
    """All tensors of the file, under their published names.

    Args:
        vae: weights under diffusers' names.
        network: those of UNet (``unet.``) and text encoder (``text.``).
        latents: gives the mean and deviation that training took out of the VAE's latents.
    """
    folded = fold_statistics(vae, latents.mean.flatten(), latents.deviation.flatten())
    unet = {n.removeprefix("unet."): t for n, t in network.items() if n.startswith("unet.")}
    text = {n.removeprefix("text."): t for n, t in network.items() if n.startswith("text.")}
    table = "embeddings.token_embedding.weight"
    text[table] = Words().full_table(text[table])
    named = unet_names(unet) | vae_names(folded) | text_names(text)
    halves = {name: tensor.half().contiguous() for name, tensor in named.items()}
    positions = torch.arange(LENGTH).unsqueeze(0)
    return halves | text_names({"embeddings.position_ids": positions})


def fold_statistics(vae: dict[str, Tensor], mean: Tensor, deviation: Tensor) -> dict[str, Tensor]:
    """Make ``encode() * 0.18215`` have zero mean and unit deviation; decoding undoes it.

    Args:
        vae: weights under diffusers' names; left alone.
        mean: of each latent channel, ``(4,)``.
        deviation: likewise.
    """
    spread = deviation * SCALE
    rows = torch.cat([spread, torch.ones_like(spread)])
    shift = torch.cat([-mean / spread, -2 * torch.log(spread)])
    channels = len(mean)
    folded = dict(vae)
    folded["quant_conv.weight"] = vae["quant_conv.weight"] / rows.view(-1, 1, 1, 1)
    folded["quant_conv.bias"] = vae["quant_conv.bias"] / rows + shift
    back = vae["post_quant_conv.weight"]
    folded["post_quant_conv.weight"] = back * spread.view(1, -1, 1, 1)
    folded["post_quant_conv.bias"] = vae["post_quant_conv.bias"] + back.view(channels, -1) @ mean
    return folded


def write_safetensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file whose data starts at a multiple of 64 bytes."""
    header: dict[str, Any] = {"__metadata__": metadata}
    start = 0
    # Wide types first, so that every tensor stays aligned to its own size.
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    for name in order:
        tensor = tensors[name]
        kind = {torch.float16: "F16", torch.int64: "I64"}[tensor.dtype]
        end = start + math.prod(tensor.shape) * tensor.element_size()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    with temporary.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in order:
            file.write(tensors[name].numpy().tobytes())
    temporary.replace(path)
