"""Crop."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.image.crop import crop
from studio.core.errors import ShapeError
from tests.nodes.fakes import image


def test_the_middle_is_cut_out() -> None:
    made = crop(image(2), 4, 4).pixels
    np.testing.assert_array_equal(made, image(2).pixels[:, 4:8, 6:10])


def test_a_corner_places_it() -> None:
    made = crop(image(), 4, 4, "corner", 12, 8).pixels
    np.testing.assert_array_equal(made, image().pixels[:, 8:, 12:])


@pytest.mark.parametrize("anchor", ["center", "corner"])
def test_more_than_there_is_cannot_be_cut(anchor: str) -> None:
    with pytest.raises(ShapeError, match="reaches beyond"):
        crop(image(), 17, 4, anchor)  # type: ignore[arg-type]  # a literal in a loop
