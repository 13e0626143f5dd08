"""Boxes: overlap, suppression against a written-out search, reading order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.diffusion.detect.geometry import area, best_of, clipped, overlaps, reading_order
from tests.strategies import examples


def iou(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    whole = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return shared / (whole - shared) if whole > shared else 0.0


def searched(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    classes: NDArray[np.int64],
    limit: float,
) -> list[int]:
    """Return what greedy suppression keeps, by looking at every pair."""
    rows = boxes.tolist()
    order = sorted(
        range(len(rows)), key=lambda at: (-scores[at], rows[at][1], rows[at], classes[at])
    )
    kept: list[int] = []
    for at in order:
        near = [k for k in kept if classes[k] == classes[at]]
        if all(iou(rows[at], rows[k]) <= limit for k in near):
            kept.append(at)
    return kept


places = st.integers(0, 12)
sides = st.integers(1, 8)
found = st.lists(
    st.tuples(places, places, sides, sides, st.integers(0, 9), st.integers(0, 2)), max_size=30
)


@given(found, st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]))
@examples(100, 2000)
def test_the_same_boxes_stay_as_in_a_written_out_search(
    rows: list[tuple[int, ...]], limit: float
) -> None:
    table = np.array(rows, np.float32).reshape(-1, 6)
    boxes = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], 1)
    scores, classes = np.float32(0.1) * table[:, 4], table[:, 5].astype(np.int64)
    kept = best_of(boxes, scores, classes, limit)
    # Equal boxes of equal score may stand for each other.
    assert [(*boxes[at], scores[at], classes[at]) for at in kept] == [
        (*boxes[at], scores[at], classes[at]) for at in searched(boxes, scores, classes, limit)
    ]


def test_other_classes_are_left_alone() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 9]], np.float32)
    scores, classes = np.array([0.9, 0.8, 0.7], np.float32), np.array([0, 1, 0])
    assert best_of(boxes, scores, classes, 0.5) == [0, 1]


def test_the_order_of_what_comes_in_changes_nothing() -> None:
    random = np.random.default_rng(3)
    corner = random.random((60, 2)) * 80
    boxes = np.concatenate([corner, corner + 30], 1).astype(np.float32)
    scores, classes = np.full(60, 0.5, np.float32), np.zeros(60, np.int64)
    order = random.permutation(60)
    first = {tuple(boxes[at]) for at in best_of(boxes, scores, classes, 0.4)}
    again = {tuple(boxes[order][at]) for at in best_of(boxes[order], scores, classes, 0.4)}
    assert first == again


def test_nothing_overlaps_an_empty_box() -> None:
    boxes = np.array([[0, 0, 0, 0], [0, 0, 5, 5]], np.float32)
    assert overlaps(boxes[0], boxes).tolist() == [0, 0]


def test_boxes_are_read_row_by_row() -> None:
    rows = [(50.0, 0.0, 60.0, 10.0), (0.0, 4.0, 10.0, 14.0), (25.0, 2.0, 35.0, 12.0)]
    below = [(40.0, 30.0, 50.0, 40.0), (5.0, 31.0, 15.0, 41.0)]
    assert reading_order([*rows, *below]) == [1, 2, 0, 4, 3]


@given(st.lists(st.tuples(places, places, sides, sides), max_size=12))
@examples(100, 1000)
def test_every_box_is_read_once(rows: list[tuple[int, ...]]) -> None:
    boxes = [(x, y, x + w, y + h) for x, y, w, h in rows]
    assert sorted(reading_order(boxes)) == list(range(len(boxes)))


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ((-5, -5, 5, 5), (0, 0, 5, 5)),
        ((90, 10, 120, 20), (90, 10, 100, 20)),
        ((-9, 0, -1, 5), (0, 0, 0, 5)),
    ],
)
def test_boxes_are_cut_at_the_border(box: tuple[float, ...], inside: tuple[float, ...]) -> None:
    left, top, right, bottom = box
    made = clipped((left, top, right, bottom), 100, 50)
    assert made == inside
    assert area(made) == (inside[2] - inside[0]) * (inside[3] - inside[1])
