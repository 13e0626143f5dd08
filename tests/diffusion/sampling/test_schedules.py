"""Schedules against values published by others, and what all of them have in common."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from studio.core.errors import RangeError
from studio.diffusion.sampling.schedules import (
    SCHEDULES,
    ScheduleName,
    beta_quantile,
    noise_table,
    schedule_sigmas,
)
from studio.facts.families import family

SD15 = family("sd15")
TABLE = noise_table(SD15)
GOLDEN = Path(__file__).parents[2] / "golden" / "samplers.npz"


def sigmas(name: str, steps: int) -> list[float]:
    chosen: Any = name
    return schedule_sigmas(chosen, TABLE, steps)


def test_the_names_are_those_of_the_list() -> None:
    assert set(get_args(ScheduleName)) == set(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 7, 20, 150, 1500])
def test_every_schedule_falls_and_ends_in_nothing(name: str, steps: int) -> None:
    walked = sigmas(name, steps)
    assert all(high > low for high, low in pairwise(walked))
    assert walked[-1] == 0
    assert len(walked) >= 2


@pytest.mark.parametrize("name", ["karras", "exponential", "normal", "simple", "sgm_uniform"])
def test_these_have_as_many_steps_as_asked_for(name: str) -> None:
    assert [len(sigmas(name, steps)) for steps in (1, 12, 150)] == [2, 13, 151]


def test_the_table_has_the_published_ends() -> None:
    assert TABLE.lowest == pytest.approx(0.0291675, rel=1e-4)
    assert TABLE.highest == pytest.approx(14.614642, rel=1e-5)


def test_a_table_without_signal_ends_far_out() -> None:
    assert noise_table(SD15, "v_zsnr").highest == pytest.approx(4518.7, rel=1e-3)
    assert noise_table(SD15, "v_zsnr").lowest == pytest.approx(TABLE.lowest)


@pytest.mark.parametrize("timestep", [0, 0.25, 1, 500, 731.5, 999])
def test_sigma_and_timestep_are_inverse(timestep: float) -> None:
    assert TABLE.timestep(TABLE.sigma(timestep)) == pytest.approx(timestep, abs=1e-9)


def test_what_is_outside_the_table_is_held_to_it() -> None:
    assert (TABLE.timestep(1e-9), TABLE.timestep(1e9)) == (0, 999)
    assert (TABLE.sigma(-5), TABLE.sigma(5000)) == (TABLE.lowest, TABLE.highest)


def test_karras_is_that_of_k_diffusion() -> None:
    theirs = np.load(GOLDEN)["sigmas"]
    assert np.allclose(sigmas("karras", len(theirs) - 1), theirs, rtol=1e-5)


def test_beta_is_placed_over_timesteps() -> None:
    expected = [14.615, 10.469, 5.701, 2.956, 1.624, 0.919, 0.516, 0.241, 0]
    assert sigmas("beta", 8) == pytest.approx(expected, abs=0.02)


def test_beta_with_more_steps_than_timesteps_is_all_of_them() -> None:
    whole = sigmas("beta", 1999)
    assert whole == sigmas("beta", 2000) == sigmas("beta", 10**9)


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 0), (0.05, 0.01255446), (0.5, 0.5), (0.95, 0.98744554), (1, 1)]
)
def test_the_beta_quantile_is_right(share: float, expected: float) -> None:
    assert beta_quantile(share, 0.6) == pytest.approx(expected, abs=1e-7)


def test_simple_counts_down_from_the_last_timestep() -> None:
    assert sigmas("simple", 4)[:4] == [TABLE.sigmas[t] for t in (999, 749, 499, 249)]


def test_ddim_uniform_counts_up_from_one() -> None:
    assert sigmas("ddim_uniform", 4)[:4] == [TABLE.sigmas[t] for t in (751, 501, 251, 1)]


def test_sgm_uniform_ends_above_the_lowest() -> None:
    assert sigmas("sgm_uniform", 3)[:3] == pytest.approx([TABLE.sigma(t) for t in (999, 666, 333)])


def test_a_schedule_that_is_not_there_is_refused() -> None:
    with pytest.raises(RangeError, match="'korras'"):
        sigmas("korras", 4)


def test_no_steps_are_refused() -> None:
    with pytest.raises(RangeError, match="0 steps"):
        sigmas("karras", 0)
