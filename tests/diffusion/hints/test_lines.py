"""Hints of lines without a network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from studio.diffusion.hints import lines
from tests.diffusion.hints.setting import Pixels, batch

drawings = pytest.mark.parametrize(
    "draw", [partial(lines.scribble, threshold=32), partial(lines.line_art, sigma=6, intensity=8)]
)


def test_canny_edges_are_where_the_brightness_steps() -> None:
    step = np.zeros((1, 16, 16, 3), np.float32)
    step[:, :, 8:] = 1
    made = lines.canny(step, 100, 200, 3, l2=False)[0, 4:12, :, 0]
    assert set(np.flatnonzero(made.any(0))) <= {7, 8}
    assert made.any(1).all()


def test_higher_bounds_find_fewer_edges() -> None:
    found = [lines.canny(batch() * 0.5, low, 2 * low, 3, l2=False).sum() for low in (20, 60, 127)]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[2]


def test_the_longer_gradient_and_the_wider_filter_find_other_edges() -> None:
    plain = lines.canny(batch() * 0.4, 60, 200, 3, l2=False).sum()
    assert lines.canny(batch() * 0.4, 60, 200, 3, l2=True).sum() != plain
    assert lines.canny(batch() * 0.4, 60, 200, 7, l2=False).sum() > plain


def stroke(strength: float) -> Pixels:
    """Return paper with one dark stroke down its middle."""
    paper = np.full((1, 33, 33, 3), 0.9, np.float32)
    paper[:, :, 16] -= strength
    return paper


@drawings
def test_dark_strokes_become_white_ones(draw: Callable[[Pixels], Pixels]) -> None:
    made = draw(stroke(0.8))[0, :, :, 0]
    assert made[:, 16].min() > 0.4
    assert made[:, :12].max() < 0.05


@drawings
def test_light_strokes_are_no_lines(draw: Callable[[Pixels], Pixels]) -> None:
    assert draw(1 - stroke(0.8))[0, :, 16].max() == 0


def test_a_lower_threshold_draws_fainter_strokes() -> None:
    assert lines.scribble(stroke(0.08), 32).sum() == 0
    assert lines.scribble(stroke(0.08), 4).sum() > 0


def test_faint_line_art_is_lifted_to_the_strength_of_all() -> None:
    weak, strong = (lines.line_art(stroke(by), 6, 8)[0, 16, 16, 0] for by in (0.2, 0.8))
    np.testing.assert_allclose([weak, strong], 127 / 255, atol=0.01)


def test_noise_is_not_lifted_to_soft_edges() -> None:
    noise = np.random.default_rng(3).normal(0.5, 0.002, (1, 64, 64, 3)).astype(np.float32)
    assert lines.soft_edge(noise).max() < 0.2


def test_soft_edges_are_strongest_at_the_step() -> None:
    step = np.zeros((1, 32, 32, 3), np.float32)
    step[:, :, 16:] = 1
    made = lines.soft_edge(step)[0, 16, :, 0]
    np.testing.assert_allclose(made[15:17], 1, atol=1e-5)
    assert 0 < made[10] < made[13] < 1


def test_a_level_parts_dark_from_light() -> None:
    slope = np.repeat(np.linspace(0, 1, 11, dtype=np.float32)[None, None, :, None], 3, -1)
    assert lines.threshold(slope, 0.45)[0, 0, :, 0].tolist() == [0.0] * 5 + [1.0] * 6


def test_otsu_parts_two_heaps_wherever_they_lie() -> None:
    heaps = np.full((1, 8, 8, 3), 0.1, np.float32)
    heaps[:, :, 4:] = 0.3
    made = lines.threshold(heaps, None)[0, :, :, 0]
    assert (made[:, :4].max(), made[:, 4:].min()) == (0, 1)
