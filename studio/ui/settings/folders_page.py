"""The folders that models are read from: the program's own, further ones, other programs'."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from studio.roots import MODEL_KINDS
from studio.ui.kit.buttons import Button, IconButton
from studio.ui.kit.labels import ElidedLabel, Words
from studio.ui.kit.painting import paint_icon
from studio.ui.kit.sections import Card
from studio.ui.models.folders import FolderFacts, facts_of, with_folder, without_folder
from studio.ui.threads.later import Later

if TYPE_CHECKING:
    from studio.ui.studio import Studio

_INDENT = 22
_SETTINGS = ("models", "programs")


class FolderRow(Card):
    """One folder: what it holds, and a cross that leaves it out from now on.

    Args:
        studio: The window's parts.
        folder: As the settings have it.
        kind: Of the models in it; empty: it is another program's.
    """

    def __init__(self, studio: Studio, folder: str, kind: str, parent: QWidget) -> None:
        super().__init__(studio.looks, parent)
        self.folder, self.kind = folder, kind
        self.setAccessibleName(folder)
        self.path = ElidedLabel(studio.looks, folder, "value")
        self.says = Words(studio.looks, "reading ...", "caption", "text.secondary")
        self.drop = IconButton(studio.looks, "ph.x", f"Leave out {folder}", self, 14)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.path)
        words.addWidget(self.says)
        row = QHBoxLayout(self)
        row.setContentsMargins(36, 6, 6, 6)
        row.addLayout(words, 1)
        row.addWidget(self.drop)

    def show_facts(self, facts: FolderFacts) -> None:
        """Say what the folder holds."""
        parts = [self.kind.replace("_", " "), facts.words]
        self.says.setText(", ".join(filter(None, parts)))
        self.says.set_role("status.warning" if facts.models < 0 else "text.secondary")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and a folder."""
        super().paintEvent(event)
        place = QRectF(6, 0, 24, self.height())
        paint_icon(QPainter(self), self.looks, place, "ph.folder", "text.secondary", 16)


class FoldersPage(QWidget):
    """Adds and removes model folders; each is read in place, and nothing is written to it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._later = Later(self)
        self.rows: list[FolderRow] = []
        looks = studio.looks
        own = f"Your own models lie in {studio.paths.models}. These folders are read in place too."
        self._list = QVBoxLayout()
        self._list.setSpacing(looks.theme.space("s"))
        self.program = Button(looks, "Add ComfyUI or A1111", icon="ph.folder-plus")
        self.program.clicked.connect(self._ask_program)
        self.further = Button(looks, "Add folder", icon="ph.folder-plus")
        self.further.clicked.connect(self._open_kinds)
        buttons = QHBoxLayout()
        buttons.setSpacing(looks.theme.space("m"))
        buttons.addWidget(self.program)
        buttons.addWidget(self.further)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_INDENT, 0, 0, 0)
        column.setSpacing(looks.theme.space("m"))
        column.addWidget(Words(looks, own, "caption", "text.secondary", wraps=True))
        column.addLayout(self._list)
        column.addLayout(buttons)
        studio.preferences.changed.connect(self._changed)
        self._fill()

    def _changed(self, name: str) -> None:
        if name in _SETTINGS:
            self._fill()

    def _fill(self) -> None:
        """Show the folders that there are, and read in a thread what they hold."""
        for row in self.rows:
            row.deleteLater()
        settings = self._studio.preferences.settings
        named = [(folder, "") for folder in settings.programs]
        named += [(folder, kind) for kind, listed in settings.models for folder in listed]
        self.rows = [FolderRow(self._studio, folder, kind, self) for folder, kind in named]
        for row in self.rows:
            self._list.addWidget(row)
            row.drop.clicked.connect(partial(self._drop, row.folder, row.kind))
            self._later.do(partial(facts_of, row.folder, row.kind), partial(self._read, row))

    def _read(self, row: FolderRow, facts: FolderFacts) -> None:
        if row in self.rows:
            row.show_facts(facts)

    def _drop(self, folder: str, kind: str, _checked: bool = False) -> None:
        preferences = self._studio.preferences
        preferences.set(*without_folder(preferences.settings, folder, kind))

    def _ask_program(self) -> None:
        self._ask("Choose the folder of ComfyUI or A1111", "")

    def _open_kinds(self) -> None:
        """Ask which kind of models a folder has, then for the folder."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in MODEL_KINDS:
            entry = menu.addAction(kind.replace("_", " ").capitalize())
            entry.triggered.connect(partial(self.ask_folder, kind))
        menu.popup(self.further.mapToGlobal(QPoint(0, self.further.height() + 4)))

    def ask_folder(self, kind: str, _checked: bool = False) -> None:
        """Ask for a folder with models of a kind."""
        self._ask(f"Choose a folder with {kind.replace('_', ' ')}", kind)

    def _ask(self, title: str, kind: str) -> None:
        self._studio.questions.folder(title, str(Path.home()), partial(self._add, kind))

    def _add(self, kind: str, folder: Path) -> None:
        preferences = self._studio.preferences
        name, value = with_folder(preferences.settings, folder, [kind] if kind else [])
        if not kind and name == "models":
            self._studio.messages.say(f"{folder} is no folder of ComfyUI or A1111", "warning")
            return
        preferences.set(name, value)
