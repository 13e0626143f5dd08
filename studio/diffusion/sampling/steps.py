"""The vocabulary of samplers: a step, a denoiser, a noise source, and two formulas they share.

Sigmas are numbers, so nothing waits for the device. Most updates are blends: with a fixed guess,
the exact solution from sigma to next moves the share ``1 - next / sigma`` of the way to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import torch

Array = TypeVar("Array", "torch.Tensor", float)

Denoise = Callable[[Array, float], Array]
Noise = Callable[[float, float], Array]


@dataclass(frozen=True, slots=True)
class Step(Generic[Array]):
    """One update.

    Attributes:
        index: Counted from 0.
        total: How many there will be.
        sigma: Noise level that it started from.
        x: The noisy latent after it.
        denoised: The guess of the clean latent that it used last.
    """

    index: int
    total: int
    sigma: float
    x: Array
    denoised: Array


Walk = Generator[Step[Array], None, Array]


def blend(x: Array, guess: Array, kept: float) -> Array:
    """Return ``x`` moved to the guess, with a share of it kept."""
    return x * kept + guess * (1 - kept)


def ancestral(sigma: float, after: float, eta: float) -> tuple[float, float]:
    """Split a step to ``after`` into a level to step down to and the noise to add then.

    Args:
        sigma: Noise level before.
        after: Noise level wanted.
        eta: 0 adds no noise; 1 adds as much as the process that was trained on.

    Source:
        Song et al. 2021, arXiv:2010.02502, equation 16, rescaled to unit signal.
    """
    added = min(after, eta * after * math.sqrt(max(sigma**2 - after**2, 0.0)) / sigma)
    return math.sqrt(after**2 - added**2), added
