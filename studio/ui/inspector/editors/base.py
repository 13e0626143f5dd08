"""What every editor of a parameter does: show a value, and write the one that the user chose."""

from __future__ import annotations

import time
from abc import abstractmethod
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QWidget

from studio.ui.inspector.targets import label_of

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.inspector.targets import Target
    from studio.ui.studio import Studio

BURST_SECONDS = 2.0
"""A pause in typing after which the next letter begins another step."""
_GESTURES = count(1)


class Editor(QWidget):
    """Edits one value.

    It keeps no value of its own: what it reports comes back by `show_value` once it is in the graph.

    Attributes:
        studio: The window's parts.
        item: The parameter.
        target: Whose parameter it is; without one, `edited` is all that happens.
        head: Pixels at the top that a row keeps for the label of a wide editor.
    """

    edited = Signal(object, object)
    """The new value, and the gesture that it belongs to; ``None`` is a gesture of its own."""
    refused = Signal(str)
    """Why what is being typed is no value; empty once it is one."""
    finished = Signal()
    """The user is done: Enter, Esc, or a choice was made."""

    hint = ""
    """What the pointer and the keys do here; for the status bar."""
    is_wide = False
    """Whether it stands below its label instead of beside it."""

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.item = item
        self.target: Target | None = None
        self.head = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setStatusTip(self.hint)
        self.describe()

    def aim(self, target: Target) -> None:
        """Serve a parameter of some nodes, with a widget of the same kind."""
        self.target = target
        if target.item is not self.item:
            self.take(target.item)

    def take(self, item: Input) -> None:
        """Serve another parameter."""
        self.item = item
        self.describe()

    def describe(self) -> None:
        """Give the parameter's name to screen readers."""
        self.setAccessibleName(label_of(self.item.name))
        self.setAccessibleDescription(self.item.help)

    @abstractmethod  # for readers and the type checker; Qt's classes have a metaclass of their own
    def show_value(self, value: Any, problem: str = "") -> None:
        """Show what the graph has.

        Args:
            value: In the type of the parameter, or `MIXED`.
            problem: What is wrong with it; empty: nothing.
        """

    def start(self) -> None:
        """Begin to edit, with all of the text chosen where there is one."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def report(self, value: Any, gesture: int | None = None) -> None:
        """Write a value that the user chose."""
        if self.target:
            self.target.write(value, gesture)
        self.edited.emit(value, gesture)

    def sizeHint(self) -> QSize:
        """Return the height of a control."""
        return QSize(120, self.studio.looks.theme.size("control"))


def new_gesture() -> int:
    """Return the name of a gesture that begins: one drag, or one burst of typing."""
    return next(_GESTURES)


class Burst:
    """Names the bursts of typing: a pause begins another one."""

    def __init__(self) -> None:
        self._gesture = 0
        self._last = 0.0

    def end(self) -> None:
        """Let the next letter begin another burst."""
        self._last = 0.0

    def gesture(self) -> int:
        """Return the gesture that a letter typed now belongs to."""
        now = time.monotonic()
        if now - self._last > BURST_SECONDS:
            self._gesture = new_gesture()
        self._last = now
        return self._gesture
