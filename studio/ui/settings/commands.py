"""The commands that open the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui.actions.action import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.studio import Studio

ACTIONS = (
    Action("edit.settings", "Settings", "ph.gear-six", "Edit",
           help="Looks, keys, model folders, memory."),
    Action("edit.keys", "Change keys", "ph.keyboard", "Edit",
           help="All commands with their keys, to be changed."),
)  # fmt: skip


def bind(studio: Studio, window: QWidget) -> None:
    """Say what the commands do.

    Args:
        studio: The window's parts.
        window: What the dialog lies over.
    """

    def open_at(page: str = "") -> None:
        from studio.ui.settings.dialog import SettingsDialog

        dialog = SettingsDialog(studio, window)
        dialog.show_page(page)
        dialog.open()

    def open_keys() -> None:
        from studio.ui.settings.dialog import KEYS

        open_at(KEYS)

    studio.actions.bind("edit.settings", open_at)
    studio.actions.bind("edit.keys", open_keys)
