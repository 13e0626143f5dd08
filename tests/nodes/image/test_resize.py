"""Resize."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.image.resize import resize
from studio.core.errors import RangeError
from tests.nodes.fakes import image


def test_a_box_keeps_the_proportions_unless_told_otherwise() -> None:
    assert resize(image(), "size", 64, 64).pixels.shape == (1, 48, 64, 3)
    assert resize(image(), "size", 64, 64, "stretch").pixels.shape == (1, 64, 64, 3)
    assert resize(image(), "size", 64, 64, "fill").pixels.shape == (1, 64, 64, 3)


def test_a_scale_multiplies_both_sides() -> None:
    assert resize(image(2), "scale", scale=2.5).pixels.shape == (2, 30, 40, 3)
    assert resize(image(), "scale", scale=0.01).pixels.shape == (1, 1, 1, 3)


def test_nearest_makes_blocks() -> None:
    made = resize(image(), "scale", scale=2, method="nearest").pixels
    np.testing.assert_array_equal(made, image().pixels.repeat(2, 1).repeat(2, 2))


def test_a_result_beyond_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(RangeError, match="19200 x 19200"):
        resize(image(1, 300, 300), "scale", scale=64)
