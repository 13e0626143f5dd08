"""The whole window: what it opens with, what its parts start, and that nothing stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.core.document import write
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.paths import Paths, resources
from studio.ui.actions.actions import native
from studio.ui.app import Desktop
from studio.ui.documents.file_commands import EXAMPLES
from studio.ui.inspector.editors.number import NumberEditor
from studio.ui.questions import Questions
from studio.ui.window.dock import BOTTOM, RIGHT
from studio.ui.window.main_window import SLIM
from studio.ui.window.shortcuts_help import ShortcutsHelp
from tests.ui.engines import CheapEngine

ROOT = Path(__file__).resolve().parents[2]

Open = Callable[..., Desktop]
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Discards(Questions):
    """Throws away whatever it is asked about."""

    def confirm(
        self, title: str, sentence: str, buttons: object, done: Callable[[str], None]
    ) -> None:
        done("Discard")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data", tmp_path / "cache", resources())


@pytest.fixture
def open_desktop(
    qapp: QApplication, paths: Paths, real_registry: Registry, qtbot: QtBot
) -> Iterator[Open]:
    """Opens windows, and closes those that a test leaves open."""
    opened: list[Desktop] = []

    def made(*files: Path) -> Desktop:
        desktop = Desktop(
            qapp, paths, real_registry, files, Discards(), lambda listen: CheapEngine(paths, listen)
        )
        opened.append(desktop)
        with qtbot.waitSignal(desktop.ready, timeout=20_000):
            desktop.show()
        return desktop

    yield made
    for desktop in opened:
        desktop.window.close()
        desktop.window.deleteLater()
        desktop.deleteLater()
    qapp.setStyle("Fusion")


@pytest.fixture
def desktop(open_desktop: Open) -> Desktop:
    return open_desktop()


def titles(desktop: Desktop) -> list[str]:
    return [item.title for item in desktop.studio.documents.items]


# --- What it opens with ---


def test_the_first_start_shows_the_example(desktop: Desktop) -> None:
    assert titles(desktop) == ["Text to image"]
    document = desktop.studio.documents.current
    assert document is not None
    assert document.path is None
    assert desktop.window.canvas.document is document
    assert 0.3 < desktop.window.canvas.camera.zoom <= 1


def test_files_on_the_command_line_are_opened(
    open_desktop: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "poster.json"
    path.write_text(write(Graph(title="Poster")), "utf-8")
    desktop = open_desktop(path)
    qtbot.waitUntil(lambda: titles(desktop) == ["poster"])


def test_a_file_that_is_missing_is_said(open_desktop: Open, tmp_path: Path, qtbot: QtBot) -> None:
    desktop = open_desktop(tmp_path / "missing.json")
    qtbot.waitUntil(lambda: bool(desktop.window.toasts.items))
    assert "missing.json" in desktop.window.toasts.items[0].message.text


def test_unsaved_edits_that_cannot_be_read_are_said(
    open_desktop: Open, paths: Paths, qtbot: QtBot
) -> None:
    journal = paths.data / "journal" / "dead" / "document"
    journal.mkdir(parents=True)
    (journal / "0.base").write_bytes(b"what is this")
    desktop = open_desktop()
    qtbot.waitUntil(lambda: bool(desktop.window.toasts.items))
    message = desktop.window.toasts.items[0].message
    assert "cannot be read" in message.text
    assert message.stays
    assert message.does is not None
    message.does()
    qtbot.waitUntil(lambda: not journal.exists())


def test_a_file_dropped_on_the_window_is_opened(
    desktop: Desktop, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "dropped.json"
    path.write_text(write(Graph()), "utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    desktop.window.dropEvent(event)
    qtbot.waitUntil(lambda: "dropped" in titles(desktop))


def test_the_window_and_its_panels_are_where_they_were(open_desktop: Open, qtbot: QtBot) -> None:
    first = open_desktop()
    first.window.resize(700, 560)
    first.window.show_panel("log")
    qtbot.waitUntil(lambda: first.window.docks.items["log"].is_front)
    height = first.window.height()
    first.window.close()
    second = open_desktop()
    qtbot.waitUntil(lambda: second.window.docks.items["log"].is_front)
    assert second.window.height() == height
    assert second.window.width() < SLIM


# --- Parts ---


def test_clicks_beside_the_canvas_leave_the_keyboard_there(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window
    qtbot.waitUntil(window.canvas.hasFocus)
    for button in (window.top_bar.live, window.top_bar.run, window.tabs.column):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
        assert window.canvas.hasFocus()
    assert window.top_bar.run.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_the_run_button_puts_a_run_into_the_queue(desktop: Desktop, qtbot: QtBot) -> None:
    run = desktop.window.top_bar.run
    with qtbot.waitSignal(desktop.studio.session.runs_changed, timeout=5000):
        QTest.mouseClick(run, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    assert desktop.studio.session.runs


def test_tabs_show_what_is_open_and_what_is_not_saved(desktop: Desktop, qtbot: QtBot) -> None:
    documents, tabs = desktop.studio.documents, desktop.window.tabs.tabs
    button = desktop.window.tabs.findChild(QWidget, "tab.new")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tabs.count() == 2
    documents.current.edit("Title", documents.current.scene.with_title("Poster"))  # type: ignore[union-attr]
    assert tabs._unsaved == [False, True]
    place = tabs.close_rect(1).center()
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: tabs.count() == 1)


def test_tabs_show_their_titles_as_long_as_the_row_has_room(desktop: Desktop) -> None:
    desktop.window.resize(1280, 800)
    desktop.window.show_panel("models")
    tabs = desktop.window.tabs.tabs
    desktop.studio.actions.trigger("tab.new")
    desktop.window.tabs.layout().activate()  # type: ignore[union-attr]
    assert tabs.width() == tabs.sizeHint().width()


def test_a_window_without_graphs_offers_a_new_one(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.studio.actions.trigger("tab.close")
    qtbot.waitUntil(lambda: not desktop.studio.documents.items)
    assert desktop.window.empty.isVisible()
    desktop.studio.actions.trigger("tab.new")
    assert desktop.window.canvas.isVisible()


def test_small_windows_make_room_for_the_canvas(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window
    window.resize(1050, 700)
    qtbot.waitUntil(lambda: not window.has_open(RIGHT))
    assert window.top_bar.burger.isVisible()
    assert not window.top_bar.bar.isVisible()
    column = window.tabs.column
    qtbot.waitUntil(column.isVisible)
    QTest.mouseClick(column, Qt.MouseButton.LeftButton)
    assert window.has_open(RIGHT)
    assert column.isChecked()
    QTest.mouseClick(column, Qt.MouseButton.LeftButton)
    assert not window.has_open(RIGHT)


def focused() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


@pytest.fixture
def slim(desktop: Desktop, qtbot: QtBot) -> Desktop:
    """A window with the right column over its canvas, opened with the keyboard."""
    desktop.window.resize(1050, 700)
    qtbot.waitUntil(lambda: not desktop.window.has_open(RIGHT))
    desktop.window.canvas.setFocus()
    QTest.keyClick(desktop.window.canvas, Qt.Key.Key_B, CTRL | ALT)
    qtbot.waitUntil(lambda: desktop.window.docks.drawer.has_keys)
    return desktop


def test_escape_closes_the_column_over_the_canvas(slim: Desktop) -> None:
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert not slim.window.has_open(RIGHT)
    assert slim.window.canvas.hasFocus()


def test_a_click_on_the_canvas_closes_the_column_over_it(slim: Desktop) -> None:
    QTest.mouseClick(slim.window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert not slim.window.has_open(RIGHT)


def test_a_run_can_be_started_beside_the_column_over_the_canvas(slim: Desktop) -> None:
    run = slim.window.top_bar.run
    QTest.mouseClick(run, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    assert slim.studio.session.runs
    assert slim.window.has_open(RIGHT)


def test_the_keyboard_never_goes_below_the_column_over_the_canvas(slim: Desktop) -> None:
    window = slim.window
    for _ in range(200):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        focus = focused()
        if not window.docks.drawer.isVisible():
            break
        inside = window.docks.drawer.has_keys
        place = QRect(focus.mapTo(window, QPoint()), focus.size())
        assert inside or not place.intersects(window.docks.drawer.geometry())
    assert not window.docks.drawer.isVisible()
    assert focused().isVisible()


def test_a_wide_window_has_its_column_again_at_the_next_start(
    open_desktop: Open, qtbot: QtBot
) -> None:
    first = open_desktop()
    first.window.resize(1050, 700)
    qtbot.waitUntil(lambda: not first.window.has_open(RIGHT))
    first.window.close()
    second = open_desktop()
    assert not second.window.has_open(RIGHT)
    second.window.resize(1600, 900)
    qtbot.waitUntil(lambda: second.window.docks.items["viewer"].is_front)
    assert second.window.docks.column_width >= 300


def test_the_theme_changes_in_the_open_window(desktop: Desktop, qapp: QApplication) -> None:
    before = qapp.palette().window().color()
    desktop.studio.actions.trigger("view.light")
    assert desktop.studio.looks.theme.name == "light"
    assert qapp.palette().window().color() != before


def test_bottom_panels_fold_by_command(desktop: Desktop) -> None:
    desktop.studio.actions.trigger("view.bottom")
    assert desktop.window.has_folded(BOTTOM)
    desktop.studio.actions.trigger("view.bottom")
    assert not desktop.window.has_folded(BOTTOM)


def test_a_refused_command_is_said_in_a_toast(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.studio.messages.say("the folder does not exist", "warning")
    assert [item.message.text for item in desktop.window.toasts.items] == [
        "the folder does not exist"
    ]


# --- Commands ---


def test_every_command_is_bound_once_its_panel_was_seen(desktop: Desktop) -> None:
    for dock in desktop.window.docks.items.values():
        dock.fill()
    actions = desktop.studio.actions
    assert [action.id for action in actions.all() if action.id not in actions._bound] == []


def test_every_menu_can_be_opened_and_has_what_is_declared_for_it(desktop: Desktop) -> None:
    menus = desktop.window.menus
    declared = {action.id for action in desktop.studio.actions.all() if action.menu}
    paths = {action.menu for action in desktop.studio.actions.all() if action.menu}
    for path in sorted(paths | {path.partition("/")[0] for path in paths}):
        menus.menu(path).aboutToShow.emit()
    shown = {line.objectName() for path in paths for line in menus.menu(path).actions()}
    assert declared <= shown


def test_the_palette_finds_a_command_by_letters_and_gives_it(
    desktop: Desktop, qtbot: QtBot
) -> None:
    window = desktop.window
    desktop.studio.actions.trigger("view.commands")
    palette = window.palette_
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, "new gra")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert len(desktop.studio.documents.items) == 2
    assert not palette.isVisible()


def test_the_palette_forgives_a_misspelling(desktop: Desktop, qtbot: QtBot) -> None:
    palette = desktop.window.palette_
    palette.open()
    QTest.keyClicks(palette.field, "comand palete")
    assert palette.list.lines.rows[0].text == "Command palette"


def test_arrows_choose_in_the_palette_and_escape_closes_it(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.window.canvas.setFocus()
    palette = desktop.window.palette_
    palette.open()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert desktop.window.canvas.hasFocus()


def test_a_click_elsewhere_closes_the_palette(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.window.palette_.open()
    QTest.mouseClick(desktop.window.status, Qt.MouseButton.LeftButton)
    assert not desktop.window.palette_.isVisible()


def test_commands_that_cannot_be_given_come_last_in_the_palette(desktop: Desktop) -> None:
    palette = desktop.window.palette_
    palette.open()
    states = [row.enabled for row in palette.list.lines.rows]
    assert states == sorted(states, reverse=True)
    palette.close_palette()


def test_the_palette_has_every_command(desktop: Desktop) -> None:
    palette = desktop.window.palette_
    palette.open()
    shown = {row.action.id for row in palette.list.lines.rows if row.action}
    assert shown == {action.id for action in desktop.studio.actions.all()}
    palette.close_palette()


def test_the_help_on_keys_has_every_command_with_its_chords(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.studio.actions.trigger("help.shortcuts")
    dialog = desktop.window.findChild(ShortcutsHelp)
    assert dialog is not None
    rows = {row.action.id: row for row in dialog.list.lines.rows if row.action}
    assert rows.keys() == {item.id for item in desktop.studio.actions.all()}
    save = rows["file.save"]
    assert save.chords == (native("Ctrl+S"),)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


# --- The process ---

OPENS = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from studio.cli.setup import builtin_registry
from studio.paths import find_paths
from studio.ui.app import Desktop
app = QApplication(["wirebrush"])
desktop = Desktop(app, find_paths(), builtin_registry())
desktop.window.painted.connect(lambda: desktop.window.close())
desktop.show()
app.exec()
heavy = {"torch", "diffusers", "transformers", "cv2", "PIL", "qtawesome"} & set(sys.modules)
print(sorted(heavy))
"""


