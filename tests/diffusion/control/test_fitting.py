"""Hints keep what they say when they are brought to a size."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.diffusion.control.fitting import fitted

Pixels = NDArray[np.float32]


def lines() -> Pixels:
    """Return a thin diagonal and a thin square, white on black."""
    hint = np.zeros((1, 64, 64, 3), np.float32)
    np.fill_diagonal(hint[0, :, :, 0], 1)
    hint[0, 16, 8:56, 0] = hint[0, 48, 8:56, 0] = 1
    hint[0, 16:49, 8, 0] = hint[0, 16:49, 55, 0] = 1
    return np.repeat(hint[..., :1], 3, -1)


def photo(height: int = 40, width: int = 60) -> Pixels:
    """Return a picture of many colours."""
    return np.random.default_rng(3).random((1, height, width, 3), np.float32)


def test_a_hint_of_the_right_size_is_left_alone() -> None:
    hint = photo()
    assert fitted(hint, 60, 40, "crop") is hint


@pytest.mark.parametrize("side", [24, 40, 100, 192])
def test_lines_stay_lines_of_two_colours(side: int) -> None:
    made = fitted(lines(), side, side, "stretch")
    assert set(np.unique(made)) == {0, 1}
    # Each row that the diagonal goes through still has a lit pixel near the diagonal.
    for row in range(2, side - 2):
        assert made[0, row, max(0, row - 2) : row + 3, 0].any()


def test_thin_lines_stay_thin_when_they_grow() -> None:
    made = fitted(lines(), 192, 192, "stretch")[0, :, :, 0]
    blocks = made[:-1, :-1] + made[1:, :-1] + made[:-1, 1:] + made[1:, 1:]
    assert (blocks == 4).mean() < 0.002


def test_wide_areas_of_two_colours_grow_as_areas() -> None:
    half = np.zeros((1, 8, 8, 3), np.float32)
    half[:, :, 4:] = 1
    made = fitted(half, 32, 32, "stretch")
    assert not made[:, :, :16].any()
    assert made[:, :, 16:].all()


def test_dark_lines_on_white_stay_too() -> None:
    made = fitted(1 - lines(), 24, 24, "stretch")
    assert set(np.unique(made)) == {0, 1}
    assert all((made[0, row, max(0, row - 2) : row + 3, 0] == 0).any() for row in range(2, 22))


def test_flat_colours_are_not_mixed() -> None:
    palette = np.random.default_rng(1).random((5, 3)).astype(np.float32)
    segments = palette[np.random.default_rng(2).integers(0, 5, (1, 16, 16))]
    made = fitted(segments, 50, 30, "stretch").reshape(-1, 3)
    assert {tuple(colour) for colour in made} <= {tuple(colour) for colour in palette}


def test_what_a_hint_for_inpainting_lacks_stays_exactly_so() -> None:
    hint = photo()
    hint[:, 10:20, 10:30] = -1
    made = fitted(hint, 120, 80, "stretch")
    assert (made[:, 24:36, 24:56] == -1).all()
    assert made[made > -1].min() > -0.3
    assert ((made == -1).all(-1) == (made == -1).any(-1)).all()


def test_a_crop_keeps_the_proportions_and_the_middle() -> None:
    wide = np.zeros((1, 20, 60, 3), np.float32)
    wide[:, :, 20:40] = np.random.default_rng(0).random((1, 20, 20, 3)) / 2 + 0.5
    made = fitted(wide, 40, 40, "crop")
    assert made.shape == (1, 40, 40, 3)
    assert made.min() > 0.3


def test_filling_adds_borders_in_the_middle_colour_of_the_border() -> None:
    hint = photo(20, 60)
    hint[:, 0], hint[:, -1] = 0.25, 0.25
    hint[:, :, 0], hint[:, :, -1] = 0.25, 0.25
    made = fitted(hint, 60, 60, "pad")
    assert np.allclose(made[:, :20], 0.25)
    assert np.allclose(made[:, 40:], 0.25)
    assert np.allclose(made[:, 20:40], hint)


def test_stretching_takes_the_whole_hint() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 200, dtype=np.float32)[:, None], (1, 20, 200, 3))
    made = fitted(np.ascontiguousarray(ramp), 100, 40, "stretch")
    assert made[0, 0, 0, 0] < 0.05
    assert made[0, 0, -1, 0] > 0.95


def test_each_item_of_a_batch_is_fitted_by_itself() -> None:
    both = np.concatenate([lines(), photo(64, 64)])
    made = fitted(both, 90, 90, "stretch")
    assert np.array_equal(made[:1], fitted(both[:1], 90, 90, "stretch"))
    assert np.array_equal(made[1:], fitted(both[1:], 90, 90, "stretch"))
