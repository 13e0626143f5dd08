"""Samplers of the DPM-Solver++ kind, with noise added on the way, and the consistency sampler.

They solve the linear part of the equation exactly in ``lambda = -log(sigma)`` and extrapolate the
guess. With ``eta`` 0 they solve the ordinary differential equation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.diffusion.sampling.steps import Array, Denoise, Noise, Step, Walk, ancestral, blend


def dpmpp_2s_ancestral(
    denoise: Denoise[Array],
    x: Array,
    sigmas: Sequence[float],
    noise: Noise[Array],
    eta: float = 1.0,
) -> Walk[Array]:
    """Guess again at the middle of each step, step below the next level, and add noise back.

    Source:
        Lu et al. 2022, arXiv:2211.01095, algorithm 1 with the middle at one half; noise as in
        `ancestral`.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        down, added = ancestral(sigma, after, eta)
        denoised = denoise(x, sigma)
        target = denoised
        if down > 0:
            middle = math.sqrt(sigma * down)
            target = denoise(blend(x, denoised, middle / sigma), middle)
        x = blend(x, target, down / sigma)
        if added > 0:
            x = x + noise(sigma, after) * added
        yield Step(index, total, sigma, x, denoised)
    return x


def dpmpp_sde(
    denoise: Denoise[Array],
    x: Array,
    sigmas: Sequence[float],
    noise: Noise[Array],
    eta: float = 1.0,
) -> Walk[Array]:
    """Guess again at the noisy middle of each step.

    Both noises of a step belong to one path, so ``noise`` is asked for the first half and then
    for the whole.

    Source:
        Lu et al. 2022, arXiv:2211.01095, algorithm 1 with the middle at one half, on the
        stochastic equation (section 3.4); after k-diffusion's ``sample_dpmpp_sde``.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        target = denoised
        down, added = ancestral(sigma, after, eta)
        if after > 0:
            middle = math.sqrt(sigma * after)
            below, shaken = ancestral(sigma, middle, eta)
            guess = blend(x, denoised, below / sigma)
            if shaken > 0:
                guess = guess + noise(sigma, middle) * shaken
            target = denoise(guess, middle)
        x = blend(x, target, down / sigma)
        if added > 0:
            x = x + noise(sigma, after) * added
        yield Step(index, total, sigma, x, denoised)
    return x


def dpmpp_2m(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Extrapolate the guess from the last two.

    Source:
        Lu et al. 2022, arXiv:2211.01095, algorithm 2.
    """
    return (yield from dpmpp_2m_sde(denoise, x, sigmas, noise, eta=0.0))


def dpmpp_2m_sde(
    denoise: Denoise[Array],
    x: Array,
    sigmas: Sequence[float],
    noise: Noise[Array],
    eta: float = 1.0,
) -> Walk[Array]:
    """Extrapolate the guess from the last two, with noise added.

    Source:
        Lu et al. 2022, arXiv:2211.01095, equation 14 (SDE-DPM-Solver++(2M)), midpoint form.
    """
    total = len(sigmas) - 1
    last = x
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        target = denoised
        if index > 0 and after > 0:
            spans = math.log(sigmas[index - 1] / sigma) / math.log(sigma / after)
            target = denoised + (denoised - last) * (0.5 / spans)
        x = blend(x, target, (after / sigma) ** (1 + eta))
        if eta > 0 and after > 0:
            x = x + noise(sigma, after) * _fresh(sigma, after, eta)
        last = denoised
        yield Step(index, total, sigma, x, denoised)
    return x


def dpmpp_3m_sde(
    denoise: Denoise[Array],
    x: Array,
    sigmas: Sequence[float],
    noise: Noise[Array],
    eta: float = 1.0,
) -> Walk[Array]:
    """Extrapolate the guess from the last three, with noise added.

    Source:
        Lu et al. 2022, arXiv:2211.01095, section 3.4 carried to the third order; after
        k-diffusion's ``sample_dpmpp_3m_sde``.
    """
    total = len(sigmas) - 1
    levels = [-math.log(sigma) for sigma in sigmas if sigma > 0]
    last, slope = x, x
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        x = blend(x, denoised, (after / sigma) ** (1 + eta))
        if index > 0 and after > 0:
            second, third = _weights(levels[index + 1] - levels[index], eta)
            back = levels[index] - levels[index - 1]
            before, slope = slope, (denoised - last) / back
            x = x + slope * second
            if index > 1:
                bow = (slope - before) / (levels[index] - levels[index - 2])
                x = x + bow * (back * second - third)
        if eta > 0 and after > 0:
            x = x + noise(sigma, after) * _fresh(sigma, after, eta)
        last = denoised
        yield Step(index, total, sigma, x, denoised)
    return x


def lcm(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Jump to the guess and add all of the next level's noise; for consistency models.

    Source:
        Song et al. 2023, arXiv:2303.01469, algorithm 1; Luo et al. 2023, arXiv:2310.04378,
        algorithm 3. The boundary weights of the latter differ from 1 by less than 1e-4 from
        timestep 10 on and are left out.
    """
    total = len(sigmas) - 1
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        x = denoised = denoise(x, sigma)
        if after > 0:
            x = denoised + noise(sigma, after) * after
        yield Step(index, total, sigma, x, denoised)
    return x


def _fresh(sigma: float, after: float, eta: float) -> float:
    """Return how much noise a step of the stochastic equation adds.

    Source:
        Lu et al. 2022, arXiv:2211.01095, equation 14, with the noise rate scaled by eta.
    """
    return after * math.sqrt(1 - (after / sigma) ** (2 * eta))


def _weights(span: float, eta: float) -> tuple[float, float]:
    """Return the exact integrals that the first and second slope of the guess are weighted with.

    Args:
        span: Step in ``-log(sigma)``.
        eta: Amount of noise.

    Source:
        The functions phi of exponential integrators; Hochbruck and Ostermann 2010, section 2.
    """
    rate = (1 + eta) * span
    second = math.expm1(-rate) / rate + 1
    return second * span, (second / rate - 0.5) * span**2
