"""The line over a group of rows: its title, and what is in it while it is closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.kit.painting import paint_text
from studio.ui.looks import Looks


class SectionHead(QAbstractButton):
    """Opens and closes a section.

    Attributes:
        note: Said at the right.
    """

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.note = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_title(self, title: str, note: str, *, is_open: bool) -> None:
        """Show a title, and whether the section is open."""
        self.note = note
        self.setText(title)
        self.setChecked(is_open)
        self.setAccessibleName(f"{title}, {note}" if note else title)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a section's head."""
        return QSize(120, self._looks.theme.size("section"))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show it at rest."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line, the caret, the title and the note."""
        theme = self._looks.theme
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.underMouse():
            painter.fillRect(rect, theme.color("bg.hover"))
        painter.fillRect(QRectF(0, 0, rect.width(), 1), theme.color("border.subtle"))
        caret = "ph.caret-down-fill" if self.isChecked() else "ph.caret-right-fill"
        pixmap = self._looks.pixmap(caret, "text.secondary", 12, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(9, (rect.height() - 12) / 2), pixmap)
        room = rect.adjusted(26, 0, -theme.space("l"), 0)
        paint_text(painter, theme, room, self.text(), font="label_strong")
        right = Qt.AlignmentFlag.AlignRight
        paint_text(painter, theme, room, self.note, role="text.muted", align=right)
        if self.hasFocus():
            paint_field_edge(painter, theme, rect.adjusted(2, 2, -2, -2), focus=True)
