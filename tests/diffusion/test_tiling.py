from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import RangeError
from studio.diffusion.tiling import Tile, count, fade, tiles
from tests.counts import count as examples

SIDES = st.integers(1, 80)


@settings(max_examples=examples(100, 2000), deadline=None)
@given(SIDES, SIDES, st.integers(1, 90))
def test_every_pixel_lies_in_one_tile(height: int, width: int, edge: int) -> None:
    covered = np.zeros((height, width), int)
    found = list(tiles(height, width, edge))
    for tile in found:
        covered[tile.slices] += 1
    assert (covered == 1).all()
    assert len(found) == count(height, width, edge)
    assert max(max(tile.width, tile.height) for tile in found) <= edge
    assert np.ptp([tile.width for tile in found]) <= 1


def test_tiles_are_of_nearly_equal_size() -> None:
    assert [tile.width for tile in tiles(1, 10, 4)] == [3, 3, 4]


def test_a_border_stops_at_the_picture() -> None:
    assert Tile(0, 4, 4, 8).grown(2) == Tile(-2, 2, 6, 10)
    assert Tile(0, 4, 4, 8).grown(2).within(9, 5) == Tile(0, 2, 5, 9)


def test_an_edge_below_one_is_refused() -> None:
    with pytest.raises(RangeError, match="0"):
        list(tiles(8, 8, 0))


def test_a_rectangle_moves_and_grows_with_its_picture() -> None:
    assert Tile(0, 1, 2, 3).moved(4, 5) == Tile(4, 6, 6, 8)
    assert Tile(0, 1, 2, 3).scaled(4) == Tile(0, 4, 8, 12)


@settings(max_examples=examples(100, 2000), deadline=None)
@given(SIDES, st.integers(8, 90), st.integers(0, 2), st.integers(1, 4))
def test_neighbours_fade_into_each_other_without_a_loss(
    length: int, edge: int, half: int, scale: int
) -> None:
    """T22: weights add up to one, at any overlap."""
    total = np.zeros(length * scale)
    for tile in tiles(1, length, edge):
        reach = tile.grown(half).within(1, length).scaled(scale)
        total[reach.left : reach.right] += fade(tile.left, tile.right, length, half, scale)
    assert np.allclose(total, 1, atol=1e-6)


def test_a_ramp_is_half_a_sine_and_stays_off_the_borders() -> None:
    assert np.allclose(fade(0, 4, 8, 1, 2)[-4:], (1 - np.sin(np.pi / 2 * _MIDDLES)) / 2)
    assert fade(0, 4, 8, 1, 2)[0] == 1
    assert fade(0, 8, 8, 2, 1).tolist() == [1] * 8


_MIDDLES = np.array([-0.75, -0.25, 0.25, 0.75])
