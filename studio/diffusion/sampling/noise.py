"""Seeded noise, drawn on the CPU in float32 with one generator for each item of a batch.

So item k is the same alone and in a batch, on every device. Generators are those of torch, which
look at the lower 32 bits of a seed only; seeds stay plain, because pictures of other programs can
then be made again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from studio.core.errors import ShapeError
from studio.core.values import Latent
from studio.core.widgets import SEED_LIMIT

STEP_STREAM = 0x9E3779B97F4A7C15
"""Added to an item's seed for the noise of its steps, so that it does not repeat the start noise."""


def item_seeds(latent: Latent, seed: int) -> tuple[int, ...]:
    """Return the seed of each item: its own, or the seed and its place in the batch.

    Raises:
        ShapeError: The latent carries more or fewer seeds than items.
    """
    items = len(latent.samples)
    if latent.item_seeds is None:
        return tuple((seed + item) % SEED_LIMIT for item in range(items))
    if len(latent.item_seeds) != items:
        given = len(latent.item_seeds)
        raise ShapeError(f"the latent has {items} items and {given} seeds", fix="give one for each")
    return latent.item_seeds


def start_noise(shape: Sequence[int], seeds: Sequence[int]) -> torch.Tensor:
    """Draw unit normal noise for a batch.

    Args:
        shape: Channels, height and width of one item.
        seeds: One for each item.

    Returns:
        float32 ``(items, channels, height, width)`` on the CPU.
    """
    return torch.stack([_draw(shape, _generator(seed)) for seed in seeds])


class StepNoise:
    """Noise for the steps of a sampler: increments of one random path for each item.

    Asked for one interval after another it is independent unit normal noise. Asked again from the
    same sigma to a lower one, it goes on along the same path, as the stochastic solvers need; this
    is what a Brownian tree gives to walks that never turn back.

    Args:
        shape: Channels, height and width of one item.
        seeds: One for each item.
        device: Where the noise is wanted.
    """

    def __init__(self, shape: Sequence[int], seeds: Sequence[int], device: torch.device) -> None:
        self._shape = tuple(shape)
        self._generators = [_generator((seed + STEP_STREAM) % SEED_LIMIT) for seed in seeds]
        self._device = device
        self._start = self._head = math.inf
        self._path: torch.Tensor | None = None

    def __call__(self, sigma: float, after: float) -> torch.Tensor:
        """Return unit normal noise for the way from one sigma down to another.

        Returns:
            float32 ``(items, channels, height, width)`` on the device.
        """
        fresh = torch.stack([_draw(self._shape, generator) for generator in self._generators])
        if sigma == self._start and self._path is not None and after < self._head:
            whole = self._path + fresh * math.sqrt(self._head - after)
            noise = whole / math.sqrt(sigma - after)
        else:
            noise, whole = fresh, fresh * math.sqrt(sigma - after)
        self._start, self._head, self._path = sigma, after, whole
        return noise.to(self._device)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(seed)


def _draw(shape: Sequence[int], generator: torch.Generator) -> torch.Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float32)
