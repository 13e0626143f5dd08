"""The commands of files, tabs and history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QMenu

from studio.core.document import read
from studio.core.errors import StudioError
from studio.facts.graph_files import PICTURES
from studio.ui.actions.action import Action
from studio.ui.documents.closing import FILTERS, Closing

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.documents.recent import Recent, RecentFile
    from studio.ui.studio import Studio

OPEN_FILTERS = (
    ("Graphs and pictures", ("*.json", *(f"*{suffix}" for suffix in PICTURES))),
    *FILTERS,
    ("Pictures that carry a graph", tuple(f"*{suffix}" for suffix in PICTURES)),
)
EXAMPLES = {
    "text_to_image": "Text to image",
    "image_to_image": "Image to image",
    "controlnet": "Follow the edges of a picture",
    "face_detail": "Draw faces anew",
    "upscale": "Four times as large",
    "portrait_poster": "Portrait poster",
    "folder_batch": "Folder to folder",
}
"""The graphs that come with the program: names of their files and titles."""
RECENT_MENU = "File/Open recent"

ACTIONS = (
    Action("tab.new", "New graph", "ph.file-plus", "File", help="Open an empty graph."),
    Action(
        "file.open",
        "Open",
        "ph.folder-open",
        "File",
        help="Open graph files, or the graphs that pictures carry.",
    ),
    Action(
        "file.example",
        "Open the example",
        "ph.graduation-cap",
        "File",
        help="Open the graph that makes a first picture, in a new tab.",
    ),
    *(
        Action(f"file.example.{name}", title, "ph.graduation-cap", "File/Examples")
        for name, title in EXAMPLES.items()
    ),
    Action("file.recent_clear", "Clear recent files", "ph.eraser", RECENT_MENU),
    Action("file.save", "Save", "ph.floppy-disk", "File"),
    Action("file.save_as", "Save as", "ph.floppy-disk-back", "File"),
    Action("file.save_all", "Save all", "ph.floppy-disk", "File"),
    Action(
        "file.reload",
        "Reload from disk",
        "ph.arrow-clockwise",
        "File",
        help="Take what the file holds now; this can be undone.",
    ),
    Action("file.reveal", "Show in folder", "ph.folder", "File"),
    Action("tab.close", "Close tab", "ph.x", "File"),
    Action("tab.close_others", "Close other tabs", "ph.x", "Window"),
    Action(
        "tab.reopen",
        "Reopen closed tab",
        "ph.arrow-u-up-left",
        "File",
        help="Open what was closed last, with its history.",
    ),
    Action("tab.next", "Next tab", "ph.caret-right", "Window"),
    Action("tab.previous", "Previous tab", "ph.caret-left", "Window"),
    Action("tab.move_right", "Move tab right", "ph.arrow-right", "Window"),
    Action("tab.move_left", "Move tab left", "ph.arrow-left", "Window"),
    Action("file.quit", "Quit", "ph.sign-out", "File"),
    Action("edit.undo", "Undo", "ph.arrow-counter-clockwise", "Edit"),
    Action("edit.redo", "Redo", "ph.arrow-clockwise", "Edit"),
    Action(
        "edit.history",
        "History",
        "ph.clock-counter-clockwise",
        "Edit",
        help="Show every step of this graph, and go to any of them.",
    ),
)


class FileCommands:
    """What the commands do.

    Args:
        studio: What the window's parts share.
        recent: The files of late.
        closing: Asks before anything is lost.
        leave: Closes the window, which asks for itself.
        show_history: Shows the history panel.
    """

    def __init__(
        self,
        studio: Studio,
        recent: Recent,
        closing: Closing,
        leave: Callable[[], object],
        show_history: Callable[[], object],
    ) -> None:
        self._studio = studio
        self._documents = studio.documents
        self._recent = recent
        self._closing = closing
        self._leave = leave
        self._show_history = show_history

    def bind(self) -> None:
        """Say what each of `ACTIONS` does."""
        self._bind_files()
        self._bind_tabs()
        self._bind_history()

    def open(self, paths: Iterable[Path]) -> None:
        """Open files in the background; what is wrong with them is said."""
        for path in paths:
            self._documents.open_later(path, self._told)

    def open_example(self, name: str = "text_to_image") -> None:
        """Open one of `EXAMPLES`; it belongs to no file yet."""
        text = (self._studio.paths.resources / "graphs" / f"{name}.json").read_text("utf-8")
        graph = read(text, self._studio.registry)
        self._documents.set_current(self._documents.add(graph))

    def fill_recent(self, menu: QMenu) -> None:
        """Put the recent files first in a menu; those that are missing cannot be chosen."""
        for old in menu.actions():
            if old.property(_RECENT):
                menu.removeAction(old)
                old.deleteLater()
        rest = menu.actions()
        lines = [self._recent_line(item, menu) for item in self._recent.files]
        menu.insertActions(rest[0], lines) if rest else menu.addActions(lines)
        self._recent.refresh()

    def _recent_line(self, item: RecentFile, menu: QMenu) -> QAction:
        text = item.path.name.replace("&", "&&")
        line = QAction(f"{text} (missing)" if item.missing else text, menu)
        line.setProperty(_RECENT, True)
        line.setToolTip(str(item.path))
        line.setEnabled(not item.missing)
        line.triggered.connect(partial(self._open_recent, item.path))
        return line

    # --- Files ---

    def _bind_files(self) -> None:
        bind, held = self._studio.actions.bind, self._held
        bind("file.open", self._ask_open)
        bind("file.example", self.open_example)
        for name in EXAMPLES:
            bind(f"file.example.{name}", partial(self.open_example, name))
        bind("file.recent_clear", self._recent.forget, lambda: bool(self._recent.files))
        bind("file.save", lambda: self._with(self._closing.save), held)
        bind("file.save_as", lambda: self._with(self._closing.save_as), held)
        bind("file.save_all", self._save_all, self._any_unsaved)
        bind("file.reload", lambda: self._with(self._reload), self._has_file)
        bind("file.reveal", self._reveal, self._has_file)
        bind("file.quit", self._leave)

    def _ask_open(self) -> None:
        current = self._documents.current
        folder = current.path.parent if current and current.path else Path.home()
        self._studio.questions.open_files("Open", str(folder), OPEN_FILTERS, self.open)

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.open([path])

    def _told(self, answer: Document | StudioError) -> None:
        if isinstance(answer, StudioError):
            self._studio.messages.say(str(answer), "error")

    def _save_all(self) -> None:
        for document in self._documents.items:
            if not document.saved:
                self._closing.save(document)

    def _reload(self, document: Document) -> None:
        self._documents.reload(document, self._reloaded)

    def _reloaded(self, error: StudioError | None) -> None:
        if error:
            self._studio.messages.say(str(error), "error")

    def _reveal(self) -> None:
        document = self._documents.current
        if document and document.path:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(document.path.parent)))

    # --- Tabs ---

    def _bind_tabs(self) -> None:
        bind, held = self._studio.actions.bind, self._held
        bind("tab.new", self._documents.new)
        bind("tab.close", lambda: self._with(self._closing.close), held)
        bind("tab.close_others", self._close_others, self._several)
        bind("tab.reopen", self._documents.reopen_closed, lambda: self._documents.can_reopen)
        bind("tab.next", partial(self._step, 1), self._several)
        bind("tab.previous", partial(self._step, -1), self._several)
        bind("tab.move_right", partial(self._move, 1), self._several)
        bind("tab.move_left", partial(self._move, -1), self._several)

    def _close_others(self) -> None:
        others = [item for item in self._documents.items if item is not self._documents.current]
        self._closing.close_all(others)

    def _step(self, by: int) -> None:
        items, current = self._documents.items, self._documents.current
        if current:
            self._documents.set_current(items[(items.index(current) + by) % len(items)])

    def _move(self, by: int) -> None:
        items, current = self._documents.items, self._documents.current
        if current:
            place = items.index(current)
            self._documents.move(place, place + by)

    # --- History ---

    def _bind_history(self) -> None:
        bind = self._studio.actions.bind
        bind("edit.undo", lambda: self._with(_undo), self._can_undo)
        bind("edit.redo", lambda: self._with(_redo), self._can_redo)
        bind("edit.history", self._show_history, self._held)

    def _can_undo(self) -> bool:
        document = self._documents.current
        return document is not None and document.position > 0

    def _can_redo(self) -> bool:
        document = self._documents.current
        return document is not None and document.position < len(document.steps)

    # --- What makes sense ---

    def _with(self, does: Callable[[Document], object]) -> None:
        if self._documents.current:
            does(self._documents.current)

    def _held(self) -> bool:
        return self._documents.current is not None

    def _has_file(self) -> bool:
        document = self._documents.current
        return document is not None and document.path is not None

    def _several(self) -> bool:
        return len(self._documents.items) > 1

    def _any_unsaved(self) -> bool:
        return any(not document.saved for document in self._documents.items)


_RECENT = "recent"


def _undo(document: Document) -> None:
    document.undo()


def _redo(document: Document) -> None:
    document.redo()
