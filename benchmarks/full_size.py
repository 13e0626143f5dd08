"""Write a full-size Stable Diffusion 1.5 checkpoint in float16 with random weights: 2.1 GB.

python -m benchmarks.full_size FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from studio.diffusion.building import build
from studio.diffusion.saving import checkpoint_tensors, save_tensors
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family

_VAE_LEVELS = 4
_VOCABULARY = 49408


def skeleton() -> dict[str, torch.Tensor]:
    """Return the tensors of the checkpoint under their published names; weights are on meta."""
    unet = build(lambda: UNet2DConditionModel(cross_attention_dim=768))
    vae = build(
        lambda: AutoencoderKL(
            down_block_types=["DownEncoderBlock2D"] * _VAE_LEVELS,
            up_block_types=["UpDecoderBlock2D"] * _VAE_LEVELS,
            block_out_channels=[128, 256, 512, 512],
            layers_per_block=2,
        )
    )
    config = CLIPTextConfig(
        vocab_size=_VOCABULARY,
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
    )
    tower = Tower(family("sd15").encoders[0], build(lambda: CLIPTextModel(config)))
    return checkpoint_tensors(unet, vae, TextTowers((tower,)), "sd15")


def write(path: Path, seed: int = 0) -> None:
    """Write the file; the weights are small normal numbers."""
    noise = torch.randn(2**22, generator=torch.Generator().manual_seed(seed)).mul(0.02).half()
    tensors = {}
    for name, tensor in skeleton().items():
        if not tensor.is_meta:
            tensors[name] = tensor
            continue
        repeats = -(-tensor.numel() // noise.numel())
        # Views of one block of noise: nothing large is held while the file is written.
        flat = noise.repeat(repeats) if repeats > 1 else noise
        tensors[name] = flat[: tensor.numel()].view(tensor.shape)
    save_tensors(path, tensors, {"modelspec.title": "random weights"})


if __name__ == "__main__":
    write(Path(sys.argv[1]))
