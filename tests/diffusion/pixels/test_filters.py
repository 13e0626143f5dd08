"""Filters: exact where they can be, and the same as ever elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.diffusion.pixels import filters

GOLDEN = Path(__file__).parents[2] / "golden" / "filters.npz"
METHODS: tuple[filters.Method, ...] = ("nearest", "bilinear", "bicubic", "lanczos", "area")


def picture(
    batch: int = 2, height: int = 12, width: int = 16, channels: int = 3
) -> NDArray[np.float32]:
    """Return random pixels, the same ones every time, that refuse to be written to."""
    made = np.random.default_rng(7).random((batch, height, width, channels), np.float32)
    made.setflags(write=False)
    return made


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_flat_picture_stays_flat_at_any_size(method: filters.Method, channels: int) -> None:
    flat = np.full((2, 12, 16, channels), 0.25, np.float32)
    made = filters.resize(flat, 7, 30, method)
    assert made.shape == (2, 30, 7, channels)
    np.testing.assert_allclose(made, 0.25, atol=1e-6)


def test_area_halving_is_the_mean_of_four_pixels() -> None:
    pixels = picture()
    blocks = pixels.reshape(2, 6, 2, 8, 2, 3).mean((2, 4))
    np.testing.assert_allclose(filters.resize(pixels, 8, 6, "area"), blocks, atol=1e-6)


def test_shrinking_stripes_gives_grey_and_not_other_stripes() -> None:
    stripes = np.tile(np.array([0, 1], np.float32), 64)[None, None, :, None].repeat(16, 1)
    for method in METHODS[1:]:
        made = filters.resize(stripes, 13, 2, method)
        assert abs(made - 0.5).max() < 0.1


def test_the_same_size_is_the_same_picture() -> None:
    pixels = picture()
    assert filters.resize(pixels, 16, 12) is pixels


@pytest.mark.parametrize(
    ("aspect", "size"), [("fit", (40, 30)), ("fill", (40, 40)), ("stretch", (40, 40))]
)
def test_a_box_is_met_as_asked(aspect: filters.Aspect, size: tuple[int, int]) -> None:
    made = filters.resize_to(picture(), 40, 40, aspect)
    assert (made.shape[2], made.shape[1]) == size


def test_filling_a_box_cuts_both_sides_evenly() -> None:
    ramp = np.linspace(0, 1, 10, dtype=np.float32)[None, None, :, None].repeat(4, 1)
    made = filters.resize_to(ramp, 4, 4, "fill")
    np.testing.assert_array_equal(made, ramp[:, :, 3:7])


def test_invisible_colours_do_not_bleed_in() -> None:
    pixels = np.zeros((1, 4, 8, 4), np.float32)
    pixels[:, :, :4] = (0, 0, 1, 1)
    pixels[:, :, 4:] = (1, 0, 0, 0)
    for made in (filters.resize(pixels, 5, 4, "bilinear"), filters.gaussian(pixels, 1.5)):
        assert made[..., 0].max() == 0
        np.testing.assert_allclose(made[..., 2][made[..., 3] > 1e-3], 1, atol=1e-5)


def test_a_crop_is_that_part() -> None:
    pixels = picture()
    made = filters.crop(pixels, 3, 2, 5, 6)
    np.testing.assert_array_equal(made, pixels[:, 2:8, 3:8])
    assert made.flags.c_contiguous


@pytest.mark.parametrize("place", [(12, 0), (0, 9), (-1, 0)])
def test_a_crop_beyond_the_picture_names_both_sizes(place: tuple[int, int]) -> None:
    with pytest.raises(ShapeError, match=r"5 x 6 .* 16 x 12"):
        filters.crop(picture(), *place, 5, 6)


def test_a_blur_keeps_the_mean_and_lowers_the_contrast() -> None:
    pixels = picture()
    made = filters.gaussian(pixels, 3)
    np.testing.assert_allclose(made.mean(), pixels.mean(), atol=0.01)
    assert made.std() < 0.3 * pixels.std()


def test_a_blurred_dot_is_a_gaussian_of_that_deviation() -> None:
    dot = np.zeros((1, 41, 41, 1), np.float32)
    dot[0, 20, 20] = 1
    made = filters.gaussian(dot, 2.5)[0, ..., 0]
    offsets = np.arange(41) - 20
    assert np.sqrt((made.sum(0) * offsets**2).sum()) == pytest.approx(2.5, abs=0.01)


def test_what_is_no_number_spreads_no_further_than_the_filter() -> None:
    pixels = np.array(picture(1, 64, 64))
    pixels[0, 32, 32] = np.nan
    assert np.isnan(filters.gaussian(pixels, 1)).sum() <= 3 * 11**2
    assert np.isnan(filters.resize(pixels, 32, 32)).sum() <= 3 * 7**2


def test_nothing_adjusted_is_nothing_changed() -> None:
    pixels = picture(channels=4)
    np.testing.assert_allclose(filters.adjust(pixels), pixels, atol=1e-6)


def test_contrast_turns_about_middle_grey_and_leaves_alpha() -> None:
    pixels = np.array([[[[0.25, 0.5, 0.75, 0.3]]]], np.float32)
    made = filters.adjust(pixels, contrast=2)
    np.testing.assert_allclose(made[0, 0, 0], (0, 0.5, 1, 0.3), atol=1e-6)


def test_no_saturation_is_grey_of_the_same_brightness() -> None:
    pixels = picture()
    made = filters.adjust(pixels, saturation=0)
    luma = pixels @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    np.testing.assert_allclose(made, np.repeat(luma[..., None], 3, -1), atol=1e-5)


def test_a_hue_turned_all_the_way_is_back() -> None:
    pixels = picture()
    third = filters.adjust(filters.adjust(pixels, hue=120), hue=120)
    np.testing.assert_allclose(filters.adjust(third, hue=120), pixels, atol=1e-2)
    grey = np.full((1, 1, 1, 3), 0.4, np.float32)
    np.testing.assert_allclose(filters.adjust(grey, hue=77), grey, atol=1e-6)


def test_grey_pictures_are_adjusted_too() -> None:
    made = filters.adjust(picture(channels=1), 0.1, 1.2, 2.0, 0.5, 40)
    assert made.shape == (2, 12, 16, 1)


def all_filters() -> dict[str, Any]:
    """Return what every filter makes of one picture."""
    pixels = picture(1, 9, 8, 4)
    made: dict[str, Any] = {f"{name}_up": filters.resize(pixels, 11, 13, name) for name in METHODS}
    made |= {f"{name}_down": filters.resize(pixels, 5, 4, name) for name in METHODS}
    made["gaussian"] = filters.gaussian(pixels, 1.7)
    made["adjust"] = filters.adjust(pixels, 0.1, 1.3, 1.8, 0.6, 33)
    return made


def test_every_filter_does_what_it_did() -> None:
    golden = np.load(GOLDEN)
    for name, made in all_filters().items():
        np.testing.assert_allclose(made, golden[name], atol=1e-4, err_msg=name)


if __name__ == "__main__":  # `just golden` makes the golden file anew
    np.savez_compressed(GOLDEN, **all_filters())


def test_colours_spread_from_the_nearest_pixel_that_is_seen() -> None:
    given = np.zeros((5, 9, 4), np.float32)
    given[2, 1], given[2, 7] = (1, 0, 0, 0.5), (0, 0, 1, 1)
    made = filters.bleed(given)
    np.testing.assert_array_equal(made[:, :4, :3], np.tile([1, 0, 0], (5, 4, 1)))
    np.testing.assert_array_equal(made[:, 5:, :3], np.tile([0, 0, 1], (5, 4, 1)))
    np.testing.assert_array_equal(made[..., 3], given[..., 3])


@pytest.mark.parametrize("alpha", [0, 1])
def test_without_an_edge_of_alpha_nothing_spreads(alpha: float) -> None:
    given = picture(1, channels=4)[0].copy()
    given[..., 3] = alpha
    np.testing.assert_array_equal(filters.bleed(given), given)
