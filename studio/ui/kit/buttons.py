"""Buttons: with a word, with an icon, and with a menu beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from studio.ui.kit.painting import (
    paint_edge,
    paint_focus,
    paint_ground,
    paint_icon,
    paint_text,
)
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import Theme

ButtonKind = Literal["primary", "normal", "quiet", "danger", "link"]

_PAD = 12
_GAP = 6
_ICON = 14
_CARET = 25


@dataclass(frozen=True)
class _Dress:
    """Colours of a kind of button; empty: none."""

    rest: str
    hover: str
    pressed: str
    text: str
    edge: str = ""


_DRESSES: dict[ButtonKind, _Dress] = {
    "primary": _Dress("accent.fill", "accent.fill_hover", "accent.fill_pressed", "text.on_accent"),
    "normal": _Dress("bg.raised", "bg.hover", "bg.pressed", "text.primary", "border.default"),
    "quiet": _Dress("", "bg.hover", "bg.pressed", "text.primary"),
    "danger": _Dress("status_fill.error", "status_fill.error", "status_fill.error", "text.on_accent"),
    "link": _Dress("", "", "", "accent.text"),
}  # fmt: skip


def paint_button(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    kind: ButtonKind,
    *,
    hover: bool = False,
    pressed: bool = False,
    enabled: bool = True,
) -> str:
    """Paint the ground and the edge of a button.

    Returns:
        The colour of what is written on it.
    """
    dress = _DRESSES[kind]
    if not enabled:
        if dress.edge or kind in ("primary", "danger"):
            paint_edge(painter, theme, rect, "border.subtle")
        return "text.disabled"
    fill = dress.pressed if pressed else dress.hover if hover else dress.rest
    if fill:
        paint_ground(painter, theme, rect, fill)
    if dress.edge:
        paint_edge(painter, theme, rect, "border.strong" if hover else dress.edge)
    return dress.text


class Button(QAbstractButton):
    """A button with a word, and an icon before it if there is one.

    Args:
        looks: Theme and icons.
        text: The word.
        kind: How much it asks to be pressed.
        icon: Name of an icon.
        small: Whether it stands in a row of a list.
    """

    def __init__(
        self,
        looks: Looks,
        text: str,
        kind: ButtonKind = "normal",
        icon: str = "",
        parent: QWidget | None = None,
        *,
        small: bool = False,
    ) -> None:
        super().__init__(parent)
        self.looks, self.kind, self.icon_name, self._small = looks, kind, icon, small
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        looks.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the room that word and icon take."""
        theme = self.looks.theme
        wide = self._metrics_width() + (_ICON + _GAP if self.icon_name else 0)
        pad = 2 if self.kind == "link" else _PAD
        return QSize(wide + 2 * pad, theme.size("control" if self._small else "button"))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a word that is cut cannot be read."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it with Enter as well as with Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, icon, word and focus ring."""
        painter = QPainter(self)
        theme, rect = self.looks.theme, QRectF(self.rect())
        role = paint_button(
            painter, theme, rect, self.kind,
            hover=self.underMouse(), pressed=self.isDown() or self.isChecked(),
            enabled=self.isEnabled(),
        )  # fmt: skip
        self._paint_words(painter, rect, role)
        if self.hasFocus():
            paint_focus(painter, theme, rect)

    def _paint_words(self, painter: QPainter, rect: QRectF, role: str) -> None:
        icon = _ICON + _GAP if self.icon_name else 0
        left = (rect.width() - self._metrics_width() - icon) / 2
        if self.icon_name:
            place = QRectF(rect.left() + left, rect.top(), _ICON, rect.height())
            paint_icon(painter, self.looks, place, self.icon_name, role, _ICON)
        room = rect.adjusted(left + icon, 0, 0, 0)
        paint_text(painter, self.looks.theme, room, self.text(), role=role, font="value")

    def _metrics_width(self) -> int:
        font = self.looks.theme.font("value")
        return QFontMetrics(font).horizontalAdvance(self.text()) if self.text() else 0


class IconButton(QAbstractButton):
    """A quiet button that is an icon; its name is said by the tool tip and to screen readers.

    Args:
        looks: Theme and icons.
        icon: Name of the icon.
        name: What it does.
        size: Of the icon: 14, 16 or 20.
    """

    def __init__(
        self, looks: Looks, icon: str, name: str, parent: QWidget | None = None, size: int = 16
    ) -> None:
        super().__init__(parent)
        self.looks, self.icon_name, self._size = looks, icon, size
        self.role = "text.secondary"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_name(name)
        looks.changed.connect(self.updateGeometry)

    def set_name(self, name: str) -> None:
        """Say what it does."""
        self.setToolTip(name)
        self.setAccessibleName(name)

    def set_icon(self, icon: str, role: str = "text.secondary") -> None:
        """Show another icon."""
        self.icon_name, self.role = icon, role
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square of the height of a control."""
        side = max(self.looks.theme.size("control"), self._size + 8)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it with Enter as well as with Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground where there is one, the icon and the focus ring."""
        painter = QPainter(self)
        theme, rect = self.looks.theme, QRectF(self.rect())
        role = self.role if self.isEnabled() else "text.disabled"
        if self.isChecked():
            paint_ground(painter, theme, rect, "accent.soft")
            role = "accent.text"
        elif self.isEnabled() and (self.isDown() or self.underMouse()):
            paint_ground(painter, theme, rect, "bg.pressed" if self.isDown() else "bg.hover")
            role = "text.primary" if role == "text.secondary" else role
        paint_icon(painter, self.looks, rect, self.icon_name, role, self._size)
        if self.hasFocus():
            paint_focus(painter, theme, rect)


class SplitButton(Button):
    """A primary button with a caret that opens a menu of its kin.

    Args:
        looks: Theme and icons.
        text: The word.
        menu: Opened by the caret, and by Alt+Down.
        icon: Name of an icon.
    """

    def __init__(
        self, looks: Looks, text: str, menu: QMenu, icon: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(looks, text, "primary", icon, parent)
        self.menu = menu

    def sizeHint(self) -> QSize:
        """Leave room for the caret."""
        return super().sizeHint() + QSize(_CARET, 0)

    def open_menu(self) -> None:
        """Open the menu below the button."""
        size = self.menu.sizeHint()
        self.menu.popup(self.mapToGlobal(QPoint(self.width() - size.width(), self.height() + 4)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu when the caret is pressed."""
        if event.position().x() >= self.width() - _CARET:
            self.open_menu()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu with Alt+Down."""
        if event.key() == Qt.Key.Key_Down:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def _paint_words(self, painter: QPainter, rect: QRectF, role: str) -> None:
        word = rect.adjusted(0, 0, -_CARET, 0)
        super()._paint_words(painter, word, role)
        caret = QRectF(word.right(), rect.top(), _CARET, rect.height())
        painter.setPen(self.looks.theme.color("bg.app"))
        painter.drawLine(QPointF(word.right(), 0), QPointF(word.right(), rect.bottom()))
        paint_icon(painter, self.looks, caret, "ph.caret-down-bold", role, 12)


def keep_keyboard(*buttons: QWidget) -> None:
    """Let clicks on buttons leave the keyboard where it is, such as on the canvas; Tab goes to them."""
    for button in buttons:
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
