"""All commands with their keys: to search, to press new ones, and to reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.core.errors import StudioError
from studio.ui.actions.actions import native
from studio.ui.actions.keymaps import conflicts
from studio.ui.kit.buttons import Button
from studio.ui.kit.fields import Field
from studio.ui.kit.labels import Words
from studio.ui.window.action_list import ActionList, rows_by_menu

if TYPE_CHECKING:
    from studio.ui.studio import Studio

_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta,
              Qt.Key.Key_AltGr)  # fmt: skip


class ChordField(Field):
    """Takes the next chord that is pressed; Esc gives up."""

    pressed = Signal(str)
    """Portable text of the chord."""
    given_up = Signal()

    def event(self, event: QEvent) -> bool:
        """Take chords that are shortcuts elsewhere, and Tab."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a chord once a key that is no modifier is pressed."""
        event.accept()
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.given_up.emit()
        elif event.key() not in _MODIFIERS:
            sequence = QKeySequence(event.keyCombination())
            self.pressed.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))

    def focusOutEvent(self, event: QEvent) -> None:
        """Give up when the keyboard goes elsewhere."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.given_up.emit()


class KeysPage(QWidget):
    """Changes the keys of commands; what they would be taken from is said before.

    Attributes:
        taken: What has the pressed chord already, by id; nothing is changed until the user agrees.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._actions = studio, studio.actions
        self._chord = ""
        self.taken: tuple[str, ...] = ()
        looks = studio.looks
        self.search_field = Field(looks, "Search commands and keys", "ph.magnifying-glass", self)
        self.list = ActionList(looks, "Keys of commands", self, all_chords=True)
        self.says = Words(looks, "", "label", "text.secondary", wraps=True)
        self.chord = ChordField(looks, "Press the new keys, Esc leaves them", "ph.keyboard", self)
        self.change = Button(looks, "Change keys")
        self.clear = Button(looks, "No keys", "quiet")
        self.reset = Button(looks, "Reset", "quiet")
        self.reset_all = Button(looks, "Reset all keys", "quiet")
        self.take = Button(looks, "Take them", "primary")
        self.keep = Button(looks, "Leave them")
        self._arrange()
        self._connect()
        self.fill()
        self._rest()

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(self._studio.looks.theme.space("s"))
        for button in (self.chord, self.change, self.take, self.keep, self.clear, self.reset):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.reset_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 8, 0, 0)
        column.setSpacing(self._studio.looks.theme.space("m"))
        column.addWidget(self.search_field)
        column.addWidget(self.list, 1)
        column.addWidget(self.says)
        column.addLayout(foot)
        self.list.setMinimumHeight(240)
        self.says.setMinimumHeight(self._studio.looks.theme.line("label") * 2)

    def _connect(self) -> None:
        self.search_field.textChanged.connect(self.fill)
        self.search_field.stepped.connect(self.list.step)
        self.list.selectionModel().currentChanged.connect(self._rest)
        self.list.activated.connect(self.ask)
        self.list.doubleClicked.connect(self.ask)
        self.chord.pressed.connect(self._pressed)
        self.chord.given_up.connect(self._give_up)
        self.change.clicked.connect(self.ask)
        self.clear.clicked.connect(self._clear)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        self.take.clicked.connect(self._take)
        self.keep.clicked.connect(self._rest)
        self._actions.changed.connect(self.fill)

    # --- What is shown ---

    @property
    def command(self) -> str:
        """The id of the chosen command; empty: none."""
        row, rows = self.list.currentIndex().row(), self.list.lines.rows
        action = rows[row].action if 0 <= row < len(rows) else None
        return action.id if action else ""

    def choose(self, command: str) -> None:
        """Choose a command that is listed."""
        for number, row in enumerate(self.list.lines.rows):
            if row.action and row.action.id == command:
                self.list.selectionModel().setCurrentIndex(
                    self.list.lines.index(number),
                    QItemSelectionModel.SelectionFlag.ClearAndSelect,
                )

    def fill(self, *_told: object) -> None:
        """List the commands for what is searched; the chosen one stays chosen."""
        before = self.command
        self.list.show_rows(rows_by_menu(self._actions, self.search_field.text()))
        self.choose(before)
        self._rest()

    def _rest(self, *_told: object) -> None:
        """Show what can be done with the chosen command."""
        self._chord, self.taken = "", ()
        command = self.command
        changed = self._actions.keymaps.changed if self._actions.keymaps else ()
        self._show_stage("rest")
        for button in (self.change, self.clear, self.reset):
            button.setEnabled(bool(command))
        self.reset.setEnabled(command in changed)
        self.reset_all.setEnabled(bool(changed))
        self.says.setText(self._sentence(command, command in changed))

    def _sentence(self, command: str, changed: bool) -> str:
        if not command:
            return "Nothing fits." if self.search_field.text() else ""
        action = self._actions.action(command)
        chords = ", ".join(native(chord) for chord in self._actions.chords(command))
        keys = f"{action.text}: {chords or 'no keys'}"
        return f"{keys} (changed by you). {action.help}" if changed else f"{keys}. {action.help}"

    def _show_stage(self, stage: str) -> None:
        """Show the buttons of a stage: resting, hearing keys, or agreeing to take them."""
        stages = {
            "rest": (self.change, self.clear, self.reset, self.reset_all),
            "hear": (self.chord,),
            "agree": (self.take, self.keep),
        }
        for name, widgets in stages.items():
            for widget in widgets:
                widget.setVisible(name == stage)

    # --- What is changed ---

    def ask(self, *_told: object) -> None:
        """Wait for a chord."""
        if self.command:
            self._show_stage("hear")
            action = self._actions.action(self.command)
            self.says.setText(f"Press the new keys of {action.text}.")
            self.chord.setFocus()

    def _pressed(self, chord: str) -> None:
        """Give the chord to the command, or say first what has it."""
        self._chord, self.taken = chord, self._others(chord)
        if not self.taken:
            self._take()
            return
        texts = ", ".join(self._actions.action(name).text for name in self.taken)
        self.says.setText(f"{native(chord)} is taken by {texts}, which would have it no longer.")
        self._show_stage("agree")
        self.take.setFocus()

    def _others(self, chord: str) -> tuple[str, ...]:
        """Return the commands that would be in conflict about a chord."""
        keymap = self._actions.keymap
        if keymap is None:
            return ()
        keys = {**keymap.keys, self.command: (chord,)}
        found = conflicts(self._actions.all(), keys)
        mine = [
            item.actions for item in found if item.chord == chord and self.command in item.actions
        ]
        return tuple(
            dict.fromkeys(name for names in mine for name in names if name != self.command)
        )

    def _take(self) -> None:
        command, chord, others = self.command, self._chord, self.taken
        for other in others:
            self._set(other, [one for one in self._actions.chords(other) if one != chord])
        self._set(command, [chord])
        self._rest()
        self.list.setFocus()

    def _clear(self) -> None:
        self._set(self.command, [])

    def _set(self, command: str, chords: list[str]) -> None:
        try:
            self._actions.set_chords(command, chords)
        except StudioError as error:
            self._studio.messages.say(str(error), "error")

    def _give_up(self) -> None:
        if self.chord.isVisible() and not self.taken:
            self._rest()
            self.list.setFocus()

    def _reset(self) -> None:
        self._actions.reset_chords(self.command)

    def _reset_all(self) -> None:
        self._actions.reset_chords()
