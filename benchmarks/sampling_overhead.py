"""What our sampling loop costs, beside the network calls that it makes.

One walk of 20 steps with guidance is made once to record the arguments of its network calls, one a
step. Then, step by step, our walk and the recorded call take turns in one process, so that whatever
else the machine does meets both. The ratio is the median over the walks. Nobody looks at previews. Without a file it takes the starter model, and where that is not
there yet, a network of its size with random weights.

    python -m benchmarks.sampling_overhead [FILE] [--turns N]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

import torch

from studio.core.context import result_of
from studio.core.values import Conditioning, DiffusionModel, Latent, Segment
from studio.diffusion.loading import load
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steps import Step
from studio.diffusion.sampling.walk import walk
from studio.facts.families import family
from training.unet import build_unet

STARTER = Path("resources/starter/toyworld.safetensors")
SIDE = 16
LIMIT = 1.10
SD15 = family("sd15")
Walk = Generator[Step[torch.Tensor], None, Latent]
SETTINGS = Settings(seed=7, steps=20, guidance=4.0)


def network(file: Path | None) -> Any:
    """Return the denoiser of a file, or one of the starter model's size with random weights."""
    if file is None and STARTER.exists():
        file = STARTER
    if file is not None:
        model = DiffusionModel(str(file), SD15.id)
        return load(model, torch.float32, channels_last=True)
    return build_unet().eval().requires_grad_(False).to(memory_format=torch.channels_last)


def conditioning(width: int, seed: int) -> Conditioning:
    """Return a prompt of one chunk with random content."""
    tokens = torch.randn(1, 77, width, generator=torch.Generator().manual_seed(seed))
    return Conditioning((Segment(tokens),), SD15.id)


def recorded(unet: Any, sample: Callable[[], object]) -> list[tuple[Any, Any]]:
    """Return the arguments of every network call that a walk makes."""
    calls: list[tuple[Any, Any]] = []
    hook = unet.register_forward_pre_hook(
        lambda module, given, named: calls.append((given, named)), with_kwargs=True
    )
    sample()
    hook.remove()
    return calls


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def turn(unet: Any, walked: Walk, calls: list[tuple[Any, Any]]) -> tuple[float, float]:
    """Return the seconds of one walk, and those of its network calls alone."""
    ours = plain = 0.0
    for given, named in calls:
        ours += seconds(partial(next, walked))
        plain += seconds(partial(unet, *given, **named))
    return ours + seconds(lambda: result_of(walked)), plain


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    torch.set_grad_enabled(False)
    unet = network(asked.file)
    width = unet.config.cross_attention_dim
    positive, negative = conditioning(width, 1), conditioning(width, 2)
    latent = Latent(torch.zeros(1, SD15.latent_channels, SIDE, SIDE), SD15.id)

    def walked() -> Walk:
        return walk(unet, SD15, (positive,), negative, latent, SETTINGS)

    calls = recorded(unet, lambda: result_of(walked()))
    turns = [turn(unet, walked(), calls) for _ in range(asked.turns)]
    ratio = statistics.median(ours / plain for ours, plain in turns)
    ours, plain = (statistics.median(column) for column in zip(*turns, strict=True))
    print(
        f"sampling overhead: {ratio:.3f} x the {len(calls)} network calls "
        f"({ours:.3f} s, {plain:.3f} s, medians of {asked.turns}), "
        f"{'within' if ratio <= LIMIT else 'OVER'} {LIMIT:.2f}"
    )


if __name__ == "__main__":
    main()
