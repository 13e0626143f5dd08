"""A page of settings made from their declarations."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.settings import Settings
from studio.ui.kit.labels import Words
from studio.ui.settings.rows import SettingRow

if TYPE_CHECKING:
    from studio.ui.studio import Studio


def groups() -> tuple[str, ...]:
    """Return the groups that the settings are declared in, in the order of the pages."""
    found = dict.fromkeys(item.metadata["group"] for item in fields(Settings))
    order = ("Looks", "Keymap and mouse", "Models", "Files", "Computing")
    return tuple(sorted(filter(None, found), key=lambda name: (order.index(name), name)))


class Page(QWidget):
    """The settings of one group, under its title.

    Args:
        studio: The window's parts.
        group: Of the settings.
        more: What stands below the rows.
    """

    def __init__(self, studio: Studio, group: str, *more: QWidget) -> None:
        super().__init__()
        self.group = group
        self.rows = [
            SettingRow(studio, item, self)
            for item in fields(Settings)
            if item.metadata["group"] == group and item.metadata["widget"]
        ]
        self.more = more
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, studio.looks.theme.space("l"))
        column.setSpacing(0)
        title = Words(studio.looks, group, "title")
        title.setContentsMargins(22, 0, 0, 6)
        column.addWidget(title)
        for part in (*self.rows, *more):
            column.addWidget(part)

    def search(self, text: str) -> bool:
        """Show the rows that a text is about; say whether there are any."""
        words = text.lower().split()
        title = all(word in self.group.lower() for word in words)
        for row in self.rows:
            row.setVisible(title or row.fits(words))
        for part in self.more:
            part.setVisible(title)
        return title or any(row.fits(words) for row in self.rows)

    def settle(self) -> None:
        """Take what was dragged last."""
        for row in self.rows:
            row.settle()
