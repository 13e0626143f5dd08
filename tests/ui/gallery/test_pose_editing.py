"""People posed with mouse and keys over their picture: real gestures, real nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node
from studio.ui.gallery.pose_marks import NAMES, middle
from tests.engine.cheap import graph_of
from tests.ui.gallery.conftest import SIDE, drag
from tests.ui.gallery.hands import ALT, CTRL, SHIFT, Workroom, workroom

COMMAND = "node.edit_pose"
NOSE, NECK, ELBOW, WRIST = 0, 1, 6, 7
ANKLE = 13
RIGHT = Qt.MouseButton.RightButton


def linked() -> Graph:
    nodes = {
        "grey": Node("test.grey", params={"size": SIDE}),
        "people": Node("test.people"),
        "draw": Node("control.draw_pose"),
    }
    return graph_of(nodes, "grey.image -> people.image", "people.poses -> draw.poses")


@pytest.fixture
def room(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workroom]:
    """Return a room whose people were seen in a picture."""
    with workroom(tmp_path, qtbot, monkeypatch, linked()) as made:
        made.viewer.resize(520, 640)
        made.desktop.run()
        made.choose("draw")
        made.shown()
        yield made


@pytest.fixture
def alone(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workroom]:
    """Return a room with a node that nothing is linked to."""
    graph = graph_of({"draw": Node("control.draw_pose", params={"width": 256, "height": 128})})
    with workroom(tmp_path, qtbot, monkeypatch, graph) as made:
        yield made


def place(room: Workroom, point: int, person: int = 0) -> QPointF:
    """Return where a point is on the widget."""
    x, y, _ = room.tool.people[person][point]
    return room.at(x, y)


def pull(room: Workroom, start: QPointF, end: QPointF, held: Qt.KeyboardModifier) -> None:
    """Drag with a key held."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kind = QEvent.Type
    for what, at, button, buttons in (
        (kind.MouseButtonPress, start, left, left), (kind.MouseMove, end, none, left),
        (kind.MouseButtonRelease, end, left, none),
    ):  # fmt: skip
        where = QPointF(room.view.mapToGlobal(at))
        QApplication.sendEvent(room.view, QMouseEvent(what, at, where, button, buttons, held))


