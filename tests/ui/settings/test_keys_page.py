"""Keys are changed by pressing them; what would lose them is said before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.ui.settings.keys_page import KeysPage
from studio.ui.studio import Studio

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
COMMAND = "canvas.fit_all"


@pytest.fixture
def page(studio: Studio, qtbot: QtBot) -> Iterator[KeysPage]:
    made = KeysPage(studio)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    made.activateWindow()
    made.choose(COMMAND)
    yield made
    made.close()


def press(qtbot: QtBot, button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_pressed_chord_becomes_the_key(page: KeysPage, studio: Studio, qtbot: QtBot) -> None:
    press(qtbot, page.change)
    QTest.keyClick(page.chord, Qt.Key.Key_F11, CTRL | SHIFT)
    assert studio.actions.chords(COMMAND) == ("Ctrl+Shift+F11",)
    assert page.reset.isEnabled()
    assert page.command == COMMAND


def test_a_chord_that_is_taken_is_asked_about(page: KeysPage, studio: Studio, qtbot: QtBot) -> None:
    before, taken = studio.actions.chords(COMMAND), studio.actions.chords("edit.duplicate")
    assert taken == ("Ctrl+D",)
    press(qtbot, page.change)
    QTest.keyClick(page.chord, Qt.Key.Key_D, CTRL)
    assert page.taken == ("edit.duplicate",)
    assert "Duplicate" in page.says.text()
    assert studio.actions.chords(COMMAND) == before
    press(qtbot, page.keep)
    assert studio.actions.chords("edit.duplicate") == taken


def test_agreeing_takes_the_chord_away_from_the_other(
    page: KeysPage, studio: Studio, qtbot: QtBot
) -> None:
    press(qtbot, page.change)
    QTest.keyClick(page.chord, Qt.Key.Key_D, CTRL)
    press(qtbot, page.take)
    assert studio.actions.chords(COMMAND) == ("Ctrl+D",)
    assert studio.actions.chords("edit.duplicate") == ()
    assert not studio.actions.conflicts()


def test_esc_leaves_the_keys(page: KeysPage, studio: Studio, qtbot: QtBot) -> None:
    before = studio.actions.chords(COMMAND)
    press(qtbot, page.change)
    QTest.keyClick(page.chord, Qt.Key.Key_Escape)
    assert studio.actions.chords(COMMAND) == before
    assert page.change.isVisible()


def test_one_and_all_are_reset(page: KeysPage, studio: Studio, qtbot: QtBot) -> None:
    before, other = studio.actions.chords(COMMAND), studio.actions.chords("edit.copy")
    press(qtbot, page.clear)
    page.choose("edit.copy")
    press(qtbot, page.clear)
    assert studio.actions.chords("edit.copy") == ()
    press(qtbot, page.reset)
    assert studio.actions.chords("edit.copy") == other
    assert studio.actions.chords(COMMAND) == ()
    press(qtbot, page.reset_all)
    assert studio.actions.chords(COMMAND) == before


def test_a_search_finds_commands_by_their_keys(page: KeysPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.search_field, "Ctrl+D")
    listed = [row.action.id for row in page.list.lines.rows if row.action]
    assert "edit.duplicate" in listed
