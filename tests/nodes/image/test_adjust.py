"""Adjust."""

from __future__ import annotations

import numpy as np

from nodes.image.adjust import adjust
from studio.core.values import Image
from tests.nodes.fakes import image


def test_brightness_is_added_and_not_cut_off() -> None:
    made = adjust(image(), 0.5).pixels
    np.testing.assert_allclose(made, image().pixels + 0.5, atol=1e-6)
    assert made.max() > 1


def test_gamma_lifts_the_middle_and_keeps_black_and_white() -> None:
    tones = Image(np.array([[[[0.0], [0.25], [1.0]]]], np.float32))
    np.testing.assert_allclose(adjust(tones, gamma=2).pixels.ravel(), [0, 0.5, 1], atol=1e-6)


def test_a_hue_turned_by_120_degrees_makes_red_greenish() -> None:
    red = Image(np.array([[[[0.8, 0.1, 0.1]]]], np.float32))
    made = adjust(red, hue=120).pixels.ravel()
    assert made.argmax() == 1
