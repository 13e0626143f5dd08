"""Blur."""

from __future__ import annotations

import numpy as np

from nodes.image.blur import blur
from tests.nodes.fakes import image


def test_a_wider_blur_leaves_less() -> None:
    spread = [blur(image(2), radius).pixels.std() for radius in (0.5, 2, 8)]
    assert spread == sorted(spread, reverse=True)


def test_no_radius_changes_nothing() -> None:
    np.testing.assert_array_equal(blur(image(), 0).pixels, image().pixels)


def test_the_widest_blur_of_a_small_image_is_its_mean() -> None:
    made = blur(image(), 256).pixels
    np.testing.assert_allclose(
        made, image().pixels.mean((1, 2), keepdims=True) + 0 * made, atol=0.02
    )
