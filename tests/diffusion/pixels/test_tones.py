"""Tones of one picture on the detail of another."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from studio.diffusion.pixels.filters import Pixels, gaussian
from studio.diffusion.pixels.tones import ToneMatch, matched
from tests.nodes.fakes import pixels

WAYS = get_args(ToneMatch)


def pair() -> tuple[Pixels, Pixels]:
    """Return a picture, and the same with other tones: warmer, flatter, brighter at one side."""
    picture = pixels((64, 80, 3)) * np.float32(0.5) + np.float32(0.2)
    slope = np.linspace(0, 0.15, 80, dtype=np.float32)[None, :, None]
    tint = np.array([0.2, 0.1, 0.0], np.float32)
    other = picture * np.float32(0.6) + tint + slope
    return picture, np.asarray(other, np.float32)


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_with_the_right_tones_stays_as_it_is(way: ToneMatch) -> None:
    picture, _ = pair()
    assert np.allclose(matched(picture, picture, way), picture, atol=1e-4)


def test_the_means_become_those_of_the_model() -> None:
    picture, model = pair()
    made = matched(picture, model, "mean")
    assert np.allclose(made.mean((0, 1)), model.mean((0, 1)), atol=1e-5)
    assert np.allclose(made - made.mean((0, 1)), picture - picture.mean((0, 1)), atol=1e-5)


def test_broad_areas_become_those_of_the_model_and_detail_stays() -> None:
    picture, model = pair()
    made = matched(picture, model, "wavelet")
    low = [gaussian(item[None], 40)[0] for item in (made, model, picture)]
    assert np.abs(low[0] - low[1]).max() < 0.01 < np.abs(low[2] - low[1]).max()
    fine = [item - gaussian(item[None], 1.5)[0] for item in (made, picture)]
    assert np.abs(fine[0] - fine[1]).max() < 0.02


def test_lightness_and_tint_spread_as_in_the_model() -> None:
    picture, model = pair()
    made = matched(picture, model, "lab")
    assert np.allclose(made.mean((0, 1)), model.mean((0, 1)), atol=0.01)
    assert np.allclose(made.std((0, 1)), model.std((0, 1)), atol=0.03)


@pytest.mark.parametrize("way", WAYS)
def test_grey_pictures_and_flat_ones_are_numbers(way: ToneMatch) -> None:
    flat = np.full((9, 7, 1), 0.25, np.float32)
    made = matched(flat, np.full_like(flat, 0.5), way)
    assert made.shape == flat.shape
    assert np.allclose(made, 0.25 if way == "off" else 0.5, atol=1e-4)


@pytest.mark.parametrize("way", WAYS)
def test_inputs_stay_as_they_are(way: ToneMatch) -> None:
    picture, model = pair()
    before = picture.copy(), model.copy()
    matched(picture, model, way)
    assert np.array_equal(picture, before[0])
    assert np.array_equal(model, before[1])
