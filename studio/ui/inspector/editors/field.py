"""A field with a line of text in it, and what stands left and right of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.core.widgets import Text
from studio.ui.inspector.editors.base import Burst, Editor
from studio.ui.inspector.editors.line import LineEdit
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_ground

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.studio import Studio

WARNING = "ph.warning-fill"


class FieldEditor(Editor):
    """A text in a field. What is typed is written letter by letter, as one step a burst.

    Attributes:
        line: Holds the text.
        left: Pixels left of the text inside the field.
        beside: Pixels right of the field, for buttons.
    """

    font_role = "label"
    icon = ""

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self.left = 22 if self.icon else 0
        self.beside = 0
        self.status = ""
        self.line = LineEdit(studio.looks, self, self.font_role)
        self.line.textEdited.connect(self.typed)
        self.line.committed.connect(self.commit)
        self.line.cancelled.connect(self.cancel)
        self.line.left.connect(self.leave)
        self.line.entered.connect(self.update)
        self.line.setAccessibleName(self.accessibleName())
        self.setFocusProxy(self.line)
        self._burst = Burst()
        self._value: Any = None

    def describe(self) -> None:
        """Give the parameter's name to screen readers."""
        super().describe()
        line = getattr(self, "line", None)
        if line:
            line.setAccessibleName(self.accessibleName())

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show a text; the cursor stays where it is while the same text is shown."""
        self._value = value
        self.status = "error" if problem else ""
        text = "" if value is MIXED else self.text_of(value)
        self.line.setPlaceholderText("mixed" if value is MIXED else self.nothing)
        if self.line.text() != text and not self.is_unread(text):
            self.line.setText(text)
        self.update()

    def start(self) -> None:
        """Put the keyboard into the text and choose it."""
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()

    # --- What kinds of fields differ in ---

    @property
    def nothing(self) -> str:
        """What an empty field means, for people."""
        said = self.item.widget.empty if isinstance(self.item.widget, Text) else ""
        folder = self.studio.session.output_folder.name if "{output}" in said else ""
        return said.replace("{output}", folder)

    def text_of(self, value: Any) -> str:
        """Return a value as text."""
        return str(value)

    def is_unread(self, text: str) -> bool:
        """Tell whether a text that was typed and not taken yet must stay instead of this one."""
        return False

    def typed(self, text: str) -> None:
        """Take a text as it is typed."""
        self.report(text, self._burst.gesture())

    def commit(self) -> None:
        """Take Enter."""
        self._burst.end()
        self.finished.emit()

    def cancel(self) -> None:
        """Take Esc."""
        self._burst.end()
        self.finished.emit()

    def leave(self) -> None:
        """Take that the keyboard went elsewhere."""
        self._burst.end()
        self.update()
        self.finished.emit()

    # --- Looks ---

    @property
    def field_rect(self) -> QRectF:
        """The field without the buttons beside it."""
        return QRectF(0, 0, self.width() - self.beside, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the text inside the field."""
        self.line.setGeometry(self.field_rect.adjusted(self.left, 0, 0, 0).toRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field and its edge; the line paints the text."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = self.field_rect
        paint_ground(painter, theme, rect, "bg.field")
        self.paint_left(painter)
        focus, hover = self.line.hasFocus(), self.underMouse()
        paint_field_edge(painter, theme, rect, focus=focus, hover=hover, problem=self.status)

    def paint_left(self, painter: QPainter) -> None:
        """Paint what stands left of the text."""
        if self.icon:
            warned = self.status == "warning"
            icon, role = (WARNING, "status.warning") if warned else (self.icon, "text.secondary")
            pixmap = self.studio.looks.pixmap(icon, role, 14, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(8, (self.height() - 14) / 2), pixmap)
