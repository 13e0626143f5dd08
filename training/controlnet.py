"""Makes ``resources/starter/toyworld_canny.safetensors``: ``python -m training.controlnet``.

A ControlNet for edges: a copy of the base model's encoder that sees an edge map too, joined to the
frozen base model by convolutions that begin as zeros. It learns from the encoded scenes of
``python -m training.base``. Costs about three quarters of an hour on one CPU core. What it reached:
``docs/starter-models.md``.

Source: Zhang et al. 2023, "Adding conditional control to text-to-image diffusion models".
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from diffusers import ControlNetModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor

from studio.diffusion.layouts import ldm_control, ldm_unet
from studio.diffusion.layouts.names import backwards, renamed
from studio.diffusion.saving import save_tensors
from studio.facts.families.controls import PREFIX
from training.export import METADATA as BASE_METADATA
from training.export import STARTER
from training.judge_edges import edges
from training.latents import LatentsRecipe, load_latents, training_scene
from training.loop import Chance, Loop, Plan
from training.sampling import Starter, load_starter
from training.toyworld import Scene, caption, render
from training.toyworld.canvas import Bytes
from training.unet import alphas_cumprod, loss_weights
from training.words import Words
from training.workers import Workers

CANNY = Path("resources/starter/toyworld_canny.safetensors")
STEPS = 560
METADATA = BASE_METADATA | {
    "modelspec.architecture": "stable-diffusion-v1/controlnet",
    "modelspec.title": "Toy world edges",
    "modelspec.description": "A tiny ControlNet for canny edges, trained on drawn scenes.",
}
_HINTS = (8, 16, 32, 64)
_STRONGEST = 255.0


@dataclass(frozen=True, slots=True)
class ControlNetRecipe:
    """How long and how to train.

    Attributes:
        latents: the encoded scenes of the base model's training.
        dropped: which part of the captions is left out, so that the map must say everything.
        full: which part of the others says everything.
    """

    folder: Path
    latents: LatentsRecipe
    steps: int = STEPS
    batch: int = 16
    dropped: float = 0.3
    full: float = 0.4
    base: Path = STARTER
    seed: int = 0

    @property
    def plan(self) -> Plan:
        """How fast to train."""
        return Plan(self.folder / "controlnet.pt", self.steps, rate=2e-3, seed=self.seed)


class ControlNetTask:
    """What a step of the training needs: the frozen base model, and its encoded scenes."""

    def __init__(self, recipe: ControlNetRecipe) -> None:
        self.recipe = recipe
        self._base = load_starter(recipe.base)
        self._base.unet.requires_grad_(False)
        self._base.unet.set_attn_processor(AttnProcessor())
        self._latents = load_latents(recipe.latents).values
        self._words = Words()
        self._alphas = alphas_cumprod()
        placing, crisp = loss_weights(self._alphas)
        self._weights = (placing + crisp) / 2
        self.network = build_controlnet(self._base)

    def loss(self, chance: Chance) -> Tensor:
        """The weighted squared error of the noise that the base model predicts with the map."""
        rng, count = chance.rng, self.recipe.batch
        chosen = [rng.randrange(len(self._latents)) for _ in range(count)]
        scenes = [training_scene(self.recipe.latents, index) for index in chosen]
        hints = to_hints([edges(render(scene), *_thresholds(rng)) for scene in scenes])
        tokens = self._tokens([self._caption(scene, rng) for scene in scenes])
        noise = torch.randn(self._latents[chosen].shape, generator=chance.generator)
        # One timestep from each of ``batch`` equal ranges: the same mean, less chance.
        spread = torch.arange(count) + torch.rand(count, generator=chance.generator)
        times = (spread * (len(self._alphas) / count)).long().clamp(max=len(self._alphas) - 1)
        alpha = self._alphas[times].view(-1, 1, 1, 1)
        noisy = alpha.sqrt() * self._latents[chosen] + (1 - alpha).sqrt() * noise
        down, middle = self.network(noisy, times, tokens, hints, return_dict=False)
        predicted = self._base.unet(
            noisy,
            times,
            tokens,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
        ).sample
        errors = (predicted - noise).square().mean((1, 2, 3))
        weighted: Tensor = (self._weights[times] * errors).mean()
        return weighted

    def _caption(self, scene: Scene, rng: Random) -> str:
        if rng.random() < self.recipe.dropped:
            return ""
        return caption(scene, rng, full=rng.random() < self.recipe.full)

    @torch.no_grad()
    def _tokens(self, captions: list[str]) -> Tensor:
        ids = torch.tensor(self._words.ids)[self._words.rows(captions)]
        states: Tensor = self._base.towers.towers[0].model(input_ids=ids).last_hidden_state
        return states


def build_controlnet(base: Starter) -> ControlNetModel:
    """A copy of the base model's encoder that changes nothing yet."""
    network = ControlNetModel.from_unet(base.unet, conditioning_embedding_out_channels=_HINTS)
    network.set_attn_processor(AttnProcessor())
    return network.requires_grad_(True).train()


def train_controlnet(recipe: ControlNetRecipe, workers: Workers) -> ControlNetModel:
    """Train, or go on training, and return the averaged network."""
    torch.manual_seed(recipe.seed)
    task = ControlNetTask(recipe)
    Loop(recipe.plan, task.network, task.loss, ("conv_in.",), workers).run()
    return task.network


def write_controlnet(network: ControlNetModel, file: Path = CANNY) -> None:
    """Write the weights in fp16 under the names of the original code."""
    tensors = {name: value.half() for name, value in network.state_dict().items()}
    levels = ldm_control.levels_of_network({n: tuple(t.shape) for n, t in tensors.items()})
    table = ldm_control.pairs(ldm_unet.skeleton_of_network(tensors), levels)
    named, unknown = renamed(tensors, backwards(table))
    assert not unknown, unknown
    file.parent.mkdir(parents=True, exist_ok=True)
    save_tensors(file, {PREFIX + name: value for name, value in named.items()}, METADATA)
    print(f"{file} written, {file.stat().st_size / 2**20:.1f} MiB", flush=True)


def to_hints(maps: list[Bytes]) -> Tensor:
    """Edge maps of one size as a float32 batch of three equal channels, 0 to 1."""
    stacked = torch.from_numpy(np.stack(maps)).float() / _STRONGEST
    return stacked[:, None].expand(-1, 3, -1, -1)


def _thresholds(rng: Random) -> tuple[float, float]:
    low = rng.uniform(50, 120)
    return low, low * rng.uniform(1.5, 2.5)


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".training/controlnet"))
    parser.add_argument("--base-folder", type=Path, default=Path(".training/base"))
    parser.add_argument("--scenes", type=int, default=24064)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--output", type=Path, default=CANNY)
    args = parser.parse_args()
    torch.set_num_threads(1)
    latents = LatentsRecipe(args.base_folder, args.base_folder / "vae.pt", scenes=args.scenes)
    recipe = ControlNetRecipe(args.folder, latents, args.steps)
    write_controlnet(train_controlnet(recipe, Workers()), args.output)


if __name__ == "__main__":
    main()
