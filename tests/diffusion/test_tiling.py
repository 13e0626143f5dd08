from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import RangeError
from studio.diffusion.tiling import Tile, count, tiles
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
