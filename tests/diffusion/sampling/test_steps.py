"""Samplers on plain numbers: no torch, so their mathematics is tested in milliseconds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

import pytest

from studio.core.context import result_of
from studio.diffusion.sampling.samplers import SAMPLERS, STOCHASTIC, SamplerName
from studio.diffusion.sampling.steps import ancestral

NAMES = sorted(SAMPLERS)
SIGMAS = {1: [4.0, 0.0], 4: [4.0, 2.0, 1.0, 0.5, 0.0], 20: [20.0 - i for i in range(21)]}


def silent(sigma: float, after: float) -> float:
    return 0.0


def walk(name: str, denoise: Callable[[float, float], float], x: float, sigmas: list[float]) -> Any:
    sampler: Any = SAMPLERS[name]  # type: ignore[index]  # a parametrised name
    return sampler(denoise, x, sigmas, silent)


def bell(x: float, sigma: float) -> float:
    """Guess perfectly for clean values that are normal with variance one."""
    return x / (1 + sigma**2)


def error_of(name: str, steps: int) -> float:
    """Return how far a walk from 10 to 1 ends from the exact solution of `bell`."""
    sigmas = [10 * 10 ** (-i / steps) for i in range(steps + 1)]
    exact = 5 * math.sqrt((1 + 1) / (1 + 100))
    end: float = result_of(walk(name, bell, 5.0, sigmas))
    return abs(end - exact)


def test_the_names_are_those_of_the_list() -> None:
    assert set(get_args(SamplerName)) == set(SAMPLERS)


def test_what_takes_eta_is_in_the_list() -> None:
    assert set(STOCHASTIC) < set(SAMPLERS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [1, 4, 20])
def test_a_perfect_guess_of_a_constant_is_hit(name: str, steps: int) -> None:
    end = result_of(walk(name, lambda x, sigma: 3.25, 17.0, SIGMAS[steps]))
    assert end == pytest.approx(3.25, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_told(name: str) -> None:
    told = list(walk(name, bell, 5.0, SIGMAS[4]))
    assert [(step.index, step.total, step.sigma) for step in told] == [
        (0, 4, 4.0),
        (1, 4, 2.0),
        (2, 4, 1.0),
        (3, 4, 0.5),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_last_step_carries_the_result(name: str) -> None:
    told = list(walk(name, bell, 5.0, SIGMAS[4]))
    assert told[-1].x == result_of(walk(name, bell, 5.0, SIGMAS[4]))


def test_euler_is_of_first_order() -> None:
    assert error_of("euler", 40) / error_of("euler", 80) == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("name", ["heun", "dpm_2", "dpmpp_2m"])
def test_these_are_of_second_order(name: str) -> None:
    assert error_of(name, 40) / error_of(name, 80) == pytest.approx(4, abs=0.6)


@pytest.mark.parametrize("name", ["unipc", "lms", "plms"])
def test_memory_beats_heun_at_half_the_guesses(name: str) -> None:
    assert error_of(name, 40) * 4 < error_of("heun", 40)


@pytest.mark.parametrize("name", sorted(STOCHASTIC))
def test_without_eta_nothing_asks_for_noise(name: str) -> None:
    def refuse(sigma: float, after: float) -> float:
        raise AssertionError("noise was asked for")

    sampler: Any = STOCHASTIC[name]  # type: ignore[index]  # a parametrised name
    assert math.isfinite(result_of(sampler(bell, 5.0, SIGMAS[4], refuse, eta=0.0)))


@pytest.mark.parametrize("name", sorted(STOCHASTIC))
def test_with_an_eta_of_two_numbers_stay_finite(name: str) -> None:
    sampler: Any = STOCHASTIC[name]  # type: ignore[index]  # a parametrised name
    assert math.isfinite(result_of(sampler(bell, 5.0, SIGMAS[4], lambda a, b: 1.0, eta=2.0)))


def test_an_ancestral_step_keeps_the_variance() -> None:
    down, added = ancestral(3.0, 2.0, 1.0)
    assert down**2 + added**2 == pytest.approx(4.0)


def test_closing_a_walk_ends_it() -> None:
    going = walk("euler", bell, 5.0, SIGMAS[20])
    next(going)
    going.close()
    assert list(going) == []
