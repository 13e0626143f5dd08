"""Masks: growing, feathering, resizing, and where they come from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.diffusion.pixels import masks


def square() -> NDArray[np.float32]:
    made = np.zeros((1, 64, 64), np.float32)
    made[0, 24:40, 24:40] = 1
    made.setflags(write=False)
    return made


def test_growing_moves_the_outline_by_that_many_pixels() -> None:
    for distance in (1, 7, 20):
        row = masks.grow(square(), distance)[0, 32]
        assert np.flatnonzero(row).tolist() == list(range(24 - distance, 40 + distance))


def test_shrinking_undoes_growing_in_the_middle_of_the_sides() -> None:
    row = masks.grow(masks.grow(square(), 9), -9)[0, 32]
    np.testing.assert_array_equal(row, square()[0, 32])


def test_corners_are_rounded() -> None:
    grown = masks.grow(square(), 16)[0]
    assert grown[24, 8] == 1
    assert grown[9, 9] == 0


def test_nothing_wraps_round_the_border() -> None:
    edge = np.zeros((1, 20, 20), np.float32)
    edge[0, :, 0] = 1
    assert masks.grow(edge, 3)[0, :, -4:].max() == 0


def test_a_square_brush_keeps_corners() -> None:
    grown = masks.grow(square(), 16, "square")[0]
    assert grown[8:56, 8:56].all()
    assert grown.sum() == 48 * 48


def test_moving_leaves_zeros_behind() -> None:
    moved = masks.moved(square(), 30, -25)[0]
    assert moved[:15, 54:].all()
    assert moved.sum() == 15 * 10


def test_items_lose_what_others_cover() -> None:
    two = np.zeros((2, 4, 4), np.float32)
    two[0, :, :3], two[1, :, 2:], two[1, 0, 0] = 1, 1, 0.25
    left, right = masks.without_others(two)
    assert left[1].tolist() == [1, 1, 0, 0]
    assert left[0, 0] == 0.75
    assert right[1].tolist() == [0, 0, 0, 1]
    np.testing.assert_array_equal(masks.without_others(two[:1]), two[:1])


def test_feathering_keeps_the_middle_of_the_outline() -> None:
    soft = masks.feather(square(), 3)[0, 32]
    assert abs(soft[23] + soft[24] - 1) < 0.01
    assert soft[32] > 0.98


def test_resizing_is_soft_or_hard() -> None:
    soft = masks.resize_mask(square(), 50, 50)
    hard = masks.resize_mask(square(), 50, 50, hard=True)
    assert len(np.unique(soft)) > 2
    assert np.unique(hard).tolist() == [0, 1]


def test_transparent_is_what_changes() -> None:
    pixels = np.array([[[[1, 1, 1, 0.25]]]], np.float32)
    assert masks.from_alpha(pixels).item() == 0.75
    assert masks.from_alpha(pixels[..., :3]).item() == 0
    assert masks.without_alpha(pixels).shape == (1, 1, 1, 3)


def test_paint_is_white_and_opaque() -> None:
    pixels = np.array([[[[1, 1, 1, 1], [0, 0, 0, 1], [1, 1, 1, 0]]]], np.float32)
    assert masks.from_painting(pixels).ravel().tolist() == [1, 0, 0]


def test_no_painting_is_an_empty_mask_and_may_be_inverted() -> None:
    assert masks.shaped(None, 5, 4, invert=False, grown=0, feathered=0).sum() == 0
    assert masks.shaped(None, 5, 4, invert=True, grown=0, feathered=0).min() == 1


def test_a_mask_is_inverted_before_it_grows() -> None:
    made = masks.shaped(square(), 64, 64, invert=True, grown=4, feathered=0)
    assert np.flatnonzero(made[0, 32] == 0).tolist() == list(range(28, 36))
