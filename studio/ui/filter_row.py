"""A line to filter a list by words and by one choice, which a small button shows and hides."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from studio.ui.looks.looks import Looks
from studio.ui.rows import PADDING


class FilterRow(QWidget):
    """A line to filter by words and by one choice; a button shows and hides it.

    Args:
        looks: Theme, fonts and icons.
        choices: What can be chosen; the first one means all.
        name: For the screen reader.
        changed: Called when something else is wanted.
    """

    def __init__(
        self,
        looks: Looks,
        choices: tuple[str, ...],
        name: str,
        changed: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._changed = changed
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Filter")
        self.field.setAccessibleName(name)
        self.field.setClearButtonEnabled(True)
        self.box = QComboBox(self)
        self.box.addItems(list(choices))
        self.box.setAccessibleName(f"{name}: kind")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(PADDING, 4, PADDING, 4)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.box)
        self.toggle = QToolButton(self)
        self.toggle.setIcon(looks.icon("ph.funnel"))
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolTip("Filter")
        self.toggle.setAccessibleName(name)
        self.toggle.toggled.connect(self._toggled)
        self.field.textChanged.connect(self._told)
        self.box.currentTextChanged.connect(self._told)
        self.hide()

    @property
    def words(self) -> str:
        """The words that are wanted, in small letters."""
        return self.field.text().strip().casefold() if not self.isHidden() else ""

    @property
    def choice(self) -> str:
        """What is chosen."""
        return self.box.currentText() if not self.isHidden() else ""

    def _toggled(self, on: bool) -> None:
        self.setVisible(on)
        if on:
            self.field.setFocus()
        self._changed()

    def _told(self, *_: object) -> None:
        self._changed()
