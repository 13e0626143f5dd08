"""Results that are numbers or texts, read in the viewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.ui.gallery.said import Said
from studio.ui.gallery.viewer import ViewerPanel
from tests.engine.cheap import graph_of
from tests.ui.engines import Desktop
from tests.ui.gallery.conftest import Room, bright
from tests.ui.journey.desk import desk_in


def numbers(**more: Node) -> Graph:
    """Return a number that is doubled and shown."""
    nodes = {"scale": Node("test.scale", params={"value": 21.0}), "show": Node("test.show"), **more}
    return graph_of(nodes, "scale.value -> show.value")


class Reader(Room):
    """A desktop with a viewer that reads."""

    def __init__(self, desktop: Desktop, bot: QtBot) -> None:
        super().__init__(desktop, bot)
        self.said = Said(self.studio, self.viewer)

    def choose(self, *nodes: str) -> None:
        self.document.select(Selection(frozenset(nodes)))


@pytest.fixture
def reader(tmp_path: Path, qtbot: QtBot) -> Iterator[Reader]:
    made = Reader(Desktop(tmp_path, qtbot, numbers()), qtbot)
    yield made
    made.close()


def test_the_number_of_the_chosen_node_is_read_and_named(reader: Reader) -> None:
    reader.choose("scale")
    before = reader.said.isVisible()
    reader.desktop.run()
    reader.desktop.until("show", "fresh")
    assert not before
    assert reader.said.isVisible()
    assert reader.said.size() == reader.viewer.body.size()
    assert (reader.said.title.text(), reader.said.text.toPlainText()) == ("Scale", "42")
    assert reader.said.text.accessibleName() == "Result of Scale"
    assert reader.viewer.choice.text() == "Scale"


def test_a_graph_without_pictures_shows_what_it_said_last(reader: Reader) -> None:
    reader.desktop.run()
    reader.desktop.wait(reader.said.isVisible)
    assert reader.said.title.text() == "Show"
    assert reader.said.text.toPlainText() == "42"


def test_a_number_that_is_out_of_date_says_so(reader: Reader) -> None:
    reader.choose("show")
    reader.desktop.run()
    reader.desktop.until("show", "fresh")
    reader.set("scale", "value", 4.0)
    reader.desktop.wait(lambda: reader.said.title.text() == "Show, needs a run")
    assert reader.said.text.toPlainText() == "42"


def test_the_text_is_selected_and_copied_with_keys(reader: Reader) -> None:
    reader.choose("scale")
    reader.desktop.run()
    reader.desktop.wait(reader.said.isVisible)
    QTest.keyClick(reader.said.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(reader.said.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    by_keys = QGuiApplication.clipboard().text()
    QTest.keyClick(reader.said.text, Qt.Key.Key_X)
    assert (by_keys, reader.said.text.toPlainText()) == ("42", "42")


def test_a_click_copies_all(reader: Reader) -> None:
    reader.choose("scale")
    reader.desktop.run()
    reader.desktop.wait(reader.said.isVisible)
    QGuiApplication.clipboard().setText("")
    QTest.mouseClick(reader.said.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "42"


def test_pictures_come_back_with_their_nodes_and_a_pin_keeps_them(
    tmp_path: Path, qtbot: QtBot
) -> None:
    pictures = bright()
    graph = graph_of({**pictures.nodes, **numbers().nodes}, "scale.value -> show.value")
    for link in pictures.links:
        graph = graph.with_link(link)
    room = Reader(Desktop(tmp_path, qtbot, graph), qtbot)
    try:
        room.run()
        seen = [room.said.isVisible()]
        for node in ("scale", "add", "scale"):
            room.choose(node)
            seen.append(room.said.isVisible())
        room.viewer.set_pinned(True)
        seen.append(room.said.isVisible())
        assert seen == [False, True, False, True, False]
        assert room.viewer.choice.text() == room.viewer.following.source.title
    finally:
        room.close()


def test_a_click_on_a_node_of_the_canvas_shows_its_text_in_the_viewer(
    tmp_path: Path, real_registry: Registry, qtbot: QtBot
) -> None:
    nodes = {"text": Node("logic.text", params={"value": "a cliff"}), "show": Node("output.show")}
    graph = graph_of(nodes, "text.value -> show.value")
    with desk_in(tmp_path, real_registry, qtbot, process=True) as desk:
        document = desk.studio.documents.add(graph, "Words")
        desk.wait(lambda: desk.document is document)
        desk.studio.actions.trigger("run.all")
        desk.wait(lambda: desk.canvas.scene.state("show").words == "a cliff", 60_000)
        desk.hands.click(desk.hands.header("show"))
        viewer = desk.window.docks.items["viewer"].panel
        assert isinstance(viewer, ViewerPanel)
        said = viewer.body.findChild(Said)
        assert said is not None
        desk.wait(said.isVisible)
        assert said.text.toPlainText() == "a cliff"
        assert desk.canvas.scene.layout("show").words is not None
