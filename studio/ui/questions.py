"""What the window asks the user: files, folders, texts, yes or no. Never in the way of events.

Every question is asynchronous: `done` is called with the answer, or with nothing when the user
turned it down. Tests answer with a subclass of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

Filters = Sequence[tuple[str, Sequence[str]]]
"""Kinds of files: what they are called, and their endings (``*.png``)."""


class Questions:
    """Asks with dialogs over a window."""

    def __init__(self) -> None:
        self.window: QWidget | None = None

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
        box = QMessageBox(self.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setText(title)
        box.setInformativeText(sentence)
        roles = [QMessageBox.ButtonRole.AcceptRole] * (len(buttons) - 1)
        added = [
            box.addButton(text, role)
            for text, role in zip(buttons, [*roles, QMessageBox.ButtonRole.RejectRole], strict=True)
        ]
        box.setDefaultButton(added[0])
        box.setEscapeButton(added[-1])
        box.buttonClicked.connect(lambda button: done(button.text()))
        box.open()

    def text(self, title: str, label: str, value: str, done: Callable[[str], None]) -> None:
        """Ask for a text."""
        dialog = QInputDialog(self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(label)
        dialog.setTextValue(value)
        dialog.textValueSelected.connect(done)
        dialog.open()

    def _file_dialog(self, title: str, folder: str, filters: Filters) -> QFileDialog:
        dialog = QFileDialog(self.window, title, folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([f"{name} ({' '.join(endings)})" for name, endings in filters])
        return dialog
