"""Noise belongs to an item, not to its place in a batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.core.errors import ShapeError
from studio.diffusion.sampling.noise import StepNoise, item_seeds, start_noise
from tests.diffusion.setting import latent

pytestmark = pytest.mark.torch

SHAPE = (4, 3, 5)
CPU = torch.device("cpu")
WAYS = [(8.0, 5.0), (5.0, 6.0**0.5), (5.0, 1.0), (1.0, 0.5)]


def test_items_take_the_seeds_that_follow() -> None:
    assert item_seeds(latent(3), 2**64 - 2) == (2**64 - 2, 2**64 - 1, 0)


def test_items_may_have_their_own_seeds() -> None:
    assert item_seeds(replace(latent(2), item_seeds=(9, 4)), 7) == (9, 4)


def test_as_many_seeds_as_items_are_needed() -> None:
    with pytest.raises(ShapeError, match="2 items and 1 seeds"):
        item_seeds(replace(latent(2), item_seeds=(9,)), 7)


def test_start_noise_is_what_torch_draws_for_the_seed() -> None:
    expected = torch.randn(*SHAPE, generator=torch.Generator().manual_seed(5))
    assert torch.equal(start_noise(SHAPE, [5])[0], expected)


def test_the_order_of_the_items_does_not_matter() -> None:
    assert torch.equal(start_noise(SHAPE, [5, 6, 7]).flip(0), start_noise(SHAPE, [7, 6, 5]))


def test_step_noise_of_an_item_is_the_same_alone() -> None:
    batch, alone = StepNoise(SHAPE, [5, 6, 7], CPU), StepNoise(SHAPE, [6], CPU)
    for way in WAYS:
        assert torch.equal(batch(*way)[1:2], alone(*way))


def test_step_noise_does_not_repeat_the_start() -> None:
    first = StepNoise(SHAPE, [5], CPU)(2.0, 1.0)
    assert not torch.allclose(first, start_noise(SHAPE, [5]))


def test_two_steps_have_different_noise() -> None:
    noise = StepNoise(SHAPE, [5], CPU)
    assert not torch.allclose(noise(3.0, 2.0), noise(2.0, 1.0))


def test_every_way_has_unit_noise() -> None:
    noise = StepNoise((4, 64, 64), [3], CPU)
    for way in WAYS:
        assert noise(*way).std() == pytest.approx(1, abs=0.03)


def test_a_longer_way_goes_on_along_the_shorter_one() -> None:
    noise = StepNoise((4, 64, 64), [3], CPU)
    short, whole = noise(4.0, 2.0).flatten(), noise(4.0, 1.0).flatten()
    # Of the variance of the whole way of 3, the first 2 are shared.
    assert float((short * whole).mean()) == pytest.approx((2 / 3) ** 0.5, abs=0.03)