def test_the_linked_people_stand_over_the_picture_they_were_seen_in(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    assert room.view.a.size == (SIDE, SIDE)
    assert float(room.view.a.shown.values.mean()) == pytest.approx(0.5)
    assert room.tool.people[0][NECK][:2] == pytest.approx((0.25 * SIDE, 0.25 * SIDE))
    assert room.tool.told == "1 person"


def test_a_point_moved_by_mouse_is_drawn_where_it_went(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    before = room.tool.people[0]
    drag(room.view, place(room, WRIST), room.at(60, 20))
    after = room.tool.people[0]
    assert after[WRIST] == pytest.approx((60, 20, 1.0), abs=0.2)
    assert after[:WRIST] + after[WRIST + 1 :] == before[:WRIST] + before[WRIST + 1 :]
    steps = len(room.document.steps)
    room.key("Enter")
    assert len(room.document.steps) == steps + 1
    assert room.param("draw")[0][WRIST] == pytest.approx([60 / SIDE, 20 / SIDE, 1.0], abs=0.005)
    room.run()
    room.desktop.wait(lambda: room.view.a.shown.values[18:23, 57:63].max() > 0.5)


def test_alt_takes_the_limb_along_and_the_middle_the_person(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    before = room.tool.people[0]
    far = QPointF(5, 0) * room.view.zoom
    pull(room, place(room, ELBOW), place(room, ELBOW) + far, ALT)
    after = room.tool.people[0]
    assert [n for n in range(18) if after[n] != before[n]] == [ELBOW, WRIST]
    start = room.at(*middle(after))
    drag(room.view, start, start + far)
    moved = room.tool.people[0]
    apart = {round(one[0] - other[0], 1) for one, other in zip(moved, after, strict=True)}
    assert len(apart) == 1
    assert apart.pop() == pytest.approx(5, abs=0.3)


def test_alt_on_a_limb_moves_the_person_and_without_alt_the_picture(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    shin = (place(room, 12) + place(room, 13)) / 2
    before, origin = room.tool.people, QPointF(room.view.origin)
    drag(room.view, shin, shin + QPointF(20, 0))
    assert room.tool.people == before
    assert room.view.origin != origin
    shin = (place(room, 9) + place(room, 10)) / 2
    pull(room, shin, shin + QPointF(20, 0), ALT)
    assert all(one != other for one, other in zip(room.tool.people[0], before[0], strict=True))


def test_a_right_click_hides_a_point_and_shows_it_again(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    at = place(room, NOSE).toPoint()
    QTest.mouseClick(room.view, RIGHT, pos=at)
    assert room.tool.people[0][NOSE][2] == 0
    assert room.tool.told == "1 person · nose, hidden"
    QTest.mouseClick(room.view, RIGHT, pos=at)
    assert room.tool.people[0][NOSE][2] == 1


def test_a_point_that_was_never_seen_waits_where_it_would_be(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    x, y, seen = room.tool.people[0][ANKLE]
    assert seen == 0
    assert (x, y) == pytest.approx((0.3 * SIDE, 0.91 * SIDE), abs=2)


def test_keys_alone_pose_a_person(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    before = room.tool.people[0]
    room.key("Tab")
    room.key("Tab")
    assert NAMES[room.tool.chosen[1]] == "neck"
    room.key("Right")
    room.key("Down", SHIFT)
    x, y, _ = room.tool.people[0][NECK]
    assert (x, y) == (before[NECK][0] + 1, before[NECK][1] + 10)
    room.key("Right", ALT)
    assert room.tool.people[0][NOSE][0] == before[NOSE][0] + 1
    room.key("Delete")
    assert room.tool.people[0][NECK][2] == 0
    for _ in range(4):
        room.key("Z", CTRL)
    assert room.tool.people == (before,)


def test_people_are_added_and_removed(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    room.key("N")
    assert room.tool.told == "2 people · neck"
    room.key("Enter")
    assert len(room.param("draw")) == 2
    room.begin("draw", COMMAND)
    room.key("Tab")
    room.key("Delete", SHIFT)
    room.key("Enter")
    assert len(room.param("draw")) == 1


def test_a_reset_draws_the_linked_people_again(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    drag(room.view, place(room, WRIST), room.at(60, 20))
    room.key("Enter")
    room.begin("draw", COMMAND)
    assert room.tool.people[0][WRIST][:2] == pytest.approx((60, 20), abs=0.2)
    room.studio.actions.trigger("shapes.reset")
    room.key("Enter")
    assert room.param("draw") == []


def test_esc_leaves_no_trace_and_nothing_done_is_no_step(room: Workroom) -> None:
    before = room.document.graph
    room.begin("draw", COMMAND)
    drag(room.view, place(room, WRIST), room.at(60, 20))
    room.key("Esc")
    room.begin("draw", COMMAND)
    room.key("Enter")
    assert room.document.graph is before
    assert room.view.hand is None


def test_without_poses_one_person_stands_on_a_ground_as_large_as_the_hint(alone: Workroom) -> None:
    alone.begin("draw", COMMAND)
    assert alone.view.a.size == (256, 128)
    assert len(alone.tool.people) == 1
    drag(alone.view, place(alone, WRIST), alone.at(20, 20))
    alone.key("Enter")
    assert alone.param("draw")[0][WRIST][:2] == pytest.approx([20 / 256, 20 / 128], abs=0.01)


def test_a_point_stays_near_the_picture(alone: Workroom) -> None:
    alone.begin("draw", COMMAND)
    drag(alone.view, place(alone, WRIST), alone.at(9000, -9000))
    assert alone.tool.people[0][WRIST][:2] == (512, -128)


def test_only_one_thing_is_edited_at_a_time(room: Workroom) -> None:
    room.begin("draw", COMMAND)
    tool = room.tool
    room.boxes.start()
    room.poses.start()
    assert room.poses.tool is tool


def test_the_bar_does_the_same(alone: Workroom) -> None:
    alone.begin("draw", COMMAND)
    bar = alone.poses.bar
    assert bar.accessibleName() == "Posing people"  # type: ignore[union-attr]
    assert not bar.steps["undo"].isEnabled()  # type: ignore[union-attr]
    bar.changes["add"].click()  # type: ignore[union-attr]
    assert bar.told.text() == "2 people · neck"  # type: ignore[union-attr]
    bar.steps["undo"].click()  # type: ignore[union-attr]
    bar.done.click()  # type: ignore[union-attr]
    assert alone.param("draw") is None
