"""Masks of detections: every operation against a table written out by hand, and the known traps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.core.values import Detection, Detections
from studio.diffusion.detail.masks import Masks, detection_masks, outlined
from studio.diffusion.detail.settings import MaskShape

PLAIN = MaskShape(grown=0, blur=0)
WIDTH, HEIGHT = 16, 12


def face(*box: float, number: int = 1, polygon: tuple[tuple[float, float], ...] = ()) -> Detection:
    left, top, right, bottom = box
    return Detection((left, top, right, bottom), "face", 0.9, polygon, number)


def found(*items: tuple[Detection, ...]) -> Detections:
    return Detections(items, (WIDTH, HEIGHT))


def made(
    detections: Detections, look: MaskShape = PLAIN, chosen: NDArray[np.float32] | None = None
) -> tuple[Masks, list[str]]:
    said: list[str] = []
    return detection_masks(detections, look, chosen, lambda code, text: said.append(code)), said


def spans(mask: NDArray[np.float32]) -> tuple[list[int], list[int]]:
    """Return the columns and rows where a mask is white."""
    return np.flatnonzero(mask.any(0)).tolist(), np.flatnonzero(mask.any(1)).tolist()


def rows(*lines: str) -> NDArray[np.float32]:
    return np.array([[float(sign == "#") for sign in line] for line in lines], np.float32)


# What each setting makes of a box from 4, 2 to 12, 10 in a picture of 16 x 12: columns, rows.
TABLE = {
    "as it is": (PLAIN, (4, 12), (2, 10)),
    "moved right": (replace(PLAIN, offset_x=2), (6, 14), (2, 10)),
    "moved left": (replace(PLAIN, offset_x=-3), (1, 9), (2, 10)),
    "moved up": (replace(PLAIN, offset_y=1), (4, 12), (1, 9)),
    "moved down": (replace(PLAIN, offset_y=-2), (4, 12), (4, 12)),
    "moved over the right border": (replace(PLAIN, offset_x=6), (10, 16), (2, 10)),
    "moved over the upper border": (replace(PLAIN, offset_y=5), (4, 12), (0, 5)),
    "moved out of the picture": (replace(PLAIN, offset_x=400), (0, 0), (0, 0)),
    "grown": (replace(PLAIN, grown=2), (2, 14), (0, 12)),
    "grown over the border": (replace(PLAIN, grown=5), (0, 16), (0, 12)),
    "shrunk": (replace(PLAIN, grown=-2), (6, 10), (4, 8)),
    "shrunk to nothing": (replace(PLAIN, grown=-4), (0, 0), (0, 0)),
    "moved, then grown": (replace(PLAIN, offset_x=6, grown=1), (9, 16), (1, 11)),
    "moved out, then grown": (replace(PLAIN, offset_x=12, grown=1), (0, 0), (0, 0)),
    "merged": (replace(PLAIN, merge="merge"), (4, 12), (2, 10)),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_box_becomes_what_the_table_says(name: str) -> None:
    look, columns, lines = TABLE[name]
    masks, _ = made(found((face(4, 2, 12, 10),)), look)
    assert spans(masks.pixels[0]) == (list(range(*columns)), list(range(*lines)))
    assert set(np.unique(masks.pixels)) <= {0.0, 1.0}


def test_growing_by_a_square_keeps_corners_and_by_a_round_brush_rounds_them() -> None:
    square, _ = made(found((face(4, 2, 12, 10),)), replace(PLAIN, grown=2))
    round_, _ = made(found((face(4, 2, 12, 10),)), replace(PLAIN, grown=2, brush="round"))
    assert square.pixels[0, 0, 2] == 1
    assert round_.pixels[0, 0, 2] == 0
    assert spans(round_.pixels[0]) == spans(square.pixels[0])


def test_a_box_covers_the_pixels_whose_centre_lies_inside() -> None:
    mask = outlined(face(1.5, 0.51, 4.5, 2.4), 6, 3, "box")
    np.testing.assert_array_equal(mask, rows("......", ".###..", "......"))


def test_an_ellipse_touches_the_sides_of_its_box() -> None:
    mask = outlined(face(1, 1, 7, 6), 8, 7, "ellipse")
    expected = rows(
        "........",
        "..####..",
        ".######.",
        ".######.",
        ".######.",
        "..####..",
        "........",
    )
    np.testing.assert_array_equal(mask, expected)


def test_an_outline_is_filled_without_rounding_its_points() -> None:
    triangle = face(0, 0, 8, 8, polygon=((0.4, 0.4), (7.6, 0.4), (0.4, 7.6)))
    expected = rows(
        "#######.",
        "######..",
        "#####...",
        "####....",
        "###.....",
        "##......",
        "#.......",
        "........",
    )
    np.testing.assert_array_equal(outlined(triangle, 8, 8, "auto"), expected)


def test_an_outline_may_leave_the_picture() -> None:
    wide = face(-4, -4, 4, 4, polygon=((-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)))
    assert spans(outlined(wide, 8, 8, "segment")) == ([0, 1, 2, 3], [0, 1, 2, 3])


def test_a_hollow_outline_stays_hollow() -> None:
    bow = ((0.0, 0.0), (8.0, 8.0), (8.0, 0.0), (0.0, 8.0))
    mask = outlined(face(0, 0, 8, 8, polygon=bow), 8, 8, "segment")
    assert mask[4, 1] == 1
    assert mask[1, 4] == 0


def test_shapes_other_than_the_outline_take_the_box() -> None:
    triangle = face(4, 2, 12, 10, polygon=((4.0, 2.0), (12.0, 2.0), (4.0, 10.0)))
    assert outlined(triangle, WIDTH, HEIGHT, "box").sum() == 64
    assert outlined(triangle, WIDTH, HEIGHT, "auto").sum() == 28


def test_a_segment_without_an_outline_says_that_the_box_is_taken() -> None:
    masks, said = made(found((face(4, 2, 12, 10),)), replace(PLAIN, shape="segment"))
    assert masks.pixels.sum() == 64
    assert said == ["W_QUALITY"]


def test_the_outline_is_softened_last() -> None:
    masks, _ = made(found((face(4, 2, 12, 10),)), replace(PLAIN, grown=-1, blur=1.0))
    row = masks.pixels[0, 6]
    assert abs(row[4] + row[5] - 1) < 0.02
    assert abs(row[10] + row[11] - 1) < 0.02


def test_merging_makes_one_mask_for_each_picture() -> None:
    two = found((face(0, 0, 8, 8), face(8, 2, 16, 10, number=2)), (face(1, 1, 9, 9, number=3),))
    masks, _ = made(two, replace(PLAIN, merge="merge"))
    assert masks.pixels.shape == (2, HEIGHT, WIDTH)
    assert masks.pixels.sum((1, 2)).tolist() == [128, 64]
    assert masks.pictures == ()


def test_merged_and_inverted_is_all_that_was_not_found() -> None:
    masks, _ = made(found((face(4, 2, 12, 10),)), replace(PLAIN, merge="merge_invert"))
    assert masks.pixels[0].sum() == WIDTH * HEIGHT - 64
    assert masks.pixels[0, 5, 5] == 0


def test_where_nothing_was_found_nothing_is_inverted() -> None:
    masks, said = made(found((), (face(4, 2, 12, 10),)), replace(PLAIN, merge="merge_invert"))
    assert masks.pixels[0].sum() == 0
    assert masks.pixels[1].sum() > 0
    assert said == []


def test_every_detection_keeps_its_place_whatever_happens_to_others() -> None:
    """T1: boxes and masks in two lists drift apart when one of them loses an item."""
    small, thin, large = face(1, 1, 4, 4), face(1, 1, 9, 11), face(3, 1, 15, 11)
    masks, said = made(found((small, thin, large)), replace(PLAIN, grown=-4))
    assert [bool(mask.any()) for mask in masks.pixels] == [False, False, True]
    assert spans(masks.pixels[2]) == ([7, 8, 9, 10], [5, 6])
    assert said == ["W_TOO_SMALL"]


def test_moving_never_wraps_round() -> None:
    """T2: what leaves at one side must not come in at the other."""
    masks, _ = made(found((face(8, 4, 16, 12),)), replace(PLAIN, offset_x=4, offset_y=-4))
    assert masks.pixels[0, :, :8].sum() == 0
    assert masks.pixels[0, :4].sum() == 0


def test_masks_follow_their_records_in_any_order() -> None:
    """T3: a record sorted elsewhere takes its mask along."""
    one, two = face(0, 0, 8, 8, number=1), face(8, 0, 16, 12, number=2)
    there, _ = made(found((one, two)))
    back, _ = made(found((two, one)))
    np.testing.assert_array_equal(there.pixels, back.pixels[::-1])


def test_a_batch_gives_masks_picture_by_picture() -> None:
    batch = found(
        (face(0, 0, 8, 8),), (), (face(1, 1, 9, 9, number=2), face(4, 2, 12, 10, number=3))
    )
    masks, _ = made(batch)
    assert masks.pictures == (0, 2, 2)
    alone, _ = made(Detections(batch.items[2:], batch.size))
    np.testing.assert_array_equal(masks.pixels[1:], alone.pixels)


def test_only_what_meets_the_users_mask_is_kept() -> None:
    chosen = np.zeros((1, HEIGHT, WIDTH), np.float32)
    chosen[0, :, :2] = 1
    two = found((face(0, 0, 8, 8), face(8, 0, 16, 12, number=2)))
    masks, said = made(two, PLAIN, chosen)
    assert [bool(mask.any()) for mask in masks.pixels] == [True, False]
    np.testing.assert_array_equal(masks.pixels[0], made(two)[0].pixels[0])
    assert said == []


def test_each_picture_may_have_a_mask_of_the_user_of_another_size() -> None:
    chosen = np.zeros((2, HEIGHT * 2, WIDTH * 2), np.float32)
    chosen[1] = 1
    masks, _ = made(found((face(0, 0, 8, 8),), (face(0, 0, 8, 8, number=2),)), PLAIN, chosen)
    assert [bool(mask.any()) for mask in masks.pixels] == [False, True]


@pytest.mark.parametrize("shape", [(3, HEIGHT, WIDTH), (1, HEIGHT, WIDTH * 2)])
def test_a_mask_of_the_user_that_does_not_fit_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError):
        made(found((), ()), PLAIN, np.ones(shape, np.float32))


def test_nothing_found_gives_a_black_mask_for_each_picture_and_no_warning() -> None:
    masks, said = made(found((), ()))
    assert masks.pixels.shape == (2, HEIGHT, WIDTH)
    assert masks.pixels.sum() == 0
    assert said == []


def test_masks_that_are_all_erased_are_told() -> None:
    masks, said = made(found((face(4, 2, 12, 10),)), replace(PLAIN, grown=-20))
    assert masks.pixels.shape == (1, HEIGHT, WIDTH)
    assert said == ["W_EMPTY_MASK"]


@pytest.mark.parametrize("box", [(4, 4, 4, 4), (4, 0, 11.9, 12), (0, 0, 16, 7)])
def test_boxes_under_eight_pixels_are_dropped_with_a_note(
    box: tuple[float, float, float, float],
) -> None:
    masks, said = made(found((face(*box), face(0, 0, 8, 8, number=2))))
    assert [bool(mask.any()) for mask in masks.pixels] == [False, True]
    assert said == ["W_TOO_SMALL"]