def test_the_process_of_the_window_never_imports_torch(tmp_path: Path) -> None:
    environment = {**os.environ, "WIREBRUSH_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", OPENS], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=100, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_the_status_bar_tells_what_a_field_under_the_pointer_does(
    desktop: Desktop, qtbot: QtBot
) -> None:
    documents, status = desktop.studio.documents, desktop.window.status
    assert "all commands" in status.hint
    document = documents.current
    assert document is not None
    document.select(Selection(frozenset({"sample"})), "sample")
    editor = desktop.window.findChild(NumberEditor)
    assert editor is not None
    place = QPointF(editor.rect().center())
    QApplication.sendEvent(editor, QEnterEvent(place, place, place))
    assert status.hint.startswith("Drag changes")
    QApplication.sendEvent(editor, QEvent(QEvent.Type.Leave))
    assert "all commands" in status.hint


def test_an_error_of_a_graph_goes_with_its_tab(desktop: Desktop) -> None:
    documents, messages = desktop.studio.documents, desktop.studio.messages
    document = documents.new()
    documents.set_current(document)
    messages.say("it was not finished", "error", about=document.id)
    assert len(desktop.window.toasts.items) == 1
    documents.close(document)
    assert desktop.window.toasts.items == []


def test_the_example_opens_in_a_tab_of_its_own(desktop: Desktop) -> None:
    before = len(desktop.studio.documents.items)
    assert desktop.studio.actions.trigger("file.example")
    assert len(desktop.studio.documents.items) == before + 1


