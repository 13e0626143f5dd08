"""The form of a graph, used like a simple program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node, Port, SubGraph
from studio.ui.documents.document import Document
from studio.ui.inspector.form import FormPanel, entries, moved
from studio.ui.inspector.form_row import FormRow
from studio.ui.studio import Studio
from tests.ui.inspector.conftest import QuietSession, focused

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
FORM = ("a.width", "a.steps", "b.steps", "sub.port")


@pytest.fixture
def document(studio: Studio) -> Document:
    inner = SubGraph(
        "Inner", {"port": Port("Size", "int", ("x.width",))}, {}, Graph({"x": Node("kinds.shared")})
    )
    nodes = {
        "a": Node("kinds.shared", title="First"),
        "b": Node("kinds.numbers", params={"steps": 30}),
        "sub": Node("graph:inner"),
    }
    graph = Graph(nodes, graphs={"inner": inner}, form=(*FORM, "gone.width"))
    return studio.documents.add(graph, "My app")


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, document: Document) -> FormPanel:
    made = FormPanel(studio)
    made.resize(380, 700)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def labels(panel: FormPanel) -> list[str]:
    return [row.row.label for row in panel.rows]


def line(panel: FormPanel, entry: str) -> FormRow:
    return next(row for row in panel.rows if row.entry == entry)


def test_promoted_parameters_have_rows_also_those_of_sub_graphs(panel: FormPanel) -> None:
    assert labels(panel) == ["width", "First steps", "Numbers steps", "Size"]


def test_the_foot_says_what_a_form_is_until_a_line_is_pointed_at(panel: FormPanel) -> None:
    assert "inspector adds it here" in panel.foot.help


def test_entries_that_name_nothing_are_left_out(studio: Studio, document: Document) -> None:
    found = entries(document.graph, studio.session.spec_of(document))
    assert [entry.text for entry in found] == list(FORM)


def test_a_value_is_edited_in_the_document(panel: FormPanel, document: Document) -> None:
    editor = line(panel, "sub.port").row.editor
    assert editor
    editor.start()
    QTest.keyClicks(focused(), "1024")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert document.graph.nodes["sub"].params == {"port": 1024}


def test_the_form_works_while_a_sub_graph_is_shown(panel: FormPanel, document: Document) -> None:
    document.enter("sub")
    editor = line(panel, "a.width").row.editor
    assert editor
    editor.start()
    QTest.keyClicks(focused(), "640")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert document.graph.nodes["a"].params == {"width": 640}


def test_lines_are_moved_by_the_arrows_and_keep_the_keyboard(
    panel: FormPanel, document: Document
) -> None:
    line(panel, "a.width").grip.setFocus()
    QTest.keyClick(line(panel, "a.width").grip, Qt.Key.Key_Down)
    assert document.graph.form[:2] == ("a.steps", "a.width")
    assert line(panel, "a.width").grip.hasFocus()


def test_lines_are_moved_by_dragging_them(panel: FormPanel, document: Document) -> None:
    grip = line(panel, "a.width").grip
    QTest.mousePress(grip, LEFT, NONE, QPoint(8, 12))
    for _ in range(10):
        QTest.mouseMove(grip, QPoint(8, 20))
    QTest.mouseRelease(grip, LEFT, NONE, QPoint(8, 12))
    assert document.graph.form[0] == "a.steps"
    assert document.steps[-1] == "Move in form"


def test_a_line_is_removed_and_comes_back_by_undo(panel: FormPanel, document: Document) -> None:
    line(panel, "a.steps").remove.click()
    assert labels(panel) == ["width", "steps", "Size"]
    document.undo()
    assert len(panel.rows) == 4


def test_a_document_without_a_form_shows_no_lines_of_another(
    panel: FormPanel, studio: Studio, document: Document
) -> None:
    studio.documents.new()
    assert panel.rows == ()
    studio.documents.set_current(document)
    assert len(panel.rows) == 4


def test_moving_keeps_all_lines() -> None:
    assert moved(("a", "b", "c"), "a", 2) == ("b", "c", "a")
    assert moved(("a", "b", "c"), "c", -5) == ("c", "a", "b")


def test_the_button_runs_the_graph(
    panel: FormPanel, document: Document, session: QuietSession
) -> None:
    QTest.mouseClick(panel.run, LEFT)
    assert session.ran == [document]


def test_the_last_picture_is_shown(
    panel: FormPanel, document: Document, session: QuietSession
) -> None:
    red = QImage(64, 64, QImage.Format.Format_RGB32)
    red.fill(QColor(255, 0, 0))
    session.pictures["b"] = red
    session.pictures_changed.emit(document, frozenset({"b"}))
    shown = panel.grab().toImage()
    center = panel.picture_rect.center()
    assert shown.pixelColor(center) == QColor(255, 0, 0)


def test_the_picture_leaves_the_lines_most_of_a_small_panel(panel: FormPanel) -> None:
    panel.resize(380, 300)
    above = panel.picture_rect.top() - panel.run.geometry().bottom()
    assert 0 < panel.picture_rect.height() < above
