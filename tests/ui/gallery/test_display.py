"""What the viewer shows of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from studio.ui.gallery.display import Shown, difference, rgba


def ramp(width: int = 1000, height: int = 600, channels: int = 3) -> np.ndarray:
    across = np.linspace(0, 1, width, dtype=np.float32)
    return np.repeat(np.tile(across, (height, 1))[..., None], channels, -1)


def test_values_become_bytes_and_grey_becomes_colour() -> None:
    made = rgba(ramp(256, 2, 1))
    assert made[0, :, 0].tolist() == list(range(256))
    assert (made[..., 0] == made[..., 2]).all()
    assert (made[..., 3] == 255).all()


def test_what_is_not_a_number_or_outside_is_cut() -> None:
    values = np.array([[[np.nan, 2.0, -1.0], [np.inf, 0.5, 0.0]]], np.float32)
    assert rgba(values)[0, :, :3].tolist() == [[0, 255, 0], [255, 128, 0]]


def test_alpha_is_kept() -> None:
    assert rgba(np.full((1, 1, 4), 0.5, np.float32))[0, 0].tolist() == [128] * 4


@pytest.mark.parametrize(("zoom", "level"), [(4.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.1, 2)])
def test_a_zoom_takes_the_smallest_level_that_is_sharp(zoom: float, level: int) -> None:
    shown = Shown(ramp())
    assert shown.level(zoom) == level
    width = shown.levels[level].shape[1]
    assert width == 1000 // 2**level


def test_pixels_are_told_as_they_are() -> None:
    values = ramp(10, 10)
    values[3, 4] = (1.5, 0.25, -0.5)
    assert Shown(values).at(4, 3) == (1.5, 0.25, -0.5)


def test_the_difference_of_equal_pictures_is_black_and_gain_makes_it_visible() -> None:
    assert not difference(ramp(), ramp()).any()
    other = ramp() + np.float32(0.01)
    assert difference(ramp(), other, gain=8.0).mean() == pytest.approx(0.08, abs=1e-3)


def test_pictures_of_other_sizes_have_no_difference() -> None:
    with pytest.raises(ValueError, match="10 x 10 and 20 x 10"):
        difference(ramp(10, 10), ramp(20, 10))
