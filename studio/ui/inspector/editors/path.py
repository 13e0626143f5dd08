"""A file or a folder anywhere, or a file that belongs to the graph."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.core.widgets import Asset, FilePath, FileRef
from studio.roots import roots
from studio.ui.inspector.editors.field import FieldEditor
from studio.ui.inspector.files import as_written
from studio.ui.kit.buttons import IconButton
from studio.ui.threads.later import Later

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.studio import Studio

_GAP = 4


class PathEditor(FieldEditor):
    """A path to type, and a button that asks for it."""

    font_role = "mono"

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        self.icon = _icon(item)
        super().__init__(studio, item, parent)
        self._open = ""
        self._ask_button = IconButton(studio.looks, "ph.folder-open", "Choose on disk", self, 14)
        self._ask_button.clicked.connect(self.ask)
        self.beside = 1

    def take(self, item: Input) -> None:
        """Serve another path."""
        self.icon = _icon(item)
        super().take(item)

    def text_of(self, value: Any) -> str:
        """Return the path."""
        return value.path if isinstance(value, FileRef) else ""

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show the path; a missing file is amber."""
        super().show_value(value, problem)
        if not problem and isinstance(value, FileRef) and value.path and self.target:
            facts = self.studio.session.facts(self.target.document)
            wanted = not getattr(self.item.widget, "output", False)
            self.status = "warning" if wanted and facts.problem(value) else ""
        self.line.setToolTip(self.text_of(value))

    # --- A path is taken whole: half of it names another file ---

    def is_unread(self, text: str) -> bool:
        """Keep what was typed until it is taken."""
        return bool(self._open) and self.line.hasFocus()

    def typed(self, text: str) -> None:
        """Remember that something was typed."""
        self._open = text or " "

    def commit(self) -> None:
        """Take the path."""
        self._take()
        super().commit()

    def leave(self) -> None:
        """Take the path."""
        self._take()
        super().leave()

    def cancel(self) -> None:
        """Go back to the path that the graph has."""
        self._open = ""
        self.line.setText(self.text_of(self._value))
        super().cancel()

    def _take(self) -> None:
        if self._open:
            self._open = ""
            ref = FileRef(self.line.text().strip().replace("\\", "/"))
            if ref.path != self.text_of(self._value):
                self._write(ref)

    def _write(self, ref: FileRef) -> None:
        """Write a path; an absolute one may be opened, as the user gave it."""
        if Path(ref.path).is_absolute():
            self.studio.session.grant(ref.path)
        self.report(ref)

    # --- Asking ---

    def ask(self) -> None:
        """Let the user choose on disk."""
        widget, questions = self.item.widget, self.studio.questions
        start = self.target.document.base if self.target else ""
        if isinstance(widget, FilePath) and widget.folder:
            questions.folder("Choose a folder", start, self._picked_one)
        elif isinstance(widget, FilePath) and widget.output:
            questions.save_file("Choose where to save", start, _filters(widget), self._picked_one)
        else:
            questions.open_files("Choose a file", start, _filters(widget), self._picked)

    def _picked(self, paths: list[Path]) -> None:
        if paths:
            self._picked_one(paths[0])

    def _picked_one(self, path: Path | None) -> None:
        if path:
            self.picked(Path(path))

    def picked(self, path: Path) -> None:
        """Write a path that was chosen on disk."""
        base = self.target.document.base if self.target else ""
        places = roots(self.studio.paths, self.studio.preferences.settings, base)
        self._write(as_written(path, places, base))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the button."""
        side = self.height()
        self.beside = side + _GAP
        self._ask_button.setGeometry(self.width() - side, 0, side, side)
        super().resizeEvent(event)


class AssetEditor(PathEditor):
    """A file that is copied beside the graph."""

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self._later = Later(self)

    def picked(self, path: Path) -> None:
        """Keep a copy of the file with the graph; it is read in a thread."""
        self._later.do(partial(_read, path), self._keep)

    def _keep(self, read: tuple[bytes, str] | str) -> None:
        if isinstance(read, str):
            self.refused.emit(read)
        elif self.target:
            self.report(self.target.document.add_asset(*read))


def _icon(item: Input) -> str:
    folder = isinstance(item.widget, FilePath) and item.widget.folder
    return "ph.folder" if folder else "ph.file"


def _filters(widget: object) -> list[tuple[str, list[str]]]:
    endings = widget.suffixes if isinstance(widget, FilePath | Asset) else ()
    own = [("Files", [f"*{ending}" for ending in endings])] if endings else []
    return [*own, ("All files", ["*"])]


def _read(path: Path) -> tuple[bytes, str] | str:
    """Return content and ending of a file, or why it cannot be read."""
    try:
        return path.read_bytes(), path.suffix
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}"
