"""Which sigmas the settings mean; no torch."""

from __future__ import annotations

from typing import Any

import pytest

from studio.core.errors import RangeError
from studio.diffusion.sampling.schedules import noise_table, schedule_sigmas
from studio.diffusion.sampling.settings import Settings, walked_sigmas
from studio.facts.families import family

TABLE = noise_table(family("sd15"))


def walked(**settings: Any) -> list[float]:
    return walked_sigmas(Settings(**settings), TABLE)


@pytest.mark.parametrize("mode", ["exact_steps", "proportional"])
@pytest.mark.parametrize("schedule", ["karras", "ddim_uniform", "beta"])
def test_all_of_the_noise_is_all_of_the_schedule(mode: str, schedule: Any) -> None:
    whole = schedule_sigmas(schedule, TABLE, 12)
    assert walked(steps=12, denoise_mode=mode, schedule=schedule) == whole


def test_exact_steps_are_the_end_of_a_longer_schedule() -> None:
    longer = schedule_sigmas("karras", TABLE, 40)
    assert walked(steps=10, denoise=0.25) == longer[-11:]


def test_proportional_steps_are_that_share_and_one() -> None:
    whole = schedule_sigmas("karras", TABLE, 20)
    assert walked(steps=20, denoise=0.5, denoise_mode="proportional") == whole[9:]


@pytest.mark.parametrize("mode", ["exact_steps", "proportional"])
def test_the_least_denoise_is_still_one_step(mode: str) -> None:
    assert len(walked(steps=1, denoise=0.001, denoise_mode=mode)) == 2


@pytest.mark.parametrize("denoise", [1e-7, 1e-12, 5e-324])
def test_next_to_no_denoise_is_the_least_noise_and_no_endless_schedule(denoise: float) -> None:
    found = walked(steps=4, denoise=denoise)
    assert found == pytest.approx([TABLE.lowest] * 4 + [0], rel=1e-3)


@pytest.mark.parametrize("schedule", ["karras", "simple", "beta", "normal", "ddim_uniform"])
def test_many_steps_of_a_small_denoise_begin_at_little_noise(schedule: Any) -> None:
    found = walked(steps=1000, denoise=0.01, schedule=schedule)
    assert found[0] < 0.12
    assert len(found) > 2


@pytest.mark.parametrize("sampler", ["dpm_2", "dpm_2_ancestral", "unipc"])
def test_these_leave_out_the_last_but_one(sampler: str) -> None:
    longer = schedule_sigmas("karras", TABLE, 13)
    assert walked(steps=12, sampler=sampler) == [*longer[:12], 0]


def test_a_part_of_the_steps_is_a_part_of_the_sigmas() -> None:
    whole = walked(steps=12)
    assert walked(steps=12, first_step=3, last_step=7) == whole[3:8]


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"denoise": 1.5},
        {"denoise": float("nan")},
        {"denoise": -0.1},
        {"first_step": 5, "last_step": 5},
        {"first_step": 20},
        {"schedule": "none"},
    ],
)
def test_what_is_outside_its_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RangeError):
        walked(**wrong)
