"""The help on keys: every command with its chords, by menu, to be searched."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.ui.actions.actions import Actions
from studio.ui.kit.dialog import Dialog
from studio.ui.kit.fields import Field
from studio.ui.looks.looks import Looks
from studio.ui.window.action_list import ActionList, rows_by_menu

_WIDE, _HIGH = 640, 620


class ShortcutsHelp(Dialog):
    """Shows the keys of the keymap that is on; choosing a line gives the command.

    Args:
        looks: Theme and icons.
        actions: Every command.
        window: What it lies over.
    """

    def __init__(self, looks: Looks, actions: Actions, window: QWidget) -> None:
        keymap = actions.keymap.title if actions.keymap else ""
        sentence = f"Keymap {keymap}. Keys of the canvas count while the pointer worked there last."
        super().__init__(looks, "Keys", sentence, window)
        self._actions = actions
        self.field = Field(looks, "Search commands and keys", "ph.magnifying-glass", self)
        self.list = ActionList(looks, "Keys", self, all_chords=True)
        self.body.addWidget(self.field)
        self.body.addWidget(self.list, 1)
        self.field.textChanged.connect(self._search)
        self.field.stepped.connect(self.list.step)
        self.list.given.connect(self._give)
        self.add_button("Close", "primary").setAutoRepeat(False)
        self.field.setFocus()
        self.resize(_WIDE, min(_HIGH, window.height() - 80))
        self._search("")

    def _search(self, text: str) -> None:
        self.list.show_rows(rows_by_menu(self._actions, text))

    def _give(self, action: str) -> None:
        if self._actions.enabled(action):
            self.accept()
            self._actions.trigger(action)
