"""Samplers that remember earlier guesses, so that one guess a step reaches a higher order.

Source of the idea: Adams and Bashforth; for diffusion Liu et al. 2022, arXiv:2202.09778.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.diffusion.sampling.steps import Array, Denoise, Noise, Step, Walk, blend


def lms(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Integrate the polynomial through the last four slopes.

    Source:
        Adams-Bashforth with variable steps; Hairer, Norsett, Wanner 1993, section III.5.
    """
    total = len(sigmas) - 1
    slopes: list[Array] = []
    for index in range(total):
        sigma = sigmas[index]
        denoised = denoise(x, sigma)
        slopes.insert(0, (x - denoised) / sigma)
        del slopes[4:]
        places = [sigmas[index - back] for back in range(len(slopes))]
        for back, slope in enumerate(slopes):
            x = x + slope * _lagrange_area(places, back, sigma, sigmas[index + 1])
        yield Step(index, total, sigma, x, denoised)
    return x


def _lagrange_area(places: Sequence[float], which: int, start: float, end: float) -> float:
    """Integrate the cubic that is 1 at one place and 0 at the others.

    Gauss-Legendre with two points is exact up to the third degree.
    """
    centre, half = (start + end) / 2, (end - start) / 2
    others = [place for index, place in enumerate(places) if index != which]
    points = (centre - half / math.sqrt(3), centre + half / math.sqrt(3))
    heights = [
        math.prod((point - other) / (places[which] - other) for other in others) for point in points
    ]
    return half * sum(heights)


ADAMS_BASHFORTH = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)
"""Weights of the last slopes, the newest first, for even steps."""


def plms(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Step along a weighted sum of the last four slopes, with the weights of even timesteps.

    The first step is Heun's.

    Source:
        Liu et al. 2022, arXiv:2202.09778, equations 9, 12 and 13, without the Runge-Kutta start.
    """
    total = len(sigmas) - 1
    slopes: list[Array] = []
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        slopes.insert(0, (x - denoised) / sigma)
        del slopes[4:]
        slope = slopes[0]
        if len(slopes) > 1:
            weights = ADAMS_BASHFORTH[len(slopes) - 1]
            slope = sum(
                (s * w for s, w in zip(slopes[1:], weights[1:], strict=True)), slope * weights[0]
            )
        elif after > 0:
            guess = x + slope * (after - sigma)
            slope = (slope + (guess - denoise(guess, after)) / after) * 0.5
        x = x + slope * (after - sigma)
        yield Step(index, total, sigma, x, denoised)
    return x


def unipc(
    denoise: Denoise[Array], x: Array, sigmas: Sequence[float], noise: Noise[Array]
) -> Walk[Array]:
    """Correct every step with the guess that follows it, which costs no guess more.

    Source:
        Zhao et al. 2023, arXiv:2302.04867, algorithms 1 and 2 on guesses of the clean picture,
        order 2, ``B(h) = exp(h) - 1``.
    """
    total = len(sigmas) - 1
    start, last = x, x
    bend: Array | None = None
    kept = weight = rest = 0.0
    for index in range(total):
        sigma, after = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        if index > 0:
            rise = denoised - last
            target = last + (rise * 0.5 if bend is None else bend * weight + rise * rest)
            x = blend(start, target, kept)
        start, kept = x, after / sigma
        if index == 0 or after == 0:
            bend, target = None, denoised
        else:
            span = math.log(sigma / after)
            back = math.log(sigma / sigmas[index - 1]) / span
            bend = (last - denoised) / back
            target = denoised + bend * 0.5
            weight, rest = _corrector_weights(span, back)
        last = denoised
        x = blend(x, target, kept)
        yield Step(index, total, sigma, x, denoised)
    return x


def _corrector_weights(span: float, back: float) -> tuple[float, float]:
    """Solve the two conditions of UniC-2 for the weights of the old and the new difference.

    Args:
        span: Step in log-SNR, half of it; positive.
        back: Place of the step before, in spans; negative.

    Source:
        Zhao et al. 2023, arXiv:2302.04867, equation 9 with p = 2.
    """
    size = math.expm1(-span)
    first = size / -span - 1
    second = first / -span - 0.5
    weight = (first - 2 * second) / size / (1 - back)
    return weight, first / size - weight
