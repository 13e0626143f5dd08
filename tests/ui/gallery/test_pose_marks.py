"""People as plain values: from and to what a graph holds, moved, and what is hit."""

from __future__ import annotations

import pytest

from studio.core.skeleton import standing
from studio.core.values import Pose, Poses
from studio.core.widgets import Points
from studio.ui.gallery import pose_marks
from studio.ui.gallery.pose_marks import EVERYTHING

SIZE = 200, 100
ONE = standing(*SIZE)


def test_people_become_shares_and_pixels_again() -> None:
    value = pose_marks.as_edits((ONE,), SIZE)
    assert Points().problem(value) is None
    again = pose_marks.from_edits(value, SIZE)
    for point, other in zip(again[0], ONE, strict=True):
        assert point == pytest.approx(other, abs=0.01)


def test_linked_people_are_brought_to_the_size_of_the_picture() -> None:
    poses = Poses(((), (Pose(ONE),)), SIZE)
    assert pose_marks.from_poses(poses, 1, (400, 200))[0][0][:2] == (ONE[0][0] * 2, ONE[0][1] * 2)
    assert pose_marks.from_poses(poses, 0, SIZE) == ()
    assert pose_marks.from_poses(poses, 5, SIZE) == ()


def test_points_that_were_never_seen_get_a_place_but_do_not_count() -> None:
    seen = [(x * 0.5 + 20, y * 0.5 + 10, c) for x, y, c in ONE]
    person = pose_marks.completed((*seen[:13], (0.0, 0.0, 0.0), *seen[14:]), SIZE)
    assert person[13] == pytest.approx((*seen[13][:2], 0.0), abs=2)
    nobody = ((0.0, 0.0, 0.0),) * 18
    assert [point[:2] for point in pose_marks.completed(nobody, SIZE)] == [p[:2] for p in ONE]


def test_what_hangs_on_a_point_goes_along() -> None:
    assert set(pose_marks.beyond(5)) == {5, 6, 7}
    assert set(pose_marks.beyond(0)) == {0, 14, 15, 16, 17}
    assert set(pose_marks.beyond(pose_marks.NECK)) == set(EVERYTHING)


def test_moved_points_stay_where_a_graph_can_hold_them() -> None:
    people = pose_marks.moved((ONE,), 0, EVERYTHING, 1e6, -1e6, SIZE)
    assert Points().problem(pose_marks.as_edits(people, SIZE)) is None


def test_people_come_and_go() -> None:
    people = pose_marks.added(pose_marks.added((), SIZE), SIZE)
    assert len(people) == 2
    assert people[0] != people[1]
    assert pose_marks.removed(people, 0) == people[1:]


def test_a_hidden_point_gives_way_to_one_that_is_there() -> None:
    people = pose_marks.toggled((ONE, ONE), 0, 4)
    x, y, _ = ONE[4]
    assert pose_marks.point_at(people, x, y, 3) == (1, 4)
    assert pose_marks.point_at(people, 0, 0, 3) is None


def test_the_middle_and_the_limbs_of_a_person_are_hit() -> None:
    x, y = pose_marks.middle(ONE)
    assert pose_marks.middle_at((ONE,), x + 1, y, 2) == 0
    assert pose_marks.middle_at((ONE,), 0, 0, 2) is None
    shin = [(ONE[9][n] + ONE[10][n]) / 2 for n in (0, 1)]
    assert pose_marks.limb_at((ONE,), shin[0] + 1, shin[1], 2) == 0
    assert pose_marks.limb_at((ONE,), 1, 1, 2) is None
    hidden = pose_marks.toggled((ONE,), 0, 10)
    assert pose_marks.limb_at(hidden, shin[0], shin[1], 1) is None
