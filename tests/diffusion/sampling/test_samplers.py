"""Samplers against k-diffusion (golden files) and against diffusers' schedulers (run here)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, LCMScheduler, PNDMScheduler, UniPCMultistepScheduler

from studio.core.context import result_of
from studio.diffusion.sampling.denoise import Denoiser, Guide
from studio.diffusion.sampling.samplers import SAMPLERS, euler_ancestral
from studio.diffusion.sampling.schedules import noise_table
from studio.facts.families import family
from tests.diffusion.setting import (
    CountedNoise,
    guided_network,
    prompt,
    relative_error,
)
from tests.tiny import sd15_unet, shared

pytestmark = pytest.mark.torch

GOLDEN = Path(__file__).parents[2] / "golden" / "samplers.npz"
SHAPE = (1, 4, 6, 10)
STEPS = 12
GUIDANCE = 5.0
SD15 = family("sd15")
TRAINING = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
}
WHOLE = {"set_alpha_to_one": True, "steps_offset": 1, "clip_sample": False}


def denoiser(sigmas: Sequence[float]) -> Denoiser:
    guide = Guide((prompt(1),), prompt(2), GUIDANCE)
    return Denoiser(shared(sd15_unet), SD15, guide, sigmas, torch.Size(SHAPE))


@pytest.mark.parametrize("name", sorted(set(np.load(GOLDEN).files) - {"sigmas", "start"}))
def test_a_sampler_ends_where_k_diffusion_does(name: str) -> None:
    golden = {key: torch.from_numpy(value) for key, value in np.load(GOLDEN).items()}
    sigmas = golden["sigmas"].tolist()
    sampler: Any = SAMPLERS[name]  # type: ignore[index]  # a name from a file
    end = result_of(sampler(denoiser(sigmas), golden["start"], sigmas, CountedNoise(SHAPE)))
    assert relative_error(end, golden[name]) <= 1e-4


def theirs(scheduler: Any, start: torch.Tensor, **step: Any) -> torch.Tensor:
    """Walk with a scheduler of diffusers from a start at unit signal."""
    predict = guided_network(shared(sd15_unet), prompt(1), prompt(2), GUIDANCE)
    x: torch.Tensor = start * scheduler.alphas_cumprod[scheduler.timesteps[0]].sqrt()
    for timestep in scheduler.timesteps:
        x = scheduler.step(predict(x, timestep), timestep, x, **step).prev_sample
    return x


def ours(name: str, timesteps: Sequence[int], **more: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Walk with our sampler over the same timesteps; return the start as well."""
    table = noise_table(SD15)
    sigmas = [*(table.sigmas[int(timestep)] for timestep in timesteps), 0.0]
    start = CountedNoise(SHAPE)(0, 0) * sigmas[0]
    sampler: Any = SAMPLERS[name]  # type: ignore[index]  # a parametrised name
    end = result_of(sampler(denoiser(sigmas), start, sigmas, CountedNoise(SHAPE), **more))
    return start, end


def test_ddim_ends_where_diffusers_does() -> None:
    scheduler = DDIMScheduler(**TRAINING, **WHOLE)
    scheduler.set_timesteps(STEPS)
    start, end = ours("ddim", scheduler.timesteps)
    assert relative_error(end, theirs(scheduler, start)) <= 1e-4


def test_euler_ancestral_is_ddim_with_eta() -> None:
    scheduler = DDIMScheduler(**TRAINING, **WHOLE)
    scheduler.set_timesteps(STEPS)
    start, end = ours("euler_ancestral", scheduler.timesteps, eta=0.7)
    noise = torch.Generator().manual_seed(11)
    other = theirs(scheduler, start, eta=0.7, generator=noise)
    assert relative_error(end, other) <= 1e-4
    assert euler_ancestral is SAMPLERS["euler_ancestral"]


def test_plms_ends_where_diffusers_does() -> None:
    scheduler = PNDMScheduler(
        **TRAINING, skip_prk_steps=True, set_alpha_to_one=True, steps_offset=1
    )
    scheduler.set_timesteps(STEPS)
    # diffusers writes the second timestep twice, because it counts the first step as two.
    once = list(dict.fromkeys(scheduler.timesteps.tolist()))
    start, end = ours("plms", once)
    assert len(once) == STEPS
    assert relative_error(end, theirs(scheduler, start)) <= 1e-4


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in diffusers
def test_unipc_ends_where_diffusers_does() -> None:
    scheduler = UniPCMultistepScheduler(**TRAINING)
    scheduler.set_timesteps(STEPS)
    start, end = ours("unipc", scheduler.timesteps)
    assert relative_error(end, theirs(scheduler, start)) <= 1e-4


def test_lcm_ends_where_diffusers_does() -> None:
    scheduler = LCMScheduler(**TRAINING, clip_sample=False)
    scheduler.set_timesteps(STEPS)
    start, end = ours("lcm", scheduler.timesteps)
    noise = torch.Generator().manual_seed(11)
    assert relative_error(end, theirs(scheduler, start, generator=noise)) <= 1e-4
