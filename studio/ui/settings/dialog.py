"""The settings: pages at the left, rows at the right, and a search over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.ui.kit.dialog import Dialog
from studio.ui.kit.fields import Field
from studio.ui.kit.labels import Words
from studio.ui.settings.folders_page import FoldersPage
from studio.ui.settings.keys_page import KeysPage
from studio.ui.settings.page import Page, groups

if TYPE_CHECKING:
    from studio.ui.studio import Studio

KEYS = "Shortcuts"
_MODELS = "Models"
_WIDE, _HIGH, _NAMES = 780, 620, 150
_MARGIN = 60


class SettingsDialog(Dialog):
    """Changes settings at once; there is nothing to confirm.

    Args:
        studio: The window's parts.
        window: What it lies over.

    Attributes:
        pages: The pages by their titles; that of the keys apart.
        keys: The page of the keys.
        names: The titles to choose from.
        field: Searches all pages but that of the keys, which has its own.
    """

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(studio.looks, "Settings", "", window)
        self._studio = studio
        self.field = Field(studio.looks, "Search settings", "ph.magnifying-glass", self)
        self.pages = {
            name: Page(studio, name, *([FoldersPage(studio)] if name == _MODELS else []))
            for name in groups()
        }
        self.keys = KeysPage(studio)
        self.names = self._names()
        self._nothing = Words(studio.looks, "No setting is called so.", "label", "text.secondary")
        self._rooms = QStackedLayout()
        self._arrange()
        self.close_button = self.add_button("Close")
        self.field.textChanged.connect(self._search)
        self.names.currentTextChanged.connect(self._choose)
        self.names.setCurrentRow(0)
        self.field.setFocus()
        self.resize(min(_WIDE, window.width() - _MARGIN), min(_HIGH, window.height() - _MARGIN))

    def _names(self) -> QListWidget:
        names = QListWidget(self)
        names.setAccessibleName("Pages")
        names.setFrameShape(QFrame.Shape.NoFrame)
        names.viewport().setAutoFillBackground(False)
        names.setFixedWidth(_NAMES)
        names.addItems([*self.pages, KEYS])
        names.setFont(self.looks.theme.font("label"))
        for row in range(names.count()):
            names.item(row).setSizeHint(QSize(_NAMES, self.looks.theme.size("list_row")))
        return names

    def _arrange(self) -> None:
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(self.looks.theme.space("m"))
        for page in self.pages.values():
            column.addWidget(page)
        column.addWidget(self._nothing)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(rows)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        rows.setAutoFillBackground(False)
        self._rooms.addWidget(area)
        self._rooms.addWidget(self.keys)
        both = QHBoxLayout()
        both.setSpacing(self.looks.theme.space("l"))
        both.addWidget(self.names)
        both.addLayout(self._rooms, 1)
        self.body.addWidget(self.field)
        self.body.addLayout(both, 1)

    # --- What is seen ---

    def show_page(self, name: str) -> None:
        """Show a page by its title."""
        self.field.clear()
        for found in self.names.findItems(name, Qt.MatchFlag.MatchExactly):
            self.names.setCurrentItem(found)

    def _choose(self, name: str) -> None:
        if not name:
            return
        if self.field.text():
            self.field.clear()
        self._show(name)

    def _show(self, name: str) -> None:
        self._rooms.setCurrentIndex(1 if name == KEYS else 0)
        self._nothing.hide()
        for title, page in self.pages.items():
            page.search("")
            page.setVisible(title == name)

    def _search(self, text: str) -> None:
        """Show what a text is about, of all pages."""
        if not text.strip():
            self._show(self.names.currentItem().text())
            return
        self._rooms.setCurrentIndex(0)
        found = [page.search(text) for page in self.pages.values()]
        for page, fits in zip(self.pages.values(), found, strict=True):
            page.setVisible(fits)
        self._nothing.setVisible(not any(found))

    def done(self, result: int) -> None:
        """Take what was dragged last, and close."""
        for page in self.pages.values():
            page.settle()
        super().done(result)
