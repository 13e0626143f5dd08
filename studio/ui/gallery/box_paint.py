"""How boxes look over a picture: their edges, outlines, and tags with a tick."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF, QTransform

from studio.core.boxes import Box
from studio.ui.gallery.box_marks import Mark
from studio.ui.kit.painting import tint
from studio.ui.looks import Looks
from studio.ui.theme import parsed

HANDLE = 8.0
TAGGED = 60
"""With more boxes than this in sight there are no tags: they would only hide the picture."""
_TICK = 12
_PAD = 4.0
_FAINT = 0.5
_UNDER = 0.55
_FILLED = 0.14
_APART = 2.0
"""Pixels between points of an outline."""


def on_pictures(looks: Looks, *path: str) -> QColor:
    """Return a colour for what lies over pictures: that of the dark theme, in both."""
    found = looks.tokens["dark"]
    for part in path:
        found = found[part]
    return parsed(found)


def paint_marks(
    painter: QPainter,
    looks: Looks,
    turned: QTransform,
    marks: Iterable[Mark],
    chosen: int = 0,
    hovered: int = 0,
) -> Mapping[int, QRectF]:
    """Paint boxes with their tags; those that do not count are faint.

    Args:
        painter: Over the view.
        looks: The theme.
        turned: From pixels that boxes are given in to those of the view.
        marks: The boxes.
        chosen: Id of the one that is edited.
        hovered: Id of the one under the pointer.

    Returns:
        Where the tags are, in pixels of the view, by id.
    """
    view = QRectF(painter.window())
    placed = [(mark, on_view(turned, mark.item.box)) for mark in marks]
    seen = [(mark, rect) for mark, rect in placed if rect.intersects(view)]
    _paint_frames(painter, looks, seen, {chosen, hovered})
    color = _color(looks)
    for mark, _ in seen:
        if len(mark.item.polygon) > 2:
            _paint_outline(painter, turned, mark, color)
    if len(seen) > TAGGED:
        seen = [(mark, rect) for mark, rect in seen if mark.item.id in (chosen, hovered)]
    font = looks.theme.font("caption")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    ticks, metrics = _ticks(painter, looks), QFontMetricsF(font)
    tags = {mark.item.id: _tag_rect(looks, metrics, mark, rect, view) for mark, rect in seen}
    for mark, _ in seen:
        rect, lit = tags[mark.item.id], mark.item.id == chosen
        _paint_tag(painter, looks, mark, rect, ticks[mark.is_on], lit=lit)
    return tags


def paint_handles(painter: QPainter, looks: Looks, turned: QTransform, box: Box) -> None:
    """Paint the handles of the box that is edited, at its corners and in the middle of its edges."""
    rect = on_view(turned, box)
    painter.setPen(QPen(on_pictures(looks, "bg", "canvas"), 1))
    painter.setBrush(looks.theme.color("text.on_accent"))
    roomy = min(rect.width(), rect.height()) >= 4 * HANDLE
    for x in (rect.left(), rect.center().x(), rect.right()):
        for y in (rect.top(), rect.center().y(), rect.bottom()):
            middle = (x == rect.center().x()) + (y == rect.center().y())
            if middle == 0 or (middle == 1 and roomy):
                half = QPointF(HANDLE / 2, HANDLE / 2)
                painter.drawRect(QRectF(QPointF(x, y) - half, QPointF(x, y) + half))


def on_view(turned: QTransform, box: Box) -> QRectF:
    """Return where a box is on the view."""
    left, top, right, bottom = box
    return turned.mapRect(QRectF(left, top, right - left, bottom - top))


def _paint_frames(
    painter: QPainter, looks: Looks, seen: list[tuple[Mark, QRectF]], lit: set[int]
) -> None:
    """Paint the edges of boxes, all of one kind at once: there may be a thousand."""
    # The dark lines below let boxes be seen on light pictures, too.
    below = tint(on_pictures(looks, "bg", "canvas"), _UNDER)
    plain, light = _color(looks), on_pictures(looks, "accent", "line")
    on = [rect for mark, rect in seen if mark.is_on]
    bright = [rect for mark, rect in seen if mark.is_on and mark.item.id in lit]
    off = [rect for mark, rect in seen if not mark.is_on]
    dashed = [rect for mark, rect in seen if not mark.is_on and mark.item.id in lit]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    for rects, width, color in ((on, 4, below), (on, 2, plain), (bright, 2, light)):
        painter.setBrush(color)
        painter.drawRects([part for rect in rects for part in _edges(rect, width)])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for rects, color, style in (
        (off, tint(below, _FAINT), Qt.PenStyle.SolidLine),
        (off, tint(plain, _FAINT), Qt.PenStyle.DashLine),
        (dashed, light, Qt.PenStyle.DashLine),
    ):
        painter.setPen(QPen(color, 2, style))
        painter.drawRects(rects)


def _edges(rect: QRectF, width: int) -> tuple[QRectF, ...]:
    """Return the edges of a rectangle: to fill them is faster than a stroke, and sharp."""
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    half = width / 2
    across, down = right - left + width, max(bottom - top - width, 0.0)
    return (
        QRectF(left - half, top - half, across, width),
        QRectF(left - half, bottom - half, across, width),
        QRectF(left - half, top + half, width, down),
        QRectF(right - half, top + half, width, down),
    )


def _paint_outline(painter: QPainter, turned: QTransform, mark: Mark, color: QColor) -> None:
    """Paint an outline, of as many points as can be told apart."""
    across, down, dx, dy = turned.m11(), turned.m22(), turned.dx(), turned.dy()
    points, last_x, last_y = [], math.inf, math.inf
    for x, y in mark.item.polygon:  # by numbers: there may be thousands
        x, y = x * across + dx, y * down + dy
        if abs(x - last_x) + abs(y - last_y) >= _APART:
            points.append(QPointF(x, y))
            last_x, last_y = x, y
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color if mark.is_on else tint(color, _FAINT), 1))
    painter.setBrush(tint(color, _FILLED if mark.is_on else 0.0))
    painter.drawPolygon(QPolygonF(points))


def _tag_rect(
    looks: Looks, metrics: QFontMetricsF, mark: Mark, rect: QRectF, view: QRectF
) -> QRectF:
    """Return where a tag is: above its box, or in it where there is no room above."""
    wide = metrics.horizontalAdvance(mark.text)
    size = wide + _TICK + 3 * _PAD, float(looks.theme.line("caption") + 2)
    left = min(max(rect.left() - 1, view.left()), max(view.right() - size[0], view.left()))
    above = rect.top() - size[1] - 2
    top = above if above >= view.top() else max(rect.top(), view.top()) + 2
    return QRectF(left, top, *size)


def _ticks(painter: QPainter, looks: Looks) -> tuple[QPixmap, QPixmap]:
    """Return the marks of boxes that do not count, and that do."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device else 1.0
    muted = on_pictures(looks, "text", "muted")
    return (
        looks.icons.draw("ph.square", muted, _TICK, ratio),
        looks.icons.draw("ph.check-square-fill", _color(looks), _TICK, ratio),
    )


def _paint_tag(
    painter: QPainter, looks: Looks, mark: Mark, rect: QRectF, tick: QPixmap, *, lit: bool
) -> None:
    radius, dark = looks.theme.radius("small"), on_pictures(looks, "bg", "canvas")
    painter.setPen(QPen(on_pictures(looks, "accent", "line"), 1) if lit else Qt.PenStyle.NoPen)
    painter.setBrush(tint(dark, 0.85 if mark.is_on else 0.75))
    painter.drawRoundedRect(rect, radius, radius)
    painter.drawPixmap(QPointF(rect.left() + _PAD, rect.center().y() - _TICK / 2), tick)
    painter.setPen(on_pictures(looks, "text", "primary" if mark.is_on else "muted"))
    room = rect.adjusted(_TICK + 2 * _PAD, 0, 0, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.text)


def _color(looks: Looks) -> QColor:
    return on_pictures(looks, "type", "Detections")
