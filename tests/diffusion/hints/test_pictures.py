"""What preprocessors do first and last."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import NotFiniteError, RangeError, ShapeError
from studio.diffusion.hints import pictures
from tests.diffusion.hints.setting import batch, scene


@pytest.mark.parametrize(("ground", "value"), [("black", 0.0), ("white", 1.0)])
def test_transparent_pictures_are_laid_on_a_ground(ground: pictures.Ground, value: float) -> None:
    pixels = np.concatenate([batch(), np.zeros((2, 72, 96, 1), np.float32)], -1)
    pixels[:, :36, :, 3] = 1
    made = pictures.opaque(pixels, ground)
    np.testing.assert_array_equal(made[:, :36], batch()[:, :36])
    np.testing.assert_array_equal(made[:, 36:], np.full((2, 36, 96, 3), value, np.float32))


def test_half_transparent_pixels_are_mixed() -> None:
    made = pictures.opaque(np.array([[[[0.4, 0.6, 0.8, 0.5]]]], np.float32), "white")
    np.testing.assert_allclose(made, [[[[0.7, 0.8, 0.9]]]], atol=1e-6)


def test_grey_gets_three_channels_and_values_are_cut_off() -> None:
    made = pictures.opaque(np.array([[[[-0.5], [0.25], [1.5]]]], np.float32))
    np.testing.assert_array_equal(made, [[[[0] * 3, [0.25] * 3, [1] * 3]]])


@pytest.mark.parametrize("shape", [(0, 4, 4, 3), (1, 0, 4, 3), (1, 4, 0, 3)])
def test_nothing_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="the image is empty"):
        pictures.opaque(np.zeros(shape, np.float32))


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_what_is_no_number_is_refused(odd: float) -> None:
    pixels = batch().copy()
    pixels[1, 5, 5, 0] = odd
    with pytest.raises(NotFiniteError, match="not numbers"):
        pictures.opaque(pixels)


def test_the_shorter_side_gets_the_resolution() -> None:
    assert pictures.prepared(batch(), 144).shape == (2, 144, 192, 3)
    assert pictures.prepared(batch(), 0).shape == (2, 72, 96, 3)


def test_larger_pictures_stay_inside_of_0_to_1() -> None:
    stripes = np.zeros((1, 64, 64, 3), np.float32)
    stripes[:, :, ::2] = 1
    made = pictures.prepared(stripes, 320)
    assert (made.min(), made.max()) == (0, 1)


def test_hints_that_would_be_too_long_are_refused() -> None:
    with pytest.raises(RangeError, match="over 16384 pixels a side"):
        pictures.prepared(np.zeros((1, 2, 100, 3), np.float32), 512)


def test_planes_become_three_channels() -> None:
    made = pictures.each(batch(), lambda item: item[..., 0])
    np.testing.assert_array_equal(made[..., 2], batch()[..., 0])


def test_steps_are_told_and_give_what_each_gives() -> None:
    walk = pictures.steps(batch(), pictures.grey)
    assert [next(walk), next(walk)] == [(1, 2), (2, 2)]
    with pytest.raises(StopIteration) as end:
        next(walk)
    np.testing.assert_array_equal(end.value.value, pictures.each(batch(), pictures.grey))


def test_brightness_is_that_of_rec_601() -> None:
    colours = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1]]], np.float32)
    np.testing.assert_allclose(pictures.grey(colours), [[0.299, 0.587, 0.114]], atol=1e-6)


def test_eight_bits_are_rounded() -> None:
    assert pictures.as_bytes(scene(4, 4) * 0 + np.float32(0.5)).max() == 128
