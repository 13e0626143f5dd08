"""The viewer over real results: what it shows, and how two of them are compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from studio.canvas.state import Selection
from studio.core.graph import Node
from studio.engine.events import NodeProgress
from studio.facts.pictures import read_carried
from studio.ui.gallery.display import Shown
from studio.ui.gallery.sides import Side
from tests.engine.cheap import graph_of
from tests.ui.gallery.conftest import SIDE, Room, drag, hover


def color_at(room: Room, at: QPointF) -> QColor:
    image: QImage = room.view.grab().toImage()
    return image.pixelColor(at.toPoint() * room.view.devicePixelRatio())


def two_results(room: Room) -> None:
    """Run twice: A is brighter than B."""
    room.set("add", "amount", 0.0)
    room.run()
    room.set("add", "amount", 0.5)
    room.run()


def test_without_a_result_it_offers_to_run(room: Room) -> None:
    assert room.viewer.stack.currentWidget() is room.viewer.empty
    assert not room.studio.actions.enabled("viewer.fit")


def test_a_result_is_shown_when_it_is_made_and_its_pixels_can_be_read(room: Room) -> None:
    room.run()
    assert room.viewer.stack.currentWidget() is room.view
    assert room.viewer.facts.size_text == f"{SIDE} x {SIDE}"
    hover(room.view, room.view.origin + QPointF(10.5, 20.5) * room.view.zoom)
    assert room.viewer.facts.place == (10, 20)
    assert room.viewer.facts.values_text == "0.750  0.750  0.750"
    grey = color_at(room, QPointF(room.view.rect().center()))
    assert grey.red() == grey.green() == grey.blue() == round(0.75 * 255)


def test_values_beyond_white_are_told_as_they_are(room: Room) -> None:
    room.set("add", "amount", 2.0)
    room.run()
    hover(room.view, room.view.rect().center())
    assert room.viewer.facts.values_text == "2.250  2.250  2.250"


def test_it_follows_the_chosen_node_and_a_pin_keeps_it(room: Room) -> None:
    room.run()
    room.document.select(Selection(frozenset({"grey"})))
    room.shown()
    assert float(room.view.a.shown.values.mean()) == pytest.approx(0.25)
    room.studio.actions.trigger("viewer.pin")
    room.document.select(Selection(frozenset({"add"})))
    assert room.viewer.following.source.node == "grey"
    room.studio.actions.trigger("viewer.pin")
    room.shown()
    assert float(room.view.a.shown.values.mean()) == pytest.approx(0.75)


def test_an_effect_stands_for_what_it_takes_in(room: Room) -> None:
    room.document.select(Selection(frozenset({"save"})))
    assert room.viewer.following.source.title.endswith("image")
    assert room.viewer.following.source.node == "add"


def test_the_menu_of_sources_pins_what_is_chosen(room: Room) -> None:
    assert [source.node for source in room.viewer.following.all()] == ["grey", "add"]
    room.viewer.choice.open_menu()
    menu = next(iter(room.viewer.choice.children()))
    menu.actions()[0].trigger()
    menu.close()
    assert room.viewer.following.pinned
    assert room.viewer.following.source.node == "grey"


def test_the_wheel_zooms_at_the_pointer_and_fit_shows_all(room: Room) -> None:
    room.run()
    at = QPointF(100, 120)
    before = room.view.to_picture(at)
    room.view.zoom_at(at, 3.0)
    after = room.view.to_picture(at)
    assert (after - before).manhattanLength() == pytest.approx(0, abs=1e-6)
    room.studio.actions.trigger("viewer.one")
    assert room.view.zoom * room.view.devicePixelRatioF() == pytest.approx(1)
    room.studio.actions.trigger("viewer.fit")
    assert room.view.zoom * SIDE == pytest.approx(min(room.view.width(), room.view.height()))


def test_a_drag_pans(room: Room) -> None:
    room.run()
    origin = QPointF(room.view.origin)
    drag(room.view, QPointF(100, 100), QPointF(130, 90))
    assert room.view.origin - origin == QPointF(30, -10)


def test_a_run_keeps_zoom_and_place(room: Room) -> None:
    room.run()
    room.view.zoom_at(QPointF(50, 50), 3.0)
    zoom, origin = room.view.zoom, QPointF(room.view.origin)
    room.set("add", "amount", 0.1)
    room.run()
    assert (room.view.zoom, room.view.origin) == (zoom, origin)


def test_the_wipe_is_dragged_and_moved_by_keys(room: Room) -> None:
    two_results(room)
    room.studio.actions.trigger("viewer.compare")
    room.desktop.wait(lambda: room.view.b is not None)
    middle = QPointF(room.view.rect().center())
    assert color_at(room, middle - QPointF(40, 0)).red() == round(0.75 * 255)
    assert color_at(room, middle + QPointF(40, 0)).red() == round(0.25 * 255)
    drag(room.view, middle, middle + QPointF(80, 0))
    assert color_at(room, middle + QPointF(40, 0)).red() == round(0.75 * 255)
    split = room.view.split
    QTest.keyClick(room.view, Qt.Key.Key_Left)
    assert room.view.split == pytest.approx(split - 0.05)


def test_a_difference_is_amplified(room: Room) -> None:
    two_results(room)
    room.set("add", "amount", 0.49)
    room.run()
    room.studio.actions.trigger("viewer.difference")
    apart = pytest.approx(0.01, abs=1e-6)
    room.desktop.wait(lambda: float(room.view.a.shown.values.max()) == apart)
    room.studio.actions.trigger("viewer.gain")
    more = pytest.approx(0.04, abs=1e-6)
    room.desktop.wait(lambda: float(room.view.a.shown.values.max()) == more)


def test_pictures_of_two_sizes_have_no_difference(room: Room) -> None:
    room.run()
    room.set("grey", "size", SIDE // 2)
    room.run()
    room.studio.actions.trigger("viewer.difference")
    room.desktop.wait(lambda: bool(room.desktop.said))
    assert "have no difference" in room.desktop.said[-1].text
    assert room.view.mode == "wipe"


def test_a_wipe_keeps_the_proportions_of_both(room: Room) -> None:
    room.run()
    view = room.view
    wide = Side(Shown(np.full((30, 60, 3), 1.0, np.float32)))
    high = Side(Shown(np.full((60, 15, 3), 0.5, np.float32)))
    view.set_mode("wipe")
    view.show_pictures(wide, high)
    middle = QPointF(view.rect().center())
    ground = room.studio.looks.theme.color("bg.viewer")
    in_a, in_b, beside = QPointF(-10, 0), QPointF(5, 0), QPointF(100, 0)
    assert color_at(room, middle + in_a).red() == 255
    assert color_at(room, middle + in_b).red() == round(0.5 * 255)
    assert color_at(room, middle + beside) == ground


def test_a_picture_of_another_node_fades_until_the_named_one_is_read(room: Room) -> None:
    room.run()
    at = QPointF(room.view.rect().center())
    bright = color_at(room, at).red()
    ask, waiting = room.viewer.pictures.ask, []
    room.viewer.pictures.ask = lambda *asked: waiting.append(asked)
    room.document.select(Selection(frozenset({"grey"})))
    room.desktop.wait(lambda: room.view.is_late)
    assert color_at(room, at).red() < bright
    room.document.select(Selection(frozenset({"add"})))
    assert not room.view.is_late
    wanted, done = waiting[0]
    came: list[Shown | None] = []
    ask(wanted, came.append)
    room.desktop.wait(lambda: bool(came))
    done(came[0])
    assert color_at(room, at).red() == bright


def test_flicker_shows_both_in_turns(room: Room) -> None:
    two_results(room)
    room.studio.actions.trigger("viewer.flicker")
    room.desktop.wait(lambda: room.view.b is not None)
    middle = QPointF(room.view.rect().center())
    seen = set()

    def both() -> bool:
        seen.add(color_at(room, middle).red())
        return len(seen) == 2

    room.desktop.wait(both)
    assert seen == {round(0.25 * 255), round(0.75 * 255)}
    room.studio.actions.trigger("viewer.flicker")


def test_comparing_needs_two_results(room: Room) -> None:
    room.run()
    room.studio.actions.trigger("viewer.compare")
    assert room.view.mode == "one"
    assert "once more" in room.desktop.said[-1].text


def test_results_are_kept_and_shown_again(room: Room) -> None:
    two_results(room)
    assert len(room.viewer.past.items) == 2
    room.studio.actions.trigger("viewer.older")
    room.desktop.wait(lambda: float(room.view.a.shown.values.mean()) == 0.25)
    room.viewer.past.setFocus()
    QTest.keyClick(room.viewer.past, Qt.Key.Key_Left)
    room.desktop.wait(lambda: float(room.view.a.shown.values.mean()) == 0.75)


def test_a_click_shows_a_past_result_and_shift_compares_with_it(room: Room) -> None:
    two_results(room)
    older = room.viewer.past._rect(1).center()
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(room.viewer.past, left, shift, older)
    room.desktop.wait(lambda: room.view.b is not None)
    assert room.viewer.past.b == room.viewer.past.items[1].name
    room.studio.actions.trigger("viewer.swap")
    room.desktop.wait(lambda: float(room.view.a.shown.values.mean()) == 0.25)
    assert float(room.view.b.shown.values.mean()) == 0.75


def test_a_past_result_offers_what_can_be_done_with_it(room: Room) -> None:
    room.run()
    room.viewer.past.setFocus()
    here = room.viewer.past._rect(0).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(room.viewer.past, QContextMenuEvent(reason, here, here))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Show" in [action.text() for action in menu.actions()]
    menu.close()


def test_the_graph_of_a_past_result_opens_as_it_was(room: Room) -> None:
    two_results(room)
    room.studio.actions.trigger("viewer.older")
    room.desktop.wait(lambda: room.viewer.past_shown() is room.viewer.past.items[1])
    room.studio.actions.trigger("viewer.open_graph")
    opened = room.studio.documents.current
    assert opened is not room.document
    assert opened.graph.nodes["add"].params["amount"] == 0.0


def test_a_picture_is_copied_and_saved_with_its_graph(room: Room, tmp_path: Path) -> None:
    room.run()
    room.studio.actions.trigger("viewer.copy")
    copied = QGuiApplication.clipboard().image()
    assert copied.pixelColor(3, 3).red() == round(0.75 * 255)
    path = tmp_path / "kept.png"
    room.studio.questions.save_file = lambda *asked: asked[-1](path)
    room.studio.actions.trigger("viewer.save_as")
    room.desktop.wait(lambda: any("kept.png" in said.text for said in room.desktop.said))
    assert '"test.add"' in read_carried(path).graph


def test_an_edit_keeps_the_last_picture_until_there_is_another(room: Room) -> None:
    room.run()
    room.set("add", "amount", 0.125)
    assert room.view.a is not None
    assert float(room.view.a.shown.values.mean()) == 0.75


def test_what_is_in_the_making_is_shown_in_the_size_of_the_last(room: Room) -> None:
    graph = graph_of(
        {"grey": Node("test.grey", params={"size": SIDE}), "slow": Node("test.slow")},
        "grey.image -> slow.image",
    )
    room.document.edit("Slow", graph)
    room.run()
    room.set("slow", "steps", 3)
    room.desktop.held_at = lambda event: isinstance(event, NodeProgress)
    room.desktop.engine.go.clear()
    room.session.run(room.document)
    room.desktop.wait(lambda: room.view.a is not None and room.view.a.is_small)
    assert room.view.a.size == (SIDE, SIDE)
    assert room.viewer.facts.size_text == "preview"
    hover(room.view, room.view.rect().center())
    assert room.viewer.facts.place is None
    room.desktop.held_at = lambda event: False
    room.desktop.engine.go.set()
    room.shown()
    room.desktop.wait(lambda: not room.view.a.is_small)


def test_the_picture_fills_the_screen_and_comes_back(room: Room) -> None:
    room.run()
    room.studio.actions.trigger("viewer.full_screen")
    window = room.viewer.body.window()
    assert window is not room.viewer
    QTest.keyClick(room.view, Qt.Key.Key_Escape)
    assert room.viewer.body.window() is room.viewer
    assert room.viewer.body.isVisible()
