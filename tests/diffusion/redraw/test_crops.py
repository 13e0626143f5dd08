"""What a redraw sees: always inside of the picture, never filled up, and large enough."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import RangeError
from studio.diffusion.redraw.crops import Crop, WorkSize, bounds, crop_around
from studio.diffusion.tiling import Tile

AUTO = WorkSize(native=512 * 512)


def test_bounds_are_the_smallest_rectangle_around_what_is_seen() -> None:
    mask = np.zeros((20, 30), np.float32)
    mask[4:9, 11:25], mask[0, 0] = 0.5, 0.001
    assert bounds(mask) == Tile(11, 4, 25, 9)


def test_a_black_mask_has_no_bounds() -> None:
    assert bounds(np.zeros((4, 4), np.float32)) is None


def test_a_box_in_the_middle_gets_its_border_on_all_sides() -> None:
    crop = crop_around(Tile(400, 300, 480, 380), 1024, 1024, 32, AUTO)
    assert crop == Crop(Tile(368, 268, 512, 412), 512, 512)


def test_auto_draws_as_many_pixels_as_the_model_knows_in_the_proportions_of_the_crop() -> None:
    crop = crop_around(Tile(100, 100, 300, 200), 1000, 1000, 0, AUTO)
    assert (crop.width, crop.height) == (728, 360)
    assert abs(crop.width * crop.height / 512**2 - 1) < 0.01
    assert abs(crop.tile.width / crop.tile.height - 728 / 360) < 0.02


def test_nothing_is_enlarged_more_than_eight_times_by_auto() -> None:
    crop = crop_around(Tile(10, 10, 20, 20), 100, 100, 0, AUTO)
    assert (crop.width, crop.height) == (80, 80)


def test_large_crops_are_drawn_at_their_size_unless_less_is_allowed() -> None:
    box = Tile(0, 0, 1003, 803)
    crop = crop_around(box, 2000, 2000, 0, AUTO)
    assert (crop.width, crop.height) == (1008, 808)
    smaller = WorkSize(native=512 * 512, allow_smaller=True)
    crop = crop_around(box, 2000, 2000, 0, smaller)
    assert abs(crop.width * crop.height / 512**2 - 1) < 0.02


def test_a_fixed_size_widens_the_crop_to_its_proportions() -> None:
    fixed = WorkSize("fixed", width=768, height=512)
    crop = crop_around(Tile(400, 400, 480, 480), 1000, 1000, 10, fixed)
    assert (crop.tile.width, crop.tile.height) == (150, 100)
    assert (crop.width, crop.height) == (768, 512)


def test_a_fixed_size_grows_with_crops_that_are_larger() -> None:
    fixed = WorkSize("fixed", width=512, height=256)
    crop = crop_around(Tile(0, 0, 1000, 500), 1000, 1000, 0, fixed)
    assert (crop.width, crop.height) == (1000, 504)
    small = WorkSize("fixed", width=512, height=256, allow_smaller=True)
    assert crop_around(Tile(0, 0, 1000, 500), 1000, 1000, 0, small).width == 512


def test_a_factor_multiplies_the_crop() -> None:
    crop = crop_around(Tile(0, 0, 100, 50), 400, 400, 0, WorkSize("factor", factor=2.5))
    assert (crop.width, crop.height) == (256, 128)


def test_sizes_are_multiples_of_what_is_asked_for() -> None:
    crop = crop_around(Tile(3, 5, 203, 105), 400, 400, 7, WorkSize(native=512 * 512, multiple=64))
    assert (crop.width % 64, crop.height % 64) == (0, 0)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Tile(0, 0, 60, 60), Tile(0, 0, 92, 92)),
        (Tile(940, 400, 1000, 460), Tile(908, 368, 1000, 492)),
        (Tile(0, 940, 60, 1000), Tile(0, 908, 92, 1000)),
    ],
)
def test_a_border_stops_at_the_border_of_the_picture(box: Tile, expected: Tile) -> None:
    assert crop_around(box, 1000, 1000, 32, AUTO).tile == expected


def test_a_crop_at_the_border_is_moved_inside() -> None:
    fixed = WorkSize("fixed", width=512, height=512)
    crop = crop_around(Tile(980, 400, 1000, 500), 1000, 1000, 0, fixed)
    assert crop.tile == Tile(900, 400, 1000, 500)


def test_a_crop_that_cannot_fit_becomes_smaller() -> None:
    fixed = WorkSize("fixed", width=1024, height=256)
    crop = crop_around(Tile(10, 10, 90, 110), 120, 100, 0, fixed)
    assert (crop.tile.left, crop.tile.right) == (0, 100)


def test_sizes_beyond_the_limit_are_refused() -> None:
    with pytest.raises(RangeError, match="8192"):
        crop_around(Tile(0, 0, 3000, 3000), 3000, 3000, 0, WorkSize("factor", factor=4))


@given(
    st.integers(16, 600), st.integers(16, 600), st.data(), st.integers(0, 300),
    st.sampled_from(["auto", "fixed", "factor"]), st.booleans(),
)  # fmt: skip
def test_a_crop_lies_inside_and_holds_its_box(
    width: int, height: int, data: st.DataObject, padding: int, by: str, smaller: bool
) -> None:
    left = data.draw(st.integers(0, width - 1))
    top = data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    size = WorkSize(by, 512 * 512, 640, 384, 1.5, smaller)  # type: ignore[arg-type]  # one of them
    crop = crop_around(Tile(left, top, right, bottom), height, width, padding, size)
    tile = crop.tile
    assert 0 <= tile.left <= left < right <= tile.right <= width
    assert 0 <= tile.top <= top < bottom <= tile.bottom <= height
    assert (crop.width % 8, crop.height % 8) == (0, 0)
    assert smaller or (crop.width >= tile.width and crop.height >= tile.height)
