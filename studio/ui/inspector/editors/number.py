"""A number: a slider where its bounds say something, else a field with minus and plus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.canvas.layout import format_value
from studio.ui.inspector.arithmetic import FormulaError, Number
from studio.ui.inspector.editors.base import Editor, new_gesture
from studio.ui.inspector.editors.line import LineEdit
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.scales import Scale
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_ground, paint_text, rounded

if TYPE_CHECKING:
    from studio.core.graph import Graph
    from studio.core.spec import Input
    from studio.ui.studio import Studio

_DRAG = 4
"""Pixels before a press is a drag."""
_STEP_PIXELS = 6
"""Pixels for one step where there is no slider."""
_ENDS = 22
"""Width of the carets, or of minus and plus."""
_FINE = 0.1
_STARTS = set("0123456789.+-*/(")
_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
}  # fmt: skip


class NumberEditor(Editor):
    """Drag, step, or type a number or a formula."""

    hint = "Drag changes\u2003Shift fine\u2003Click types\u2003Ctrl+click resets"

    def __init__(self, studio: Studio, item: Input, parent: QWidget | None = None) -> None:
        self._scale = Scale.of(item)
        super().__init__(studio, item, parent)
        self._value: Any = item.default or 0
        self._problem = ""
        self.preview = ""
        self._press: QPointF | None = None
        self._from: Number = 0
        self._gesture: int | None = None
        self._before: Graph | None = None
        self._line: LineEdit | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def take(self, item: Input) -> None:
        """Serve another parameter."""
        self._scale = Scale.of(item)
        self._close()
        super().take(item)

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show a number; while one is typed, the text stays."""
        self._value, self._problem = value, problem
        self.update()

    def start(self) -> None:
        """Open the line with the number chosen."""
        self._type(None)

    @property
    def is_typing(self) -> bool:
        """Whether the line is open."""
        return self._line is not None and self._line.isVisible()

    @property
    def _held(self) -> Number:
        """The number to go on from, also while the values are mixed or unreadable."""
        good = isinstance(self._value, int | float) and not isinstance(self._value, bool)
        return self._value if good else self.item.default or 0

    # --- Typing ---

    def _type(self, first: str | None) -> None:
        """Open the line, with a first character or with the number as it is."""
        if self._line is None:
            self._line = LineEdit(self.studio.looks, self)
            self._line.textEdited.connect(self._typed)
            self._line.committed.connect(self._commit)
            self._line.cancelled.connect(self._cancel)
            self._line.left.connect(self._leave)
        line = self._line
        line.setAccessibleName(self.accessibleName())
        text = "" if self._value is MIXED else f"{self._held}"
        line.setText(text if first is None else first)
        line.setGeometry(self.rect())
        line.show()
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        if first is None:
            line.selectAll()
        else:
            self._typed(first)
        self.update()

    def _typed(self, text: str) -> None:
        """Show what the text means so far, or why it means nothing."""
        try:
            value = self._scale.read(text, self._held)
        except FormulaError as wrong:
            self.preview = ""
            self.refused.emit(f"{wrong}" if text.strip() else "")
        else:
            shown = format_value(self.item, value)
            self.preview = "" if _is_plain(text) else f"= {shown}"
            self.refused.emit(self.item.problem(value) or "")
        self._fit_line()
        self.update()

    def _fit_line(self) -> None:
        """Leave room for the meaning of the text."""
        if self._line:
            width = self._line.fontMetrics().horizontalAdvance(self.preview)
            self._line.setGeometry(self.rect().adjusted(0, 0, -(width + 8) if width else 0, 0))

    def _commit(self) -> None:
        """Take the number; a text that is none stays open."""
        if self._write_line():
            self._close()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.finished.emit()

    def _leave(self) -> None:
        """Take the number when the keyboard goes elsewhere, or forget a text that is none."""
        if self.is_typing:
            self._write_line()
            self._close()
            self.finished.emit()

    def _cancel(self) -> None:
        self._close()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.emit()

    def _write_line(self) -> bool:
        text = self._line.text() if self._line else ""
        try:
            value = self._scale.read(text, self._held)
        except FormulaError as wrong:
            self.refused.emit(f"{wrong}")
            return False
        if value != self._value:
            self.report(value)
        return True

    def _close(self) -> None:
        self.preview = ""
        if self._line and self._line.isVisible():
            self._line.hide()
            self.refused.emit("")
        self.update()

    # --- Pointer and keys ---

    def _end_at(self, at: QPointF) -> int:
        """Return the direction of the caret, or of minus or plus, under a point."""
        if at.x() < _ENDS:
            return -1
        return 1 if at.x() >= self.width() - _ENDS else 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag or a click."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._press, self._from, self._gesture = event.position(), self._held, None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the number; Shift is fine."""
        if self._press is None:
            self._point(event.position())
            return
        moved = event.position().x() - self._press.x()
        if self._gesture is None and abs(moved) < _DRAG:
            return
        if self._gesture is None:
            self._gesture = new_gesture()
            self._before = self.target.graph if self.target else None
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._report(self._dragged(moved, fine))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a click steps at the ends and types between them."""
        if self._press is None or event.button() != Qt.MouseButton.LeftButton:
            return
        press, dragged = self._press, self._gesture is not None
        self._press = self._gesture = None
        direction = self._end_at(press)
        if dragged or not self.rect().contains(event.position().toPoint()):
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._reset()
        elif direction:
            self._step(direction, event.modifiers())
        else:
            self._type(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows, type with anything that begins a number."""
        key, mods = event.key(), event.modifiers()
        pages = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}
        ends = {Qt.Key.Key_Home: self._scale.low, Qt.Key.Key_End: self._scale.high}
        if key == Qt.Key.Key_Escape and self._gesture is not None:
            self._give_up()
        elif key in _STEPS and not mods & Qt.KeyboardModifier.AltModifier:
            self._step(_STEPS[Qt.Key(key)], mods)
        elif key in pages:
            self._step(pages[Qt.Key(key)] * self._scale.coarse(), mods)
        elif key in ends and self._scale.is_slider:
            self._report(self._scale.rounded(ends[Qt.Key(key)]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._type(None)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._reset()
        elif event.text() and event.text() in _STARTS:
            self._type(event.text())
        else:
            super().keyPressEvent(event)

    def _give_up(self) -> None:
        """End a drag as if it had never begun."""
        if self.target and self._before and self._gesture is not None:
            self.target.restore(self._before, self._gesture)
        else:
            self._report(self._from)
        self._press = self._gesture = self._before = None

    def _dragged(self, moved: float, fine: bool) -> Number:
        slow = _FINE if fine else 1.0
        if self._scale.is_slider:
            share = self._scale.share(self._from) + moved * slow / max(self.width(), 1)
            return self._scale.at(share, fine=fine)
        return self._scale.stepped(self._from, round(moved * slow / _STEP_PIXELS))

    def _step(self, count: int, mods: Qt.KeyboardModifier) -> None:
        fine = bool(mods & Qt.KeyboardModifier.ShiftModifier)
        self._report(self._scale.stepped(self._held, count, fine=fine))

    def _reset(self) -> None:
        if self.item.default is not None:
            self._report(self.item.default)

    def _report(self, value: Number) -> None:
        if value != self._value:
            self.report(value, self._gesture)

    def _point(self, at: QPointF) -> None:
        shape = Qt.CursorShape.PointingHandCursor if self._end_at(at) else None
        self.setCursor(shape or Qt.CursorShape.SizeHorCursor)

    # --- Looks ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line over the field."""
        self._fit_line()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, the fill, the ends and the number."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_ground(painter, theme, rect, "bg.field")
        if self.is_typing:
            room = rect.adjusted(0, 0, -8, 0)
            right = Qt.AlignmentFlag.AlignRight
            paint_text(
                painter, theme, room, self.preview, role="text.muted", align=right, font="value"
            )
        else:
            self._paint_number(painter, rect)
        focus = self.hasFocus() or (self._line is not None and self._line.hasFocus())
        problem = "error" if self._problem else ""
        hover = self.underMouse()
        paint_field_edge(painter, theme, rect, focus=focus, hover=hover, problem=problem)

    def _paint_number(self, painter: QPainter, rect: QRectF) -> None:
        theme = self.studio.looks.theme
        mixed = self._value is MIXED
        text = "mixed" if mixed else format_value(self.item, self._value)
        role = "text.muted" if mixed else "text.primary"
        if self._scale.is_slider:
            if not mixed:
                self._paint_slider(painter, rect)
            hover = self.underMouse()
            if hover:
                self._paint_ends(painter, "ph.caret-left", "ph.caret-right")
            room = rect.adjusted(8, 0, -_ENDS if hover else -8, 0)
            align = Qt.AlignmentFlag.AlignRight
        else:
            self._paint_ends(painter, "ph.minus", "ph.plus")
            room = rect.adjusted(_ENDS, 0, -_ENDS, 0)
            align = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, theme, room, text, role=role, align=align, font="value")

    def _paint_slider(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the soft fill, its bar, and the tick at the default."""
        theme = self.studio.looks.theme
        share = self._scale.share(self._held)
        edge = 1 + share * (rect.width() - 4)
        painter.save()
        painter.setClipPath(rounded(theme, rect))
        painter.fillRect(QRectF(0, 0, edge, rect.height()), theme.color("accent.soft"))
        painter.restore()
        painter.fillRect(QRectF(edge, 2, 2, rect.height() - 4), theme.color("accent.line"))
        if isinstance(self.item.default, int | float) and self._held != self.item.default:
            at = 1 + self._scale.share(self.item.default) * (rect.width() - 4)
            tick = QRectF(round(at), rect.height() - 6, 1, 5)
            painter.fillRect(tick, theme.color("text.muted"))

    def _paint_ends(self, painter: QPainter, left: str, right: str) -> None:
        looks = self.studio.looks
        ratio = self.devicePixelRatioF()
        top = (self.height() - 14) / 2
        for name, x in ((left, 5.0), (right, self.width() - 19.0)):
            pixmap = looks.pixmap(name, "text.muted", 14, ratio)
            painter.drawPixmap(QPointF(x, top), pixmap)


def _is_plain(text: str) -> bool:
    """Tell whether a text is a number as it stands."""
    try:
        float(text)
    except ValueError:
        return False
    return not text.strip().startswith(("+", "-"))
