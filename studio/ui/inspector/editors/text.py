"""A text of several lines without syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from studio.core.widgets import Text
from studio.ui.inspector.editors.base import Burst, Editor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_ground

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.looks.looks import Looks
    from studio.ui.studio import Studio

_PADDING = 4
_FEWEST, _MOST = 3, 14


class Area(QPlainTextEdit):
    """The text itself: no ground and no edge; Tab goes on to the next editor."""

    left = Signal()
    entered = Signal()
    done = Signal()

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(_PADDING)
        looks.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Take font and colours from the theme."""
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.setFont(self._looks.theme.font("body"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc leave."""
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the keyboard came here."""
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the keyboard went elsewhere, unless a menu of its own took it."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class TextEditor(Editor):
    """Writes what is typed letter by letter, as one step a burst."""

    is_wide = True

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self.area = self.make_area()
        self.area.textChanged.connect(self._typed)
        self.area.left.connect(self._leave)
        self.area.entered.connect(self.update)
        self.area.done.connect(self.finished)
        self.area.setAccessibleName(self.accessibleName())
        self.setFocusProxy(self.area)
        self._burst = Burst()
        self._problem = ""
        self._text = ""

    def make_area(self) -> Area:
        """Return the text."""
        return Area(self.studio.looks, self)

    def describe(self) -> None:
        """Give the parameter's name to screen readers."""
        super().describe()
        area = getattr(self, "area", None)
        if area:
            area.setAccessibleName(self.accessibleName())

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show a text; the cursor stays where it is while the same text is shown."""
        self._problem = problem
        text = "" if value is MIXED else str(value)
        self.area.setPlaceholderText("mixed" if value is MIXED else "")
        if self._text != text:
            self._text = text
            place = self.area.textCursor().position()
            self.area.setPlainText(text)
            cursor = self.area.textCursor()
            cursor.setPosition(min(place, len(text)))
            self.area.setTextCursor(cursor)
        self.update()

    def start(self) -> None:
        """Put the cursor at the end of the text."""
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)
        self.area.moveCursor(QTextCursor.MoveOperation.End)

    def sizeHint(self) -> QSize:
        """Return the height of the lines that the spec asks for."""
        asked = self.item.widget.lines if isinstance(self.item.widget, Text) else _FEWEST
        lines = min(max(asked, _FEWEST), _MOST)
        line = self.studio.looks.theme.line("body")
        return QSize(200, lines * line + 2 * _PADDING + 4 + self.head)

    def _typed(self) -> None:
        text = self.area.toPlainText()
        if text != self._text:  # colouring a text is no typing
            self._text = text
            self.report(text, self._burst.gesture())

    def _leave(self) -> None:
        self._burst.end()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the text inside the field."""
        self.area.setGeometry(self.rect().adjusted(4, 2 + self.head, -2, -2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field and its edge."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(0, self.head, 0, 0)
        paint_ground(painter, theme, rect, "bg.field")
        paint_field_edge(
            painter, theme, rect, focus=self.area.hasFocus(), hover=self.underMouse(),
            problem="error" if self._problem else "",
        )  # fmt: skip