def test_every_example_opens_under_its_title(desktop: Desktop) -> None:
    folder = desktop.studio.paths.resources / "graphs"
    assert sorted(EXAMPLES) == sorted(path.stem for path in folder.glob("*.json"))
    for name, title in EXAMPLES.items():
        assert desktop.studio.actions.trigger(f"file.example.{name}")
        document = desktop.studio.documents.current
        assert document is not None
        assert document.graph.title == title


def test_the_keyboard_is_on_the_canvas_at_first(desktop: Desktop) -> None:
    assert desktop.window.focusWidget() is desktop.window.canvas


def test_the_keyboard_comes_back_with_the_next_graph(desktop: Desktop, qtbot: QtBot) -> None:
    actions, canvas = desktop.studio.actions, desktop.window.canvas
    qtbot.waitUntil(canvas.hasFocus)
    actions.trigger("tab.close")
    assert not canvas.hasFocus()
    actions.trigger("tab.new")
    assert canvas.hasFocus()


def test_what_is_closed_at_once_stays_closed(desktop: Desktop, paths: Paths, qtbot: QtBot) -> None:
    for document in desktop.studio.documents.items:
        desktop.studio.documents.close(document)
    qtbot.waitUntil(lambda: (paths.data / "tabs.json").exists())  # all that is begun is there
    assert desktop.studio.documents.items == ()


def test_the_button_for_a_new_tab_follows_the_last_tab(desktop: Desktop, qtbot: QtBot) -> None:
    row = desktop.window.tabs
    button = row.findChild(QWidget, "tab.new")
    assert button is not None
    document = desktop.studio.documents.current
    assert document is not None
    desktop.studio.documents.close(document)
    qtbot.waitUntil(lambda: button.x() < 12)
