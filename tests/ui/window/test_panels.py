"""The panels of queue, issues and log, with real clicks and keys."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.core.graph import Link, Node
from studio.engine.events import NodeStarted
from studio.ui.rows import RowList
from studio.ui.window.issues_panel import IssuesPanel
from studio.ui.window.log_panel import LogPanel
from studio.ui.window.queue_panel import QueuePanel
from tests.ui.engines import Desktop, pictures


@pytest.fixture
def desktop(tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    made = Desktop(tmp_path, qtbot, pictures())
    yield made
    made.close()


def shown(panel: QWidget, bot: QtBot) -> None:
    """Show a panel as the window does."""
    bot.addWidget(panel)
    panel.resize(640, 200)
    panel.show()
    bot.waitExposed(panel)


def press_spot(rows: RowList, row: int, name: str) -> None:
    """Click a button in a row."""
    rect = rows.visualRect(rows.model().index(row, 0))
    spots = rows._painter.spots(rect, rows.items[row])
    at = next(spot.rect.center() for spot in spots if spot.name == name)
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)


def press_row(rows: RowList, row: int) -> None:
    """Click a row where no button is."""
    rect = rows.visualRect(rows.model().index(row, 0))
    at = QPoint(rect.left() + 80, rect.center().y())
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)


def fill(desktop: Desktop) -> None:
    """Let one run work and two wait."""
    desktop.until("save", "stale")
    desktop.held_at = lambda event: isinstance(event, NodeStarted)
    desktop.session.run(desktop.document)
    desktop.wait(lambda: desktop.session.active is not None)
    desktop.session.run(desktop.document, ["seeded"])
    desktop.session.run(desktop.document, ["grey"])


def whats(panel: QueuePanel) -> list[str]:
    """Return what the rows of the queue say."""
    return [run.what for run in panel.list.items]


def test_the_queue_lists_runs_in_their_order(desktop: Desktop, qtbot: QtBot) -> None:
    panel = QueuePanel(desktop.studio())
    shown(panel, qtbot)
    fill(desktop)
    assert whats(panel) == ["all", "to Seeded", "to Grey"]
    assert panel.count == 3
    desktop.session.cancel_all()
    desktop.wait(lambda: panel.count == 0)


def test_finished_runs_can_be_cleared_as_soon_as_there_are_some(
    desktop: Desktop, qtbot: QtBot
) -> None:
    panel = QueuePanel(desktop.studio())
    shown(panel, qtbot)
    clear = panel.header_widgets[1]
    assert (clear.accessibleName(), clear.isEnabled()) == ("Clear finished runs", False)
    desktop.run("grey")
    assert clear.isEnabled()


def test_a_click_on_the_cross_takes_a_run_out(desktop: Desktop, qtbot: QtBot) -> None:
    panel = QueuePanel(desktop.studio())
    shown(panel, qtbot)
    fill(desktop)
    press_spot(panel.list, 2, "cancel")
    desktop.wait(lambda: desktop.over == ["cancelled"])
    desktop.session.cancel_all()
    desktop.wait(lambda: len(desktop.over) == 3)


def test_alt_and_an_arrow_moves_a_waiting_run(desktop: Desktop, qtbot: QtBot) -> None:
    panel = QueuePanel(desktop.studio())
    shown(panel, qtbot)
    fill(desktop)
    press_row(panel.list, 2)
    QTest.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert whats(panel) == ["all", "to Grey", "to Seeded"]
    assert panel.list.currentIndex().row() == 1
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    desktop.wait(lambda: desktop.over == ["cancelled"])
    desktop.session.cancel_all()
    desktop.wait(lambda: len(desktop.over) == 3)


def test_a_dropped_row_takes_its_new_place(desktop: Desktop, qtbot: QtBot) -> None:
    panel = QueuePanel(desktop.studio())
    shown(panel, qtbot)
    fill(desktop)
    model = panel.list.model()
    data = model.mimeData([model.index(2, 0)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, model.index(-1, -1))
    assert whats(panel) == ["all", "to Grey", "to Seeded"]
    desktop.session.cancel_all()
    desktop.wait(lambda: len(desktop.over) == 3)


def test_an_issue_is_gone_to_by_a_click(desktop: Desktop, qtbot: QtBot) -> None:
    panel = IssuesPanel(desktop.studio())
    shown(panel, qtbot)
    graph = desktop.document.graph.with_param("seeded", "seed", -5)
    desktop.document.edit("Set seed", graph)
    desktop.wait(lambda: any(issue.code == "G004" for issue in panel.list.items))
    press_row(panel.list, 0)
    assert desktop.document.state.selection.nodes == {"seeded"}


def test_one_click_puts_a_value_right(desktop: Desktop, qtbot: QtBot) -> None:
    panel = IssuesPanel(desktop.studio())
    shown(panel, qtbot)
    desktop.document.edit("Set seed", desktop.document.graph.with_param("seeded", "seed", -5))
    desktop.wait(lambda: any(issue.code == "G004" for issue in panel.list.items))
    press_spot(panel.list, 0, "fix")
    assert desktop.document.graph.nodes["seeded"].params["seed"] == 0
    desktop.wait(lambda: not any(issue.code == "G004" for issue in panel.list.items))


def test_issues_can_be_filtered(desktop: Desktop, qtbot: QtBot) -> None:
    panel = IssuesPanel(desktop.studio())
    shown(panel, qtbot)
    graph = desktop.document.graph.with_node("none", Node("no.such"))
    graph = graph.with_link(Link.parse("grey.image -> none.image"))
    desktop.document.edit("Add", graph.with_param("seeded", "seed", -5))
    desktop.wait(lambda: len(panel.list.items) >= 2)
    panel.filter.toggle.click()
    QTest.keyClicks(panel.filter.field, "no.such")
    assert [issue.place.node for issue in panel.list.items] == ["none"]
    assert panel.counts()["error"] >= 2


def test_the_log_shows_and_copies_lines(desktop: Desktop, qtbot: QtBot) -> None:
    logging.getLogger().setLevel(logging.INFO)
    panel = LogPanel(desktop.studio())
    shown(panel, qtbot)
    logging.getLogger("studio.worker").info("the worker says hello")
    desktop.wait(lambda: any("hello" in line.text for line in panel.list.items))
    panel.list.selectAll()
    QTest.keyClick(panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "worker: the worker says hello" in QGuiApplication.clipboard().text()


def test_run_commands_run_and_stop(desktop: Desktop) -> None:
    studio = desktop.studio()
    desktop.held_at = lambda event: isinstance(event, NodeStarted)
    assert not studio.actions.enabled("run.cancel")
    assert studio.actions.trigger("run.all")
    desktop.wait(lambda: desktop.session.active is not None)
    assert studio.actions.trigger("run.cancel")
    desktop.wait(lambda: desktop.over == ["cancelled"])
    assert studio.actions.trigger("run.live")
    assert studio.actions.checked("run.live")
    assert studio.actions.trigger("run.live")
