"""Mask from alpha."""

from __future__ import annotations

import numpy as np

from nodes.image.mask_from_alpha import mask_from_alpha
from tests.nodes.fakes import image


def test_what_is_transparent_changes() -> None:
    source = image(2, channels=4)
    made = mask_from_alpha(source).pixels
    np.testing.assert_allclose(made, 1 - source.pixels[..., 3])
    opaque = mask_from_alpha(source, "opaque").pixels
    np.testing.assert_allclose(opaque, source.pixels[..., 3], atol=1e-7)


def test_an_image_without_alpha_is_opaque() -> None:
    assert mask_from_alpha(image()).pixels.max() == 0
    assert mask_from_alpha(image(), "opaque").pixels.min() == 1
