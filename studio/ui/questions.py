"""What the window asks the user: files, folders, texts, yes or no. Never in the way of events.

Every question is asynchronous: `done` is called with the answer, or with nothing when the user
turned it down. Tests answer with a subclass of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.ui.kit.buttons import ButtonKind
from studio.ui.kit.dialog import Dialog
from studio.ui.kit.fields import Field
from studio.ui.kit.labels import Words
from studio.ui.looks.looks import Looks

Filters = Sequence[tuple[str, Sequence[str]]]
"""Kinds of files: what they are called, and their endings (``*.png``)."""
_WIDE = 380


class Questions:
    """Asks with dialogs over a window, once it belongs to one."""

    _window: QWidget
    _looks: Looks

    def belong(self, window: QWidget, looks: Looks) -> None:
        """Ask over a window from now on, in its looks."""
        self._window, self._looks = window, looks

    def open_files(
        self, title: str, folder: str, filters: Filters, done: Callable[[list[Path]], None]
    ) -> None:
        """Ask for files that exist."""
        dialog = self._file_dialog(title, folder, filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: done([Path(name) for name in names]))
        dialog.open()

    def save_file(
        self, title: str, path: str, filters: Filters, done: Callable[[Path], None]
    ) -> None:
        """Ask where to save; the dialog asks before it takes a file that exists."""
        start = Path(path)
        dialog = self._file_dialog(title, str(start.parent), filters)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(start.suffix.removeprefix("."))
        dialog.selectFile(start.name)
        dialog.fileSelected.connect(lambda name: done(Path(name)))
        dialog.open()

    def folder(self, title: str, start: str, done: Callable[[Path], None]) -> None:
        """Ask for a folder."""
        dialog = self._file_dialog(title, start, ())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: done(Path(name)))
        dialog.open()

    def confirm(
        self, title: str, sentence: str, buttons: Sequence[str], done: Callable[[str], None]
    ) -> None:
        """Ask to choose one of some answers; the first is the one that Enter gives.

        Args:
            title: The question.
            sentence: What follows from the answers.
            buttons: The answers; the last one is also given by Escape.
            done: Called with the answer.
        """
        dialog = Dialog(self._looks, title, sentence, self._window)
        dialog.setMinimumWidth(_WIDE)
        for text in reversed(buttons):
            kind: ButtonKind = "primary" if text == buttons[0] else "normal"
            dialog.add_button(text, kind, partial(done, text))
        # A cross or Esc is the last answer; a button has given its own by then.
        dialog.escaped.connect(partial(done, buttons[-1]))
        dialog.open()

    def text(self, title: str, label: str, value: str, done: Callable[[str], None]) -> None:
        """Ask for a text."""
        dialog = Dialog(self._looks, title, "", self._window)
        dialog.setMinimumWidth(_WIDE)
        field = Field(self._looks, label, parent=dialog)
        field.setText(value)
        dialog.body.addWidget(Words(self._looks, label, "label", "text.secondary"))
        dialog.body.addWidget(field)
        dialog.add_button("Cancel")
        dialog.add_button("OK", "primary", lambda: done(field.text()))
        field.selectAll()
        field.setFocus()
        dialog.open()

    def _file_dialog(self, title: str, folder: str, filters: Filters) -> QFileDialog:
        dialog = QFileDialog(self._window, title, folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([f"{name} ({' '.join(endings)})" for name, endings in filters])
        return dialog
