"""Paints the parameters of a node, names, values and places in their ranges; and what it says."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.layout import Row
from studio.ui.canvas.shades import FILL, Shade, mixed
from studio.ui.canvas.texts import Cut, Texts
from studio.ui.looks.looks import Looks

_PAD, _TEXT_TOP = 8.0, 5.0
_GAP = 8.0
_CARET, _ICON, _SWATCH = 10.0, 12.0, 12.0
_SWITCH = (20.0, 12.0)
_LEAST_LABEL = 24.0


class Fields:
    """Paints rows.

    Args:
        looks: Theme and icons.
        texts: Draws texts.
    """

    def __init__(self, looks: Looks, texts: Texts) -> None:
        self._looks = looks
        self._theme = looks.theme
        self._texts = texts
        self._radius = self._theme.radius("control")
        self._line = self._theme.line("label")

    def paint(
        self, painter: QPainter, row: Row, shade: Shade, hairline: float, *, missing: bool,
        count: str = "",
    ) -> None:  # fmt: skip
        """Paint one row.

        Args:
            painter: In the node's own places.
            row: The parameter.
            shade: Colours of the node.
            hairline: Width of the thinnest line.
            missing: Whether its file is not there.
            count: How many tokens a prompt has.
        """
        rect = QRectF(QPointF(*row.rect[:2]), QPointF(*row.rect[2:]))
        self._ground(painter, row, rect, shade, hairline, missing=missing)
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        if row.linked:
            self._texts.left(painter, row.label, "label", shade.faint, inner)
        elif row.kind == "text":
            self._text(painter, row, rect, shade, count)
        elif row.kind == "file":
            self._file(painter, row, inner, shade, missing=missing)
        else:
            self._value(painter, row, inner, shade)

    def said(
        self, painter: QPainter, rect: QRectF, words: str, shade: Shade, hairline: float
    ) -> None:
        """Paint what the result of a node says; one that is out of date is faint, as a picture."""
        radius, half = self._theme.node("thumb_radius"), hairline / 2
        painter.setBrush(shade.field)
        painter.setPen(Qt.PenStyle.NoPen)
        if shade.outlined:
            painter.setPen(QPen(self._theme.color("border.default"), hairline))
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)
        color = shade.text if shade.picture == 1.0 else self._theme.color("text.muted")
        inner = rect.adjusted(_PAD, _TEXT_TOP, -_PAD, -_TEXT_TOP)
        self._texts.wrapped(painter, words, "label", color, inner, self._line)

    def _ground(
        self, painter: QPainter, row: Row, rect: QRectF, shade: Shade, hairline: float, *,
        missing: bool,
    ) -> None:  # fmt: skip
        painter.setBrush(Qt.BrushStyle.NoBrush if row.linked else shade.field)
        painter.setPen(Qt.PenStyle.NoPen)
        half = hairline / 2
        box = rect.adjusted(half, half, -half, -half)
        if shade.outlined or row.linked or missing:
            pen = QPen(self._theme.color("border.default"), hairline)
            if row.linked:
                pen.setDashPattern([3, 3])
            if missing:
                pen = QPen(self._theme.color("status.warning"), max(1.25, hairline))
            painter.setPen(pen)
            painter.drawRoundedRect(box, self._radius, self._radius)
        else:
            painter.drawRoundedRect(rect, self._radius, self._radius)
        if row.fill > 0 and not row.linked:
            self._fill(painter, row.fill, rect, shade)

    def _fill(self, painter: QPainter, share: float, rect: QRectF, shade: Shade) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(shade.field, self._theme.color("text.primary"), FILL))
        painter.save()
        part = QRectF(rect.left(), rect.top(), rect.width() * share, rect.height())
        painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
        painter.drawRoundedRect(rect, self._radius, self._radius)
        painter.restore()

    def _value(self, painter: QPainter, row: Row, inner: QRectF, shade: Shade) -> None:
        """Draw the name at the left and the value at the right; the value has the first claim."""
        room = QRectF(inner)
        if row.kind == "choice":
            room.setRight(inner.right() - _CARET - 2)
            self._caret(painter, inner, shade.faint)
        elif row.kind == "toggle":
            room.setRight(inner.right() - _SWITCH[0] - 6)
            self._switch(painter, inner, shade, on=row.value == "on")
        role = "mono" if row.kind in ("seed", "color") else "node_value"
        space = QRectF(room)
        space.setLeft(min(room.left() + _LEAST_LABEL + _GAP, room.right()))
        where: Cut = "middle" if row.kind in ("line", "choice") else "right"
        begin = self._texts.right(painter, row.value, role, shade.text, space, where)
        if row.kind == "color":
            begin = self._swatch(painter, row.value, begin - 6, inner)
        room.setRight(max(begin - _GAP, room.left()))
        self._texts.left(painter, row.label, "label", shade.faint, room)

    def _caret(self, painter: QPainter, inner: QRectF, color: QColor) -> None:
        middle = QPointF(inner.right() - _CARET / 2 + 1, inner.center().y())
        pen = QPen(color, 1.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for side in (-1, 1):
            tip = middle + QPointF(0, 1.75)
            painter.drawLine(QLineF(tip, middle + QPointF(side * 3.5, -1.75)))

    def _switch(self, painter: QPainter, inner: QRectF, shade: Shade, *, on: bool) -> None:
        wide, high = _SWITCH
        box = QRectF(inner.right() - wide, inner.center().y() - high / 2, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade.faint if on else self._theme.color("border.strong"))
        painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setBrush(shade.field)
        across = box.right() - high / 2 if on else box.left() + high / 2
        painter.drawEllipse(QPointF(across, box.center().y()), high / 2 - 2, high / 2 - 2)

    def _swatch(self, painter: QPainter, value: str, right: float, inner: QRectF) -> float:
        """Paint the colour that a value names; return where it begins."""
        color = QColor(value)
        if not color.isValid():
            return right
        box = QRectF(right - _SWATCH, inner.center().y() - _SWATCH / 2, _SWATCH, _SWATCH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box, 2, 2)
        return box.left()

    def _file(
        self, painter: QPainter, row: Row, inner: QRectF, shade: Shade, *, missing: bool
    ) -> None:
        """Draw an icon and the name of the file; its suffix where there is room."""
        alarm = self._theme.color("status.warning")
        icon = QRectF(inner.left() - 1, inner.center().y() - _ICON / 2, _ICON, _ICON)
        name = "warning-fill" if missing else "folder"
        self._looks.icons.paint(painter, icon, f"ph.{name}", alarm if missing else shade.faint)
        room = QRectF(inner)
        room.setLeft(icon.right() + 4)
        if not row.value:
            self._texts.left(painter, row.label, "label", shade.faint, room)
            return
        color = alarm if missing else shade.text
        stem, dot, suffix = row.value.rpartition(".")
        if stem and self._texts.width(row.value, "label") <= room.width():
            self._texts.left(painter, stem, "label", color, room)
            room.setLeft(room.left() + self._texts.width(stem, "label"))
            muted = alarm if missing else self._theme.color("text.muted")
            self._texts.left(painter, dot + suffix, "label", muted, room)
        else:
            self._texts.left(painter, stem or row.value, "label", color, room, "middle")

    def _text(self, painter: QPainter, row: Row, rect: QRectF, shade: Shade, count: str) -> None:
        """Draw a text of several lines; a prompt keeps the last line for its tokens."""
        inner = rect.adjusted(_PAD, _TEXT_TOP, -_PAD, -_TEXT_TOP)
        if not row.syntax:
            if row.value:
                self._texts.wrapped(painter, row.value, "label", shade.text, inner, self._line)
            else:
                self._texts.wrapped(painter, row.label, "label", shade.faint, inner, self._line)
            return
        inner.setBottom(inner.bottom() - self._line)
        text, color = (row.value, shade.text) if row.value else (row.label, shade.faint)
        self._texts.prompt(painter, text, color, inner, self._line)
        foot = QRectF(inner.left(), inner.bottom(), inner.width(), self._line)
        muted = self._theme.color("text.muted")
        self._texts.right(painter, count, "caption", muted, foot)
