"""The rail at the left edge: what opens at the side, and help at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from studio.ui.kit.painting import paint_focus, paint_ground, paint_icon
from studio.ui.looks.looks import Looks

_SIDE = 36


class RailButton(QAbstractButton):
    """An icon on the rail; with a bar at its edge while its panel is open."""

    def __init__(self, looks: Looks, name: str, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks, self._icon = looks, icon
        self.setCheckable(True)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the width of the rail."""
        return QSize(self._looks.theme.layout("rail") - 1, _SIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it with Enter, and go up and down with the arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon and the state."""
        theme, painter, rect = self._looks.theme, QPainter(self), QRectF(self.rect())
        inner = QRectF((rect.width() - 32) / 2, 2, 32, rect.height() - 4)
        lit = self.isChecked() or self.underMouse()
        if self.underMouse() or self.isDown():
            paint_ground(painter, theme, inner, "bg.pressed" if self.isDown() else "bg.hover")
        if self.isChecked():
            painter.fillRect(QRectF(0, 6, 2, rect.height() - 12), theme.color("accent.line"))
        role = "text.primary" if lit else "text.secondary"
        paint_icon(painter, self._looks, rect, self._icon, role, 20)
        if self.hasFocus():
            paint_focus(painter, theme, inner)


class Rail(QWidget):
    """A column of buttons.

    Args:
        looks: Theme and icons.
        top: Name of an action or panel, title and icon of each button.
        foot: The same for the buttons at the foot.

    Attributes:
        buttons: By the name of what they open.
    """

    def __init__(
        self,
        looks: Looks,
        top: Sequence[tuple[str, str, str]],
        foot: Sequence[tuple[str, str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._looks = looks
        self.buttons = {
            name: RailButton(looks, text, icon, self) for name, text, icon in (*top, *foot)
        }
        self.setFixedWidth(looks.theme.layout("rail"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 1, 6)
        column.setSpacing(2)
        for name, _, _ in top:
            column.addWidget(self.buttons[name])
        column.addStretch(1)
        for name, _, _ in foot:
            column.addWidget(self.buttons[name])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line at its right."""
        painter, theme = QPainter(self), self._looks.theme
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        color = theme.color("border.subtle")
        painter.fillRect(self.width() - 1, 0, 1, self.height(), color)
