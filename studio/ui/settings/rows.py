"""One setting: what it is called, what it means, its editor, and a dot that resets it."""

from __future__ import annotations

from dataclasses import Field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.errors import RangeError
from studio.core.spec import Input
from studio.core.widgets import FilePath, FileRef
from studio.ui.inspector.editors import editor_for
from studio.ui.kit.labels import Words
from studio.ui.kit.painting import paint_focus

if TYPE_CHECKING:
    from studio.ui.looks.looks import Looks
    from studio.ui.studio import Studio

EDITOR_WIDE = 240
_DRAG_MS = 250
"""A drag changes a setting once it rests: a new memory budget restarts the worker."""
_TYPES = {bool: "bool", int: "int", float: "float", str: "str"}


class ResetDot(QAbstractButton):
    """The dot of the accent at what is not the default; pressing it resets that."""

    def __init__(self, looks: Looks, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks = looks
        self.setAccessibleName(f"Reset {name}")
        self.setToolTip("Not the default: click to reset")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        looks.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a square that a pointer finds."""
        return QSize(16, 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it with Enter as well as with Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dot."""
        painter, theme, rect = QPainter(self), self.looks.theme, self.rect().toRectF()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent.line"))
        radius = 3.0 if self.underMouse() else 2.5
        painter.drawEllipse(QPointF(rect.center()), radius, radius)
        if self.hasFocus():
            paint_focus(painter, theme, rect)


class SettingRow(QWidget):
    """Shows and changes one setting, at once.

    Args:
        studio: The window's parts.
        declared: The declaration, a field of `Settings` with a widget.
    """

    def __init__(self, studio: Studio, declared: Field[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self.name, self._default = studio, declared.name, declared.default
        self.title: str = declared.metadata["title"]
        self.help: str = declared.metadata["help"]
        self._is_path = isinstance(declared.metadata["widget"], FilePath)
        kind = "file" if self._is_path else _TYPES[type(declared.default)]
        default = self._shown(declared.default)
        item = Input(self.name, kind, default=default, widget=declared.metadata["widget"],
                     help=self.help)  # fmt: skip
        editor = editor_for(studio, item, self)
        assert editor is not None, f"the setting {self.name} has no editor"
        self.editor = editor
        self.editor.setAccessibleName(self.title)
        self.dot = ResetDot(studio.looks, self.title, self)
        self._says = Words(studio.looks, self.help, "caption", "text.secondary", wraps=True)
        self._waiting: Any = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DRAG_MS)
        self._timer.timeout.connect(self.settle)
        self._arrange()
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        looks = self._studio.looks
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Words(looks, self.title, "label"))
        words.addWidget(self._says)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(looks.theme.space("s"))
        row.addWidget(self.dot)
        row.addLayout(words, 1)
        row.addSpacing(looks.theme.space("l"))
        row.addWidget(self.editor)
        self.editor.setFixedWidth(EDITOR_WIDE)

    def _connect(self) -> None:
        self.editor.edited.connect(self._edited)
        self.editor.refused.connect(self._refuse)
        self.dot.clicked.connect(self.reset)
        self._studio.preferences.changed.connect(self._changed)

    def fits(self, words: list[str]) -> bool:
        """Say whether all words of a search are about this setting."""
        about = f"{self.title} {self.help} {self.name}".lower()
        return all(word in about for word in words)

    def refresh(self) -> None:
        """Show the present value."""
        value = self._studio.preferences.value(self.name)
        self.editor.show_value(self._shown(value))
        self.dot.setVisible(value != self._default)

    def reset(self) -> None:
        """Go back to the default."""
        self._timer.stop()
        self._studio.preferences.set(self.name, self._default)

    def settle(self) -> None:
        """Change the setting to where a drag rests."""
        if self._waiting is not None:
            self._timer.stop()
            value, self._waiting = self._waiting, None
            self._set(value)

    def _shown(self, value: Any) -> Any:
        return FileRef(value) if self._is_path else value

    def _edited(self, value: Any, gesture: object) -> None:
        plain = value.path if isinstance(value, FileRef) else value
        if gesture is None:
            self._waiting = None
            self._set(plain)
        else:
            self.editor.show_value(value)
            self._waiting = plain
            self._timer.start()

    def _set(self, value: Any) -> None:
        try:
            self._studio.preferences.set(self.name, value)
        except RangeError as error:
            self._refuse(str(error))

    def _refuse(self, text: str) -> None:
        """Say why what is typed is no value; nothing: what the setting means."""
        self._says.setText(text or self.help)
        self._says.set_role("status.error" if text else "text.secondary")

    def _changed(self, name: str) -> None:
        if name == self.name:
            self._refuse("")
            self.refresh()
