"""A prompt: coloured by its grammar, weighed by Ctrl+Up and Ctrl+Down, its tokens counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from studio.ui.inspector.counting import Count, Counter
from studio.ui.inspector.editors.text import Area, TextEditor
from studio.ui.inspector.highlighter import PromptHighlighter
from studio.ui.inspector.prompt_weights import STEP, changed
from studio.ui.kit.painting import paint_text

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.looks.looks import Looks
    from studio.ui.studio import Studio

_COUNT_MS = 120
_BAR = 64
_WEIGHT_KEYS = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}


class PromptArea(Area):
    """A text whose words are made stronger and weaker, and that says what it did not understand."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(looks, parent)
        self.highlighter = PromptHighlighter(looks, self.document())
        self._spans = self.highlighter.reading.spans
        self.textChanged.connect(self._color_all)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Weigh the selection or the word at the cursor."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in _WEIGHT_KEYS:
            self.weigh(_WEIGHT_KEYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def weigh(self, by: float) -> None:
        """Change the weight of the selection or of the word at the cursor."""
        cursor = self.textCursor()
        edit = changed(self.toPlainText(), cursor.selectionStart(), cursor.selectionEnd(), by)
        if edit is None:
            return
        cursor.setPosition(edit.start)
        cursor.setPosition(edit.end, cursor.MoveMode.KeepAnchor)
        cursor.insertText(edit.text)
        cursor.setPosition(edit.select[0])
        cursor.setPosition(edit.select[1], cursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+Up and Ctrl+Down from the window's shortcuts, and explain what is underlined."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if control and event.key() in _WEIGHT_KEYS:
                event.accept()
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.cursorForPosition(event.pos()).position()
            QToolTip.showText(event.globalPos(), self._problem_at(place), self)
            return True
        return super().event(event)

    def _problem_at(self, place: int) -> str:
        problems = self.highlighter.reading.problems
        return next((text for text, start, end in problems if start <= place <= end), "")

    def _color_all(self) -> None:
        """Colour the other lines too, as a bracket may reach over them."""
        spans = self.highlighter.reading.spans
        if spans != self._spans:
            self._spans = spans
            if self.document().blockCount() > 1:
                self.highlighter.rehighlight()


class PromptEditor(TextEditor):
    """The text below a line that says how long it is."""

    area: PromptArea
    hint = "Ctrl+Up weighs a word more\u2003Ctrl+Down less"

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self.count = Count(0, 75)
        self._counter = Counter(self)
        self._counter.counted.connect(self._counted)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COUNT_MS)
        self._timer.timeout.connect(self._ask)
        self.area.textChanged.connect(self._timer.start)

    def make_area(self) -> Area:
        """Return a text that knows the grammar."""
        return PromptArea(self.studio.looks, self)

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show a prompt."""
        super().show_value(value, problem)
        if problem:
            self.count = Count(0, self.count.room, problem)

    def _ask(self) -> None:
        if self.isVisible():
            self._counter.ask(self.area.toPlainText())

    def _counted(self, found: Count) -> None:
        self.count = found
        said = found.problem or f"{found.tokens} of {found.room} tokens"
        self.area.setAccessibleDescription(f"{self.item.help} {said}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, and the token bar and count above it."""
        super().paintEvent(event)
        if not self.head:
            return
        theme = self.studio.looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = self.count
        text = "too long" if count.problem else f"{count.tokens} / {count.room}"
        room = QRectF(0, 0, self.width(), self.head)
        role = "status.error" if count.problem else "text.secondary"
        right = Qt.AlignmentFlag.AlignRight
        paint_text(painter, theme, room, text, role=role, align=right, font="value")
        used = painter.fontMetrics().horizontalAdvance(text)
        bar = QRectF(self.width() - used - 8 - _BAR, self.head / 2 - 1.5, _BAR, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border.default"))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.setBrush(theme.color("text.secondary"))
        bar.setWidth(_BAR * min(count.tokens / max(count.room, 1), 1.0))
        painter.drawRoundedRect(bar, 1.5, 1.5)
