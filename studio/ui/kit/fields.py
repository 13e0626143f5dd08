"""A line of text in a field, with an icon before it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.ui.kit.painting import paint_edge, paint_focus, paint_ground, paint_icon
from studio.ui.looks.looks import Looks

_ICON_ROOM = 26


class Field(QLineEdit):
    """One line to type into; with an icon it is a search line.

    Args:
        looks: Theme and icons.
        hint: Shown while it is empty; also its name for screen readers.
        icon: Name of an icon before the text.
        bare: Whether it has no ground and no edge, as at the head of a list that it searches.
    """

    stepped = Signal(int)
    """An arrow up or down, or a page key, was pressed: by how many lines the list below moves."""

    def __init__(
        self,
        looks: Looks,
        hint: str = "",
        icon: str = "",
        parent: QWidget | None = None,
        *,
        bare: bool = False,
    ) -> None:
        super().__init__(parent)
        self.looks, self._icon, self._bare = looks, icon, bare
        self.setFrame(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setTextMargins(_ICON_ROOM if icon else 8, 0, 8, 0)
        looks.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Take font and colours from the theme."""
        self.setFont(self.looks.theme.font("body" if self._bare else "label"))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height of a control."""
        return QSize(160, self.looks.theme.size("control"))

    def minimumSizeHint(self) -> QSize:
        """Return room for some letters."""
        return QSize(60, self.looks.theme.size("control"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass arrows on to the list below."""
        steps = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, edge and icon; the text is Qt's."""
        painter = QPainter(self)
        theme, rect = self.looks.theme, QRectF(self.rect())
        if not self._bare:
            hover = self.underMouse() and self.isEnabled()
            paint_ground(painter, theme, rect, "bg.field_hover" if hover else "bg.field")
            paint_edge(painter, theme, rect, "border.strong" if hover else "border.default")
        if self._icon:
            place = QRectF(0, 0, _ICON_ROOM + 4, rect.height())
            paint_icon(painter, self.looks, place, self._icon, "text.muted", 14)
        painter.end()
        super().paintEvent(event)
        if self.hasFocus() and not self._bare:
            paint_focus(QPainter(self), theme, rect)
