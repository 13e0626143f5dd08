"""Encodes the training scenes once, so that the UNet's training never renders or encodes.

A scene is known by its number alone, so only latents are kept. Interrupted work goes on at the
first missing part.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor

from training.checkpoints import load_checkpoint
from training.toyworld import Scene, render, sample_scene
from training.vae import WIDTHS, build_vae, to_tensor
from training.workers import Workers

_PART = 256


@dataclass(frozen=True, slots=True)
class LatentsRecipe:
    """How many scenes; ``vae`` is the checkpoint of the VAE's training."""

    folder: Path
    vae: Path
    scenes: int = 16384
    seed: int = 1
    widths: tuple[int, ...] = WIDTHS

    def part(self, number: int) -> Path:
        """The file of ``_PART`` scenes' latents."""
        return self.folder / "latents" / f"{number:04}.npy"


def training_scene(recipe: LatentsRecipe, index: int) -> Scene:
    """The scene with a number, always the same."""
    return sample_scene(Random(recipe.seed * 10_000_019 + index))


@torch.no_grad()
def encode_scenes(recipe: LatentsRecipe, workers: Workers) -> None:
    """Write the missing parts; the workers take turns.

    Raises:
        FileNotFoundError: when the VAE has not been trained.
    """
    saved = load_checkpoint(recipe.vae)
    if saved is None:
        raise FileNotFoundError(f"{recipe.vae} is missing; train the VAE first")
    vae = build_vae(recipe.widths)
    vae.load_state_dict(saved["average"])
    vae.to(memory_format=torch.channels_last)
    recipe.part(0).parent.mkdir(parents=True, exist_ok=True)
    for number in range(workers.rank, -(-recipe.scenes // _PART), workers.count):
        if recipe.part(number).exists():
            continue
        first = number * _PART
        means = []
        for start in range(first, min(first + _PART, recipe.scenes), 16):
            indices = range(start, min(start + 16, recipe.scenes))
            pictures = [render(training_scene(recipe, index)) for index in indices]
            means.append(vae.encode(to_tensor(pictures)).latent_dist.mean)
        temporary = recipe.part(number).with_suffix(".partial.npy")
        np.save(temporary, torch.cat(means).numpy().astype(np.float16))
        temporary.replace(recipe.part(number))
        print(f"latents: part {number} written", flush=True)


@dataclass(frozen=True, slots=True)
class Latents:
    """Standardised latents and what undoes it.

    Attributes:
        values: float32 ``(scenes, 4, 16, 16)``, zero mean and unit deviation a channel.
        mean: ``(1, 4, 1, 1)`` of the VAE's own latents.
        deviation: likewise.
    """

    values: Tensor
    mean: Tensor
    deviation: Tensor


def load_latents(recipe: LatentsRecipe) -> Latents:
    """All encoded scenes in order of their numbers."""
    parts = [np.load(recipe.part(n)) for n in range(-(-recipe.scenes // _PART))]
    raw = torch.from_numpy(np.concatenate(parts).astype(np.float32))
    mean = raw.mean((0, 2, 3), keepdim=True)
    deviation = raw.std((0, 2, 3), keepdim=True)
    return Latents((raw - mean) / deviation, mean, deviation)
