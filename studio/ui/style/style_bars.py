"""How bars look: scroll bars, sliders, tabs, progress, and the lines between panels."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
)

from studio.ui.kit.progress import paint_line
from studio.ui.looks.theme import Theme

EXTENT = 10
"""Room of a scroll bar; its handle is thinner."""
SEPARATOR = 7
"""Width of the handle between panels; only one pixel of it is seen."""
_THIN, _WIDE = 4, 8
_KNOB = 14.0
_State = QStyle.StateFlag
_Sub = QStyle.SubControl


def scroll_part(option: QStyleOptionComplex, part: QStyle.SubControl) -> QRect | None:
    """Return a part of a scroll bar, which has no arrows; ``None``: not one of its parts."""
    if not isinstance(option, QStyleOptionSlider):
        return None
    if part in (_Sub.SC_ScrollBarAddLine, _Sub.SC_ScrollBarSubLine):
        return QRect()
    if part == _Sub.SC_ScrollBarGroove:
        return option.rect
    if part not in (_Sub.SC_ScrollBarSlider, _Sub.SC_ScrollBarAddPage, _Sub.SC_ScrollBarSubPage):
        return None
    begin, end, whole = _handle(option)
    spans = {
        _Sub.SC_ScrollBarSlider: (begin, end),
        _Sub.SC_ScrollBarSubPage: (0, begin),
        _Sub.SC_ScrollBarAddPage: (end, whole),
    }
    low, high = spans[part]
    if option.orientation == Qt.Orientation.Horizontal:
        return QRect(low, 0, high - low, option.rect.height())
    return QRect(0, low, option.rect.width(), high - low)


def _handle(option: QStyleOptionSlider) -> tuple[int, int, int]:
    """Return where the handle begins and ends, and the length of the bar."""
    across = option.orientation == Qt.Orientation.Horizontal
    whole = option.rect.width() if across else option.rect.height()
    span = option.maximum - option.minimum
    if span <= 0:
        return 0, whole, whole
    length = min(max(24, whole * option.pageStep // (span + option.pageStep)), whole)
    begin = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, whole - length, option.upsideDown
    )
    return begin, begin + length, whole


def paint_scroll_bar(
    painter: QPainter, theme: Theme, option: QStyleOptionSlider, handle: QRect
) -> None:
    """Paint the handle alone, wider under the pointer."""
    if option.maximum <= option.minimum:
        return
    hover = bool(option.state & (_State.State_MouseOver | _State.State_Sunken))
    width = _WIDE if hover else _THIN
    rect = QRectF(handle)
    if option.orientation == Qt.Orientation.Horizontal:
        rect = QRectF(rect.left() + 2, rect.bottom() - width - 1, rect.width() - 4, width)
    else:
        rect = QRectF(rect.right() - width - 1, rect.top() + 2, width, rect.height() - 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("text.muted" if hover else "border.strong"))
    painter.drawRoundedRect(rect, width / 2, width / 2)


def paint_slider(
    painter: QPainter, theme: Theme, option: QStyleOptionSlider, handle: QRect
) -> None:
    """Paint a line, filled up to a round knob."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    knob, whole = QRectF(handle).center(), QRectF(option.rect)
    painter.setPen(Qt.PenStyle.NoPen)
    for role, end in (("border.default", whole.right()), ("accent.line", knob.x())):
        painter.setBrush(theme.color(role))
        painter.drawRoundedRect(
            QRectF(whole.left(), whole.center().y() - 1.5, end - whole.left(), 3), 1.5, 1.5
        )
    focus = bool(option.state & _State.State_HasFocus)
    painter.setBrush(theme.color("text.primary"))
    painter.setPen(QPen(theme.color("focus"), 2) if focus else Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(knob.x(), whole.center().y()), _KNOB / 2, _KNOB / 2)


def paint_radio(painter: QPainter, theme: Theme, rect: QRect, on: bool) -> None:
    """Paint a round mark: filled with a dot when it is chosen."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outer = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(Qt.PenStyle.NoPen if on else QPen(theme.color("border.strong"), 1))
    painter.setBrush(theme.color("accent.fill" if on else "bg.field"))
    painter.drawEllipse(outer)
    if on:
        painter.setBrush(theme.color("text.on_accent"))
        painter.drawEllipse(outer.center(), 3, 3)


def paint_tab(painter: QPainter, theme: Theme, option: QStyleOption) -> None:
    """Paint the ground of a tab: a line in the accent under the one in front."""
    rect = QRectF(option.rect)
    if option.state & _State.State_Selected:
        line = QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2)
        painter.fillRect(line, theme.color("accent.line"))
    elif option.state & _State.State_MouseOver:
        painter.fillRect(rect, theme.color("bg.hover"))


def paint_separator(painter: QPainter, theme: Theme, option: QStyleOption) -> None:
    """Paint the line between panels at the side of its handle, or all of it under the pointer."""
    rect = option.rect
    painter.fillRect(rect, theme.color("bg.panel"))
    upright = rect.height() > rect.width()
    if option.state & _State.State_MouseOver:
        middle = QRect(rect.center().x(), rect.top(), 1, rect.height())
        middle = middle if upright else QRect(rect.left(), rect.center().y(), rect.width(), 1)
        painter.fillRect(middle.adjusted(-1, 0, 0, 0), theme.color("accent.line"))
        return
    line = rect.adjusted(0, 0, 1 - rect.width(), 0) if upright else rect
    line = line if upright else rect.adjusted(0, 0, 0, 1 - rect.height())
    painter.fillRect(line, theme.color("border.subtle"))


def paint_progress(painter: QPainter, theme: Theme, option: Any) -> None:
    """Paint a line of what is done."""
    if isinstance(option, QStyleOptionProgressBar):
        span = option.maximum - option.minimum
        share = (option.progress - option.minimum) / span if span > 0 else 0.0
        rect = QRectF(option.rect)
        line = QRectF(rect.left(), rect.center().y() - 2, rect.width(), 4)
        paint_line(painter, theme, line, share)
