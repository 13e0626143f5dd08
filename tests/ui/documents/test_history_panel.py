from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.ui.documents.document import Document
from studio.ui.documents.history_panel import HistoryPanel
from studio.ui.studio import Studio
from tests.ui.stores import rename


def states(panel: HistoryPanel) -> list[tuple[str, str]]:
    return [(step.name, step.state) for step in panel.list.items]


def test_the_steps_are_listed_with_where_the_document_is(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    panel = HistoryPanel(studio)
    qtbot.addWidget(panel)
    rename(document, "A")
    rename(document, "B")
    document.undo()
    assert states(panel) == [("Opened", "done"), ("Call it A", "here"), ("Call it B", "undone")]
    assert [step.saved for step in panel.list.items] == [True, False, False]


def test_a_click_goes_to_a_step(studio: Studio, document: Document, qtbot: QtBot) -> None:
    panel = HistoryPanel(studio)
    qtbot.addWidget(panel)
    for title in "ABC":
        rename(document, title)
    with qtbot.waitExposed(panel):
        panel.show()
    row = panel.list.visualRect(panel.list.model().index(1, 0))
    viewport = panel.list.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=row.center())
    assert document.graph.title == "A"
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert document.graph.title == ""


def test_another_document_has_another_history(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    panel = HistoryPanel(studio)
    qtbot.addWidget(panel)
    rename(document, "A")
    studio.documents.new()
    assert states(panel) == [("Opened", "here")]
    for item in studio.documents.items:
        studio.documents.close(item)
    assert states(panel) == []
