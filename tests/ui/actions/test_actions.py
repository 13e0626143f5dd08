from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.core.errors import GraphError, StudioError
from studio.paths import resources
from studio.ui.actions.action import Action
from studio.ui.actions.actions import Actions
from studio.ui.actions.keymaps import Keymaps

UNDO = Action("edit.undo", "Undo & more", menu="Edit")
MUTE = Action("node.mute", "Mute", context="canvas", checkable=True)
ADD = Action("canvas.add", "Add", context="canvas")


@pytest.fixture
def actions(tmp_path: Path, qtbot: QtBot) -> Actions:
    made = Actions(Keymaps(resources() / "keymaps", tmp_path / "own.json"))
    made.declare(UNDO, MUTE, ADD)
    return made


def test_a_command_does_what_it_is_bound_to(actions: Actions) -> None:
    done: list[str] = []
    actions.bind("edit.undo", lambda: done.append("undo"))
    assert actions.trigger("edit.undo")
    assert done == ["undo"]


def test_a_command_that_makes_no_sense_now_is_not_given(actions: Actions) -> None:
    done: list[str] = []
    actions.bind("edit.undo", lambda: done.append("undo"), lambda: False)
    assert not actions.trigger("edit.undo")
    assert not actions.trigger("node.mute")
    assert done == []


def test_a_command_is_declared_once_and_bound_after_that(actions: Actions) -> None:
    with pytest.raises(ValueError, match="twice"):
        actions.declare(UNDO)
    with pytest.raises(KeyError):
        actions.bind("nobody", print)


def test_what_a_command_refuses_with_is_told(actions: Actions) -> None:
    def refuse() -> None:
        raise GraphError("no")

    told: list[StudioError] = []
    actions.refused.connect(told.append)
    actions.bind("edit.undo", refuse)
    actions.trigger("edit.undo")
    assert [str(error) for error in told] == ["no"]


def test_a_menu_entry_shows_the_chord_and_follows_its_command(
    actions: Actions, qtbot: QtBot
) -> None:
    on: list[bool] = []
    actions.bind("node.mute", lambda: on.append(True), checked=lambda: bool(on))
    owner = QWidget()
    qtbot.addWidget(owner)
    entry, undo = actions.qaction("node.mute", owner), actions.qaction("edit.undo", owner)
    assert undo.text() == "Undo && more\tCtrl+Z"
    assert not undo.isEnabled()
    entry.trigger()
    assert entry.isChecked()
    actions.set_chords("edit.undo", ["Ctrl+U"])
    assert undo.text().endswith("\tCtrl+U")


def test_other_chords_may_conflict_and_it_is_said(actions: Actions) -> None:
    assert actions.set_chords("edit.undo", ["Ctrl+U"]) == ()
    found = actions.set_chords("edit.undo", ["Ctrl+M"])
    assert [(item.chord, set(item.actions)) for item in found] == [
        ("Ctrl+M", {"edit.undo", "node.mute"})
    ]
    actions.reset_chords("edit.undo")
    assert actions.conflicts() == ()


def test_a_chord_finds_its_command(actions: Actions) -> None:
    assert actions.at("Space", "canvas") == "canvas.add"
    assert actions.at("Space", "viewer") == ""
    assert actions.at("Ctrl+Z", "viewer") == "edit.undo"


def test_another_keymap_gives_other_chords(actions: Actions) -> None:
    actions.choose_keymap("blender")
    assert "Tab" not in actions.chords("canvas.add")


def test_chords_work_where_they_are_attached(actions: Actions, qtbot: QtBot) -> None:
    done: list[str] = []
    actions.bind("edit.undo", lambda: done.append("undo"))
    actions.bind("node.mute", lambda: done.append("mute"))
    actions.bind("canvas.add", lambda: done.append("add"))
    window, canvas, field = QWidget(), QWidget(), QLineEdit()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(canvas)
    column.addWidget(field)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    actions.attach(window, "window")
    actions.attach(canvas, "canvas")
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    QTest.keyClick(canvas, Qt.Key.Key_M)
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert done == ["mute", "undo"]
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_M)
    assert (field.text(), done) == ("m", ["mute", "undo"])
    actions.set_chords("node.mute", ["K"])
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_M)
    QTest.keyClick(canvas, Qt.Key.Key_K)
    assert done == ["mute", "undo", "mute"]
