"""The icon of a node's category, which gives the chosen nodes another colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from studio.ui.kit.painting import paint_edge, paint_focus, paint_ground
from studio.ui.looks.hues import add_colors, icon_of

if TYPE_CHECKING:
    from studio.ui.studio import Studio

SIDE = 28


class Tile(QAbstractButton):
    """A small square in the colour of a category, with its icon; a click opens the colours."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._category = ""
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip("Colour of the node")
        self.setAccessibleName("Colour of the node")
        self.clicked.connect(self.open)

    def show_category(self, category: str) -> None:
        """Stand for another category; none that is known: for a node that is not installed."""
        if category != self._category:
            self._category = category
            self.update()

    def open(self) -> QMenu:
        """Open the colours below; the menu goes when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_colors(menu, self._studio)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square and the icon; an edge under the pointer says that it can be clicked."""
        looks, rect = self._studio.looks, QRectF(self.rect())
        known = bool(self._category)
        ground = f"category.{self._category}.header" if known else "bg.raised"
        role = f"category.{self._category}.icon" if known else "status.warning"
        painter = QPainter(self)
        paint_ground(painter, looks.theme, rect, ground)
        pixmap = looks.pixmap(icon_of(self._category), role, 16, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(6, 6), pixmap)
        if self.underMouse():
            paint_edge(painter, looks.theme, rect, "border.strong")
        if self.hasFocus():
            paint_focus(painter, looks.theme, rect)
