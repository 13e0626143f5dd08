"""Blend."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.image.blend import blend
from studio.core.errors import MissingInputError, ShapeError
from studio.core.values import Image, Mask
from tests.nodes.fakes import image


def flat(value: float, batch: int = 1) -> Image:
    return Image(np.full((batch, 4, 6, 3), value, np.float32))


def test_images_lie_over_each_other_in_order() -> None:
    made = blend((flat(0), flat(1), flat(0.5)), None, "normal", 0.5)
    np.testing.assert_allclose(made.pixels, 0.5)


def test_a_mask_of_another_size_is_resized_softly() -> None:
    mask = Mask(np.array([[[0, 1]]], np.float32))
    made = blend((flat(0), flat(1)), mask).pixels[0, 0, :, 0]
    assert made[0] == 0
    assert made[-1] == 1
    assert ((made[1:-1] >= 0) & (made[1:-1] <= 1)).all()
    assert 0 < made[2] < 1


def test_one_image_is_itself() -> None:
    np.testing.assert_array_equal(blend((image(),)).pixels, image().pixels)


def test_no_image_and_other_sizes_are_refused() -> None:
    with pytest.raises(MissingInputError, match="no image"):
        blend(())
    with pytest.raises(ShapeError, match="16 x 12"):
        blend((flat(0), image()))
