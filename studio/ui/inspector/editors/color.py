"""A colour: its swatch, its digits, and a picker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QColorDialog, QWidget

from studio.ui.inspector.editors.base import new_gesture
from studio.ui.inspector.editors.field import FieldEditor
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.buttons import IconButton

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.ui.studio import Studio

_SWATCH = 28


class ColorEditor(FieldEditor):
    """Types or picks a colour; while the picker is open, all its colours are one step."""

    font_role = "mono"

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self.left = _SWATCH + 6
        self._open = ""
        self._pick = IconButton(studio.looks, "ph.eyedropper", "Pick a colour", self, 14)
        self._pick.clicked.connect(self._ask)
        self._dialog: QColorDialog | None = None
        self._gesture = 0

    def is_unread(self, text: str) -> bool:
        """Keep what was typed until it is a colour."""
        return bool(self._open) and self.line.hasFocus()

    def typed(self, text: str) -> None:
        """Take a colour once it is whole."""
        self._open = text
        wanted = full(text)
        problem = self.item.problem(wanted)
        self.refused.emit(problem or "")
        if not problem:
            self.report(wanted, self._burst.gesture())

    def commit(self) -> None:
        """Show the colour as it is written."""
        self._forget()
        super().commit()

    def leave(self) -> None:
        """Forget what is no colour."""
        self._forget()
        super().leave()

    def cancel(self) -> None:
        """Forget what is no colour."""
        self._forget()
        super().cancel()

    def _forget(self) -> None:
        self._open = ""
        self.refused.emit("")
        self.line.setText("" if self._value is MIXED else self.text_of(self._value))

    def _ask(self) -> None:
        """Open the picker."""
        if self._dialog is None:
            self._dialog = QColorDialog(self)
            self._dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
            self._dialog.setOption(QColorDialog.ColorDialogOption.ShowAlphaChannel)
            self._dialog.currentColorChanged.connect(self._picked)
        self._gesture = new_gesture()
        self._dialog.blockSignals(True)
        self._dialog.setCurrentColor(_color(self._value))
        self._dialog.blockSignals(False)
        self._dialog.open()

    def _picked(self, color: QColor) -> None:
        rgb = color.name(QColor.NameFormat.HexRgb)
        alpha = "" if color.alpha() == 255 else f"{color.alpha():02x}"
        self.report(rgb + alpha, self._gesture)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the picker from the swatch."""
        if event.position().x() <= self.left and event.button() == Qt.MouseButton.LeftButton:
            self._ask()
        else:
            super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the picker's button inside the field."""
        side = self.height()
        self._pick.setGeometry(self.width() - side, 0, side, side)
        self.line.setGeometry(self.left, 0, max(self.width() - self.left - side, 0), side)

    def paint_left(self, painter: QPainter) -> None:
        """Paint the swatch."""
        theme = self.studio.looks.theme
        rect = QRectF(6, 5, _SWATCH, self.height() - 10)
        painter.setPen(theme.color("border.strong"))
        painter.setBrush(_color(self._value))
        painter.drawRoundedRect(rect, theme.radius("small"), theme.radius("small"))


def full(text: str) -> str:
    """Return a colour as it is written: with ``#``, small letters, and six or eight digits."""
    digits = text.strip().lower().removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3,4}", digits):
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}"


def _color(value: Any) -> QColor:
    """Return the colour of a value; Qt writes the alpha first."""
    text = str(value)
    if len(text) == 9:
        text = f"#{text[7:]}{text[1:7]}"
    color = QColor.fromString(text)
    return color if color.isValid() else QColor(Qt.GlobalColor.transparent)
