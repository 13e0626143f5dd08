"""Guidance on small tensors."""

from __future__ import annotations

import pytest
import torch

from studio.diffusion.sampling.guidance import guided, regional, rescaled

pytestmark = pytest.mark.torch


def draw(seed: int) -> torch.Tensor:
    return torch.randn(2, 4, 6, 10, generator=torch.Generator().manual_seed(seed))


def test_guidance_goes_through_the_positive_guess() -> None:
    assert torch.allclose(guided(draw(1), draw(2), 1.0), draw(1), atol=1e-6)
    assert torch.allclose(guided(draw(1), draw(2), 3.0), 3 * draw(1) - 2 * draw(2), atol=1e-5)


def velocity(x: torch.Tensor, guess: torch.Tensor, sigma: float) -> torch.Tensor:
    signal = 1 / (1 + sigma**2) ** 0.5
    noise = (x - guess) / sigma
    turned: torch.Tensor = signal * noise - sigma * signal * guess
    return turned


def test_rescaling_matches_the_contrast_of_the_velocity() -> None:
    x, positive, sigma = draw(3) * 4, draw(1), 2.0
    guess = rescaled(guided(positive, draw(2), 7.0), positive, x, sigma, 1.0)
    spread = velocity(x, guess, sigma).std((1, 2, 3))
    assert torch.allclose(spread, velocity(x, positive, sigma).std((1, 2, 3)), rtol=1e-4)


def test_rescaling_by_nothing_changes_nothing() -> None:
    strong = guided(draw(1), draw(2), 7.0)
    assert torch.allclose(rescaled(strong, draw(1), draw(3), 2.0, 0.0), strong, atol=1e-4)


def test_regions_are_weighted_by_strength() -> None:
    left = torch.zeros(1, 1, 6, 10)
    left[..., :5] = 3
    both = regional([draw(1), draw(2)], [left, torch.ones(1, 1, 1, 1)], None)
    assert torch.allclose(both[..., 5:], draw(2)[..., 5:])
    mixed = 0.75 * draw(1)[..., :5] + 0.25 * draw(2)[..., :5]
    assert torch.allclose(both[..., :5], mixed, atol=1e-6)


def test_where_no_region_reaches_the_rest_holds() -> None:
    nowhere = torch.zeros(1, 1, 6, 10)
    assert torch.equal(regional([draw(1)], [nowhere], draw(5)), draw(5))
    assert torch.equal(regional([draw(1)], [nowhere], None), draw(1))
