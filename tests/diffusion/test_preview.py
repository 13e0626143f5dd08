"""Rough pictures of latents."""

from __future__ import annotations

import json

import pytest
import torch

from studio.diffusion.preview import (
    LARGEST,
    METADATA_KEY,
    PROJECTIONS,
    Projection,
    approximate,
    fit,
    projection,
)
from tests.tiny import vae

pytestmark = pytest.mark.torch

SD15 = PROJECTIONS["sd15"]


def test_an_empty_latent_is_the_offset() -> None:
    picture = approximate(torch.zeros(1, 4, 6, 10), SD15)
    assert picture.shape == (6, 10, 3)
    assert (picture == 128).all()


def test_a_batch_is_laid_out_in_a_square() -> None:
    picture = approximate(torch.zeros(3, 4, 6, 10), SD15)
    assert picture.shape == (12, 20, 3)
    assert (picture[6:, 10:] == 0).all()


def test_a_picture_is_never_larger_than_a_thumbnail() -> None:
    assert max(approximate(torch.zeros(16, 4, 90, 128), SD15).shape) <= LARGEST


def test_bad_numbers_are_drawn_anyway() -> None:
    assert approximate(torch.full((1, 4, 6, 10), float("nan")), SD15).shape == (6, 10, 3)


COLOURS = torch.cartesian_prod(*[torch.tensor([0.0, 0.5, 1.0])] * 3)
FLAT = (COLOURS * 2 - 1)[:, :, None, None].expand(-1, 3, 64, 64)


def error_of(by: Projection) -> float:
    """Return how wrong flat colours are drawn, on average."""
    latents = vae().encode(FLAT).latent_dist.mode() * 0.18215
    drawn = torch.stack([torch.tensor(approximate(one[None], by)) / 255 for one in latents])
    return float((drawn - COLOURS[:, None, None]).square().mean())


def test_a_fitted_matrix_is_better_than_a_published_one() -> None:
    # A random encoder is far from linear and feels edges; a trained one is nearly linear.
    assert error_of(fit(vae(), 0.18215, FLAT)) < error_of(SD15)


def test_a_checkpoint_brings_its_own_matrix() -> None:
    own = fit(vae(), 0.18215, FLAT)
    assert projection({METADATA_KEY: own.as_text()}, "sd15") == own


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "[1, 2]", json.dumps([[1, 2, 3]] * 3), "[[NaN, 0, 0]]", '[["a", "b", "c"]]'],
)
def test_a_damaged_matrix_is_passed_over(text: str) -> None:
    assert projection({METADATA_KEY: text}, "sdxl") is PROJECTIONS["sdxl"]


def test_without_one_the_matrix_is_that_of_the_family() -> None:
    assert projection({}, "sdxl") is PROJECTIONS["sdxl"]
    assert projection({}, "") is SD15
