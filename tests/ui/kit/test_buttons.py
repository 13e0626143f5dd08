"""Buttons are pressed by pointer and keyboard, and say what they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.paths import resources
from studio.ui.kit.buttons import Button, IconButton, SplitButton
from studio.ui.looks.looks import Looks


@pytest.fixture
def looks(qtbot: QtBot) -> Looks:
    return Looks(resources())


def shown(widget: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.mark.parametrize("kind", ["primary", "normal", "quiet", "danger", "link"])
def test_a_button_is_pressed_by_the_pointer(looks: Looks, qtbot: QtBot, kind: str) -> None:
    button = Button(looks, "Run", kind)  # type: ignore[arg-type]
    shown(button, qtbot)
    with qtbot.waitSignal(button.clicked, timeout=1000):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_buttons_are_pressed_by_the_keyboard(looks: Looks, qtbot: QtBot, key: Qt.Key) -> None:
    for button in (Button(looks, "Run"), IconButton(looks, "ph.x", "Close")):
        shown(button, qtbot)
        with qtbot.waitSignal(button.clicked, timeout=1000):
            QTest.keyClick(button, key)


def test_a_button_that_is_off_cannot_be_pressed(looks: Looks, qtbot: QtBot) -> None:
    button = Button(looks, "Run")
    button.setEnabled(False)
    shown(button, qtbot)
    with qtbot.assertNotEmitted(button.clicked):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_icon_button_says_what_it_does(looks: Looks, qtbot: QtBot) -> None:
    button = IconButton(looks, "ph.trash", "Clear finished runs")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Clear finished runs"


def test_a_word_is_never_cut(looks: Looks, qtbot: QtBot) -> None:
    long, short = Button(looks, "Restart the worker"), Button(looks, "Run")
    qtbot.addWidget(long)
    qtbot.addWidget(short)
    assert long.minimumSizeHint().width() > short.minimumSizeHint().width()
    assert long.minimumSizeHint() == long.sizeHint()


def test_compact_buttons_are_less_high(looks: Looks, qtbot: QtBot) -> None:
    button = Button(looks, "Run")
    qtbot.addWidget(button)
    before = button.sizeHint().height()
    looks.set("dark", "compact")
    assert button.sizeHint().height() < before


def test_the_caret_of_a_split_button_opens_its_menu(looks: Looks, qtbot: QtBot) -> None:
    window = QWidget()
    menu = QMenu(window)
    menu.addAction("Run next")
    button = SplitButton(looks, "Run", menu, "ph.play-fill", window)
    button.resize(button.sizeHint())
    shown(window, qtbot)
    with qtbot.assertNotEmitted(button.clicked):
        caret = QPoint(button.width() - 6, button.height() // 2)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=caret)
    assert menu.isVisible()
    menu.close()


def test_arrow_down_opens_the_menu_of_a_split_button(looks: Looks, qtbot: QtBot) -> None:
    window = QWidget()
    menu = QMenu(window)
    menu.addAction("Run next")
    button = SplitButton(looks, "Run", menu, "ph.play-fill", window)
    shown(window, qtbot)
    QTest.keyClick(button, Qt.Key.Key_Down)
    assert menu.isVisible()
    menu.close()
