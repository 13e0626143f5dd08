"""How hints steer a walk: strength, range, mode, mask, batch, and the order of several."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch

from studio.core.errors import ShapeError
from studio.core.values import Latent
from studio.diffusion.sampling.schedules import noise_table
from studio.diffusion.sampling.settings import Settings, walked_sigmas
from studio.facts.families import family
from tests import tiny, tiny_control
from tests.diffusion.control.setting import STEPS, Lent, control, drawn, picture
from tests.diffusion.setting import latent

pytestmark = pytest.mark.torch


def noisy(items: int) -> Latent:
    """Return a batch of latents that are walked halfway."""
    return latent(items, seed=9)


@pytest.mark.parametrize(
    "settings",
    [
        {"strength": 0.0},
        {"start": 0.5, "end": 0.5},
        {"start": 0.9},
        {"end": 0.2},
        {"start": 0.4, "end": 0.4, "basis": "noise"},
        {"curve": ((0.0, 0.0), (1.0, 0.0))},
    ],
    ids=str,
)
def test_what_never_acts_changes_no_bit_and_is_never_lent(settings: dict[str, Any]) -> None:
    lent = Lent()
    assert torch.equal(drawn(control(lent, **settings)), drawn())
    assert lent.lent == 0


def test_it_acts_only_in_its_part_of_the_steps() -> None:
    lent = Lent()
    drawn(control(lent, start=0.25, end=0.75))
    assert lent.lent == STEPS / 2


@pytest.mark.parametrize("schedule", ["normal", "karras", "exponential"])
def test_shares_of_the_noise_are_timesteps_of_training(schedule: Any) -> None:
    lent, table = Lent(), noise_table(family("sd15"))
    drawn(control(lent, start=0.25, end=0.75, basis="noise"), steps=9, schedule=schedule)
    high, low = table.sigma(0.75 * 999), table.sigma(0.25 * 999)
    sigmas = walked_sigmas(Settings(3, 9, schedule=schedule), table)[:-1]
    assert lent.lent == sum(low < sigma <= high for sigma in sigmas)


def test_a_curve_is_the_strength_step_by_step() -> None:
    faded = drawn(control(curve=((0.0, 1.0), (1.0, 0.0))))
    steps = [
        control(Lent(5), strength=1 - step / 3, start=step / 4, end=(step + 1) / 4)
        for step in range(STEPS)
    ]
    assert torch.allclose(faded, drawn(*steps), atol=1e-5)


def test_the_hint_is_looked_at_once() -> None:
    lent = Lent()
    drawn(control(lent))
    assert lent.looked == [1]


def test_the_hint_of_a_batch_is_looked_at_once_for_each_item() -> None:
    lent = Lent()
    drawn(control(lent, picture(items=3)), start=noisy(3))
    assert lent.looked == [1, 1, 1]


@pytest.mark.parametrize("hints", [1, 3])
def test_an_item_is_the_same_alone_and_in_a_batch(hints: int) -> None:
    batch, hint = noisy(3), picture(items=hints)
    mask = np.random.default_rng(2).random((hints, 48, 80)).astype(np.float32)
    together = drawn(control(hint=hint, mask=mask), start=batch, denoise=0.6)
    for item in range(3):
        own = hint[item : item + 1] if hints > 1 else hint
        its = mask[item : item + 1] if hints > 1 else mask
        start = Latent(batch.samples[item : item + 1], "sd15", item_seeds=(3 + item,))
        alone = drawn(control(hint=own, mask=its), start=start, denoise=0.6)
        assert torch.equal(alone[0], together[item])


@pytest.mark.parametrize("what", ["hint", "mask"])
def test_as_many_pictures_as_items_or_one(what: str) -> None:
    given: dict[str, Any] = {what: picture(items=2)[..., 0] if what == "mask" else picture(items=2)}
    with pytest.raises(ShapeError, match=f"the {what} of .* has 2 pictures, the latent 3"):
        drawn(control(**given), start=noisy(3))


def test_three_networks_add_up_to_the_same_bits_in_any_order() -> None:
    nets = [control(Lent(seed), picture(seed), strength=0.3 * seed) for seed in (5, 6, 7)]
    first, *others = [drawn(*order) for order in permutations(nets)]
    assert all(torch.equal(first, other) for other in others)


def test_a_black_mask_is_no_control_and_a_white_one_is_all_of_it() -> None:
    black, white = np.zeros((1, 48, 80), np.float32), np.ones((1, 48, 80), np.float32)
    assert torch.equal(drawn(control(mask=black)), drawn())
    assert torch.equal(drawn(control(mask=white)), drawn(control()))


def test_a_mask_weighs_each_residual_by_the_mean_of_its_area() -> None:
    mask = np.zeros((1, 48, 80), np.float32)
    mask[:, :, :40] = 1
    steered, plain = residuals(control(mask=mask)), residuals(control())
    for part, whole in zip(steered, plain, strict=True):
        half = whole.shape[3] // 2
        assert torch.equal(part[..., :half], whole[..., :half])
        assert not part[..., half + 1 :].any()


def test_a_mask_of_other_proportions_is_refused() -> None:
    with pytest.raises(ShapeError, match="the mask is 40 x 48"):
        drawn(control(mask=np.ones((1, 48, 40), np.float32)))


def test_block_weights_scale_each_residual() -> None:
    weights = (0.0, 0.5, 1.0, 1.5, 2.0)
    weighed, plain = residuals(control(weights=weights, mode="prompt")), residuals(control())
    for part, whole, weight in zip(weighed, plain, weights, strict=True):
        assert torch.equal(part, whole * weight)


def test_block_weights_for_another_network_are_refused() -> None:
    with pytest.raises(ShapeError, match="3 block weights, and the network has 5 blocks"):
        drawn(control(weights=(1.0, 1.0, 1.0)))


def test_the_prompt_mode_rises_from_a_tenth_to_one() -> None:
    soft = residuals(control(mode="prompt"))
    weights = [10 ** (-1 + block / 4) for block in range(tiny_control.BLOCKS)]
    for part, whole, weight in zip(soft, residuals(control()), weights, strict=True):
        assert torch.allclose(part, whole * weight)


def test_the_control_mode_gives_the_negative_prompt_nothing() -> None:
    steered = residuals(control(mode="control"))
    assert all(not part[0].any() and part[1].any() for part in steered)


@pytest.mark.parametrize("side", ["positive", "negative"])
def test_one_side_alone_is_steered(side: Any) -> None:
    steered = residuals(control(side=side))
    acts, rests = (1, 0) if side == "positive" else (0, 1)
    assert all(part[acts].any() and not part[rests].any() for part in steered)


def test_without_guidance_there_is_only_the_positive_side() -> None:
    assert torch.equal(drawn(control(side="negative"), guidance=1.0), drawn(guidance=1.0))


def test_a_crop_of_the_picture_takes_its_part_of_hint_and_mask() -> None:
    hint = picture()
    part = control(hint=hint, mask=hint[..., 0]).cropped((16, 8, 56, 40), (80, 48))
    assert np.array_equal(part.hint, hint[:, 8:40, 16:56])
    assert part.mask is not None
    assert np.array_equal(part.mask, hint[:, 8:40, 16:56, 0])


def test_a_hint_of_another_size_is_cropped_as_the_picture_is() -> None:
    small = control(hint=np.repeat(picture(), 1, 0)[:, ::2, ::2])
    assert small.cropped((0, 0, 40, 24), (80, 48)).hint.shape == (1, 24, 40, 3)


def test_one_item_of_a_batch_takes_its_own_hint() -> None:
    hint = picture(items=3)
    assert np.array_equal(control(hint=hint).item(1, 3).hint, hint[1:2])
    assert np.array_equal(control(hint=hint[:1]).item(2, 3).hint, hint[:1])


def test_an_average_of_residuals_steers_only_what_is_wanted() -> None:
    lent = Lent()
    lent().is_pooled = True
    steered = residuals(control(lent))
    assert all(not part[0].any() and part[1].any() for part in steered)


def residuals(given: Any) -> tuple[torch.Tensor, ...]:
    """Return what a control adds to the first call of a walk: negative and positive prompt."""
    seen: list[tuple[torch.Tensor, ...]] = []
    unet = tiny.sd15_unet()

    def keep(module: Any, given: Any, options: dict[str, Any]) -> None:
        down = options["down_block_additional_residuals"]
        seen.append((*down, options["mid_block_additional_residual"]))

    unet.register_forward_pre_hook(keep, with_kwargs=True)
    drawn(given, steps=1, unet=unet)
    return seen[0]
