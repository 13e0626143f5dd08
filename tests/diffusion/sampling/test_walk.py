"""The walk as a whole: what stays equal bit for bit, and what is refused or left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from studio.core.context import result_of
from studio.core.errors import MissingInputError, NotFiniteError, RangeError, UnsupportedError
from studio.core.values import Latent, Mask
from studio.diffusion.sampling.samplers import SAMPLERS
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.walk import walk
from studio.facts.families import family
from tests.diffusion.setting import latent, prompt
from tests.tiny import sd15_unet, sdxl_unet, shared

pytestmark = pytest.mark.torch

SD15 = family("sd15")


def sampled(start: Latent, *, unet: Any = None, warned: Any = None, **settings: Any) -> Latent:
    chosen = Settings(**{"seed": 3, "steps": 4, "guidance": 5.0, **settings})
    warn = (lambda code, text: None) if warned is None else lambda code, text: warned.append(code)
    walked = walk(unet or shared(sd15_unet), SD15, (prompt(1),), prompt(2), start, chosen, warn)
    return result_of(walked)


def half(height: int = 48, width: int = 80) -> Mask:
    pixels = np.zeros((1, height, width), np.float32)
    pixels[:, :, : width // 2] = 1
    return Mask(pixels)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_an_item_alone_is_what_it_is_in_a_batch(sampler: str) -> None:
    batch = sampled(latent(3, seed=9), sampler=sampler, denoise=0.8)
    alone = Latent(latent(3, seed=9).samples[1:2], "sd15", item_seeds=(4,))
    assert torch.equal(sampled(alone, sampler=sampler, denoise=0.8).samples, batch.samples[1:2])


def test_an_item_alone_is_what_it_is_in_a_batch_with_masks_and_channels_last() -> None:
    unet = sd15_unet().to(memory_format=torch.channels_last)
    start = replace(latent(3, seed=9), mask=half())
    batch = sampled(start, unet=unet, sampler="dpmpp_2m_sde", rescale=0.7)
    alone = replace(start, samples=start.samples[2:], item_seeds=(5,))
    again = sampled(alone, unet=unet, sampler="dpmpp_2m_sde", rescale=0.7)
    assert torch.equal(again.samples, batch.samples[2:])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("sampler", ["dpmpp_2m", "dpmpp_sde"])
def test_a_batch_on_a_gpu_is_that_of_the_cpu(sampler: str) -> None:
    start = replace(latent(3, seed=9), mask=half())
    expected = sampled(start, sampler=sampler).samples
    found = sampled(start, sampler=sampler, unet=sd15_unet().cuda()).samples
    assert float((found - expected).abs().max() / expected.abs().max()) <= 1e-3


def test_inputs_are_not_modified() -> None:
    start = replace(latent(2, seed=9), mask=half())
    sampled(start, denoise=0.5)
    assert torch.equal(start.samples, latent(2, seed=9).samples)


def test_every_step_is_told_with_the_whole_batch() -> None:
    chosen = Settings(steps=4, denoise=0.5)
    walked = walk(sd15_unet(), SD15, (prompt(1),), prompt(2), latent(2), chosen)
    told = [(step.index, step.total, tuple(step.denoised.shape)) for step in walked]
    assert told == [(index, 4, (2, 4, 6, 10)) for index in range(4)]


def test_a_denoise_of_nothing_gives_the_latent_back() -> None:
    start = latent(2, seed=9)
    assert sampled(start, denoise=0.0) is start


def test_an_empty_mask_gives_the_latent_back_and_says_so() -> None:
    warned: list[str] = []
    start = replace(latent(1, seed=9), mask=Mask(np.zeros((1, 48, 80), np.float32)))
    assert sampled(start, warned=warned) is start
    assert warned == ["W_EMPTY_MASK"]


def test_a_full_mask_is_no_mask() -> None:
    start = latent(1, seed=9)
    full = replace(start, mask=Mask(np.ones((1, 48, 80), np.float32)))
    assert torch.equal(sampled(full, denoise=0.6).samples, sampled(start, denoise=0.6).samples)


@pytest.mark.parametrize("sampler", ["euler", "euler_ancestral", "lms", "lcm"])
def test_outside_the_mask_every_bit_stays(sampler: str) -> None:
    start = replace(latent(2, seed=9), mask=half())
    end = sampled(start, sampler=sampler).samples
    assert torch.equal(end[..., 5:], start.samples[..., 5:])
    assert not torch.allclose(end[..., :5], start.samples[..., :5])


def test_a_soft_mask_changes_less_where_it_is_grey() -> None:
    start = latent(1, seed=9)
    masks = (Mask(np.full((1, 6, 10), value, np.float32)) for value in (0.1, 0.9))
    grey, bright = (
        (sampled(replace(start, mask=mask)).samples - start.samples).abs().mean() for mask in masks
    )
    assert grey < bright


def test_two_passes_over_parts_of_the_steps_are_one() -> None:
    start = latent(2, seed=9)
    whole = sampled(start, steps=6, sampler="euler")
    first = sampled(start, steps=6, sampler="euler", last_step=3)
    second = sampled(first, steps=6, sampler="euler", first_step=3)
    assert first.sigma > 0
    assert second.sigma == 0
    assert torch.equal(second.samples, whole.samples)


def test_noise_of_another_level_is_told() -> None:
    warned: list[str] = []
    sampled(replace(latent(1, seed=9), sigma=2.0), warned=warned)
    assert warned == ["W_NOISE_MISMATCH"]


def test_a_mask_and_noise_left_in_do_not_go_together() -> None:
    start = replace(latent(1, seed=9), mask=half())
    with pytest.raises(UnsupportedError):
        sampled(replace(start, sigma=2.0))
    with pytest.raises(UnsupportedError):
        sampled(start, last_step=2)


def test_numbers_that_are_none_name_the_first_bad_step() -> None:
    unet = sd15_unet()
    calls = iter([False, False, True, True])

    def spoil(module: Any, given: Any, output: Any) -> Any:
        return (output[0] * float("nan"),) if next(calls) else output

    unet.register_forward_hook(spoil)
    with pytest.raises(NotFiniteError, match="step 3 of 4"):
        sampled(latent(), unet=unet, sampler="euler")


def test_a_sampler_that_is_not_there_is_refused() -> None:
    with pytest.raises(RangeError, match="'eulr'"):
        sampled(latent(), sampler="eulr")


def test_guidance_without_a_negative_is_refused() -> None:
    walked = walk(sd15_unet(), SD15, (prompt(1),), None, latent(), Settings(guidance=5.0))
    with pytest.raises(MissingInputError, match="guidance 5"):
        next(walked)


def test_no_guidance_needs_no_negative() -> None:
    chosen = Settings(seed=3, steps=4, guidance=1.0)
    walked = walk(sd15_unet(), SD15, (prompt(1),), None, latent(), chosen)
    assert torch.equal(result_of(walked).samples, sampled(latent(), guidance=1.0).samples)


def test_without_a_negative_sdxl_takes_zeros() -> None:
    wanted = prompt(1, family="sdxl")
    [only] = wanted.segments
    assert only.pooled is not None
    nothing = replace(only, tokens=only.tokens * 0, pooled=only.pooled * 0)
    zeros = replace(wanted, segments=(nothing,))
    ends = [
        result_of(
            walk(
                sdxl_unet(),
                family("sdxl"),
                (wanted,),
                negative,
                latent(family="sdxl"),
                Settings(steps=3, guidance=5.0),
            )
        )
        for negative in (None, zeros)
    ]
    assert torch.equal(ends[0].samples, ends[1].samples)


def test_the_result_carries_what_belongs_to_it() -> None:
    start = replace(latent(2, seed=9), mask=half(), item_seeds=(5, 1), key="old")
    end = sampled(start)
    assert (end.family, end.item_seeds, end.sigma, end.key) == ("sd15", (5, 1), 0.0, "")
    assert end.mask is start.mask
