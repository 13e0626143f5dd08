"""Edits of boxes as plain values: what counts, what is kept, what is hit."""

from __future__ import annotations

import pytest

from studio.core.boxes import BoxEdits, box_edits
from studio.core.values import Detection, Detections
from studio.ui.gallery import box_marks
from studio.ui.gallery.steps import Steps

OUTLINE = ((10.0, 10.0), (20.0, 10.0), (20.0, 20.0))
ITEMS = (
    (Detection((10, 10, 20, 20), "face", 0.9, OUTLINE, 1), Detection((0, 0, 60, 60), "cat", 0.4, (), 2)),
    (Detection((5, 5, 9, 9), "face", 0.8, (), 3),),
)  # fmt: skip
FOUND = Detections(ITEMS, (64, 48), key="k.detections")
SIZE = FOUND.size


def test_a_moved_box_takes_its_outline_along() -> None:
    edits = box_marks.placed(FOUND, BoxEdits(), 1, (20, 10, 40, 20))
    mark = box_marks.marks(FOUND, 0, edits)[0]
    assert mark.item.polygon == ((20, 10), (40, 10), (40, 20))


def test_an_added_box_is_named_after_most_of_its_picture_and_numbered_after_all() -> None:
    edits, number = box_marks.with_box(FOUND, BoxEdits(), 1, (1, 1, 5, 5))
    assert number == 4
    assert box_marks.marks(FOUND, 1, edits)[-1].text == "4 face by hand"
    nothing = Detections(((),), SIZE)
    assert box_marks.with_box(nothing, BoxEdits(), 0, (1, 1, 5, 5))[0].added[0][2] == "region"


def test_an_added_box_that_is_unticked_is_not_kept() -> None:
    edits, number = box_marks.with_box(FOUND, BoxEdits(), 0, (1, 1, 5, 5))
    edits, other = box_marks.with_box(FOUND, edits, 0, (2, 2, 6, 6))
    edits = box_marks.toggled(box_marks.toggled(edits, number), 3)
    assert box_marks.kept(FOUND, edits) == BoxEdits(
        "k.detections", (3,), (), ((0, (2, 2, 6, 6), "face"),)
    )
    assert other == 5


def test_without_edits_nothing_is_kept_not_even_the_key() -> None:
    edits = box_marks.toggled(box_marks.toggled(BoxEdits("k.detections"), 1), 1)
    assert box_marks.kept(FOUND, edits).as_data() == {}


def test_what_is_kept_can_be_read_again() -> None:
    edits = box_marks.placed(FOUND, box_marks.toggled(BoxEdits(), 2), 1, (1, 2, 3, 4))
    kept = box_marks.kept(FOUND, edits)
    assert box_edits(kept.as_data()) == kept


def test_edits_that_fit_nothing_are_left_out() -> None:
    old = BoxEdits("other", (1, 8), ((9, (0, 0, 1, 1)),), ((5, (0, 0, 1, 1), "x"),))
    assert box_marks.fitting(FOUND, old) == BoxEdits("k.detections", (1,))


def test_the_smallest_box_under_the_pointer_is_meant() -> None:
    marks = box_marks.marks(FOUND, 0, BoxEdits())
    assert [box_marks.inside(marks, *at).item.id for at in ((15, 15), (40, 40))] == [1, 2]  # type: ignore[union-attr]
    assert box_marks.inside(marks, 63, 47) is None


@pytest.mark.parametrize(
    ("at", "edge"),
    [((10, 10), (-1, -1)), ((21, 15), (1, 0)), ((15, 19), (0, 1)), ((15, 15), None), ((30, 15), None)],
)  # fmt: skip
def test_edges_and_corners_are_near(at: tuple[float, float], edge: tuple[int, int] | None) -> None:
    assert box_marks.edge_at((10, 10, 20, 20), *at, reach=2) == edge


def test_the_middle_of_a_tiny_box_is_no_edge() -> None:
    assert box_marks.edge_at((10, 10, 20, 20), 15, 15, reach=9) is None


def test_boxes_stay_in_the_picture() -> None:
    assert box_marks.shifted((10, 10, 20, 20), 100, -100, SIZE) == (54, 0, 64, 10)
    assert box_marks.resized((10, 10, 20, 20), (1, 1), 100, -100, SIZE) == (10, 10, 64, 11)
    assert box_marks.between(70, -3, 12.4, 20, SIZE) == (12, 0, 64, 20)


def test_chosen_boxes_come_after_those_left_out_and_those_added_are_known() -> None:
    extra = Detection((1, 1, 2, 2), "face", 1.0, (), 7)
    after = Detections(((ITEMS[0][1], extra), ()), SIZE)
    marks = box_marks.chosen_marks(after, FOUND, 0)
    assert [(mark.item.id, mark.is_on, mark.by_hand) for mark in marks] == [
        (1, False, False), (2, True, False), (7, True, True),
    ]  # fmt: skip


def test_steps_go_back_and_forth_and_the_same_is_none() -> None:
    steps = Steps(0)
    steps.do(0)
    assert not steps.can_undo
    for number in (1, 2, 3):
        steps.do(number, "nudge")
    steps.undo()
    assert (steps.now, steps.can_redo) == (0, True)
    steps.redo()
    assert steps.now == 3
    steps.do(4, "nudge")
    steps.undo()
    assert (steps.now, steps.can_redo) == (3, True)
    steps.do(9)
    assert not steps.can_redo
