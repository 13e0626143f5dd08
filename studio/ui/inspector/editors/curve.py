"""A number over time, drawn as points with straight lines between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)

from studio.core.widgets import Curve
from studio.ui.inspector.editors.base import Burst, Editor, new_gesture
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_ground, rounded, tint

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.core.spec import Input
    from studio.ui.studio import Studio

Point = tuple[float, float]
_HEIGHT = 76
_MARGIN = 6.0
_REACH = 9.0
_MOVES = {
    Qt.Key.Key_Left: (-0.01, 0.0), Qt.Key.Key_Right: (0.01, 0.0),
    Qt.Key.Key_Up: (0.0, 0.01), Qt.Key.Key_Down: (0.0, -0.01),
}  # fmt: skip
_NEIGHBOURS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class CurveEditor(Editor):
    """Click adds a point, drag moves it, double-click or Del removes it.

    With the keyboard: Ctrl and Left or Right choose a point, the arrows move it (Shift: ten times as
    far), Insert adds one behind it, Del removes it.
    """

    hint = "Click adds a point\u2003Drag moves it\u2003Double-click removes it"
    _points: tuple[Point, ...] = ()
    _problem = ""
    _mixed = False
    _chosen = 0
    _gesture: int | None = None

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        super().__init__(studio, item, parent)
        self._burst = Burst()

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show the points."""
        self._mixed = value is MIXED
        points = () if self._mixed or value is None else value
        self._points = tuple((float(time), float(at)) for time, at in points)
        self._chosen = min(self._chosen, max(len(self._points) - 1, 0))
        self._problem = problem
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a curve."""
        return QSize(160, _HEIGHT)

    # --- Between values and pixels ---

    @property
    def _bounds(self) -> Point:
        widget = self.item.widget
        return (widget.low, widget.high) if isinstance(widget, Curve) else (0.0, 1.0)

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def _pixel(self, point: Point) -> QPointF:
        low, high = self._bounds
        room = self._room()
        up = (point[1] - low) / ((high - low) or 1)
        return QPointF(room.left() + point[0] * room.width(), room.bottom() - up * room.height())

    def _point(self, pixel: QPointF) -> Point:
        low, high = self._bounds
        room = self._room()
        time = (pixel.x() - room.left()) / max(room.width(), 1)
        up = (room.bottom() - pixel.y()) / max(room.height(), 1)
        return _rounded(_kept(time, 0, 1)), _rounded(_kept(low + up * (high - low), low, high))

    def _at(self, pixel: QPointF) -> int | None:
        """Return the number of the point under a pixel."""
        for index, point in enumerate(self._points):
            if (self._pixel(point) - pixel).manhattanLength() <= _REACH:
                return index
        return None

    # --- Edits ---

    def _move(self, to: Point) -> None:
        """Move the chosen point, not past its neighbours."""
        before = self._points[self._chosen - 1][0] if self._chosen else 0.0
        last = self._chosen + 1 >= len(self._points)
        after = 1.0 if last else self._points[self._chosen + 1][0]
        points = list(self._points)
        points[self._chosen] = (_kept(to[0], before, after), to[1])
        self._write(points)

    def _add(self, point: Point) -> None:
        points = sorted((*self._points, point), key=lambda held: held[0])
        self._chosen = points.index(point)
        self._write(points)

    def _remove(self, index: int) -> None:
        points = [point for place, point in enumerate(self._points) if place != index]
        self._gesture = None
        self._write(points)

    def _write(self, points: list[Point]) -> None:
        if tuple(points) != self._points:
            self.report(tuple(points), self._gesture)

    # --- Pointer and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a point, or add one."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        found = self._at(event.position())
        self._gesture = new_gesture()
        if found is None:
            self._add(self._point(event.position()))
        else:
            self._chosen = found
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the point."""
        if self._gesture is not None and self._points:
            self._move(self._point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the point go."""
        self._gesture = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Remove the point."""
        found = self._at(event.position())
        if found is not None:
            self._remove(found)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the menu to the row."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, move, add and remove points."""
        key, mods = event.key(), event.modifiers()
        if key in _NEIGHBOURS and mods & Qt.KeyboardModifier.ControlModifier:
            last = max(len(self._points) - 1, 0)
            self._chosen = min(max(self._chosen + _NEIGHBOURS[Qt.Key(key)], 0), last)
            self.update()
        elif key in _MOVES and self._points:
            self._nudge(_MOVES[Qt.Key(key)], 10 if mods & Qt.KeyboardModifier.ShiftModifier else 1)
        elif key == Qt.Key.Key_Insert:
            self._gesture = None
            self._add(self._behind())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._points:
            self._remove(self._chosen)
        else:
            super().keyPressEvent(event)

    def _nudge(self, by: Point, times: int) -> None:
        low, high = self._bounds
        time, value = self._points[self._chosen]
        to = value + by[1] * times * (high - low)
        self._gesture = self._burst.gesture()
        self._move((_rounded(time + by[0] * times), _rounded(_kept(to, low, high))))
        self._gesture = None

    def _behind(self) -> Point:
        """Return the place half-way to the next point, or to the end."""
        low, high = self._bounds
        if not self._points:
            return 0.5, (low + high) / 2
        time, value = self._points[self._chosen]
        rest = self._points[self._chosen + 1 :]
        other = rest[0] if rest else (1.0, value)
        return _rounded((time + other[0]) / 2), _rounded((value + other[1]) / 2)

    # --- Looks ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the quarter grid, the line with its fill, and the points."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_ground(painter, theme, rect, "bg.field")
        painter.setClipPath(rounded(theme, rect))
        for quarter in (1, 2, 3):
            x, y = rect.width() * quarter / 4, rect.height() * quarter / 4
            painter.fillRect(QRectF(round(x), 0, 1, rect.height()), theme.color("border.subtle"))
            painter.fillRect(QRectF(0, round(y), rect.width(), 1), theme.color("border.subtle"))
        if self._points:
            self._paint_line(painter, rect)
        painter.setClipping(False)
        paint_field_edge(
            painter, theme, rect, focus=self.hasFocus(), hover=self.underMouse(),
            problem="error" if self._problem else "",
        )  # fmt: skip

    def _paint_line(self, painter: QPainter, rect: QRectF) -> None:
        theme = self.studio.looks.theme
        line = [self._pixel(point) for point in self._points]
        ends = QPointF(0, line[0].y()), QPointF(rect.width(), line[-1].y())
        whole = [ends[0], *line, ends[1]]
        ground = [QPointF(0, rect.height()), *whole, QPointF(rect.width(), rect.height())]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(theme.color("accent.soft"), 0.5))
        painter.drawPolygon(QPolygonF(ground))
        painter.setPen(QPen(theme.color("accent.line"), 1.5))
        painter.drawPolyline(QPolygonF(whole))
        for index, pixel in enumerate(line):
            chosen = index == self._chosen and (self.hasFocus() or self.underMouse())
            painter.setPen(QPen(theme.color("bg.field"), 1.5))
            painter.setBrush(theme.color("text.primary" if chosen else "accent.line"))
            painter.drawEllipse(pixel, 5 if chosen else 4, 5 if chosen else 4)


def _kept(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _rounded(value: float) -> float:
    return round(value, 4)
