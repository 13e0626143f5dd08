"""Pieces of a picture: weights that add up to one, and layers over the cuts."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import RangeError
from studio.diffusion.redraw.pieces import Canvas, Layer, Pixels, layers
from studio.diffusion.redraw.settings import Cut, Order, SeamFix, Seams
from tests.counts import count
from tests.nodes.fakes import pixels

SIDES = st.integers(1, 40).map(lambda side: side * 8)
EDGES = st.integers(8, 40).map(lambda side: side * 8)
ORDERS = st.sampled_from(get_args(Order))
MENDING = [way for way in get_args(SeamFix) if way != "none"]


def cover(layer: Layer, height: int, width: int) -> Pixels:
    total = np.zeros((height, width), np.float32)
    for phase in layer:
        for piece in phase:
            total[piece.laid.slices] += piece.weights
    return total


def laid(layer: Layer, below: Pixels, offset: float = 0.0) -> Pixels:
    """Lay a layer down whose pieces show what is below, lifted and lowered in turn."""
    canvas = Canvas(below)
    for phase in layer:
        for number, piece in enumerate(phase):
            lift = np.float32(offset if number % 2 else -offset)
            canvas.lay(piece, below[piece.seen.slices] + lift)
    return canvas.picture()


@settings(max_examples=count(100, 2000), deadline=None)
@given(SIDES, SIDES, EDGES, st.integers(0, 8), ORDERS)
def test_the_weights_of_all_tiles_add_up_to_one(
    height: int, width: int, edge: int, shares: int, order: Order
) -> None:
    padding = edge // 4 // 8 * shares // 8 * 8
    [layer] = layers(height, width, Cut(edge, padding, padding // 2, order))
    assert np.allclose(cover(layer, height, width), 1, atol=1e-6)


@settings(max_examples=count(50, 1000), deadline=None)
@given(SIDES, SIDES, EDGES, st.sampled_from(MENDING), st.integers(1, 16))
def test_what_mends_seams_covers_cuts_and_never_more_than_all(
    height: int, width: int, edge: int, way: SeamFix, wide: int
) -> None:
    cut = Cut(edge, 16 if edge >= 64 else 8, 4)
    [tiles, *mending] = layers(height, width, cut, Seams(way, wide * 16))
    for layer in mending:
        covered = cover(layer, height, width)
        assert covered.min() >= -1e-6
        assert covered.max() <= 1 + 1e-6
    inner = {piece.laid.left + cut.blend for phase in tiles for piece in phase} - {cut.blend}
    if inner:
        upright = cover(mending[0], height, width)
        assert all(upright[:, at - 1 : at + 1].min() > 0.9 for at in inner)


@settings(max_examples=count(50, 1000), deadline=None)
@given(SIDES, SIDES, EDGES, ORDERS, st.sampled_from(get_args(SeamFix)))
def test_pieces_see_whole_latents_inside_the_picture(
    height: int, width: int, edge: int, order: Order, way: SeamFix
) -> None:
    found = layers(height, width, Cut(edge, 16, 8, order), Seams(way))
    for piece in (piece for layer in found for phase in layer for piece in phase):
        seen, inner = piece.seen, piece.laid
        assert not any(side % 8 for side in (seen.left, seen.top, seen.right, seen.bottom))
        assert 0 <= seen.left <= inner.left < inner.right <= seen.right <= width
        assert 0 <= seen.top <= inner.top < inner.bottom <= seen.bottom <= height
        assert piece.weights.shape == (inner.height, inner.width)


def test_a_tile_with_its_padding_is_no_larger_than_its_edge() -> None:
    [layer] = layers(1000, 2000, Cut(512, 32))
    assert max(max(p.seen.width, p.seen.height) for phase in layer for p in phase) <= 512


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("way", get_args(SeamFix))
def test_a_gradient_whose_pieces_are_as_before_stays_as_it_is(order: Order, way: SeamFix) -> None:
    across = np.linspace(0, 1, 328, dtype=np.float32)
    picture = np.broadcast_to(across[None, :, None], (200, 328, 3)).copy()
    for layer in layers(200, 328, Cut(128, 32, 8, order), Seams(way)):
        assert np.abs(laid(layer, picture) - picture).max() < 1e-6


def test_pieces_of_other_tones_meet_without_a_step() -> None:
    picture = np.full((200, 328, 1), 0.5, np.float32)
    offset, blend = 0.1, 16
    [layer] = layers(200, 328, Cut(128, 32, blend))
    made = laid(layer, picture, offset)
    steepest = 2 * offset * np.pi / (4 * blend)
    assert np.abs(np.diff(made, axis=1)).max() <= steepest * 1.01
    [sharp] = layers(200, 328, Cut(128, 32, 0))
    assert np.abs(np.diff(laid(sharp, picture, offset), axis=1)).max() > 10 * steepest


def test_a_chess_board_has_two_phases_of_tiles_that_do_not_touch() -> None:
    [layer] = layers(256, 384, Cut(128, 32, 8, "chess"))
    first, second = ({(p.seen.left, p.seen.top) for p in phase} for phase in layer)
    assert not first & second
    [all_at_once] = layers(256, 384, Cut(128, 32, 8))
    assert len(first) + len(second) == len(all_at_once[0])
    cuts = sorted((p.laid.left, p.laid.top, p.laid.right, p.laid.bottom) for p in layer[0])
    apart = [
        (one[2] <= other[0] + 16 or one[3] <= other[1] + 16)
        for at, one in enumerate(cuts)
        for other in cuts[at + 1 :]
    ]
    assert all(apart)


@pytest.mark.parametrize(
    ("way", "extra"), [("none", 0), ("band", 2), ("half", 2), ("half_and_corners", 3)]
)
def test_each_way_of_mending_has_its_layers(way: SeamFix, extra: int) -> None:
    assert len(layers(256, 384, Cut(128, 32), Seams(way))) == 1 + extra
    assert len(layers(64, 64, Cut(128, 32), Seams(way))) == 1


def test_the_inputs_of_a_canvas_stay_as_they_are() -> None:
    below = pixels((64, 64, 3))
    [layer] = layers(64, 64, Cut(64, 16))
    made = laid(layer, below, 0.5)
    assert not np.array_equal(made, below)
    assert np.array_equal(below, pixels((64, 64, 3)))


@pytest.mark.parametrize(("padding", "blend"), [(72, 0), (32, 17)])
def test_paddings_and_blends_that_are_too_wide_are_refused(padding: int, blend: int) -> None:
    with pytest.raises(RangeError, match="is over"):
        Cut(256, padding, blend)
