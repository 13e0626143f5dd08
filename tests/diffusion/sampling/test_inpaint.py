"""What the mask keeps stays as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.core.errors import ShapeError
from studio.core.values import Mask
from studio.diffusion.sampling.inpaint import latent_mask, mask_at, masked, restored
from studio.diffusion.sampling.schedules import NoiseTable

pytestmark = pytest.mark.torch

SHAPE = torch.Size((2, 4, 4, 8))


def mask_of(height: int, width: int, items: int = 1) -> Mask:
    pixels = np.zeros((items, height, width), np.float32)
    pixels[:, :, : width // 2] = 1
    return Mask(pixels)


def test_each_value_is_the_mean_of_its_area() -> None:
    pixels = np.random.default_rng(0).random((1, 32, 64), dtype=np.float32)
    expected = pixels.reshape(1, 4, 8, 8, 8).mean((2, 4))
    assert np.allclose(latent_mask(Mask(pixels), SHAPE)[:, 0], expected, atol=1e-6)


def test_a_hard_mask_is_cut_at_one_half() -> None:
    pixels = np.array([[[0.2, 0.49, 0.5, 0.9] * 2] * 4], np.float32)
    assert latent_mask(Mask(pixels), SHAPE, "hard")[0, 0, 0].tolist() == [0, 0, 1, 1] * 2


def test_a_mask_as_large_as_the_latent_is_itself() -> None:
    assert latent_mask(mask_of(4, 8), SHAPE)[0, 0, 0].tolist() == [1] * 4 + [0] * 4


def test_each_item_may_have_a_mask() -> None:
    assert latent_mask(mask_of(32, 64, items=2), SHAPE).shape == (2, 1, 4, 8)


def test_another_number_of_masks_is_refused() -> None:
    with pytest.raises(ShapeError, match="3 items, the latent 2"):
        latent_mask(mask_of(32, 64, items=3), SHAPE)


def test_other_proportions_are_refused() -> None:
    with pytest.raises(ShapeError, match="64 x 64, the latent 8 x 4"):
        latent_mask(mask_of(64, 64), SHAPE)


def test_the_denoiser_sees_the_known_latent_with_noise_around() -> None:
    seen: list[torch.Tensor] = []

    def look(x: torch.Tensor, sigma: float) -> torch.Tensor:
        seen.append(x)
        return x * 0 + 9

    mask = latent_mask(mask_of(4, 8), SHAPE)
    clean, noise = torch.full(SHAPE, 2.0), torch.full(SHAPE, 0.5)
    guess = masked(look, lambda sigma: mask, clean, noise)(torch.full(SHAPE, 7.0), 4.0)
    assert seen[0][0, 0, 0].tolist() == [7] * 4 + [4] * 4
    assert guess[0, 0, 0].tolist() == [9] * 4 + [2] * 4


def test_what_is_kept_is_put_back_bit_for_bit() -> None:
    mask = latent_mask(mask_of(4, 8), SHAPE)
    clean = torch.full(SHAPE, -0.0)
    assert restored(torch.full(SHAPE, 3.0), mask, clean)[..., 4:].signbit().all()


TABLE = NoiseTable(tuple(0.1 * 1.5**step for step in range(11)))


def gradient() -> torch.Tensor:
    return torch.tensor([0.0, 0.2, 0.5, 1.0]).reshape(1, 1, 1, 4)


@pytest.mark.parametrize(
    ("timestep", "free"),
    [
        (10, [0, 0, 0, 1]),
        (6, [0, 0, 0, 1]),
        (5, [0, 0, 1, 1]),
        (3, [0, 0, 1, 1]),
        (2, [0, 1, 1, 1]),
    ],
)
def test_a_gradient_frees_white_at_once_and_grey_later(timestep: int, free: list[int]) -> None:
    at = mask_at(gradient(), "gradient", [TABLE.sigma(10), 0.0], TABLE)
    assert at(TABLE.sigma(timestep) * 0.999)[0, 0, 0].tolist() == free


def test_a_gradient_never_frees_black() -> None:
    at = mask_at(gradient(), "gradient", [TABLE.sigma(10), 0.0], TABLE)
    assert at(0.0)[0, 0, 0].tolist() == [0, 1, 1, 1]


def test_a_gradient_counts_from_the_noise_that_is_walked() -> None:
    at = mask_at(gradient(), "gradient", [TABLE.sigma(4), 0.0], TABLE)
    assert at(TABLE.sigma(2) * 0.999)[0, 0, 0].tolist() == [0, 0, 1, 1]


def test_other_masks_are_the_same_at_all_noise_levels() -> None:
    assert torch.equal(mask_at(gradient(), "soft", [1.0, 0.0], TABLE)(0.5), gradient())
