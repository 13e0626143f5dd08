"""The denoiser: which network calls it makes, and what it makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Conditioning, Mask
from studio.diffusion.sampling.denoise import Denoiser, Guide, clean_guess
from studio.facts.families import family
from tests.diffusion.setting import latent, prompt, segment
from tests.tiny import sd15_unet, sdxl_unet, shared

pytestmark = pytest.mark.torch

SIGMAS = [8.0, 4.0, 2.0, 1.0, 0.0]
SD15, SDXL = family("sd15"), family("sdxl")


def denoiser(guide: Guide, items: int = 1, unet: Any = None, **more: Any) -> Denoiser:
    shape = latent(items).samples.shape
    return Denoiser(unet or shared(sd15_unet), SD15, guide, SIGMAS, shape, **more)


def x_of(items: int = 1) -> torch.Tensor:
    return latent(items, seed=4).samples * 4


class Counted:
    """A real network that notes how large its calls are."""

    def __init__(self, unet: Any) -> None:
        self.unet, self.config = unet, unet.config
        self.parameters = unet.parameters
        self.rows: list[int] = []

    def __call__(self, sample: torch.Tensor, *arguments: Any, **named: Any) -> Any:
        self.rows.append(len(sample))
        return self.unet(sample, *arguments, **named)


def calls(guide: Guide, items: int = 1) -> list[int]:
    unet = Counted(shared(sd15_unet))
    denoiser(guide, items, unet)(x_of(items), 4.0)
    return unet.rows


def test_both_prompts_of_an_item_share_a_call() -> None:
    assert calls(Guide((prompt(1),), prompt(2), 5.0), items=3) == [2, 2, 2]


def test_without_guidance_the_negative_is_not_asked() -> None:
    assert calls(Guide((prompt(1),), prompt(2), 1.0)) == [1]


def test_prompts_of_other_lengths_are_asked_alone() -> None:
    assert calls(Guide((prompt(1, tokens=7),), prompt(2), 5.0)) == [1, 1]


def test_further_prompts_are_asked_alone() -> None:
    assert calls(Guide((prompt(1), prompt(3)), prompt(2), 5.0)) == [2, 1]


def masked(seed: int, columns: slice) -> Conditioning:
    pixels = np.zeros((1, 6, 10), np.float32)
    pixels[:, :, columns] = 1
    return replace(prompt(seed), mask=Mask(pixels))


def test_where_no_prompt_acts_the_negative_does() -> None:
    guide = Guide((masked(1, slice(0, 5)),), prompt(2), 1.0)
    only = denoiser(Guide((prompt(2),), None))(x_of(), 4.0)
    assert torch.allclose(denoiser(guide)(x_of(), 4.0)[..., 5:], only[..., 5:], atol=1e-5)


def test_regions_hold_their_own_prompt() -> None:
    guide = Guide((masked(1, slice(0, 5)), masked(3, slice(5, 10))), None)
    left, right = (denoiser(Guide((prompt(seed),), None))(x_of(), 4.0) for seed in (1, 3))
    both = denoiser(guide)(x_of(), 4.0)
    assert torch.allclose(both, torch.cat([left[..., :5], right[..., 5:]], -1), atol=1e-5)


def test_strengths_share_the_picture() -> None:
    strong, weak = replace(prompt(1), strength=3.0), prompt(3)
    mixed = denoiser(Guide((strong, weak), None))(x_of(), 4.0)
    first, second = (denoiser(Guide((p,), None))(x_of(), 4.0) for p in (strong, weak))
    assert torch.allclose(mixed, 0.75 * first + 0.25 * second, atol=1e-5)


@pytest.mark.parametrize(("sigma", "seed"), [(8.0, 1), (5.0, 1), (4.0, 1), (2.0, 3), (1.0, 3)])
def test_segments_take_turns_along_the_schedule(sigma: float, seed: int) -> None:
    changing = Conditioning((segment(1, 0, 0.5), segment(3, 0.5, 1)), "sd15")
    expected = denoiser(Guide((prompt(seed),), prompt(2), 5.0))(x_of(), sigma)
    assert torch.equal(denoiser(Guide((changing,), prompt(2), 5.0))(x_of(), sigma), expected)


def test_the_guess_is_that_of_the_published_formula() -> None:
    unet, sigma = sd15_unet(), SD15_TABLE_400
    output = unet(x_of() / (sigma**2 + 1) ** 0.5, 400, prompt(1).segments[0].tokens).sample
    guess = denoiser(Guide((prompt(1),), None), unet=unet)(x_of(), sigma)
    assert torch.allclose(guess, x_of() - sigma * output, atol=1e-4)


SD15_TABLE_400 = float(
    (1 / torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000).double() ** 2, 0) - 1)[
        400
    ]
    ** 0.5
)


def test_a_velocity_gives_back_what_it_was_made_of() -> None:
    clean, noise, sigma = x_of(), x_of().flip(-1), 3.0
    signal = 1 / (1 + sigma**2) ** 0.5
    velocity = signal * noise - sigma * signal * clean
    assert torch.allclose(
        clean_guess(clean + sigma * noise, velocity, sigma, "v"), clean, atol=1e-4
    )


def test_what_the_network_says_changes_the_guess() -> None:
    guide = Guide((prompt(1),), None)
    said, other = denoiser(guide), denoiser(guide, prediction="v")
    assert not torch.allclose(said(x_of(), 4.0), other(x_of(), 4.0))


def sdxl_guess(conditioning: Conditioning) -> torch.Tensor:
    guide = Guide((conditioning,), None)
    return Denoiser(sdxl_unet(), SDXL, guide, SIGMAS, torch.Size((1, 4, 6, 10)))(x_of(), 4.0)


def test_sizes_follow_the_latent() -> None:
    wanted = prompt(1, family="sdxl")
    same = replace(wanted, size_ids=(48, 80, 0, 0, 48, 80))
    assert torch.equal(sdxl_guess(wanted), sdxl_guess(same))


def test_other_sizes_change_the_guess() -> None:
    wanted = prompt(1, family="sdxl")
    other = replace(wanted, size_ids=(1024, 1024, 0, 0, 1024, 1024))
    assert not torch.equal(sdxl_guess(wanted), sdxl_guess(other))


def test_a_missing_pooled_vector_is_named() -> None:
    wanted = prompt(1, family="sdxl")
    bare = replace(wanted, segments=(replace(wanted.segments[0], pooled=None),))
    with pytest.raises(ShapeError, match="no pooled vector"):
        sdxl_guess(bare)


def test_a_model_for_inpainting_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="reads 9 channels, the latent has 4"):
        denoiser(Guide((prompt(1),), None), unet=sd15_unet(channels=9))
