"""Blending, against the formulas of the W3C recommendation on single pixels."""

from __future__ import annotations

from typing import cast, get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.diffusion.pixels import blending
from studio.diffusion.pixels.blending import MODES, BlendMode, blend, with_channels


def pixel(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("normal", 0.2), ("multiply", 0.16), ("screen", 0.84), ("overlay", 0.68), ("darken", 0.2),
        ("lighten", 0.8), ("color_dodge", 1.0), ("color_burn", 0.0), ("hard_light", 0.32),
        ("soft_light", 0.704), ("difference", 0.6), ("exclusion", 0.68), ("add", 1.0),
        ("subtract", 0.6), ("divide", 4.0),
    ],
)  # fmt: skip
def test_a_mode_mixes_as_its_formula_says(mode: BlendMode, expected: float) -> None:
    made = blend(pixel(0.8), pixel(0.2), mode)
    assert float(made.item()) == pytest.approx(expected, abs=1e-5)


def test_all_modes_are_offered() -> None:
    assert set(get_args(BlendMode)) == set(MODES)


@pytest.mark.parametrize("mode", sorted(MODES))
def test_an_invisible_layer_changes_nothing(mode: str) -> None:
    below = np.random.default_rng(3).random((2, 4, 5, 4), np.float32)
    made = blend(below, 1 - below, cast(BlendMode, mode), opacity=0)
    np.testing.assert_allclose(made, below, atol=1e-5)


def test_half_opacity_is_half_of_each() -> None:
    assert blend(pixel(0, 0, 0), pixel(1, 0.5, 0), opacity=0.5).ravel().tolist() == [0.5, 0.25, 0]


def test_the_mask_says_where() -> None:
    mask = np.array([[[0, 1]]], np.float32)
    made = blend(np.zeros((1, 1, 2, 3), np.float32), np.ones((1, 1, 2, 3), np.float32), mask=mask)
    np.testing.assert_array_equal(made[0, 0], [[0, 0, 0], [1, 1, 1]])


def test_half_over_half_transparent_covers_three_quarters() -> None:
    made = blend(pixel(1, 0, 0, 0.5), pixel(0, 0, 1, 0.5))
    np.testing.assert_allclose(made.ravel(), [1 / 3, 0, 2 / 3, 0.75], atol=1e-6)


def test_the_richer_picture_decides_the_channels() -> None:
    assert blend(pixel(0.5), pixel(1, 0, 0)).shape[-1] == 3
    assert blend(pixel(0.5), pixel(1, 0, 0, 1)).shape[-1] == 4
    assert with_channels(pixel(0.5), 4).ravel().tolist() == [0.5, 0.5, 0.5, 1]


def test_one_picture_serves_a_whole_batch_either_way() -> None:
    many, one = np.zeros((3, 2, 2, 3), np.float32), np.ones((1, 2, 2, 3), np.float32)
    assert blend(many, one).shape == blend(one, many).shape == (3, 2, 2, 3)


def test_other_sizes_and_batches_are_refused_by_name() -> None:
    with pytest.raises(ShapeError, match=r"upper picture is 2 x 1, .* below is 1 x 1"):
        blend(pixel(0, 0, 0), np.zeros((1, 1, 2, 3), np.float32))
    with pytest.raises(ShapeError, match=r"batch of 2, .* of 3"):
        blend(np.zeros((3, 1, 1, 3), np.float32), np.zeros((2, 1, 1, 3), np.float32))


def test_inputs_stay_as_they_are() -> None:
    below, above = pixel(0.8, 0.1, 0.2, 0.5), pixel(0.2, 0.3, 0.4, 0.5)
    below.setflags(write=False)
    above.setflags(write=False)
    for mode in blending.MODES:
        blend(below, above, cast(BlendMode, mode), 0.5, np.ones((1, 1, 1), np.float32))
