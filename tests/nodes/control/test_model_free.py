"""Preprocessors that need no network, as nodes: their defaults, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nodes.control.blur import blur
from nodes.control.canny import canny
from nodes.control.color_grid import color_grid
from nodes.control.inpaint_hint import inpaint_hint
from nodes.control.invert import invert
from nodes.control.line_art import line_art
from nodes.control.recolor import recolor
from nodes.control.scribble import scribble
from nodes.control.shuffle import shuffle
from nodes.control.threshold import threshold
from nodes.control.tile import tile
from studio.core.errors import NotFiniteError, RangeError, ShapeError
from studio.core.values import Image, Mask
from studio.diffusion.hints import colours, lines
from tests.diffusion.hints.setting import batch
from tests.nodes.fakes import image

Node = Callable[..., Any]


def marked(given: Image) -> Any:
    return inpaint_hint(given, Mask(np.ones((1, 4, 4), np.float32)))


SIZED: list[Node] = [canny, scribble, line_art]
ALL: list[Node] = [
    *SIZED, blur, tile, color_grid, threshold, invert, shuffle, recolor, marked,
]  # fmt: skip
every = pytest.mark.parametrize("make", ALL)


def hint(make: Node, pixels: Any, **settings: Any) -> Any:
    return make(Image(pixels), **settings).hint.pixels


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (canny, lines.canny(batch(), 100, 200, 3, l2=False)),
        (scribble, lines.scribble(batch(), 32)),
        (line_art, lines.line_art(batch(), 6, 8)),
        (blur, colours.blur(batch(), 9)),
        (tile, batch()),
        (color_grid, colours.color_grid(batch(), 64)),
        (threshold, lines.threshold(batch(), 0.5)),
        (invert, 1 - batch()),
        (shuffle, colours.shuffle(batch(), 0)),
        (recolor, colours.recolor(batch(), "luminance", 1)),
        (marked, 0 * batch() - 1),
    ],
)
def test_the_defaults_are_those_of_the_library(make: Node, expected: Any) -> None:
    np.testing.assert_array_equal(hint(make, batch()), expected)


@every
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_hints_of_any_image_have_three_channels(make: Node, channels: int) -> None:
    made = hint(make, image(2, channels=channels).pixels)
    assert made.shape == (2, 12, 16, 3)
    assert np.isfinite(made).all()


@every
def test_empty_images_are_refused(make: Node) -> None:
    with pytest.raises(ShapeError):
        make(Image(np.zeros((0, 4, 4, 3), np.float32)))


@every
def test_images_that_are_not_numbers_are_refused(make: Node) -> None:
    with pytest.raises(NotFiniteError):
        make(Image(np.full((1, 4, 4, 3), np.nan, np.float32)))


@pytest.mark.parametrize("make", [scribble, line_art])
def test_drawings_on_nothing_are_drawings_on_paper(make: Node) -> None:
    paper = np.ones((1, 33, 33, 3), np.float32)
    paper[:, :, 16] = 0
    cut_out = np.concatenate([0 * paper, 1 - paper[..., :1]], -1)
    np.testing.assert_array_equal(hint(make, cut_out), hint(make, paper))


@pytest.mark.parametrize("make", SIZED)
def test_the_resolution_is_that_of_the_hint(make: Node) -> None:
    assert hint(make, batch(), resolution=144).shape == (2, 144, 192, 3)
    with pytest.raises(RangeError):
        hint(make, batch(), resolution=32)


@pytest.mark.parametrize("make", SIZED)
def test_pixel_perfect_hints_fit_the_picture_that_will_be_drawn(make: Node) -> None:
    target = {"pixel_perfect": True, "width": 128, "height": 128}
    assert hint(make, batch(), **target).shape == (2, 128, 171, 3)
    assert hint(make, batch(), resize="pad", **target).shape == (2, 96, 128, 3)


def test_the_parameters_reach_the_library() -> None:
    found = hint(canny, batch() * 0.4, low=20, high=60, aperture="7", l2=True)
    np.testing.assert_array_equal(found, lines.canny(batch() * 0.4, 20, 60, 7, l2=True))
    otsu = hint(threshold, batch(), by="otsu")
    np.testing.assert_array_equal(otsu, lines.threshold(batch(), None))
    bright = hint(recolor, batch(), by="intensity", gamma=0.5)
    np.testing.assert_array_equal(bright, colours.recolor(batch(), "intensity", 0.5))
