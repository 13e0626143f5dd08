"""Writes the trained parts as one plain SD 1.x file: fp16, published names, scale 0.18215."""

from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel

from studio.diffusion.preview import METADATA_KEY, fit
from studio.diffusion.saving import save_checkpoint
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family
from training.checkpoints import load_checkpoint
from training.latents import Latents, load_latents, training_scene
from training.toyworld import render
from training.unet import UNetRecipe, build_text_encoder, build_unet
from training.vae import VaeRecipe, build_vae, to_tensor
from training.words import END, START, VOCABULARY, Words

STARTER = Path("resources/starter/toyworld.safetensors")
FAMILY = family("sd15")
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
_FITTED = 64
"""Scenes that the matrix of previews is fitted on."""
_TABLE = "embeddings.token_embedding.weight"


def export_checkpoint(vae: VaeRecipe, unet: UNetRecipe, output: Path = STARTER) -> None:
    """Write the averaged weights of both runs.

    Raises:
        FileNotFoundError: when a run has not saved anything yet.
    """
    trained_vae, trained_unet = load_checkpoint(vae.checkpoint), load_checkpoint(unet.checkpoint)
    if trained_vae is None or trained_unet is None:
        raise FileNotFoundError(f"nothing trained in {vae.folder}; run python -m training.base")
    network, text = full_networks(trained_unet["average"], unet.widths)
    folded = folded_vae(trained_vae["average"], load_latents(unet.latents), vae.widths)
    towers = TextTowers((Tower(FAMILY.encoders[0], text.half()),))
    output.parent.mkdir(parents=True, exist_ok=True)
    scenes = [render(training_scene(unet.latents, number)) for number in range(_FITTED)]
    rough = fit(folded, FAMILY.latent_scale, to_tensor(scenes))
    texts = METADATA | {METADATA_KEY: rough.as_text()}
    save_checkpoint(output, network.half(), folded.half(), towers, FAMILY.id, texts)
    print(f"{output} written, {output.stat().st_size / 2**20:.1f} MiB", flush=True)


def full_networks(
    weights: Mapping[str, Tensor], widths: tuple[int, ...]
) -> tuple[UNet2DConditionModel, CLIPTextModel]:
    """The UNet, and the text encoder with the whole vocabulary.

    Args:
        weights: those of the training, ``unet.`` and ``text.``.
        widths: of the UNet.
    """
    unet = build_unet(widths)
    unet.load_state_dict(_below("unet.", weights))
    parts = _below("text.", weights)
    parts[_TABLE] = Words().full_table(parts[_TABLE])
    text = build_text_encoder(VOCABULARY, start=START, end=END)
    text.load_state_dict(parts)
    return unet, text


def folded_vae(
    weights: Mapping[str, Tensor], latents: Latents, widths: tuple[int, ...]
) -> AutoencoderKL:
    """The VAE whose scaled latents are the standardised ones that the UNet was trained on."""
    vae = build_vae(widths)
    mean, deviation = latents.mean.flatten(), latents.deviation.flatten()
    vae.load_state_dict(fold_statistics(weights, mean, deviation))
    return vae


def fold_statistics(
    vae: Mapping[str, Tensor], mean: Tensor, deviation: Tensor
) -> dict[str, Tensor]:
    """Make ``encode() * scale`` have zero mean and unit deviation; decoding undoes it.

    Args:
        vae: weights under diffusers' names; left alone.
        mean: of each latent channel, ``(4,)``.
        deviation: likewise.
    """
    spread = deviation * FAMILY.latent_scale
    rows = torch.cat([spread, torch.ones_like(spread)])
    shift = torch.cat([-mean / spread, -2 * torch.log(spread)])
    folded = dict(vae)
    folded["quant_conv.weight"] = vae["quant_conv.weight"] / rows.view(-1, 1, 1, 1)
    folded["quant_conv.bias"] = vae["quant_conv.bias"] / rows + shift
    back = vae["post_quant_conv.weight"]
    folded["post_quant_conv.weight"] = back * spread.view(1, -1, 1, 1)
    folded["post_quant_conv.bias"] = vae["post_quant_conv.bias"] + back.flatten(1) @ mean
    return folded


def _below(prefix: str, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in weights.items() if n.startswith(prefix)}
