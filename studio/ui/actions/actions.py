"""Every command of the window: declared once, for menus, palette, shortcuts and their help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from studio.core.errors import StudioError
from studio.ui.actions.action import Action, Context
from studio.ui.actions.keymaps import Chords, Conflict, Keymap, Keymaps, conflicts
from studio.ui.typed import settle_typing

TAPS = ("Space", "Tab")
"""Chords that the canvas itself takes: one is a hold as well, the other moves the focus elsewhere."""


# Letters typed into an editor over the canvas are no commands of the canvas.
_REACH: Mapping[Context, Qt.ShortcutContext] = {
    "window": Qt.ShortcutContext.WindowShortcut,
    "canvas": Qt.ShortcutContext.WidgetShortcut,
}


@dataclass(frozen=True, slots=True)
class _Bound:
    does: Callable[[], object]
    enabled: Callable[[], bool] | None
    checked: Callable[[], bool] | None


class Actions(QObject):
    """The commands of one window.

    Args:
        keymaps: Which keys do what; ``None``: no keys.
        icon_of: Makes an icon of its name.
    """

    changed = Signal()
    """Chords are others, or there are more actions."""
    refused = Signal(object)
    """The `StudioError` that a command ended with."""

    def __init__(
        self,
        keymaps: Keymaps | None = None,
        icon_of: Callable[[str], QIcon] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.keymaps = keymaps
        self._icon_of = icon_of
        self._actions: dict[str, Action] = {}
        self._bound: dict[str, _Bound] = {}
        self._shown: list[tuple[str, QAction]] = []
        self._places: list[tuple[QWidget, Context, list[QShortcut]]] = []

    # --- Declaring ---

    def declare(self, *actions: Action) -> None:
        """Add commands.

        Raises:
            ValueError: There is one with this id already.
        """
        for action in actions:
            if action.id in self._actions:
                raise ValueError(f"the action {action.id} is declared twice")
            self._actions[action.id] = action
        self._rekey()

    def bind(
        self,
        command: str,
        does: Callable[[], object],
        enabled: Callable[[], bool] | None = None,
        checked: Callable[[], bool] | None = None,
    ) -> None:
        """Say what a declared command does.

        Args:
            command: Its id.
            does: Carries it out.
            enabled: Says whether it makes sense now; ``None``: always.
            checked: Says whether it is on.
        """
        self._bound[self.action(command).id] = _Bound(does, enabled, checked)

    # --- Asking ---

    def action(self, command: str) -> Action:
        """Return a command; a `KeyError` names one that does not exist."""
        return self._actions[command]

    def all(self) -> tuple[Action, ...]:
        """Return every command in the order in which they were declared."""
        return tuple(self._actions.values())

    def enabled(self, command: str) -> bool:
        """Say whether a command can be given now."""
        bound = self._bound.get(command)
        return bound is not None and (bound.enabled is None or bound.enabled())

    def checked(self, command: str) -> bool:
        """Say whether a command is on."""
        bound = self._bound.get(command)
        return bool(bound and bound.checked and bound.checked())

    def trigger(self, command: str) -> bool:
        """Give a command, after what is being typed; says whether it could be given.

        What it refuses with is told by the signal `refused`.
        """
        settle_typing()
        if not self.enabled(command):
            return False
        try:
            self._bound[command].does()
        except StudioError as error:
            self.refused.emit(error)
        self.refresh()
        return True

    # --- Chords ---

    @property
    def keymap(self) -> Keymap | None:
        """The keymap in use."""
        return self.keymaps.keymap if self.keymaps else None

    def chords(self, command: str) -> Chords:
        """Return the chords of a command, the one to show first."""
        return self.keymap.keys.get(command, ()) if self.keymap else ()

    def at(self, chord: str, context: Context) -> str:
        """Return the id of the command with a chord in a context, the window's included."""
        for action in self._actions.values():
            if action.context in (context, "window") and chord in self.chords(action.id):
                return action.id
        return ""

    def set_chords(self, command: str, chords: Iterable[str]) -> tuple[Conflict, ...]:
        """Give a command other chords, and return what is now in conflict.

        Raises:
            DocumentError: A text is not a chord.
            WriteError: The user's keymap cannot be written.
        """
        if self.keymaps:
            self.keymaps.set(self.action(command).id, chords)
            self._rekey()
        return tuple(found for found in self.conflicts() if command in found.actions)

    def reset_chords(self, command: str = "") -> None:
        """Give a command, or all, the chords of the keymap again."""
        if self.keymaps:
            self.keymaps.reset(command)
            self._rekey()

    def choose_keymap(self, name: str) -> None:
        """Take another of the shipped keymaps."""
        if self.keymaps:
            self.keymaps.choose(name)
            self._rekey()

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return every chord that does two things in one place."""
        return conflicts(self.all(), self.keymap.keys) if self.keymap else ()

    # --- Widgets ---

    def qaction(self, command: str, parent: QObject) -> QAction:
        """Return a menu entry for a command; its chord is shown there, and works elsewhere."""
        action = self.action(command)
        shown = QAction(parent)
        shown.setObjectName(command)
        shown.setCheckable(action.checkable)
        shown.setStatusTip(action.help)
        if action.icon and self._icon_of:
            shown.setIcon(self._icon_of(action.icon))
        shown.triggered.connect(partial(self._trigger, command))
        self._shown.append((command, shown))
        self._label(command, shown)
        self._update(command, shown)
        return shown

    def attach(self, widget: QWidget, context: Context) -> None:
        """Let the chords of a context work in a widget and what is inside it.

        `TAPS` are left to the widget, which asks `at`.
        """
        self._places.append((widget, context, []))
        self._attach(*self._places[-1])

    def refresh(self) -> None:
        """Ask again what is enabled and what is on."""
        self._shown = [(command, shown) for command, shown in self._shown if isValid(shown)]
        for command, shown in self._shown:
            self._update(command, shown)

    def _trigger(self, command: str, _checked: bool = False) -> None:
        self.trigger(command)

    def _update(self, command: str, shown: QAction) -> None:
        shown.setEnabled(self.enabled(command))
        if shown.isCheckable():
            shown.setChecked(self.checked(command))

    def _label(self, command: str, shown: QAction) -> None:
        # After a tab, menus show it as a chord; as a real one it would be ambiguous with `attach`.
        chord = next((native(chord) for chord in self.chords(command)), "")
        text = self.action(command).text.replace("&", "&&")
        shown.setText(f"{text}\t{chord}" if chord else text)

    def _rekey(self) -> None:
        self.refresh()
        for command, shown in self._shown:
            self._label(command, shown)
        self._places = [place for place in self._places if isValid(place[0])]
        for place in self._places:
            self._attach(*place)
        self.changed.emit()

    def _attach(self, widget: QWidget, context: Context, shortcuts: list[QShortcut]) -> None:
        for shortcut in shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        shortcuts.clear()
        for action in self._actions.values():
            for chord in self.chords(action.id) if action.context == context else ():
                if chord not in TAPS:
                    shortcuts += [self._shortcut(widget, context, chord, action.id)]

    def _shortcut(self, widget: QWidget, context: Context, chord: str, command: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(chord), widget)
        shortcut.setContext(_REACH.get(context, Qt.ShortcutContext.WidgetWithChildrenShortcut))
        shortcut.activated.connect(partial(self.trigger, command))
        return shortcut


def native(chord: str) -> str:
    """Return a chord as this system writes it."""
    sequence = QKeySequence.fromString(chord, QKeySequence.SequenceFormat.PortableText)
    text = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    # Nobody's keyboard says Return.
    return text.replace("Return", "Enter")
