"""Detections over their picture, and boxes edited with mouse and keys: real gestures, real nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.canvas.edits import sub_graphs
from studio.core.boxes import BoxEdits
from studio.core.graph import Node
from studio.core.values import Detection, Detections
from studio.ui.gallery.box_tool import BoxTool
from studio.ui.gallery.overlay import described
from studio.ui.rows import RowList
from studio.ui.window.issues_panel import IssuesPanel
from tests.engine.cheap import graph_of
from tests.ui.gallery.conftest import SIDE, drag, mouse
from tests.ui.gallery.hands import ALT, CTRL, SHIFT, Workroom, workroom
from tests.ui.window.test_panels import press_spot, shown

BOXES = "8 8 24 24 face\n36 8 56 28 hand\n8 40 30 60 face"
COMMAND = "node.edit_boxes"


@pytest.fixture
def room(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workroom]:
    nodes = {
        "grey": Node("test.grey", params={"size": SIDE}),
        "detect": Node("test.find", params={"boxes": BOXES}),
        "filter": Node("detail.filter"),
    }
    links = ("grey.image -> detect.image", "detect.detections -> filter.detections")
    with workroom(tmp_path, qtbot, monkeypatch, graph_of(nodes, *links)) as made:
        made.desktop.run()
        made.choose("filter")
        made.shown()
        seen(made, 3)
        yield made


def seen(room: Workroom, count: int) -> None:
    """Wait until that many boxes are over the picture."""
    room.desktop.wait(lambda: len(room.viewer.overlay.marks) == count)


def result(room: Workroom, name: str = "filter") -> list[int]:
    """Return the ids that a node gives."""
    got: list[Any] = []
    room.desktop.until(name, "fresh")  # its key is the one after the last edit
    room.session.fetch(room.session.key(room.document, name), "detections", got.append)
    room.desktop.wait(lambda: bool(got))
    return [item["fields"]["id"] for items in got[0].fields["items"] for item in items]


def box_of(room: Workroom, number: int) -> tuple[float, ...]:
    return next(mark.item.box for mark in room.tool.marks if mark.item.id == number)


# --- Over the picture ---


def test_detections_lie_over_the_picture_they_were_found_in(room: Workroom) -> None:
    assert room.viewer.following.source.node == "grey"
    assert room.viewer.following.source.title == "Filter detections · detections"
    texts = sorted(mark.text for mark in room.viewer.overlay.marks)
    assert texts == ["1 face 0.90", "2 hand 0.90", "3 face 0.90"]
    assert "2 hand 0.90" in room.view.accessibleDescription()
    before = QImage(room.view.grab().toImage())
    room.choose("grey")
    seen(room, 0)
    at = room.at(8, 16).toPoint() * room.view.devicePixelRatio()
    assert before.pixelColor(at) != room.view.grab().toImage().pixelColor(at)


def test_what_the_filter_drops_is_faint(room: Workroom) -> None:
    room.set("filter", "labels", "hand")
    room.desktop.run()
    room.desktop.wait(lambda: any(not mark.is_on for mark in room.viewer.overlay.marks))
    shown = {mark.item.id: mark.is_on for mark in room.viewer.overlay.marks}
    assert shown == {1: False, 2: True, 3: False}


def test_what_was_unticked_is_faint_before_the_filter_runs(room: Workroom) -> None:
    room.set("filter", "edits", {"off": [2], "moved": {"1": [0, 0, 10, 10]}})
    room.desktop.wait(lambda: any(not mark.is_on for mark in room.viewer.overlay.marks))
    shown = {mark.item.id: (mark.is_on, mark.item.box) for mark in room.viewer.overlay.marks}
    assert shown[2][0] is False
    assert shown[1] == (True, (0, 0, 10, 10))


def test_edits_for_other_detections_are_not_drawn_as_if_they_counted(room: Workroom) -> None:
    room.set("filter", "edits", {"off": [2]})
    room.desktop.wait(lambda: any(not mark.is_on for mark in room.viewer.overlay.marks))
    room.set("filter", "edits", {"made_for": "old.detections", "off": [2]})
    room.desktop.wait(lambda: all(mark.is_on for mark in room.viewer.overlay.marks))


def test_each_picture_of_a_batch_has_its_own_detections(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = {
        "batch": Node("test.batch", params={"count": 3}),
        "detect": Node("test.find", params={"boxes": "8 8 24 24 face"}),
        "filter": Node("detail.filter"),
    }
    links = ("batch.image -> detect.image", "detect.detections -> filter.detections")
    with workroom(tmp_path, qtbot, monkeypatch, graph_of(nodes, *links)) as room:
        room.desktop.run()
        room.choose("filter")
        room.shown()
        seen(room, 1)
        room.viewer.show_item(2)
        room.desktop.wait(lambda: [mark.item.id for mark in room.viewer.overlay.marks] == [3])
        room.begin("filter", COMMAND)
        room.click(16, 16)
        room.key("Enter")
        assert room.param("filter")["off"] == [3]


def test_a_pin_keeps_the_detections(room: Workroom) -> None:
    room.studio.actions.trigger("viewer.pin")
    room.choose("grey")
    assert room.viewer.following.source.found == ("filter", "detections")


def test_a_double_click_on_a_box_opens_the_tool(room: Workroom) -> None:
    QTest.mouseDClick(room.view, Qt.MouseButton.LeftButton, pos=room.at(16, 16).toPoint())
    room.desktop.wait(lambda: room.boxes.tool is not None)


# --- With the mouse ---


def test_a_box_unticked_by_mouse_is_not_in_what_the_filter_gives(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    room.click(46, 18)
    assert room.tool.told.startswith("2 of 3 kept")
    steps = len(room.document.steps)
    room.key("Enter")
    assert len(room.document.steps) == steps + 1
    key = room.session.key(room.document, "detect")
    assert room.param("filter") == {"made_for": f"{key}.detections", "off": [2]}
    room.desktop.run()
    assert result(room) == [1, 3]
    room.desktop.wait(lambda: room.viewer.overlay.marks[0].is_on is False)


def test_a_click_on_a_tag_ticks_again(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    room.click(46, 18)
    room.view.grab()
    tag = room.tool._tags[2].center().toPoint()
    QTest.mouseClick(room.view, Qt.MouseButton.LeftButton, pos=tag)
    assert all(mark.is_on for mark in room.tool.marks)


def test_a_drag_moves_a_box_and_its_corner_resizes_it(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    drag(room.view, room.at(16, 16), room.at(26, 20))
    assert box_of(room, 1) == (18, 12, 34, 28)
    drag(room.view, room.at(34, 28), room.at(44, 40))
    assert box_of(room, 1) == (18, 12, 44, 40)
    drag(room.view, room.at(18, 26), room.at(10, 26))
    assert box_of(room, 1) == (10, 12, 44, 40)
    room.key("Enter")
    assert room.param("filter")["moved"] == {"1": [10.0, 12.0, 44.0, 40.0]}


def test_a_box_stays_in_the_picture_and_never_turns_inside_out(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    drag(room.view, room.at(16, 16), room.at(2, 2))
    assert box_of(room, 1) == (0, 0, 16, 16)
    drag(room.view, room.at(16, 8), room.at(-20, 8))
    assert box_of(room, 1) == (0, 0, 1, 16)


def test_a_drag_on_the_empty_picture_adds_a_box(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    drag(room.view, room.at(40, 40), room.at(60, 62))
    room.key("Enter")
    assert room.param("filter")["added"] == [{"item": 0, "box": [40, 40, 60, 62], "label": "face"}]
    room.desktop.run()
    assert len(result(room)) == 4


def test_no_more_than_a_hair_is_a_click(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    start = room.at(16, 16)
    mouse(room.view, QEvent.Type.MouseButtonPress, start)
    mouse(room.view, QEvent.Type.MouseMove, start + type(start)(1, 1))
    mouse(room.view, QEvent.Type.MouseButtonRelease, start + type(start)(1, 1))
    assert box_of(room, 1) == (8, 8, 24, 24)
    assert room.tool.steps.now.off == (1,)


# --- With the keys ---


def test_keys_alone_walk_move_and_untick(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    room.key("Tab")
    room.key("Tab")
    assert room.tool.chosen == 2
    room.key("Right")
    room.key("Down", SHIFT)
    assert box_of(room, 2) == (37, 18, 57, 38)
    room.key("Right", ALT)
    assert box_of(room, 2) == (37, 18, 58, 38)
    room.key("Delete")
    room.key("Tab")
    room.key("Space")
    assert room.tool.steps.now.off == (2, 3)


def test_tab_goes_on_to_the_bar_after_the_last_box(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    room.view.setFocus()
    for _ in range(4):
        room.key("Tab")
    assert room.tool.chosen == 0
    assert not room.view.hasFocus()


def test_delete_takes_away_what_was_added(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    room.key("N")
    assert len(room.tool.marks) == 4
    room.key("Delete")
    before = room.document.graph
    room.key("Enter")
    assert room.document.graph is before


def test_undo_and_redo_are_those_of_the_tool(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    position = room.document.position
    room.click(16, 16)
    room.click(46, 18)
    room.key("Z", CTRL)
    assert room.tool.steps.now.off == (1,)
    room.key("Y", CTRL)
    assert room.tool.steps.now.off == (1, 2)
    room.studio.actions.trigger("shapes.reset")
    assert room.tool.kept == BoxEdits()
    assert room.document.position == position


def test_a_run_of_arrows_is_one_step(room: Workroom) -> None:
    room.begin("filter", COMMAND)
    room.key("Tab")
    for _ in range(5):
        room.key("Right")
    room.key("Z", CTRL)
    assert box_of(room, 1) == (8, 8, 24, 24)


def test_esc_leaves_no_trace(room: Workroom) -> None:
    before = room.document.graph
    room.begin("filter", COMMAND)
    room.click(16, 16)
    room.key("Esc")
    assert room.boxes.tool is None
    assert room.document.graph is before


def test_nothing_done_is_no_step(room: Workroom) -> None:
    before = room.document.graph
    room.begin("filter", COMMAND)
    room.key("Enter")
    assert room.document.graph is before


# --- What may be in the way ---


def test_boxes_inside_a_sub_graph_are_edited_as_well(room: Workroom) -> None:
    graph = room.document.graph
    spec_of = room.session.spec_of(room.document)
    made, user = sub_graphs.made(graph, {"grey", "detect", "filter"}, "Find", spec_of)
    room.document.edit("Make sub-graph", made)
    room.document.enter(user)
    room.desktop.run()
    room.choose("filter")
    seen(room, 3)
    room.begin("filter", COMMAND)
    room.click(16, 16)
    room.key("Enter")
    assert room.document.scene.nodes["filter"].params["edits"]["off"] == [1]


def test_edits_for_other_detections_are_told_and_kept_as_far_as_they_fit(room: Workroom) -> None:
    edits = {"made_for": "old.detections", "off": [1, 9], "moved": {"2": [0, 0, 9, 9]}}
    room.set("filter", "edits", edits)
    room.begin("filter", COMMAND)
    bar = room.boxes.bar
    room.desktop.wait(lambda: bar.warning.isVisible())  # type: ignore[union-attr]
    assert bar.warning.text() == "made for other detections"  # type: ignore[union-attr]
    room.key("Enter")
    key = room.session.key(room.document, "detect")
    assert room.param("filter") == {
        "made_for": f"{key}.detections", "off": [1], "moved": {"2": [0, 0, 9, 9]},
    }  # fmt: skip


def shown_issues(room: Workroom, edits: dict[str, Any]) -> RowList:
    """Run with edits that a node warns of, and show the issues."""
    room.set("filter", "edits", edits)
    room.desktop.run()
    panel = IssuesPanel(room.studio)
    shown(panel, room.bot)
    room.desktop.wait(lambda: "W_EDITS" in [issue.code for issue in panel.list.items])
    return panel.list


def warned(rows: RowList) -> int:
    return [issue.code for issue in rows.items].index("W_EDITS")


def test_one_click_drops_edits_for_other_detections(room: Workroom) -> None:
    rows = shown_issues(room, {"made_for": "old.detections", "off": [1]})
    press_spot(rows, warned(rows), "fix")
    assert "edits" not in room.document.graph.nodes["filter"].params


def test_one_click_shows_edits_for_other_detections_and_enter_keeps_them(room: Workroom) -> None:
    rows = shown_issues(room, {"made_for": "old.detections", "off": [1]})
    press_spot(rows, warned(rows), "command")
    room.desktop.wait(lambda: room.boxes.tool is not None)
    room.key("Enter")
    key = room.session.key(room.document, "detect")
    assert room.param("filter") == {"made_for": f"{key}.detections", "off": [1]}


def test_edits_of_which_some_count_are_only_shown(room: Workroom) -> None:
    rows = shown_issues(room, {"off": [1, 9]})
    row = warned(rows)
    spots = rows._painter.spots(rows.visualRect(rows.model().index(row, 0)), rows.items[row])
    assert [spot.name for spot in spots] == ["command"]


def test_before_anything_was_found_it_says_what_to_do(room: Workroom) -> None:
    room.set("detect", "boxes", "1 1 9 9 cat")
    room.choose("filter")
    room.studio.actions.trigger(COMMAND)
    room.desktop.wait(lambda: bool(room.desktop.said))
    assert "run the graph" in room.desktop.said[-1].text
    assert room.boxes.tool is None


def test_the_command_needs_a_node_with_boxes(room: Workroom) -> None:
    room.choose("grey")
    assert not room.studio.actions.enabled(COMMAND)
    assert not room.studio.actions.enabled("shapes.done")


def test_many_boxes_are_painted_quickly(room: Workroom) -> None:
    items = tuple(
        Detection((x, y, x + 9, y + 9), "thing", 0.5, (), 1 + x + 100 * y)
        for x in range(0, 400, 10) for y in range(0, 100, 10)
    )  # fmt: skip
    tool = BoxTool(room.studio.looks, Detections((items,), (400, 400), key="k"), BoxEdits(), 0)
    room.begin("filter", COMMAND)
    room.view.hand = tool
    room.view.grab()
    start = thread_time()
    tool.move(room.at(0, 0))
    room.view.grab()
    assert thread_time() - start < 0.1
    room.view.hand = room.boxes.tool


def test_boxes_are_said_in_words() -> None:
    assert described(()) == ""
