"""A small icon button inside or beside a field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.ui.inspector.editors.painting import field_path, paint_edge
from studio.ui.looks import Looks


class ToolButton(QAbstractButton):
    """An icon with a hint; chosen, it is tinted.

    Args:
        looks: Theme and icons.
        icon: Name of the icon, such as ``ph.folder-open``.
        hint: What it does, for tool tips and screen readers.
    """

    def __init__(self, looks: Looks, icon: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._icon = icon
        self.setToolTip(hint)
        self.setAccessibleName(hint)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return a square of the height of a control."""
        side = self._looks.theme.size("control")
        return QSize(side, side)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show it at rest."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the icon and the focus ring."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if self.isChecked():
            painter.fillPath(field_path(theme, rect), theme.color("accent.soft"))
        elif self.underMouse() or self.isDown():
            painter.fillPath(field_path(theme, rect), theme.color("bg.hover"))
        role = "accent.text" if self.isChecked() else "text.secondary"
        role = role if self.isEnabled() else "text.disabled"
        pixmap = self._looks.pixmap(self._icon, role, 14, self.devicePixelRatioF())
        place = QPointF((self.width() - 14) / 2, (self.height() - 14) / 2)
        painter.drawPixmap(place, pixmap)
        if self.hasFocus():
            paint_edge(painter, theme, rect, focus=True)
