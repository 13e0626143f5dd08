"""Samplers: rules that walk from noise to a picture along falling sigmas.

Each is a generator ``(denoise, x, sigmas, noise)`` that yields a `Step` after every update and
returns the last ``x``. ``denoise(x, sigma)`` is the guess of the clean picture; ``noise(sigma,
after)`` is unit normal. They work on floats as well as on tensors, know no network, and hold all
their state in local names: closing the generator is all that cancelling needs.

Here are those that look at one step at a time, and the list of all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from studio.diffusion.sampling.multistep import lms, plms, unipc
from studio.diffusion.sampling.sde import (
    dpmpp_2m,
    dpmpp_2m_sde,
    dpmpp_2s_ancestral,
    dpmpp_3m_sde,
    dpmpp_sde,
    lcm,
)
from studio.diffusion.sampling.steps import Array, Denoise, Noise, Step, Walk, ancestral, blend

if TYPE_CHECKING:
    import torch

SamplerName = Literal[
    "euler",
    "euler_ancestral",
    "heun",
    "dpm_2",
    "dpm_2_ancestral",
    "dpmpp_2s_ancestral",
    "dpmpp_2m",
    "dpmpp_2m_sde",
    "dpmpp_sde",
    "dpmpp_3m_sde",
    "lms",
    "ddim",
    "plms",
    "unipc",
    "lcm",
]


class Sampler(Protocol):
    """What every sampler is, for tensors."""

    def __call__(
        self,
        denoise: Denoise[torch.Tensor],
        x: torch.Tensor,
        sigmas: Sequence[float],
        noise: Noise[torch.Tensor],
    ) -> Walk[torch.Tensor]:
        """Walk along the sigmas."""


class StochasticSampler(Protocol):
    """What every sampler with an amount of noise is, for tensors."""

    def __call__(
        self,
        denoise: Denoise[torch.Tensor],
        x: torch.Tensor,
        sigmas: Sequence[float],
        noise: Noise[torch.Tensor],
        eta: float = 1.0,
    ) -> Walk[torch.Tensor]:
        """Walk along the sigmas; eta 0 adds no noise on the way."""


def euler(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Follow the straight line to each guess.

    Source:
        Karras et al. 2022, arXiv:2206.00364, algorithm 1 without the correction.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        x = blend(x, denoised, after / sigma)
        yield Step(index, total, sigma, x, denoised)
    return x


def ddim(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Predict the clean picture and go back to less of the same noise.

    Rescaled to unit signal this is Euler's step, so one rule serves both. With eta it is
    `euler_ancestral`.

    Source:
        Song et al. 2021, arXiv:2010.02502, equations 12 and 14.
    """
    return (yield from euler(denoise, x, sigmas, noise))


def heun(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Average the slopes at both ends of a step: second order for two guesses a step.

    Source:
        Karras et al. 2022, arXiv:2206.00364, algorithm 1 without churn.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        guess = blend(x, denoised, after / sigma)
        if after > 0:
            slope = (x - denoised) / sigma
            denoised = denoise(guess, after)
            guess = x + (slope + (guess - denoised) / after) * ((after - sigma) / 2)
        x = guess
        yield Step(index, total, sigma, x, denoised)
    return x


def dpm_2(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Take the slope at the geometric middle of a step.

    Source:
        Karras et al. 2022, arXiv:2206.00364, algorithm 3 with the middle of DPM-Solver-2
        (Lu et al. 2022, arXiv:2206.00927, algorithm 1).
    """
    return (yield from dpm_2_ancestral(denoise, x, sigmas, noise, eta=0.0))


def euler_ancestral(
    denoise: Denoise[Array],
    x: Array,
    sigmas: Sequence[float],
    noise: Noise[Array],
    eta: float = 1.0,
) -> Walk[Array]:
    """Step below the next noise level along a straight line, and add noise back.

    Source:
        Song et al. 2021, arXiv:2010.02502, equations 12 and 16; eta 1 is DDPM.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        down, added = ancestral(sigma, after, eta)
        denoised = denoise(x, sigma)
        x = blend(x, denoised, down / sigma)
        if added > 0:
            x = x + noise(sigma, after) * added
        yield Step(index, total, sigma, x, denoised)
    return x


def dpm_2_ancestral(
    denoise: Denoise[Array],
    x: Array,
    sigmas: Sequence[float],
    noise: Noise[Array],
    eta: float = 1.0,
) -> Walk[Array]:
    """Take the slope at the geometric middle, step below the next level, and add noise back.

    Source:
        As `dpm_2`, with the noise of `ancestral`.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        down, added = ancestral(sigma, after, eta)
        denoised = denoise(x, sigma)
        if down == 0:
            x = denoised
        else:
            middle = math.sqrt(sigma * down)
            guess = blend(x, denoised, middle / sigma)
            denoised = denoise(guess, middle)
            x = x + (guess - denoised) * ((down - sigma) / middle)
        if added > 0:
            x = x + noise(sigma, after) * added
        yield Step(index, total, sigma, x, denoised)
    return x


STOCHASTIC: dict[SamplerName, StochasticSampler] = {
    "euler_ancestral": euler_ancestral,
    "dpm_2_ancestral": dpm_2_ancestral,
    "dpmpp_2s_ancestral": dpmpp_2s_ancestral,
    "dpmpp_2m_sde": dpmpp_2m_sde,
    "dpmpp_sde": dpmpp_sde,
    "dpmpp_3m_sde": dpmpp_3m_sde,
}
"""Samplers that take eta."""

SAMPLERS: dict[SamplerName, Sampler] = {
    "euler": euler,
    "heun": heun,
    "dpm_2": dpm_2,
    "dpmpp_2m": dpmpp_2m,
    "lms": lms,
    "ddim": ddim,
    "plms": plms,
    "unipc": unipc,
    "lcm": lcm,
    **STOCHASTIC,
}
"""All samplers."""
