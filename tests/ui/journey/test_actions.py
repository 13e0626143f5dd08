"""Every command: found by keyboard, and harmless wherever it can be given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.core.errors import StudioError
from studio.core.graph import Link
from studio.core.registry import Registry
from studio.ui.actions.action import Action
from studio.ui.documents.document import Document
from studio.ui.window.action_list import rows_by_menu, rows_for
from tests.ui.journey.desk import Desk, desk_in

LAST = ("tab.close", "tab.close_others", "file.quit")
"""Given after all others, for they end what the others work on; the last ends the window."""
NODES = Selection(frozenset({"prompt", "negative"}))
THINGS = Selection(
    links=frozenset({Link("load", "vae", "decode", "vae")}),
    frames=frozenset({0}),
    notes=frozenset({0}),
)


@pytest.fixture
def desk(
    tmp_path: Path, real_registry: Registry, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    def opened(_url: QUrl) -> bool:
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", opened)  # no programs are started in tests
    with desk_in(tmp_path, real_registry, qtbot) as made:
        yield made


def test_every_command_is_in_the_palette_and_in_the_help_on_keys(desk: Desk) -> None:
    actions = desk.studio.actions
    for action in actions.all():
        in_palette = [row.action for row in rows_for(actions, action.text)]
        assert action in in_palette[:12], f"{action.id} is not in sight for {action.text!r}"
    everything = {row.action for row in rows_by_menu(actions, "")}
    assert everything >= set(actions.all())


def test_every_command_can_be_given_by_keys_alone(desk: Desk) -> None:
    assert desk.studio.actions.chords("view.commands")
    for action in desk.studio.actions.all():
        if not desk.studio.actions.chords(action.id):
            assert from_palette(desk, action) == action


def from_palette(desk: Desk, action: Action) -> Action | None:
    """Return the command that Enter would give in the palette, after its name and some arrows."""
    hands, palette = desk.hands, desk.window.palette_
    if not palette.isVisible():
        desk.canvas.setFocus()
        hands.key("Ctrl+K")
    palette.field.clear()
    palette.field.setText(action.text)
    rows = palette.list.lines.rows
    place = next(number for number, row in enumerate(rows) if row.action == action)
    for _ in range(place):
        hands.key("Down")
    return rows[palette.list.currentIndex().row()].action


def test_every_command_that_can_be_given_raises_nothing_and_leaves_no_dialog(desk: Desk) -> None:
    actions, example, given = desk.studio.actions, desk.document, set()
    refused: list[StudioError] = []
    actions.refused.connect(refused.append)
    ids = [action.id for action in actions.all() if action.id not in LAST]
    for chosen in (NODES, THINGS):
        for command in [name for name in ids if name not in given]:
            choose(desk, example, chosen)
            if actions.trigger(command):
                given.add(command)
            QApplication.processEvents()
            assert QApplication.activeModalWidget() is None or closed_by_escape(desk), command
            close_popups()
    for command in LAST[:-1]:
        assert actions.trigger(command), command
    assert refused == []
    assert len(given) >= len(ids) * 0.6, sorted(set(ids) - given)


def choose(desk: Desk, document: Document, chosen: Selection) -> None:
    """Be at the graph as it was first, with a selection and the keyboard in the canvas."""
    desk.window.activateWindow()
    desk.canvas.leave_everything()
    desk.canvas.setFocus()
    desk.studio.documents.set_current(document)
    document.go_to(0)
    document.select(chosen, "prompt")


def closed_by_escape(desk: Desk) -> bool:
    """Close the dialog that is open with Esc, and say whether that is all there was."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    desk.hands.key("Esc")
    QApplication.processEvents()
    return QApplication.activeModalWidget() is None


def close_popups() -> None:
    """Close the menus and lists that commands open."""
    while (popup := QApplication.activePopupWidget()) is not None:
        assert isinstance(popup, QMenu) or popup.isVisible()
        popup.close()
