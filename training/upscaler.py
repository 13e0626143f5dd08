"""Makes ``resources/starter/toyworld_x4.safetensors``: ``python -m training.upscaler``.

A Compact network (SRVGGNet) of 32 features and 8 layers that enlarges fourfold. It learns from
scenes drawn at both sizes; some of the small ones come through the base model's VAE first, because
that is what users enlarge. Costs about a quarter of an hour on one CPU core. What it reached:
``docs/starter-models.md``.

Source: Wang et al. 2021, "Real-ESRGAN", the compact network of its repository.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from safetensors.torch import save_file
from spandrel.architectures.Compact import Compact
from torch import Tensor

from training.loop import Chance, Loop, Plan
from training.round_trips import round_trips, tripped_scene
from training.toyworld import Scene, render, sample_scene
from training.toyworld.canvas import Bytes
from training.workers import Workers

UPSCALER = Path("resources/starter/toyworld_x4.safetensors")
SCALE = 4
STEPS = 2600
METADATA = {
    "modelspec.sai_model_spec": "1.0.0",
    "modelspec.architecture": "compact",
    "modelspec.title": "Toy world x4",
    "modelspec.description": "A tiny fourfold upscaler, trained from scratch on drawn scenes.",
    "modelspec.author": "The Wirebrush authors",
    "modelspec.license": "Apache-2.0",
}
_SMALL = 128


@dataclass(frozen=True, slots=True)
class UpscalerRecipe:
    """How long and how to train.

    Attributes:
        scenes: how many scenes a step.
        crops: how many crops a scene.
        side: of a crop, in small pixels.
        tripped: how many scenes there are that went through the VAE.
        share: which part of the scenes of a step are such.
    """

    folder: Path
    steps: int = STEPS
    scenes: int = 2
    crops: int = 6
    side: int = 40
    tripped: int = 512
    share: float = 0.6
    features: int = 32
    layers: int = 8
    seed: int = 0

    @property
    def plan(self) -> Plan:
        """How fast to train."""
        return Plan(self.folder / "upscaler.pt", self.steps, rate=3e-3, seed=self.seed)


def build_upscaler(features: int = 32, layers: int = 8) -> Compact:
    """The network, with random weights."""
    return Compact(num_feat=features, num_conv=layers, upscale=SCALE)


def train_upscaler(recipe: UpscalerRecipe, workers: Workers) -> Compact:
    """Train, or go on training, and return the averaged network."""
    torch.manual_seed(recipe.seed)
    network = build_upscaler(recipe.features, recipe.layers)
    tripped = round_trips(recipe.folder / "round_trips.npy", recipe.tripped)

    def loss(chance: Chance) -> Tensor:
        small, large = _batch(recipe, tripped, chance.rng)
        residual = network(small) - large
        total: Tensor = residual.abs().mean() + 4 * residual.square().mean()
        return total

    Loop(recipe.plan, network, loss, (), workers).run()
    return network


def write_upscaler(network: Compact, file: Path = UPSCALER) -> None:
    """Write the weights in fp16 under the published names."""
    tensors = {name: value.half().contiguous() for name, value in network.state_dict().items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, file, METADATA)
    print(f"{file} written, {file.stat().st_size / 2**20:.2f} MiB", flush=True)


def pair(scene: Scene) -> tuple[Bytes, Bytes]:
    """A scene at 128 and at 512 pixels."""
    return render(scene, _SMALL), render(scene, _SMALL * SCALE)


def _batch(recipe: UpscalerRecipe, tripped: Bytes, rng: Random) -> tuple[Tensor, Tensor]:
    """Crops, float32 ``(scenes * crops, 3, side, side)`` and four times as large, 0 to 1."""
    small, large = [], []
    for _ in range(recipe.scenes):
        pictures = _training_pair(recipe, tripped, rng)
        for _ in range(recipe.crops):
            tries = [_crop(*pictures, recipe.side, rng) for _ in range(2)]
            fine, coarse = max(tries, key=lambda crops: float(crops[0].std()))
            small.append(coarse)
            large.append(fine)
    return to_values(small), to_values(large)


def _training_pair(recipe: UpscalerRecipe, tripped: Bytes, rng: Random) -> tuple[Bytes, Bytes]:
    if rng.random() < recipe.share:
        index = rng.randrange(len(tripped))
        return tripped[index], render(tripped_scene(index), _SMALL * SCALE)
    return pair(sample_scene(rng))


def _crop(small: Bytes, large: Bytes, side: int, rng: Random) -> tuple[Bytes, Bytes]:
    """The same random part of both pictures, mirrored at random; the large one first."""
    top, left = (rng.randint(0, _SMALL - side) for _ in range(2))
    parts = []
    for picture, scale in ((large, SCALE), (small, 1)):
        rows = slice(top * scale, (top + side) * scale)
        parts.append(picture[rows, left * scale : (left + side) * scale])
    if rng.random() < 0.5:
        parts = [part[:, ::-1] for part in parts]
    return parts[0], parts[1]


def to_values(pictures: list[Bytes]) -> Tensor:
    """Pictures, uint8 ``(height, width, 3)``, as one float32 batch, 0 to 1, channels first."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".training/upscaler"))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--output", type=Path, default=UPSCALER)
    args = parser.parse_args()
    torch.set_num_threads(1)
    write_upscaler(train_upscaler(UpscalerRecipe(args.folder, args.steps), Workers()), args.output)


if __name__ == "__main__":
    main()
