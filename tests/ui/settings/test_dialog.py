"""Settings change at once, can be reset, and are found by a search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from studio.settings import Settings
from studio.ui.settings.dialog import KEYS, SettingsDialog
from studio.ui.settings.folders_page import FoldersPage
from studio.ui.settings.rows import SettingRow
from studio.ui.studio import Studio
from studio.ui.style.style import redress
from tests.ui.looks.test_theme import contrast


@pytest.fixture
def dialog(studio: Studio, qtbot: QtBot) -> Iterator[SettingsDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 800)
    window.show()
    made = SettingsDialog(studio, window)
    made.open()
    yield made
    if isValid(made):
        made.close()
    window.close()


def row(dialog: SettingsDialog, name: str) -> SettingRow:
    return next(item for page in dialog.pages.values() for item in page.rows if item.name == name)


def folders(dialog: SettingsDialog) -> FoldersPage:
    page = dialog.pages["Models"].more[0]
    assert isinstance(page, FoldersPage)
    return page


def press(qtbot: QtBot, button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_every_setting_has_a_row_or_a_page(dialog: SettingsDialog) -> None:
    shown = {item.name for page in dialog.pages.values() for item in page.rows}
    declared = set(Settings.__dataclass_fields__)
    assert declared - shown == {"models", "programs", "unknown"}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_name_of_the_chosen_page_can_be_read(
    dialog: SettingsDialog, studio: Studio, qapp: QApplication, theme: str
) -> None:
    studio.looks.set(theme, "comfortable")
    redress(qapp, studio.looks)
    names = dialog.names
    page = names.viewport().grab(names.visualItemRect(names.currentItem())).toImage()
    soft = studio.looks.theme.color("accent.soft")
    rows, columns = range(page.height()), range(page.width())
    assert max(contrast(page.pixelColor(x, y), soft) for x in columns for y in rows) > 7


def test_a_change_counts_at_once_and_its_dot_takes_it_back(
    dialog: SettingsDialog, studio: Studio, qtbot: QtBot
) -> None:
    theme = row(dialog, "theme")
    assert not theme.dot.isVisible()
    theme.editor.setFocus()
    theme.editor.report("light")
    assert studio.preferences.value("theme") == "light"
    press(qtbot, theme.dot)
    assert studio.preferences.value("theme") == "dark"
    assert not theme.dot.isVisible()


def test_a_drag_counts_where_it_rests(dialog: SettingsDialog, studio: Studio, qtbot: QtBot) -> None:
    memory = row(dialog, "threads")
    told: list[str] = []
    studio.preferences.changed.connect(told.append)
    for value in (1, 2, 3):
        memory.editor.report(value, 7)
    assert told == []
    qtbot.waitUntil(lambda: told == ["threads"])
    assert studio.preferences.value("threads") == 3


def test_what_was_dragged_last_counts_when_the_dialog_closes(
    dialog: SettingsDialog, studio: Studio
) -> None:
    row(dialog, "threads").editor.report(5, 7)
    dialog.reject()
    assert studio.preferences.value("threads") == 5


def test_a_search_goes_through_all_pages(dialog: SettingsDialog, qtbot: QtBot) -> None:
    QTest.keyClicks(dialog.field, "memory")
    seen = {item.name for page in dialog.pages.values() for item in page.rows if item.isVisible()}
    assert {"activation_mb", "pool_mb", "ram_mb"} == seen
    dialog.field.setText("motion")
    assert row(dialog, "reduce_motion").isVisible()
    dialog.field.clear()
    assert row(dialog, "theme").isVisible()
    assert not row(dialog, "threads").isVisible()


def test_a_program_is_added_recognised_counted_and_removed(
    dialog: SettingsDialog,
    studio: Studio,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = tmp_path / "comfy/models/checkpoints"
    models.mkdir(parents=True)
    (models / "one.safetensors").write_bytes(b"")
    monkeypatch.setattr(
        studio.questions, "folder", lambda title, start, done: done(tmp_path / "comfy")
    )
    dialog.show_page("Models")
    page = folders(dialog)
    press(qtbot, page.program)
    assert studio.preferences.value("programs") == (str(tmp_path / "comfy"),)
    qtbot.waitUntil(lambda: page.rows[0].says.text() == "ComfyUI, 1 model")
    press(qtbot, page.rows[0].drop)
    assert studio.preferences.value("programs") == ()
    assert page.rows == []


def test_a_further_folder_belongs_to_a_kind(
    dialog: SettingsDialog, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.questions, "folder", lambda title, start, done: done(tmp_path))
    folders(dialog).ask_folder("vae")
    assert studio.preferences.value("models") == (("vae", (str(tmp_path),)),)


def test_no_page_shares_a_word_with_another(dialog: SettingsDialog) -> None:
    titles = [dialog.names.item(row).text() for row in range(dialog.names.count())]
    words = [word for title in titles for word in set(title.lower().split())]
    assert len(words) == len(set(words))


def test_a_page_is_shown_by_its_name(dialog: SettingsDialog) -> None:
    dialog.show_page(KEYS)
    assert dialog.keys.isVisible()
    dialog.show_page("Files")
    assert row(dialog, "output").isVisible()
    assert not dialog.keys.isVisible()
