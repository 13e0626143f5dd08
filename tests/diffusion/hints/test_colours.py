"""Hints of colours without a network."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import ShapeError
from studio.diffusion.hints import colours
from tests.diffusion.hints.setting import MASK, batch


def test_no_detail_is_taken_at_1() -> None:
    np.testing.assert_array_equal(colours.tile(batch(), 1), batch())


def test_more_detail_is_taken_with_a_smaller_picture() -> None:
    lost = [np.abs(colours.tile(batch(), down) - batch()).mean() for down in (1.5, 3, 8)]
    assert lost == sorted(lost)


def test_squares_have_their_mean_colour() -> None:
    made = colours.color_grid(batch(), 24)
    mean = batch()[:, 24:48, 48:72].mean((1, 2))
    np.testing.assert_allclose(made[:, 30, 60], mean, atol=1e-5)
    assert len(np.unique(made[0].reshape(-1, 3), axis=0)) <= 12


def test_pictures_smaller_than_a_square_have_one_colour() -> None:
    made = colours.color_grid(batch(), 256)
    assert len(np.unique(made[0].reshape(-1, 3), axis=0)) == 1


def test_the_seed_moves_what_is_shuffled() -> None:
    one, again, other = (colours.shuffle(batch(), seed) for seed in (1, 1, 2**64 - 1))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).mean() > 0.01


def test_all_pictures_of_a_batch_are_shuffled_alike() -> None:
    same = np.repeat(batch()[:1], 2, 0)
    made = colours.shuffle(same, 3)
    np.testing.assert_array_equal(made[0], made[1])


def test_shuffled_colours_are_those_of_the_picture() -> None:
    red = np.zeros((1, 40, 40, 3), np.float32)
    red[..., 0] = 0.7
    np.testing.assert_allclose(colours.shuffle(red, 9), red, atol=1e-6)


@pytest.mark.parametrize("by", ["luminance", "intensity"])
def test_grey_keeps_its_order_and_black_and_white_stay(by: colours.Brightness) -> None:
    slope = np.repeat(np.linspace(0, 1, 9, dtype=np.float32)[None, None, :, None], 3, -1)
    made = colours.recolor(slope, by, 1)[0, 0, :, 0]
    assert (np.diff(made) > 0).all()
    np.testing.assert_allclose(made[[0, -1]], [0, 1], atol=1e-4)


def test_the_intensity_is_the_strongest_channel() -> None:
    np.testing.assert_array_equal(colours.recolor(batch(), "intensity", 1)[..., 1], batch().max(-1))


def test_gamma_is_a_power() -> None:
    plain, dark = (colours.recolor(batch(), "luminance", gamma) for gamma in (1, 2))
    np.testing.assert_allclose(dark, plain**2, atol=1e-6)


def test_what_is_masked_is_minus_1_and_the_rest_stays() -> None:
    made = colours.inpaint_hint(batch(), MASK)
    assert (made[:, 10:30, 20:50] == -1).all()
    np.testing.assert_array_equal(made[:, 30:], batch()[:, 30:])


def test_a_mask_is_cut_at_one_half_and_brought_to_the_size_of_the_picture() -> None:
    small = np.array([[[0.49, 0.51]]], np.float32)
    marked = colours.inpaint_hint(np.zeros((1, 8, 8, 3), np.float32), small)[0, 0, :, 0] < 0
    assert marked.tolist() == [False] * 4 + [True] * 4


def test_each_picture_may_have_its_mask() -> None:
    made = colours.inpaint_hint(batch(), np.concatenate([MASK, 0 * MASK]))
    assert (made[0].min(), made[1].min() >= 0) == (-1, True)
    with pytest.raises(ShapeError, match="there are 3 masks for 2 pictures"):
        colours.inpaint_hint(batch(), np.repeat(MASK, 3, 0))
