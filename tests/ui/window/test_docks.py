"""Panels: made when they are first seen, folded, opened at the side, and put back where they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.studio import Studio
from studio.ui.window.dock import BOTTOM, PanelSpec
from studio.ui.window.dock_header import HeaderTab
from studio.ui.window.docks import Docks
from studio.ui.window.drawer import Drawer

MADE: list[str] = []


class Panel(QWidget):
    count_changed = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.count = 2
        self.button = QWidget()
        self.header_widgets = (self.button,)
        MADE.append(name)


def spec(name: str, area: str) -> PanelSpec:
    return PanelSpec(name, name.title(), "ph.cube", area, lambda _: Panel(name))  # type: ignore[arg-type]


SPECS = (
    spec("viewer", "right_top"), spec("inspector", "right_bottom"), spec("form", "right_bottom"),
    spec("queue", "bottom_left"), spec("issues", "bottom_right"), spec("log", "bottom_right"),
    spec("nodes", "side"), spec("history", "side"),
)  # fmt: skip


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    made.setAnimated(False)
    made.setCentralWidget(QWidget())
    made.resize(1600, 1000)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def docks(studio: Studio, window: QMainWindow, qtbot: QtBot) -> Iterator[Docks]:
    MADE.clear()
    made = Docks(studio, window, SPECS)
    with qtbot.waitExposed(window):
        window.show()
    made.resize()
    qtbot.waitUntil(lambda: "queue" in MADE)
    yield made
    window.close()


def test_panels_behind_others_or_closed_are_not_made(docks: Docks) -> None:
    assert set(MADE) == {"viewer", "inspector", "queue", "issues"}


def test_a_panel_that_is_brought_is_made_and_in_front(docks: Docks, qtbot: QtBot) -> None:
    docks.items["log"].bring()
    qtbot.waitUntil(lambda: docks.items["log"].is_front)
    assert "log" in MADE
    qtbot.waitUntil(lambda: not docks.items["issues"].is_front)


def test_the_header_has_a_tab_for_each_panel_of_its_place(docks: Docks, qtbot: QtBot) -> None:
    def titles() -> list[str]:
        return [tab.text() for tab in docks.items["issues"].header.findChildren(HeaderTab)]

    qtbot.waitUntil(lambda: titles() == ["Issues", "Log"])


def test_a_click_on_a_tab_brings_its_panel(docks: Docks, qtbot: QtBot) -> None:
    header = docks.items["issues"].header
    qtbot.waitUntil(lambda: len(header.findChildren(HeaderTab)) == 2)
    QTest.mouseClick(header.findChildren(HeaderTab)[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: docks.items["log"].is_front)


def test_the_header_says_how_much_is_in_the_panel(docks: Docks, qtbot: QtBot) -> None:
    header = docks.items["queue"].header
    assert header.count == 2
    panel = docks.items["queue"].panel
    assert isinstance(panel, Panel)
    panel.count_changed.emit(5)
    qtbot.waitUntil(lambda: header.findChildren(HeaderTab)[0].accessibleName() == "Queue, 5")


def test_the_header_carries_the_buttons_of_the_panel(docks: Docks) -> None:
    panel = docks.items["queue"].panel
    assert isinstance(panel, Panel)
    assert panel.button.parent() is docks.items["queue"].header


def test_the_sizes_are_those_of_the_design(docks: Docks, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: abs(docks.items["viewer"].width() - 380) <= 4)
    assert abs(docks.items["queue"].height() - 188) <= 4
    column = docks.items["viewer"].height() + docks.items["inspector"].height()
    assert abs(docks.items["viewer"].height() / column - 452 / 932) < 0.02


def test_the_handles_between_panels_are_wide_enough_to_take(
    docks: Docks, window: QMainWindow
) -> None:
    viewer, below = docks.items["viewer"], docks.items["inspector"]
    assert viewer.x() - canvas_of(window).geometry().right() - 1 >= 7
    assert below.y() - viewer.geometry().bottom() - 1 >= 7


def test_folding_leaves_the_headers_and_unfolding_brings_the_height_back(
    docks: Docks, qtbot: QtBot
) -> None:
    before = docks.items["queue"].height()
    docks.fold(BOTTOM, True)
    qtbot.waitUntil(lambda: docks.items["queue"].height() == docks.items["queue"].header.height())
    docks.fold(BOTTOM, False)
    qtbot.waitUntil(lambda: docks.items["queue"].height() == before)


def test_a_double_click_on_a_header_folds_the_row(docks: Docks, qtbot: QtBot) -> None:
    header = docks.items["queue"].header
    QTest.mouseDClick(header, Qt.MouseButton.LeftButton, pos=header.rect().center())
    assert docks.items["queue"].is_folded
    assert docks.items["issues"].is_folded


def test_one_panel_is_open_at_the_side(docks: Docks, qtbot: QtBot) -> None:
    docks.choose_side("nodes")
    qtbot.waitUntil(lambda: docks.items["nodes"].is_front)
    docks.choose_side("history")
    qtbot.waitUntil(lambda: docks.items["history"].is_front)
    assert not docks.items["nodes"].is_open
    docks.choose_side("history")
    assert not docks.items["history"].is_open


def test_closing_the_right_column_and_opening_it_keeps_the_bottom_divided(
    docks: Docks, qtbot: QtBot
) -> None:
    def share() -> float:
        queue, issues = docks.items["queue"].width(), docks.items["issues"].width()
        return queue / (queue + issues)

    before = share()
    docks.open_column(False)
    qtbot.waitUntil(lambda: docks.items["issues"].geometry().right() > 1500)
    docks.open_column(True)
    qtbot.waitUntil(lambda: docks.items["viewer"].is_front)
    qtbot.waitUntil(lambda: abs(share() - before) < 0.03)


def canvas_of(window: QMainWindow) -> QWidget:
    canvas = window.centralWidget()
    assert canvas is not None
    return canvas


def slim(docks: Docks, window: QMainWindow, bot: QtBot) -> Drawer:
    """Make the window too narrow for the right column."""
    window.resize(1000, 700)
    docks.set_slim(True)
    bot.waitUntil(lambda: canvas_of(window).width() > 900)
    return docks.drawer


def wide(docks: Docks, window: QMainWindow) -> None:
    """Make it wide enough again."""
    window.resize(1600, 1000)
    docks.set_slim(False)


def test_the_right_column_is_as_it_was_after_a_narrow_window(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    viewer, form = docks.items["viewer"], docks.items["form"]
    before = viewer.size()
    drawer = slim(docks, window, qtbot)
    docks.open_column(True)
    form.bring()
    wide(docks, window)
    qtbot.waitUntil(lambda: viewer.is_front and form.is_front)
    assert not drawer.isVisible()
    qtbot.waitUntil(lambda: abs(viewer.height() - before.height()) <= 4)
    assert abs(viewer.width() - before.width()) <= 4
    assert not docks.items["inspector"].is_front


def test_a_column_that_was_closed_stays_so_after_a_narrow_window(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    docks.open_column(False)
    slim(docks, window, qtbot)
    docks.open_column(True)
    wide(docks, window)
    assert not docks.items["viewer"].is_open


def test_a_narrow_window_has_the_column_over_the_canvas(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    drawer = slim(docks, window, qtbot)
    canvas = canvas_of(window).geometry()
    docks.open_column(True)
    assert docks.items["viewer"].is_front
    assert docks.items["inspector"].is_front
    assert canvas_of(window).geometry() == canvas
    assert drawer.geometry().right() == window.rect().right()
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: drawer.geometry().right() == window.rect().right())


def test_a_panel_that_is_brought_opens_the_column_with_the_keyboard_in_it(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    drawer = slim(docks, window, qtbot)
    docks.items["form"].bring()
    assert docks.items["form"].is_front
    assert not docks.items["inspector"].is_front
    qtbot.waitUntil(lambda: drawer.has_keys)


def test_tabs_choose_in_the_column_over_the_canvas(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    slim(docks, window, qtbot)
    docks.open_column(True)
    header = docks.items["inspector"].header
    qtbot.waitUntil(lambda: len(header.findChildren(HeaderTab)) == 2)
    QTest.mouseClick(header.findChildren(HeaderTab)[1], Qt.MouseButton.LeftButton)
    assert docks.items["form"].is_front
    QTest.keyClick(docks.items["form"].header, Qt.Key.Key_Left)
    assert docks.items["inspector"].is_front


def test_the_edge_of_the_column_is_dragged_within_its_bounds(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    drawer = slim(docks, window, qtbot)
    docks.open_column(True)
    before = drawer.width()
    for by, wanted in ((60, before + 60), (999, 560 + 7), (-999, 300 + 7)):
        start = QPoint(2, 300)
        QTest.mousePress(drawer, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(drawer, start - QPoint(by, 0))
        QTest.mouseRelease(drawer, Qt.MouseButton.LeftButton, pos=start)
        assert drawer.width() == wanted


def test_a_panel_can_float_out_of_the_column_and_come_back(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    drawer = slim(docks, window, qtbot)
    viewer = docks.items["viewer"]
    docks.open_column(True)
    viewer._float()
    assert viewer.isFloating()
    assert viewer.isVisible()
    assert not drawer.isVisible()
    viewer._float()
    qtbot.waitUntil(lambda: viewer.lent is not None)
    docks.open_column(True)
    assert viewer.is_front


def test_a_layout_that_is_reset_in_a_narrow_window_stays_narrow(
    docks: Docks, window: QMainWindow, qtbot: QtBot
) -> None:
    drawer = slim(docks, window, qtbot)
    docks.open_column(True)
    docks.arrange()
    assert not drawer.isVisible()
    docks.open_column(True)
    assert drawer.isVisible()
    assert docks.items["inspector"].is_front


def test_the_layout_comes_back(
    docks: Docks, window: QMainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    docks.choose_side("nodes")
    docks.items["form"].bring()
    qtbot.waitUntil(lambda: docks.items["form"].is_front)
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("panels", window.saveState(1))
    settings.sync()
    docks.arrange()
    qtbot.waitUntil(lambda: docks.items["inspector"].is_front)
    read = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert window.restoreState(read.value("panels"), 1)
    qtbot.waitUntil(lambda: docks.items["form"].is_front)
    assert docks.items["nodes"].is_open
