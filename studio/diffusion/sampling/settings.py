"""How to sample, and which sigmas that means. Plain data and numbers; no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from studio.core.errors import RangeError
from studio.diffusion.sampling.samplers import SamplerName
from studio.diffusion.sampling.schedules import NoiseTable, ScheduleName, schedule_sigmas

if TYPE_CHECKING:
    from studio.facts.families import Prediction

DenoiseMode = Literal["exact_steps", "proportional"]

SECOND_LAST_LEFT_OUT: frozenset[SamplerName] = frozenset({"dpm_2", "dpm_2_ancestral", "unipc"})
"""Samplers that stride over the last but one sigma, where a second guess gains nothing.

They walk a schedule of one step more without it, so that the number of steps stays.
"""

LONGEST = 1_000_000
"""Steps of a schedule whose end is walked: beyond, all of that end is the least noise anyway."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sample.

    Attributes:
        seed: Fixes the noise, 0 to 2^64 - 1; item i of a batch takes the i-th seed after it.
        steps: Updates, 1 or more.
        guidance: Classifier-free guidance scale; 1 is off.
        denoise: Share of the schedule that is walked, 0 to 1.
        denoise_mode: ``exact_steps`` walks as many steps as are set, at the end of a longer
            schedule; ``proportional`` walks only that share of the steps.
        sampler: One of `SAMPLERS`.
        schedule: One of `SCHEDULES`.
        rho: Bend of the karras schedule.
        eta: Noise added on the way, for samplers that add any; 0 is none.
        rescale: Share of the contrast that guidance added to take back, 0 to 1.
        first_step: Step at which to begin.
        last_step: Step before which to end, leaving noise in; ``None`` walks to the end.
        prediction: What the network says; ``None`` is what its family's networks say.
    """

    seed: int = 0
    steps: int = 20
    guidance: float = 7.0
    denoise: float = 1.0
    denoise_mode: DenoiseMode = "exact_steps"
    sampler: SamplerName = "dpmpp_2m"
    schedule: ScheduleName = "karras"
    rho: float = 7.0
    eta: float = 1.0
    rescale: float = 0.0
    first_step: int = 0
    last_step: int | None = None
    prediction: Prediction | None = None


def walked_sigmas(settings: Settings, table: NoiseTable) -> list[float]:
    """Return the sigmas that are walked: the end of a schedule.

    Raises:
        RangeError: Steps, denoise, or the first and last step are outside their ranges.
    """
    if not 0 < settings.denoise <= 1:
        raise RangeError(f"a denoise of {settings.denoise} is not possible", fix="take 0 to 1")
    if settings.steps < 1:
        raise RangeError(f"{settings.steps} steps are not possible", fix="take at least 1")
    if settings.denoise_mode == "exact_steps":
        wanted = min(settings.steps / settings.denoise, LONGEST)
        longer = max(settings.steps, math.floor(wanted))
        sigmas = _schedule(settings, longer, table)
        steps = _walked(settings.steps, longer, len(sigmas) - 1, len(table.sigmas))
        sigmas = sigmas if longer == settings.steps else sigmas[-(steps + 1) :]
    else:
        sigmas = _schedule(settings, settings.steps, table)
        total = len(sigmas) - 1
        sigmas = sigmas[total - 1 - int(min(settings.denoise, 0.999) * total) :]
    return _part(sigmas, settings)


def _walked(steps: int, longer: int, found: int, timesteps: int) -> int:
    """Return how many steps of a longer schedule are walked.

    Schedules of whole timesteps run out of them; then as many as are the share, or a small denoise
    would walk down from all of the noise.
    """
    has_run_out = found < longer and longer > timesteps
    return max(round(found * steps / longer), 1) if has_run_out else steps


def _schedule(settings: Settings, steps: int, table: NoiseTable) -> list[float]:
    if settings.sampler not in SECOND_LAST_LEFT_OUT:
        return schedule_sigmas(settings.schedule, table, steps, settings.rho)
    sigmas = schedule_sigmas(settings.schedule, table, steps + 1, settings.rho)
    return [*sigmas[:-2], sigmas[-1]]


def _part(sigmas: list[float], settings: Settings) -> list[float]:
    total = len(sigmas) - 1
    end = total if settings.last_step is None else min(settings.last_step, total)
    if not 0 <= settings.first_step < end:
        raise RangeError(
            f"steps {settings.first_step} to {end} of {total} are none",
            fix="begin before the end",
        )
    return sigmas[settings.first_step : end + 1]
